"""What the firm declares itself: 字段 and 行校验 can be read, and every row meets its conditions."""

from collections.abc import Iterator, Mapping

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import UID, Table
from ltc_xl.rules.as_written import as_written
from ltc_xl.rules.case import Case
from ltc_xl.rules.row_checks import ROW_CHECKS, RowCheck

FAILS, OPEN = "X-01", "X-02"
RATED_BY_ROW = frozenset({FAILS, OPEN})
"""Findings whose severity stands in the row of 行校验 that they come from."""


def check_fields_can_be_read(case: Case) -> list[Finding]:
    """Report what is wrong with 字段."""
    return _of_rules(case.fields.problems)


def check_row_checks_can_be_read(case: Case) -> list[Finding]:
    """Report what is wrong with 行校验."""
    return _of_rules(case.row_checks.problems)


def _of_rules(problems: tuple[Finding, ...]) -> list[Finding]:
    """Return the problems of a rule sheet; cells that the reader or ``check_cells`` reports are theirs."""
    return [one for one in problems if one.code.startswith("R-")]


def check_rows_meet_conditions(case: Case) -> list[Finding]:
    """Report rows for which a condition does not hold (X-01), or that a blank leaves open (X-02)."""
    by_table: dict[str, list[RowCheck]] = {}
    for check in case.row_checks.checks:
        by_table.setdefault(check.table, []).append(check)
    return [finding for name, checks in by_table.items() for finding in _unmet(case, name, checks)]


def _unmet(case: Case, name: str, checks: list[RowCheck]) -> Iterator[Finding]:
    rows, owner = case.rows(name), case.book.table(name)
    if rows.is_empty():
        return
    holds = rows.select(check.condition.expr(case.as_of).alias(str(n)) for n, check in enumerate(checks))
    for check, answer in zip(checks, holds, strict=True):
        for row in rows.filter(~answer.fill_null(value=True)).iter_rows(named=True):
            told = _told(check, row, owner, case.book)
            yield Finding(FAILS, name, row[UID], check.blame, told, check.severity)
        for row in rows.filter(answer.is_null()).iter_rows(named=True) if not check.blank_passes else ():
            told = _told(check, row, owner, case.book) | {"blank": _blank(check, row, case)}
            yield Finding(OPEN, name, row[UID], check.blame, told, check.severity)


def _told(check: RowCheck, row: Mapping[str, object], owner: Table, book: Book) -> dict[str, object]:
    """Return what the sentence names: the rule, its cell, what it looked at, the firm's message."""
    cell = book.cell(ROW_CHECKS, check.row_id, "condition")
    return {
        "no": check.no,
        "condition": check.condition.text,
        "rule": cell[1] if cell else "",
        "message": dict(check.message),
        "when": list(check.condition.codes),
        "held": {code: _held(row[code], owner, code, book) for code in check.condition.codes},
    }


def _held(value: object, owner: Table, code: str, book: Book) -> object:
    """Return what a cell holds as its sheet says it."""
    column = owner.by_code[code]
    if isinstance(value, bool):
        return book.labels("yes_no")["YES" if value else "NO"]
    words = book.labels(column.enum) if column.enum else {}
    return words.get(str(value)) or as_written(column, value)


def _blank(check: RowCheck, row: Mapping[str, object], case: Case) -> list[str]:
    """Return the columns whose blanks leave a condition open."""
    return list(check.condition.verdict(row, case.as_of).blank)


CHECKS = (check_fields_can_be_read, check_row_checks_can_be_read, check_rows_meet_conditions)

"""行校验: conditions that must hold in every row of a sheet, with the firm's own message and severity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ltc_xl.model.book import Book
from ltc_xl.model.finding import SEVERITIES, Finding, Severity
from ltc_xl.model.own_columns import table_called
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, Table
from ltc_xl.rules.fields.sheet import unknown_headers
from ltc_xl.rules.guards import Fields, Guard, GuardError, fields_of, guard
from ltc_xl.rules.rule_sheets import Row, RuleSheet, rule_sheet, shortened

ROW_CHECKS = "row_checks"
UNREADABLE, TWICE = "R-60", "R-06"


@dataclass(frozen=True)
class RowCheck:
    """One condition.

    Attributes:
        no: its number on the sheet.
        row_id: its ``_uid``.
        table: the table whose rows must meet it.
        condition: what must hold.
        blank_passes: whether a row passes that a blank leaves open.
        blame: the column that is marked.
        message: language -> what the firm says of a row that fails.
    """

    no: str
    row_id: str
    table: str
    condition: Guard
    blank_passes: bool
    blame: str
    severity: Severity = "error"
    message: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowChecks:
    """The conditions that can be used, and what is wrong with the others."""

    problems: tuple[Finding, ...] = ()
    checks: tuple[RowCheck, ...] = ()


def row_checks(book: Book, rulebook: Rulebook) -> RowChecks:
    """Return what the sheet says; a row that cannot be read is left out, the others count."""
    sheet = rule_sheet(ROW_CHECKS, book, rulebook)
    sheet.problems[:] = [one for one in sheet.problems if one.code != TWICE]
    sheet.problems.extend(unknown_headers(sheet))
    seen: set[str] = set()
    found = tuple(
        check for row in sheet.rows if row["is_on"] != "NO" for check in _taken(sheet, row, book, seen)
    )
    return RowChecks(tuple(sheet.problems), found)


def _taken(sheet: RuleSheet, row: Row, book: Book, seen: set[str]) -> Iterator[RowCheck]:
    """Yield the check of a row; nothing, with every reason noted, where it says none."""
    before = len(sheet.problems)
    for column in ("no", "table", "condition"):
        if not row[column]:
            sheet.report_missing(row, column)
    owner = table_called(row["table"] or "")
    _note(sheet, row, "no", _repeated(row["no"] or "", seen))
    _note(sheet, row, "table", _absent(owner, book), book.labels("field_table"))
    if owner is None or (book.tables and owner.name not in book.tables):
        return
    condition = _condition(sheet, row, owner, book)
    blame = _blamed(sheet, row, owner, book, condition)
    if condition and blame and len(sheet.problems) == before:
        yield RowCheck(
            row["no"] or "",
            row[UID] or "",
            owner.name,
            condition,
            row["if_blank"] == "PASS",
            blame,
            next((one for one in SEVERITIES if one.upper() == row["severity"]), "error"),
            {lang: text for lang in ("zh", "en") if (text := row[f"message_{lang}"])},
        )


def _note(
    sheet: RuleSheet, row: Row, column: str, error: GuardError | None, words: Mapping[str, str] | None = None
) -> None:
    """Note what is wrong with a cell, if anything is; ``words`` says what it shows for a code."""
    if error is not None:
        text = row[column] or ""
        told = {"found": (words or {}).get(text, shortened(text)), "why": error.problem}
        sheet.problems.append(Finding(UNREADABLE, ROW_CHECKS, row[UID], column, told))


def _repeated(no: str, seen: set[str]) -> GuardError | None:
    """Return what is wrong with a number that another row has."""
    known = no.strip().casefold()
    if known and known in seen:
        return GuardError("number_twice", 1)
    seen.add(known)
    return None


def _absent(owner: Table | None, book: Book) -> GuardError | None:
    """Return what is wrong with a table that the workbook does not have."""
    lacks = owner is not None and bool(book.tables) and owner.name not in book.tables
    return GuardError("no_such_sheet", 1, owner=owner.name) if lacks and owner else None


def _condition(sheet: RuleSheet, row: Row, owner: Table, book: Book) -> Guard | None:
    text, fields = row["condition"], fields_of(owner.name, book)
    if not text:
        return None
    try:
        found = guard(text, fields)
        _must_stand(found, fields, owner, book)
    except GuardError as error:
        _note(sheet, row, "condition", error)
        return None
    return found


def _must_stand(condition: Guard, fields: Fields, owner: Table, book: Book) -> None:
    """Raise for a condition about no field, or about a column that the sheet does not have."""
    if not condition.codes:
        raise GuardError("about_nothing", 1)
    place = book.place(owner.name)
    for code in condition.codes if place else ():
        if place and code not in place.columns:
            label = next(one.labels[0] for one in fields.fields if one.code == code)
            raise GuardError("not_on_sheet", 1, owner=owner.name, found=label)


def _blamed(sheet: RuleSheet, row: Row, owner: Table, book: Book, condition: Guard | None) -> str | None:
    """Return the column to mark: the one that is named, else the first of the condition."""
    name = row["blame"]
    if not name:
        return condition.codes[0] if condition else None
    fields = fields_of(owner.name, book)
    found = fields.get(name)
    if found is None:
        near = fields.names.near(name)
        key = "no_field_near" if near else "no_field"
        _note(sheet, row, "blame", GuardError(key, 1, found=name, near=near))
    return found.code if found else None

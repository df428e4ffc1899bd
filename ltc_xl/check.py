"""Check: every problem of a book at once, worded, placed and written to its Problems sheet."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from ltc_xl.messages import say, shown, title_of, words_of
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, differences
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.finding import SEVERITIES, Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import CheckRule, Rulebook
from ltc_xl.model.tables import ROW, UID, Table, table, tables
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks import CHECKS
from ltc_xl.rules.derived import COMPUTED, derived

SHEET_LIMIT = 5000
"""So many findings stand on the Problems sheet; its last line says how many more there are."""

_PLAIN_SHEET = re.compile(r"(?![A-Za-z]{1,3}\d+$)[^\W\d]\w*")


def check(  # noqa: PLR0913  the day, the depth and the language are separate choices
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    *,
    level: str = "basic",
    only: Collection[str] = (),
    lang: Lang | None = None,
) -> Outcome:
    """Return every finding of a book, and what brings its grey cells and Problems sheet up to date.

    Args:
        book: as read; its own findings (cells the reader could not take) come first of their kind.
        rulebook: severity and switch of every check.
        as_of: the day; what lies after it has not happened.
        level: ``basic``, or ``strict`` for all checks.
        only: codes to answer for; the Problems sheet always shows all.
        lang: language of the answer; the book's own for the sheet.
    """
    full = derived(book, rulebook, as_of)
    found = ordered(full, judged(all_findings(full, rulebook, as_of), rulebook, level))
    asked = [finding for finding in found if not only or finding.code in only]
    return Outcome(
        changes=_refreshed(book, full) + _problems(full, found),
        findings=tuple(asked),
        data=_document(full, asked, lang or book.lang),
        exit_status=int(any(finding.severity == "error" for finding in asked)),
    )


def all_findings(book: Book, rulebook: Rulebook, as_of: date) -> list[Finding]:
    """Return what the reader and every check found; a cell nobody could read is reported by the reader alone.

    Args:
        book: with its computed columns filled.
        rulebook: settings and lists the checks lean on.
        as_of: the day of the check.
    """
    case = Case(book, rulebook, as_of)
    found = [finding for check_rule in CHECKS for finding in check_rule(case)]
    return [*book.findings, *(finding for finding in found if not _cells(finding) & book.unread)]


def _cells(finding: Finding) -> set[tuple[str, str, str]]:
    """Return the cells a finding judges: its own, and those it takes for blank."""
    beside = finding.values.get("when")
    columns = [finding.column or "", *(beside if isinstance(beside, list) else [])]
    return {(finding.table, finding.row_id or "", column) for column in columns}


def judged(found: Iterable[Finding], rulebook: Rulebook, level: str) -> list[Finding]:
    """Return the findings whose check is switched on at a level, each with the severity of its rule."""
    rated = [(one, rulebook.checks.get(one.code) or CheckRule(one.severity)) for one in found]
    return [
        finding.as_severity(rule.severity)
        for finding, rule in rated
        if rule.active and (level == "strict" or rule.level == "basic")
    ]


def ordered(book: Book, found: Iterable[Finding]) -> list[Finding]:
    """Return the findings by severity, code, table, row and column, as they stand on the sheets."""
    places = {name: place for place, name in enumerate(tables())}
    rows = {name: held.row_of for name, held in book.tables.items()}

    def key(finding: Finding) -> tuple[int, str, int, int, int]:
        row = rows.get(finding.table, {}).get(finding.row_id or "") or 0
        columns = list(tables()[finding.table].by_code)
        column = columns.index(finding.column) if finding.column in columns else -1
        severity = SEVERITIES.index(finding.severity)
        return severity, _code_key(finding.code), places[finding.table], row, column

    return sorted(found, key=key)


def _code_key(code: str) -> str:
    """Return a code so that RC-2 sorts before RC-10, families in their order of work."""
    family, _, number = code.partition("-")
    order = ("V", "K", "M", "L", "O", "C", "RC", "P", "I")
    place = order.index(family) if family in order else len(order)
    return f"{place:02d}{family}{number:0>4}"


def _refreshed(before: Book, after: Book) -> Changes:
    """Return the grey cells that do not stand as they must."""
    changes = Changes()
    for name, columns in COMPUTED.items():
        held = before.tables.get(name)
        if held is not None:
            there = [c for c in columns if held.place is None or c in held.place.columns]
            changes += differences(name, held.rows, after.rows(name), there)
    return changes


# ---------------------------------------------------------------- the Problems sheet


def _problems(book: Book, found: list[Finding]) -> Changes:
    """Return the new body of the Problems sheet, or nothing where it says the same already."""
    columns = {c.code: c.dtype for c in table("findings").columns if not c.live}
    body = pl.DataFrame(_sheet_rows(book, found), schema=columns, orient="row")
    stands = book.rows("findings").select(list(columns))
    same = stands.height == body.height and stands.fill_null("").equals(body.fill_null(""))
    return Changes() if same else Changes(puts={"findings": body})


def _sheet_rows(book: Book, found: list[Finding]) -> list[tuple[str | None, ...]]:
    shown = found if len(found) <= SHEET_LIMIT else found[: SHEET_LIMIT - 1]
    about = _descriptions(book, shown)
    rows = [_sheet_row(book, finding, about) for finding in shown]
    if len(shown) < len(found):
        more = say("check.more", book.lang, count=len(found) - len(shown))
        rows.append((say("check.more_title", book.lang), None, None, None, None, more, None, None, None))
    return rows


def _sheet_row(book: Book, finding: Finding, about: Mapping[tuple[str, str], str]) -> tuple[str | None, ...]:
    words, lang = words_of(finding, book.lang), book.lang
    model = tables()[finding.table]
    column = model.by_code.get(finding.column or "")
    return (
        title_of(finding.code, lang),
        finding.severity.upper(),
        _place(book, finding),
        about.get((finding.table, finding.row_id or "")),
        column.label(lang) if column else None,
        words.found,
        words.cure,
        finding.code,
        f"{finding.row_id}|{finding.column or ''}" if finding.row_id else None,
    )


def _place(book: Book, finding: Finding) -> str | None:
    """Return where a finding stands as a link takes it: ``线索!C5``, ``'Overdue ageing'!A2``."""
    cell = book.cell(finding.table, finding.row_id, finding.column)
    place = book.place(finding.table)
    sheet, address = cell or ((place.sheet, "A1") if place else (None, ""))
    if sheet is None:
        return None
    quoted = sheet if _PLAIN_SHEET.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{address}"


def _descriptions(book: Book, found: Iterable[Finding]) -> dict[tuple[str, str], str]:
    """Return (table, ``_uid``) -> number and label of the row, as a person would call it."""
    return {
        (name, record[UID]): _described(tables()[name], record, book.lang)
        for name, rows in _rows_with(book, found).items()
        for record in rows.iter_rows(named=True)
    }


def _rows_with(book: Book, found: Iterable[Finding]) -> dict[str, pl.DataFrame]:
    """Return table -> its rows that have findings."""
    wanted: dict[str, set[str]] = {}
    for finding in found:
        if finding.row_id:
            wanted.setdefault(finding.table, set()).add(finding.row_id)
    return {name: book.rows(name).filter(pl.col(UID).is_in(list(uids))) for name, uids in wanted.items()}


def _described(model: Table, record: Mapping[str, object], lang: Lang) -> str:
    """Return what a person calls a row. Numbers the program gives are left out: new rows have none yet."""
    label_column = model.by_code.get(model.label or "")
    whose = ("contract_no", "customer") if label_column and label_column.enum else ()
    typed_key = () if model.numbered == model.key else (model.key,)
    codes = [code for code in dict.fromkeys((*whose, *typed_key, model.label)) if code in model.by_code]
    named = " ".join(text for code in codes if (text := _worded(model, code, record.get(code), lang)))
    typed = (
        _worded(model, column.code, record.get(column.code), lang) for column in model.columns if column.typed
    )
    return named or next(filter(None, typed), "")


def _worded(model: Table, code: str, value: object, lang: Lang) -> str:
    enum = model.by_code[code].enum
    return label(enum, str(value), lang) if enum and value is not None else shown(value, lang)


# ---------------------------------------------------------------- the answer as data


def _document(book: Book, found: list[Finding], lang: Lang) -> dict[str, object]:
    """Return what ``check --json`` prints."""
    counted = Counter(finding.severity for finding in found)
    records = {
        (name, record[UID]): record
        for name, rows in _rows_with(book, found).items()
        for record in rows.drop(ROW).iter_rows(named=True)
    }
    return {
        "rows": {name: held.rows.height for name, held in book.tables.items() if held.table.group == "work"},
        "counts": {severity: counted[severity] for severity in SEVERITIES},
        "findings": [_finding_data(book, finding, records, lang) for finding in found],
    }


def _finding_data(
    book: Book, finding: Finding, records: Mapping[tuple[str, str], Mapping[str, object]], lang: Lang
) -> dict[str, object]:
    cell = book.cell(finding.table, finding.row_id, finding.column)
    record = records.get((finding.table, finding.row_id or ""), {})
    value = record.get(finding.column or "")
    place = book.place(finding.table)
    words = words_of(finding, lang)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "table": finding.table,
        "row_id": finding.row_id,
        "number": record.get(table(finding.table).key or ""),
        "sheet": place.sheet if place else table(finding.table).sheet(book.lang),
        "cell": cell[1] if cell and finding.column else None,
        "column": finding.column,
        "value": _plain(finding.values.get("found") or None if value is None else value),
        "message": words.found,
        "cure": words.cure,
    }


def _plain(value: object) -> object:
    """Return a value as JSON holds it: amounts as text, days in ISO form."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value

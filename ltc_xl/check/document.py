"""The answer as data: what ``check --json`` prints."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from ltc_xl.messages import words_of
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import SEVERITIES, Finding
from ltc_xl.model.tables import ROW, UID, table


def document(book: Book, found: list[Finding], lang: Lang) -> dict[str, object]:
    """Return what ``check --json`` prints."""
    counted = Counter(finding.severity for finding in found)
    records = {
        (name, record[UID]): record
        for name, rows in rows_with(book, found).items()
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
        "row_id": _number(finding, record),
        "uid": finding.row_id,
        "sheet": place.sheet if place else table(finding.table).sheet(book.lang),
        "cell": cell[1] if cell and finding.column else None,
        "column": finding.column,
        "value": _plain(finding.values.get("found") or None if value is None else value),
        "message": words.found,
        "cure": words.cure,
    }


def _number(finding: Finding, record: Mapping[str, object]) -> object:
    """Return how a person names the row: its number, else its key, else its identity."""
    owner = table(finding.table)
    named = (record.get(code or "") for code in (owner.numbered, owner.key))
    return _plain(next((name for name in named if name is not None), finding.row_id))


def _plain(value: object) -> object:
    """Return a value as JSON holds it: amounts as text, days in ISO form."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def rows_with(book: Book, found: Iterable[Finding]) -> dict[str, pl.DataFrame]:
    """Return table -> its rows that have findings."""
    wanted: dict[str, set[str]] = {}
    for finding in found:
        if finding.row_id:
            wanted.setdefault(finding.table, set()).add(finding.row_id)
    return {name: book.rows(name).filter(pl.col(UID).is_in(list(uids))) for name, uids in wanted.items()}

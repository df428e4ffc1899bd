"""The Problems sheet: one row per finding, grouped by rule, each with its place, its words and its mark."""

from collections.abc import Iterable, Mapping

import polars as pl

from ltc_xl.check.document import rows_with
from ltc_xl.messages import say, shown, title_of, words_of
from ltc_xl.model.address import place_text
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import Lang, label
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import UID, Table, table, tables

SHEET_LIMIT = 5000
"""So many findings stand on the Problems sheet; its last line says how many more there are."""


def problems(book: Book, found: list[Finding]) -> Changes:
    """Return the new body of the Problems sheet; nothing where it says the same, or is not in the file."""
    if book.digest and book.place("findings") is None:
        return Changes()
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
    return (
        title_of(finding.code, lang),
        finding.severity.upper(),
        _place(book, finding),
        about.get((finding.table, finding.row_id or "")),
        _header(book, finding),
        words.found,
        words.cure,
        finding.code,
        f"{finding.row_id}|{finding.column or ''}" if finding.row_id else None,
    )


def _header(book: Book, finding: Finding) -> str | None:
    """Return the header of the cell a finding is about; a column of the firm's own has its own."""
    column = book.table(finding.table).by_code.get(finding.column or "")
    place = book.place(finding.table)
    if column is None:
        return finding.column if place and finding.column in place.extra else None
    return column.label(book.lang)


def _place(book: Book, finding: Finding) -> str | None:
    """Return where a finding stands as a link takes it: ``线索!C5``, ``'Overdue ageing'!A2``."""
    cell = book.cell(finding.table, finding.row_id, finding.column)
    place = book.place(finding.table)
    sheet, address = cell or ((place.sheet, "A1") if place else (None, ""))
    if sheet is None:
        return None
    return place_text(sheet, address)


def _descriptions(book: Book, found: Iterable[Finding]) -> dict[tuple[str, str], str]:
    """Return (table, ``_uid``) -> number and label of the row, as a person would call it."""
    return {
        (name, record[UID]): _described(tables()[name], record, book.lang)
        for name, rows in rows_with(book, found).items()
        for record in rows.iter_rows(named=True)
    }


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

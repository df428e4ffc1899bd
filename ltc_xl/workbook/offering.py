"""Which words the columns that a firm added offer on their sheet."""

from collections.abc import Iterator

import polars as pl

from ltc_xl.messages import say
from ltc_xl.model.book import Book, BookTable, Place
from ltc_xl.model.enums import LANGS, enums, words
from ltc_xl.model.own_columns import FIELDS, choices_in, column_named, is_own, table_called
from ltc_xl.model.tables import Column
from ltc_xl.workbook.edits import OfferWords


def offer_edits(book: Book) -> list[OfferWords]:
    """Return the edits after which the firm's own columns offer what 字段 lists for them."""
    titles = {lang: say("sheets.input.own_title", lang) for lang in LANGS}
    return [
        OfferWords(
            place.excel_table or "",
            {header: _words(book, held, column) for header, column in _columns(held, place)},
            titles[book.lang],
            say("sheets.input.own", book.lang, sheet=book.table(FIELDS).sheet(book.lang)),
            frozenset(titles.values()),
        )
        for held in book.tables.values()
        if (place := held.place) and place.excel_table and any(_columns(held, place))
    ]


def _columns(held: BookTable, place: Place) -> Iterator[tuple[str, Column]]:
    """Yield the header of each column that the firm added, and the column."""
    for column in held.table.columns:
        if is_own(column.code) and column.code in place.headers:
            yield place.headers[column.code], column


def _words(book: Book, held: BookTable, column: Column) -> tuple[str, ...]:
    if column.type == "flag":
        return tuple(book.labels("yes_no").values())
    listed = choices_in(_listed(book, held, column))
    if len(listed) == 1 and listed != column.choices:
        return _of_list(book, listed[0])
    return column.choices


def _listed(book: Book, held: BookTable, column: Column) -> str | None:
    """Return what the declaration of a column lists, as typed."""
    rows = book.rows(FIELDS).drop_nulls(["table", "field"]).select("table", "field", "choices")
    for name, called, listed in rows.iter_rows():
        if table_called(name) and column_named(held.table, called) == column:
            return str(listed) if listed else None
    return None


def _of_list(book: Book, name: str) -> tuple[str, ...]:
    """Return the words of a list of 选项 in the book's language."""
    own = book.rows("choices").filter(pl.col("set") == name)[book.lang].drop_nulls()
    usual = (word.label(book.lang) for word in (words(name) if name in enums() else ()))
    return tuple(own) or tuple(usual)

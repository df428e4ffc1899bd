"""What a firm's own column says of each row, as the text by which a report groups: 微信等级 甲, 老客户 是."""

import re
from collections.abc import Sequence

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.errors import UsageError
from ltc_xl.model.own_columns import column_named, is_own
from ltc_xl.model.tables import Column

OWN = "own"
"""The column of a frame that holds what the firm's own column says."""


def own_column(book: Book, name: str, called: str) -> Column | None:
    """Return a table's own column by the name, or a label, that it was declared under."""
    found = column_named(book.table(name), called)
    return found if found and is_own(found.code) else None


def own_label(book: Book, called: str, *names: str) -> str:
    """Return what an own column of one of some tables is called in the book's language."""
    found = (own_column(book, name, called) for name in names)
    return next((column.label(book.lang) for column in found if column), called)


def file_name(label: str) -> str:
    """Return a name as part of a file's name.

    >>> file_name("等级/2026 *")
    '等级-2026'
    """
    return re.sub(r"[^\w]+", "-", label).strip("-")


def own_labels(book: Book, *names: str) -> tuple[str, ...]:
    """Return what the own columns of some tables are called."""
    columns = (column for name in names for column in book.table(name).columns if is_own(column.code))
    return tuple(dict.fromkeys(column.label(book.lang) for column in columns))


def refuse_unknown(book: Book, called: str, usual: Sequence[str], *names: str) -> None:
    """Refuse a name by which some tables cannot be told: neither a usual one nor that of an own column.

    Raises:
        UsageError: with the names there are.
    """
    if called not in usual and not any(own_column(book, name, called) for name in names):
        raise UsageError("report_by", found=called, known=[*usual, *own_labels(book, *names)])


def own_key(book: Book, name: str, called: str | None) -> pl.Expr:
    """Return the texts of an own column of a table, null where it has none of that name."""
    column = own_column(book, name, called) if called else None
    if column is None:
        return pl.lit(None, pl.String).alias(OWN)
    value = pl.col(column.code)
    if column.type == "flag":
        said = book.labels("yes_no")
        value = pl.when(value).then(pl.lit(said["YES"])).when(~value).then(pl.lit(said["NO"]))
    elif column.dtype.is_decimal():
        text = value.cast(pl.String)
        value = pl.when(text.str.contains(".", literal=True)).then(text.str.strip_chars_end("0"))
        value = value.otherwise(text).str.strip_suffix(".")
    elif column.dtype == pl.Datetime:
        value = value.dt.to_string("%Y-%m-%d %H:%M")
    return value.cast(pl.String).alias(OWN)

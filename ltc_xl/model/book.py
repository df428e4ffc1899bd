"""A book: every table of a workbook as one typed frame, and where each row and column stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from ltc_xl.model.address import column_letters
from ltc_xl.model.enums import Lang, words
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import ROW, UID, Table, table, tables

__all__ = ["Book", "BookTable", "Place", "book_of", "column_letters"]


@dataclass(frozen=True)
class Place:
    """Where a table stands in the file.

    ``columns`` maps canonical code -> column number on the sheet (1 is A), only for columns the sheet
    has, ``_uid`` among them; ``extra`` the firm's own headers likewise. ``excel_table`` is None when the
    rows were found by their header row alone. ``first_row`` to ``last_row`` are the data rows of the
    table's range, blank ones included. ``headers`` maps code -> header as it stands on the sheet. ``marked``
    says whether its cells can show that they have problems: whether none of their red edges was lost.
    """

    sheet: str
    excel_table: str | None
    header_row: int
    first_row: int
    last_row: int
    columns: Mapping[str, int]
    extra: Mapping[str, int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    marked: bool = True

    def number_of(self, column: str | None) -> int | None:
        """Return the number of a column by its code, or by its header where it is the firm's own."""
        return self.columns.get(column or "", self.extra.get(column or ""))


@dataclass(frozen=True)
class BookTable:
    """The rows of one table and their place; ``place`` is None when the workbook lacks it.

    ``table`` is the model's, with the columns that the firm added and declared (``own_columns``).
    ``rows`` has every column of it (null where the sheet lacks it), ``_uid`` and ``_row``.
    ``fresh`` holds the ``_uid``s that the reader minted because the sheet has none (or a copied one).
    ``texts`` has, for a rule table only, ``_uid`` and the cells of the firm's own columns by their header.
    """

    table: Table
    rows: pl.DataFrame
    place: Place | None = None
    fresh: frozenset[str] = frozenset()
    texts: pl.DataFrame | None = None

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Return ``_uid`` -> row on the sheet."""
        return dict(zip(self.rows[UID].to_list(), self.rows[ROW].to_list(), strict=True))


@dataclass(frozen=True)
class Book:
    """A workbook as read.

    Attributes:
        name: the file's name, for messages.
        digest: sha256 of the file that was read; empty for a book made in memory.
        tables: canonical name -> rows and place.
        findings: what the reader could not take as it stands (error cells, text in number columns ...).
        unread: cells whose value could not be read and so is null in the frame, as
            (table, ``_uid``, column); they are neither blank nor cleared.
        profile: ``starter`` or ``full``.
    """

    name: str
    lang: Lang = "zh"
    digest: str = ""
    tables: Mapping[str, BookTable] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unread: frozenset[tuple[str, str, str]] = frozenset()
    profile: str = "starter"

    def table(self, name: str) -> Table:
        """Return a table as this book has it: with the columns that the firm added and declared."""
        held = self.tables.get(name)
        return held.table if held else table(name)

    def rows(self, name: str) -> pl.DataFrame:
        """Return a table's rows; none, rightly typed, when the workbook lacks the table."""
        held = self.tables.get(name)
        return held.rows if held else table(name).empty()

    def place(self, name: str) -> Place | None:
        """Return where a table stands, or None."""
        held = self.tables.get(name)
        return held.place if held else None

    def labels(self, enum: str) -> dict[str, str]:
        """Return code -> word of a list, as this book's own list of choices has it."""
        choices = self.rows("choices").filter(pl.col("set") == enum).drop_nulls(["code", self.lang])
        own = zip(choices["code"], choices[self.lang], strict=True)
        return {word.code: word.label(self.lang) for word in words(enum)} | dict(own)

    def unread_places(self, *names: str) -> list[str]:
        """Return ``sheet!cell`` of every cell of some tables that could not be read."""
        cells = (self.cell(*place) for place in self.unread if place[0] in names)
        return ["!".join(cell) for cell in sorted(filter(None, cells))]

    def cell(self, name: str, uid: str | None, column: str | None) -> tuple[str, str] | None:
        """Return (sheet, address) of a cell, or of a row's first cell when the column is not there.

        Without a row it is the column's header. None when table, row or header are not on a sheet. A column
        is named by its code, one of the firm's own by its header.
        """
        held = self.tables.get(name)
        if held is None or held.place is None:
            return None
        number = held.place.number_of(column)
        row = held.place.header_row if uid is None else held.row_of.get(uid)
        if row is None or (uid is None and number is None):
            return None
        shown = number or min(held.place.columns.values(), default=1)
        return held.place.sheet, f"{column_letters(shown)}{row}"

    def with_rows(self, name: str, rows: pl.DataFrame) -> "Book":
        """Return the book with a table's rows replaced (columns completed and ordered)."""
        model = self.table(name)
        completed = rows.select(
            (pl.col(c) if c in rows.columns else pl.lit(None)).cast(t).alias(c)
            for c, t in model.schema.items()
        )
        held = self.tables.get(name) or BookTable(model, completed)
        return replace(self, tables={**self.tables, name: replace(held, rows=completed)})


def book_of(name: str = "book.xlsx", lang: Lang = "zh", **rows: pl.DataFrame) -> Book:
    """Return a book made in memory from frames by table name; rows get ``_uid``s if they lack them."""
    book = Book(name, lang)
    for key, frame in rows.items():
        if key not in tables():
            raise KeyError(key)
        complete = frame
        if UID not in frame.columns:
            complete = frame.with_columns(pl.format("u{}x", pl.int_range(pl.len())).alias(UID))
        book = book.with_rows(key, complete)
    return book

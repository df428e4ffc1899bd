"""A garden to plant faults in: the frames, what was planted where, what is typed over cells later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ltc_xl.demo.telling import words
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import UID, table
from ltc_xl.workbook.edits import CellEdit, Value


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault: where a check must find it, and which story it belongs to.

    ``row_id`` is the row's ``_uid``; ``key`` what a person calls the row; ``story`` names the text in
    messages, ``demo.planted.<story>``.
    """

    story: str
    code: str
    table: str
    row_id: str
    column: str
    key: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: where a fault sits."""

    table: str
    row_id: str
    column: str
    key: str


def cell_of(name: str, row: Mapping[str, object], column: str) -> Cell:
    """Return a cell of a row."""
    model = table(name)
    key = str(row.get(model.key or "") or row.get(model.label or "") or "")
    return Cell(name, str(row[UID]), column, key)


@dataclass(frozen=True, slots=True)
class Typed:
    """A value somebody typed over a cell of the finished workbook."""

    table: str
    row_id: str
    column: str
    value: Value


@dataclass
class Garden:
    """Frames being planted; a row is touched by one fault only, so that each finding has one cause."""

    frames: dict[str, pl.DataFrame]
    as_of: date
    lang: Lang
    planted: list[Planted] = field(default_factory=list)
    typed: list[Typed] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def row(self, name: str, *where: pl.Expr, last: bool = False) -> Mapping[str, object]:
        """Return the first (or last) untouched row that fits, and touch it."""
        rows = self.frames[name].filter(*where, ~pl.col(UID).is_in(list(self.touched)))
        found = rows.row(-1 if last else 0, named=True)
        self.touched.add(str(found[UID]))
        return found

    def set(self, name: str, row: Mapping[str, object], **values: object) -> None:
        """Change cells of one row."""
        frame = self.frames[name]
        here = pl.col(UID) == row[UID]
        self.frames[name] = frame.with_columns(
            pl.when(here).then(pl.lit(value, dtype=frame.schema[code])).otherwise(pl.col(code)).alias(code)
            for code, value in values.items()
        )

    def expect(self, story: str, code: str, cell: Cell) -> None:
        """Note that a check must find a code in a cell."""
        self.planted.append(Planted(story, code, cell.table, cell.row_id, cell.column, cell.key))

    def type(self, story: str, code: str, cell: Cell, value: Value) -> None:
        """Type a value over a cell of the finished workbook, and expect it to be found."""
        self.typed.append(Typed(cell.table, cell.row_id, cell.column, value))
        self.expect(story, code, cell)

    def word(self, group: str, key: str) -> str:
        """Return a word of the story."""
        return str(words(self.lang)[group][key])

    def customer(self, key: str) -> str:
        """Return a customer's name by its key."""
        return str(words(self.lang)["customers"][key][0])

    def contract(self, key: str) -> Mapping[str, object]:
        """Return a contract by its key."""
        return self.row("contracts", pl.col("name") == self.word("contracts", key))

    def note(self, contract: str, story: str) -> Mapping[str, object]:
        """Write a note of the story on a contract; return the contract."""
        row = self.contract(contract)
        self.set("contracts", row, note=self.word("stories", story))
        return row


def cell_edits(book: Book, typed: list[Typed]) -> Iterator[CellEdit]:
    """Return what was typed as edits of the finished workbook."""
    for entry in typed:
        place = book.cell(entry.table, entry.row_id, entry.column)
        if place is None:
            raise KeyError(entry.table, entry.column)
        yield CellEdit(*place, entry.value)

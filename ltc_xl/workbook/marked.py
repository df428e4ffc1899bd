"""Findings, marked: the edits that let cells show what the Problems sheet says of them."""

from collections.abc import Iterator, Mapping

import polars as pl

from ltc_xl.messages import say
from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book, BookTable, Place
from ltc_xl.model.change import Changes, applied
from ltc_xl.model.tables import ROW, UID, header_escaped
from ltc_xl.workbook.edgecolumns import wanted_edges
from ltc_xl.workbook.edits import MarkCells
from ltc_xl.workbook.marks import MOST_NOTES

_PROBLEMS = "findings"


def mark_edits(book: Book, changes: Changes | None = None) -> list[MarkCells]:
    """Return the edits that put back the edges a table has lost, and the notes of new problems.

    Notes are a consequence of the Problems sheet, as edges are: its first cells have one each. They are
    looked at when that sheet changes; then every table is, for those that go.

    Args:
        book: as it stands in the file.
        changes: what is about to be written.
    """
    place = book.place(_PROBLEMS)
    if place is None or place.excel_table is None:
        return []
    anew = changes is not None and _PROBLEMS in changes.puts
    looked_at = [
        held for held in book.tables.values() if _can_show(held) and (anew or not _placed(held).marked)
    ]
    if not looked_at:
        return []
    notes = _notes(applied(book, changes) if changes else book)
    return [_edit(book, held, place, notes.get(held.table.name, {})) for held in looked_at]


def _can_show(held: BookTable) -> bool:
    """Return whether the cells of a table can be marked: it is an Excel Table whose rows have identities."""
    place = held.place
    return bool(place and place.excel_table and wanted_edges(held.table, place.columns))


def _edit(book: Book, held: BookTable, problems: Place, notes: Mapping[str, str]) -> MarkCells:
    """Return the edit of one table."""
    place = _placed(held)
    names = {number: place.headers.get(code, code) for code, number in place.columns.items()}
    columns = sorted(wanted_edges(held.table, place.columns))
    return MarkCells(
        place.excel_table or "",
        names[place.columns[UID]],
        tuple((names[number], code) for number, code in columns),
        _list_of_marks(book, problems),
        notes,
    )


def _list_of_marks(book: Book, problems: Place) -> str:
    """Return the formula of the list of marks."""
    label = book.tables[_PROBLEMS].table.by_code["mark"].label(book.lang)
    header = header_escaped(problems.headers.get("mark", label))
    plain = header.replace("_", "").isalnum()
    return f"{problems.excel_table}[{header}]" if plain else f"{problems.excel_table}[[{header}]]"


def _notes(book: Book) -> dict[str, dict[str, str]]:
    """Return table -> address -> what its note says, for the first cells that the Problems sheet names."""
    said: dict[tuple[str, str], list[str]] = {}
    places = _Places(book)
    rows = book.rows(_PROBLEMS).filter(pl.col("mark").is_not_null()).select("mark", "found", "cure")
    for mark, *words in rows.iter_rows():
        cell = places.cell(mark)
        if cell and (cell in said or len(said) < MOST_NOTES):
            said.setdefault(cell, []).append("\n".join(filter(None, words)))
    notes: dict[str, dict[str, str]] = {}
    for (name, address), texts in said.items():
        text = "\n\n".join([*texts, say("check.note_end", book.lang)])
        notes.setdefault(name, {})[address] = text
    return notes


class _Places:
    """Where the rows of a book stand, by their identity."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._rows: dict[str, tuple[str, int]] = dict(self._found())

    def cell(self, mark: str) -> tuple[str, str] | None:
        """Return table and address of the cell that a mark names; None where it is not in the file."""
        uid, _, code = mark.partition("|")
        if uid not in self._rows:
            return None
        name, row = self._rows[uid]
        held = self._book.tables[name]
        place = _placed(held)
        whole = (number for number, code in wanted_edges(held.table, place.columns) if not code)
        number = place.number_of(code) or next(whole, None)
        return (name, f"{column_letters(number)}{row}") if number else None

    def _found(self) -> Iterator[tuple[str, tuple[str, int]]]:
        named = {mark.partition("|")[0] for mark in self._book.rows(_PROBLEMS)["mark"].drop_nulls()}
        for name, held in self._book.tables.items():
            if _can_show(held):
                rows = held.rows.filter(pl.col(UID).is_in(list(named)), pl.col(ROW).is_not_null())
                yield from ((uid, (name, row)) for uid, row in rows.select(UID, ROW).iter_rows())


def _placed(held: BookTable) -> Place:
    """Return the place of a table that has one."""
    if held.place is None:
        raise AssertionError(held.table.name)
    return held.place

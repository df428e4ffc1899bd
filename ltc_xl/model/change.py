"""Changes: the closed vocabulary in which services answer, the store remembers and the writer patches.

``set`` one column of many rows, ``insert`` rows, ``delete`` rows, ``put`` the whole body of a table that
the program owns. Undo is the same set with old and new swapped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID


@dataclass(frozen=True)
class SetColumn:
    """New values of one column: ``cells`` has ``_uid``, ``old``, ``new``, both typed as the column."""

    table: str
    column: str
    cells: pl.DataFrame

    def reversed(self) -> "SetColumn":
        """Return the change that takes this one back."""
        swapped = self.cells.select(UID, old=pl.col("new"), new=pl.col("old"))
        return SetColumn(self.table, self.column, swapped)


@dataclass(frozen=True)
class Changes:
    """What a command wants to be true afterwards.

    Attributes:
        sets: cells to set, one entry per table and column.
        inserts: table -> new rows with ``_uid``, any subset of the model's columns.
        deletes: table -> rows to delete with ``_uid`` and their last values.
        puts: table -> the whole new body of a table the program owns.
        extra: table -> frame of ``_uid`` and ``extra`` (JSON text): columns nobody mapped, kept in the store.
    """

    sets: tuple[SetColumn, ...] = ()
    inserts: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    deletes: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    puts: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    extra: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there is anything to do."""
        frames = (*self.inserts.values(), *self.deletes.values())
        return bool(self.puts) or any(s.cells.height for s in self.sets) or any(f.height for f in frames)

    def __add__(self, other: "Changes") -> "Changes":
        """Return both, this one first."""
        return Changes(
            self.sets + other.sets,
            _joined(self.inserts, other.inserts),
            _joined(self.deletes, other.deletes),
            {**self.puts, **other.puts},
            _joined(self.extra, other.extra),
        )


def _joined(first: Mapping[str, pl.DataFrame], second: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    joined = dict(first)
    for name, frame in second.items():
        joined[name] = pl.concat([joined[name], frame], how="diagonal") if name in joined else frame
    return joined


def differences(table: str, before: pl.DataFrame, after: pl.DataFrame, columns: Iterable[str]) -> Changes:
    """Return the cells of ``columns`` that differ between two frames of the same rows, joined by ``_uid``."""
    names = list(columns)
    both = before.select(UID, *names).join(after.select(UID, *names), on=UID, suffix="_new")
    differs = {name: pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in names}
    found = both.select(differ.any().alias(name) for name, differ in differs.items())
    sets = []
    for name in (name for name in names if found[name].any()):
        cells = both.filter(differs[name]).select(UID, old=pl.col(name), new=pl.col(f"{name}_new"))
        sets.append(SetColumn(table, name, cells))
    return Changes(tuple(sets))


def applied(book: Book, changes: Changes) -> Book:
    """Return the book as it is once the changes are made; references by ``_uid`` stay as they are."""
    for name, body in changes.puts.items():
        book = book.with_rows(name, body)
    for change in changes.sets:
        book = book.with_rows(change.table, _with_cells(book.rows(change.table), change))
    for name, gone in changes.deletes.items():
        book = book.with_rows(name, book.rows(name).join(gone, on=UID, how="anti", maintain_order="left"))
    for name, new in changes.inserts.items():
        typed = new.cast({c: t for c, t in book.rows(name).schema.items() if c in new.columns})
        book = book.with_rows(name, pl.concat([book.rows(name), typed], how="diagonal"))
    return book


def _with_cells(rows: pl.DataFrame, change: SetColumn) -> pl.DataFrame:
    new = change.cells.select(UID, pl.col("new").cast(rows.schema[change.column]), set_here=True)
    return (
        rows.join(new, on=UID, how="left", maintain_order="left")
        .with_columns(pl.when("set_here").then("new").otherwise(change.column).alias(change.column))
        .drop("new", "set_here")
    )


def net(book: Book, after: Book, changes: Changes) -> Changes:
    """Return how two books differ in what some changes speak of.

    However often a cell or a row was changed on the way, it is named once; rows that came and went are not.
    Bodies are as the changes last have them.
    """
    result = Changes(puts=changes.puts)
    for name in dict.fromkeys([*(s.table for s in changes.sets), *changes.inserts, *changes.deletes]):
        columns = dict.fromkeys(s.column for s in changes.sets if s.table == name)
        before, now = book.rows(name), after.rows(name)
        result += differences(name, before, now, columns)
        new = now.join(before, on=UID, how="anti", maintain_order="left")
        gone = before.join(now, on=UID, how="anti", maintain_order="left")
        result += Changes(
            inserts={name: new} if new.height else {}, deletes={name: gone} if gone.height else {}
        )
    return result


def cells_beside(first: Changes, second: Changes) -> tuple[SetColumn, ...]:
    """Return the cells that the first set to another value than the second, or that only the first sets."""
    beside = (SetColumn(entry.table, entry.column, _beside(entry, second)) for entry in first.sets)
    return tuple(entry for entry in beside if entry.cells.height)


def _beside(entry: SetColumn, others: Changes) -> pl.DataFrame:
    cells = entry.cells
    for other in others.sets:
        if (other.table, other.column) == (entry.table, entry.column):
            cells = cells.join(
                other.cells, on=[UID, "new"], how="anti", nulls_equal=True, maintain_order="left"
            )
    return cells


def size(changes: Changes) -> int:
    """Return how many cells are set and how many rows come and go."""
    rows = (*changes.inserts.values(), *changes.deletes.values())
    return sum(entry.cells.height for entry in changes.sets) + sum(frame.height for frame in rows)


def needed(book: Book, changes: Changes) -> Changes:
    """Return the part of the changes that the book does not show yet, and can show.

    A cell that nobody could read keeps what somebody typed there; a column the sheet lacks is not set.
    Texts are as a sheet gives them back: without outer blanks, lines ended by a line feed.
    """
    sets = (SetColumn(s.table, s.column, _moved(book, s)) for s in changes.sets)
    return Changes(
        tuple(entry for entry in sets if entry.cells.height),
        {
            name: rows.with_columns(_tidy(pl.col(pl.String)))
            for name, rows in changes.inserts.items()
            if rows.height
        },
        {name: rows for name, rows in changes.deletes.items() if rows.height},
        {name: body for name, body in changes.puts.items() if not _shows(book, name, body)},
        changes.extra,
    )


def _moved(book: Book, entry: SetColumn) -> pl.DataFrame:
    place = book.place(entry.table)
    if place is not None and entry.column not in place.columns:
        return entry.cells.clear()
    unread = [uid for name, uid, column in book.unread if (name, column) == (entry.table, entry.column)]
    tidy = (
        entry.cells.with_columns(_tidy(pl.col("new")))
        if entry.cells["new"].dtype == pl.String
        else entry.cells
    )
    return tidy.filter(pl.col("old").ne_missing(pl.col("new")), ~pl.col(UID).is_in(unread))


def _tidy(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all("\r\n?", "\n").str.strip_chars().replace("", None)


def _shows(book: Book, name: str, body: pl.DataFrame) -> bool:
    """Return whether a body stands as wanted; blank text is no text, formulas follow by themselves."""
    kept = [column.code for column in book.table(name).columns if not column.live]
    wanted = book.with_rows(name, body.with_columns(_uid=pl.lit(""))).rows(name)
    tidy = _tidy(pl.col(pl.String))
    return wanted.select(kept).with_columns(tidy).equals(book.rows(name).select(kept).with_columns(tidy))

"""What people typed: how a book differs from the state its base token names."""

from collections.abc import Mapping

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, differences
from ltc_xl.model.tables import UID, Table
from ltc_xl.store.schema import followed, kept_columns
from ltc_xl.store.store import Store


def typed_changes(book: Book, store: Store, given: Changes) -> Changes:
    """Return the rows and cells of a book that differ from the store's state.

    A cell that could not be read counts as untouched, unless the command is about to write over it.
    """
    changes = Changes()
    for owner in followed(book):
        changes += _of_table(book, owner, store.rows(owner.name))
    unread = _unread(book).join(_overwritten(given), on=["table", UID, "column"], how="anti")
    return Changes(
        tuple(kept for entry in changes.sets if (kept := _readable(entry, unread)).cells.height),
        changes.inserts,
        changes.deletes,
    )


def _of_table(book: Book, owner: Table, state: pl.DataFrame) -> Changes:
    place = book.place(owner.name)
    shown = [c.code for c in kept_columns(owner) if place and c.code in place.columns]
    rows = book.rows(owner.name)
    new = rows.join(state, on=UID, how="anti", maintain_order="left")
    gone = state.join(rows, on=UID, how="anti", maintain_order="left")
    return Changes(
        differences(owner.name, state, rows, shown).sets,
        _unless_empty(owner.name, new),
        _unless_empty(owner.name, gone),
    )


def _unless_empty(name: str, rows: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    return {name: rows} if rows.height else {}


def _readable(entry: SetColumn, unread: pl.DataFrame) -> SetColumn:
    mine = unread.filter(table=entry.table, column=entry.column)
    return SetColumn(entry.table, entry.column, entry.cells.join(mine, on=UID, how="anti"))


_CELL = {"table": pl.String(), UID: pl.String(), "column": pl.String()}


def _unread(book: Book) -> pl.DataFrame:
    return pl.DataFrame(sorted(book.unread), schema=_CELL, orient="row")


def _overwritten(given: Changes) -> pl.DataFrame:
    cells = [
        entry.cells.select(table=pl.lit(entry.table), _uid=UID, column=pl.lit(entry.column))
        for entry in given.sets
    ]
    return pl.concat([pl.DataFrame(schema=_CELL), *cells])

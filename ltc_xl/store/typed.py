"""What people typed: how a book differs from the state its base token names."""

from collections.abc import Mapping

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, differences
from ltc_xl.model.tables import UID, Table
from ltc_xl.store.schema import followed, kept_columns, tracked
from ltc_xl.store.store import Store


def typed_changes(book: Book, store: Store) -> Changes:
    """Return the rows and cells of a book that differ from the store's state.

    A cell that could not be read counts as untouched: it is neither blank nor cleared.
    """
    changes = Changes()
    for owner in followed(book):
        changes += _of_table(book, owner, store.rows(owner))
    readable = (_readable(entry, book) for entry in changes.sets)
    return Changes(tuple(entry for entry in readable if entry.cells.height), changes.inserts, changes.deletes)


def sheets_without_identity(book: Book, store: Store) -> list[str]:
    """Return the sheets that have lost their hidden column of identities while the store knows their rows."""
    kept = {owner.name for owner in followed(book)}
    places = ((owner.name, book.place(owner.name)) for owner in tracked() if owner.name not in kept)
    return [place.sheet for name, place in places if place and store.rows(name).height]


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


def _readable(entry: SetColumn, book: Book) -> SetColumn:
    unread = [uid for name, uid, column in book.unread if (name, column) == (entry.table, entry.column)]
    return SetColumn(entry.table, entry.column, entry.cells.filter(~pl.col(UID).is_in(unread)))

"""Rows as people name them: by business number, by key, by the words in their label."""

from collections.abc import Iterator, Mapping

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.tables import UID, Table, table
from ltc_xl.store import Store, tracked


def named_rows(store: Store, name: str) -> list[tuple[str, str]]:
    """Return (table, ``_uid``) of the rows that a person may mean, deleted ones included.

    A number or key counts before a label; a row that stands before one that was deleted.
    """
    for columns in (_keys, _labels):
        found = [row for owner in tracked() for row in _named(store, owner, columns(owner), name)]
        if found:
            standing = [(table, uid) for table, uid, deleted in found if not deleted]
            return standing or [(table, uid) for table, uid, _ in found]
    return []


def _keys(owner: Table) -> list[str]:
    return [code for code in (owner.numbered, owner.key) if code and code in owner.by_code]


def _labels(owner: Table) -> list[str]:
    return [owner.label] if owner.label and owner.label in owner.by_code else []


def _named(store: Store, owner: Table, columns: list[str], name: str) -> Iterator[tuple[str, str, bool]]:
    texts = [
        code for code in columns if owner.by_code[code].dtype == pl.String and not owner.by_code[code].live
    ]
    if not texts:
        return
    rows = store.all_rows(owner.name).select(UID, "_deleted", *dict.fromkeys(texts))
    wanted = folded(name)
    for uid, deleted, *values in rows.iter_rows():
        if uid == name or any(value is not None and folded(value) == wanted for value in values):
            yield owner.name, uid, deleted is not None


def called(book: Book, name: str, uid: str) -> str:
    """Return what a person calls a row: its number or key, else its label; '' where the book lacks it."""
    owner = table(name)
    rows = book.rows(name).filter(pl.col(UID) == uid)
    codes = [*_keys(owner), *_labels(owner)]
    values = (rows[code][0] for code in codes if rows.height)
    return next((str(value) for value in values if value is not None), "")


def called_as(store: Store, name: str) -> Mapping[str, str]:
    """Return ``_uid`` -> what a person calls the row, for every row of a table there ever was."""
    owner = table(name)
    named = [
        pl.col(code).cast(pl.String)
        for code in (*_keys(owner), *_labels(owner))
        if not owner.by_code[code].live
    ]
    rows = store.all_rows(name).select(UID, pl.coalesce(*named, UID).alias("name"))
    return dict(rows.iter_rows())

"""The lead, deal or contract that a person means: by number, identity or name."""

from collections.abc import Iterator

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.moves import STAGES

MOST = 5
"""So many rows of one name are explained; more of them need a number."""


def rows_meant(book: Book, said: str) -> list[tuple[str, str]]:
    """Return table and ``_uid`` of the rows that may be meant; a number counts before a name.

    Raises:
        UsageError: there is no such row, or there are too many of that name.
    """
    found = list(_found(book, said, by_label=False)) or list(_found(book, said, by_label=True))
    if not found:
        raise UsageError("explain_no_row", found=said, file=book.name)
    if len(found) > MOST:
        raise UsageError("explain_many_rows", found=said, count=len(found))
    return found


def _found(book: Book, said: str, *, by_label: bool) -> Iterator[tuple[str, str]]:
    for name in STAGES:
        owner = table(name)
        codes = [owner.label] if by_label else [owner.key, UID]
        texts = [pl.col(code) for code in codes if code]
        same = [
            text.str.normalize("NFKC").str.strip_chars().str.to_lowercase() == folded(said) for text in texts
        ]
        rows = book.rows(name).filter(pl.any_horizontal(*same, texts[-1] == said))
        yield from ((name, uid) for uid in rows[UID])


def row_named(book: Book, name: str, uid: str) -> dict[str, str | None]:
    """Return how a person knows a row: its number and its name."""
    owner = table(name)
    row = book.rows(name).row(by_predicate=pl.col(UID) == uid, named=True)
    label = row.get(owner.label or "")
    return {
        "row_id": row.get(owner.key or "") or uid,
        "uid": uid,
        "name": None if label is None else str(label),
    }

"""What people decided about duplicates, read back from 查重: which rows are merged, which are linked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules.merging import NUMBERS, survivor

Place = tuple[str, str]
"""A table and a row of it by its ``_uid``."""


@dataclass(frozen=True)
class Decisions:
    """What is to be done.

    Attributes:
        merges: table -> rows that go and rows that stay, by ``_uid``.
        links: lead and customer, or two leads of which the second is about the same thing.
        stated: pairs of numbers -> decision, whatever becomes of it.
    """

    merges: Mapping[str, Sequence[tuple[str, str]]]
    links: Sequence[tuple[Place, Place]]
    stated: Mapping[tuple[str, str], str]


def decisions(book: Book) -> Decisions:
    """Return the decisions that stand on the sheet; of rows that are no more nothing is decided.

    A lead is never merged into a customer: where somebody says so it is linked.
    """
    rows = book.rows("duplicates").drop_nulls(["a", "b", "decision"])
    places = _places(book)
    joined: dict[str, list[tuple[str, str]]] = {}
    links: list[tuple[Place, Place]] = []
    for a, b, decision in rows.select("a", "b", "decision").iter_rows():
        left, right = places.get(a), places.get(b)
        if left is None or right is None:
            continue
        if decision == "MERGE" and left[0] == right[0]:
            joined.setdefault(left[0], []).append((left[1], right[1]))
        elif decision in {"LINK", "MERGE"}:
            links.append((left, right))
    stated = {(a, b): decision for a, b, decision in rows.select("a", "b", "decision").iter_rows()}
    return Decisions({name: _into(book, name, pairs) for name, pairs in joined.items()}, links, stated)


def _places(book: Book) -> dict[str, Place]:
    """Return number -> the row that has it; rows that were merged are no more."""
    found: dict[str, Place] = {}
    for name, number in NUMBERS.items():
        rows = book.rows(name).filter(pl.col("merged_into").is_null())
        found |= {no or uid: (name, uid) for no, uid in rows.select(number, UID).iter_rows()}
    return found


def _into(book: Book, name: str, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each row that goes with the one that stays of all that are joined with it."""
    groups = grouped(pairs)
    held = book.rows(name).filter(pl.col(UID).is_in(list(groups)))
    rows = {row[UID]: row for row in held.rows(named=True)}
    members: dict[str, list[str]] = {}
    for uid, group in groups.items():
        members.setdefault(group, []).append(uid)
    found = []
    for uids in members.values():
        stays = str(survivor(name, [rows[uid] for uid in uids])[UID])
        found += [(uid, stays) for uid in uids if uid != stays]
    return found


def grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return member -> its group, for pairs that hang together.

    >>> grouped([("a", "b"), ("c", "d"), ("b", "e")])
    {'a': 'a', 'b': 'a', 'c': 'c', 'd': 'c', 'e': 'a'}
    """
    above: dict[str, str] = {}

    def top(one: str) -> str:
        while above.setdefault(one, one) != one:
            above[one] = one = above[above[one]]
        return one

    for left, right in pairs:
        first, second = top(left), top(right)
        above[second] = first
    return {one: top(one) for one in above}

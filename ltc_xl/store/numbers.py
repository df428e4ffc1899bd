"""Business numbers: given at commit to every row that has none, never twice."""

from collections.abc import Iterable, Mapping

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.ids import business_number, counters
from ltc_xl.model.tables import UID, Table, table

Numbers = Mapping[str, Mapping[str, str]]
"""Table -> ``_uid`` -> the number the row was given."""


def numbers_for(owner: Table, uids: Iterable[str], used: pl.DataFrame, site: str) -> dict[str, str]:
    """Return a number for each row: the one it already has in the store, else the next free one.

    Args:
        owner: a table whose numbers the store gives.
        uids: rows without a number, in the order they are counted.
        used: ``_uid`` and ``number`` of every row that has one, in store and book, deleted ones included.
        site: the firm's site code.
    """
    wanting = list(uids)
    letter = owner.number or ""
    kept = used.filter(pl.col(UID).is_in(wanting))
    numbers = dict(zip(kept[UID].to_list(), kept["number"].to_list(), strict=True))
    next_one = counters(used["number"].to_list(), letter, site) + 1
    fresh = (uid for uid in wanting if uid not in numbers)
    return numbers | {uid: business_number(letter, site, next_one + i) for i, uid in enumerate(fresh)}


def numbered_rows(owner: Table, book: Book, given: Changes) -> pl.DataFrame:
    """Return ``_uid`` and ``number`` of the rows of a numbered table, first the book's, then the new ones.

    The number is null where one is wanted: in a blank cell, and in a row that was copied with its number.
    A cell that cannot be read wants none: it keeps what somebody typed.
    """
    new = given.inserts.get(owner.name, owner.empty())
    standing = _standing(owner, book)
    if owner.name in given.deletes:
        standing = standing.join(given.deletes[owner.name], on=UID, how="anti", maintain_order="left")
    return pl.concat([standing, _uids_and_numbers(owner, new)])


def _standing(owner: Table, book: Book) -> pl.DataFrame:
    held = book.tables.get(owner.name)
    if held is None or held.place is None or owner.numbered not in held.place.columns:
        return _uids_and_numbers(owner, owner.empty())
    copied = pl.col(UID).is_in(list(held.fresh)) & pl.col("number").is_duplicated()
    unread = [uid for name, uid, column in book.unread if (name, column) == (owner.name, owner.numbered)]
    rows = _uids_and_numbers(owner, held.rows).with_columns(number=pl.when(~copied).then("number"))
    return rows.filter(~pl.col(UID).is_in(unread))


def _uids_and_numbers(owner: Table, rows: pl.DataFrame) -> pl.DataFrame:
    own = owner.numbered or ""
    number = pl.col(own) if own in rows.columns else pl.lit(None)
    return rows.select(UID, number=number.cast(pl.String))


def with_numbers(changes: Changes, numbers: Numbers) -> Changes:
    """Return the changes with given numbers filled in, and every reference to a ``_uid`` made a number."""
    inserts = {name: _numbered(name, frame, numbers) for name, frame in changes.inserts.items()}
    sets = tuple(_referring(entry, numbers) for entry in changes.sets)
    return Changes(sets, inserts, changes.deletes, changes.puts, changes.extra)


def number_sets(numbers: Numbers, book: Book) -> tuple[SetColumn, ...]:
    """Return the numbers of rows that stand in the book already, as cells to set."""
    sets = []
    for name, given in numbers.items():
        owner = table(name)
        standing = book.rows(name).filter(pl.col(UID).is_in(list(given)))
        if standing.height:
            own = owner.numbered or ""
            number = pl.col(UID).replace_strict(given, return_dtype=pl.String)
            sets.append(SetColumn(name, own, standing.select(UID, old=own, new=number)))
    return tuple(sets)


def _numbered(name: str, frame: pl.DataFrame, numbers: Numbers) -> pl.DataFrame:
    owner = table(name)
    codes = [*_references(owner, frame.columns), *(c for c in frame.columns if _names_any(owner, c))]
    referring = [pl.col(code).replace(_targets(owner, code, numbers)) for code in codes]
    own = owner.numbered
    if own is None:
        return frame.with_columns(referring)
    given = pl.col(UID).replace_strict(numbers.get(name, {}), default=None, return_dtype=pl.String)
    number = pl.coalesce(pl.col(own), given) if own in frame.columns else given
    return frame.with_columns(*referring, number.alias(own))


def _referring(entry: SetColumn, numbers: Numbers) -> SetColumn:
    owner = table(entry.table)
    if entry.column not in _references(owner, [entry.column]) and not _names_any(owner, entry.column):
        return entry
    targets = _targets(owner, entry.column, numbers)
    return SetColumn(entry.table, entry.column, entry.cells.with_columns(pl.col("new").replace(targets)))


def _references(owner: Table, columns: Iterable[str]) -> list[str]:
    """Return the columns that name a row of a numbered table by its number."""
    refs = {code: owner.by_code[code].ref for code in columns if code in owner.by_code}
    return [code for code, ref in refs.items() if ref and table(ref.table).numbered == ref.column]


def _names_any(owner: Table, code: str) -> bool:
    """Return whether a column names a row of any table: what an activity is about."""
    column = owner.by_code.get(code)
    return code == "object_id" and column is not None and column.ref is None


def _targets(owner: Table, code: str, numbers: Numbers) -> Mapping[str, str]:
    if _names_any(owner, code):
        return {uid: number for given in numbers.values() for uid, number in given.items()}
    ref = owner.by_code[code].ref
    return numbers.get(ref.table, {}) if ref else {}

"""History: what each commit did, and the story of a row, refused attempts included."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.errors import UsageError
from ltc_xl.model.tables import UID, tables
from ltc_xl.session.how import How
from ltc_xl.session.peeking import past_of, peeked
from ltc_xl.session.rows import called_as, described_as, named_rows
from ltc_xl.store import EXTRA, WHOLE_ROW, Commit, Store, WishTold, recalled_texts
from ltc_xl.workbook.read import read_book

What = Literal["new", "set", "deleted", "activity", "refused", "granted", "withdrawn", "overtaken", "undone"]


@dataclass(frozen=True, slots=True)
class CommitTold:
    """A commit and what it did: table -> rows that came and went, cells that were set; moves refused."""

    commit: Commit
    changes: Mapping[str, Mapping[str, int]]
    refused: int

    @property
    def at(self) -> datetime:
        """Return the moment, in UTC."""
        return self.commit.at.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a row.

    Attributes:
        seq, at, as_of, actor, command, reason: the commit it belongs to; the actor of a move that was
            granted later is whoever wished for it.
        what: what happened.
        by_person: whether somebody typed it; the program did it else.
        table, uid, row: the row, and how a person calls it.
        column, old, new: the cell and its values as history keeps them: codes, ISO days, plain amounts.
        values: the filled cells of a row that came or went; what fills the words of a refusal.
        code: the finding of a refusal.
        rules: the versions of the rule sheets that its commit went by, by table.
    """

    seq: int
    at: datetime
    as_of: date | None
    actor: str
    command: str
    reason: str | None
    what: What
    by_person: bool
    table: str
    uid: str
    row: str
    column: str | None = None
    old: str | None = None
    new: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    code: str | None = None
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowTold:
    """A row: its number or key, number and label, and its story, oldest first."""

    table: str
    uid: str
    row: str
    described: str
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class History:
    """What was asked for: every commit, one commit with what it did, or the stories of some rows."""

    book: Book
    commits: Sequence[CommitTold] = ()
    events: Sequence[Event] = ()
    rows: Sequence[RowTold] = ()


def history(path: Path, target: str | None = None, how: How | None = None) -> History:
    """Return every commit, one commit by its number, or the story of a row by its number or name.

    Raises:
        UsageError: there is no such commit or row.
        StoreAway: the workbook's store is not on this machine.
    """
    book = read_book(path)
    with past_of(book, how or How()) as (store, _):
        if store is None:
            if target is None:
                return History(book)
            raise UsageError("history_no_target", found=target, file=path.name)
        teller = _Teller(store)
        if target is None:
            return History(book, teller.commits())
        seq = int(target) if target.isdecimal() else 0
        if seq in teller.held:
            return History(book, teller.commits(seq), teller.of_commit(seq))
        rows = named_rows(store, target)
        if not rows:
            raise UsageError("history_no_target", found=target, file=path.name)
        return History(book, rows=[teller.story(*row) for row in rows])


def story_of(book: Book, name: str, uid: str, how: How) -> Sequence[Event]:
    """Return the story of a row, oldest first; nothing where no store knows the workbook, or the row."""
    with peeked(book, how) as (store, _):
        known = store is not None and store.records_of(name, [uid]).height
        return _Teller(store).story(name, uid).events if store is not None and known else ()


class _Teller:
    """Reads a store as events."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.held = {commit.seq: commit for commit in store.commits()}
        self.wishes = store.wishes()
        self._names: dict[str, Mapping[str, str]] = {}

    def commits(self, only: int | None = None) -> list[CommitTold]:
        """Return the commits, with counts of what each did."""
        did: dict[int, dict[str, Mapping[str, int]]] = {}
        for seq, name, *counted in self.store.counts().iter_rows():
            did.setdefault(seq, {})[name] = dict(zip(("new", "deleted", "cells"), counted, strict=True))
        refused = [told.wish.seq for told in self.wishes]
        return [
            CommitTold(commit, did.get(seq, {}), refused.count(seq))
            for seq, commit in self.held.items()
            if only in {None, seq}
        ]

    def called(self, name: str, uid: str) -> str:
        """Return how a person calls a row, deleted or not."""
        if name not in self._names:
            self._names[name] = called_as(self.store, name)
        return self._names[name].get(uid) or uid

    def of_commit(self, seq: int) -> list[Event]:
        """Return what a commit did."""
        records = self.store.since(seq - 1).filter(pl.col("seq") == seq)
        wishes = [told for told in self.wishes if seq in {told.wish.seq, told.closed_seq}]
        events = self._told(records, wishes)
        return [event for event in events if event.seq == seq]

    def story(self, name: str, uid: str) -> RowTold:
        """Return the story of a row: what was done to it, wished of it, and noted about it."""
        wishes = [told for told in self.wishes if (told.wish.table, told.wish.row_id) == (name, uid)]
        events = [*self._told(self.store.records_of(name, [uid]), wishes), *self._activities(name, uid)]
        described = described_as(self.store, name)[uid]
        ordered = sorted(events, key=lambda event: event.seq)
        return RowTold(name, uid, self.called(name, uid), described, ordered)

    def _told(self, records: pl.DataFrame, wishes: Iterable[WishTold]) -> list[Event]:
        events = [*self._records(records), *(event for told in wishes for event in self._wish(told))]
        granted = {
            (told.closed_seq, told.wish.row_id, told.wish.column): told.wish.actor
            for told in wishes
            if told.closed_why == "granted"
        }
        named = (
            replace(event, actor=granted[cell])
            if (cell := (event.seq, event.uid, event.column)) in granted
            else event
            for event in events
        )
        return sorted(named, key=lambda event: event.seq)

    def _event(self, seq: int, what: What, name: str, uid: str, *, by_person: bool) -> Event:
        commit = self.held[seq]
        return Event(
            seq,
            commit.at.replace(tzinfo=UTC),
            commit.as_of,
            commit.actor,
            commit.command,
            commit.reason,
            what,
            by_person,
            name,
            uid,
            self.called(name, uid),
            rules=json.loads(commit.rules or "{}"),
        )

    def _records(self, records: pl.DataFrame) -> Iterator[Event]:
        known = records.filter(pl.col("entity").is_in(list(tables())), pl.col("column") != EXTRA)
        for record in known.iter_rows(named=True):
            told = self._event(
                record["seq"], "set", record["entity"], record["row_id"], by_person=record["kind"] == "typed"
            )
            if record["column"] == WHOLE_ROW:
                values = recalled_texts(record["new"] or record["old"] or "{}")
                yield replace(told, what="new" if record["old"] is None else "deleted", values=values)
            else:
                yield replace(told, column=record["column"], old=record["old"], new=record["new"])

    def _wish(self, told: WishTold) -> Iterator[Event]:
        """Yield that something was wished for, and what became of it."""
        wish = told.wish
        refused = self._event(wish.seq, "refused", wish.table, wish.row_id, by_person=True)
        refused = replace(refused, column=wish.column, old=wish.from_, new=wish.wanted)
        yield replace(refused, actor=wish.actor, code=wish.code, values=wish.values)
        if told.closed_seq is not None and told.closed_why is not None:
            mine = told.closed_why == "withdrawn"
            closed = self._event(told.closed_seq, told.closed_why, wish.table, wish.row_id, by_person=mine)
            yield replace(closed, column=wish.column, old=wish.from_, new=wish.wanted, code=wish.code)

    def _activities(self, name: str, uid: str) -> Iterator[Event]:
        """Yield what was noted about a row."""
        names = {uid, self.called(name, uid)}
        if name == "activities":
            return
        about = self.store.all_rows("activities").filter(pl.col("object_id").is_in(list(names)))
        records = self.store.records_of("activities", about[UID].to_list())
        for event in self._records(records.filter(pl.col("column") == WHOLE_ROW)):
            if event.what == "new":
                yield replace(event, what="activity")

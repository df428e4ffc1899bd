"""The ruling on what was typed: what counts, what was refused, and the book with what counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied, cells_beside, needed
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook, RuleVersion
from ltc_xl.model.tables import UID
from ltc_xl.model.wish import Wish
from ltc_xl.rules.actor import member_of
from ltc_xl.rules.court import moves_of
from ltc_xl.rules.follow_ups import follow_ups
from ltc_xl.rules.in_force import InForce
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.rules.rulesets import TRANSITIONS
from ltc_xl.rules.transitions import Judgement, Refusal, judged
from ltc_xl.store import Identity, Store, Why, typed_changes


@dataclass(frozen=True)
class Typed:
    """What people did to a book since its last commit.

    Attributes:
        book: as it stands in the file.
        changes: what differs from the store's state.
        wishes: moves refused before that are still open.
        withdrawn: ids of those that somebody took off the Problems sheet.
        known: rule table -> the last sound version of it that was in force.
        actor: login name of whoever runs the program.
        as_of: the day it counts as typed on.
    """

    book: Book
    changes: Changes
    wishes: Sequence[Wish]
    withdrawn: Collection[str]
    known: Mapping[str, RuleVersion]
    actor: str
    as_of: date

    def ruling(self) -> "Ruling":
        """Return what counts of it."""
        rules = InForce(self.book, bind_rulebook(self.book), self.as_of, self.known)
        judgement = judged(
            self.changes, self.book, rules.rulebook, self.as_of, self.actor, self.wishes, self.withdrawn
        )
        return Ruling(self, rules, judgement)


def typed_in(book: Book, store: Store, identity: Identity, actor: str, as_of: date) -> Typed:
    """Return what people did to a book; nothing when the file is as its last commit left it."""
    wishes, known = store.open_wishes(), store.rule_versions()
    if store.was_left(identity.workbook_id, book.digest):
        return Typed(book, Changes(), wishes, (), known, actor, as_of)
    withdrawn = set(_withdrawn(book, store, identity.workbook_id, wishes))
    return Typed(book, typed_changes(book, store), wishes, withdrawn, known, actor, as_of)


def _withdrawn(book: Book, store: Store, workbook_id: str, wishes: Sequence[Wish]) -> Iterator[str]:
    """Yield the wishes whose line stood on the Problems sheet and is gone."""
    shown = store.bodies_since(workbook_id, 0).get("findings") if wishes else None
    if shown is None or book.place("findings") is None:
        return
    stood, stand = (set(rows.select("mark", "code").rows()) for rows in (shown, book.rows("findings")))
    for wish in wishes:
        if (f"{wish.row_id}|{wish.column}", wish.code) in stood - stand:
            yield wish.id


@dataclass(frozen=True)
class Ruling:
    """What counts of what was typed, and what follows from it."""

    typed: Typed
    rules: InForce
    judgement: Judgement

    @property
    def rulebook(self) -> Rulebook:
        """Return the rules it went by."""
        return self.rules.rulebook

    def rulebook_of(self, book: Book) -> Rulebook:
        """Return the rules in force for the book with what counts: its rule sheets say what was typed."""
        bound = bind_rulebook(book).with_kept(self.rulebook.kept)
        return replace(bound, rests=self.rulebook.rests)

    @property
    def accepted(self) -> Changes:
        """Return what counts: typed, or wished for earlier and granted now."""
        return self.judgement.accepted

    @cached_property
    def undecided(self) -> tuple[SetColumn, ...]:
        """Return the typed cells that do not count; the store holds ``old``."""
        return cells_beside(self.typed.changes, self.accepted)

    @cached_property
    def corrections(self) -> Changes:
        """Return what makes of the book as typed the one that counts."""
        back = tuple(entry.reversed() for entry in self.undecided)
        return Changes(back + cells_beside(self.accepted, self.typed.changes))

    @cached_property
    def book(self) -> Book:
        """Return the book with what counts, and nothing else."""
        return applied(self.typed.book, self.corrections)

    @property
    def rule_versions(self) -> dict[str, str]:
        """Return the version of 阶段流转 where stages were judged by it."""
        asked = moves_of(self.typed.changes.sets) or self.judgement.closed
        return {TRANSITIONS: rule_version(TRANSITIONS, self.book, self.rulebook)} if asked else {}

    @cached_property
    def follow_ups(self) -> Changes:
        """Return what the program notes down about what counts."""
        member = member_of(self.rulebook, self.typed.actor, self.typed.as_of)
        return needed(self.book, follow_ups(self.accepted, self.book, self.typed.as_of, member))

    def kept(self, *, shows_problems: bool) -> tuple[SetColumn, ...]:
        """Return the cells that keep what was typed although it does not count.

        A command that shows the problems leaves only those that nobody can judge.
        """
        if not shows_problems:
            return self.undecided
        waiting: dict[tuple[str, str], list[str]] = {}
        for one in self.judgement.waiting:
            waiting.setdefault((one.table, one.column), []).append(one.row_id)
        return tuple(
            replace(entry, cells=entry.cells.filter(pl.col(UID).is_in(waiting[entry.table, entry.column])))
            for entry in self.undecided
            if (entry.table, entry.column) in waiting
        )

    def opened(self, *, shows_problems: bool) -> tuple[Refusal, ...]:
        """Return the refusals that become wishes: those typed now, and new reasons of old ones."""
        new = tuple(one for one in self.judgement.standing if one.wish is None)
        return (*self.judgement.refused, *new) if shows_problems else new

    @property
    def closed(self) -> dict[Why, list[str]]:
        """Return why -> the wishes that are open no more."""
        granted = {(wish.table, wish.row_id) for wish in self.judgement.granted}
        given_up = {(w.table, w.row_id) for w in self.typed.wishes if w.id in self.typed.withdrawn}
        why: dict[Why, list[str]] = {"granted": [], "withdrawn": [], "overtaken": []}
        for wish in self.typed.wishes:
            if wish.id in self.judgement.closed:
                row = (wish.table, wish.row_id)
                why["granted" if row in granted else "withdrawn" if row in given_up else "overtaken"].append(
                    wish.id
                )
        return why

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was typed, granted or given up."""
        return not (self.accepted or self.follow_ups or self.judgement.closed)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what a check says of it."""
        ruled = self.judgement
        return tuple(one.finding() for one in (*ruled.refused, *ruled.standing, *ruled.waiting))

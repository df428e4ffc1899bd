"""Which version of each rule sheet is in force: what stands there, or the last sound version of it.

A sheet with an error decides nothing; what it said before stays in force. Sheets that lean on one another go
back together: 线索分配 and 移交标准 speak of the queues that 线索评级 gives, so that a broken sheet among the
three holds the others back if the queues are others now than they were then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Kept, Rulebook, RuleVersion
from ltc_xl.rules.cleaning_sheet import CLEANING, cleaning_rules
from ltc_xl.rules.rule_index import index_rows, rest_of
from ltc_xl.rules.rule_set import has_errors
from ltc_xl.rules.rule_sheets import own_texts, unread
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import (
    ASSIGNMENT,
    GRADING,
    POOLS,
    TRANSITIONS,
    assignment_rules,
    grading_rules,
    transition_rules,
)
from ltc_xl.rules.scoring import SCORING, scoring_rules
from ltc_xl.rules.transfer import CRITERIA, transfer_criteria

BY_QUEUE = (GRADING, ASSIGNMENT, CRITERIA)
"""The first gives queues, the others ask for them."""

Problems = Callable[[Book, Rulebook, date], Iterable[Finding]]

SETS: Mapping[str, Problems] = {
    SCORING: lambda book, rulebook, as_of: scoring_rules(book, rulebook, as_of).problems,
    GRADING: lambda book, rulebook, as_of: grading_rules(book, rulebook, as_of).problems,
    ASSIGNMENT: lambda book, rulebook, as_of: assignment_rules(book, rulebook, as_of).problems,
    TRANSITIONS: lambda book, rulebook, _: transition_rules(book, rulebook).problems,
    CRITERIA: lambda book, rulebook, as_of: transfer_criteria(book, rulebook, as_of).problems,
    CLEANING: lambda book, rulebook, _: cleaning_rules(book, rulebook).problems,
    POOLS: lambda book, _, __: unread(POOLS, book),
}
"""Rule table -> what is wrong with its sheet."""


@dataclass(frozen=True)
class InForce:
    """The rules of a book on a day, beside the versions that are known of them.

    Attributes:
        book: as typed, or with what counts of it.
        typed: its rulebook, as the sheets say it.
        as_of: the day.
        known: rule table -> the last sound version that was in force.
    """

    book: Book
    typed: Rulebook
    as_of: date
    known: Mapping[str, RuleVersion]

    @cached_property
    def rulebook(self) -> Rulebook:
        """Return the rulebook with the last sound version of every sheet that has an error."""
        usable = self._usable(self._broken)
        kept = self._usable(usable | self._beside(usable)) if usable else {}
        return with_rests(self.typed.with_kept(kept), self.as_of)

    @property
    def new(self) -> Mapping[str, RuleVersion]:
        """Return the versions that are in force and not known yet."""
        fresh = (name for name in self._other if name not in {*self._errors, *self.rulebook.kept})
        return {name: self._version(name) for name in fresh}

    @cached_property
    def _other(self) -> Mapping[str, str]:
        """Return the sheets that say something else than their known version, with the digest of it."""
        told = {name: rule_version(name, self.book, self.typed) for name in SETS}
        return {name: version for name, version in told.items() if not self._is_known(name, version)}

    def _is_known(self, name: str, version: str) -> bool:
        """Return whether a sheet says what its known version does; a cell nobody can read says nothing."""
        known = self.known.get(name)
        return known is not None and known.version == version and not unread(name, self.book)

    @cached_property
    def _errors(self) -> Mapping[str, tuple[Finding, ...]]:
        """Return the sheets that have errors, with these."""
        found = {name: tuple(SETS[name](self.book, self.typed, self.as_of)) for name in self._other}
        wrong = {name: tuple(one for one in all_ if has_errors([one])) for name, all_ in found.items()}
        return {name: errors for name, errors in wrong.items() if errors}

    @property
    def _broken(self) -> dict[str, Kept]:
        """Return the sheets that have errors and were sound once."""
        return {
            name: Kept(self.known[name], errors)
            for name, errors in self._errors.items()
            if name in self.known and not rest_of(name, self.typed, self.as_of)
        }

    def _beside(self, broken: Mapping[str, Kept]) -> dict[str, Kept]:
        """Return the sheets that go back together with a broken one: the queues are others than then."""
        cause = next((name for name in BY_QUEUE if name in broken), None)
        if cause is None or self._queues_stand:
            return {}
        others = (name for name in BY_QUEUE if name in self._other and name in self.known)
        return {name: Kept(self.known[name], (), cause) for name in others if name not in self._errors}

    @property
    def _queues_stand(self) -> bool:
        """Return whether 线索评级 gives the queues that it gave when it was last sound."""
        known = self.known.get(GRADING)
        return known is not None and _queues(known.rows) == _queues(self.typed.rows(GRADING))

    def _usable(self, kept: Mapping[str, Kept]) -> dict[str, Kept]:
        """Return the versions that are sound today, too: lists and fields they name may be gone since."""
        then = self.typed.with_kept({name: Kept(one.held) for name, one in kept.items()})
        return {
            name: one for name, one in kept.items() if not has_errors(SETS[name](self.book, then, self.as_of))
        }

    def _version(self, name: str) -> RuleVersion:
        return RuleVersion(
            self._other[name],
            self.typed.rows(name),
            own_texts(name, self.book, self.typed),
            index_rows(name, self.typed),
            self.as_of,
        )


def with_rests(rulebook: Rulebook, as_of: date) -> Rulebook:
    """Return the rulebook with what 规则目录 switches off on a day."""
    found = (rest_of(name, rulebook, as_of) for name in SETS)
    return replace(rulebook, rests=tuple(rest for rest in found if rest))


def _queues(rows: pl.DataFrame) -> set[str]:
    return set(rows["queue"].str.strip_chars().drop_nulls())

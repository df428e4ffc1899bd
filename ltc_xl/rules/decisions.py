"""Decision tables: for each row of a frame the rule that fits it, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import and_

import polars as pl

from ltc_xl.rules.guards import Guard

RULE = "rule"
NEAREST = 3
Row = Mapping[str, object]


class Hit(StrEnum):
    """Which of the rules that fit a row count; tables are decided by the first one."""

    FIRST = "F"
    UNIQUE = "U"
    ANY = "A"
    COLLECT = "C"
    SUM = "C+"


@dataclass(frozen=True)
class Rule:
    """One row of a decision table.

    Attributes:
        no: its number on the sheet.
        row_id: its ``_uid``.
        tests: column -> what must hold, in sheet order, without the columns where anything goes.
        outputs: column -> what it gives.
        note: the firm's own remark.
    """

    no: str
    row_id: str | None = None
    tests: Mapping[str, Guard] = field(default_factory=dict)
    outputs: Mapping[str, object] = field(default_factory=dict)
    note: str | None = None

    def fits(self, as_of: date) -> pl.Expr:
        """Return whether it fits the rows of a frame; what a blank leaves open does not."""
        tests = [test.expr(as_of) for test in self.tests.values()]
        return reduce(and_, tests) if tests else pl.lit(value=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of one row: column, cell, value, and whether it holds (None: the value is blank)."""

    column: str
    text: str
    value: object
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row got its rule.

    Attributes:
        rule: the rule that counts, or None.
        passed: what the row passed for it.
        missed: the nearest rules it missed, with the tests that failed.
    """

    rule: Rule | None
    passed: tuple[Trial, ...]
    missed: tuple[tuple[Rule, tuple[Trial, ...]], ...]


@dataclass(frozen=True)
class DecisionTable:
    """Rules from the top, the columns they test, and what they give."""

    inputs: tuple[str, ...]
    outputs: Mapping[str, pl.DataType]
    rules: tuple[Rule, ...]
    hit: Hit = Hit.FIRST

    def decide(self, frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return the frame with ``rule`` (place of the first rule that fits, null for none) and its outputs.

        Outputs take the place of columns that have their names.
        """
        found = frame.lazy().with_columns(self._first(as_of)).collect()
        given = self._given()
        return found.with_columns(given[code].gather(found[RULE]).alias(code) for code in self.outputs)

    def _first(self, as_of: date) -> pl.Expr:
        nothing = pl.lit(None, dtype=pl.Int16)
        chain: pl.Expr = nothing
        for place, rule in reversed(list(enumerate(self.rules))):
            chain = pl.when(rule.fits(as_of)).then(pl.lit(place, dtype=pl.Int16)).otherwise(chain)
        return chain.alias(RULE)

    def _given(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                code: pl.Series(code, [rule.outputs.get(code) for rule in self.rules], dtype=dtype)
                for code, dtype in self.outputs.items()
            }
        )

    def decided(self, row: Row, as_of: date) -> Rule | None:
        """Return the rule that counts for one row, or None."""
        fitting = (
            rule for rule in self.rules if all(test.test(row, as_of) is True for test in rule.tests.values())
        )
        return next(fitting, None)

    def explain(self, row: Row, as_of: date) -> Explanation:
        """Return the rule that counts for one row, what it passed, and the nearest rules it missed."""
        tested = [(rule, tuple(_tested(rule, row, as_of))) for rule in self.rules]
        missed = [(rule, tuple(one for one in tests if not one.holds)) for rule, tests in tested]
        first = next((place for place, (_, failed) in enumerate(missed) if not failed), None)
        nearest = sorted((one for one in missed[:first] if one[1]), key=lambda one: len(one[1]))
        rule, passed = (None, ()) if first is None else tested[first]
        return Explanation(rule, passed, tuple(nearest[:NEAREST]))


def _tested(rule: Rule, row: Row, as_of: date) -> Iterator[Trial]:
    for code, test in rule.tests.items():
        yield Trial(code, test.text, row[code], test.test(row, as_of))

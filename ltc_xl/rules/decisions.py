"""Decision tables: for each row of a frame the rules that fit it, what they give, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import and_

import polars as pl

from ltc_xl.rules.guards import Guard

RULE, RULES, CLASH = "rule", "rules", "clash"
NEAREST = 3
Row = Mapping[str, object]

_PLACE = pl.Int16()
_PLACES = pl.List(pl.Int16)


class Hit(StrEnum):
    """Which of the rules that fit a row count.

    The first one; the only one (two that fit contradict each other); any of them, for they all give the same;
    all of them; all of them, their numbers added up.
    """

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

    def fits_row(self, row: Row, as_of: date) -> bool:
        """Return whether it fits one row."""
        return all(test.test(row, as_of) is True for test in self.tests.values())


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of one row: column, cell, value, and whether it holds (None: the value is blank)."""

    column: str
    text: str
    value: object
    holds: bool | None


Tried = tuple[Rule, tuple[Trial, ...]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row got its answer.

    Attributes:
        hits: the rules that count, each with what the row passed for it.
        clash: the rules that fit and contradict each other; none counts then.
        missed: the nearest rules it missed, with the tests that failed.
    """

    hits: tuple[Tried, ...]
    clash: tuple[Tried, ...]
    missed: tuple[Tried, ...]

    @property
    def rule(self) -> Rule | None:
        """Return the first rule that counts, or None."""
        return self.hits[0][0] if self.hits else None

    @property
    def passed(self) -> tuple[Trial, ...]:
        """Return what the row passed for it."""
        return self.hits[0][1] if self.hits else ()


@dataclass(frozen=True)
class DecisionTable:
    """Rules from the top, the columns they test, and what they give."""

    inputs: tuple[str, ...]
    outputs: Mapping[str, pl.DataType]
    rules: tuple[Rule, ...]
    hit: Hit = Hit.FIRST

    # ------------------------------------------------------------ frames

    def decide(self, frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return the frame with what the rules give each row, in place of columns that have an output's name.

        Where one rule counts, ``rule`` is its place, null for none, and where several fit although one alone
        may, ``clash`` holds their places. Where rules are collected, ``rules`` holds their places and every
        output is a list, or the sum of the numbers, null where no rule fits.
        """
        if self.hit is Hit.FIRST:
            found = frame.lazy().with_columns(self._first(as_of)).collect()
            return self._with_outputs(found)
        places = frame.with_columns(self._fitting(as_of))[RULES]
        if self.hit in {Hit.COLLECT, Hit.SUM}:
            return self._collected(frame.with_columns(places))
        found = frame.with_columns(self._agreed(places))
        return self._with_outputs(found)

    def _first(self, as_of: date) -> pl.Expr:
        chain: pl.Expr = pl.lit(None, dtype=_PLACE)
        for place, rule in reversed(list(enumerate(self.rules))):
            chain = pl.when(rule.fits(as_of)).then(pl.lit(place, dtype=_PLACE)).otherwise(chain)
        return chain.alias(RULE)

    def _fitting(self, as_of: date) -> pl.Expr:
        """Return the places of all rules that fit."""
        places = [
            pl.when(rule.fits(as_of)).then(pl.lit(place, dtype=_PLACE))
            for place, rule in enumerate(self.rules)
        ]
        if not places:
            return pl.repeat([], pl.len(), dtype=_PLACES).alias(RULES)
        return pl.concat_list(places).list.drop_nulls().alias(RULES)

    def _agreed(self, places: pl.Series) -> list[pl.Series]:
        """Return the rule that counts where those that fit agree, and the rules where they do not."""
        answers = places if self.hit is Hit.UNIQUE else self._by_answer(places)
        torn = answers.list.n_unique() > 1
        none: pl.Series = pl.Series([None], dtype=_PLACES)
        first = places.list.first().set(torn, None)
        return [first.alias(RULE), places.zip_with(torn, none.new_from_index(0, places.len())).alias(CLASH)]

    def _by_answer(self, places: pl.Series) -> pl.Series:
        """Return for each rule that fits the first rule that gives the same."""
        told = [tuple(rule.outputs.get(code) for code in self.outputs) for rule in self.rules]
        same = {place: told.index(answer) for place, answer in enumerate(told)}
        return places.list.eval(pl.element().replace_strict(same, return_dtype=_PLACE)) if same else places

    def _with_outputs(self, found: pl.DataFrame) -> pl.DataFrame:
        given = self._given()
        return found.with_columns(given[code].gather(found[RULE]).alias(code) for code in self.outputs)

    def _collected(self, found: pl.DataFrame) -> pl.DataFrame:
        given = self._given()
        collected = []
        for code in self.outputs:
            rows = found.select(pl.int_range(pl.len()).alias("row"), pl.col(RULES).alias("place"))
            each = rows.explode("place").drop_nulls("place")
            values = each.with_columns(given[code].gather(each["place"]).alias(code))
            total = pl.col(code).sum().cast(self.outputs[code]) if self._adds(code) else pl.col(code)
            answers = values.group_by("row", maintain_order=True).agg(total)
            collected.append(rows.join(answers, on="row", how="left", maintain_order="left")[code])
        return found.with_columns(collected)

    def _adds(self, code: str) -> bool:
        return self.hit is Hit.SUM and self.outputs[code].is_numeric()

    def _given(self) -> pl.DataFrame:
        return pl.DataFrame(
            {
                code: pl.Series(code, [rule.outputs.get(code) for rule in self.rules], dtype=dtype)
                for code, dtype in self.outputs.items()
            }
        )

    # ------------------------------------------------------------ rows

    def decided(self, row: Row, as_of: date) -> Rule | None:
        """Return the first rule that counts for one row, or None."""
        if self.hit is Hit.FIRST:
            return next((rule for rule in self.rules if rule.fits_row(row, as_of)), None)
        return next(iter(self.counting(row, as_of)), None)

    def counting(self, row: Row, as_of: date) -> tuple[Rule, ...]:
        """Return the rules that count for one row; none where they contradict each other."""
        fitting = [rule for rule in self.rules if rule.fits_row(row, as_of)]
        return () if self._torn(fitting) else tuple(fitting[: self._most])

    def given(self, row: Row, as_of: date) -> dict[str, object]:
        """Return what the rules give one row, as ``decide`` does."""
        rules = self.counting(row, as_of)
        if self.hit not in {Hit.COLLECT, Hit.SUM}:
            return {code: rules[0].outputs.get(code) if rules else None for code in self.outputs}
        told = {code: [rule.outputs.get(code) for rule in rules] or None for code in self.outputs}
        return {code: _total(values) if self._adds(code) else values for code, values in told.items()}

    def explain(self, row: Row, as_of: date) -> Explanation:
        """Return the rules that count for one row, what it passed, and the nearest rules it missed."""
        tried = [(rule, tuple(_tested(rule, row, as_of))) for rule in self.rules]
        failed = [(rule, tuple(one for one in tests if not one.holds)) for rule, tests in tried]
        fitting = [place for place, (_, tests) in enumerate(failed) if not tests]
        torn = self._torn([self.rules[place] for place in fitting])
        counted = tuple(tried[place] for place in (fitting if torn else fitting[: self._most]))
        before = fitting[0] if fitting and self.hit is Hit.FIRST else None
        nearest = sorted((one for one in failed[:before] if one[1]), key=lambda one: len(one[1]))
        return Explanation(() if torn else counted, counted if torn else (), tuple(nearest[:NEAREST]))

    @property
    def _most(self) -> int | None:
        return None if self.hit in {Hit.COLLECT, Hit.SUM} else 1

    def _torn(self, fitting: Sequence[Rule]) -> bool:
        """Return whether the rules that fit contradict each other."""
        if self.hit is Hit.UNIQUE:
            return len(fitting) > 1
        answers = [tuple(rule.outputs.get(code) for code in self.outputs) for rule in fitting]
        return self.hit is Hit.ANY and any(answer != answers[0] for answer in answers)


def _total(values: Sequence[object] | None) -> Decimal | int | None:
    """Return the sum of numbers; a rule that gives none adds nothing."""
    numbers = [value for value in values or () if isinstance(value, Decimal | int)]
    return sum(numbers) if values else None


def _tested(rule: Rule, row: Row, as_of: date) -> Iterator[Trial]:
    for code, test in rule.tests.items():
        yield Trial(code, test.text, row[code], test.test(row, as_of))

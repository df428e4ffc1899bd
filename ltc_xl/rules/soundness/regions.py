"""Regions: which rules of a table some row can meet together, and such a row.

Each column falls into classes of values that meet the same rules; classes of different columns are combined
one column after the other, and combinations that meet the same rules are one. So the work grows with the
different answers, not with the product of all values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ltc_xl.rules.decisions import DecisionTable, Row
from ltc_xl.rules.guards import Field, Guard
from ltc_xl.rules.soundness.witnesses import witnesses

MOST_WORK = 4_000_000
"""Combinations tried before a table counts as not proved."""

_Trail = tuple["_Trail", object] | None


@dataclass(frozen=True)
class Regions:
    """What was found out about a table.

    Attributes:
        names: the columns in the order in which values were put together.
        trails: the rules a row meets, as bits by their place -> the values of such a row.
        passing: for each rule, column -> the witnesses of the column that pass its test, as bits.
        proved: whether the trails are all; else there was more to try than is reasonable.
    """

    names: Sequence[str]
    trails: Mapping[int, _Trail]
    passing: Sequence[Mapping[str, int]]
    proved: bool

    def row(self, met: int) -> Row:
        """Return a row that meets these rules and no others."""
        values: list[object] = []
        trail = self.trails[met]
        while trail is not None:
            trail, value = trail
            values.append(value)
        return dict(zip(self.names, reversed(values), strict=True))

    @property
    def gap(self) -> Row | None:
        """Return a row that no rule fits, or None."""
        return self.row(0) if 0 in self.trails else None

    def first_hits(self) -> frozenset[int]:
        """Return the places of the rules that are the first one for some row."""
        return frozenset((met & -met).bit_length() - 1 for met in self.trails if met)

    def overlaps(self) -> Iterator[tuple[tuple[int, ...], Row]]:
        """Yield the places of rules that a row meets together, and the row."""
        for met in self.trails:
            if met & (met - 1):
                yield places(met), self.row(met)


def places(met: int) -> tuple[int, ...]:
    """Return the places that bits stand for.

    >>> places(0b1011)
    (0, 1, 3)
    """
    return tuple(place for place in range(met.bit_length()) if met >> place & 1)


def regions(
    decided: DecisionTable,
    fields: Mapping[str, Field],
    as_of: date,
    never_blank: frozenset[str] = frozenset(),
) -> Regions:
    """Return which rules of a table rows can meet together.

    Args:
        decided: rules whose tests are each about their own column.
        fields: column -> field.
        as_of: what ``TODAY()`` means.
        never_blank: columns that always hold something.
    """
    columns = sorted(
        (
            _column(decided, fields[code], as_of, may_be_blank=code not in never_blank)
            for code in decided.inputs
        ),
        key=lambda column: len(column.classes),
    )
    names = [column.code for column in columns]
    passing = [
        {column.code: column.passing[place] for column in columns} for place in range(len(decided.rules))
    ]
    found: dict[int, _Trail] = {(1 << len(decided.rules)) - 1: None}
    work = 0
    for column in columns:
        work += len(found) * len(column.classes)
        if work > MOST_WORK:
            return Regions(names, {}, passing, proved=False)
        found = _combined(found, column.classes)
    return Regions(names, found, passing, proved=True)


def _combined(found: Mapping[int, _Trail], classes: Mapping[int, object]) -> dict[int, _Trail]:
    combined: dict[int, _Trail] = {}
    for met, trail in found.items():
        for fitting, value in classes.items():
            both = met & fitting
            if both not in combined:
                combined[both] = (trail, value)
    return combined


@dataclass(frozen=True)
class _Column:
    """One column: the rules a value meets, as bits -> the plainest such value; and what passes each rule."""

    code: str
    classes: Mapping[int, object]
    passing: Sequence[int]


def _column(decided: DecisionTable, field: Field, as_of: date, *, may_be_blank: bool) -> _Column:
    tests = [rule.tests.get(field.code) for rule in decided.rules]
    different = {test.text: test for test in tests if test is not None}
    values = witnesses(field, different.values(), as_of)
    kept = values if may_be_blank else values[:-1]
    passed = _passed(field, different, kept, as_of)
    everything = (1 << len(kept)) - 1
    passing = [everything if test is None else passed[test.text] for test in tests]
    classes: dict[int, object] = {}
    for at, value in enumerate(kept):
        met = sum(1 << place for place, bits in enumerate(passing) if bits >> at & 1)
        classes.setdefault(met, value)
    return _Column(field.code, classes, passing)


def _passed(
    field: Field, tests: Mapping[str, Guard], values: Sequence[object], as_of: date
) -> Mapping[str, int]:
    """Return text of a test -> the values that pass it, as bits."""
    frame = pl.DataFrame({field.code: pl.Series(values, dtype=field.dtype)})
    answers = frame.with_columns(test.expr(as_of).alias(f"test {n}") for n, test in enumerate(tests.values()))
    return {
        text: sum(1 << at for at, holds in enumerate(answers[f"test {n}"]) if holds)
        for n, text in enumerate(tests)
    }

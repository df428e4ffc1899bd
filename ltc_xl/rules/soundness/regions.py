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

MOST_WORK = 3_000_000
"""Combinations tried before a table counts as not proved."""

_Trail = tuple["_Trail", object] | None


@dataclass(frozen=True)
class Regions:
    """What was found out about a table.

    Attributes:
        names: the columns in the order in which values were put together.
        trails: the rules a row meets, as bits by their place -> the values of such a row.
        proved: whether these are all; else there was more to try than is reasonable.
    """

    names: Sequence[str]
    trails: Mapping[int, _Trail]
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
    every = (1 << len(decided.rules)) - 1
    columns = [
        (code, _classes(decided, fields[code], as_of, may_be_blank=code not in never_blank))
        for code in decided.inputs
    ]
    columns.sort(key=lambda column: len(column[1]))
    names = [code for code, _ in columns]
    found: dict[int, _Trail] = {every: None}
    work = 0
    for _, classes in columns:
        work += len(found) * len(classes)
        if work > MOST_WORK:
            return Regions(names, {}, proved=False)
        found = _combined(found, classes)
    return Regions(names, found, proved=True)


def _combined(found: Mapping[int, _Trail], classes: Mapping[int, object]) -> dict[int, _Trail]:
    combined: dict[int, _Trail] = {}
    for met, trail in found.items():
        for fitting, value in classes.items():
            both = met & fitting
            if both not in combined:
                combined[both] = (trail, value)
    return combined


def _classes(decided: DecisionTable, field: Field, as_of: date, *, may_be_blank: bool) -> dict[int, object]:
    """Return the rules whose test of a field a value passes, as bits -> the plainest such value."""
    tests = [rule.tests.get(field.code) for rule in decided.rules]
    different = {test.text: test for test in tests if test is not None}
    values = witnesses(field, different.values(), as_of)
    kept = values if may_be_blank else values[:-1]
    passed = _passed(field, different, kept, as_of)
    fits = [sum(1 << place for place, one in enumerate(tests) if one is None)] * len(kept)
    for place, one in enumerate(tests):
        if one is not None:
            bit = 1 << place
            fits = [met | bit if holds else met for met, holds in zip(fits, passed[one.text], strict=True)]
    classes: dict[int, object] = {}
    for met, value in zip(fits, kept, strict=True):
        classes.setdefault(met, value)
    return classes


def _passed(
    field: Field, tests: Mapping[str, Guard], values: Sequence[object], as_of: date
) -> Mapping[str, Sequence[bool | None]]:
    """Return text of a test -> whether each value passes it."""
    frame = pl.DataFrame({field.code: pl.Series(values, dtype=field.dtype)})
    answers = frame.with_columns(test.expr(as_of).alias(f"test {n}") for n, test in enumerate(tests.values()))
    return {text: answers[f"test {n}"].to_list() for n, text in enumerate(tests)}

"""Values that stand for all others: what the tests of a column can tell apart.

A test compares a column with constants, so that it answers alike everywhere between two neighbouring ones.
One value at each constant, one in each gap between them, one beyond either end, and the blank are all.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl

from ltc_xl.rules.guards import Field, Guard
from ltc_xl.rules.guards.rows import constant
from ltc_xl.rules.guards.tree import Among, Column, Compare, Node, columns_in, parts_of

OTHER_TEXT = "…"
"""A text that no rule names."""


def witnesses(field: Field, tests: Iterable[Guard], as_of: date) -> list[object]:
    """Return the values of a field that some tests can tell apart, the plainest first, the blank last.

    Args:
        field: what is tested; one of a closed list takes its values from there.
        tests: conditions; what they ask of other fields, or reckon from several, does not count.
        as_of: what ``TODAY()`` means.
    """
    named = list(dict.fromkeys(value for test in tests for value in _constants(test.tree, field.code, as_of)))
    return [*_VALUES[field.kind](field, named), None]


def _constants(node: Node, code: str, as_of: date) -> Iterator[object]:
    """Yield what a column is compared with."""
    match node:
        case Compare(_, Column(field), right) if field.code == code:
            if next(columns_in(right), None) is None:
                yield constant(right, as_of)
        case Among(Column(field), values) if field.code == code:
            yield from values
        case _:
            for part in parts_of(node):
                yield from _constants(part, code, as_of)


def _numbers(field: Field, named: Sequence[object]) -> list[object]:
    """Return numbers; where only whole ones or so many decimals can stand, nothing else lies between."""
    step = Decimal(1).scaleb(-field.dtype.scale) if isinstance(field.dtype, pl.Decimal) else Decimal(1)
    points = sorted({number for number in named if isinstance(number, Decimal)})
    whole = field.dtype.is_integer()
    found = [*_ends(points, field, step), *points, *_between(points, step)]
    held = (number for number in found if number % step == 0)
    return [int(number) if whole else number for number in held]


def _ends(points: Sequence[Decimal], field: Field, step: Decimal) -> Iterator[Decimal]:
    """Yield a number above all, and one below where there may be one."""
    if not points:
        yield Decimal(1) if field.is_share else Decimal(100)
        return
    if not field.is_share:
        yield points[-1] * 2 if points[-1] > 0 else points[-1] + 1
    elif points[-1] < 1:
        yield (points[-1] + 1) / 2
    if points[0] > 0:
        yield points[0] / 2 // step * step
    elif not field.is_share:
        yield points[0] - 1


def _between(points: Sequence[Decimal], step: Decimal) -> Iterator[Decimal]:
    for low, high in pairwise(points):
        if low + step < high:
            yield _plain_between(low, high, step)


def _plain_between(low: Decimal, high: Decimal, step: Decimal) -> Decimal:
    """Return the number between two that has the fewest digits.

    >>> _plain_between(Decimal(100), Decimal(200000), Decimal("0.01"))
    Decimal('1E+5')
    >>> _plain_between(Decimal("0.3"), Decimal("0.4"), Decimal("0.01"))
    Decimal('0.35')
    """
    middle, unit = (low + high) / 2, Decimal(1).scaleb(high.adjusted())
    while unit >= step:
        rounded = middle // unit * unit
        found = next((one for one in (rounded, rounded + unit) if low < one < high), None)
        if found is not None:
            return found.normalize()
        unit /= 10
    return low + step


def _days(field: Field, named: Sequence[object]) -> list[object]:
    points = sorted({day for day in named if isinstance(day, date)})
    if not points:
        return [date(2026, 1, 1)]
    gaps = (low + (high - low) / 2 for low, high in pairwise(points) if high - low > timedelta(days=1))
    days = [*points, *gaps, points[0] - timedelta(days=1), points[-1] + timedelta(days=1)]
    moment = field.dtype != pl.Date
    return [datetime(day.year, day.month, day.day) if moment else day for day in days]  # noqa: DTZ001  sheets know no zones


def _words(field: Field, named: Sequence[object]) -> list[object]:
    if field.words is None:
        return [*named, OTHER_TEXT]
    return list(dict.fromkeys(field.words.by_key.values()))


def _flags(_field: Field, _named: Sequence[object]) -> list[object]:
    return [True, False]


_VALUES = {"number": _numbers, "date": _days, "text": _words, "word": _words, "flag": _flags}

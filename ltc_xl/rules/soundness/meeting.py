"""Whether two conditions over several fields can hold together: a row for which they do."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from random import Random

import polars as pl

from ltc_xl.rules.decisions import Row
from ltc_xl.rules.guards import Field, Guard
from ltc_xl.rules.soundness.witnesses import witnesses

MOST_ROWS = 10_000
_SPREAD = tuple(map(Decimal, (0, 1, 1_000, 1_000_000)))
"""Numbers tried besides, for conditions that reckon one field from another."""


def meeting(guards: Sequence[Guard], fields: Mapping[str, Field], as_of: date) -> Row | None:
    """Return a row for which all conditions hold; None where none was found.

    Every row of values that the conditions can tell apart is tried, or that many of them by lot. What reckons
    with several fields may hold together without being found: what is returned is true, None is no proof.
    """
    codes = list(dict.fromkeys(code for one in guards for code in one.codes))
    if not codes:
        return {}
    values = [_values(fields[code], guards, as_of) for code in codes]
    schema = {code: fields[code].dtype for code in codes}
    frame = pl.DataFrame(_rows(values), schema=schema, orient="row")
    holding = frame.filter(one.expr(as_of).fill_null(value=False) for one in guards)
    return next(holding.iter_rows(named=True), None)


def _values(field: Field, guards: Sequence[Guard], as_of: date) -> list[object]:
    found = witnesses(field, guards, as_of)
    if field.kind != "number" or field.is_share:
        return found
    more = [int(number) if field.dtype.is_integer() else number for number in _SPREAD]
    return list(dict.fromkeys([*found, *more]))


def _rows(values: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    if prod(map(len, values)) <= MOST_ROWS:
        return list(product(*values))
    lot = Random(MOST_ROWS)  # noqa: S311  the same rows every time, no secret
    return [tuple(lot.choice(column) for column in values) for _ in range(MOST_ROWS)]

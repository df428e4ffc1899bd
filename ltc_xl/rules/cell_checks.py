"""What must hold of each cell on its own: a table of the model, and what the firm asks of it besides.

The pandera schema (``schema``) and the plain masks (``cell_masks``) are both made of these checks.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import polars as pl

from ltc_xl.model.calendar import add_months
from ltc_xl.model.tables import Column, Table, When
from ltc_xl.rules.as_written import as_written
from ltc_xl.rules.fields import Demand
from ltc_xl.rules.formats import FORMATS, Rule, values_that_fail
from ltc_xl.rules.guards.texts import same_text

FIRST_DAY = date(2000, 1, 1)
YEARS_AHEAD = 10
WHEN_CODES: Mapping[str, str] = {"in": "K-02", "filled": "K-03", "blank": "K-04"}
NO_PATTERN, NO_CHOICE, TOO_EARLY, TOO_LATE = "V-20", "V-21", "V-22", "V-23"
Lists = Mapping[str, Collection[str]]
"""Name of a list -> the codes its cells may hold."""


@dataclass(frozen=True)
class CellCheck:
    """One thing that must hold of the cells of a column; a blank passes unless ``holds`` says otherwise.

    ``told`` is what its sentence names besides the value; ``when`` the condition that makes it required;
    ``by_value`` whether distinct values are judged in Python, which is best done for one check at a time.
    """

    code: str
    column: Column
    holds: pl.Expr = field(repr=False)
    told: Mapping[str, object] = field(default_factory=dict)
    when: When | None = None
    by_value: bool = False

    @property
    def fails(self) -> pl.Expr:
        """Return whether a cell fails, true or false for every row."""
        return ~self.holds.fill_null(value=True)


def cell_checks(
    model: Table,
    columns: Collection[str],
    as_of: date,
    lists: Lists,
    demands: Mapping[str, Demand] | None = None,
) -> list[CellCheck]:
    """Return the checks of a table, column by column.

    Args:
        model: the table, with the columns that the firm added.
        columns: those that its sheet has; of the others nothing is asked.
        as_of: the day that bounds and dates are judged by.
        lists: what columns with a list may hold.
        demands: what the firm asks of columns besides.
    """
    asked = demands or {}
    return [
        check
        for column in model.columns
        if column.code in columns and not column.live
        for check in _checks(model, column, as_of, lists, asked.get(column.code, Demand(None, column)))
    ]


def _checks(model: Table, column: Column, as_of: date, lists: Lists, demand: Demand) -> Iterator[CellCheck]:
    value = pl.col(column.code)
    yield from _filled(column, demand)
    yield from _bounded(column, demand, as_of)
    if column.enum:
        yield CellCheck("V-06", column, value.is_in(list(lists[column.enum])), _bounds(column))
    if column.type == "date" and column.typed and model.group == "work":
        latest = add_months(as_of, 12 * YEARS_AHEAD)
        yield CellCheck("V-18", column, value.is_between(FIRST_DAY, latest), _bounds(column))
    for rule in FORMATS.get(column.format or "", ()):
        judged = _judged(value, partial(_holds, rule))
        yield CellCheck(rule.code, column, judged, _bounds(column), by_value=True)
    yield from _asked(column, demand, lists)


def _filled(column: Column, demand: Demand) -> Iterator[CellCheck]:
    filled = pl.col(column.code).is_not_null()
    if column.required or demand.required:
        asked = {} if column.required else {"asked": demand.asked}
        yield CellCheck("K-01", column, filled, _bounds(column) | asked)
    elif column.required_when:
        when = column.required_when
        yield CellCheck(WHEN_CODES[when.test], column, filled | ~_applies(when), {}, when)


def _bounded(column: Column, demand: Demand, as_of: date) -> Iterator[CellCheck]:
    """Yield the least and the greatest value; the firm's takes the place of the model's, being narrower."""
    value, told, is_day = pl.col(column.code), _bounds(column), column.dtype.is_temporal()
    if demand.least:
        asked = {"least": demand.least.text, "asked": demand.asked}
        yield CellCheck(TOO_EARLY if is_day else "V-11", column, demand.least.test.expr(as_of), told | asked)
    elif column.min is not None:
        yield CellCheck("V-11", column, value >= column.min, told)
    if demand.most:
        asked = {"most": demand.most.text, "asked": demand.asked}
        yield CellCheck(TOO_LATE if is_day else "V-12", column, demand.most.test.expr(as_of), told | asked)
    elif column.max is not None:
        yield CellCheck("V-12", column, value <= column.max, told)


def _asked(column: Column, demand: Demand, lists: Lists) -> Iterator[CellCheck]:
    """Yield what only the firm asks of a text: a pattern, choices; a word of no list at all is V-06 alone."""
    value = pl.col(column.code)
    if demand.pattern:
        told = {"pattern": demand.pattern, "asked": demand.asked}
        yield CellCheck(NO_PATTERN, column, value.str.contains(demand.pattern), told)
    if demand.choices:
        told = {"listed": list(demand.choices.listed), "asked": demand.asked}
        taken = list(demand.choices.taken)
        among = (
            value.is_in(taken) | ~value.is_in(list(lists[column.enum]))
            if column.enum
            else same_text(value).is_in(taken)
        )
        yield CellCheck(NO_CHOICE, column, among, told, by_value=not column.enum)


def _bounds(column: Column) -> dict[str, object]:
    return {"least": as_written(column, column.min), "most": as_written(column, column.max)}


def _applies(when: When) -> pl.Expr:
    columns = [pl.col(name) for name in when.columns]
    if when.test == "in":
        return columns[0].is_in(when.codes).fill_null(value=False)
    if when.test == "filled":
        return columns[0].is_not_null()
    return pl.all_horizontal(column.is_null() for column in columns)


def _judged(value: pl.Expr, holds: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    return value.map_batches(holds, return_dtype=pl.Boolean, is_elementwise=True)


def _holds(rule: Rule, values: pl.Series) -> pl.Series:
    """Return whether a rule holds for each value; a column without a wrong one is not searched for any."""
    wrong = values_that_fail(values, rule)
    return (
        ~values.is_in(wrong.implode()) if wrong.len() else pl.repeat(value=True, n=values.len(), eager=True)
    )

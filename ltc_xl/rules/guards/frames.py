"""A rule over a whole frame: the tree as one polars expression, null where the answer is unknown."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, ne, or_, sub
from typing import Any

import polars as pl

from ltc_xl.rules.guards.fields import Field
from ltc_xl.rules.guards.kinds import common
from ltc_xl.rules.guards.texts import same_text, text_key
from ltc_xl.rules.guards.tree import (
    MOST_DIGITS,
    Among,
    Blank,
    Called,
    Chosen,
    Column,
    Compare,
    Condition,
    Const,
    Either,
    Every,
    Not,
    Order,
    Reckoned,
    Today,
    Value,
    decimal_of,
)

_SAFE_WHOLE = 18
ORDERS: Mapping[Order, Callable[[Any, Any], Any]] = {
    "=": eq, "<>": ne, ">=": ge, "<=": le, ">": gt, "<": lt,
}  # fmt: skip


def expression(node: Condition, as_of: date) -> pl.Expr:
    """Return a condition as an expression; and, or and not are those of three-valued logic."""
    match node:
        case Compare():
            return _compared(node, as_of)
        case Among(left, values):
            return _among(left, values)
        case Blank(left):
            return pl.col(left.field.code).is_null()
        case Not(part):
            return ~expression(part, as_of)
        case Every(parts):
            return reduce(and_, [expression(part, as_of) for part in parts]) if parts else pl.lit(value=True)
        case Either(parts):
            return reduce(or_, [expression(part, as_of) for part in parts])


def _among(left: Column, values: tuple[str, ...]) -> pl.Expr:
    if left.kind == "word":
        return pl.col(left.field.code).is_in(values)
    return same_text(pl.col(left.field.code)).is_in([text_key(value) for value in values])


def _compared(node: Compare, as_of: date) -> pl.Expr:
    test: Callable[[pl.Expr, pl.Expr], pl.Expr] = ORDERS[node.order]
    left, right = node.left, node.right
    if left.kind != "number":
        return test(_plain(left, as_of), _plain(right, as_of))
    if isinstance(left, Column) and isinstance(right, Const) and _fits(left, right):
        return test(pl.col(left.field.code), _own(left, right))
    places = common(left, right).places
    return test(_number(left, places, as_of), _number(right, places, as_of))


def _fits(left: Column, right: Const) -> bool:
    """Return whether a number can stand in the column's own type; comparing needs no cast then."""
    whole = min(left.size.whole, _SAFE_WHOLE)
    return right.size.places <= left.size.places and right.size.whole <= whole


def _own(left: Column, right: Const) -> pl.Expr:
    value = right.value if isinstance(left.field.dtype, pl.Decimal) else int(decimal_of(right))
    return pl.lit(value, dtype=left.field.dtype)


def _plain(value: Value, as_of: date) -> pl.Expr:
    """Return a value that is no number."""
    match value:
        case Column(field):
            return _column(field)
        case Const(written, kind):
            return pl.lit(text_key(str(written)) if kind == "text" else written)
        case Today():
            return pl.lit(as_of)
        case Reckoned(sign, left, right):
            days = int(decimal_of(right))
            return _plain(left, as_of) + pl.duration(days=days if sign == "+" else -days)
        case Chosen(test, yes, no):
            return _chosen(expression(test, as_of), _plain(yes, as_of), _plain(no, as_of))
        case Called():
            return _beginning(value)


def _column(field: Field) -> pl.Expr:
    """Return the value of a field, texts as they are compared, moments as their day."""
    if field.kind == "text":
        return same_text(pl.col(field.code))
    is_moment = field.kind == "date" and field.dtype != pl.Date
    return pl.col(field.code).cast(pl.Date) if is_moment else pl.col(field.code)


def _beginning(value: Called) -> pl.Expr:
    """Return the first characters of a text."""
    text, count = value.parts
    if not isinstance(text, Column):
        raise TypeError(text)
    return same_text(pl.col(text.field.code).str.head(int(decimal_of(count))))


def _chosen(test: pl.Expr, yes: pl.Expr, no: pl.Expr) -> pl.Expr:
    """Return one of two values; unknown where the test is."""
    return pl.when(test).then(yes).when(~test).then(no)


def _number(value: Value, places: int, as_of: date) -> pl.Expr:
    """Return a number with so many places; the tree's sizes leave room for every digit."""
    dtype = pl.Decimal(MOST_DIGITS, places)
    match value:
        case Const():
            # a literal may lose the frame's height
            return pl.repeat(decimal_of(value), pl.len(), dtype=dtype)
        case Column(field):
            return pl.col(field.code).cast(dtype)
        case Reckoned():
            return _reckoned(value, places, as_of).cast(dtype)
        case Chosen(test, yes, no):
            one, other = (_number(part, places, as_of) for part in (yes, no))
            return _chosen(expression(test, as_of), one, other)
        case Called():
            return _called(value, places, as_of).cast(dtype)
        case Today():
            raise TypeError(value)


def _reckoned(value: Reckoned, places: int, as_of: date) -> pl.Expr:
    left, right = value.left, value.right
    if left.kind == "date":
        return (_plain(left, as_of) - _plain(right, as_of)).dt.total_days()
    if value.sign == "*":
        return _number(left, value.size.places, as_of) * _number(right, right.size.places, as_of)
    if value.sign == "/":
        divisor = _number(right, right.size.places, as_of)
        return _number(left, value.size.places, as_of) / pl.when(divisor != 0).then(divisor)
    sums = {"+": add, "-": sub}
    both: pl.Expr = sums[value.sign](_number(left, places, as_of), _number(right, places, as_of))
    return both


def _called(value: Called, places: int, as_of: date) -> pl.Expr:
    """Return the result of a function; unknown where one part is."""
    first = value.parts[0]
    if value.name == "LEN" and isinstance(first, Column):
        return pl.col(first.field.code).str.len_chars()
    if value.name == "ROUND":
        exact = _number(first, first.size.places, as_of)
        return exact.round(int(decimal_of(value.parts[1])), mode="half_away_from_zero")
    parts = [_number(part, places, as_of) for part in value.parts]
    if value.name == "ABS":
        return parts[0].abs()
    beats = ORDERS["<" if value.name == "MIN" else ">"]
    return reduce(lambda one, other: _better(one, other, beats(other, one)), parts)


def _better(one: pl.Expr, other: pl.Expr, beats: pl.Expr) -> pl.Expr:
    return pl.when(other.is_null() | beats).then(other).otherwise(one)

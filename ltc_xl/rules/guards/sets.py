"""A field held against several values, a list or a range, or against none."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.kinds import compared
from ltc_xl.rules.guards.tree import (
    Among,
    Blank,
    Column,
    Condition,
    Const,
    Either,
    Every,
    Node,
    Not,
    Value,
)


def blank(left: Node, at: int, *, filled: bool) -> Condition:
    """Return that a field is blank, or is not.

    Raises:
        GuardError: it is no field.
    """
    if not isinstance(left, Column):
        raise GuardError("blank_of_what", at)
    return Not(Blank(left)) if filled else Blank(left)


def one_of(left: Column, values: Sequence[Value], at: int) -> Condition:
    """Return that a field is one of some values.

    Raises:
        GuardError: a value is not of the field's kind.
    """
    alone = [compared("=", left, value, at) for value in values]
    texts = [value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)]
    if len(values) > 1 and left.kind in {"text", "word"} and len(texts) == len(values) and all(texts):
        return Among(left, tuple(texts))
    return alone[0] if len(alone) == 1 else Either(tuple(alone))


def between(left: Column, low: Value, high: Value, *, opener: str, closer: str) -> Condition:
    """Return that a field lies between two values; square brackets take the end in.

    Raises:
        GuardError: texts have no range, the ends are reversed, or nothing lies between them.
    """
    at = low.at
    if left.kind not in {"number", "date"}:
        raise GuardError("no_range", at, field=left.field.place, kind=left.kind)
    above = compared(">=" if opener == "[" else ">", left, low, at)
    below = compared("<=" if closer == "]" else "<", left, high, at)
    _must_rise(low, high, closed=opener == "[" and closer == "]")
    return Every((above, below))


def _must_rise(low: Value, high: Value, *, closed: bool) -> None:
    if not isinstance(low, Const) or not isinstance(high, Const):
        return
    first, last = low.value, high.value
    if not (isinstance(first, Decimal) and isinstance(last, Decimal)) and not (
        isinstance(first, date) and isinstance(last, date)
    ):
        return
    if first > last:  # type: ignore[operator]  # both numbers or both days
        raise GuardError("reversed", low.at, low=high.written, high=low.written)
    if first == last and not closed:
        raise GuardError("empty_range", low.at, found=low.written)

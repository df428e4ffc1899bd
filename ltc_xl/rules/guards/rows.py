"""A rule over one row: the tree as a closure, with the fields whose blanks leave the answer open."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from ltc_xl.rules.guards.frames import ORDERS
from ltc_xl.rules.guards.texts import text_key
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
    Reckoned,
    Today,
    Value,
    columns_in,
    decimal_of,
)

Row = Mapping[str, object]
Test = Callable[[Row, date], bool | None]
Reading = Callable[[Row, date], Any]

_EXACT = Context(prec=4 * MOST_DIGITS)


def row_test(node: Condition) -> Test:
    """Return a condition as a function of a row and the day: True, False, or None where it is unknown."""
    match node:
        case Compare():
            return _compare(node)
        case Among(left, values):
            return _among(left, values)
        case Blank(left):
            code = left.field.code
            return lambda row, _as_of: row[code] is None
        case Not(part):
            return _opposite(row_test(part))
        case Every(parts):
            return _joined([row_test(part) for part in parts], decisive=False)
        case Either(parts):
            return _joined([row_test(part) for part in parts], decisive=True)


def _joined(tests: list[Test], *, decisive: bool) -> Test:
    """Return and (False decides) or or (True decides) of three-valued logic."""

    def test(row: Row, as_of: date) -> bool | None:
        answer: bool | None = not decisive
        for one in tests:
            found = one(row, as_of)
            if found is decisive:
                return decisive
            if found is None:
                answer = None
        return answer

    return test


def _opposite(part: Test) -> Test:
    def test(row: Row, as_of: date) -> bool | None:
        found = part(row, as_of)
        return None if found is None else not found

    return test


def _among(left: Column, values: tuple[str, ...]) -> Test:
    read = _reading(left)
    known = frozenset(values if left.kind == "word" else map(text_key, values))

    def test(row: Row, as_of: date) -> bool | None:
        found = read(row, as_of)
        return None if found is None else found in known

    return test


def _compare(node: Compare) -> Test:
    order, left, right = ORDERS[node.order], _reading(node.left), _reading(node.right)

    def test(row: Row, as_of: date) -> bool | None:
        one, other = left(row, as_of), right(row, as_of)
        return None if one is None or other is None else bool(order(one, other))

    return test


def _reading(node: Value) -> Reading:
    """Return a value as a function of a row and the day; days count as whole numbers."""
    match node:
        case Column(field):
            return _column(field.code, _CONVERTERS.get(node.kind))
        case Const(value, kind):
            convert = _CONVERTERS.get(kind)
            fixed = convert(value) if convert else value
            return lambda _row, _as_of: fixed
        case Today():
            return lambda _row, as_of: as_of.toordinal()
        case Reckoned():
            return _reckoned(node)
        case Called():
            return _called(node)
        case Chosen():
            return _chosen(node)


def _column(code: str, convert: Callable[[Any], Any] | None) -> Reading:
    def read(row: Row, _as_of: date) -> object:
        value = row[code]
        return value if value is None or convert is None else convert(value)

    return read


def constant(node: Value, as_of: date) -> object:
    """Return the number, day or text that a part of a rule means on a day, where it reads no column."""
    found = _reading(node)({}, as_of)
    return date.fromordinal(found) if node.kind == "date" else found


def _ordinal(day: date) -> int:
    return (day.date() if isinstance(day, datetime) else day).toordinal()


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {"number": Decimal, "date": _ordinal, "text": text_key}


def _reckoned(node: Reckoned) -> Reading:
    left, right = _reading(node.left), _reading(node.right)
    sums: Mapping[str, Callable[[Decimal, Decimal], Decimal | None]] = {
        "+": _EXACT.add, "-": _EXACT.subtract, "*": _EXACT.multiply, "/": _quotient(node.size.places),
    }  # fmt: skip
    reckon = sums[node.sign]
    counts_days = node.left.kind == "date"

    def read(row: Row, as_of: date) -> object:
        one, other = left(row, as_of), right(row, as_of)
        if one is None or other is None:
            return None
        if not counts_days:
            return reckon(one, other)
        days = one + int(other) if node.sign == "+" else one - int(other)
        return Decimal(days) if node.kind == "number" else days

    return read


def _quotient(places: int) -> Callable[[Decimal, Decimal], Decimal | None]:
    """Return division to so many places, ties to the even digit as in a frame; by nothing it is unknown."""
    unit = Decimal(1).scaleb(-places)

    def divide(one: Decimal, other: Decimal) -> Decimal | None:
        if other == 0:
            return None
        return _EXACT.divide(one, other).quantize(unit, ROUND_HALF_EVEN, _EXACT)

    return divide


def _called(node: Called) -> Reading:
    if node.name in {"LEN", "LEFT"}:
        return _of_text(node)
    functions: Mapping[str, Callable[..., Decimal]] = {
        "ABS": abs, "MIN": min, "MAX": max, "ROUND": _rounded,
    }  # fmt: skip
    parts, function = [_reading(part) for part in node.parts], functions[node.name]

    def read(row: Row, as_of: date) -> object:
        values = [part(row, as_of) for part in parts]
        return None if any(value is None for value in values) else function(*values)

    return read


def _of_text(node: Called) -> Reading:
    code = next(columns_in(node)).field.code
    if node.name == "LEN":
        return _column(code, lambda text: Decimal(len(text)))
    count = int(decimal_of(node.parts[1]))
    return _column(code, lambda text: text_key(text[:count]))


def _rounded(number: Decimal, places: Decimal) -> Decimal:
    """Return a number to so many places, ties away from zero as Excel does it."""
    return number.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, _EXACT)


def _chosen(node: Chosen) -> Reading:
    test, yes, no = row_test(node.test), _reading(node.yes), _reading(node.no)

    def read(row: Row, as_of: date) -> object:
        found = test(row, as_of)
        return None if found is None else (yes if found else no)(row, as_of)

    return read


def blanks(node: Condition, row: Row, as_of: date) -> Iterator[str]:
    """Yield the fields whose blanks leave a condition open that is unknown of a row."""
    match node:
        case Not(part):
            yield from blanks(part, row, as_of)
        case Every(parts) | Either(parts):
            for part in parts:
                if row_test(part)(row, as_of) is None:
                    yield from blanks(part, row, as_of)
        case _:
            yield from (found.field.code for found in columns_in(node) if row[found.field.code] is None)

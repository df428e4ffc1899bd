"""Functions in conditions: a closed list, as Excel has them."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from ltc_xl.rules.guards import kinds
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.powers import TEST
from ltc_xl.rules.guards.sets import blank
from ltc_xl.rules.guards.tree import (
    NO_SIZE,
    QUOTIENT_PLACES,
    Called,
    Chosen,
    Column,
    Condition,
    Const,
    Either,
    Every,
    Function,
    Node,
    Not,
    Size,
    Value,
)

if TYPE_CHECKING:
    from ltc_xl.rules.guards.operands import Operands

_FUNCTION = re.compile(r"([^\W\d]\w*)\s*\(")
_MOST_LENGTH = Size(10, 0)
_LONGEST_TEXT = 32_767


class Calls:
    """Reads functions."""

    def __init__(self, operands: "Operands") -> None:
        self.operands = operands
        self.scan = operands.scan
        self.functions: Mapping[str, Callable[[str, int], Node]] = {
            "AND": self._all_of, "OR": self._any_of, "NOT": self._opposite, "IF": self._chosen,
            "ISBLANK": self._is_blank, "LEN": self._length, "LEFT": self._beginning,
            "ABS": self._number_of, "MIN": self._number_of, "MAX": self._number_of, "ROUND": self._rounded,
            "DAYS": self._days_between,
        }  # fmt: skip

    def call(self, at: int, _beside: object) -> Node | None:
        """Return the function that stands next, or None."""
        start = self.scan.place
        name = self.scan.match(_FUNCTION)
        if name is None:
            return None
        reader = self.functions.get(name[1].upper())
        if reader is None:
            self.scan.place = start
            return None
        self.scan.calls += 1
        found = reader(name[1].upper(), at)
        self.scan.calls -= 1
        if not self.scan.take(")"):
            raise self.scan.unexpected()
        return found

    def _parts(self) -> list[Node]:
        """Return what stands between the brackets, one part after the other."""
        parts = [self.operands.expression(0, None)]
        while self.scan.take(",", ";"):
            parts.append(self.operands.expression(0, None))
        return parts

    def _values(self, name: str, at: int, count: int | None = None) -> list[Value]:
        """Return so many values; any number of them where none is given."""
        parts = self._parts()
        if count is not None and len(parts) != count:
            raise GuardError("how_many", at, name=name)
        return [kinds.value(part, at) for part in parts]

    def _conditions(self, at: int) -> tuple[Condition, ...]:
        return tuple(kinds.condition(part, at) for part in self._parts())

    # ------------------------------------------------------------ conditions

    def _all_of(self, _name: str, at: int) -> Node:
        return Every(self._conditions(at))

    def _any_of(self, _name: str, at: int) -> Node:
        return Either(self._conditions(at))

    def _opposite(self, _name: str, _at: int) -> Node:
        return Not(self.operands.condition(0))

    def _is_blank(self, _name: str, at: int) -> Node:
        return blank(self.operands.expression(TEST, None), at, filled=False)

    def _chosen(self, name: str, at: int) -> Node:
        """Return one of two conditions, or one of two values, by a condition."""
        parts = self._parts()
        if len(parts) != len(("test", "yes", "no")):
            raise GuardError("how_many", at, name=name)
        test = kinds.condition(parts[0], at)
        if kinds.is_condition(parts[1]):
            yes, no = (kinds.condition(part, at) for part in parts[1:])
            return Either((Every((test, yes)), Every((Not(test), no))))
        one, other = (kinds.value(part, at) for part in parts[1:])
        if one.kind != other.kind:
            raise GuardError("unlike_results", at, left=one.kind, right=other.kind)
        return Chosen(test, one, other, at, one.kind, kinds.common(one, other))

    # ------------------------------------------------------------ texts

    def _length(self, _name: str, at: int) -> Node:
        return Called("LEN", (self._text_column("LEN", self.operands.value(TEST), at),), at, _MOST_LENGTH)

    def _beginning(self, name: str, at: int) -> Node:
        text, count = self._values(name, at, 2)
        most = self._whole(count, at, name, _LONGEST_TEXT)
        return Called("LEFT", (self._text_column(name, text, at), most), at, NO_SIZE, "text")

    def _text_column(self, name: str, value: Value, at: int) -> Column:
        if not isinstance(value, Column) or value.kind != "text":
            raise GuardError("no_text_column", at, name=name)
        return value

    # ------------------------------------------------------------ numbers and days

    def _number_of(self, name: str, at: int) -> Node:
        parts = self._numbers(name, self._values(name, at), at)
        if (len(parts) == 1) != (name == "ABS"):
            raise GuardError("how_many", at, name=name)
        return Called(cast("Function", name), tuple(parts), at, kinds.common(*parts))

    def _rounded(self, name: str, at: int) -> Node:
        number, places = self._values(name, at, 2)
        self._numbers(name, [number], at)
        most = self._whole(places, at, name, QUOTIENT_PLACES)
        size = Size(number.size.whole + 1, int(cast("Decimal", most.value)))
        if not size.fits:
            raise GuardError("too_big", at)
        return Called("ROUND", (number, most), at, size)

    def _days_between(self, name: str, at: int) -> Node:
        end, start = self._values(name, at, 2)
        wrong = next((one.kind for one in (end, start) if one.kind != "date"), None)
        if wrong:
            raise GuardError("no_days", at, kind=wrong)
        return kinds.reckoned("-", end, start, at)

    def _numbers(self, name: str, parts: list[Value], at: int) -> list[Value]:
        wrong = next((part.kind for part in parts if part.kind != "number"), None)
        if wrong:
            raise GuardError("no_sum", at, sign=name, kind=wrong)
        return parts

    def _whole(self, value: Value, at: int, name: str, most: int) -> Const:
        """Return a whole number that stands in the rule, from nought up to the most."""
        number = value.value if isinstance(value, Const) else None
        if not isinstance(value, Const) or not isinstance(number, Decimal) or value.size.places:
            raise GuardError("no_count", at, name=name, most=most)
        if not 0 <= number <= most:
            raise GuardError("no_count", at, name=name, most=most)
        return value

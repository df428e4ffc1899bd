"""Conditions over several fields: a Pratt parser from text to the typed tree."""

from typing import cast

from ltc_xl.rules.guards import kinds
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field, Fields
from ltc_xl.rules.guards.marks import folded_marks
from ltc_xl.rules.guards.operands import Operands
from ltc_xl.rules.guards.powers import POWERS, TEST
from ltc_xl.rules.guards.scanner import OPERATORS, Scanner
from ltc_xl.rules.guards.sets import between, blank, one_of
from ltc_xl.rules.guards.tree import Column, Condition, Const, Either, Every, Node, Not, Order, Sum, Value

DEEPEST = 32
_ORDERS = frozenset({"=", "<>", ">=", "<=", ">", "<"})
_CLOSERS = {"[": ("]", ")"), "(": (")", "]"), "{": ("}",)}


def parsed(text: str, fields: Fields) -> Condition:
    """Return the condition that a text means.

    Raises:
        GuardError: it means none, or names what is not there.
    """
    return _Parser(Scanner(folded_marks(text)), fields).whole()


class _Parser:
    def __init__(self, scan: Scanner, fields: Fields) -> None:
        self.scan = scan
        self.operands = Operands(scan, fields, self.expression)
        self.depth = 0

    def whole(self) -> Condition:
        if self.scan.at_end:
            raise self.scan.error("nothing")
        self.scan.take("=")  # people begin a formula so
        at = self.scan.next_position()
        found = self.expression(0)
        if not self.scan.at_end:
            raise self.scan.unexpected()
        return kinds.condition(found, at)

    def expression(self, power: int, beside: Field | None = None) -> Node:
        """Return the longest expression whose operators bind stronger than ``power``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.scan.error("too_deep", most=DEEPEST)
        left = self.operands.operand(beside)
        while (step := self._step(power)) is not None:
            left = self._joined(step[0], left, step[1])
        self.depth -= 1
        return left

    def _step(self, power: int) -> tuple[str, int] | None:
        """Return the operator that comes next and its position, if it binds stronger."""
        at = self.scan.next_position()
        start = self.scan.place
        sign = self.scan.take_operator()
        if sign is not None and POWERS[sign] > power:
            return sign, at
        self.scan.place = start
        return None

    def _joined(self, sign: str, left: Node, at: int) -> Node:
        if sign in {"and", "or"}:
            return self._linked(sign, kinds.condition(left, at), self.operands.condition(POWERS[sign]))
        if sign in {"blank", "filled"}:
            return blank(left, at, filled=sign == "filled")
        value = kinds.value(left, at)
        if sign in {"in", "not in"}:
            found = self._listed(value, at)
            return Not(found) if sign == "not in" else found
        if sign in {"+", "-", "*", "/"}:
            return kinds.reckoned(cast("Sum", sign), value, self.operands.value(POWERS[sign]), at)
        return self._compared(cast("Order", sign), value, at)

    def _linked(self, sign: str, left: Condition, right: Condition) -> Condition:
        link = Every if sign == "and" else Either
        return link((*(left.parts if isinstance(left, link) else (left,)), right))

    def _compared(self, order: Order, left: Value, at: int) -> Condition:
        word = self._blank_word()
        if word:
            if order not in {"=", "<>"}:
                raise GuardError("blank_order", at, order=order)
            return blank(left, at, filled=(word == "filled") != (order == "<>"))
        right = self.operands.value(TEST, kinds.field_of(left))
        found = kinds.compared(order, left, right, at)
        start = self.scan.place
        again = self._step(0)
        self.scan.place = start
        if again and again[0] in _ORDERS:
            raise GuardError("chained", again[1])
        return found

    def _blank_word(self) -> str | None:
        """Return whether ``空`` or ``非空`` stands next, as behind ``=``."""
        word = self.scan.operator_at(self.scan.place)
        meaning = OPERATORS.get(word or "")
        if meaning not in {"blank", "filled"}:
            return None
        self.scan.skip_blanks()
        end = self.scan.place + len(word or "")
        if not self.scan.ends_name(end):
            return None
        self.scan.place = end
        return meaning

    def _listed(self, left: Value, at: int) -> Condition:
        if not isinstance(left, Column):
            raise GuardError("list_of_what", at)
        opener = self.scan.take(*_CLOSERS)
        parts = [self._item(left)]
        if self.scan.take("...", "..") or self.scan.sees("~"):
            return self._range(left, parts[0], opener)
        if opener is None and not self.scan.calls and (self.scan.sees(",") or self.scan.sees(";")):
            raise self.scan.error("list_brackets")
        while opener and self.scan.take(",", ";"):
            parts.append(self._item(left))
        if opener and not self.scan.take(*_CLOSERS[opener]):
            raise self.scan.unexpected()
        return one_of(left, parts, at)

    def _item(self, left: Column) -> Value:
        found = self.operands.value(TEST, left.field)
        return kinds.suited(found, left.field) if isinstance(found, Const) else found

    def _range(self, left: Column, low: Value, opener: str | None) -> Condition:
        if opener not in {"[", "("}:
            raise self.scan.error("range_form")
        high = self._item(left)
        closer = self.scan.take("]", ")")
        if closer is None:
            raise self.scan.unexpected()
        return between(left, low, high, opener=opener, closer=closer)

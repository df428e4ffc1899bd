"""Conditions over several fields: a Pratt parser from text to the typed tree."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import cast

from ltc_xl.rules.guards import kinds
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field, Fields
from ltc_xl.rules.guards.marks import folded_marks
from ltc_xl.rules.guards.scanner import OPERATORS, Scanner
from ltc_xl.rules.guards.sets import between, one_of
from ltc_xl.rules.guards.tree import (
    Blank,
    Called,
    Column,
    Condition,
    Const,
    Either,
    Every,
    Function,
    Node,
    Not,
    Order,
    Size,
    Sum,
    Value,
    decimal_of,
)
from ltc_xl.rules.guards.values import column, date_at, number, number_at, today_at

DEEPEST = 32
_OR, _AND, _NOT, _TEST, _SUM, _PRODUCT, _SIGN = range(10, 80, 10)
_POWERS: Mapping[str, int] = {
    "or": _OR, "and": _AND, "in": _TEST, "not in": _TEST, "blank": _TEST, "filled": _TEST,
    **dict.fromkeys(("=", "<>", ">=", "<=", ">", "<"), _TEST),
    "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT,
}  # fmt: skip
_FLAGS = {"是": True, "true": True, "否": False, "false": False}
_FUNCTION = re.compile(r"([^\W\d]\w*)\s*\(")
_NOT_WORDS = ("not", "非", "!")
_CLOSERS = {"[": ("]", ")"), "(": (")", "]"), "{": ("}",)}
_MOST_LENGTH = Size(10, 0)


def parsed(text: str, fields: Fields) -> Condition:
    """Return the condition that a text means.

    Raises:
        GuardError: it means none, or names what is not there.
    """
    parser = _Parser(Scanner(folded_marks(text)), fields)
    return parser.whole()


def _is_text(beside: Field | None) -> bool:
    return beside is not None and beside.kind in {"text", "word"}


def _lists(field: Field, word: str) -> bool:
    return field.words is not None and field.words.get(word) is not None


class _Parser:
    def __init__(self, scan: Scanner, fields: Fields) -> None:
        self.scan = scan
        self.fields = fields
        self.depth = 0
        self.functions: Mapping[str, Callable[[str, int], Node]] = {
            "AND": self._all_of, "OR": self._any_of, "NOT": self._opposite, "ISBLANK": self._is_blank,
            "LEN": self._length, "ABS": self._number_of, "MIN": self._number_of, "MAX": self._number_of,
        }  # fmt: skip

    def whole(self) -> Condition:
        if self.scan.at_end:
            raise self.scan.error("nothing")
        self.scan.take("=")  # people begin a formula so
        at = self._next_position()
        found = self.expression(0)
        if not self.scan.at_end:
            raise self._unexpected()
        return kinds.condition(found, at)

    def condition(self, power: int) -> Condition:
        at = self._next_position()
        return kinds.condition(self.expression(power), at)

    def value(self, power: int, beside: Field | None = None) -> Value:
        at = self._next_position()
        return kinds.value(self.expression(power, beside), at)

    def _next_position(self) -> int:
        self.scan.skip_blanks()
        return self.scan.position()

    def _unexpected(self) -> GuardError:
        if self.scan.at_end:
            return self.scan.error("ends_early")
        start = self.scan.place
        found = self.scan.bare_word() or self.scan.text[start : start + 1]
        return self.scan.error("unexpected", start, found=found)

    def expression(self, power: int, beside: Field | None = None) -> Node:
        """Return the longest expression whose operators bind stronger than ``power``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.scan.error("too_deep", most=DEEPEST)
        left = self.operand(beside)
        while (step := self._step(power)) is not None:
            left = self._joined(step[0], left, step[1])
        self.depth -= 1
        return left

    def _step(self, power: int) -> tuple[str, int] | None:
        """Return the operator that comes next and its position, if it binds stronger."""
        at = self._next_position()
        start = self.scan.place
        sign = self.scan.take_operator()
        if sign is not None and _POWERS[sign] > power:
            return sign, at
        self.scan.place = start
        return None

    def _joined(self, sign: str, left: Node, at: int) -> Node:
        if sign in {"and", "or"}:
            return self._linked(sign, kinds.condition(left, at), self.condition(_POWERS[sign]))
        if sign in {"blank", "filled"}:
            return self._blank(left, at, filled=sign == "filled")
        value = kinds.value(left, at)
        if sign in {"in", "not in"}:
            found = self._listed(value, at)
            return Not(found) if sign == "not in" else found
        if sign in {"+", "-", "*", "/"}:
            return kinds.reckoned(cast("Sum", sign), value, self.value(_POWERS[sign]), at)
        return self._compared(cast("Order", sign), value, at)

    def _linked(self, sign: str, left: Condition, right: Condition) -> Condition:
        link = Every if sign == "and" else Either
        return link((*(left.parts if isinstance(left, link) else (left,)), right))

    def _blank(self, left: Node, at: int, *, filled: bool) -> Condition:
        if not isinstance(left, Column):
            raise GuardError("blank_of_what", at)
        return Not(Blank(left)) if filled else Blank(left)

    def _compared(self, order: Order, left: Value, at: int) -> Condition:
        blank = self._blank_word()
        if blank:
            if order not in {"=", "<>"}:
                raise GuardError("no_order", at, order=order, field="", kind="text")
            return self._blank(left, at, filled=(blank == "filled") != (order == "<>"))
        right = self.value(_TEST, left.field if isinstance(left, Column) else None)
        found = kinds.compared(order, left, right, at)
        start = self.scan.place
        again = self._step(0)
        self.scan.place = start
        if again and again[0] in {"=", "<>", ">=", "<=", ">", "<"}:
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
        while self.scan.take(",", ";"):
            parts.append(self._item(left))
        if opener and not self.scan.take(*_CLOSERS[opener]):
            raise self._unexpected()
        return one_of(left, parts, at)

    def _item(self, left: Column) -> Value:
        found = self.value(_TEST, left.field)
        return kinds.suited(found, left.field) if isinstance(found, Const) else found

    def _range(self, left: Column, low: Value, opener: str | None) -> Condition:
        if opener not in {"[", "("}:
            raise self.scan.error("range_form")
        high = self._item(left)
        closer = self.scan.take("]", ")")
        if closer is None:
            raise self._unexpected()
        return between(left, low, high, opener=opener, closer=closer)

    def operand(self, beside: Field | None) -> Node:
        """Return what stands where a value or a condition begins."""
        at = self._next_position()
        readers: tuple[Callable[[int, Field | None], Node | None], ...] = (
            self._bracketed, self._text, self._group, self._known_word, self._label, self._call,
            self._literal, self._signed, self._free_text, self._flag,
        )  # fmt: skip
        for reader in readers:
            found = reader(at, beside)
            if found is not None:
                return found
        raise self._no_operand()

    def _no_operand(self) -> GuardError:
        start = self.scan.place
        name = "" if self.scan.at_end or self.scan.operator_at(start) else self.scan.bare_word()
        if not name:
            return self._unexpected()
        if self.scan.sees("("):
            return self.scan.error("no_function", start, found=name)
        return self._no_field(name, start)

    def _no_field(self, name: str, start: int) -> GuardError:
        near = self.fields.names.near(name)
        owner = next((one for one in self.fields.fields if one.kind == "word" and _lists(one, name)), None)
        if owner:
            return self.scan.error("word_alone", start, found=name, field=owner.place)
        if near:
            return self.scan.error("no_field_near", start, found=name, near=near)
        return self.scan.error("no_field", start, found=name)

    def _bracketed(self, at: int, _beside: Field | None) -> Node | None:
        if not self.scan.sees("["):
            return None
        start = self.scan.place
        end = self.scan.text.find("]", start)
        if end < 0:
            raise self.scan.error("open_bracket", start)
        name = self.scan.text[start + 1 : end].strip().removeprefix("@").strip()
        field = self.fields.get(name)
        if field is None:
            raise self._no_field(name, start)
        self.scan.place = end + 1
        return column(field, at)

    def _text(self, at: int, _beside: Field | None) -> Node | None:
        quoted = self.scan.quoted()
        return None if quoted is None else Const(quoted, "text", quoted, at)

    def _group(self, _at: int, _beside: Field | None) -> Node | None:
        if not self.scan.take("("):
            return None
        inside = self.expression(0)
        if not self.scan.take(")"):
            raise self._unexpected()
        return inside

    def _known_word(self, at: int, beside: Field | None) -> Node | None:
        if beside is None or beside.words is None:
            return None
        start = self.scan.place
        found = beside.words.at(self.scan.text, start, self.scan.ends_word)
        if found is None:
            return None
        self.scan.place = found[1]
        return Const(found[0], beside.kind, self.scan.text[start : found[1]], at)

    def _label(self, at: int, beside: Field | None) -> Node | None:
        found = self.fields.names.at(self.scan.text, self.scan.place, self.scan.ends_name)
        if found is None or (_is_text(beside) and not self._text_ends_at(found[1])):
            return None
        self.scan.place = found[1]
        return column(found[0], at)

    def _text_ends_at(self, end: int) -> bool:
        """Return whether the unquoted text that stands next is no longer than up to a place."""
        start = self.scan.place
        self.scan.bare_text()
        longer = self.scan.text[end : self.scan.place].strip()
        self.scan.place = start
        return not longer

    def _literal(self, _at: int, beside: Field | None) -> Node | None:
        if _is_text(beside) and not self._number_alone():
            return None
        return today_at(self.scan) or date_at(self.scan) or number_at(self.scan)

    def _number_alone(self) -> bool:
        """Return whether what stands next, up to a mark that ends a text, is a number and no name like 3M."""
        start = self.scan.place
        try:
            found = number_at(self.scan)
        except GuardError:
            found = None
        alone = found is not None and (self.scan.at_end or self.scan.ends_name(self.scan.place))
        self.scan.place = start
        return alone

    def _signed(self, at: int, beside: Field | None) -> Node | None:
        if _is_text(beside):
            return None
        if self.scan.take("+"):
            return self.value(_SIGN)
        if self.scan.take("-"):
            return self._negative(self.value(_SIGN), at)
        word = next((word for word in _NOT_WORDS if self.scan.word_at(self.scan.place, word)), None)
        self.scan.place += len(word or "")
        return Not(self.condition(_NOT)) if word else None

    def _negative(self, value: Value, at: int) -> Value:
        if isinstance(value, Const) and value.kind == "number":
            return number(-decimal_of(value), f"-{value.written}", at)
        return kinds.reckoned("-", number(Decimal(0), "0", at), value, at)

    def _free_text(self, at: int, beside: Field | None) -> Node | None:
        """Return an unquoted text, where the field beside holds texts or words."""
        if not _is_text(beside):
            return None
        text = self.scan.bare_text()
        return Const(text, "text", text, at) if text else None

    def _flag(self, at: int, _beside: Field | None) -> Node | None:
        for word, value in _FLAGS.items():
            if self.scan.word_at(self.scan.place, word):
                self.scan.place += len(word)
                return Const(value, "flag", word, at)
        return None

    def _call(self, at: int, _beside: Field | None) -> Node | None:
        start = self.scan.place
        name = self.scan.match(_FUNCTION)
        if name is None:
            return None
        reader = self.functions.get(name[1].upper())
        if reader is None:
            self.scan.place = start
            return None
        found = reader(name[1].upper(), at)
        if not self.scan.take(")"):
            raise self._unexpected()
        return found

    def _conditions(self) -> tuple[Condition, ...]:
        parts = [self.condition(0)]
        while self.scan.take(",", ";"):
            parts.append(self.condition(0))
        return tuple(parts)

    def _all_of(self, _name: str, _at: int) -> Node:
        return Every(self._conditions())

    def _any_of(self, _name: str, _at: int) -> Node:
        return Either(self._conditions())

    def _opposite(self, _name: str, _at: int) -> Node:
        return Not(self.condition(0))

    def _is_blank(self, _name: str, at: int) -> Node:
        return self._blank(self.expression(_TEST), at, filled=False)

    def _length(self, _name: str, at: int) -> Node:
        text = self.value(_TEST)
        if text.kind != "text":
            raise GuardError("no_length", at)
        return Called("LEN", (text,), at, _MOST_LENGTH)

    def _number_of(self, name: str, at: int) -> Node:
        parts = [self.value(_TEST)]
        while self.scan.take(",", ";"):
            parts.append(self.value(_TEST))
        if any(part.kind != "number" for part in parts):
            raise GuardError("no_sum", at, sign=name, kind=next(p.kind for p in parts if p.kind != "number"))
        if (len(parts) == 1) != (name == "ABS"):
            raise GuardError("how_many", at, name=name)
        return Called(cast("Function", name), tuple(parts), at, kinds.common(*parts))

"""What may stand where a value or a condition begins: fields, values, brackets, signs, functions."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import cast

from ltc_xl.rules.guards import kinds
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field, Fields
from ltc_xl.rules.guards.powers import NOT, SIGN, TEST
from ltc_xl.rules.guards.scanner import Scanner
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
    Size,
    Value,
    decimal_of,
)
from ltc_xl.rules.guards.values import column, date_at, number, number_at, today_at

_FLAGS = {"是": True, "true": True, "否": False, "false": False}
_FUNCTION = re.compile(r"([^\W\d]\w*)\s*\(")
_NOT_WORDS = ("not", "非", "!")
_MOST_LENGTH = Size(10, 0)

Expression = Callable[[int, Field | None], Node]


def is_text(beside: Field | None) -> bool:
    """Return whether the field beside a value holds texts or words."""
    return beside is not None and beside.kind in {"text", "word"}


def _lists(field: Field, word: str) -> bool:
    return field.kind == "word" and field.words is not None and field.words.get(word) is not None


def blank(left: Node, at: int, *, filled: bool) -> Condition:
    """Return that a field is blank, or is not."""
    if not isinstance(left, Column):
        raise GuardError("blank_of_what", at)
    return Not(Blank(left)) if filled else Blank(left)


class Operands:
    """Reads one operand; what stands in brackets is read by ``expression``."""

    def __init__(self, scan: Scanner, fields: Fields, expression: Expression) -> None:
        self.scan = scan
        self.fields = fields
        self.expression = expression
        self.calls = Calls(self)

    def condition(self, power: int) -> Condition:
        """Return the condition that stands next."""
        at = self.scan.next_position()
        return kinds.condition(self.expression(power, None), at)

    def value(self, power: int, beside: Field | None = None) -> Value:
        """Return the value that stands next."""
        at = self.scan.next_position()
        return kinds.value(self.expression(power, beside), at)

    def operand(self, beside: Field | None) -> Node:
        """Return what stands where a value or a condition begins."""
        at = self.scan.next_position()
        readers: tuple[Callable[[int, Field | None], Node | None], ...] = (
            self._bracketed, self._text, self._group, self._known_word, self._label, self.calls.call,
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
            return self.scan.unexpected()
        if self.scan.sees("("):
            return self.scan.error("no_function", start, found=name)
        return self._no_field(name, start)

    def _no_field(self, name: str, start: int) -> GuardError:
        owner = next((one for one in self.fields.fields if _lists(one, name)), None)
        if owner:
            return self.scan.error("word_alone", start, found=name, field=owner.place)
        near = self.fields.names.near(name)
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
        inside = self.expression(0, None)
        if not self.scan.take(")"):
            raise self.scan.unexpected()
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
        if found is None or (is_text(beside) and not self._text_ends_at(found[1])):
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
        if is_text(beside) and not self._number_alone():
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
        if is_text(beside):
            return None
        if self.scan.take("+"):
            return self.value(SIGN)
        if self.scan.take("-"):
            return self._negative(self.value(SIGN), at)
        word = next((word for word in _NOT_WORDS if self.scan.word_at(self.scan.place, word)), None)
        self.scan.place += len(word or "")
        return Not(self.condition(NOT)) if word else None

    def _negative(self, value: Value, at: int) -> Value:
        if isinstance(value, Const) and value.kind == "number":
            return number(-decimal_of(value), f"-{value.written}", at)
        return kinds.reckoned("-", number(Decimal(0), "0", at), value, at)

    def _free_text(self, at: int, beside: Field | None) -> Node | None:
        """Return an unquoted text, where the field beside holds texts or words."""
        if not is_text(beside):
            return None
        text = self.scan.bare_text()
        return Const(text, "text", text, at) if text else None

    def _flag(self, at: int, _beside: Field | None) -> Node | None:
        for word, value in _FLAGS.items():
            if self.scan.word_at(self.scan.place, word):
                self.scan.place += len(word)
                return Const(value, "flag", word, at)
        return None


class Calls:
    """Reads functions: a closed list."""

    def __init__(self, operands: Operands) -> None:
        self.operands = operands
        self.scan = operands.scan
        self.open = 0
        self.functions: Mapping[str, Callable[[str, int], Node]] = {
            "AND": self._all_of, "OR": self._any_of, "NOT": self._opposite, "ISBLANK": self._is_blank,
            "LEN": self._length, "ABS": self._number_of, "MIN": self._number_of, "MAX": self._number_of,
        }  # fmt: skip

    def call(self, at: int, _beside: Field | None) -> Node | None:
        """Return the function that stands next, or None."""
        start = self.scan.place
        name = self.scan.match(_FUNCTION)
        if name is None:
            return None
        reader = self.functions.get(name[1].upper())
        if reader is None:
            self.scan.place = start
            return None
        self.open += 1
        found = reader(name[1].upper(), at)
        self.open -= 1
        if not self.scan.take(")"):
            raise self.scan.unexpected()
        return found

    def _conditions(self) -> tuple[Condition, ...]:
        parts = [self.operands.condition(0)]
        while self.scan.take(",", ";"):
            parts.append(self.operands.condition(0))
        return tuple(parts)

    def _all_of(self, _name: str, _at: int) -> Node:
        return Every(self._conditions())

    def _any_of(self, _name: str, _at: int) -> Node:
        return Either(self._conditions())

    def _opposite(self, _name: str, _at: int) -> Node:
        return Not(self.operands.condition(0))

    def _is_blank(self, _name: str, at: int) -> Node:
        return blank(self.operands.expression(TEST, None), at, filled=False)

    def _length(self, _name: str, at: int) -> Node:
        text = self.operands.value(TEST)
        if not isinstance(text, Column) or text.kind != "text":
            raise GuardError("no_length", at)
        return Called("LEN", (text,), at, _MOST_LENGTH)

    def _number_of(self, name: str, at: int) -> Node:
        parts = [self.operands.value(TEST)]
        while self.scan.take(",", ";"):
            parts.append(self.operands.value(TEST))
        if any(part.kind != "number" for part in parts):
            raise GuardError("no_sum", at, sign=name, kind=next(p.kind for p in parts if p.kind != "number"))
        if (len(parts) == 1) != (name == "ABS"):
            raise GuardError("how_many", at, name=name)
        return Called(cast("Function", name), tuple(parts), at, kinds.common(*parts))

"""What may stand where a value or a condition begins: fields, values, brackets, signs, functions."""

from collections.abc import Callable
from decimal import Decimal

from rapidfuzz import fuzz, process

from ltc_xl.rules.guards import kinds
from ltc_xl.rules.guards.calls import Calls
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field, Fields
from ltc_xl.rules.guards.powers import NOT, SIGN
from ltc_xl.rules.guards.scanner import Scanner
from ltc_xl.rules.guards.tree import Condition, Const, Node, Not, Value, decimal_of
from ltc_xl.rules.guards.values import column, date_at, number, number_at, today_at

_FLAGS = {"是": True, "true": True, "否": False, "false": False}
_NOT_WORDS = ("not", "非", "!")
_NEAR = 87

Expression = Callable[[int, Field | None], Node]


def is_text(beside: Field | None) -> bool:
    """Return whether the field beside a value holds texts or words."""
    return beside is not None and beside.kind in {"text", "word"}


def _lists(field: Field, word: str) -> bool:
    return field.kind == "word" and field.words is not None and field.words.get(word) is not None


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
        raise self._no_operand(beside)

    def _no_operand(self, beside: Field | None) -> GuardError:
        start = self.scan.place
        name = "" if self.scan.at_end or self.scan.operator_at(start) else self.scan.bare_word()
        if not name:
            return self.scan.unexpected()
        if self.scan.sees("("):
            return self._no_function(name, start)
        found = self._no_field(name, start)
        suits = beside is None or found.key != "no_field" or beside.kind not in {"number", "date"}
        return found if suits or beside is None else kinds.misfit(name, beside, self.scan.position(start))

    def _no_function(self, name: str, start: int) -> GuardError:
        known = (*self.calls.functions, "TODAY")
        best = process.extractOne(name.upper(), known, scorer=fuzz.ratio, score_cutoff=_NEAR)
        if best is None:
            return self.scan.error("no_function", start, found=name)
        return self.scan.error("no_function_near", start, found=name, near=best[0])

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
            raise self.scan.error("open_bracket", start, found=self.scan.text[start:].strip())
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

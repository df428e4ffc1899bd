"""Tests in the cells of a decision table: ``>=10万``, ``[10..20)``, ``华东,华南``, ``<>无效``, ``空``."""

import re

from ltc_xl.rules.guards.cell_slips import named_slip, value_slip
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field
from ltc_xl.rules.guards.kinds import compared, misfit, suited
from ltc_xl.rules.guards.marks import folded_marks
from ltc_xl.rules.guards.scanner import OPERATORS, Scanner
from ltc_xl.rules.guards.sets import between, one_of
from ltc_xl.rules.guards.tree import (
    Among,
    Blank,
    Compare,
    Condition,
    Const,
    Either,
    Every,
    Not,
    Order,
    Value,
    decimal_of,
)
from ltc_xl.rules.guards.values import column, date_at, number, number_at, today_at
from ltc_xl.rules.guards.written import nearest_order

ANY: Condition = Every(())
"""The test that everything passes."""

_ANY_WORDS = frozenset({"", "-", "--", "*", "any", "任意", "不限"})
_NOT_LIST = re.compile(r"(?:not|非)\s*\(", re.IGNORECASE)
_ORDERS: tuple[Order, ...] = (">=", "<=", "<>", "=", ">", "<")
_LINE_BREAK = re.compile(r"[,，;；、]?[ \t]*[\r\n]+")
_UNQUOTED_NOT = re.compile(r"(?:非|不是|除了|not |except )", re.IGNORECASE)
_UNQUOTED_JOIN = re.compile(r"且|或")
_WILDCARD = re.compile(r"[*?]")


def cell_condition(text: str, field: Field) -> Condition:
    """Return the test that a cell means for the field of its column.

    Raises:
        GuardError: it means none for such a field.
    """
    scan = Scanner(folded_marks(_without_line_breaks(text)))
    if scan.text.strip().lower() in _ANY_WORDS:
        return ANY
    try:
        return _Cell(scan, field).whole()
    except GuardError as error:
        raise named_slip(error, text, field) from error


def cell_values(text: str, field: Field) -> tuple[Const, ...]:
    """Return the values that a cell lists, as the field holds them; none where anything goes.

    Raises:
        GuardError: it holds more than values.
    """
    scan = Scanner(folded_marks(_without_line_breaks(text)))
    if scan.text.strip().lower() in _ANY_WORDS:
        return ()
    try:
        return _Cell(scan, field).values()
    except GuardError as error:
        raise value_slip(error, text, field) from error


def _without_line_breaks(text: str) -> str:
    """Return a text whose lines are separated by commas."""
    return _LINE_BREAK.sub(",", text.strip())


class _Cell:
    def __init__(self, scan: Scanner, field: Field) -> None:
        self.scan = scan
        self.field = field
        self.scan.skip_blanks()
        self.left = column(field, scan.position())
        self.is_text = field.kind in {"text", "word", "flag"}

    def whole(self) -> Condition:
        parts = [self._list()]
        while not self.is_text and self._takes_and():
            parts.append(self._list())
        if not self.scan.at_end:
            raise self._unexpected()
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def values(self) -> tuple[Const, ...]:
        if self._order_next() or self.scan.sees("["):
            raise self.scan.error("only_value")
        parts = [self._value(inside=False)]
        while self._takes_separator():
            parts.append(self._value(inside=False))
        if not self.scan.at_end:
            raise self._unexpected()
        return tuple(part for part in parts if isinstance(part, Const))

    def _takes_and(self) -> bool:
        start = self.scan.place
        if self.scan.take_operator() == "and":
            return True
        self.scan.place = start
        return False

    def _unclosed(self, start: int) -> GuardError:
        return self.scan.error("open_bracket", start, found=self.scan.text[start:].strip())

    def _unexpected(self) -> GuardError:
        if self.scan.at_end:
            return self.scan.ends_early()
        start = self.scan.place
        if self.scan.sees(",") and self.field.kind == "number":
            return self.scan.error("number_list", start)
        return self.scan.error("unexpected", start, found=self.scan.text[start:].strip())

    def _list(self) -> Condition:
        """Return tests of which one must hold; ``非(…)`` and a leading ``<>`` turn them round."""
        at = self.scan.position()
        start = self.scan.place
        if self.scan.match(_NOT_LIST):
            parts = self._items(inside=True)
            if not self.scan.take(")"):
                raise self._unclosed(start) if self.scan.at_end else self._unexpected()
            return Not(self._either(parts, at))
        self.scan.place = start
        if self.scan.take("<>", "!="):
            return Not(self._either(self._items(inside=False, none_of=True), at))
        return self._either(self._items(inside=False), at)

    def _items(self, *, inside: bool, none_of: bool = False) -> list[Condition | Value]:
        parts = [self._item(inside=inside)]
        while self._takes_separator():
            if none_of and not self.scan.take("<>", "!=") and self._order_next():
                raise self.scan.error("mixed_list")
            parts.append(self._item(inside=inside))
        return parts

    def _order_next(self) -> bool:
        return any(self.scan.sees(order) for order in _ORDERS)

    def _takes_separator(self) -> bool:
        if self.field.kind == "number":
            return self.scan.take(";") is not None
        return self.scan.take(",", ";") is not None

    def _either(self, parts: list[Condition | Value], at: int) -> Condition:
        """Return that one part holds; plain values stand together in one list."""
        values = [part for part in parts if not isinstance(part, _TESTS)]
        tests: list[Condition] = [part for part in parts if isinstance(part, _TESTS)]
        if values:
            tests.insert(0, one_of(self.left, values, at))
        return tests[0] if len(tests) == 1 else Either(tuple(tests))

    def _item(self, *, inside: bool) -> Condition | Value:
        at = self._position()
        blank = self._blank_word()
        if blank:
            return Blank(self.left) if blank == "blank" else Not(Blank(self.left))
        if not self.is_text or self.scan.sees("["):
            found = self._range()
            if found is not None:
                return found
        start = self.scan.place
        order = self._order()
        if order in {None, "="}:
            return self._value(inside=inside)
        if self.is_text and order != "<>":
            raise self.scan.error(
                "no_order", start, order=order, field=self.field.place, kind=self.field.kind
            )
        assert order is not None  # noqa: S101  narrowing: None has returned
        return compared(order, self.left, self._value(inside=inside), at)

    def _position(self) -> int:
        self.scan.skip_blanks()
        return self.scan.position()

    def _order(self) -> Order | None:
        start = self.scan.place
        found = self.scan.take_operator()
        order = next((order for order in _ORDERS if order == found), None)
        if order is None:
            self.scan.place = start
        return order

    def _blank_word(self) -> str | None:
        word = self.scan.operator_at(self.scan.place)
        meaning = OPERATORS.get(word or "")
        if meaning not in {"blank", "filled"}:
            return None
        self.scan.skip_blanks()
        end = self.scan.place + len(word or "")
        if self.scan.text[end : end + 1] not in {"", " ", ",", ";", ")"}:
            return None
        self.scan.place = end
        return meaning

    def _range(self) -> Condition | None:
        """Return the range that stands next, or None."""
        start = self.scan.place
        opener = self.scan.take("[", "(", "]")
        if opener is None:
            return None
        if self.is_text:
            raise self.scan.error("no_range", start, field=self.field.place, kind=self.field.kind)
        if self.scan.sees(".."):
            raise self.scan.error("open_range", start)
        low = self._value(inside=True)
        if not self.scan.take("...", ".."):
            raise self.scan.error("range_form", start)
        if self.scan.sees("]") or self.scan.sees(")"):
            raise self.scan.error("open_range", start)
        high = self._value(inside=True)
        closer = self.scan.take("]", ")", "[")
        if closer is None:
            raise self._unclosed(start)
        return between(
            self.left, low, high, opener="[" if opener == "[" else "(", closer="]" if closer == "]" else ")"
        )

    def _value(self, *, inside: bool) -> Value:
        """Return the value that stands next, as the field holds it."""
        at = self._position()
        quoted = self.scan.quoted()
        if quoted is not None:
            return self._suited_quote(Const(quoted, "text", quoted, at))
        if self.is_text:
            return self._word() or self._text(inside=inside)
        found = self._number() if self.field.kind == "number" else today_at(self.scan) or date_at(self.scan)
        if found is None:
            raise self._no_value()
        return suited(found, self.field) if isinstance(found, Const) else found

    def _suited_quote(self, quoted: Const) -> Const:
        """Return a quoted text as the field holds it."""
        found = suited(quoted, self.field)
        if found.kind != self.field.kind:
            raise misfit(quoted.written, self.field, quoted.at)
        return found

    def _number(self) -> Const | None:
        at = self._position()
        if self.scan.take("+"):
            return number_at(self.scan)
        if self.scan.take("-"):
            found = number_at(self.scan)
            return number(-decimal_of(found), f"-{found.written}", at) if found else None
        return number_at(self.scan)

    def _no_value(self) -> GuardError:
        start = self.scan.place
        if self.scan.at_end:
            return self.scan.ends_early()
        found = re.split(r"[,;)\]]|\.\.", self.scan.text[start:])[0].strip() or self.scan.text[start]
        if self.scan.text[start] in "<>=!":
            marks = self.scan.text[: start + 1].strip()
            return self.scan.error("no_operator", start, found=marks, near=nearest_order(marks))
        return misfit(found, self.field, self.scan.position(start))

    def _word(self) -> Value | None:
        """Return the longest word of the field's list that stands next and ends there."""
        if self.field.words is None:
            return None
        self.scan.skip_blanks()
        start = self.scan.place
        found = self.field.words.at(self.scan.text, start, self._ends_value)
        if found is None:
            return None
        self.scan.place = found[1]
        return Const(found[0], self.field.kind, self.scan.text[start : found[1]], self.scan.position(start))

    def _ends_value(self, place: int) -> bool:
        behind = self.scan.text[place:].lstrip(" ")
        return not behind or behind[0] in ",;)"

    def _text(self, *, inside: bool) -> Value:
        """Return the unquoted text up to the next separator; brackets that belong to it stay."""
        at, start, depth = self._position(), self.scan.place, 0
        while self.scan.place < len(self.scan.text):
            char = self.scan.text[self.scan.place]
            depth += (char == "(") - (char == ")")
            if char in ",;" or depth < 0:
                break
            self.scan.place += 1
        text = self.scan.text[start : self.scan.place].strip()
        if depth > 0:
            raise self._unclosed(start)
        self._must_be_plain(text, start, inside=inside)
        return suited(Const(text, "text", text, at), self.field)

    def _must_be_plain(self, text: str, start: int, *, inside: bool) -> None:
        """Raise for an unquoted text that was meant as more than a text."""
        if not text:
            raise self.scan.error("empty_brackets") if inside else self.scan.ends_early()
        if any(mark in text for mark in '<>="[]') or ".." in text:
            raise self.scan.error("no_plain_text", start, found=text)
        if self.field.words is None and self.field.kind == "text":
            if _UNQUOTED_JOIN.search(text):
                raise self.scan.error("joined_text", start, found=text)
            if _UNQUOTED_NOT.match(text):
                raise self.scan.error(
                    "negated_text", start, found=text, rest=_UNQUOTED_NOT.sub("", text, count=1)
                )
            if _WILDCARD.search(text):
                raise self.scan.error("wildcard", start, found=text)


_TESTS = (Compare, Among, Blank, Not, Every, Either)

"""A place that moves over the text of a rule and says what stands there."""

import re
from collections.abc import Mapping

from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.marks import Folded
from ltc_xl.rules.guards.written import nearest_order

LONGEST = 500
SYMBOLS = (">=", "<=", "<>", "!=", "==", "=", ">", "<", "&&", "||", "+", "-", "*", "/")
_ORDER_MARKS = "<>=!"
_WORD_BREAK = " ,;()[]{}<>=!+*/\"'"
_FREE_BREAK = ",;()[]{}<>=!\"'"
_JOINING = re.compile(r"且|或| and(?![0-9A-Za-z_])| or(?![0-9A-Za-z_])", re.IGNORECASE)

OPERATORS: Mapping[str, str] = {
    "并且": "and", "而且": "and", "且": "and", "and": "and",
    "或者": "or", "或": "or", "or": "or",
    "大于等于": ">=", "不小于": ">=", "不低于": ">=", "不少于": ">=",
    "小于等于": "<=", "不大于": "<=", "不高于": "<=", "不超过": "<=",
    "大于": ">", "高于": ">", "超过": ">", "小于": "<", "低于": "<", "少于": "<",
    "不等于": "<>", "等于": "=",
    "不属于": "not in", "属于": "in", "not in": "not in", "in": "in",
    "非空白": "filled", "非空": "filled", "不为空": "filled", "不是空": "filled", "不空": "filled",
    "is not blank": "filled", "not blank": "filled", "is not null": "filled", "is not empty": "filled",
    "not empty": "filled",
    "为空": "blank", "是空": "blank", "空白": "blank", "空": "blank",
    "is blank": "blank", "is null": "blank", "is empty": "blank", "blank": "blank", "empty": "blank",
    "null": "blank",
}  # fmt: skip
"""Word between or behind values -> what it means."""

_LONGEST_FIRST = sorted(OPERATORS, key=len, reverse=True)
_ENDS_NAME = frozenset(" <>=!+-*/,;)]}&|")
_ENDS_WORD = _ENDS_NAME - frozenset("+-*/&")


class Scanner:
    """The text of a rule and the place reached in it; ``calls`` counts the functions still open there."""

    def __init__(self, source: Folded) -> None:
        if len(source.text) > LONGEST:
            raise GuardError("too_long", 1, most=LONGEST)
        self.source = source
        self.text = source.text
        self.place = 0
        self.calls = 0

    def error(self, key: str, place: int | None = None, **values: object) -> GuardError:
        """Return an error about a place, else about the one reached."""
        return GuardError(key, self.position(place), **values)

    def position(self, place: int | None = None) -> int:
        """Return where a place stands in what was typed, from 1."""
        return self.source.position(self.place if place is None else place)

    def next_position(self) -> int:
        """Return where what stands next was typed, from 1."""
        self.skip_blanks()
        return self.position()

    def unexpected(self) -> GuardError:
        """Return the error that what stands next has no place there."""
        if self.at_end:
            return self.ends_early()
        start = self.place
        found = self.bare_word() or self.text[start : start + 1]
        return self.error("unexpected", start, found=found)

    def ends_early(self) -> GuardError:
        """Return the error that something must follow what stands before the place reached."""
        before = self.text[: self.place].strip()
        return self.error("ends_early", found=before) if before else self.error("empty_part")

    def skip_blanks(self) -> None:
        """Go on to what is no blank."""
        while self.text[self.place : self.place + 1] == " ":
            self.place += 1

    @property
    def at_end(self) -> bool:
        """Return whether nothing but blanks is left."""
        self.skip_blanks()
        return self.place >= len(self.text)

    def sees(self, mark: str) -> bool:
        """Return whether a mark stands next."""
        self.skip_blanks()
        return self.text.startswith(mark, self.place)

    def take(self, *marks: str) -> str | None:
        """Return the first of these marks that stands next and go behind it; None when none does."""
        found = next((mark for mark in marks if self.sees(mark)), None)
        self.place += len(found or "")
        return found

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what of a pattern stands next and go behind it."""
        self.skip_blanks()
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found

    def word_at(self, place: int, word: str) -> bool:
        """Return whether a whole word stands at a place; a Chinese one needs no blanks around it."""
        end = place + len(word)
        if self.text[place:end].lower() != word:
            return False
        behind = self.text[end : end + 1]
        return not (word[-1].isascii() and behind.isascii() and (behind.isalnum() or behind == "_"))

    def operator_at(self, place: int) -> str | None:
        """Return the operator in words that stands at a place."""
        while self.text[place : place + 1] == " ":
            place += 1
        return next((word for word in _LONGEST_FIRST if self.word_at(place, word)), None)

    def take_operator(self) -> str | None:
        """Return the operator that stands next, words as what they mean, and go behind it.

        Raises:
            GuardError: marks of comparison that make none together, as ``>>=``.
        """
        self.skip_blanks()
        word = self.operator_at(self.place)
        if word:
            self.place += len(word)
            return OPERATORS[word]
        start = self.place
        symbol = self.take(*SYMBOLS)
        if symbol is None or symbol[0] not in _ORDER_MARKS:
            return {"&&": "and", "||": "or"}.get(symbol or "", symbol)
        return {"==": "=", "!=": "<>"}.get(self._sound(symbol, start), symbol)

    def _sound(self, symbol: str, start: int) -> str:
        behind = self.place
        while self.text[behind : behind + 1] in tuple(_ORDER_MARKS):
            behind += 1
        if behind > self.place:
            found = self.text[start:behind]
            raise self.error("no_operator", start, found=found, near=nearest_order(found))
        return symbol

    def ends_name(self, place: int) -> bool:
        """Return whether a name may end before a place: a mark, a blank or an operator follows."""
        return self._ends(place, _ENDS_NAME)

    def ends_word(self, place: int) -> bool:
        """Return whether a value may end before a place; unlike a name it may hold ``+``, ``-`` and ``/``."""
        return self._ends(place, _ENDS_WORD)

    def _ends(self, place: int, marks: frozenset[str]) -> bool:
        before, behind = self.text[place - 1 : place], self.text[place : place + 1]
        if not behind or behind in marks or self.text.startswith("..", place):
            return True
        glued = before.isascii() and before.isalnum() and behind.isascii() and behind.isalnum()
        return not glued and self.operator_at(place) is not None

    def quoted(self) -> str | None:
        """Return the text between quotes that stands next and go behind it.

        Raises:
            GuardError: the closing quote is missing.
        """
        mark = self.take('"', "'")
        if mark is None:
            return None
        start, end = self.place, self.text.find(mark, self.place)
        if end < 0:
            raise self.error("open_quote", start - 1, found=self.text[start - 1 :].strip())
        self.place = end + 1
        return self.text[start:end]

    def bare_word(self) -> str:
        """Return the run of letters and digits that stands next, for a message, and go behind it."""
        return self._run(_WORD_BREAK)

    def bare_text(self) -> str:
        """Return the unquoted text that stands next, up to a mark that ends it, and go behind it."""
        return self._run(_FREE_BREAK)

    def _run(self, breaks: str) -> str:
        self.skip_blanks()
        start = self.place
        while self.place < len(self.text) and self.text[self.place] not in breaks:
            if self.place > start and _JOINING.match(self.text, self.place):
                break
            self.place += 1
        return self.text[start : self.place].strip()

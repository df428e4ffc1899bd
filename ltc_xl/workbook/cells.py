"""Values to cells: the XML of one cell, within Excel's own limits."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.edits import CachedValue, Formula, Plain, Value
from ltc_xl.workbook.escapes import escaped
from ltc_xl.workbook.limits import MAX_DIGITS, MAX_TEXT, formula_fault, holds_number, text_length
from ltc_xl.workbook.tags import attribute, without_attribute, xml_text

_EXACT = 10**MAX_DIGITS
ERROR_VALUES = frozenset({"#REF!", "#N/A", "#DIV/0!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"})
"""What a formula shows that has no value; as a formula's cached value they are errors, never texts."""

_NUMERIC = re.compile(
    rb"(<(?:[\w.-]+:)?c(?:(?!\st\s*=)[^>])*>.*)<(?:[\w.-]+:)?v>(-?\d+(?:\.\d+)?(?:[Ee][-+]?\d+)?)</.*",
    re.DOTALL,
)
_EPOCH_1904 = date(1904, 1, 1)
_EPOCH_1900 = date(1899, 12, 30)
_LEAP_DAY_THAT_NEVER_WAS = date(1900, 3, 1)


def serial(day: date, *, date1904: bool) -> str:
    """Return a day, or a moment, as Excel counts it; raise OverflowError before its first day.

    >>> serial(date(2026, 4, 30), date1904=False), serial(date(2026, 4, 30), date1904=True)
    ('46142', '44680')
    >>> serial(date(1900, 2, 28), date1904=False), serial(datetime(2026, 4, 30, 12), date1904=False)
    ('59', '46142.5')
    """
    moment = day.replace(tzinfo=None) if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001  sheets know no zones
    bare = moment.date()
    days = (bare - (_EPOCH_1904 if date1904 else _EPOCH_1900)).days
    if not date1904 and bare < _LEAP_DAY_THAT_NEVER_WAS:
        days -= 1
    if days < (0 if date1904 else 1):
        raise OverflowError(day)
    past = (moment - datetime(bare.year, bare.month, bare.day)).total_seconds()  # noqa: DTZ001  likewise
    return repr(days + past / 86_400) if past else str(days)


def number_text(number: float | Decimal) -> str:
    """Return a number as the file holds it; raise OverflowError where Excel would lose digits.

    >>> number_text(Decimal("1200.00")), number_text(0.1), number_text(12)
    ('1200', '0.1', '12')
    """
    if isinstance(number, int) and -_EXACT <= number <= _EXACT:
        return str(int(number))
    if isinstance(number, float):
        if not holds_number(number):
            raise OverflowError(number)
        return repr(number)
    exact = Decimal(number)
    if not exact.is_finite() or _digits(exact) > MAX_DIGITS or not _is_in_range(exact):
        raise OverflowError(number)
    return f"{exact.normalize():f}"


def _is_in_range(number: Decimal) -> bool:
    """Return whether a number is neither too large for Excel nor so small that it takes it for nought."""
    return holds_number(float(number)) and (float(number) == 0) == (number == 0)


def _digits(number: Decimal) -> int:
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))


@dataclass(frozen=True)
class CellWriter:
    """Writes cells of one sheet.

    Attributes:
        sheet: its name, for refusals.
        prefix: namespace prefix of its XML, with the colon, mostly empty.
        date1904: whether days count from 1904.
    """

    sheet: str
    prefix: bytes
    date1904: bool

    def cell(self, address: str, style: bytes | None, value: Value) -> bytes:
        """Return the XML of a cell."""
        if isinstance(value, Formula):
            return self._formula(address, style, value)
        if isinstance(value, CachedValue):
            return self.cell(address, style, value.value)
        head = self._head(address, style)
        if value is None or value == "":
            return head + b"/>"
        if isinstance(value, str):
            return head + b' t="inlineStr">' + self._inline(address, value) + self._tail
        kind, text = self._kind_and_text(address, value)
        return head + kind + b">" + self._element(b"v", text) + self._tail

    def recached(self, tag: bytes, body: bytes, address: str, value: Plain) -> bytes:
        """Return a formula's cell with another cached value; ``tag`` and ``body`` as they stand."""
        kind, cached = self._cached(address, value)
        bare = without_attribute(tag, b"t")
        head = (without_attribute(bare, b"vm") if b" vm" in bare else bare).removesuffix(b">") + kind + b">"
        formula = self._formula_element.search(body)
        extension = body[at:] if (at := body.find(b"<" + self.prefix + b"extLst")) >= 0 else b""
        return head + (formula[0] if formula else b"") + cached + extension + self._tail

    @cached_property
    def _formula_element(self) -> re.Pattern[bytes]:
        name = self.prefix + b"f"
        return re.compile(rb"<" + name + rb"(?:\s[^>]*)?(?:/>|>[^<]*</" + name + rb"\s*>)")

    @cached_property
    def _tail(self) -> bytes:
        return b"</" + self.prefix + b"c>"

    def _head(self, address: str, style: bytes | None) -> bytes:
        styled = b' s="' + style + b'"' if style else b""
        return b"<" + self.prefix + b'c r="' + address.encode() + b'"' + styled

    def _element(self, name: bytes, content: bytes, attributes: bytes = b"") -> bytes:
        name = self.prefix + name
        return b"<" + name + attributes + b">" + content + b"</" + name + b">"

    def _inline(self, address: str, text: str) -> bytes:
        space = b' xml:space="preserve"' if text != text.strip() or "\n" in text else b""
        return self._element(b"is", self._element(b"t", self._text(address, text), space))

    def _text(self, address: str, text: str) -> bytes:
        if 2 * len(text) > MAX_TEXT and text_length(text) > MAX_TEXT:
            raise CannotPatch("patch_text_too_long", place=f"{self.sheet}!{address}", length=len(text))
        return xml_text(escaped(text))

    def _kind_and_text(self, address: str, value: float | Decimal | date) -> tuple[bytes, bytes]:
        if isinstance(value, bool):
            return b' t="b"', b"1" if value else b"0"
        try:
            return b"", self._number(value).encode()
        except OverflowError as error:
            raise CannotPatch("patch_number", place=f"{self.sheet}!{address}", value=value) from error

    def _number(self, value: float | Decimal | date) -> str:
        return serial(value, date1904=self.date1904) if isinstance(value, date) else number_text(value)

    def _cached(self, address: str, value: Plain) -> tuple[bytes, bytes]:
        """Return the type attribute and ``<v>`` of a formula's value; no value is no ``<v>``."""
        if value is None:
            return b"", b""
        if isinstance(value, str):
            kind = b' t="e"' if value in ERROR_VALUES else b' t="str"'
            return kind, self._element(b"v", self._text(address, value))
        kind, text = self._kind_and_text(address, value)
        return kind, self._element(b"v", text)

    def _formula(self, address: str, style: bytes | None, formula: Formula) -> bytes:
        text = formula.text.removeprefix("=").replace("\r\n", "\n")
        if fault := formula_fault(text):
            raise CannotPatch(fault, place=f"{self.sheet}!{address}")
        kind, cached = self._cached(address, formula.cached)
        return (
            self._head(address, style)
            + kind
            + b">"
            + self._element(b"f", xml_text(text))
            + cached
            + self._tail
        )


def same_number(one: bytes, other: bytes) -> bool:
    """Return whether two cells are alike but for how their number is written.

    >>> same_number(b"<c r='A1'><f>B1</f><v>4</v></c>", b"<c r='A1'><f>B1</f><v>4.0</v></c>")
    True
    >>> same_number(b"<c t='str'><v>4</v></c>", b"<c t='str'><v>4.0</v></c>")
    False
    """
    both = [_NUMERIC.fullmatch(cell) for cell in (one, other)]
    if not both[0] or not both[1]:
        return False
    return both[0][1] == both[1][1] and float(both[0][2]) == float(both[1][2])


def style_of(tag: bytes) -> bytes | None:
    """Return the style of a cell's or row's start tag, if it has one."""
    return attribute(tag, b"s") or None

"""Where the box of a note stands beside its cell, and how large it is, by the widths of the columns."""

import re
import unicodedata
from dataclasses import dataclass

from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW
from ltc_xl.workbook.boxes import Box
from ltc_xl.workbook.tags import attribute

WIDTH, LINE, TALLEST = 300, 17, 400
"""Pixels: how wide a box is, how high a line of it, and how high it is at most."""

_LETTERS_PER_LINE = 46
_INDENT, _PADDING = 15, 14
_DIGIT, _MARGIN = 7, 5
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 8.43, 15.0
_PIXELS_TO_POINTS = 0.75


@dataclass(frozen=True, slots=True)
class Boxing:
    """The measures of a sheet.

    Attributes:
        columns: first and last column, and width in pixels.
        width, height: pixels of a column and of a row that says nothing of its own.
    """

    columns: tuple[tuple[int, int, int], ...]
    width: int
    height: int

    @classmethod
    def of(cls, head: bytes) -> "Boxing":
        """Return the measures that the head of a worksheet says."""
        formats = re.search(rb"<(?:[\w.-]+:)?sheetFormatPr(?=\s)[^>]*>", head)
        tag = formats[0] if formats else b""
        columns = tuple(
            (int(_number(col, b"min", 1)), int(_number(col, b"max", MAX_COLUMN)), _pixels(col))
            for col in re.findall(rb"<(?:[\w.-]+:)?col\s[^>]*>", head)
        )
        width = round(_number(tag, b"defaultColWidth", _DEFAULT_WIDTH) * _DIGIT + _MARGIN)
        height = _number(tag, b"defaultRowHeight", _DEFAULT_HEIGHT) / _PIXELS_TO_POINTS
        return cls(columns, width, max(round(height), 1))

    def box(self, row: int, column: int, text: str) -> Box:
        """Return the box of a note: to the right of its cell, a little higher, as high as its text."""
        height = min(LINE * _lines(text) + _PADDING, TALLEST)
        first = min(column + 1, MAX_COLUMN)
        last, over = self._after(first, _INDENT + WIDTH)
        top = max(row - 1, 1)
        down, rest = divmod(height + self.height // 2, self.height)
        corners = (
            first - 1,
            _INDENT,
            top - 1,
            self.height // 2,
            last - 1,
            over,
            min(top - 1 + down, MAX_ROW - 1),
            rest,
        )
        points = (round(WIDTH * _PIXELS_TO_POINTS), round(height * _PIXELS_TO_POINTS))
        return Box(row, column, *points, ", ".join(map(str, corners)))

    def _after(self, column: int, pixels: int) -> tuple[int, int]:
        """Return the column in which a length ends that begins with another column, and how far inside."""
        while pixels > self._width(column) and column < MAX_COLUMN:
            pixels -= self._width(column)
            column += 1
        return column, min(pixels, self._width(column))

    def _width(self, column: int) -> int:
        own = (width for first, last, width in self.columns if first <= column <= last)
        return next(own, self.width)


def _pixels(col: bytes) -> int:
    """Return how wide a column is; one that is folded away has no width."""
    if attribute(col, b"hidden") in {b"1", b"true"}:
        return 0
    return round(_number(col, b"width", _DEFAULT_WIDTH) * _DIGIT)


def _number(tag: bytes, name: bytes, default: float) -> float:
    try:
        return float(attribute(tag, name) or default)
    except ValueError:
        return default


def _lines(text: str) -> int:
    """Return how many lines of a box a text fills; a Chinese letter is two wide."""
    wide = (
        len(line) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)
        for line in text.splitlines()
    )
    return sum(max(-(-letters // _LETTERS_PER_LINE), 1) for letters in wide)

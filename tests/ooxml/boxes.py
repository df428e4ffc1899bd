"""Rectangles of cells, read by a parser of the judge's own."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

ROWS, COLUMNS = 1_048_576, 16_384
_CELLS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?", re.IGNORECASE)
_WHOLE_COLUMNS = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})", re.IGNORECASE)
_WHOLE_ROWS = re.compile(r"\$?([1-9]\d{0,6}):\$?([1-9]\d{0,6})")


class Box(NamedTuple):
    """A rectangle; rows and columns count from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: "Box") -> bool:
        """Return whether the two share a cell."""
        apart = self.bottom < other.top or other.bottom < self.top
        return not (apart or self.right < other.left or other.right < self.left)


@lru_cache(1024)
def column(letters: str) -> int:
    """Return the number of a column.

    >>> column("A"), column("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def box(text: str) -> Box | None:
    """Return the rectangle that a reference without a sheet names; None for anything else.

    >>> box("B2:C9"), box("A:B"), box("B9:A1"), box("XFE1")
    (Box(top=2, left=2, bottom=9, right=3), Box(top=1, left=1, bottom=1048576, right=2), None, None)
    """
    if cells := _CELLS.fullmatch(text):
        left, top, right, bottom = cells.groups()
        found = Box(int(top), column(left), int(bottom or top), column(right or left))
    elif columns := _WHOLE_COLUMNS.fullmatch(text):
        found = Box(1, column(columns[1]), ROWS, column(columns[2]))
    elif rows := _WHOLE_ROWS.fullmatch(text):
        found = Box(int(rows[1]), 1, int(rows[2]), COLUMNS)
    else:
        return None
    fits = found.top <= found.bottom <= ROWS and found.left <= found.right <= COLUMNS
    return found if fits else None


def overlaps(boxes: Iterable[Box]) -> tuple[Box, Box] | None:
    """Return two rectangles that share a cell, if any do."""
    open_boxes: list[Box] = []
    for one in sorted(boxes):
        open_boxes = [other for other in open_boxes if other.bottom >= one.top]
        if hit := next((other for other in open_boxes if other.meets(one)), None):
            return hit, one
        open_boxes.append(one)
    return None

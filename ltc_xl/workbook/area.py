"""Rectangles of cells: ``A1:C9`` as numbers."""

import re
from dataclasses import dataclass
from functools import cache

from ltc_xl.model.address import column_letters

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_PLAIN_CELL = re.compile(r"([A-Z]{1,2})([1-9]\d{0,5})")
_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")


@cache
def column_number(letters: str) -> int:
    """Return the number of a column, A is 1.

    >>> column_number("A"), column_number("AB"), column_number("xfd")
    (1, 28, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, its corners included; rows and columns count from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def on_grid(self) -> bool:
        """Return whether Excel has such cells."""
        rows = 1 <= self.top <= self.bottom <= MAX_ROW
        return rows and 1 <= self.left <= self.right <= MAX_COLUMN

    @property
    def text(self) -> str:
        """Return the reference that names the area, e.g. ``B2:D10``."""
        first = f"{column_letters(self.left)}{self.top}"
        last = f"{column_letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def anchor(self) -> str:
        """Return the address of the upper left cell."""
        return f"{column_letters(self.left)}{self.top}"

    def with_(self, other: "Area | None") -> "Area":
        """Return the smallest area that holds both."""
        if other is None:
            return self
        top, left = min(self.top, other.top), min(self.left, other.left)
        return Area(top, left, max(self.bottom, other.bottom), max(self.right, other.right))

    def meets(self, other: "Area") -> bool:
        """Return whether the two have a cell in common."""
        rows = self.top <= other.bottom and other.top <= self.bottom
        return rows and self.left <= other.right and other.left <= self.right


def cell_of(address: str) -> tuple[int, int] | None:
    """Return the row and column of one cell's address, or None when it is none.

    >>> cell_of("C7"), cell_of("$C$7"), cell_of("C7:D8"), cell_of("XFE1")
    ((7, 3), (7, 3), None, None)
    """
    if plain := _PLAIN_CELL.fullmatch(address):
        return int(plain[2]), column_number(plain[1])
    area = area_of(address)
    return None if area is None or ":" in address else (area.top, area.left)


def area_of(text: str) -> Area | None:
    """Return the area a reference names, or None when it names none.

    >>> area_of("B2:D10"), area_of("$C$7"), area_of("A:A")
    (Area(top=2, left=2, bottom=10, right=4), Area(top=7, left=3, bottom=7, right=3), None)
    """
    match = _AREA.fullmatch(text.strip())
    if match is None:
        return None
    letters, row, to_letters, to_row = match.groups()
    top, left = int(row), column_number(letters)
    bottom, right = (int(to_row), column_number(to_letters)) if to_row else (top, left)
    area = Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
    return area if area.on_grid else None

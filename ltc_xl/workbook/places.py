"""Where the cells of formulas stand, told from positions in the bytes of their sheet."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property

from ltc_xl.workbook.area import column_number
from ltc_xl.workbook.scan import SheetScan

Place = tuple[int, int]
"""Row and column of a cell."""

_REACH = 64
_MARK = b"\0"


class Places:
    """The places of formulas of one sheet."""

    def __init__(self, scan: SheetScan) -> None:
        self._scan = scan
        self._cell = re.compile(rb"<" + scan.prefix + rb"c r=\"([A-Z]{1,3})(\d{1,7})\"[^<>]*>" + _MARK)

    def at(self, position: int) -> Place:
        """Return the row and column of the cell with a formula at a position."""
        return self.of([position])[0]

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """Return where in the bytes rows begin and end."""
        return self._scan.place_of(max(first, 1)), self._scan.place_of(last + 1)

    def of(self, positions: Sequence[int]) -> list[Place]:
        """Return the rows and columns of the cells with formulas at some positions.

        Mostly the start tag of a cell stands right before its formula and says where it is; then all of
        them are read at once.
        """
        data, lo = self._scan.data, self._scan.lo
        heads = [data[max(at - _REACH, lo) : at] for at in positions]
        found = self._cell.findall(_MARK.join((*heads, b"")))
        if len(found) == len(positions):
            return [(int(row), _column(letters)) for letters, row in found]
        return [self._odd[at] for at in positions]

    @cached_property
    def _odd(self) -> Mapping[int, Place]:
        """Return position of ``<f>`` -> place, where cells say their addresses oddly, or not at all."""
        formula = re.compile(rb"<" + self._scan.prefix + rb"f[\s/>]")
        found = {}
        for row in self._scan.rows(1):
            for cell in self._scan.cells(row):
                if match := formula.search(self._scan.data, cell.inner, cell.close):
                    found[match.start()] = (row.number, cell.column)
        return found


@cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode())

"""The cells of formulas that read alike, found by their rows."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from ltc_xl.workbook.places import Place, Places
from ltc_xl.workbook.reach import EVERY_ROW, Span

Cells = dict[int, set[int]]
"""Column -> rows."""

_MANY = 8


class Members:
    """Cells whose places are known."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._rows: dict[int, list[int]] = defaultdict(list)
        for row, column in places:
            self._rows[column].append(row)
        for rows in self._rows.values():
            rows.sort()

    @property
    def columns(self) -> Iterable[int]:
        """Return the columns to ask for, one by one."""
        return self._rows

    def bounds(self, column: int) -> Span:
        """Return the first and last row of the cells of a column."""
        rows = self._rows[column]
        return rows[0], rows[-1]

    def within(self, column: int, spans: Iterable[Span]) -> Cells:
        """Return the cells of a column that stand in some rows."""
        rows, found = self._rows[column], set[int]()
        for first, last in spans:
            found.update(rows[bisect_left(rows, first) : bisect_right(rows, last)])
        return {column: found} if found else {}

    @property
    def all(self) -> Cells:
        """Return all of the cells."""
        return {column: set(rows) for column, rows in self._rows.items()}


class LongMembers(Members):
    """Cells whose formulas all read the same columns; where they stand is told when it is asked for.

    Attributes:
        columns: one that stands for all of them.
    """

    def __init__(self, places: Places, positions: Sequence[int]) -> None:
        self._places, self._positions = places, sorted(positions)

    @property
    def columns(self) -> Iterable[int]:
        """Return a column that stands for all of them."""
        return (1,)

    def bounds(self, column: int) -> Span:  # noqa: ARG002  it stands for all
        """Return rows between which all cells stand."""
        return EVERY_ROW

    def within(self, column: int, spans: Iterable[Span]) -> Cells:  # noqa: ARG002  it stands for all
        """Return the cells that stand in some rows."""
        wanted = list(spans)
        if len(wanted) * _MANY > len(self._positions):
            known = self._known
            found = [known.within(column, wanted) for column in known.columns]
            return {column: rows for cells in found for column, rows in cells.items()}
        return Members(self._places.of([at for span in wanted for at in self._between(*span)])).all

    @property
    def all(self) -> Cells:
        """Return all of the cells."""
        return self._known.all

    @cached_property
    def _known(self) -> Members:
        return Members(self._places.of(self._positions))

    def _between(self, first: int, last: int) -> Sequence[int]:
        start, end = self._places.bounds(first, last)
        return self._positions[bisect_left(self._positions, start) : bisect_left(self._positions, end)]

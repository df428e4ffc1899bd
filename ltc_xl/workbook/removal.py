"""Rows that go from a table, and where every other cell of its sheet stands afterwards."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

from ltc_xl.workbook.area import MAX_ROW, Area
from ltc_xl.workbook.reshape import Reshape


@dataclass(frozen=True)
class Removal(Reshape):
    """How rows go: with their sheet rows, or, where something stands beside or below, within the table.

    Within the table its own cells move up, and the rows they free at its end are blank; all else stays.

    Attributes:
        whole: whether the sheet's rows go.
    """

    whole: bool = True

    @property
    def moving(self) -> Area:
        """Return the area of the table's cells that go or move."""
        return replace(self.area, top=self.deleted[0])

    def moved(self, area: Area) -> Area | None:
        """Return where an area of the same sheet stands afterwards; None when all of its rows went.

        >>> within = Removal(Area(1, 2, 10, 5), last=9, deleted=(4,), whole=False)
        >>> within.moved(Area(4, 3, 4, 3)), within.moved(Area(2, 3, 10, 3)), within.moved(Area(9, 2, 12, 2))
        (None, Area(top=2, left=3, bottom=9, right=3), Area(top=8, left=2, bottom=12, right=2))
        >>> beside, rows = Area(5, 1, 9, 3), Removal(Area(1, 2, 10, 5), last=9, deleted=(4,))
        >>> within.moved(beside) == beside, rows.moved(beside)
        (True, Area(top=4, left=1, bottom=8, right=3))
        """
        beside = area.left < self.area.left or area.right > self.area.right
        if beside and not self.whole:
            return area
        if not self.whole and area.bottom > self.area.bottom:
            return replace(area, top=self._first_left(area.top))
        top = area.top - bisect_left(self.deleted, area.top)
        open_ended = area.top < area.bottom == MAX_ROW
        bottom = area.bottom - (0 if open_ended else bisect_right(self.deleted, area.bottom))
        return replace(area, top=top, bottom=bottom) if top <= bottom else None

    def _first_left(self, top: int) -> int:
        """Return where an area starts that goes on below the table; below it, when its rows inside went."""
        after = top - bisect_left(self.deleted, top)
        inside = top <= self.area.bottom and after <= self.area.bottom - len(self.deleted)
        return after if inside else max(top, self.area.bottom + 1)

    def pointed(self, area: Area) -> Area | None:
        """Return what a reference to an area names afterwards."""
        return self.moved(area)

"""How the rows of a table change, and where other ranges of its sheet stand afterwards."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ltc_xl.workbook.area import Area

Mover = Callable[[Area], Area | None]
"""Where an area stands afterwards; None when all of its rows went."""


@dataclass(frozen=True)
class Reshape:
    """How a table's body changes: rows that went, sheet rows ascending, and its last row afterwards.

    ``area`` is the table's whole area before, its header and totals rows included.
    """

    area: Area
    last: int
    deleted: Sequence[int] = ()
    headers: int = 1
    totals: int = 0

    def __bool__(self) -> bool:
        return bool(self.deleted) or self.growth != 0

    @property
    def body(self) -> Area:
        """Return the area of the data rows before."""
        return replace(self.area, top=self.area.top + self.headers, bottom=self.area.bottom - self.totals)

    @property
    def growth(self) -> int:
        """Return by how many rows the table grew (more than 0) or shrank."""
        return self.last - self.area.bottom + self.totals

    def moved(self, area: Area) -> Area | None:
        """Return where an area of the same sheet stands afterwards; None when all of its rows went.

        An area that ends with the last data row goes on ending there; totals go along.

        >>> grown = Reshape(Area(1, 1, 10, 5), last=13)
        >>> grown.moved(Area(2, 3, 10, 3)), grown.moved(Area(2, 3, 9, 3))
        (Area(top=2, left=3, bottom=13, right=3), Area(top=2, left=3, bottom=9, right=3))
        >>> shrunk = Reshape(Area(1, 1, 10, 5), last=9, deleted=(4,))
        >>> shrunk.moved(Area(4, 1, 4, 1)), shrunk.moved(Area(2, 1, 10, 1))
        (None, Area(top=2, left=1, bottom=9, right=1))
        >>> summed = Reshape(Area(1, 1, 10, 5), last=12, totals=1)
        >>> summed.moved(Area(10, 3, 10, 3)), summed.moved(Area(2, 3, 9, 3))
        (Area(top=13, left=3, bottom=13, right=3), Area(top=2, left=3, bottom=12, right=3))
        """
        if self._in_totals(area.top) and self._shares_columns(area):
            return replace(area, top=area.top + self.growth, bottom=area.bottom + self.growth)
        top = area.top - bisect_left(self.deleted, area.top)
        bottom = area.bottom - bisect_right(self.deleted, area.bottom)
        if self._ends_with(area):
            bottom = area.bottom + self.growth
        elif self._within(area):
            bottom = min(bottom, self.last)
        return replace(area, top=top, bottom=bottom) if top <= bottom else None

    def pointed(self, area: Area) -> Area | None:
        """Return what a reference to an area names afterwards: a single row does not become several.

        >>> grown = Reshape(Area(1, 1, 10, 5), last=13)
        >>> grown.pointed(Area(2, 3, 10, 3)), grown.pointed(Area(10, 3, 10, 3))
        (Area(top=2, left=3, bottom=13, right=3), Area(top=10, left=3, bottom=10, right=3))
        """
        after = self.moved(area)
        if after is None or area.top < area.bottom or area.top == self.body.top:
            return after
        return replace(after, bottom=after.top)

    def row(self, number: int) -> int | None:
        """Return the number of a sheet row afterwards, None when it went."""
        gone = self.deleted and number in self.deleted
        return None if gone else number - bisect_left(self.deleted, number)

    def _in_totals(self, row: int) -> bool:
        return self.body.bottom < row <= self.area.bottom

    def _ends_with(self, area: Area) -> bool:
        if area.bottom != self.body.bottom and not self._in_totals(area.bottom):
            return False
        growing = self.growth >= -len(self.deleted)
        return self._within(area) or (growing and self._shares_columns(area))

    def _within(self, area: Area) -> bool:
        columns = self.area.left <= area.left and area.right <= self.area.right
        return columns and self.area.top <= area.bottom <= self.area.bottom

    def _shares_columns(self, area: Area) -> bool:
        return area.left <= self.area.right and self.area.left <= area.right


def all_moved(reshapes: Iterable[Reshape]) -> Mover:
    """Return one mover for several tables of a sheet."""
    return _one_after_another([reshape.moved for reshape in reshapes])


def all_pointed(reshapes: Iterable[Reshape]) -> Mover:
    """Return one mover of references for several tables of a sheet."""
    return _one_after_another([reshape.pointed for reshape in reshapes])


def _one_after_another(steps: Sequence[Mover]) -> Mover:
    def moved(area: Area) -> Area | None:
        result: Area | None = area
        for step in steps:
            result = step(result) if result else None
        return result

    return moved

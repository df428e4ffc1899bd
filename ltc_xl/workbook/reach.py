"""How far a formula reads: rectangles, some of whose sides go along with the formula's own cell."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge

from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW, Area

Rows = Sequence[int]
"""Numbers of rows, ascending."""

Span = tuple[int, int]
"""The first and last of some rows."""

EVERY_ROW = (1, MAX_ROW)

Columns = Mapping[int, Sequence[Rows]]
"""Column -> rows, for cells of one sheet."""


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a rectangle: the number of its row or column, or its distance from the formula's own."""

    number: int
    along: bool = False

    def of(self, own: int) -> int:
        """Return the number for a formula that stands in a row or column."""
        return own + self.number if self.along else self.number


@dataclass(frozen=True, slots=True)
class Reach:
    """A rectangle of a sheet that a formula reads; the sheet's name is folded."""

    sheet: str
    top: Side
    bottom: Side
    left: Side
    right: Side

    @classmethod
    def to(cls, sheet: str, area: Area) -> "Reach":
        """Return the reach to an area that is the same for every cell."""
        return cls(sheet, Side(area.top), Side(area.bottom), Side(area.left), Side(area.right))

    @property
    def is_one_row(self) -> bool:
        """Return whether it never spans several rows."""
        return self.top == self.bottom

    @property
    def fixed(self) -> Area | None:
        """Return its area when it is the same for every cell."""
        if any(side.along for side in (self.top, self.bottom, self.left, self.right)):
            return None
        return Area(self.top.number, self.left.number, self.bottom.number, self.right.number)

    def columns(self, own: int) -> tuple[int, int]:
        """Return its first and last column for a formula that stands in a column."""
        left, right = self.left.of(own), self.right.of(own)
        return min(left, right), max(left, right)

    def at(self, row: int, column: int) -> Area:
        """Return its area for one cell."""
        rows = sorted((self.top.of(row), self.bottom.of(row)))
        left, right = self.columns(column)
        return Area(rows[0], left, rows[1], right)

    def readers(self, column: int, changed: Columns, within: Span = EVERY_ROW) -> Iterator[Span]:
        """Yield the rows from which formulas of a column meet changed cells of the reach's sheet.

        Args:
            column: of the formulas.
            changed: cells of the sheet.
            within: the rows in which the formulas stand.

        >>> above = Reach("s", Side(-1, along=True), Side(-1, along=True), Side(3), Side(3))
        >>> list(above.readers(2, {3: [[4, 5, 9]], 7: [[1]]}))
        [(5, 6), (10, 10)]
        >>> running = Reach("s", Side(4), Side(0, along=True), Side(3), Side(3))
        >>> list(running.readers(2, {3: [[6]]}))
        [(6, 1048576)]
        """
        left, right = self.columns(column)
        held = [part for at, parts in changed.items() if left <= at <= right for part in parts]
        if held:
            yield from self._readers(held[0] if len(held) == 1 else list(merge(*held)), within)

    def _readers(self, changed: Rows, within: Span) -> Iterator[Span]:
        top, bottom = self.top, self.bottom
        if top.along and bottom.along:
            near, far = sorted((top.number, bottom.number))
            start, end = bisect_left(changed, within[0] + near), bisect_right(changed, within[1] + far)
            yield from _joined((row - far, row - near) for row in changed[start:end])
        elif top.along or bottom.along:
            yield from self._half(changed)
        else:
            first, last = sorted((top.number, bottom.number))
            if bisect_left(changed, first) < bisect_right(changed, last):
                yield 1, MAX_ROW

    def _half(self, changed: Rows) -> Iterator[Span]:
        """Yield the readers' rows where one side stays and the other goes along."""
        moving, fixed = (self.top, self.bottom) if self.top.along else (self.bottom, self.top)
        at = bisect_left(changed, fixed.number)
        if at < len(changed):
            yield changed[at] - moving.number, MAX_ROW
        at = bisect_right(changed, fixed.number)
        if at:
            yield 1, changed[at - 1] - moving.number


def box(reaches: Sequence[Reach]) -> Reach:
    """Return the smallest reach that holds several of one sheet; all rows where they go along differently."""
    if len({(r.top.along, r.bottom.along, r.left.along, r.right.along) for r in reaches}) > 1:
        return Reach.to(reaches[0].sheet, Area(1, 1, MAX_ROW, MAX_COLUMN))
    return replace(
        reaches[0],
        top=min((r.top for r in reaches), key=_number),
        bottom=max((r.bottom for r in reaches), key=_number),
        left=min((r.left for r in reaches), key=_number),
        right=max((r.right for r in reaches), key=_number),
    )


def _number(side: Side) -> int:
    return side.number


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield ascending spans, those joined that have no row between them."""
    held: Span | None = None
    for first, last in spans:
        if held is not None and first <= held[1] + 1:
            held = held[0], max(held[1], last)
            continue
        if held is not None:
            yield held
        held = first, last
    if held is not None:
        yield held

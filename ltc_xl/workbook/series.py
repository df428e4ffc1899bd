"""The cells that a series of a chart is drawn from, before and after, and where its points come from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ltc_xl.workbook.area import Area
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.pointers import Pointer
from ltc_xl.workbook.points import Points, Source


@dataclass(frozen=True)
class Series:
    """What a series refers to before and after."""

    before: Sequence[Pointer]
    after: Sequence[Pointer | None]

    def column(self, number: int) -> "Series":
        """Return its part for a level of categories, the innermost being the last column."""
        after = [p.column(number) if p else None for p in self.after]
        return Series([p.column(number) for p in self.before], after)


def points_of(series: Series, held: int | None, movements: Movements) -> Points:
    """Return where each point comes from; a cache that left out hidden rows is read anew from the cells."""
    complete = held == sum(_size(p.area) for p in series.before)
    kept = _appended_behind(series, movements) if complete else None
    if kept is not None:
        return kept
    sources: list[Source] = []
    first = 0
    for before, after in zip(series.before, series.after, strict=True):
        old = _old_numbers(before, after, first, movements) if complete and after else {}
        first += _size(before.area)
        if after and (movement := movements.get(after.sheet)):
            for cell in movement.written(after.area):
                old.pop(cell, None)
            sources += [old[cell] if cell in old else movement.shown(*cell) for cell in _cells(after.area)]
        elif after:
            sources += [old.get(cell) for cell in _cells(after.area)]
    return Points(0, sources)


def _appended_behind(series: Series, movements: Movements) -> Points | None:
    """Return the points of a range that only got rows at its end, None for any other."""
    before, after = series.before[0].area, series.after[0]
    movement = movements.get(series.before[0].sheet)
    if len(series.before) > 1 or after is None or movement is None:
        return None
    if after.area.top != before.top or after.area.bottom < before.bottom:
        return None
    width = before.right - before.left + 1
    changed = {
        (row - before.top) * width + column - before.left: movement.shown(row, column)
        for row, column in movement.written(before)
    }
    new = replace(after.area, top=before.bottom + 1)
    return Points(_size(before), [movement.shown(*cell) for cell in _cells(new)], changed)


def _old_numbers(
    before: Pointer, after: Pointer, first: int, movements: Movements
) -> dict[tuple[int, int], int]:
    """Return cell afterwards -> the number that its point had."""
    numbered = enumerate(_cells(before.area), first)
    if _rows(after.area) >= _rows(before.area):
        shift = after.area.top - before.area.top
        return {(row + shift, column): number for number, (row, column) in numbered}
    found = {}
    movement = movements[before.sheet]
    for number, (row, column) in numbered:
        area = movement.pointed(Area(row, column, row, column))
        if area:
            found[area.top, column] = number
    return found


def _cells(area: Area) -> Iterator[tuple[int, int]]:
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield row, column


def _rows(area: Area) -> int:
    return area.bottom - area.top + 1


def _size(area: Area) -> int:
    return _rows(area) * (area.right - area.left + 1)

"""Dependents: the formula cells whose value no longer holds once other cells have changed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ltc_xl.workbook.area import MAX_ROW, Area
from ltc_xl.workbook.batches import Batch, Group, Stands
from ltc_xl.workbook.members import Cells
from ltc_xl.workbook.reach import Columns, Rows

Changed = dict[str, dict[int, list[Rows]]]
"""Folded sheet -> column -> rows of cells that changed."""

MANY_STEPS = 100
"""After so many steps from cell to cell, all formulas that a further one meets go along at once."""


@dataclass
class Change:
    """What a patch changed.

    Attributes:
        cells: the cells whose value is another one.
        seams: folded sheet -> two rows each, between which rows went; only who reads both lost something.
        moved: folded sheet -> where rows have other numbers.
    """

    cells: Changed = field(default_factory=dict)
    seams: Mapping[str, Sequence[Area]] = field(default_factory=dict)
    moved: Mapping[str, Sequence[Area]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.cells.values()) or bool(self.seams)


class Dependents:
    """Formulas of a workbook, as changes spread among them.

    A cell whose value is known to be right passes nothing on: had it changed, it would be among the changes.
    """

    def __init__(self, batches: Iterable[Batch], stands: Stands) -> None:
        self._batches, self._stands = list(batches), stands
        self._asleep: dict[str, list[Batch]] = defaultdict(list)
        self._awake: dict[str, list[tuple[Batch, Group]]] = defaultdict(list)
        self._roused: set[int] = set()
        for batch in self._batches:
            for sheet in batch.sheets:
                self._asleep[sheet].append(batch)

    def stale(self, change: Change) -> dict[str, list[tuple[int, int]]]:
        """Return folded sheet -> row and column of the formula cells whose value no longer holds."""
        if not change:
            return {}
        frontier: Changed = {sheet: dict(columns) for sheet, columns in change.cells.items() if columns}
        for batch, group, rows in self._at_once(change):
            self._add(frontier, batch, self._fresh(batch, group, rows))
        for step in range(MANY_STEPS * MANY_STEPS):
            if not frontier:
                break
            frontier = self._next(frontier, widely=step > MANY_STEPS)
        return self._found()

    def _found(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for batch in self._batches:
            if id(batch) in self._roused:
                for group in batch.groups:
                    found[batch.sheet] += [(r, c) for c, rows in group.stale.items() for r in rows]
        return found

    # ------------------------------------------------------------ the first step

    def _at_once(self, change: Change) -> Iterator[tuple[Batch, Group, Cells]]:
        """Yield the formulas that are stale whatever cells changed, or because rows went."""
        for batch in self._batches:
            inputs = batch.inputs
            seamed = any(batch.reads(sheet, _whole(areas)) for sheet, areas in change.seams.items())
            counted = inputs.by_row and bool(change.moved)
            if inputs.anything or (inputs.lost and change.seams) or seamed or counted:
                self._rouse(batch)
                for group in batch.groups:
                    everything = inputs.anything or inputs.lost
                    yield batch, group, group.members.all if everything else self._torn(batch, group, change)

    def _torn(self, batch: Batch, group: Group, change: Change) -> Cells:
        """Return the cells of a group that read over a seam, or count rows that have other numbers."""
        found: Cells = {}
        for reach in group.reaches:
            seams = () if reach.is_one_row else change.seams.get(reach.sheet, ())
            counted = change.moved.get(reach.sheet, ()) if group.by_row else ()
            one = replace(group, reaches=[reach])
            _join(found, _readers(one, reach.sheet, _whole([*seams, *counted])))
        if group.by_row:
            _join(found, _inside(group.members.all, change.moved.get(batch.sheet, ())))
        return found

    # ------------------------------------------------------------ the further steps

    def _next(self, frontier: Changed, *, widely: bool) -> Changed:
        """Return the cells that are stale because of those of the last step."""
        found: Changed = {}
        for sheet, columns in frontier.items():
            for batch in [b for b in self._asleep[sheet] if b.reads(sheet, columns)]:
                self._rouse(batch)
            for batch, group in self._awake[sheet]:
                hit = _readers(group, sheet, columns)
                if hit and widely:
                    hit = group.members.all
                if hit:
                    self._add(found, batch, self._fresh(batch, group, _passed_on(batch, group, hit)))
        return found

    def _rouse(self, batch: Batch) -> None:
        """Tell a batch's groups apart, now that it matters."""
        if id(batch) in self._roused:
            return
        self._roused.add(id(batch))
        for sheet in batch.sheets:
            self._asleep[sheet].remove(batch)
        for group in batch.groups:
            for sheet in {reach.sheet for reach in group.reaches}:
                self._awake[sheet].append((batch, group))

    def _fresh(self, batch: Batch, group: Group, hit: Cells) -> dict[int, list[int]]:
        """Return those of some cells that become stale now, and note them."""
        new = {
            column: sorted(r for r in rows - group.stale[column] if not self._stands(batch.sheet, r, column))
            for column, rows in hit.items()
        }
        for column, rows in new.items():
            group.stale[column].update(rows)
        if group.extent and any(new.values()):
            area = group.extent
            return {c: list(range(area.top, area.bottom + 1)) for c in range(area.left, area.right + 1)}
        return new

    @staticmethod
    def _add(frontier: Changed, batch: Batch, new: Mapping[int, list[int]]) -> None:
        for column, rows in new.items():
            if rows:
                frontier.setdefault(batch.sheet, {}).setdefault(column, []).append(rows)


def _readers(group: Group, sheet: str, columns: Columns) -> Cells:
    """Return the cells of a group that read changed cells of a sheet."""
    reaches = [reach for reach in group.reaches if reach.sheet == sheet]
    found: Cells = {}
    for column in group.members.columns:
        spans = [span for reach in reaches for span in reach.readers(column, columns)]
        if spans:
            found |= group.members.within(column, spans)
    return found


def _passed_on(batch: Batch, group: Group, hit: Cells) -> Cells:
    """Return the cells hit, and all that read on from one to the next in the same column.

    A running balance is a chain as long as its column; it is not followed cell by cell.
    """
    for column, rows in hit.items():
        own = [r for r in group.reaches if r.sheet == batch.sheet and _holds(r.columns(column), column)]
        distances = [side.number for r in own for side in (r.top, r.bottom) if side.along]
        first = min(rows) if any(distance < 0 for distance in distances) else MAX_ROW
        last = max(rows) if any(distance > 0 for distance in distances) else 1
        if first < MAX_ROW or last > 1:
            rows.update(group.members.within(column, [(first, MAX_ROW), (1, last)]).get(column, ()))
    return hit


def _join(cells: Cells, more: Cells) -> None:
    for column, rows in more.items():
        cells.setdefault(column, set()).update(rows)


def _inside(cells: Cells, areas: Iterable[Area]) -> Cells:
    """Return those of some cells that stand in areas."""
    found: Cells = {}
    for area in areas:
        for column in range(area.left, area.right + 1):
            rows = {row for row in cells.get(column, ()) if area.top <= row <= area.bottom}
            _join(found, {column: rows})
    return found


def _holds(span: tuple[int, int], column: int) -> bool:
    return span[0] <= column <= span[1]


def _whole(areas: Iterable[Area]) -> dict[int, list[Rows]]:
    """Return areas as columns with their rows."""
    columns: dict[int, list[Rows]] = defaultdict(list)
    for area in areas:
        for column in range(area.left, area.right + 1):
            columns[column].append(range(area.top, area.bottom + 1))
    return columns

"""Dependents: the formula cells whose value no longer holds once other cells have changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count

from ltc_xl.workbook.area import MAX_ROW, Area
from ltc_xl.workbook.batches import Batch, Group, Stands
from ltc_xl.workbook.listeners import Listeners
from ltc_xl.workbook.members import Cells
from ltc_xl.workbook.reach import Columns, Rows

Changed = dict[str, dict[int, list[Rows]]]
"""Folded sheet -> column -> rows of cells that changed."""

MANY_STEPS = 12
"""After so many steps from cell to cell, all formulas that a further one meets go along at once."""


@dataclass
class Change:
    """What a patch changed.

    Attributes:
        cells: the cells whose value is another one.
        seams: folded sheet -> two rows each, between which rows went; only who reads both lost something.
        moved: folded sheet -> where rows have other numbers.
        losing: folded sheets on which formulas name something that went.
    """

    cells: Changed = field(default_factory=dict)
    seams: Mapping[str, Sequence[Area]] = field(default_factory=dict)
    moved: Mapping[str, Sequence[Area]] = field(default_factory=dict)
    losing: Collection[str] = ()

    def __bool__(self) -> bool:
        return any(self.cells.values()) or bool(self.seams)


class Dependents:
    """Formulas of a workbook, as changes spread among them.

    A cell whose value is known to be right passes nothing on: had it changed, it would be among the changes.
    """

    def __init__(self, batches: Iterable[Batch], stands: Stands) -> None:
        self._batches, self._stands = list(batches), stands
        self._asleep, self._awake = Listeners[Batch](), Listeners[Group]()
        self._roused: dict[int, Batch] = {}
        for batch in self._batches:
            for span in batch.columns:
                self._asleep.add(batch, *span)

    def stale(self, change: Change) -> dict[str, list[tuple[int, int]]]:
        """Return folded sheet -> row and column of the formula cells whose value no longer holds."""
        if not change:
            return {}
        frontier: Changed = {
            sheet: {column: [*parts] for column, parts in columns.items()}
            for sheet, columns in change.cells.items()
        }
        for group, cells in self._at_once(change):
            self._add(frontier, group, self._fresh(group, cells))
        for step in count():
            if not frontier:
                break
            frontier = self._next(_in_order(frontier), widely=step > MANY_STEPS)
        return self._found()

    def _found(self) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for group in (group for batch in self._roused.values() for group in batch.groups):
            found[group.sheet] += [(row, column) for column, rows in group.stale.items() for row in rows]
        return found

    # ------------------------------------------------------------ the first step

    def _at_once(self, change: Change) -> Iterator[tuple[Group, Cells]]:
        """Yield the formulas that are stale whatever cells changed, or because rows went."""
        seams = {sheet: _whole(areas) for sheet, areas in change.seams.items()}
        seamed = {id(b) for sheet, columns in seams.items() for b in self._asleep.of(sheet, columns)}
        for batch in self._batches:
            inputs = batch.inputs
            everything = inputs.anything or (inputs.lost and batch.sheet in change.losing)
            counted = inputs.by_row and bool(change.moved)
            if everything or counted or id(batch) in seamed:
                self._rouse(batch)
                for group in batch.groups:
                    yield group, group.members.all if everything else _torn(group, change)

    # ------------------------------------------------------------ the further steps

    def _next(self, frontier: Changed, *, widely: bool) -> Changed:
        """Return the cells that are stale because of those of the last step."""
        found: Changed = {}
        for sheet, columns in frontier.items():
            for batch in self._asleep.of(sheet, columns):
                self._rouse(batch)
            for group in self._awake.of(sheet, columns):
                hit = {} if group.spent else _readers(group, sheet, columns)
                if hit and widely:
                    hit, group.spent = group.members.all, True
                if hit:
                    self._add(found, group, self._fresh(group, _passed_on(group, hit)))
        return found

    def _rouse(self, batch: Batch) -> None:
        """Tell a batch's groups apart, now that it matters."""
        if id(batch) in self._roused:
            return
        self._roused[id(batch)] = batch
        for group in batch.groups:
            for sheet, left, right in group.columns:
                self._awake.add(group, sheet, left, right)

    def _fresh(self, group: Group, hit: Cells) -> Mapping[int, Rows]:
        """Return those of some cells that become stale now, and note them; of an array all that it fills."""
        new = {
            column: sorted(r for r in rows - group.stale[column] if not self._stands(group.sheet, r, column))
            for column, rows in hit.items()
        }
        for column, rows in new.items():
            group.stale[column].update(rows)
        area = group.extent
        if area and any(new.values()):
            return dict.fromkeys(range(area.left, area.right + 1), range(area.top, area.bottom + 1))
        return new

    @staticmethod
    def _add(frontier: Changed, group: Group, new: Mapping[int, Rows]) -> None:
        for column, rows in new.items():
            if rows:
                frontier.setdefault(group.sheet, {}).setdefault(column, []).append(rows)


def _in_order(changed: Changed) -> Changed:
    """Return the same cells, the rows of each column in one ascending list."""
    return {
        sheet: {
            column: parts if len(parts) == 1 else [sorted(set(chain.from_iterable(parts)))]
            for column, parts in columns.items()
        }
        for sheet, columns in changed.items()
    }


def _torn(group: Group, change: Change) -> Cells:
    """Return the cells of a group that read over a seam, or count rows that have other numbers."""
    found: Cells = {}
    for reach in group.reaches:
        seams = () if reach.is_one_row else change.seams.get(reach.sheet, ())
        counted = change.moved.get(reach.sheet, ()) if group.by_row else ()
        one = replace(group, reaches=[reach])
        _join(found, _readers(one, reach.sheet, _whole([*seams, *counted])))
    if group.by_row:
        _join(found, _inside(group.members.all, change.moved.get(group.sheet, ())))
    return found


def _readers(group: Group, sheet: str, columns: Columns) -> Cells:
    """Return the cells of a group that read changed cells of a sheet."""
    reaches = [reach for reach in group.reaches if reach.sheet == sheet]
    found: Cells = {}
    for column in group.members.columns:
        within = group.members.bounds(column)
        spans = [span for reach in reaches for span in reach.readers(column, columns, within)]
        if spans:
            found |= group.members.within(column, spans)
    return found


def _passed_on(group: Group, hit: Cells) -> Cells:
    """Return the cells hit, and all that read on from one to the next in the same column.

    A running balance is a chain as long as its column; it is not followed cell by cell.
    """
    for column, rows in hit.items():
        own = [r for r in group.reaches if r.sheet == group.sheet and _holds(r.columns(column), column)]
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

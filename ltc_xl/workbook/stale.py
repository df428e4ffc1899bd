"""Stale values: cached results of formulas that a patch has made wrong, so that nobody reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.batches import Batch, batches
from ltc_xl.workbook.calculation import has_formula
from ltc_xl.workbook.container import part_key
from ltc_xl.workbook.delete import Deletion
from ltc_xl.workbook.dependents import Change, Changed, Dependents
from ltc_xl.workbook.meanings import Meanings
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.package import Package, Sheet
from ltc_xl.workbook.references import GONE
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.sheetpatch import SheetPatch

_LOST = GONE.encode()


class StaleValues:
    """What the patched sheets of a workbook make stale on all of its sheets.

    A sheet that cannot be cut, and that no edit names, keeps its values: Excel computes them anyway.
    """

    def __init__(self, deletion: Deletion, sheets: Sequence[SheetPatch], movements: Movements) -> None:
        self._deletion, self._package, self._movements = deletion, deletion.package, movements
        self._patches = {sheet.name.casefold(): sheet for sheet in sheets}
        movers = {name.casefold(): movement.pointed for name, movement in movements.items()}
        self._book = Meanings(self._package, movers)

    def cells(self) -> dict[str, list[tuple[int, int]]]:
        """Return sheet -> row and column of the formulas whose cached value no longer holds."""
        if not self._change:
            return {}
        found = Dependents(self._batches(), self._stands).stale(self._change)
        return {sheet.name: cells for sheet in self._sheets if (cells := found.get(sheet.name.casefold()))}

    @cached_property
    def _change(self) -> Change:
        cells: Changed = {
            name: {column: [rows] for column, rows in patch.changed.items()}
            for name, patch in self._patches.items()
        }
        for name, area in self._new_rows:
            for column in range(area.left, area.right + 1):
                new = cells.setdefault(name, {}).setdefault(column, [])
                new.append(range(area.top, area.bottom + 1))
        seams, shifted = _folded(self._deletion.seams), _folded(self._deletion.shifted)
        return Change(cells, seams, shifted, self._losing)

    @property
    def _new_rows(self) -> Iterator[tuple[str, Area]]:
        """Yield sheet and area of rows that are new in a table, blank cells included."""
        for name, movement in self._movements.items():
            for reshape in movement.grown:
                first = reshape.last - reshape.growth + 1
                yield name.casefold(), replace(reshape.area, top=first, bottom=reshape.last)

    @property
    def _losing(self) -> set[str]:
        """Return the sheets on which rows that went have left formulas that name nothing."""
        before = Package(self._package.name, self._package.data, self._package.entries)
        changed = {part_key(part): data for part, data in self._deletion.parts.items()}
        return {
            sheet.name.casefold()
            for sheet in self._sheets
            if (data := changed.get(part_key(sheet.part))) is not None
            and data.count(_LOST) != before.read(sheet.part).count(_LOST)
        }

    @property
    def _sheets(self) -> Iterator[Sheet]:
        return (sheet for sheet in self._package.sheets if sheet.kind == "worksheet")

    def _batches(self) -> Iterator[Batch]:
        for sheet in self._sheets:
            scan = self._scan(sheet)
            if scan is not None:
                yield from batches(scan, self._book, self._stands)

    def _scan(self, sheet: Sheet) -> SheetScan | None:
        patch = self._patches.get(sheet.name.casefold())
        if patch is not None:
            return patch.scan
        data = self._package.read(sheet.part)
        try:
            return SheetScan(data, sheet.name) if has_formula(data) else None
        except CannotPatch:
            return None

    def _stands(self, sheet: str, row: int, column: int) -> bool:
        """Return whether the patch itself says what a cell holds."""
        patch = self._patches.get(sheet)
        return patch is not None and patch.says(row, column)


def _folded(areas: Mapping[str, Iterable[Area]]) -> dict[str, list[Area]]:
    return {name.casefold(): list(found) for name, found in areas.items()}

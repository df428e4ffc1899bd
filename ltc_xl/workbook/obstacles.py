"""What stands in the way of deleted rows: beside a table or below it, or tied to cells that would move."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.annotations import noted_cells
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.gaps import is_within
from ltc_xl.workbook.merges import is_torn
from ltc_xl.workbook.package import Package, TablePart, elements
from ltc_xl.workbook.removal import Removal
from ltc_xl.workbook.scan import RowAt, SheetScan
from ltc_xl.workbook.tags import attribute

_TIED = re.compile(rb"<(?:[\w.-]+:)?(?:inputCells|cellWatch)\s[^>]*>")


@dataclass(frozen=True)
class Surroundings:
    """A table's sheet, seen from the table: what is not its own."""

    package: Package
    scan: SheetScan
    table: TablePart

    def stands_alone_from(self, first: int, last: int) -> bool:
        """Return whether only the table's cells stand from a row on; ``last`` is the table's last row."""
        others = (*self._areas(), *self._notes())
        if any(area.bottom >= first for area in others):
            return False
        return not any(self._has_more(row, last) for row in self.scan.rows(first))

    def refuse(self, removal: Removal) -> None:
        """Refuse where cells would be torn, or something moves that cannot.

        Raises:
            CannotPatch: naming the first such cell.
        """
        if not self.scan.explicit:
            raise self.scan.refusal("patch_odd_sheet")
        for merged in self.scan.merges:
            if is_torn(merged, removal.moved):
                raise self._tied(merged)
        for area in (*self._other_tables(), *self._pivots()):
            if area.meets(removal.moving):
                raise self._tied(area)
        for tag in _TIED.findall(self.scan.tail):
            cell = area_of((attribute(tag, b"r") or b"").decode("ascii", "replace"))
            if cell and removal.moved(cell) != cell:
                raise self._tied(cell)

    def _tied(self, area: Area) -> CannotPatch:
        return self.scan.refusal("patch_rows_tied", area.anchor)

    def _areas(self) -> Iterator[Area]:
        """Yield what is merged or a table outside this one, wherever it stands."""
        yield from self._other_tables()
        yield from self._pivots()
        yield from (merged for merged in self.scan.merges if not self._is_within(merged))

    def _notes(self) -> Iterator[Area]:
        noted = noted_cells(self.package, self._part)
        return (cell for cell in noted if not self._is_within(cell))

    def _is_within(self, area: Area) -> bool:
        own = self.table.area
        return own.left <= area.left and area.right <= own.right and area.bottom <= own.bottom

    def _has_more(self, row: RowAt, last: int) -> bool:
        """Return whether a row has content outside the table."""
        own = self.table.area
        if row.number <= last and is_within(self.scan, row, own.left, own.right):
            return False
        return any(
            not cell.is_blank and (row.number > last or not own.left <= cell.column <= own.right)
            for cell in self.scan.cells(row)
        )

    @property
    def _part(self) -> str:
        return next(sheet.part for sheet in self.package.sheets if sheet.name == self.scan.name)

    def _other_tables(self) -> Iterator[Area]:
        tables = (t for t in self.package.tables if t.sheet == self.table.sheet)
        return (t.area for t in tables if t.name != self.table.name)

    def _pivots(self) -> Iterator[Area]:
        for relation in self.package.relations(self._part):
            if relation.kind == "pivotTable" and relation.target in self.package:
                for location in elements(self.package.xml(relation.target), "location"):
                    if area := area_of(location.get("ref", "")):
                        yield area

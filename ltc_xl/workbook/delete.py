"""Rows that go from tables, before anything else is edited: whatever speaks of later rows follows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import Area, cell_of
from ltc_xl.workbook.edits import AppendRows, CellEdit, DeleteRows, Edit, MarkCells, PutRows
from ltc_xl.workbook.obstacles import Surroundings
from ltc_xl.workbook.overlay import Overlay
from ltc_xl.workbook.package import Package, TablePart
from ltc_xl.workbook.removal import Removal
from ltc_xl.workbook.removed import RemovedRows
from ltc_xl.workbook.reshape import Mover, all_moved
from ltc_xl.workbook.scan import SheetScan


@dataclass(frozen=True)
class Deletion:
    """A workbook whose rows went.

    Attributes:
        package: the workbook as it reads then.
        edits: the other edits, by their places in it; a ``DeleteRows`` that is left blanks the only row.
        removals: sheet -> the rows that went from its tables, in the order they did.
        parts: the parts that changed.
    """

    package: Package
    edits: Sequence[Edit]
    removals: Mapping[str, Sequence[Removal]] = field(default_factory=dict)
    parts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return the number of rows that went."""
        return sum(len(removal.deleted) for found in self.removals.values() for removal in found)

    @property
    def shifted(self) -> Mapping[str, Sequence[Area]]:
        """Return sheet -> the areas, by the old addresses, whose cells went or moved up."""
        return {sheet: [removal.moving for removal in found] for sheet, found in self.removals.items()}

    @property
    def seams(self) -> Mapping[str, Sequence[Area]]:
        """Return sheet -> where rows went: the two that now meet there, by the new addresses."""
        return {
            sheet: [
                replace(removal.area, top=max(at - 1, 1), bottom=at)
                for removal in found
                for at in sorted({row - i for i, row in enumerate(removal.deleted)})
            ]
            for sheet, found in self.removals.items()
        }


def rows_gone(package: Package, edits: Sequence[Edit]) -> Deletion:
    """Return a workbook without the rows that edits delete, and the edits that remain.

    Raises:
        CannotPatch: an edit names no row, or something stands in the way.
    """
    going = _Going.of(package, edits)
    if not going:
        return Deletion(package, [edit for edit in edits if not isinstance(edit, DeleteRows)])
    removals: dict[str, list[tuple[TablePart, Removal]]] = {}
    for table in going:
        if table.deleted:
            removals.setdefault(table.table.sheet, []).append((table.table, table.removal(package)))
    steps = {sheet: [removal for _, removal in found] for sheet, found in removals.items()}
    left = _Left(
        {table.table.name: table for table in going},
        {sheet: all_moved(found) for sheet, found in steps.items()},
        {table.name: table.sheet for table in package.tables},
    )
    remaining = [new for edit in edits if (new := left.edit(edit))]
    parts = RemovedRows(package, removals).parts() if removals else {}
    return Deletion(Overlay.of(package, parts) if parts else package, remaining, steps, parts)


@dataclass(frozen=True)
class _Left:
    """The edits that are left once rows went, by the places in the workbook as it is then.

    Attributes:
        going: name of a table -> its rows that go.
        movers: sheet -> where its areas stand afterwards.
        sheets: name of a table -> its sheet.
    """

    going: "Mapping[str, _Going]"
    movers: Mapping[str, Mover]
    sheets: Mapping[str, str]

    def edit(self, edit: Edit) -> Edit | None:
        """Return an edit as it is then; None when it is done."""
        match edit:
            case CellEdit(sheet, address, _) if sheet in self.movers:
                return replace(edit, address=self._address_of_edit(sheet, address))
            case MarkCells(name, notes=notes) if notes:
                places = ((self._address(self.sheets.get(name, ""), at), note) for at, note in notes.items())
                return replace(edit, notes={at: note for at, note in places if at})
            case AppendRows(name, _, last_row) if last_row and name in self.going:
                gone = self.going[name].deleted
                return replace(edit, last_row=last_row - sum(row <= last_row for row in gone))
            case DeleteRows(name, _):
                table = self.going.get(name)
                blanks = table and not table.is_put and len(table.deleted) < len(table.rows)
                return replace(edit, sheet_rows=[table.first]) if table and blanks else None
            case _:
                return edit

    def _address_of_edit(self, sheet: str, address: str) -> str:
        after = self._address(sheet, address)
        if after is None:
            raise CannotPatch("patch_no_such_row", place=f"{sheet}!{address}", table="")
        return after

    def _address(self, sheet: str, address: str) -> str | None:
        """Return where a cell stands then; None when its row went."""
        cell, mover = cell_of(address), self.movers.get(sheet)
        if cell is None or mover is None:
            return address
        row, column = cell
        after = mover(Area(row, column, row, column))
        return after.anchor if after else None


@dataclass
class _Going:
    """The rows of one table that shall go, and the last row that counts to it."""

    table: TablePart
    rows: set[int] = field(default_factory=set)
    last_row: int = 0
    is_put: bool = False

    @classmethod
    def of(cls, package: Package, edits: Sequence[Edit]) -> "list[_Going]":
        """Return the tables that lose rows, in the order of the workbook."""
        found = {table.name: cls(table) for table in package.tables}
        for edit in edits:
            if isinstance(edit, AppendRows | DeleteRows | PutRows) and edit.table not in found:
                raise CannotPatch("patch_no_such_table", place=package.name, table=edit.table)
            match edit:
                case DeleteRows(name, rows):
                    found[name].rows.update(rows)
                case AppendRows(name, _, last_row):
                    found[name].last_row = max(found[name].last_row, last_row)
                case PutRows(name, _):
                    found[name].is_put = True
        return [table for table in found.values() if table.rows]

    @property
    def first(self) -> int:
        """Return the first data row."""
        return self.table.area.top + self.table.header_rows

    @property
    def last(self) -> int:
        """Return the last data row, those that are still to be taken in included."""
        return max(self.table.area.bottom - self.table.totals_rows, self.last_row)

    @property
    def deleted(self) -> tuple[int, ...]:
        """Return the rows that go: none where the body is put anew, never all that a table has."""
        outside = next((row for row in sorted(self.rows) if not self.first <= row <= self.last), None)
        if outside is not None:
            place = f"{self.table.sheet}!A{outside}"
            raise CannotPatch("patch_no_such_row", place=place, table=self.table.name)
        keeps_one = len(self.rows) > self.last - self.first
        return () if self.is_put else tuple(sorted(self.rows - ({self.first} if keeps_one else set())))

    def removal(self, package: Package) -> Removal:
        """Return how the rows go."""
        own, gone = self.table.area, self.deleted
        scan = SheetScan(package.read(self._part(package)), self.table.sheet)
        around = Surroundings(package, scan, self.table)
        area = replace(own, bottom=max(own.bottom, self.last))
        heads, totals = self.table.header_rows, self.table.totals_rows
        removal = Removal(area, self.last - len(gone), gone, heads, totals)
        alone = around.stands_alone_from(gone[0], area.bottom)
        removal = replace(removal, whole=alone)
        around.refuse(removal)
        return removal

    def _part(self, package: Package) -> str:
        return next(sheet.part for sheet in package.sheets if sheet.name == self.table.sheet)

"""The edits of one sheet, once rows went: cells, bodies and new rows are written, then ranges follow."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ltc_xl.workbook.annotations import noted_cells
from ltc_xl.workbook.area import Area, cell_of
from ltc_xl.workbook.body import TableBody
from ltc_xl.workbook.cells import CellWriter
from ltc_xl.workbook.edits import AppendRows, CachedValue, CellEdit, DeleteRows, Formula, PutRows, Row, Value
from ltc_xl.workbook.grow import area_moved, grow_sheet, grown_table
from ltc_xl.workbook.movement import Movement, Movements
from ltc_xl.workbook.package import Package, Sheet, TablePart
from ltc_xl.workbook.pattern import calculated_columns
from ltc_xl.workbook.reshape import Reshape, all_moved, all_pointed
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.showncells import ShownCells
from ltc_xl.workbook.totals import Totals
from ltc_xl.workbook.worksheet import Dressed, Worksheet, Write
from ltc_xl.workbook.zipcopy import Pieces


@dataclass
class TableEdits:
    """The edits of one table, in the order in which they act.

    Rows right below the range are taken in, the only row left is blanked, the body is put, rows come.
    """

    table: TablePart
    blanked: bool = False
    put: Sequence[Row] | None = None
    new: list[Row] = field(default_factory=list)
    last_row: int = 0
    taken_in: range = range(0)

    def add(self, edit: AppendRows | DeleteRows | PutRows) -> None:
        """Note an edit."""
        match edit:
            case AppendRows(_, rows, last_row):
                self.new.extend(rows)
                self.last_row = max(self.last_row, last_row)
            case DeleteRows():
                self.blanked = True
            case PutRows(_, rows):
                self.put = rows


class SheetPatch:
    """What the edits make of a sheet and of its tables."""

    def __init__(
        self, package: Package, sheet: Sheet, cells: Sequence[CellEdit], tables: Sequence[TableEdits]
    ) -> None:
        self._package, self._sheet, self._tables = package, sheet, tables
        self.name = sheet.name
        self._before = SheetScan(package.read(sheet.part), sheet.name)
        self._reshapes = [self._taken_in(self._before, edits) for edits in tables if edits.last_row]
        self._scan = self._with_totals_moved()
        self._worksheet = self._sheet_of(self._scan)
        for table in tables:
            self._reshapes += self._rows_of(table, {cell.address for cell in cells})
        for cell in cells:
            self._cell(cell)
        self._splices = self._worksheet.splices()

    @property
    def data(self) -> bytes:
        """Return the sheet's bytes before cells were written."""
        return self._scan.data

    @property
    def scan(self) -> SheetScan:
        """Return where things stand before cells are written."""
        return self._scan

    @property
    def changed(self) -> Mapping[int, Sequence[int]]:
        """Return column -> rows of the cells whose content is another one."""
        return self._worksheet.changed

    def says(self, row: int, column: int) -> bool:
        """Return whether an edit says what a cell holds, or what its formula yields."""
        return self._worksheet.noted(row, column) is not None

    def uncalculate(self, cells: Iterable[tuple[int, int]]) -> None:
        """Take the cached values away from formulas at these rows and columns."""
        self._worksheet.uncalculate(self._splices, cells)

    @property
    def written(self) -> int:
        """Return the number of cells written."""
        return self._worksheet.written

    @property
    def formulas_changed(self) -> bool:
        """Return whether the set of formula cells is another one."""
        return self._worksheet.formulas_changed or self._scan is not self._before

    @property
    def row_changes(self) -> list[int]:
        """Return by how many rows each table grew (more than 0) or shrank."""
        return [reshape.growth for reshape in self._reshapes]

    @property
    def source(self) -> bytes:
        """Return the sheet's bytes before anything moved in it."""
        return self._before.data

    @property
    def reshapes(self) -> Sequence[Reshape]:
        """Return how the tables of the sheet change, one after another."""
        return self._reshapes

    @cached_property
    def movement(self) -> Movement | None:
        """Return what happens to areas of this sheet; None when its tables keep their rows and bodies."""
        anew = any(table.blanked or table.put is not None for table in self._tables)
        if not anew and not any(self._reshapes):
            return None
        shown = ShownCells(self._package, self._worksheet)
        return Movement(
            all_moved(self._reshapes),
            all_pointed(self._reshapes),
            written=shown.written,
            shown=shown.text,
            grown=[reshape for reshape in self._reshapes if reshape.growth > 0],
            tables={table.table.name for table in self._tables},
        )

    def parts(self, movements: Movements) -> dict[str, Pieces]:
        """Return the sheet's part and those of its tables, where they changed."""
        grow_sheet(self._splices, self._scan, movements, self._worksheet.used)
        changed: dict[str, Pieces] = {}
        if self._splices:
            changed[self._sheet.part] = list(self._splices.pieces())
        for table in self._tables:
            before = self._package.read(table.table.part)
            after = grown_table(before, all_moved(self._reshapes))
            if after != before:
                changed[table.table.part] = [after]
        return changed

    def _taken_in(self, scan: SheetScan, edits: TableEdits) -> Reshape:
        """Let a table reach to the last row that counts to it, and return how it grew."""
        table = edits.table
        last = table.area.bottom - table.totals_rows
        if table.totals_rows and edits.last_row > last:
            raise scan.refusal("patch_totals_row", f"A{table.area.bottom}", table=table.name)
        reshape = Reshape(
            table.area, max(edits.last_row, last), headers=table.header_rows, totals=table.totals_rows
        )
        below = Area(table.area.bottom + 1, table.area.left, reshape.last, table.area.right)
        for other in self._others(table):
            if reshape and other.meets(below):
                raise scan.refusal("patch_below_table", other.anchor, table=table.name)
        edits.taken_in = range(last + 1, reshape.last + 1)
        edits.table = area_moved(table, reshape)
        return reshape

    def _with_totals_moved(self) -> SheetScan:
        """Return the sheet with the totals of its tables where they stand when rows came or went."""
        scan = self._before
        for edits in self._tables:
            if edits.table.totals_rows and (edits.new or edits.put is not None):
                growth = self._body(edits, self._sheet_of(scan)).growth(edits.new, edits.put)
                if growth:
                    notes = noted_cells(self._package, self._sheet.part)
                    totals = Totals(scan, edits.table, growth, self._others(edits.table), tuple(notes))
                    scan = SheetScan(totals.moved(), scan.name)
        return scan

    def _sheet_of(self, scan: SheetScan) -> Worksheet:
        return Worksheet(scan, CellWriter(scan.name, scan.prefix, self._package.date1904))

    def _body(self, edits: TableEdits, sheet: Worksheet) -> TableBody:
        formulas = calculated_columns(self._package, edits.table)
        return TableBody(
            edits.table, sheet, formulas, self._others(edits.table), len(edits.taken_in), edits.blanked
        )

    def _rows_of(self, edits: TableEdits, edited: Collection[str]) -> list[Reshape]:
        body = self._body(edits, self._worksheet)
        if edits.blanked:
            body.blank(body.first)
        if edits.last_row and edits.put is None:
            body.complete(edits.taken_in, edited)
        if edits.put is not None:
            return [body.put([*edits.put, *edits.new])]
        return [body.append(edits.new)] if edits.new else []

    def _others(self, table: TablePart) -> tuple[Area, ...]:
        """Return the areas of the sheet's other tables."""
        return tuple(t.area for t in self._package.tables if t.sheet == self.name and t.name != table.name)

    def _cell(self, edit: CellEdit) -> None:
        place = cell_of(edit.address)
        if place is None:
            raise self._scan.refusal("patch_off_grid", edit.address)
        self._worksheet.write(*place, _onto(self._worksheet.noted(*place), edit.value))


def _onto(noted: Write | None, value: Value) -> Write:
    """Return the write of a value into a cell that a row left by another program lacks something in."""
    if noted and isinstance(noted.value, Dressed):
        return noted._replace(value=value)
    if noted and isinstance(noted.value, Formula) and isinstance(value, CachedValue):
        return noted._replace(value=Formula(noted.value.text, value.value))
    return Write(value)

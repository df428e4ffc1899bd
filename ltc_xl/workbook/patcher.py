"""Edits into a workbook file, byte by byte: what no edit names is copied as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.body import TableBody, calculated_columns
from ltc_xl.workbook.calculation import has_formulas, recalculate_on_load, without_chain
from ltc_xl.workbook.cells import CellWriter
from ltc_xl.workbook.delete import refuse_to_move, without_rows
from ltc_xl.workbook.edits import AppendRows, CellEdit, DeleteRows, Edit, PatchReport, PutRows, Row
from ltc_xl.workbook.grow import Mover, Reshape, all_moved, area_moved, grow_names, grow_sheet, grown_table
from ltc_xl.workbook.package import Package, Sheet, TablePart
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.worksheet import Worksheet, Write
from ltc_xl.workbook.zipcopy import Pieces, write_package


def patch(source: Path, target: Path, edits: Sequence[Edit]) -> PatchReport:
    """Write a workbook with the edits made into ``target``, which must not be the source.

    All addresses are those of the source. No edits give the identical file. A new row fills a blank one
    at the table's end first; ranges that end with the table's last row (its filter, formats, validations,
    names, print areas) go on ending there. Cells below a table are never written over nor moved.

    Raises:
        NotAWorkbook: the source is none.
        CannotPatch: an edit would lose something; nothing was written.
    """
    package = Package.open(source)
    patched = _Patch(package, edits)
    changed, dropped = patched.parts()
    if not changed:
        target.write_bytes(package.data)
        return PatchReport()
    try:
        with target.open("wb") as file:
            write_package(package, file, changed, dropped)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return patched.report(tuple(changed), dropped)


@dataclass
class _TableEdits:
    """The edits of one table, in the order in which they act.

    Rows right below the range are taken in, rows go, the body is put, rows come.
    """

    table: TablePart
    gone: set[int] = field(default_factory=set)
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
            case DeleteRows(_, sheet_rows):
                self.gone.update(sheet_rows)
            case PutRows(_, rows):
                self.put = rows


class _Patch:
    """The edits sorted by sheet and table, and what they make of each part."""

    def __init__(self, package: Package, edits: Sequence[Edit]) -> None:
        self._package = package
        self._cells: dict[str, list[CellEdit]] = {}
        self._tables: dict[str, _TableEdits] = {}
        if any("_xmlsignatures/" in key for key in package.by_key):
            raise CannotPatch("patch_signed", place=package.name)
        for edit in edits:
            self._sort(edit)
        names = dict.fromkeys([*self._cells, *(t.table.sheet for t in self._tables.values())])
        self._sheets = [
            _SheetPatch(package, self._sheet(n), self._cells.get(n, []), self._of(n)) for n in names
        ]

    def parts(self) -> tuple[dict[str, Pieces], tuple[str, ...]]:
        """Return the changed parts and the parts to leave out."""
        changed: dict[str, Pieces] = {}
        for sheet in self._sheets:
            changed |= sheet.parts()
        chain: str | None = None
        if self._formulas_changed:
            speakers, chain = without_chain(self._package)
            changed |= {part: [data] for part, data in speakers.items()}
        if changed and (workbook := self._workbook()):
            changed[self._package.workbook_part] = list(workbook.pieces())
        return changed, (chain,) if chain else ()

    def report(self, parts: tuple[str, ...], dropped: tuple[str, ...]) -> PatchReport:
        """Return what was done."""
        changes = [change for sheet in self._sheets for change in sheet.row_changes]
        return PatchReport(
            cells=sum(sheet.written for sheet in self._sheets),
            rows_added=sum(change for change in changes if change > 0),
            rows_deleted=-sum(change for change in changes if change < 0),
            parts=parts,
            dropped=dropped,
        )

    @property
    def _formulas_changed(self) -> bool:
        return any(sheet.formulas_changed for sheet in self._sheets)

    def _workbook(self) -> Splices:
        splices = Splices(self._package.read(self._package.workbook_part))
        grow_names(splices, {sheet.name: sheet.moved for sheet in self._sheets})
        if self._formulas_changed or has_formulas(self._package, (sheet.data for sheet in self._sheets)):
            recalculate_on_load(splices, self._package.name)
        return splices

    def _sort(self, edit: Edit) -> None:
        if isinstance(edit, CellEdit):
            self._cells.setdefault(edit.sheet, []).append(edit)
            return
        if edit.table not in self._tables:
            self._tables[edit.table] = _TableEdits(self._table(edit.table))
        self._tables[edit.table].add(edit)

    def _of(self, sheet: str) -> list[_TableEdits]:
        return [table for table in self._tables.values() if table.table.sheet == sheet]

    def _table(self, name: str) -> TablePart:
        found = next((table for table in self._package.tables if table.name == name), None)
        if found is None:
            raise CannotPatch("patch_no_such_table", place=self._package.name, table=name)
        return found

    def _sheet(self, name: str) -> Sheet:
        sheet = self._package.sheet(name)
        if sheet is None or sheet.kind != "worksheet":
            raise CannotPatch("patch_no_such_sheet", place=self._package.name, sheet=name)
        return sheet


class _SheetPatch:
    """One sheet: rows go first, then cells, bodies and new rows are written, then ranges follow."""

    def __init__(
        self, package: Package, sheet: Sheet, cells: Sequence[CellEdit], tables: Sequence[_TableEdits]
    ) -> None:
        self._package, self._sheet, self._tables = package, sheet, tables
        self.name = sheet.name
        scan = SheetScan(package.read(sheet.part), sheet.name)
        self._reshapes = [self._taken_in(scan, edits) for edits in tables if edits.last_row]
        self._deletions = {t.table.name: self._deletion(scan, t) for t in tables if t.gone and t.put is None}
        self._scan = self._without_deleted(scan)
        self._reshapes += self._deletions.values()
        writer = CellWriter(sheet.name, self._scan.prefix, package.date1904)
        self._worksheet = Worksheet(self._scan, writer)
        for table in tables:
            self._reshapes += self._rows_of(table)
        for cell in cells:
            self._cell(cell)
        self._splices = self._worksheet.splices()

    @property
    def data(self) -> bytes:
        """Return the sheet's bytes before cells were written."""
        return self._scan.data

    @property
    def written(self) -> int:
        """Return the number of cells written."""
        return self._worksheet.written

    @property
    def formulas_changed(self) -> bool:
        """Return whether the set of formula cells is another one."""
        moved = any(reshape.deleted for reshape in self._reshapes)
        return self._worksheet.formulas_changed or moved

    @property
    def row_changes(self) -> list[int]:
        """Return by how many rows each table grew (more than 0) or shrank."""
        return [r.last - r.area.bottom for r in self._reshapes]

    @cached_property
    def moved(self) -> Mover:
        """Return where areas of this sheet stand afterwards."""
        return all_moved(self._reshapes)

    def parts(self) -> dict[str, Pieces]:
        """Return the sheet's part and those of its tables, where they changed."""
        grow_sheet(self._splices, self._scan, self.moved, self._worksheet.used)
        changed: dict[str, Pieces] = {}
        if self._splices or self._deletions:
            changed[self._sheet.part] = list(self._splices.pieces())
        for table in self._tables:
            before = self._package.read(table.table.part)
            after = grown_table(before, self.moved)
            if after != before:
                changed[table.table.part] = [after]
        return changed

    def _taken_in(self, scan: SheetScan, edits: _TableEdits) -> Reshape:
        """Let a table reach to the last row that counts to it, and return how it grew."""
        table = edits.table
        reshape = Reshape(table.area, max(edits.last_row, table.area.bottom))
        if reshape and table.totals_rows:
            raise scan.refusal("patch_totals_row", f"A{table.area.bottom}", table=table.name)
        edits.taken_in = range(table.area.bottom + 1, reshape.last + 1)
        edits.table = area_moved(table, reshape)
        return reshape

    def _deletion(self, scan: SheetScan, edits: _TableEdits) -> Reshape:
        """Return the rows that go; the first one of a table that would lose all of them is only blanked."""
        table = edits.table
        first = table.area.top + table.header_rows
        outside = next((r for r in sorted(edits.gone) if not first <= r <= table.area.bottom), None)
        if outside is not None or table.totals_rows:
            raise scan.refusal("patch_no_such_row", f"A{outside or table.area.bottom}", table=table.name)
        rows = sorted(edits.gone)
        if len(rows) > table.area.bottom - first:
            rows.remove(first)
        return Reshape(table.area, table.area.bottom - len(rows), tuple(rows))

    def _without_deleted(self, scan: SheetScan) -> SheetScan:
        for name, reshape in self._deletions.items():
            table = next(t.table for t in self._tables if t.table.name == name)
            refuse_to_move(self._package, scan, table, reshape)
            scan = SheetScan(without_rows(scan, reshape), scan.name)
        return scan

    def _rows_of(self, edits: _TableEdits) -> list[Reshape]:
        deletion = self._deletions.get(edits.table.name)
        table = area_moved(edits.table, deletion) if deletion else edits.table
        others = tuple(t.area for t in self._package.tables if t.sheet == self.name and t.name != table.name)
        body = TableBody(table, self._worksheet, calculated_columns(self._package, table), others)
        if deletion and len(deletion.deleted) < len(edits.gone):
            body.blank(body.first)
        for row in edits.taken_in:
            number = deletion.row(row) if deletion else row
            if number and edits.put is None:
                body.complete(number)
        if edits.put is not None:
            return [body.put([*edits.put, *edits.new])]
        return [body.append(edits.new)] if edits.new else []

    def _cell(self, edit: CellEdit) -> None:
        area = area_of(edit.address)
        if area is None or ":" in edit.address:
            raise self._scan.refusal("patch_off_grid", edit.address)
        row: int | None = area.top
        for deletion in self._deletions.values():
            row = deletion.row(row) if row else None
        if row is None:
            raise self._scan.refusal("patch_no_such_row", edit.address, table="")
        self._worksheet.write(row, area.left, Write(edit.value))

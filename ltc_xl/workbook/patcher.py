"""Edits into a workbook file, byte by byte: what no edit names is copied as it stands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from ltc_xl.model.address import column_letters
from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.calculation import has_formulas, recalculate_on_load, without_chain
from ltc_xl.workbook.delete import Deletion, rows_gone
from ltc_xl.workbook.draft import Draft
from ltc_xl.workbook.edits import CellEdit, ClearMarks, Edit, MarkCells, OfferWords, PatchReport, ShowSheet
from ltc_xl.workbook.following import parts_following, sheets_following
from ltc_xl.workbook.marks import mark
from ltc_xl.workbook.mishaps import named_errors
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.names import grow_names
from ltc_xl.workbook.package import Package, Sheet, TablePart
from ltc_xl.workbook.sheetpatch import SheetPatch, TableEdits
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.stale import StaleValues
from ltc_xl.workbook.sums import sums_grown
from ltc_xl.workbook.visible import show_sheet
from ltc_xl.workbook.zipcopy import Pieces, write_package


def patch(source: Path, target: Path, edits: Sequence[Edit]) -> PatchReport:
    """Write a workbook with the edits made into ``target``, which must not be the source.

    All addresses are those of the source. No edits give the identical file. A new row fills a blank one
    at the table's end first; ranges that end with the table's last row (its filter, formats, validations,
    names, print areas) go on ending there. Cells below a table are never written over nor moved. Rows go
    before anything else; formulas, notes, links and ranges follow the rows that move up.

    Raises:
        NotAWorkbook: the source is none.
        CannotPatch: an edit would lose something; nothing was written.
        WorldError: the target cannot be written; what was written of it is gone.
    """
    package = Package.open(source)
    if any("_xmlsignatures/" in key for key in package.by_key):
        raise CannotPatch("patch_signed", place=package.name)
    patched = _Patch.of(rows_gone(package, edits))
    draft = patched.draft()
    with named_errors(source), _whole_or_gone(target) as file:
        if not (draft.changed or draft.added):
            file.write(package.data)
            return PatchReport()
        write_package(package, file, draft.changed, draft.dropped, draft.added)
    return patched.report(draft)


@contextmanager
def _whole_or_gone(target: Path) -> Iterator[BinaryIO]:
    """Open a file to write, and leave none behind that is not whole."""
    try:
        with target.open("wb") as file:
            yield file
    except BaseException:
        target.unlink(missing_ok=True)
        raise


class _Patch:
    """The edits sorted by sheet and table, once rows went, and what they make of each part."""

    def __init__(self, deletion: Deletion) -> None:
        self._deletion, self._package = deletion, deletion.package
        package = self._package
        self._cells: dict[str, list[CellEdit]] = {}
        self._tables: dict[str, TableEdits] = {}
        self._shown: list[str] = []
        self._marks: list[MarkCells | ClearMarks | OfferWords] = []
        for edit in deletion.edits:
            self._sort(edit)
        names = dict.fromkeys([*self._cells, *(t.table.sheet for t in self._tables.values())])
        self._sheets = [
            SheetPatch(package, self._sheet(n), self._cells.get(n, []), self._of(n)) for n in names
        ]
        self._uncalculated: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, deletion: Deletion) -> "_Patch":
        """Return the patch of a workbook whose formulas have taken in the rows that its tables get."""
        patched = cls(deletion)
        growths = {sheet.name: sheet.reshapes for sheet in patched._sheets}
        grown = sums_grown(deletion, growths, {sheet.name: sheet.source for sheet in patched._sheets})
        patched = patched if grown is deletion else cls(grown)
        patched._uncalculated = patched._without_stale_values()  # noqa: SLF001  its own class
        return patched

    def draft(self) -> Draft:
        """Return the package as it shall be; marks come last, onto what all other edits have made."""
        draft = Draft(self._package, *self._parts())
        mark(draft, self._marks)
        return draft

    def _parts(self) -> tuple[dict[str, Pieces], tuple[str, ...]]:
        """Return the changed parts and the parts to leave out."""
        changed: dict[str, Pieces] = {part: [data] for part, data in self._deletion.parts.items()}
        for sheet in self._sheets:
            changed |= sheet.parts(self._movements)
        for part, data in self._following().items():
            changed[part] = [data]
        chain: str | None = None
        if self._formulas_changed:
            speakers, chain = without_chain(self._package)
            changed |= {part: [data] for part, data in speakers.items()}
        if (changed or self._shown) and (workbook := self._workbook()):
            changed[self._package.workbook_part] = list(workbook.pieces())
        return changed, (chain,) if chain else ()

    def report(self, draft: Draft) -> PatchReport:
        """Return what was done."""
        changes = [change for sheet in self._sheets for change in sheet.row_changes]
        return PatchReport(
            cells=sum(sheet.written for sheet in self._sheets),
            rows_added=sum(change for change in changes if change > 0),
            rows_deleted=self._deletion.rows - sum(change for change in changes if change < 0),
            parts=tuple(draft.changed),
            dropped=draft.dropped,
            added=tuple(draft.added),
            uncalculated=self._uncalculated,
        )

    def _without_stale_values(self) -> tuple[tuple[str, str], ...]:
        """Take away the values of formulas that read what has changed; return where they stand."""
        known = {sheet.name: sheet for sheet in self._sheets}
        stale = StaleValues(self._deletion, self._sheets, self._movements).cells()
        for name, cells in stale.items():
            if name not in known:
                known[name] = SheetPatch(self._package, self._sheet(name), [], [])
            known[name].uncalculate(cells)
        self._sheets = list(known.values())
        return tuple(
            (name, f"{column_letters(c)}{r}") for name, cells in stale.items() for r, c in sorted(cells)
        )

    @cached_property
    def _movements(self) -> Movements:
        return {sheet.name: movement for sheet in self._sheets if (movement := sheet.movement)}

    def _following(self) -> dict[str, bytes]:
        """Return the parts that no edit names but that speak of tables whose rows changed."""
        if not self._movements:
            return {}
        patched = {sheet.name for sheet in self._sheets}
        others = sheets_following(self._package, self._movements, but=patched)
        return others | parts_following(self._package, self._movements)

    @property
    def _formulas_changed(self) -> bool:
        return bool(self._deletion.rows) or any(sheet.formulas_changed for sheet in self._sheets)

    def _workbook(self) -> Splices:
        splices = Splices(self._package.read(self._package.workbook_part))
        grow_names(splices, self._movements)
        for name in self._shown:
            show_sheet(splices, name)
        touched = {self._sheet(sheet.name).part: sheet.data for sheet in self._sheets}
        if self._formulas_changed or has_formulas(self._package, touched):
            recalculate_on_load(splices, self._package.name)
        return splices

    def _sort(self, edit: Edit) -> None:
        if isinstance(edit, CellEdit):
            self._cells.setdefault(edit.sheet, []).append(edit)
            return
        if isinstance(edit, ShowSheet):
            self._shown += [sheet.name for sheet in [self._sheet(edit.sheet)] if sheet.state == "hidden"]
            return
        if isinstance(edit, MarkCells | ClearMarks | OfferWords):
            self._marks.append(edit)
            return
        if edit.table not in self._tables:
            self._tables[edit.table] = TableEdits(self._table(edit.table))
        self._tables[edit.table].add(edit)

    def _of(self, sheet: str) -> list[TableEdits]:
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

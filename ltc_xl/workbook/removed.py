"""What rows that went from tables make of every part of a workbook."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ltc_xl.workbook.annotations import moved_notes
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.following import parts_following
from ltc_xl.workbook.gaps import moved_breaks, without_rows, without_table_rows
from ltc_xl.workbook.grow import grow_sheet, grown_table
from ltc_xl.workbook.merges import moved_merges
from ltc_xl.workbook.movement import Movement, Movements
from ltc_xl.workbook.names import grow_names
from ltc_xl.workbook.package import Package, Sheet, TablePart
from ltc_xl.workbook.references import moved_formula, moved_rule
from ltc_xl.workbook.removal import Removal
from ltc_xl.workbook.reshape import Mover, all_moved
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.shared import may_speak_of, moved_formulas
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import plain, xml_text

_FILTERED = re.compile(rb"<(?:[\w.-]+:)?filterColumn[\s/>]")
_COLUMN_FORMULA = re.compile(
    rb"(<((?:[\w.-]+:)?(?:calculatedColumn|totalsRow)Formula)(?:\s[^>]*)?>)([^<]+)(?=</\2)"
)


class RemovedRows:
    """A workbook as rows go from tables of its sheets.

    The rows of a sheet go one table after the other; what follows them does so once.
    """

    def __init__(self, package: Package, removals: Mapping[str, Sequence[tuple[TablePart, Removal]]]) -> None:
        self._package, self._removals = package, removals
        self._movers: dict[str, Mover] = {
            sheet: all_moved([removal for _, removal in found]) for sheet, found in removals.items()
        }
        self._movements: Movements = {
            sheet: Movement(mover, mover, tables={table.name for table, _ in removals[sheet]}, rows_went=True)
            for sheet, mover in self._movers.items()
        }

    def parts(self) -> dict[str, bytes]:
        """Return part -> its bytes afterwards, where they are others."""
        return {part: data for part, data in self._every_part() if data != self._package.read(part)}

    def _every_part(self) -> Iterator[tuple[str, bytes]]:
        for sheet in self._package.sheets:
            if sheet.kind == "worksheet":
                yield sheet.part, self._sheet(sheet)
            if mover := self._movers.get(sheet.name):
                yield from moved_notes(self._package, sheet.part, mover).items()
        for table in self._package.tables:
            yield table.part, self._table(table)
        names = Splices(self._package.read(self._package.workbook_part))
        grow_names(names, self._movements)
        yield self._package.workbook_part, names.result()
        yield from parts_following(self._package, self._movements).items()

    def _sheet(self, sheet: Sheet) -> bytes:
        data = self._package.read(sheet.part)
        if sheet.name not in self._movers and not may_speak_of(data, self._movers):
            return data
        scan = SheetScan(data, sheet.name)
        splices = Splices(data)
        moved_formulas(splices, scan, self._movers)
        scan = _scanned(splices, scan)
        for table, removal in self._removals.get(sheet.name, ()):
            scan = SheetScan(self._closed(scan, table, removal), sheet.name)
        splices = Splices(scan.data)
        grow_sheet(splices, scan, self._movements, None)
        return splices.result()

    def _closed(self, scan: SheetScan, table: TablePart, removal: Removal) -> bytes:
        """Return a sheet's bytes without a table's rows; merged cells and page breaks follow."""
        if removal.whole:
            data = without_rows(scan, removal)
        else:
            filtered = _FILTERED.search(self._package.read(table.part)) is not None
            data = without_table_rows(scan, removal, filtered=filtered)
        closed = SheetScan(data, scan.name)
        tail = moved_breaks(moved_merges(closed.tail, removal.moved), removal)
        return data[: closed.hi] + tail

    def _table(self, table: TablePart) -> bytes:
        """Return a table's XML with its area, and the formulas that its columns are filled with."""
        xml = self._package.read(table.part)
        mover = self._movers.get(table.sheet)
        first = Area(table.area.top + table.header_rows, table.area.left, table.area.bottom, table.area.right)
        after = [mover(first) or first] if mover else [first]

        def filled(match: re.Match[bytes]) -> bytes:
            text = plain(match[3])
            if match[2].endswith(b"totalsRowFormula"):
                new: str | None = moved_formula(text, table.sheet, self._movers)
            else:
                new = moved_rule(text, table.sheet, self._movers, [first], after)
            return match[0] if new in {text, None} else match[1] + xml_text(new or "")

        xml = _COLUMN_FORMULA.sub(filled, xml)
        return grown_table(xml, mover) if mover else xml


def _scanned(splices: Splices, scan: SheetScan) -> SheetScan:
    """Return where things stand in a sheet once it is cut."""
    return SheetScan(splices.result(), scan.name) if splices else scan

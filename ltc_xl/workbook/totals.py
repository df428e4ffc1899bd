"""The totals row of a table: it goes down as the body grows, and up as it shrinks, cell by cell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import MAX_ROW, Area
from ltc_xl.workbook.movement import Movement
from ltc_xl.workbook.names import moved_text
from ltc_xl.workbook.package import TablePart
from ltc_xl.workbook.reshape import Reshape
from ltc_xl.workbook.scan import CellAt, RowAt, SheetScan
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, plain, with_attribute, without_attribute, xml_text

_FORMULA = re.compile(rb"(<(?:[\w.-]+:)?f(?:\s[^>]*)?>)([^<]*)(?=<)")
_SHARED = re.compile(rb"<(?:[\w.-]+:)?f\s[^>]*\bt=[\"']")
_VALUE = re.compile(rb"<((?:[\w.-]+:)?v)(?:\s[^>]*)?(?:/>|>[^<]*</\1\s*>)")
_MASTER = re.compile(rb"<(?:[\w.-]+:)?f\s[^>]*\bref=")
_ROW_ATTRIBUTES = (b"s", b"customFormat", b"ht", b"customHeight")


@dataclass(frozen=True)
class Totals:
    """The totals of a table, about to be moved.

    Attributes:
        others: areas of the sheet's other tables.
        noted: cells that have a note.
    """

    scan: SheetScan
    table: TablePart
    growth: int
    others: Sequence[Area] = ()
    noted: Sequence[Area] = ()

    def moved(self) -> bytes:
        """Return the sheet's bytes with the totals where they stand when the body has its new size.

        Raises:
            CannotPatch: something stands where they would go, or ties them to their place.
        """
        self._refuse()
        splices = Splices(self.scan.data)
        rows = range(self.area.top, self.area.bottom + 1)
        for number in rows if self.growth < 0 else reversed(rows):
            self._move(splices, number)
        return splices.result()

    @property
    def area(self) -> Area:
        """Return where the totals stand."""
        area = self.table.area
        return replace(area, top=area.bottom - self.table.totals_rows + 1)

    def _refuse(self) -> None:
        if not self.scan.explicit:
            raise self._refusal("patch_odd_sheet", self.area)
        if self.area.bottom + self.growth > MAX_ROW:
            raise self._refusal("patch_off_grid", replace(self.area, top=MAX_ROW))
        for area in (*self.scan.merges, *self.scan.arrays, *self.noted):
            if area.meets(self.area):
                raise self._refusal("patch_totals_tied", area)
        below = replace(self.area, top=self.area.bottom + 1, bottom=self.area.bottom + self.growth)
        for area in self._obstacles(below) if self.growth > 0 else ():
            raise self._refusal("patch_below_table", area)

    def _obstacles(self, below: Area) -> Iterator[Area]:
        """Yield what stands in the rows that the table grows over."""
        yield from (area for area in (*self.others, *self.scan.merges) if area.meets(below))
        for row in self.scan.rows(below.top, below.bottom):
            for cell in self._own(row):
                if not cell.is_blank:
                    yield Area(row.number, cell.column, row.number, cell.column)

    def _refusal(self, key: str, area: Area) -> Exception:
        return self.scan.refusal(key, area.anchor, table=self.table.name)

    def _own(self, row: RowAt | None) -> list[CellAt]:
        area = self.table.area
        return [c for c in self.scan.cells(row) if area.left <= c.column <= area.right]

    def _move(self, splices: Splices, number: int) -> None:
        row = self.scan.row(number)
        if row is None:
            return
        cells = {cell.column: self._at(cell, number + self.growth) for cell in self._own(row)}
        for cell in self._own(row):
            splices.replace(cell.start, cell.end, b"")
        self._insert(splices, self.scan.row(number + self.growth), cells, self._row_tag(row))

    def _insert(self, splices: Splices, row: RowAt | None, cells: dict[int, bytes], new_tag: bytes) -> None:
        """Put cells into a row, in place of the table's own that stand there."""
        if row is None:
            name = self.scan.prefix + b"row"
            xml = new_tag + b"".join(cells.values()) + b"</" + name + b">"
            splices.insert(self.scan.place_of(self._number(new_tag)), xml)
            return
        own = {cell.column for cell in self._own(row)}
        for cell in self._own(row):
            if _MASTER.search(cell.body):
                place = Area(row.number, cell.column, row.number, cell.column)
                raise self._refusal("patch_shared_formula", place)
        standing = {c.column: self.scan.data[c.start : c.end] for c in self.scan.cells(row)}
        kept = {column: xml for column, xml in standing.items() if column not in own}
        inside = b"".join(xml for _, xml in sorted({**kept, **cells}.items()))
        tag = self.scan.data[row.start : row.inner]
        if row.bare:
            tag = tag.removesuffix(b"/>").rstrip() + b">"
            inside += b"</" + self.scan.prefix + b"row>"
        splices.replace(row.start, row.close, self._widened(tag, cells) + inside)

    def _row_tag(self, row: RowAt) -> bytes:
        tag = self.scan.data[row.start : row.inner]
        shared = ((name, attribute(tag, name)) for name in _ROW_ATTRIBUTES)
        kept = b"".join(b" " + name + b'="' + value + b'"' for name, value in shared if value)
        return b"<" + self.scan.prefix + b'row r="%d"' % (row.number + self.growth) + kept + b">"

    def _number(self, tag: bytes) -> int:
        return int(attribute(tag, b"r") or b"0")

    def _widened(self, tag: bytes, cells: dict[int, bytes]) -> bytes:
        spans = attribute(tag, b"spans")
        bounds = [int(n) for n in re.findall(rb"\d+", spans or b"")]
        if not bounds or not cells:
            return tag
        first, last = min(*bounds, *cells), max(*bounds, *cells)
        same = (first, last) == (min(bounds), max(bounds))
        return tag if same else with_attribute(tag, b"spans", b"%d:%d" % (first, last))

    def _at(self, cell: CellAt, number: int) -> bytes:
        """Return a cell as it reads in another row; a formula follows its cells, and has no value yet."""
        if attribute(cell.tag, b"r") is None:
            raise self._refusal("patch_odd_sheet", self.area)
        if _SHARED.search(cell.body):
            here = replace(self.area, left=cell.column)
            raise self._refusal("patch_totals_tied", here)
        address = f"{column_letters(cell.column)}{number}".encode()
        tag, body = cell.tag, self.scan.data[cell.inner : cell.end]
        if cell.has_formula:
            tag, body = without_attribute(tag, b"t"), _VALUE.sub(b"", _FORMULA.sub(self._formula, body))
        return with_attribute(tag, b"r", address) + body

    def _formula(self, match: re.Match[bytes]) -> bytes:
        area, table = self.table.area, self.table
        reshape = Reshape(
            area, self.area.top - 1 + self.growth, headers=table.header_rows, totals=table.totals_rows
        )
        text = plain(match[2])
        new = moved_text(text, self.scan.name, {self.scan.name: Movement(reshape.moved, reshape.pointed)})
        return match[0] if new == text else match[1] + xml_text(new)

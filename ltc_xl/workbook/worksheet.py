"""One worksheet under the knife: cells are written into the rows where they belong, the rest stays."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW, Area
from ltc_xl.workbook.cells import CellWriter, same_number, style_of
from ltc_xl.workbook.edits import CachedValue, Formula, Value
from ltc_xl.workbook.scan import CellAt, RowAt, SheetScan
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, with_attribute

_NUMBER = re.compile(rb"\d+")
_SHARED_MASTER = re.compile(rb"<(?:[\w.-]+:)?f\s(?![^>]*\bt=[\"']array)[^>]*\bref=")


class Gone:
    """The cell itself goes, style and all: its table no longer reaches there."""


class Dressed:
    """The cell stays what it is, with the style of its neighbours; a blank one where none stands."""


class Write(NamedTuple):
    """What a cell gets.

    Attributes:
        value: what it holds afterwards.
        style: its style when it does not stand there yet; also when it does and is ``restyled``.
        owned: the cell is the program's: a formula that stands there may be replaced.
    """

    value: Value | Gone | Dressed
    style: bytes | None = None
    owned: bool = False
    restyled: bool = False


@dataclass
class Worksheet:
    """The writes into one sheet, and afterwards what they did.

    Attributes:
        row_tags: attributes of rows that do not stand there yet, by number.
        formulas_changed: whether a cell became, or ceased to be, a formula.
        written: the number of cells written.
        changed: column -> rows of the cells whose content is another one, ascending.
    """

    scan: SheetScan
    writer: CellWriter
    row_tags: dict[int, bytes] = field(default_factory=dict)
    formulas_changed: bool = False
    written: int = 0
    changed: dict[int, list[int]] = field(default_factory=dict)
    _used_rows: set[int] = field(default_factory=set)
    _used_columns: set[int] = field(default_factory=set)
    _writes: dict[int, dict[int, Write]] = field(default_factory=dict)

    def write(self, row: int, column: int, write: Write) -> None:
        """Note a write; the last one of a cell counts."""
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            raise self.scan.refusal("patch_off_grid", f"{column_letters(max(column, 1))}{row}")
        self._writes.setdefault(row, {})[column] = write

    def noted(self, row: int, column: int) -> Write | None:
        """Return what a cell gets, None where nothing is written."""
        return self._writes.get(row, {}).get(column)

    @property
    def rows(self) -> Container[int]:
        """Return the rows that something is written into."""
        return self._writes

    @property
    def used(self) -> Area | None:
        """Return the area of the cells written, None without any; a formula's new value is no such cell."""
        rows, columns = self._used_rows, self._used_columns
        return Area(min(rows), min(columns), max(rows), max(columns)) if rows else None

    def splices(self) -> Splices:
        """Return the cuts that make every noted write true, the sheet's dimension included."""
        self._refuse_merged_and_arrays()
        splices = Splices(self.scan.data)
        for number in self._written_rows:
            self._row(splices, number, self._writes[number])
        if self.scan.empty:
            return self._filled(splices)
        return splices

    def uncalculate(self, splices: Splices, cells: Iterable[tuple[int, int]]) -> None:
        """Cut the cached value away from formulas that stand at these rows and columns."""
        rows = {}
        for row, column in cells:
            self.write(row, column, Write(CachedValue(None)))
            rows[row] = self.scan.row(row)
        starts = {row.start for row in rows.values() if row}
        splices.cuts = [cut for cut in splices.cuts if cut[0] not in starts or cut[0] == cut[1]]
        written, self.changed = self.written, {}
        for number in sorted(rows):
            self._row(splices, number, self._writes[number])
        self.written = written

    def _row(self, splices: Splices, number: int, writes: Mapping[int, Write]) -> None:
        row = self.scan.row(number)
        if row is None or row.bare:
            self._new_row(splices, number, writes, row)
        elif self._goes_whole(row, writes):
            self._note_gone(row)
            splices.replace(row.start, row.end, b"")
        else:
            splices.replace(row.start, row.end, b"".join(self._pieces(row, writes)))

    def _new_row(self, splices: Splices, number: int, writes: Mapping[int, Write], row: RowAt | None) -> None:
        kept = {c: w for c, w in sorted(writes.items()) if not isinstance(w.value, Gone)}
        cells = b"".join(self._new_cell(number, c, w, row) for c, w in kept.items())
        if not cells:
            return
        name = self.scan.prefix + b"row"
        tag = b"<" + name + b' r="%d"' % number + self.row_tags.get(number, b"")
        if row is not None:
            tag = self.scan.data[row.start : row.end].removesuffix(b"/>").rstrip()
        start, end = (row.start, row.end) if row else (self.scan.place_of(number),) * 2
        splices.replace(start, end, tag + b">" + cells + b"</" + name + b">")

    def _pieces(self, row: RowAt, writes: Mapping[int, Write]) -> Iterator[bytes]:
        """Yield a row that stands there, piece by piece, with its writes made."""
        data, at, todo = self.scan.data, row.inner, sorted(writes, reverse=True)
        yield self._row_start(row, writes)
        for cell in self.scan.cells_near(row, todo[::-1]):
            yield data[at : cell.start]
            while todo and todo[-1] < cell.column:
                column = todo.pop()
                yield self._new_cell(row.number, column, writes[column], row)
            at = cell.start
            if todo and todo[-1] == cell.column:
                new = self._cell(row.number, cell.column, writes[todo.pop()], cell, row)
                if new != data[at : cell.end]:
                    self.changed.setdefault(cell.column, []).append(row.number)
                yield new
                at = cell.end
        yield data[at : row.close]
        yield from (self._new_cell(row.number, c, writes[c], row) for c in reversed(todo))
        yield data[row.close : row.end]

    def _new_cell(self, number: int, column: int, write: Write, row: RowAt | None) -> bytes:
        """Return the bytes of a cell that did not stand there."""
        new = self._cell(number, column, write, None, row)
        if new:
            self.changed.setdefault(column, []).append(number)
        return new

    def _cell(self, number: int, column: int, write: Write, cell: CellAt | None, row: RowAt | None) -> bytes:
        """Return the new bytes of a cell; b'' where none need stand."""
        address = f"{column_letters(column)}{number}"
        value = write.value
        if isinstance(value, CachedValue):
            return self._recached(address, value, cell)
        if isinstance(value, Dressed):
            return self._dressed(address, write.style, cell)
        formula = cell is not None and self._guarded(address, write, cell)
        self.formulas_changed |= formula != isinstance(value, Formula)
        if isinstance(value, Gone):
            return b"" if cell is None or attribute(cell.tag, b"r") else b"<" + self.scan.prefix + b"c/>"
        style = self._style(column, write, cell, row)
        if cell is None and style is None and (value is None or value == ""):
            return b""
        self.written += 1
        self._used_rows.add(number)
        self._used_columns.add(column)
        return self.writer.cell(address, style, value)

    def _dressed(self, address: str, style: bytes | None, cell: CellAt | None) -> bytes:
        if cell is None:
            return self.writer.cell(address, style, None)
        tag = with_attribute(cell.tag, b"s", style) if style else cell.tag
        return tag + self.scan.data[cell.inner : cell.end]

    def _recached(self, address: str, value: CachedValue, cell: CellAt | None) -> bytes:
        if cell is None:
            return b""
        if not cell.has_formula:
            return self.scan.data[cell.start : cell.end]
        new = self.writer.recached(cell.tag, cell.body, address, value.value)
        old = self.scan.data[cell.start : cell.end]
        if new == old or same_number(new, old):
            return old
        self.written += 1
        return new

    def _guarded(self, address: str, write: Write, cell: CellAt) -> bool:
        """Return whether a formula goes; refuse to lose one of the user's, or what we do not know."""
        if cell.inner == cell.close:
            return False
        formula = cell.has_formula
        if formula and not write.owned and not isinstance(write.value, Formula):
            raise self.scan.refusal("patch_formula", address)
        if formula and _SHARED_MASTER.search(cell.body):
            raise self.scan.refusal("patch_shared_formula", address)
        if b"extLst" in cell.body:
            raise self.scan.refusal("patch_odd_cell", address)
        return formula

    def _style(self, column: int, write: Write, cell: CellAt | None, row: RowAt | None) -> bytes | None:
        if cell is not None and not write.restyled:
            return style_of(cell.tag)
        return write.style or self._inherited(row, column)

    def _inherited(self, row: RowAt | None, column: int) -> bytes | None:
        """Return the style a new cell has from its row, else from its column."""
        if row is not None:
            tag = self.scan.data[row.start : row.inner]
            if attribute(tag, b"customFormat") in {b"1", b"true"}:
                return style_of(tag)
        return self.scan.column_style(column)

    def _goes_whole(self, row: RowAt, writes: Mapping[int, Write]) -> bool:
        """Return whether every cell goes, so that the row may; not where rows count by position."""
        if not self.scan.explicit or not all(isinstance(w.value, Gone) for w in writes.values()):
            return False
        return {c.column for c in self.scan.cells(row)} <= set(writes)

    def _note_gone(self, row: RowAt) -> None:
        for cell in self.scan.cells(row):
            self.formulas_changed |= cell.has_formula
            self.changed.setdefault(cell.column, []).append(row.number)

    def _row_start(self, row: RowAt, writes: Mapping[int, Write]) -> bytes:
        """Return a row's start tag, its hint of its columns widened when a write falls outside."""
        tag = self.scan.data[row.start : row.inner]
        bounds = [int(n) for n in _NUMBER.findall(attribute(tag, b"spans") or b"")]
        lo, hi = min([*bounds, *writes]), max([*bounds, *writes])
        if bounds and (lo, hi) != (min(bounds), max(bounds)):
            return with_attribute(tag, b"spans", b"%d:%d" % (lo, hi))
        return tag

    def _filled(self, splices: Splices) -> Splices:
        """Return the same cuts for a sheet that stood as ``<sheetData/>``."""
        rows = b"".join(new for _, _, new in splices.cuts)
        name = self.scan.prefix + b"sheetData"
        filled = Splices(self.scan.data)
        filled.replace(self.scan.start, self.scan.hi, b"<" + name + b">" + rows + b"</" + name + b">")
        return filled

    def _refuse_merged_and_arrays(self) -> None:
        for area in self.scan.arrays:
            address = next(self._inside(area), None)
            if address and (area.anchor != area.text or self._is_data_table(area)):
                raise self.scan.refusal("patch_array", address)
        for area in self.scan.merges:
            anchor = area.anchor
            if address := next((a for a in self._inside(area) if a != anchor), None):
                raise self.scan.refusal("patch_merged", address, area=area.text)

    def _is_data_table(self, area: Area) -> bool:
        cell = self.scan.cell(area.top, area.left)
        return cell is None or b"dataTable" in cell.body

    def _inside(self, area: Area) -> Iterator[str]:
        """Yield the addresses of an area that are written."""
        rows = self._written_rows
        for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]:
            columns = (c for c in self._writes[row] if area.left <= c <= area.right)
            yield from (f"{column_letters(column)}{row}" for column in sorted(columns))

    @cached_property
    def _written_rows(self) -> list[int]:
        return sorted(self._writes)

"""Rows taken out of a worksheet's bytes, and the gap closed: by whole sheet rows, or within a table."""

import re
from collections.abc import Sequence

from ltc_xl.workbook.area import MAX_ROW, area_of
from ltc_xl.workbook.removal import Removal
from ltc_xl.workbook.scan import CellAt, RowAt, SheetScan
from ltc_xl.workbook.tags import attribute, with_attribute, without_attribute


def without_rows(scan: SheetScan, removal: Removal) -> bytes:
    """Return a sheet's bytes without the deleted sheet rows; later rows carry their new numbers."""
    numbered, pieces, position = _numbered(scan), [], 0
    for row in scan.rows(removal.deleted[0]):
        pieces.append(scan.data[position : row.start])
        position = row.end
        new = removal.row(row.number)
        if new is not None:
            pieces.append(_renumbered(scan.data[row.start : row.end], new, numbered))
    return b"".join((*pieces, scan.data[position:]))


def without_table_rows(scan: SheetScan, removal: Removal, *, filtered: bool) -> bytes:
    """Return a sheet's bytes with the table's later cells moved up and the cells they leave gone.

    Rows keep their height and what stands beside the table. Where the table is ``filtered``, whether a
    row is hidden goes with the table's cells.
    """
    return _TableRows(scan, removal, filtered=filtered).closed()


def is_within(scan: SheetScan, row: RowAt, left: int, right: int) -> bool:
    """Return whether a row's first and last cell say that they stand between two columns."""
    data, opening = scan.data, b"<" + scan.prefix + b"c "
    for at in (data.find(opening, row.inner, row.close), data.rfind(opening, row.inner, row.close)):
        tag = data[at : data.find(b">", at)] if at >= 0 else b""
        area = area_of((attribute(tag, b"r") or b"").decode("ascii", "replace"))
        if area is None or not left <= area.left <= right:
            return False
    return True


def _numbered(scan: SheetScan) -> re.Pattern[bytes]:
    """Return what finds the numbers that rows and cells have."""
    return re.compile(rb"(<" + scan.prefix + rb"(?:c|row)\s(?:[^>]*?\s)?r=[\"'][A-Za-z]*)\d+(?=[\"'])")


def _renumbered(xml: bytes, number: int, numbered: re.Pattern[bytes]) -> bytes:
    """Return the XML of a row or of cells with another number; splitting is faster than replacing."""
    parts = numbered.split(xml)
    parts[1::2] = [before + b"%d" % number for before in parts[1::2]]
    return b"".join(parts)


class _TableRows:
    """The sheet rows of a table whose cells move up."""

    def __init__(self, scan: SheetScan, removal: Removal, *, filtered: bool) -> None:
        self._scan, self._removal, self._filtered = scan, removal, filtered
        self._numbered = _numbered(scan)
        self._address = re.compile(rb"(<" + scan.prefix + rb"c\s(?:[^>]*?\s)?r=[\"'][A-Za-z]+)\d+")

    def closed(self) -> bytes:
        """Return the sheet with the gap closed."""
        area, scan = self._removal.moving, self._scan
        gone = set(self._removal.deleted)
        left = (n for n in range(area.top, area.bottom + 1) if n not in gone)
        rows = {row.number: row for row in scan.rows(area.top, area.bottom)}
        head, tail = scan.data[: scan.place_of(area.top)], scan.data[scan.place_of(area.bottom + 1) :]
        numbers = range(area.top, area.bottom + 1)
        moved = (self._row(number, rows.get(number), rows.get(next(left, 0))) for number in numbers)
        return b"".join((head, *moved, tail))

    def _row(self, number: int, here: RowAt | None, source: RowAt | None) -> bytes:
        """Return a row with its own cells outside the table and those of another row inside."""
        if here and source and self._is_plain(here, source):
            cells_of = self._scan.data[source.inner : source.end]
            return self._tag(here) + _renumbered(cells_of, number, self._numbered)
        inside = [(c.column, self._moved(c, number)) for c in self._cells(source) if self._inside(c)]
        outside = [(c.column, self._as_it_stands(c)) for c in self._cells(here) if not self._inside(c)]
        cells = sorted(inside + outside)
        hidden = self._filtered and _hidden(self._tag(source))
        if here is None and not cells and not hidden:
            return b""
        name = self._scan.prefix + b"row"
        tag = self._tag(here) or b"<" + name + b' r="%d">' % number
        tag = _spanning(tag, [column for column, _ in cells])
        if self._filtered:
            tag = with_attribute(tag, b"hidden", b"1") if hidden else without_attribute(tag, b"hidden")
        content = b"".join(cell for _, cell in cells)
        if not content and tag.endswith(b"/>"):
            return tag
        return tag.removesuffix(b"/>").removesuffix(b">").rstrip() + b">" + content + b"</" + name + b">"

    def _is_plain(self, here: RowAt, source: RowAt) -> bool:
        """Return whether a row can take the other's cells as they are: neither has any outside the table."""
        left, right = self._removal.area.left, self._removal.area.right
        if self._filtered or here.bare or source.bare:
            return False
        spans = (attribute(self._tag(row), b"spans") for row in (here, source))
        return len(set(spans)) == 1 and all(is_within(self._scan, r, left, right) for r in (here, source))

    def _inside(self, cell: CellAt) -> bool:
        return self._removal.area.left <= cell.column <= self._removal.area.right

    def _cells(self, row: RowAt | None) -> Sequence[CellAt]:
        return self._scan.cells(row)

    def _tag(self, row: RowAt | None) -> bytes:
        return self._scan.data[row.start : row.inner] if row else b""

    def _as_it_stands(self, cell: CellAt) -> bytes:
        return self._scan.data[cell.start : cell.end]

    def _moved(self, cell: CellAt, number: int) -> bytes:
        named = self._address.match(self._scan.data, cell.start)
        if named is None:
            raise self._scan.refusal("patch_odd_sheet")
        return named[1] + b"%d" % number + self._scan.data[named.end() : cell.end]


def moved_breaks(tail: bytes, removal: Removal) -> bytes:
    """Return the XML after a sheet's cells with its page breaks between the same rows as before."""

    def moved(tag: re.Match[bytes]) -> bytes:
        row = attribute(tag[0], b"id") or b""
        if not row.isdigit() or not 0 < int(row) < MAX_ROW:
            return tag[0]
        new = int(row) - sum(gone <= int(row) for gone in removal.deleted)
        return with_attribute(tag[0], b"id", b"%d" % new) if new != int(row) else tag[0]

    breaks = re.compile(rb"<((?:[\w.-]+:)?rowBreaks)[\s>].*?</\1\s*>", re.DOTALL)
    one = re.compile(rb"<(?:[\w.-]+:)?brk\s[^>]*>")
    return breaks.sub(lambda all_: one.sub(moved, all_[0]), tail) if removal.whole else tail


def _hidden(tag: bytes) -> bool:
    return attribute(tag, b"hidden") in {b"1", b"true"}


def _spanning(tag: bytes, columns: Sequence[int]) -> bytes:
    """Return a row's start tag with its hint of columns wide enough."""
    bounds = [int(n) for n in re.findall(rb"\d+", attribute(tag, b"spans") or b"")]
    if not bounds or not columns:
        return tag
    lo, hi = min(bounds[0], *columns), max(bounds[-1], *columns)
    return tag if [lo, hi] == bounds else with_attribute(tag, b"spans", b"%d:%d" % (lo, hi))

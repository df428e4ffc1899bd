"""Index of a worksheet's bytes: where its rows and cells stand. Nothing is parsed that nobody asks for."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from ltc_xl.model.address import column_letters
from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW, Area, area_of, column_number
from ltc_xl.workbook.tags import attribute

NAMESPACES = frozenset(
    {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)

MANY_MARKS = 2_000

_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml([^>]*)\?>)?\s*(?:<!--.*?-->\s*)*<(?:([\w.-]+):)?worksheet\b([^>]*)>",
    re.DOTALL,
)
_ADDRESS = re.compile(rb"([A-Za-z]{1,3})\d+")


@cache
def _column_of(letters: bytes) -> int:
    return column_number(letters.decode())


class RowAt(NamedTuple):
    """A row: its start tag ``data[start:inner]``, its cells ``data[inner:close]``, its end.

    ``bare`` rows have no cells: ``<row r="7"/>``.
    """

    number: int
    start: int
    inner: int
    close: int
    end: int
    bare: bool


class CellAt(NamedTuple):
    """A cell: its start tag ``data[start:inner]``, its content ``data[inner:close]``, its end."""

    column: int
    start: int
    inner: int
    close: int
    end: int
    data: bytes

    @property
    def tag(self) -> bytes:
        """Return its start tag."""
        return self.data[self.start : self.inner]

    @property
    def body(self) -> bytes:
        """Return what stands between its tags."""
        return self.data[self.inner : self.close]

    @property
    def has_formula(self) -> bool:
        """Return whether Excel computes it."""
        return self.inner < self.close and _FORMULA.search(self.data, self.inner, self.close) is not None

    @property
    def is_blank(self) -> bool:
        """Return whether it holds neither value nor formula."""
        return not _CONTENT.search(self.data, self.inner, self.close)


_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:f[\s/>]|[vt](?:\s[^>]*)?>[^<])")


class SheetScan:
    """Where things stand in the bytes of one worksheet.

    Attributes:
        data: the bytes.
        name: the sheet's name, for refusals.
        prefix: namespace prefix of its elements, with the colon; mostly empty.
        start, lo, hi: ``<sheetData>`` starts at ``start``; its content is ``data[lo:hi]``.
        empty: whether it stands as ``<sheetData/>``.
        numbers, starts: number and position of every row that stands there, ascending.
        explicit: whether every row says its number.

    Raises:
        CannotPatch: the bytes are not a worksheet we can safely cut.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name = data, name
        root = self._root()
        self.prefix = root[2] + b":" if root[2] else b""
        self.start, self.lo, self.hi, self.empty = self._body(root.end())
        self._row_tag = re.compile(rb"<" + self.prefix + rb"row(?=[\s/>])(?: r=\"(\d+)\")?[^>]*>")
        self._cell_tag = re.compile(rb"<" + self.prefix + rb"c(?=[\s/>])[^>]*>")
        self._whole_cell = re.compile(
            rb"<" + self.prefix + rb"c(?=[\s/>])(?: r=\"([A-Z]{1,3})\d+\")?[^>]*?(?:/()>|>()"
            rb".*?()</" + self.prefix + rb"c>)",
            re.DOTALL,
        )
        self._row_end = b"</" + self.prefix + b"row"
        self._cell_start, self._cell_end = b"<" + self.prefix + b'c r="%b%d"', b"</" + self.prefix + b"c>"
        self.numbers: list[int] = []
        self.starts: list[int] = []
        self.explicit = True
        self._index()

    def refusal(self, key: str, address: str = "", **values: object) -> CannotPatch:
        """Return a refusal that names the sheet, and the cell where there is one."""
        return CannotPatch(key, place=f"{self.name}!{address}" if address else self.name, **values)

    def row(self, number: int) -> RowAt | None:
        """Return a row that stands there, or None."""
        at = bisect_left(self.numbers, number)
        return self._row_at(at) if at < len(self.numbers) and self.numbers[at] == number else None

    def rows(self, first: int, last: int = MAX_ROW) -> Iterator[RowAt]:
        """Yield the rows that stand between two numbers, both included."""
        at = bisect_left(self.numbers, first)
        while at < len(self.numbers) and self.numbers[at] <= last:
            yield self._row_at(at)
            at += 1

    def place_of(self, number: int) -> int:
        """Return the position where a row of this number stands or would stand."""
        at = bisect_left(self.numbers, number)
        return self.starts[at] if at < len(self.starts) else self.hi

    def cells(self, row: RowAt | None) -> list[CellAt]:
        """Return the cells of a row, left to right."""
        return [] if row is None or row.bare else [self._cell(*found) for found in self._found(row)]

    def cells_near(self, row: RowAt, columns: Sequence[int]) -> Iterable[CellAt]:
        """Return of each of some columns, in ascending order, the cell that stands there or the next one."""
        named = self._named(row, columns)
        return self._near(row, columns) if named is None else named

    def _named(self, row: RowAt, columns: Sequence[int]) -> list[CellAt] | None:
        """Return the cells of some columns; None unless all stand there, in this order, as Excel names them.

        The other cells of the row are not looked at, which is many times faster.
        """
        cells: list[CellAt] = []
        for column in columns:
            cell = self._named_cell(row, column, cells[-1].end if cells else row.inner)
            if cell is None:
                return None
            cells.append(cell)
        return cells

    def _named_cell(self, row: RowAt, column: int, after: int) -> CellAt | None:
        data, name = self.data, column_letters(column).encode()
        start = data.find(self._cell_start % (name, row.number), after, row.close)
        if start < 0:
            return None
        inner = data.index(b">", start) + 1
        if data[inner - 2 : inner] == b"/>":
            return CellAt(column, start, inner, inner, inner, data)
        close = data.find(self._cell_end, inner, row.close)
        return CellAt(column, start, inner, close, close + len(self._cell_end), data) if close >= 0 else None

    def _near(self, row: RowAt, columns: Sequence[int]) -> Iterator[CellAt]:
        wanted = iter(columns)
        at = next(wanted, MAX_COLUMN + 1)
        for match, column in self._found(row):
            if column >= at:
                yield self._cell(match, column)
                at = next((later for later in wanted if later > column), MAX_COLUMN + 1)

    def _found(self, row: RowAt) -> Iterator[tuple[re.Match[bytes], int]]:
        """Yield every cell of a row as found, with its column."""
        end, column = row.inner, 0
        for match in self._whole_cell.finditer(self.data, row.inner, row.close):
            column = self._column(row, match, column)
            yield match, column
            end = match.end()
        if self._cell_tag.search(self.data, end, row.close):
            raise self.refusal("patch_damaged_sheet")

    def cell(self, number: int, column: int) -> CellAt | None:
        """Return a cell that stands there, or None."""
        return next((c for c in self.cells(self.row(number)) if c.column == column), None)

    @cached_property
    def head(self) -> bytes:
        """Return the bytes before ``<sheetData>``."""
        return self.data[: self.start]

    @cached_property
    def tail(self) -> bytes:
        """Return the bytes from the end of ``<sheetData>`` on."""
        return self.data[self.hi :]

    @cached_property
    def merges(self) -> tuple[Area, ...]:
        """Return the merged areas."""
        tags = re.findall(rb"<" + self.prefix + rb"mergeCell(?=\s)[^>]*>", self.tail)
        return _areas(tags)

    @cached_property
    def arrays(self) -> tuple[Area, ...]:
        """Return the areas of array formulas and data tables."""
        if not any(self.data.find(word, self.lo, self.hi) >= 0 for word in (b"array", b"dataTable")):
            return ()
        formula = re.compile(rb"<" + self.prefix + rb"f\s[^>]*>")
        tags = (m[0] for m in formula.finditer(self.data, self.lo, self.hi))
        return _areas(tag for tag in tags if attribute(tag, b"t") in {b"array", b"dataTable"})

    def column_style(self, column: int) -> bytes | None:
        """Return the style that the sheet gives a column."""
        return next((style for first, last, style in self._column_styles if first <= column <= last), None)

    @cached_property
    def _column_styles(self) -> list[tuple[int, int, bytes | None]]:
        tags = re.findall(rb"<" + self.prefix + rb"col\s[^>]*>", self.head)
        bounds = ((attribute(tag, b"min") or b"0", attribute(tag, b"max") or b"0", tag) for tag in tags)
        return [(int(first), int(last), attribute(tag, b"style")) for first, last, tag in bounds]

    def _root(self) -> re.Match[bytes]:
        root = None if self.data[:2] in {b"\xff\xfe", b"\xfe\xff"} else _ROOT.match(self.data)
        if root is None:
            raise self.refusal("patch_encoding")
        encoding = (attribute(root[1] or b"", b"encoding") or b"utf-8").lower()
        namespace = attribute(root[3], b"xmlns" + (b":" + root[2] if root[2] else b""))
        if encoding not in {b"utf-8", b"us-ascii"} or namespace not in NAMESPACES:
            raise self.refusal("patch_encoding")
        return root

    def _body(self, after: int) -> tuple[int, int, int, bool]:
        opening = re.compile(rb"<" + self.prefix + rb"sheetData\s*(/?)>").search(self.data, after)
        if opening is None:
            raise self.refusal("patch_damaged_sheet")
        if opening[1]:
            return opening.start(), opening.end(), opening.end(), True
        closing = self.data.rfind(b"</" + self.prefix + b"sheetData")
        if closing < opening.end():
            raise self.refusal("patch_damaged_sheet")
        if any(_opens(self.data, mark, opening.end(), closing) for mark in (b"!", b"?")):
            raise self.refusal("patch_odd_sheet")
        return opening.start(), opening.end(), closing, False

    def _index(self) -> None:
        last = 0
        for tag in self._row_tag.finditer(self.data, self.lo, self.hi):
            number = int(tag[1]) if tag[1] else self._number(tag[0], last)
            if not last < number <= MAX_ROW:
                raise self.refusal("patch_odd_sheet")
            self.numbers.append(number)
            self.starts.append(tag.start())
            last = number

    def _number(self, tag: bytes, last: int) -> int:
        said = attribute(tag, b"r")
        if said is None:
            self.explicit = False
            return last + 1
        if not said.isdigit():
            raise self.refusal("patch_odd_sheet")
        return int(said)

    def _row_at(self, at: int) -> RowAt:
        start = self.starts[at]
        limit = self.starts[at + 1] if at + 1 < len(self.starts) else self.hi
        inner = self.data.index(b">", start) + 1
        if self.data[inner - 2 : inner] == b"/>":
            return RowAt(self.numbers[at], start, inner, inner, inner, bare=True)
        close = self.data.rfind(self._row_end, inner, limit)
        if close < 0:
            raise self.refusal("patch_damaged_sheet")
        end = self.data.index(b">", close) + 1
        return RowAt(self.numbers[at], start, inner, close, end, bare=False)

    def _column(self, row: RowAt, cell: re.Match[bytes], last: int) -> int:
        column: int = _column_of(cell[1]) if cell[1] else self._odd_column(row, cell, last)
        if column <= last:
            raise self._odd_cell(row, last)
        return column

    def _odd_column(self, row: RowAt, cell: re.Match[bytes], last: int) -> int:
        """Return the column of a cell that writes its address in another way than Excel, or not at all."""
        tag = self._cell_tag.match(cell[0])
        said = attribute(tag[0], b"r") if tag else None
        address = _ADDRESS.fullmatch(said) if said else None
        if said and not address:
            raise self._odd_cell(row, last)
        return column_number(address[1].decode()) if address else last + 1

    def _odd_cell(self, row: RowAt, last: int) -> CannotPatch:
        return self.refusal("patch_odd_sheet", f"{column_letters(max(last, 1))}{row.number}")

    def _cell(self, cell: re.Match[bytes], column: int) -> CellAt:
        start, end = cell.span()
        inner, close = (end, end) if cell.start(2) >= 0 else (cell.start(3), cell.start(4))
        return CellAt(column, start, inner, close, end, self.data)


def _opens(data: bytes, mark: bytes, lo: int, hi: int) -> bool:
    """Return whether ``<`` and the mark stand together; one rare byte is found far faster than two."""
    at = data.find(mark, lo, hi)
    for _ in range(MANY_MARKS):
        if at < 0 or data[at - 1 : at] == b"<":
            return at >= 0
        at = data.find(mark, at + 1, hi)
    return data.find(b"<" + mark, at - 1, hi) >= 0


def _areas(tags: Iterable[bytes]) -> tuple[Area, ...]:
    named = (area_of((attribute(tag, b"ref") or b"").decode("ascii", "replace")) for tag in tags)
    return tuple(area for area in named if area)

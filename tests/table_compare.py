"""What a patched table changed beyond itself and what follows it; nothing of the patcher's is used."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from compare import tree_differences
from lxml import etree
from opened import Element, Opened, OpenedTable, address, grid, parsed, part_key
from table_cells import TableCells, has_content
from table_change import Change, Deletion, Growth
from table_trees import TableTrees

_FIXED = re.compile(r"/(styles|sharedstrings|metadata|theme\d*)\.xml$|^(docprops|customxml)/|\.bin$|/media/")
"""Parts that no table moves."""


def appended_differences(old: Path, new: Path, name: str, texts: list[str]) -> list[str]:
    """Return what is wrong with a file in which rows were appended, each with a text in its first column."""
    before, after = Opened(old), Opened(new)
    table = next(t for t in before.tables if t.name == name)
    growth = Growth(table, len(texts), blank_tail(before, table))
    compared = _Compared(before, after, growth, replace(growth, strict=True))
    return list(compared.found()) or list(_new_rows(after, growth, texts))


def deleted_differences(old: Path, new: Path, name: str, row: int) -> list[str]:
    """Return what is wrong with a file in which a row of a table went, by the reading that finds least."""
    before, after = Opened(old), Opened(new)
    table = next(t for t in before.tables if t.name == name)
    ways = [Deletion(table, row, whole) for whole in (True, False)]
    found = (list(_Compared(before, after, way, way).found()) or list(_blanked(after, way)) for way in ways)
    return min(found, key=len)


def _blanked(book: Opened, change: Deletion) -> Iterator[str]:
    """Yield what somebody typed and still stands in the only row of a table."""
    cells = grid(parsed(book.read(book.sheets[change.sheet])))
    for column in range(change.table.box[1], change.table.box[3] + 1) if change.only else ():
        cell = cells.get((change.row, column))
        if cell is not None and cell.find("{*}f") is None and has_content(cell):
            yield f"{address((change.row, column))} still holds {book.value(cell)!r}"


def blank_tail(book: Opened, table: OpenedTable) -> int:
    """Return how many rows at the end of a table's body hold nothing that somebody typed."""
    cells = grid(parsed(book.read(book.sheets[table.sheet])))
    top, left, bottom, right = table.box
    typed = {
        row
        for (row, column), cell in cells.items()
        if left <= column <= right and cell.find("{*}f") is None and has_content(cell)
    }
    count, number = 0, bottom - table.totals_rows
    while number >= top + table.header_rows and number not in typed:
        count, number = count + 1, number - 1
    return count


def _new_rows(after: Opened, growth: Growth, texts: list[str]) -> Iterator[str]:
    """Yield what is wrong with the rows that came, and with the table's own range."""
    table = growth.table
    now = next(t for t in after.tables if t.name == table.name)
    top, left, bottom, right = table.box
    if now.box != (top, left, bottom + growth.rows, right):
        yield f"{table.name} ends with row {now.box[2]}, not {bottom + growth.rows}"
    cells = grid(parsed(after.read(after.sheets[table.sheet])))
    for row, text in zip(growth.filled, texts, strict=True):
        first = cells.get((row, left))
        shown = after.value(first) if first is not None else None
        if shown != text and table.headers[0] not in table.calculated:
            yield f"{address((row, left))} shows {shown!r}, not {text!r}"
        for column, header in enumerate(table.headers, left):
            cell = cells.get((row, column))
            if header in table.calculated and (cell is None or cell.find("{*}f") is None):
                yield f"{address((row, column))} lacks the formula of {header}"


@dataclass
class _Compared:
    """Two packages, of which the second has the rows of one table changed.

    ``outside`` is what the change does beyond cells: there, what is made of the whole body must grow.
    """

    before: Opened
    after: Opened
    change: Change
    outside: Change

    def found(self) -> Iterator[str]:
        if bad := self.after.bad_entries():
            yield f"the checksum of {bad[0]} is wrong"
            return
        yield from self._entries()
        old, new = self.before.packed, self.after.packed
        for part in (part for part in old if part in new and (old[part] != new[part] or self._speaks(part))):
            try:
                yield from self._part(part)
            except etree.XMLSyntaxError as error:
                yield f"{part} is no XML: {error}"

    @staticmethod
    def _speaks(part: str) -> bool:
        """Return whether a part may speak of ranges that have to follow the table."""
        return re.search(r"/(workbook|(worksheets|tables|charts|pivotcache)/[^/]+)\.xml$", part) is not None

    @cached_property
    def _gone(self) -> set[str]:
        return {part_key(name) for name in self.before.names} - {part_key(name) for name in self.after.names}

    def _entries(self) -> Iterator[str]:
        left = [name for name in self.before.names if part_key(name) not in self._gone]
        if self.after.names != left:
            yield f"entries differ: {sorted(set(self.before.names) ^ set(self.after.names))}"
        if any(not part.endswith("calcchain.xml") for part in self._gone):
            yield f"parts are gone: {sorted(self._gone)}"

    def _part(self, part: str) -> Iterator[str]:
        packaging = part == "[content_types].xml" or part.endswith(".rels")
        if _FIXED.search(part) or (packaging and not self._gone):
            yield f"{part} differs"
            return
        old, new = parsed(self.before.read(part)), parsed(self.after.read(part))
        home = next((name for name, held in self.before.sheets.items() if held == part), None)
        if home is not None:
            yield from self._sheet(part, home, old, new)
            return
        if packaging:
            _without_chain(old)
            yield from tree_differences(part, old, new)
            return
        yield from TableTrees(part, self._home_of(part), self.outside).found(old, new)

    def _home_of(self, part: str) -> str:
        """Return the sheet to which a part belongs, such as a table's or the one with the comments."""
        for name, sheet in self.before.sheets.items():
            if any(target == part for _, _, target in self.before.relations(sheet)):
                return name
        return ""

    def _sheet(self, part: str, home: str, old: Element, new: Element) -> Iterator[str]:
        yield from TableCells(part, home, self.change).found(old, new)
        for sheet in (old, new):
            data = sheet.find("{*}sheetData")
            if data is not None:
                data[:] = []
        yield from TableTrees(part, home, self.outside).found(old, new)


def _without_chain(root: Element) -> None:
    for element in list(root):
        said = f"{element.get('PartName') or ''}{element.get('Target') or ''}".lower()
        if said.endswith("calcchain.xml"):
            root.remove(element)

"""What the cells of a sheet show after its edits, as text: the values that charts keep a copy of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ltc_xl.workbook import events
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.cells import number_text, serial
from ltc_xl.workbook.edits import CachedValue, Formula, Plain
from ltc_xl.workbook.escapes import unescaped
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.scan import CellAt
from ltc_xl.workbook.tags import attribute, plain
from ltc_xl.workbook.worksheet import Dressed, Gone, Worksheet

_VALUE = re.compile(rb"<(?:[\w.-]+:)?v(?:\s[^>]*)?>([^<]*)<")
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^>]*)?>([^<]*)<")


@dataclass(frozen=True)
class ShownCells:
    """The cells of one sheet: those that are written, and those that stand there."""

    package: Package
    sheet: Worksheet

    def text(self, row: int, column: int) -> str | None:
        """Return what a cell shows, numbers as the file holds them; None when it is blank."""
        write = self.sheet.noted(row, column)
        cell = self.sheet.scan.cell(row, column)
        if write is None or isinstance(write.value, Dressed):
            return self._standing(cell)
        if isinstance(write.value, Gone):
            return None
        if isinstance(write.value, CachedValue) and (cell is None or not cell.has_formula):
            return self._standing(cell)
        cached = write.value.value if isinstance(write.value, CachedValue) else write.value
        return self._value(cached.cached if isinstance(cached, Formula) else cached)

    def written(self, area: Area) -> Iterator[tuple[int, int]]:
        """Yield row and column of the cells of an area that are written."""
        rows = self.sheet.rows
        for row in range(area.top, area.bottom + 1):
            if row in rows:
                columns = range(area.left, area.right + 1)
                yield from ((row, column) for column in columns if self.sheet.noted(row, column))

    def _value(self, value: Plain) -> str | None:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, date):
            return serial(value, date1904=self.package.date1904)
        return number_text(value)

    def _standing(self, cell: CellAt | None) -> str | None:
        if cell is None:
            return None
        if attribute(cell.tag, b"t") == b"inlineStr":
            return unescaped("".join(plain(text) for text in _TEXT.findall(cell.body))) or None
        value = _VALUE.search(cell.body)
        text = plain(value[1]) if value else ""
        if attribute(cell.tag, b"t") == b"s":
            return self._shared(text)
        return unescaped(text) or None

    def _shared(self, number: str) -> str | None:
        at = int(number) if number.isdigit() else -1
        return self._strings[at] if 0 <= at < len(self._strings) else None

    @cached_property
    def _strings(self) -> list[str]:
        part = self.package.part_of_kind("sharedStrings")
        return list(events.strings(self.package.read(part))) if part else []

"""Formulas in cells that sum up a table's columns by address: they take in its new rows, as in Excel."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ltc_xl.workbook.area import cell_of
from ltc_xl.workbook.delete import Deletion
from ltc_xl.workbook.overlay import Overlay
from ltc_xl.workbook.references import Reference, rewritten, sheet_of
from ltc_xl.workbook.reshape import Reshape
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, plain, xml_text

_FORMULA_TAG = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>\Z")
_CELL_TAG = re.compile(rb"<(?:[\w.-]+:)?c\s[^>]*>")

Growths = Mapping[str, Sequence[Reshape]]
"""Name of a sheet -> how its tables grow."""


def sums_grown(deletion: Deletion, growths: Growths, held: Mapping[str, bytes]) -> Deletion:
    """Return the workbook with the formulas that name the whole body of a growing table, in its new size.

    Those within the table stay: a running total is to go on ending where it does, and the totals row sees to
    its own.

    Args:
        deletion: the workbook, once rows went.
        growths: how its tables grow.
        held: sheets that are unpacked already, by their name.
    """
    grown = {name: [r for r in found if r.growth > 0] for name, found in growths.items()}
    last_rows = {str(reshape.body.bottom).encode() for found in grown.values() for reshape in found}
    package = deletion.package
    parts: dict[str, bytes] = {}
    for sheet in package.sheets if last_rows else ():
        if sheet.kind == "worksheet":
            splices = Splices(held.get(sheet.name) or package.read(sheet.part))
            _Sums(sheet.name, grown).grow(splices, last_rows)
            if splices:
                parts[sheet.part] = splices.result()
    if not parts:
        return deletion
    changed = {**deletion.parts, **parts}
    return replace(deletion, package=Overlay.of(package, changed), parts=changed)


@dataclass(frozen=True)
class _Sums:
    """The formulas of one sheet."""

    home: str
    growths: Growths

    def grow(self, splices: Splices, last_rows: set[bytes]) -> None:
        """Cut the formulas that name a body which ends with one of the rows."""
        starts = {start for row in last_rows for start in _formulas_ending_ranges_at(splices.data, row)}
        for start in sorted(starts):
            end = splices.data.find(b"<", start)
            text = plain(splices.data[start:end])
            new = self._grown(text, *_home_of(splices.data, start))
            if new != text:
                splices.replace(start, end, xml_text(new))

    def _grown(self, text: str, cell: bytes, formula: bytes) -> str:
        place = cell_of((attribute(cell, b"r") or b"").decode("ascii", "replace"))
        group = attribute(formula, b"ref") or b""

        def again(reference: Reference) -> Reference:
            if group and (b":" in group) and not all(row.startswith("$") for row in reference.rows):
                return reference
            return self._again(reference, place)

        return rewritten(text, again)

    def _again(self, reference: Reference, place: tuple[int, int] | None) -> Reference:
        area = reference.area
        sheet = sheet_of(reference.sheet) if reference.sheet else self.home
        if area is None or reference.single or not reference.rows:
            return reference
        for reshape in self._of(sheet):
            body = reshape.body
            columns = body.left <= area.left and area.right <= body.right
            if columns and area.bottom == body.bottom and reshape.area.top <= area.top <= body.top:
                if sheet == self.home and place and _is_within(reshape, *place):
                    return reference
                return self._again(reference.with_rows(area.top, reshape.last), place)
        return reference

    def _of(self, sheet: str) -> Sequence[Reshape]:
        folded = sheet.casefold()
        return next((found for name, found in self.growths.items() if name.casefold() == folded), ())


def _is_within(reshape: Reshape, row: int, column: int) -> bool:
    table = reshape.area
    return table.top <= row <= table.bottom and table.left <= column <= table.right


def _formulas_ending_ranges_at(data: bytes, row: bytes) -> Iterator[int]:
    """Yield where the texts of the cells' formulas start in which a range ends with a row."""
    ends = re.compile(rb":\$?[A-Z]{1,3}\$?" + row + rb"(?!\d)")
    for found in ends.finditer(data, 0, max(data.rfind(b"sheetData"), 0)):
        start = data.rfind(b">", 0, found.start()) + 1
        if _FORMULA_TAG.search(data, data.rfind(b"<", 0, start), start):
            yield start


def _home_of(data: bytes, start: int) -> tuple[bytes, bytes]:
    """Return the start tags of the cell and of the formula whose text starts there."""
    formula = data.rfind(b"<", 0, start)
    cell = data.rfind(b"<", 0, formula)
    tag = _CELL_TAG.match(data, cell)
    return (tag[0] if tag else b""), data[formula:start]

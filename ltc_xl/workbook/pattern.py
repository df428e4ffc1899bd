"""What a new row of a table looks like: the styles, formulas and height of the rows that stand there."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.cells import style_of
from ltc_xl.workbook.edits import Formula, Plain
from ltc_xl.workbook.package import Package, TablePart, elements, local_name
from ltc_xl.workbook.references import copied_formula
from ltc_xl.workbook.scan import CellAt, SheetScan
from ltc_xl.workbook.tags import attribute, plain

SAMPLE = 5
"""Rows at the end whose commonest style a new row takes, so that one row coloured by hand is not copied."""

_ROW_ATTRIBUTES = (b"s", b"customFormat", b"ht", b"customHeight")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f((?:\s[^>]*?)?)(?:/>|>([^<]*)<)")


@dataclass(frozen=True)
class Pattern:
    """The data rows of a table that a new one is modelled on.

    Attributes:
        formulas: column of the sheet -> formula of a calculated column.
        last: the last row that is a model; rows below it may be bare.
    """

    table: TablePart
    scan: SheetScan
    formulas: dict[int, str]
    last: int

    @property
    def first(self) -> int:
        """Return the first data row."""
        return self.table.area.top + self.table.header_rows

    def cells(self, number: int) -> dict[int, CellAt]:
        """Return column -> cell, for the cells of a row that are the table's."""
        area = self.table.area
        cells = self.scan.cells(self.scan.row(number))
        return {c.column: c for c in cells if area.left <= c.column <= area.right}

    def is_computed(self, column: int) -> bool:
        """Return whether new rows have a formula in a column."""
        return column in self.formulas or column in self._examples

    def formula(self, column: int, number: int, cached: Plain) -> Formula:
        """Return the formula that a computed column has in a row, with its value.

        Raises:
            CannotPatch: it names cells by address, and none of the rows shows how.
        """
        text = self.formulas.get(column)
        if text is not None and not _is_relative(text):
            return Formula(text, cached)
        example = self._examples.get(column) or self._higher_example(column)
        if example is None:
            place = f"{column_letters(column)}{self.last}"
            raise self.scan.refusal("patch_shared_formula", place, table=self.table.name)
        home, text = example
        return Formula(copied_formula(text, number - home, 0), cached)

    @cached_property
    def styles(self) -> dict[int, bytes]:
        """Return column -> the commonest style of the last rows, the lowest on a draw."""
        rows = range(self.last, max(self.first, self.last - SAMPLE + 1) - 1, -1)
        sample = [self.cells(number) for number in rows]
        styles = {}
        for column in range(self.table.area.left, self.table.area.right + 1):
            cells = (cells[column] for cells in sample if column in cells)
            seen = [style for cell in cells if (style := style_of(cell.tag))]
            if seen:
                styles[column] = Counter(seen).most_common(1)[0][0]
        return styles

    @cached_property
    def row_tag(self) -> bytes:
        """Return the attributes of the last row that a new one shares; not that it is hidden or outlined."""
        row = self.scan.row(self.last)
        tag = self.scan.data[row.start : row.inner] if row else b""
        shared = ((name, attribute(tag, name)) for name in _ROW_ATTRIBUTES)
        return b"".join(b" " + name + b'="' + value + b'"' for name, value in shared if value)

    @cached_property
    def _examples(self) -> dict[int, tuple[int, str]]:
        """Return column -> row and text of the formula that the last row has."""
        found = {column: self._example(cell, self.last) for column, cell in self.cells(self.last).items()}
        return {column: example for column, example in found.items() if example}

    def _example(self, cell: CellAt, number: int) -> tuple[int, str] | None:
        """Return where the text of a cell's formula stands, and the text; a shared one stands further up."""
        formula = _CellFormula.of(cell)
        if formula is None or formula.text:
            return (number, formula.text) if formula else None
        for row in self.scan.rows(self.first, number):
            above = next((c for c in self.scan.cells(row) if c.column == cell.column), None)
            master = _CellFormula.of(above) if above else None
            if master and master.text and master.shared == formula.shared:
                return row.number, master.text
        return None

    def _higher_example(self, column: int) -> tuple[int, str] | None:
        """Return the formula of a calculated column from the lowest row that has one."""
        for number in range(self.last - 1, self.first - 1, -1):
            cell = self.cells(number).get(column)
            example = self._example(cell, number) if cell else None
            if example:
                return example
        return None


def calculated_columns(package: Package, table: TablePart) -> dict[int, str]:
    """Return column of the sheet -> formula, for the calculated columns of a table."""
    found = {}
    for i, column in enumerate(elements(package.xml(table.part), "tableColumn")):
        for child in column:
            if local_name(child) == "calculatedColumnFormula" and child.text:
                found[table.area.left + i] = child.text
    return found


@cache
def _is_relative(formula: str) -> bool:
    """Return whether a formula names cells by address, so that it differs from row to row.

    >>> _is_relative("tblLeads[[#This Row],[A1]]*2"), _is_relative('B2&"C3"'), _is_relative("LOG10(B$2)")
    (False, True, False)
    """
    return copied_formula(formula, 1, 0) != formula


@dataclass(frozen=True, slots=True)
class _CellFormula:
    """A cell's formula: its text, empty where it stands with another cell of the shared group."""

    text: str
    shared: bytes | None

    @classmethod
    def of(cls, cell: CellAt) -> "_CellFormula | None":
        """Return the formula of a cell; None where there is none, or an array."""
        match = _FORMULA.search(cell.body)
        if match is None or attribute(match[1], b"t") in {b"array", b"dataTable"}:
            return None
        return cls(plain(match[2] or b""), attribute(match[1], b"si"))

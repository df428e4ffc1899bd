"""The body of an Excel Table: its rows as they stand, and the writes that append to it or replace it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import MAX_ROW, Area
from ltc_xl.workbook.cells import style_of
from ltc_xl.workbook.edits import CachedValue, Formula, Plain, Row, Value
from ltc_xl.workbook.package import Package, TablePart, elements, local_name
from ltc_xl.workbook.reshape import Reshape
from ltc_xl.workbook.scan import CellAt, RowAt
from ltc_xl.workbook.tags import attribute, plain
from ltc_xl.workbook.worksheet import Gone, Worksheet, Write

SAMPLE = 5
"""Rows at the end whose commonest style a new row takes, so that one row coloured by hand is not copied."""

_ROW_ATTRIBUTES = (b"s", b"customFormat", b"ht", b"customHeight")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f((?:\s[^>]*?)?)(?:/>|>([^<]*)<)")
_RELATIVE = re.compile(r"(?<![A-Za-z0-9_.])\$?[A-Za-z]{1,3}\$?\d{1,7}(?![A-Za-z0-9_.(])")
_NOT_REFERENCES = re.compile(r'"[^"]*"|\[[^\[\]]*\]')


@dataclass(frozen=True)
class TableBody:
    """The rows of one table in a sheet that is being written.

    Attributes:
        others: areas of the sheet's other tables.
    """

    table: TablePart
    sheet: Worksheet
    formulas: dict[int, str]
    others: tuple[Area, ...] = ()

    @property
    def first(self) -> int:
        """Return the first data row."""
        return self.table.area.top + self.table.header_rows

    @property
    def last(self) -> int:
        """Return the last data row, blank ones included."""
        return self.table.area.bottom

    @cached_property
    def columns(self) -> dict[str, int]:
        """Return header -> column of the sheet."""
        return {header: self.table.area.left + i for i, header in enumerate(self.table.headers)}

    def append(self, rows: Sequence[Row]) -> Reshape:
        """Write rows at the end: blank rows that stand there first, then below."""
        self._refuse_unknown(rows)
        blank = self._blank_tail()
        for number, row in zip(blank, rows, strict=False):
            self._fill(number, row, owned=False)
        return self._add(rows[len(blank) :])

    def put(self, rows: Sequence[Row]) -> Reshape:
        """Write rows in place of all that stand there; at least one row, blank if need be, remains."""
        self._refuse_unknown(rows)
        named: dict[str, Value] = dict.fromkeys(header for row in rows for header in row)
        blank: dict[str, Value] = named or dict.fromkeys(self._plain_headers)
        standing = range(self.first, self.last + 1)
        for number, row in zip(standing, rows or [{}], strict=False):
            self._fill(number, {**blank, **row}, owned=True)
        last = min(self.last, self.first + max(len(rows), 1) - 1)
        for number in range(last + 1, self.last + 1):
            self._remove(number)
        grown = self._add(rows[len(standing) :])
        return grown or Reshape(self.table.area, last)

    def blank(self, number: int) -> None:
        """Blank a row; its formulas stay."""
        self._fill(number, dict.fromkeys(self._plain_headers), owned=True)

    def complete(self, number: int) -> None:
        """Write the formulas that a row lacks which was left below the table's range."""
        self._fill(number, {}, owned=False)

    @property
    def _plain_headers(self) -> list[str]:
        return [header for header, column in self.columns.items() if column not in self.formulas]

    def _refuse_unknown(self, rows: Sequence[Row]) -> None:
        if self.table.totals_rows:
            raise self._refusal("patch_totals_row", self.last)
        if unknown := next((h for row in rows for h in row if h not in self.columns), None):
            raise self._refusal("patch_no_such_column", self.table.area.top, header=unknown)

    def _refusal(self, key: str, row: int, column: int | None = None, **values: object) -> Exception:
        address = f"{column_letters(self.table.area.left if column is None else column)}{row}"
        return self.sheet.scan.refusal(key, address, table=self.table.name, **values)

    def _cells(self, row: RowAt | None) -> dict[int, CellAt]:
        area = self.table.area
        return {c.column: c for c in self.sheet.scan.cells(row) if area.left <= c.column <= area.right}

    def _is_blank(self, number: int) -> bool:
        """Return whether nobody typed anything into a row."""
        cells = self._cells(self.sheet.scan.row(number)).values()
        return all(cell.is_blank or cell.has_formula for cell in cells)

    def _blank_tail(self) -> list[int]:
        number = self.last
        while number >= self.first and self._is_blank(number):
            number -= 1
        return list(range(number + 1, self.last + 1))

    def _fill(self, number: int, row: Row, *, owned: bool) -> None:
        """Write into a row that is part of the table; formulas stay and get their value."""
        cells = self._cells(self.sheet.scan.row(number))
        for header, value in row.items():
            column = self.columns[header]
            cell = cells.get(column)
            computed = column in self.formulas or (cell and cell.has_formula and not owned)
            new = self._calculated(number, column, value, cell) if computed else value
            self.sheet.write(number, column, Write(new, self._styles.get(column), owned=owned))
        for column in self.formulas.keys() - cells.keys() - {self.columns[h] for h in row}:
            formula = self._formula(column, number, None)
            self.sheet.write(number, column, Write(formula, self._styles.get(column)))

    def _calculated(self, number: int, column: int, value: Value, cell: CellAt | None) -> Value:
        """Return the formula of a calculated column's cell, or its new value where the formula stands."""
        if isinstance(value, Formula):
            return value
        cached = value.value if isinstance(value, CachedValue) else value
        return CachedValue(cached) if cell and cell.has_formula else self._formula(column, number, cached)

    def _remove(self, number: int) -> None:
        for column in self.columns.values():
            self.sheet.write(number, column, Write(Gone(), owned=True))

    def _add(self, rows: Sequence[Row]) -> Reshape:
        """Write rows below the last one, dressed as the rows above."""
        last = self.last + len(rows)
        if rows:
            self._refuse_obstacles(last)
        for number, row in enumerate(rows, self.last + 1):
            self.sheet.row_tags[number] = self._row_tag
            for header, column in self.columns.items():
                value = row.get(header)
                if column in self.formulas or (header in row and column in self._by_example):
                    value = self._calculated(number, column, value, None)
                self.sheet.write(number, column, Write(value, self._styles.get(column), restyled=True))
        return Reshape(self.table.area, last)

    def _refuse_obstacles(self, last: int) -> None:
        """Refuse to write over what stands below the table."""
        area = self.table.area
        if last > MAX_ROW:
            raise self._refusal("patch_off_grid", MAX_ROW)
        below = Area(self.last + 1, area.left, last, area.right)
        for row in self.sheet.scan.rows(below.top, below.bottom):
            for cell in self._cells(row).values():
                if not cell.is_blank:
                    raise self._refusal("patch_below_table", row.number, cell.column)
        for other in (*self.others, *self.sheet.scan.merges):
            if other.meets(below):
                raise self._refusal("patch_below_table", other.top, other.left)

    def _formula(self, column: int, number: int, cached: Plain) -> Formula:
        """Return the formula that a calculated column has in a row, with its value."""
        text = self.formulas.get(column)
        if text is not None and not is_relative(text):
            return Formula(text, cached)
        origin = self._by_example.get(column)
        if origin is None:
            raise self._refusal("patch_shared_formula", self.last, column)
        home, text = origin
        if is_relative(text):
            text = _moved(text, home, f"{column_letters(column)}{number}")
        return Formula(text, cached)

    @cached_property
    def _by_example(self) -> dict[int, tuple[str, str]]:
        """Return column -> address and text of the formula that its last row has."""
        cells = self._cells(self.sheet.scan.row(self.last))
        examples = {column: self._example(column, cell) for column, cell in cells.items()}
        return {column: example for column, example in examples.items() if example}

    def _example(self, column: int, cell: CellAt) -> tuple[str, str] | None:
        """Return where the text of a cell's formula stands, and the text; a shared one stands further up."""
        formula = _Formula.of(cell)
        if formula is None or formula.text:
            return (f"{column_letters(column)}{self.last}", formula.text) if formula else None
        for row in self.sheet.scan.rows(self.first, self.last):
            above = next((c for c in self.sheet.scan.cells(row) if c.column == column), None)
            master = _Formula.of(above) if above else None
            if master and master.text and master.shared == formula.shared:
                return f"{column_letters(column)}{row.number}", master.text
        return None

    @cached_property
    def _sample(self) -> list[dict[int, CellAt]]:
        rows = self.sheet.scan.rows(max(self.first, self.last - SAMPLE + 1), self.last)
        return [self._cells(row) for row in rows]

    @cached_property
    def _styles(self) -> dict[int, bytes]:
        """Return column -> the commonest style of the last rows, the lowest on a draw."""
        styles = {}
        for column in self.columns.values():
            seen = [
                s
                for cells in reversed(self._sample)
                if column in cells and (s := style_of(cells[column].tag))
            ]
            if seen:
                styles[column] = Counter(seen).most_common(1)[0][0]
        return styles

    @cached_property
    def _row_tag(self) -> bytes:
        """Return the attributes of the last row that a new one shares; not that it is hidden or outlined."""
        row = self.sheet.scan.row(self.last)
        tag = self.sheet.scan.data[row.start : row.inner] if row else b""
        shared = ((name, attribute(tag, name)) for name in _ROW_ATTRIBUTES)
        return b"".join(b" " + name + b'="' + value + b'"' for name, value in shared if value)


def calculated_columns(package: Package, table: TablePart) -> dict[int, str]:
    """Return column of the sheet -> formula, for the calculated columns of a table.

    Raises:
        CannotPatch: one of them is an array formula.
    """
    found = {}
    for i, column in enumerate(elements(package.xml(table.part), "tableColumn")):
        for child in column:
            if local_name(child) == "calculatedColumnFormula" and child.text:
                found[table.area.left + i] = child.text
    return found


def is_relative(formula: str) -> bool:
    """Return whether a formula names cells by address, so that it differs from row to row.

    >>> is_relative("tblLeads[[#This Row],[A1]]*2"), is_relative('B2&"C3"'), is_relative("LOG10(2)")
    (False, True, False)
    """
    bare, count = formula, 1
    while count:
        bare, count = _NOT_REFERENCES.subn("", bare)
    return _RELATIVE.search(bare) is not None


def _moved(formula: str, home: str, to: str) -> str:
    """Return a formula as it reads in another cell, its relative addresses moved."""
    from openpyxl.formula.translate import Translator  # a quarter of a second that few tables need

    return str(Translator(f"={formula}", home).translate_formula(to))


@dataclass(frozen=True, slots=True)
class _Formula:
    """A cell's formula: its text, empty where it stands with another cell of the shared group."""

    text: str
    shared: bytes | None

    @classmethod
    def of(cls, cell: CellAt) -> "_Formula | None":
        """Return the formula of a cell; None where there is none, or an array."""
        match = _FORMULA.search(cell.body)
        if match is None or attribute(match[1], b"t") in {b"array", b"dataTable"}:
            return None
        return cls(plain(match[2] or b""), attribute(match[1], b"si"))

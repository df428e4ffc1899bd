"""The body of an Excel Table: its rows as they stand, and the writes that append to it or replace it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import MAX_ROW, Area, cell_of
from ltc_xl.workbook.cells import style_of
from ltc_xl.workbook.edits import CachedValue, Formula, Row, Value
from ltc_xl.workbook.package import TablePart
from ltc_xl.workbook.pattern import Pattern
from ltc_xl.workbook.reshape import Reshape
from ltc_xl.workbook.scan import CellAt
from ltc_xl.workbook.worksheet import Dressed, Gone, Worksheet, Write


@dataclass(frozen=True)
class TableBody:
    """The rows of one table in a sheet that is being written.

    Attributes:
        formulas: column of the sheet -> formula of a calculated column.
        others: areas of the sheet's other tables.
        bare: how many rows at its end some other program left there, which no new row is modelled on.
        blanked: whether its only row went and stays as a blank one, which the first new row fills.
    """

    table: TablePart
    sheet: Worksheet
    formulas: dict[int, str]
    others: tuple[Area, ...] = ()
    bare: int = 0
    blanked: bool = False

    @property
    def first(self) -> int:
        """Return the first data row."""
        return self.table.area.top + self.table.header_rows

    @property
    def last(self) -> int:
        """Return the last data row, blank ones included."""
        return self.table.area.bottom - self.table.totals_rows

    @cached_property
    def columns(self) -> dict[str, int]:
        """Return header -> column of the sheet."""
        return {header: self.table.area.left + i for i, header in enumerate(self.table.headers)}

    def growth(self, new: Sequence[Row], put: Sequence[Row] | None) -> int:
        """Return by how many rows the body grows (more than 0) or shrinks when rows are appended or put."""
        if put is not None:
            return max(len(put) + len(new), 1) - (self.last - self.first + 1)
        return max(len(new) - len(self._blank_tail), 0)

    def append(self, rows: Sequence[Row]) -> Reshape:
        """Write rows at the end: blank rows that stand there first, then below."""
        self._refuse_unknown(rows)
        blank = self._blank_tail
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
        for number in range(last + self.table.totals_rows + 1, self.last + 1):
            self._remove(number)
        grown = self._add(rows[len(standing) :])
        return grown or self._reshaped(last)

    def blank(self, number: int) -> None:
        """Blank a row; its formulas stay."""
        self._fill(number, dict.fromkeys(self._plain_headers), owned=True)

    def complete(self, taken_in: range, edited: Collection[str]) -> None:
        """Give rows that another program left the formulas and styles that they lack.

        Args:
            taken_in: rows that were left below the range.
            edited: addresses that get a value; their rows, when they stand bare within the range.
        """
        for number in taken_in:
            self._complete_row(number)
        if self.formulas:
            for number in sorted({place[0] for address in edited if (place := cell_of(address))}):
                if self.first <= number <= self.last and number not in taken_in and self._is_bare(number):
                    self._complete_row(number)

    def _is_bare(self, number: int) -> bool:
        """Return whether a row has none of the formulas that its neighbours have."""
        row, formula = self.sheet.scan.row(number), b"<" + self.sheet.scan.prefix + b"f"
        return not row or self.sheet.scan.data.find(formula, row.inner, row.close) < 0

    def _complete_row(self, number: int) -> None:
        cells = self._pattern.cells(number)
        for column in self.columns.values():
            self._complete(number, column, cells.get(column))

    def _complete(self, number: int, column: int, cell: CellAt | None) -> None:
        style = self._pattern.styles.get(column)
        undressed = cell is None or style_of(cell.tag) in {None, b"0"}
        if column in self.formulas and (cell is None or cell.is_blank):
            formula = self._pattern.formula(column, number, None)
            self.sheet.write(number, column, Write(formula, style, restyled=undressed))
        elif style and undressed:
            self.sheet.write(number, column, Write(Dressed(), style, restyled=True))

    @property
    def _plain_headers(self) -> list[str]:
        return [header for header, column in self.columns.items() if column not in self.formulas]

    @cached_property
    def _pattern(self) -> Pattern:
        return Pattern(self.table, self.sheet.scan, self.formulas, max(self.last - self.bare, self.first))

    def _reshaped(self, last: int) -> Reshape:
        return Reshape(self.table.area, last, (), self.table.header_rows, self.table.totals_rows)

    def _refuse_unknown(self, rows: Sequence[Row]) -> None:
        if unknown := next((h for row in rows for h in row if h not in self.columns), None):
            raise self._refusal("patch_no_such_column", self.table.area.top, header=unknown)

    def _refusal(self, key: str, row: int, column: int | None = None, **values: object) -> Exception:
        address = f"{column_letters(self.table.area.left if column is None else column)}{row}"
        return self.sheet.scan.refusal(key, address, table=self.table.name, **values)

    def _is_blank(self, number: int) -> bool:
        """Return whether nobody typed anything into a row."""
        blanked = self.blanked and number == self.first
        return blanked or all(c.is_blank or c.has_formula for c in self._pattern.cells(number).values())

    @cached_property
    def _blank_tail(self) -> list[int]:
        number = self.last
        while number >= self.first and self._is_blank(number):
            number -= 1
        return list(range(number + 1, self.last + 1))

    def _fill(self, number: int, row: Row, *, owned: bool) -> None:
        """Write into a row that is part of the table; formulas stay and get their value."""
        cells, styles = self._pattern.cells(number), self._pattern.styles
        for header, value in row.items():
            column = self.columns[header]
            cell = cells.get(column)
            computed = column in self.formulas or (cell and cell.has_formula and not owned)
            new = self._calculated(number, column, value, cell) if computed else value
            self.sheet.write(number, column, Write(new, styles.get(column), owned=owned))
        for column in self.formulas.keys() - cells.keys() - {self.columns[h] for h in row}:
            formula = self._pattern.formula(column, number, None)
            self.sheet.write(number, column, Write(formula, styles.get(column)))

    def _calculated(self, number: int, column: int, value: Value, cell: CellAt | None) -> Value:
        """Return the formula of a calculated column's cell, or its new value where the formula stands."""
        if isinstance(value, Formula):
            return value
        cached = value.value if isinstance(value, CachedValue) else value
        if cell and cell.has_formula:
            return CachedValue(cached)
        return self._pattern.formula(column, number, cached)

    def _remove(self, number: int) -> None:
        for column in self.columns.values():
            self.sheet.write(number, column, Write(Gone(), owned=True))

    def _add(self, rows: Sequence[Row]) -> Reshape:
        """Write rows below the last one, dressed as the rows above."""
        last = self.last + len(rows)
        if rows:
            self._refuse_obstacles(last)
        for number, row in enumerate(rows, self.last + 1):
            self.sheet.row_tags[number] = self._pattern.row_tag
            for column, value in self._new_row(number, row):
                self.sheet.write(
                    number, column, Write(value, self._pattern.styles.get(column), restyled=True)
                )
        return self._reshaped(last)

    def _new_row(self, number: int, row: Row) -> Iterator[tuple[int, Value]]:
        for header, column in self.columns.items():
            value = row.get(header)
            if column in self.formulas or (header in row and self._pattern.is_computed(column)):
                value = self._calculated(number, column, value, None)
            yield column, value

    def _refuse_obstacles(self, last: int) -> None:
        """Refuse to write over what stands below the body; a totals row has been moved out of the way."""
        area = self.table.area
        if last + self.table.totals_rows > MAX_ROW:
            raise self._refusal("patch_off_grid", MAX_ROW)
        below = replace(area, top=self.last + 1, bottom=last)
        for number in range(below.top, last + 1):
            for cell in self._pattern.cells(number).values():
                if not cell.is_blank:
                    raise self._refusal("patch_below_table", number, cell.column)
        for other in (*self.others, *self.sheet.scan.merges):
            if other.meets(below):
                raise self._refusal("patch_below_table", other.top, other.left)

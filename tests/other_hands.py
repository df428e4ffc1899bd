"""What other programs and people do to a workbook: save it anew, sort, filter, move, rename, add."""

import subprocess
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.filters import AutoFilter, FilterColumn, Filters
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import Table, tables

Order = Callable[[int], Sequence[int]]
"""How many there are -> which of them stand where, from the first place on."""

TYPED_IN = ("leads", "opportunities", "customers", "contracts", "lines", "receipts")
"""Tables of the visible sheets."""


def saved_by_libreoffice(book: Path, profile: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice saves it."""
    options = ["--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "xlsx"]
    command = ["soffice", *options, "--outdir", str(folder), str(book)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  our own file, a fixed program
    return folder / book.name


def saved_by_openpyxl(book: Workbook) -> None:
    """Do nothing: saving is what openpyxl does to it."""
    del book


def sorted_backwards(book: Workbook) -> None:
    """Turn the rows of every table upside down, headers apart."""
    for piece in pieces(book, TYPED_IN):
        piece.lay_out(rows=lambda count: range(count - 1, -1, -1))


def filtered(book: Workbook) -> None:
    """Filter every table: two rows of three are hidden."""
    for piece in pieces(book, TYPED_IN):
        left, top, right, bottom = piece.area
        for row in range(top + 1, bottom + 1):
            piece.sheet.row_dimensions[row].hidden = row % 3 > 0
        chosen = FilterColumn(colId=1, filters=Filters(filter=["x"]))
        ref = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
        piece.part.autoFilter = AutoFilter(ref=ref, filterColumn=[chosen])


def columns_moved(book: Workbook) -> None:
    """Move the columns: the last comes first."""
    for piece in pieces(book, TYPED_IN):
        piece.lay_out(columns=lambda count: range(count - 1, -1, -1))


def lines_above_the_header(book: Workbook) -> None:
    """Push the tables three rows down, below a title of the firm's own."""
    for piece in pieces(book, TYPED_IN):
        piece.lay_out(down=3)
        piece.sheet.cell(piece.area[1] - 2, 1, "内部资料 · Internal")


def fifty_columns_inside(book: Workbook) -> None:
    """Put fifty columns of the firm's own among those of every table."""
    for piece in pieces(book, TYPED_IN):
        piece.lay_out(columns=_with_gaps)


def fifty_columns_beside(book: Workbook) -> None:
    """Fill fifty columns right beside every table, outside its range."""
    for piece in pieces(book, TYPED_IN):
        _, top, right, bottom = piece.area
        for number in range(50):
            for row in range(top, bottom + 1):
                text = f"自用{number + 1}" if row == top else f"{row}"
                piece.sheet.cell(row, right + 1 + number, text)


def headers_in(lang: Lang) -> Callable[[Workbook], None]:
    """Return what writes every header, and every formula that names one, in a language."""

    def translated(book: Workbook) -> None:
        found = list(pieces(book))
        words = {p.model.excel: _words(p.model, p.part.column_names, lang) for p in found}
        for piece in found:
            piece.rename(words[piece.model.excel])
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f" and isinstance(cell.value, str):
                        cell.value = _renamed(cell.value, words)
        for name in book.defined_names.values():
            name.value = _renamed(f"={name.value}", words)[1:]

    return translated


def _words(model: Table, headers: Iterable[str], lang: Lang) -> dict[str, str]:
    """Return header -> header in the language; the firm's own and the hidden ones stay."""
    known = {column.label(each): column.label(lang) for column in model.columns for each in ("zh", "en")}
    return {header: known.get(header, header) for header in headers}


def _renamed(formula: str, words: dict[str, dict[str, str]]) -> str:
    """Return a formula whose structured references name the new headers, as Excel keeps them."""
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            name, bracket, rest = token.value.partition("[")
            if bracket and name in words:
                for old, new in words[name].items():
                    rest = rest.replace(f"[{old}]", f"[{new}]") if "[" in rest else rest
                    rest = f"{new}]" if rest == f"{old}]" else rest
                token.value = f"{name}[{rest}"
    return "=" + "".join(token.value for token in tokens.items)


def _with_gaps(count: int) -> Sequence[int]:
    """Return the columns with fifty new ones (-1) strewn among them, the first at the very front."""
    places: list[int] = []
    for number in range(count):
        places += [-1] * (50 // count + (number < 50 % count)) + [number]
    return places


@dataclass
class Piece:
    """A table of the model on its sheet."""

    model: Table
    sheet: Worksheet
    part: ExcelTable

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Return left, top, right, bottom."""
        left, top, right, bottom = (number or 0 for number in range_boundaries(self.part.ref))
        return left, top, right, bottom

    def lay_out(self, rows: Order = range, columns: Order = range, down: int = 0) -> None:
        """Put the rows below the header and the columns into another order, some rows further down.

        A column that is not there (-1) is a new one, filled with text of the firm's own.
        """
        left, top, right, bottom = self.area
        held = [
            [_taken(self.sheet.cell(row, column)) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]
        lines = [0, *(number + 1 for number in rows(bottom - top))]
        places = columns(right - left + 1)
        for at, line in enumerate(lines):
            for place, column in enumerate(places):
                content = held[line][column] if column >= 0 else (f"自用{place}" if not at else f"{at}", None)
                _put(self.sheet.cell(top + down + at, left + place), content)
        self._becomes(places, down)

    def _becomes(self, places: Sequence[int], down: int) -> None:
        left, top, _, bottom = self.area
        old = list(self.part.tableColumns)
        self.part.tableColumns = [
            old[column] if column >= 0 else TableColumn(id=0, name=f"自用{place}")
            for place, column in enumerate(places)
        ]
        for number, column in enumerate(self.part.tableColumns, 1):
            column.id = number
        last = get_column_letter(left + len(places) - 1)
        self.part.ref = f"{get_column_letter(left)}{top + down}:{last}{bottom + down}"
        self.part.autoFilter = AutoFilter(ref=self.part.ref)

    def rename(self, words: dict[str, str]) -> None:
        """Write other headers into the cells and into the table's own list."""
        left, top, right, _ = self.area
        for number in range(left, right + 1):
            cell = self.sheet.cell(top, number)
            cell.value = words.get(str(cell.value), cell.value)
        for column in self.part.tableColumns:
            column.name = words[column.name]
            if column.calculatedColumnFormula:
                formula = f"={column.calculatedColumnFormula.attr_text}"
                column.calculatedColumnFormula.attr_text = _renamed(formula, {self.model.excel: words})[1:]


def _taken(cell: Cell | MergedCell) -> tuple[object, object]:
    """Return value and style of a cell, which is blank from now on."""
    held = (cell.value, copy(cell._style))  # type: ignore[union-attr]  # noqa: SLF001  a style as it is has no other name
    cell.value = None
    return held


def _put(cell: Cell | MergedCell, content: tuple[object, object]) -> None:
    value, style = content
    if style is not None:
        cell._style = copy(style)  # type: ignore[union-attr]  # noqa: SLF001  likewise
    cell.value = value  # type: ignore[assignment]  # it came out of a cell


def pieces(book: Workbook, names: Iterable[str] | None = None) -> Iterable[Piece]:
    """Yield the tables of the model, all of them or some, where they stand."""
    wanted = {tables()[name].excel: tables()[name] for name in (names or tables())}
    for sheet in book.worksheets:
        for part in sheet.tables.values():
            if part.name in wanted:
                yield Piece(wanted[part.name], sheet, part)


def by_openpyxl(book: Path, *changes: Callable[[Workbook], None]) -> None:
    """Open a workbook, change it and save it, all with openpyxl."""
    held = openpyxl.load_workbook(book)
    for change in changes:
        change(held)
    held.save(book)

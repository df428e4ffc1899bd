"""What a consultant does in Excel to add a column: at the end of a table, and declared in 字段."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import TableColumn
from other_hands import by_openpyxl, pieces

from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book
from ltc_xl.session import save_typed
from ltc_xl.workbook import AppendRows, CellEdit


def columns_added(path: Path, **columns: Mapping[str, Sequence[object]]) -> None:
    """Add columns at the end of tables: table -> header -> what its first rows hold."""

    def added(book: Workbook) -> None:
        for name, headers in columns.items():
            for header, cells in headers.items():
                _add(book, name, header, cells)

    by_openpyxl(path, added)


def _add(book: Workbook, name: str, header: str, cells: Sequence[object]) -> None:
    piece = next(iter(pieces(book, [name])))
    left, top, right, bottom = piece.area
    for row, value in enumerate([header, *cells], top):
        piece.sheet.cell(row, right + 1, value)  # type: ignore[call-overload]  # whatever a cell may hold
    piece.part.tableColumns.append(TableColumn(id=right - left + 2, name=header))
    piece.part.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right + 1)}{bottom}"
    piece.part.autoFilter = AutoFilter(ref=piece.part.ref)


def own_typed(path: Path, name: str, header: str, cells: Mapping[int, str]) -> None:
    """Type into a column by its header: row of the table, from 0, -> what is typed."""

    def edits(book: Book) -> list[CellEdit]:
        place = book.place(name)
        assert place is not None
        numbers = {**place.extra, **{text: place.columns[code] for code, text in place.headers.items()}}
        column = column_letters(numbers[header])
        return [
            CellEdit(place.sheet, f"{column}{place.first_row + row}", text) for row, text in cells.items()
        ]

    save_typed(path, edits)


def declared(path: Path, *rows: Mapping[str, str]) -> None:
    """Type rows into 字段, by header."""
    save_typed(path, lambda _book: [AppendRows("cfgFields", rows)])

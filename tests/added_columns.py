"""What a consultant does in Excel to add a column: at the end of a table, and declared in 字段."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from desk import appending
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import TableColumn
from other_hands import by_openpyxl, pieces

from ltc_xl.workbook.read import read_book


def column_added(path: Path, name: str, header: str, cells: Sequence[object] = ()) -> None:
    """Add a column at the end of a table, and fill its first rows."""
    by_openpyxl(path, _adding(name, header, cells))


def _adding(name: str, header: str, cells: Sequence[object]) -> Callable[[Workbook], None]:
    def added(book: Workbook) -> None:
        piece = next(iter(pieces(book, [name])))
        left, top, right, bottom = piece.area
        for row, value in enumerate([header, *cells], top):
            piece.sheet.cell(row, right + 1, value)  # type: ignore[arg-type]  # whatever a cell may hold
        piece.part.tableColumns.append(TableColumn(id=right - left + 2, name=header))
        piece.part.ref = f"{get_column_letter(left)}{top}:{get_column_letter(right + 1)}{bottom}"
        piece.part.autoFilter = AutoFilter(ref=piece.part.ref)

    return added


def cells_typed(path: Path, name: str, header: str, cells: Mapping[int, object]) -> None:
    """Type into a column by its header: row of the table, from 0, -> what is typed."""
    place = read_book(path).place(name)
    assert place is not None
    number = {**place.extra, **{text: place.columns[code] for code, text in place.headers.items()}}[header]

    def typed(book: Workbook) -> None:
        for row, value in cells.items():
            book[place.sheet].cell(place.first_row + row, number, value)  # type: ignore[arg-type]  # likewise

    by_openpyxl(path, typed)


def declared(path: Path, **row: str) -> None:
    """Type a row into 字段, by header."""
    appending(path, "cfgFields", **row)

"""Foreign workbooks, .xlsx and .xls: every cell as text."""

import hashlib
from collections.abc import Collection
from pathlib import Path

import fastexcel
import polars as pl

from ltc_xl.imports.raw import SEARCHED, Layout, RawTable, raw_table
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError, WorldError


def read_excel(path: Path, layout: Layout, wanted: Collection[str]) -> RawTable:
    """Return the table of a workbook: of the sheet named, else of the one with most wanted headers.

    Raises:
        UsageError: there is no sheet of that name.
        WorldError: the file is damaged, encrypted or empty.
    """
    data = path.read_bytes()
    try:
        reader = fastexcel.read_excel(data)
    except fastexcel.FastExcelError:
        raise WorldError("import_unreadable", file=path.name) from None
    sheet = _sheet_of(reader, path.name, layout.sheet, wanted)
    cells = _cells(reader, sheet)
    if not cells.height:
        raise WorldError("import_empty", file=path.name)
    digest = hashlib.sha256(data).hexdigest()
    return raw_table(path.name, cells, wanted, header_row=layout.header_row, sheet=sheet, digest=digest)


def _sheet_of(reader: fastexcel.ExcelReader, name: str, asked: str | None, wanted: Collection[str]) -> str:
    sheets = reader.sheet_names
    if asked is None:
        return max(sheets, key=lambda sheet: _headers_found(reader, sheet, wanted))
    same = [sheet for sheet in sheets if folded(sheet) == folded(asked)]
    if not same:
        raise UsageError("import_sheet_missing", file=name, sheet=asked, sheets=sheets)
    return same[0]


def _headers_found(reader: fastexcel.ExcelReader, sheet: str, wanted: Collection[str]) -> int:
    names = {folded(w) for w in wanted}
    top = _cells(reader, sheet, SEARCHED).rows()
    return max((len(names & {folded(cell) for cell in row if cell}) for row in top), default=0)


def _cells(reader: fastexcel.ExcelReader, sheet: str, rows: int | None = None) -> pl.DataFrame:
    loaded = reader.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=rows, dtypes="string")
    return loaded.to_polars()

"""Workbooks for tests of the reader: the tables of the starter profile, cells as given, nothing prepared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.tables import UID, Table, table, tables

WORK = tuple(t.name for t in tables().values() if t.group == "work" and t.profile == "starter")


@dataclass(frozen=True)
class Formula:
    """A formula and the value the file keeps for it."""

    text: str
    value: float | str = ""


@dataclass(frozen=True)
class Styled:
    """A number in a format of its own."""

    value: float
    format: str


Cell = str | float | date | Formula | Styled | None
Rows = Sequence[Mapping[str, Cell]]


def book_file(  # noqa: PLR0913  one knob per way a workbook may differ
    path: Path,
    rows: Mapping[str, Rows] | None = None,
    *,
    lang: Lang = "zh",
    header_row: int = 1,
    as_tables: bool = True,
    codes: Mapping[str, Sequence[str]] | None = None,
    options: Mapping[str, object] | None = None,
) -> Path:
    """Write a workbook with the tables of the starter profile and those that have rows.

    Args:
        path: where to.
        rows: table -> rows of code (or the firm's own header) -> cell.
        lang: language of sheets and headers.
        header_row: where the headers stand, from 1.
        as_tables: whether the ranges are Excel Tables.
        codes: table -> its columns, when not those of the model.
        options: of XlsxWriter's workbook.
    """
    given = rows or {}
    with xlsxwriter.Workbook(path, {"in_memory": True, **(options or {})}) as book:
        for name in (*WORK, *(n for n in given if n not in WORK)):
            model = table(name)
            body = given.get(name, ())
            columns = (codes or {}).get(name) or _columns(model, body)
            sheet = book.add_worksheet(model.sheet(lang))
            headers = [_label(model, code, lang) for code in columns]
            if as_tables:
                last = header_row + max(len(body), 1) - 1
                spec = {"name": model.excel, "columns": [{"header": text} for text in headers]}
                sheet.add_table(header_row - 1, 0, last, len(columns) - 1, spec)
            sheet.write_row(header_row - 1, 0, headers)
            for number, row in enumerate(body):
                for place, code in enumerate(columns):
                    _write(book, sheet, (header_row + number, place), row.get(code))
    return path


def _columns(model: Table, body: Iterable[Mapping[str, Cell]]) -> list[str]:
    known = [column.code for column in model.columns_of("starter")]
    own = {code: None for row in body for code in row if code not in known and code != UID}
    return [*known, *own, *([] if model.by_program else [UID])]


def _label(model: Table, code: str, lang: Lang) -> str:
    return model.by_code[code].label(lang) if code in model.by_code else code


def _write(book: xlsxwriter.Workbook, sheet: Worksheet, at: tuple[int, int], cell: Cell) -> None:
    if isinstance(cell, Formula):
        sheet.write_formula(*at, cell.text, None, cell.value)
    elif isinstance(cell, Styled):
        sheet.write_number(*at, cell.value, book.add_format({"num_format": cell.format}))
    elif isinstance(cell, date):
        shown: Format = book.add_format(
            {"num_format": "yyyy-mm-dd hh:mm" if isinstance(cell, datetime) else "yyyy-mm-dd"}
        )
        sheet.write_datetime(*at, cell, shown)
    elif isinstance(cell, str):
        sheet.write_string(*at, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(*at, cell)
    elif cell is not None:
        sheet.write_number(*at, cell)


def told(found: Iterable[Finding]) -> list[tuple[str, str | None, object]]:
    """Return code, column and what was found of each finding, sorted."""
    return sorted((f.code, f.column, f.values.get("found")) for f in found)

"""One grid on one sheet as an Excel table, its total below, ready to print."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ltc_xl.messages import say
from ltc_xl.messages.papers import cell_words, heading
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import Field, Grid, Kind, Report
from ltc_xl.render.cells import excel_value, write_cell
from ltc_xl.render.styles import Styles

PAPER_A4 = 9
_HEAD = 3
_ADDABLE: frozenset[Kind] = frozenset({"money", "count"})
_NARROW, _BROAD, _PHRASE = 9, 36, 64


@dataclass(frozen=True)
class Desk:
    """What every part of a report workbook is written with."""

    book: Workbook
    styles: Styles
    report: Report
    lang: Lang

    def say(self, key: str, **values: object) -> str:
        """Return words of reports.toml."""
        return say(f"reports.{key}", self.lang, **values)

    def add_sheet(self, name: str) -> Worksheet:
        """Return a new sheet without gridlines that prints on A4, one page wide, with page numbers."""
        title = (
            self.say("frame.overview")
            if name == "overview"
            else self.say(f"sheets.{self.report.name}_{name}")
        )
        sheet = self.book.add_worksheet(title)
        sheet.hide_gridlines(2)
        sheet.set_default_row(17)
        sheet.set_landscape()
        sheet.set_paper(PAPER_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.set_footer(f"&L&8{self.facts()}&R&8&P / &N")
        return sheet

    def facts(self) -> str:
        """Return firm, day, basis and currency in one line."""
        report = self.report
        basis = self.say("frame.basis", basis=self.say(f"entries.{report.basis}")) if report.basis else ""
        day = self.say("frame.as_of", as_of=report.as_of)
        currency = self.say("frame.currency", currency=report.currency)
        return " · ".join(part for part in (report.firm, day, basis, currency) if part)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the rows of a grid stand: sheet, first and last row, column of its first field (from 0)."""

    sheet: str
    first_row: int
    last_row: int
    column: int


def text_width(text: str) -> int:
    """Return the columns a text takes: Chinese characters are twice as wide.

    >>> text_width("客户 A")
    6
    """
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)  # noqa: PLR2004  where CJK begins


def write_table(desk: Desk, grid: Grid) -> Spot:
    """Write a grid on a sheet of its own and return where it stands."""
    sheet = desk.add_sheet(grid.name)
    sheet.write_string(0, 0, sheet.get_name(), desk.styles.title)
    sheet.set_row(0, 28)
    sheet.write_string(1, 0, desk.facts(), desk.styles.muted)
    last_row = _HEAD + max(len(grid.rows), 1)
    _add_table(desk, sheet, grid, last_row)
    for column, field in enumerate(grid.fields):
        _write_column(desk, sheet, grid, column, field)
    if grid.total is not None:
        _write_total(desk, sheet, grid, last_row + 1)
    sheet.freeze_panes(_HEAD + 1, 1)
    sheet.repeat_rows(_HEAD)
    return Spot(sheet.get_name(), _HEAD + 1, last_row, 0)


def _add_table(desk: Desk, sheet: Worksheet, grid: Grid, last_row: int) -> None:
    columns = [
        {"header": heading(field, desk.lang), "header_format": desk.styles.head(field.kind)}
        for field in grid.fields
    ]
    options = {
        "name": f"tbl_{grid.name}",
        "style": "Table Style Light 1",
        "banded_rows": False,
        "columns": columns,
    }
    sheet.add_table(_HEAD, 0, last_row, len(columns) - 1, options)
    sheet.set_row(_HEAD, 32)


def _write_column(desk: Desk, sheet: Worksheet, grid: Grid, column: int, field: Field) -> None:
    values = [row[field.code] for row in grid.rows]
    if column == 0:
        values = [value or desk.say("frame.unnamed") for value in values]
    form = desk.styles.cell(field.kind)
    for place, value in enumerate(values, start=_HEAD + 1):
        write_cell(sheet, (place, column), excel_value(value, field.kind, desk.lang), form)
    total = (grid.total or {}).get(field.code)
    shown = [cell_words(value, field.kind, desk.lang) for value in (*values, total)]
    broadest = _PHRASE if field.kind == "phrase" else _BROAD
    sheet.set_column(column, column, min(_width(shown, heading(field, desk.lang)), broadest))


def _width(shown: Iterable[str], head: str) -> int:
    content = max((text_width(text) for text in shown), default=0)
    return max(content, min(text_width(head), 14), _NARROW) + 3


def _write_total(desk: Desk, sheet: Worksheet, grid: Grid, row: int) -> None:
    for column, field in enumerate(grid.fields):
        form = desk.styles.cell(field.kind, total=True)
        total = (grid.total or {}).get(field.code)
        if column == 0:
            sheet.write_string(row, column, desk.say("frame.total"), form)
        elif _adds_up(grid, field, total):
            formula = f"=SUBTOTAL(109,tbl_{grid.name}[{_escaped(heading(field, desk.lang))}])"
            sheet.write_formula(row, column, formula, form, excel_value(total, field.kind, desk.lang))
        else:
            write_cell(sheet, (row, column), excel_value(total, field.kind, desk.lang), form)


def _adds_up(grid: Grid, field: Field, total: object) -> bool:
    if field.kind not in _ADDABLE or not isinstance(total, Decimal | int) or not grid.rows:
        return False
    return sum(Decimal(str(row[field.code] or 0)) for row in grid.rows) == total


def _escaped(header: str) -> str:
    """Return a header as structured references want it."""
    return "".join(f"'{char}" if char in "[]#'@" else char for char in header)

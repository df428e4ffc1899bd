"""One table on its sheet: title, legend, header, rows, help while typing, colours, print set-up."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID, Column, excel_formula, with_live_columns
from ltc_xl.workbook.area import MAX_ROW
from ltc_xl.workbook.builder.canvas import PlainSheet
from ltc_xl.workbook.builder.inputs import validation
from ltc_xl.workbook.builder.layout import FIRST_ROW, HEADER_ROW, START, TableArea, wide_text
from ltc_xl.workbook.builder.marks import conditional_formats
from ltc_xl.workbook.builder.measures import Frames
from ltc_xl.workbook.builder.printing import set_up_page
from ltc_xl.workbook.builder.styles import BLUE, COMPUTED_HEADER, MUTED, NAVY, RED, TABS, Styles, wraps
from ltc_xl.workbook.placed import in_words

EXCEL_EPOCH = date(1899, 12, 30)
DAY_US = 86_400_000_000
ROW_HEIGHT, LINE_HEIGHT, MOST_LINES = 18, 15, 6
TEXT_FORMATTED = {"id", "tax", "rule"}
Cell = str | float | None
Attributes = list[tuple[str, Any]]


class TableSheet(PlainSheet):
    """A worksheet for a table: rows below the header have a height that Excel may change as texts do."""

    def _xml_start_tag_unencoded(self, tag: str, attributes: Attributes | None = None) -> None:
        kept = attributes or []
        if tag == "row" and kept[0][1] > HEADER_ROW:
            kept = [one for one in kept if one[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, kept)


def cell_values(values: pl.Series, column: Column, book: Book) -> list[Cell]:
    """Return a column as Excel holds it: words for codes, day numbers for dates, floats for amounts."""
    if column.enum or column.type == "flag":
        return in_words(values, column, book).to_list()
    if column.type == "date":
        return (values - EXCEL_EPOCH).dt.total_days().to_list()
    if column.type == "datetime":
        return (values.cast(pl.Int64) / DAY_US + (date(1970, 1, 1) - EXCEL_EPOCH).days).to_list()
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).to_list()
    return values.to_list()


def _write_cells(sheet: Worksheet, number: int, values: list[Cell], look: Format, *, blanks: bool) -> None:
    """Write one column; blank cells only where their look matters."""
    for row, value in enumerate(values, FIRST_ROW - 1):
        if isinstance(value, str):
            sheet.write_string(row, number, value, look)
        elif value is not None:
            sheet.write_number(row, number, value, look)
        elif blanks:
            sheet.write_blank(row, number, None, look)


def _write_formulas(sheet: Worksheet, number: int, formula: str, values: list[Cell], look: Format) -> None:
    for row, value in enumerate(values, FIRST_ROW - 1):
        sheet.write_formula(row, number, formula, look, "" if value is None else value)


def _table_columns(area: TableArea, styles: Styles) -> Iterator[dict[str, object]]:
    for column in area.columns:
        formula = excel_formula(area.model, column, area.lang) if column.live else ""
        yield {
            "header": column.label(area.lang),
            "header_format": styles.header(column),
            "format": styles.data_dxf(column),
            **({"formula": formula} if formula else {}),
        }
    if area.model.tracked:
        yield {"header": UID}


def _set_columns(sheet: Worksheet, area: TableArea, styles: Styles) -> None:
    """Set widths; the model's hidden columns are a folded group, ``_uid`` is simply hidden."""
    sheet.outline_settings(visible=True, symbols_below=True, symbols_right=False)
    for number, column in enumerate(area.columns):
        options = {"level": 1, "hidden": True} if column.hidden else {}
        sheet.set_column(number, number, area.width(column), styles.blank_column(column), options)
    if area.model.tracked:
        last = len(area.columns)
        sheet.set_column(last, last, 14, styles(num_format="@"), {"hidden": True})


def _legend_key(area: TableArea) -> str:
    """Return which sentence says who writes on a sheet that is not plain work."""
    if area.model.group == "rule":
        return "rule"
    if area.model.name == "today":
        return "today"
    return "half" if any(c.typed for c in area.columns) else "result"


def _colour_legend(styles: Styles) -> Iterator[str | Format]:
    """Yield what the colours mean, as rich text."""
    small = styles(font_color=MUTED, font_size=9)
    colours = {"required": NAVY, "typed": BLUE, "computed": COMPUTED_HEADER, "marked": RED}
    for key, colour in colours.items():
        yield styles(font_color=colour, font_size=9)
        yield "□ " if key == "marked" else "■ "
        yield small
        yield say(f"sheets.legend.{key}", styles.lang) + "   "


def _write_title(sheet: Worksheet, area: TableArea, styles: Styles) -> None:
    """Write name, purpose, way back and legend; beside the columns that every printed page repeats."""
    title, small = styles(bold=True, font_size=16, font_color=NAVY), styles(font_color=MUTED)
    purpose = area.model.purpose_zh if area.lang == "zh" else area.model.purpose_en
    sheet.set_row(0, 30)
    if area.pages_across > 1:
        sheet.write_string(0, 0, area.sheet, title)
        sheet.write_string(0, area.frozen, purpose, small)
    else:
        sheet.write_rich_string(0, 0, title, area.sheet, small, f"   {purpose}", styles())
    sheet.set_row(1, 20)
    home = say(f"sheets.{START}.sheet", area.lang)
    link = styles(font_color=BLUE, underline=1, font_size=9)
    sheet.write_url(1, 0, f"internal:'{home}'!A1", link, say("sheets.back", area.lang))
    _write_legend(sheet, area, styles)


def _write_legend(sheet: Worksheet, area: TableArea, styles: Styles) -> None:
    column = area.frozen if area.pages_across > 1 else 1
    if area.model.group == "work":
        sheet.write_rich_string(1, column, *_colour_legend(styles), styles())
    else:
        text = say(f"sheets.legend.{_legend_key(area)}", area.lang)
        sheet.write_string(1, column, text, styles(font_color=MUTED, font_size=9))


def _write_body(sheet: Worksheet, area: TableArea, styles: Styles, frames: Frames) -> None:
    rows = with_live_columns(area.model, area.rows, frames.as_of)
    for number, column in enumerate(area.columns):
        values, look = cell_values(rows[column.code], column, frames.book), styles.body(column)
        if column.live:
            formula = excel_formula(area.model, column, area.lang)
            _write_formulas(sheet, number, formula, values, look)
        else:
            _write_cells(sheet, number, values, look, blanks=not column.hidden)
    if area.model.tracked:
        _write_cells(sheet, len(area.columns), rows[UID].to_list(), styles(num_format="@"), blanks=False)


def _lines_needed(area: TableArea) -> pl.Expr:
    """Return how many lines the tallest wrapped cell of a row takes."""
    wrapped = (wide_text(c.code) / (area.width(c) - 1) for c in area.shown if wraps(c))
    return pl.max_horizontal(*wrapped, pl.lit(1.0)).ceil().clip(1, MOST_LINES).cast(pl.Int64)


def _set_heights(sheet: Worksheet, area: TableArea) -> None:
    """Give rows the height of their texts, which not every program finds by itself.

    The blank row of what the program writes is two lines tall: the patcher dresses new rows as it is.
    """
    if area.blank:
        if area.model.name in {"findings", "today"}:
            sheet.set_row(FIRST_ROW - 1, ROW_HEIGHT + LINE_HEIGHT)
        return
    for row, lines in enumerate(area.rows.select(_lines_needed(area)).to_series(), FIRST_ROW - 1):
        sheet.set_row(row, ROW_HEIGHT + LINE_HEIGHT * (lines - 1))


def write_table(sheet: Worksheet, area: TableArea, styles: Styles, frames: Frames) -> None:
    """Write one table's sheet."""
    last = len(area.numbers) - 1
    _set_columns(sheet, area, styles)
    _write_title(sheet, area, styles)
    sheet.set_row(HEADER_ROW - 1, 34)
    sheet.add_table(
        HEADER_ROW - 1,
        0,
        area.last_row - 1,
        last,
        {"name": area.model.excel, "style": None, "columns": list(_table_columns(area, styles))},
    )
    _write_body(sheet, area, styles, frames)
    _set_heights(sheet, area)
    _write_help(sheet, area)
    for cells, options in conditional_formats(area, styles):
        sheet.conditional_format(cells, options)
    _finish(sheet, area)


def _write_help(sheet: Worksheet, area: TableArea) -> None:
    for column in area.columns:
        options = validation(area, column) if column.typed else None
        if options:
            sheet.data_validation(area.body(column.code), options)


def _spare_warnings(sheet: Worksheet, area: TableArea) -> None:
    """Keep Excel from marking every telephone number as a number stored as text."""
    texts = [area.letters(c.code) for c in area.columns if c.type in TEXT_FORMATTED]
    if texts:
        ranges = " ".join(f"{letters}{FIRST_ROW}:{letters}{MAX_ROW}" for letters in texts)
        sheet.ignore_errors({"number_stored_as_text": ranges})


def _finish(sheet: Worksheet, area: TableArea) -> None:
    _spare_warnings(sheet, area)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(TABS[area.model.group])
    sheet.freeze_panes(HEADER_ROW, area.frozen)
    set_up_page(sheet, area.lang, pages_across=area.pages_across)
    sheet.repeat_rows(HEADER_ROW - 1)
    if area.pages_across > 1:
        sheet.repeat_columns(0, area.frozen - 1)

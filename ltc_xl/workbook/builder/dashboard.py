"""看板: figures with their definitions, native charts, and the small tables the charts are drawn from."""

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import table
from ltc_xl.workbook.builder.canvas import Canvas, Span
from ltc_xl.workbook.builder.charts import chart_title, draw
from ltc_xl.workbook.builder.figures import DATA_ROW, GROUP_WIDTHS, Figure, Line, figures, grid_column
from ltc_xl.workbook.builder.layout import DASHBOARD
from ltc_xl.workbook.builder.measures import KPIS, Frames, Kpi
from ltc_xl.workbook.builder.names import CURRENCY
from ltc_xl.workbook.builder.printing import set_up_page
from ltc_xl.workbook.builder.styles import LINE, MUTED, NAVY, PALE, RED, TABS, WHITE, Styles

GROUPS = 4  # tiles side by side, each over three columns and a gap
GAP = 1.6
TILE_ROWS = (3, 7)
CHART_ROWS = (11, 26)
CHART_HEIGHT = 292
LAST_COLUMN = grid_column(GROUPS - 1, len(GROUP_WIDTHS) - 1)


def _write_head(canvas: Canvas, styles: Styles, frames: Frames) -> None:
    lang = styles.lang
    canvas.sheet.set_row(0, 36)
    title = styles(bold=True, font_size=20, font_color=NAVY)
    canvas.text(Span(0, 1, 7), say("sheets.dashboard.sheet", lang), title)
    small = styles(font_color=MUTED, align="right", bottom=2, bottom_color=NAVY)
    day = f'"{say("sheets.dashboard.as_of", lang)}"&TEXT(TODAY(),"yyyy-mm-dd")'
    note = say("sheets.dashboard.currency", lang), say("sheets.dashboard.currency_note", lang)
    formula = f'{day}&"  ·  {note[0]}"&{CURRENCY}&"{note[1]}"'
    value = f"{say('sheets.dashboard.as_of', lang)}{frames.as_of}  ·  {note[0]}{frames.currency}{note[1]}"
    canvas.sheet.set_row(1, 20)
    hint = styles(font_color=MUTED, font_size=9, bottom=2, bottom_color=NAVY)
    middle = grid_column(GROUPS // 2, 0)
    canvas.text(Span(1, 1, middle - 2), say("sheets.dashboard.click", lang), hint)
    canvas.text(Span(1, middle - 1, middle - 1), "", hint)
    canvas.figure(Span(1, middle, LAST_COLUMN), formula, value, small)


def _write_tile(canvas: Canvas, styles: Styles, kpi: Kpi, place: int, frames: Frames) -> None:
    """Write one tile: the name, linked to its sheet; the figure; its definition."""
    lang, row, group = styles.lang, TILE_ROWS[place // GROUPS], place % GROUPS
    first, last = grid_column(group, 0), grid_column(group, len(GROUP_WIDTHS) - 1)
    colour = RED if kpi.alarming else NAVY
    tile = {"bg_color": PALE, "indent": 1, "align": "left"}
    name = styles(**tile, font_color=MUTED, top=5, top_color=colour)
    canvas.link(
        Span(row, first, last), table(kpi.figure.table).sheet(lang), say(f"sheets.kpi.{kpi.key}", lang), name
    )
    figure = styles(**tile, bold=True, font_size=20, font_color=colour, num_format=kpi.format)
    linked = kpi.figure.link(kpi.figure.excel(lang), lang)
    canvas.figure(Span(row + 1, first, last), linked, kpi.figure.value(frames), figure)
    note = styles(**tile, font_color=MUTED, font_size=8, bottom=1, bottom_color=LINE)
    canvas.text(Span(row + 2, first, last), say(f"sheets.kpi.{kpi.key}_note", lang), note)


def _write_lines(canvas: Canvas, styles: Styles, chart: Figure) -> None:
    """Write the table under a chart; its cells are what the chart's series point to."""
    lang, column, row = styles.lang, chart.first_column, DATA_ROW + 1
    head = styles(bold=True, font_color=WHITE, bg_color=NAVY, align="right")
    title = styles(bold=True, font_color=WHITE, bg_color=NAVY)
    canvas.text(Span(row, column, column), say(f"sheets.dashboard.{chart.key}_head", lang), title)
    for place, key in enumerate(chart.heads, column + 1):
        canvas.text(Span(row, place, place), say(f"sheets.dashboard.{key}", lang), head)
    for place, line in enumerate(chart.lines, row + 1):
        _write_line(canvas, styles, line, place, column)


def _write_line(canvas: Canvas, styles: Styles, line: Line, row: int, column: int) -> None:
    look = styles(bottom=1, bottom_color=LINE)
    here = Span(row, column, column)
    if line.label_formula:
        canvas.figure(here, line.label_formula, line.label, look)
    else:
        canvas.text(here, line.label, look)
    for place, shown in enumerate(line.figures):
        at = column + 1 + place
        number = styles(
            bottom=1, bottom_color=LINE, num_format="#,##0.0" if place else "#,##0", align="right"
        )
        canvas.figure(Span(row, at, at), shown.linked(styles.lang), shown.value, number)


def _pixels(width: float) -> int:
    return int(width * 7 + 0.5) + 5


def _chart_width() -> int:
    return 2 * sum(map(_pixels, GROUP_WIDTHS)) + _pixels(GAP)


def _set_columns(sheet: Worksheet) -> None:
    sheet.set_column(0, 0, GAP)
    for group in range(GROUPS):
        for part, width in enumerate((*GROUP_WIDTHS, GAP)):
            sheet.set_column(grid_column(group, part), grid_column(group, part), width)


def _set_rows(sheet: Worksheet) -> None:
    for row in range(2, DATA_ROW + 1):
        sheet.set_row(row, 15)
    for row in TILE_ROWS:
        sheet.set_row(row, 20)
        sheet.set_row(row + 1, 32)
        sheet.set_row(row + 2, 16)
    for row in (2, TILE_ROWS[0] + 3, TILE_ROWS[1] + 3):
        sheet.set_row(row, 10)


def _insert(book: Workbook, canvas: Canvas, styles: Styles, chart: Figure) -> None:
    drawn = draw(book, styles, chart, say(f"sheets.{DASHBOARD}.sheet", styles.lang))
    drawn.set_size({"width": _chart_width(), "height": CHART_HEIGHT})
    alt = say("sheets.dashboard.alt", styles.lang, title=chart_title(chart, styles.lang))
    row, column = CHART_ROWS[chart.place // 2], grid_column(chart.place % 2 * 2, 0)
    canvas.sheet.insert_chart(row, column, drawn, {"description": alt, "object_position": 2})


def _finish(sheet: Worksheet, lang: Lang) -> None:
    """Leave the tables under the charts off the printed page: it holds the figures and the charts."""
    sheet.hide_gridlines(2)
    sheet.set_tab_color(TABS["look"])
    sheet.protect("", {"objects": True, "select_locked_cells": True})
    set_up_page(sheet, lang, pages_tall=1)
    sheet.print_area(0, 0, DATA_ROW - 1, LAST_COLUMN + 1)


def write_dashboard(book: Workbook, canvas: Canvas, styles: Styles, frames: Frames, profile: str) -> None:
    """Write the dashboard."""
    sheet = canvas.sheet
    _set_columns(sheet)
    _set_rows(sheet)
    _write_head(canvas, styles, frames)
    for place, kpi in enumerate(KPIS):
        _write_tile(canvas, styles, kpi, place, frames)
    heading = styles(bold=True, font_size=12, font_color=NAVY)
    sheet.set_row(DATA_ROW, 22)
    canvas.text(Span(DATA_ROW, 1, LAST_COLUMN), say("sheets.dashboard.data", styles.lang), heading)
    for chart in figures(frames, styles.lang, profile):
        _write_lines(canvas, styles, chart)
        _insert(book, canvas, styles, chart)
    _finish(sheet, styles.lang)

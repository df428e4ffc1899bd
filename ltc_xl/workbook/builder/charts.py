"""Native Excel charts of the dashboard."""

from dataclasses import replace
from typing import Any, cast

from xlsxwriter import Workbook
from xlsxwriter.chart_column import ChartColumn
from xlsxwriter.chart_line import ChartLine

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.workbook.builder.figures import DATA_ROW, Figure
from ltc_xl.workbook.builder.styles import AMBER, FONTS, INK, LINE, MUTED, NAVY, WHITE, Styles


def _range(chart: Figure, part: int) -> list[object]:
    column, first = chart.first_column + part, DATA_ROW + 2
    return [first, column, first + len(chart.lines) - 1, column]


def _series(chart: Figure, part: int, sheet: str, styles: Styles) -> dict[str, Any]:
    colours = [{"fill": {"color": c}} for c in chart.colours] if len(chart.colours) > 1 else None
    return {
        "name": [sheet, DATA_ROW + 1, chart.first_column + part],
        "categories": [sheet, *_range(chart, 0)],
        "values": [sheet, *_range(chart, part)],
        "fill": {"color": chart.colours[0]},
        "gap": 55,
        "data_labels": {
            "value": True,
            "num_format": '#,##0;;""' if part == 1 else '#,##0;-#,##0;""',
            "font": _font(styles, INK),
        },
        **({"points": colours} if colours else {}),
    }


def _count_line(book: Workbook, chart: Figure, sheet: str, styles: Styles) -> ChartLine:
    """Return the number of deals as points with a scale of their own, to lie over the columns of amounts."""
    line = cast("ChartLine", book.add_chart({"type": "line"}))
    marker = {"type": "circle", "size": 6, "fill": {"color": AMBER}, "border": {"color": WHITE}}
    series = _series(replace(chart, colours=(AMBER,)), 1, sheet, styles)
    line.add_series(
        {**series, "y2_axis": True, "line": {"none": True}, "marker": marker, "data_labels": None}
    )
    axis = {"num_font": _font(styles, MUTED), "num_format": "0", "min": 0, "line": {"none": True}}
    line.set_y2_axis(axis)
    return line


def _font(styles: Styles, colour: str) -> dict[str, object]:
    return {"name": FONTS[styles.lang], "size": 8, "color": colour}


def _set_axes(drawn: ChartColumn, chart: Figure, styles: Styles) -> None:
    drawn.set_x_axis({"num_font": _font(styles, INK), "line": {"color": LINE}, "label_position": "low"})
    lowest = {"min": 0} if len(chart.heads) == 1 else {}
    grid = {"visible": True, "line": {"color": "#EBEFF4"}}
    drawn.set_y_axis(
        {
            "num_font": _font(styles, MUTED),
            "num_format": "#,##0",
            "major_gridlines": grid,
            "line": {"none": True},
            **lowest,
        }
    )


def chart_title(chart: Figure, lang: Lang) -> str:
    """Return the title over a chart, with the unit of its amounts."""
    title = say(f"sheets.dashboard.{chart.key}", lang)
    unit = f" · {say('sheets.dashboard.amount_axis', lang)}" if len(chart.heads) > 1 else ""
    return title + unit


def draw(book: Workbook, styles: Styles, chart: Figure, sheet: str) -> ChartColumn:
    """Draw one chart: columns of counts or amounts; over the amounts of deals, their number as a line."""
    name, title = FONTS[styles.lang], chart_title(chart, styles.lang)
    drawn = cast("ChartColumn", book.add_chart({"type": "column"}))
    drawn.add_series(_series(chart, len(chart.heads), sheet, styles))
    if chart.with_line:
        drawn.combine(_count_line(book, chart, sheet, styles))
    drawn.set_title({"name": title, "name_font": {"name": name, "size": 11, "color": NAVY}, "overlay": False})
    _set_axes(drawn, chart, styles)
    shown = {"position": "bottom", "font": {"name": name, "size": 8}}
    drawn.set_legend(shown if chart.with_line else {"none": True})
    drawn.set_chartarea({"border": {"color": LINE}})
    return drawn

"""Native Excel charts of the dashboard."""

from typing import Any, cast

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.workbook.builder.figures import DATA_ROW, Figure
from ltc_xl.workbook.builder.styles import FONTS, INK, LINE, MUTED, NAVY, Styles

GRID = "#EBEFF4"


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


def _font(styles: Styles, colour: str) -> dict[str, object]:
    return {"name": FONTS[styles.lang], "size": 8, "color": colour}


def _set_axes(drawn: Chart, chart: Figure, styles: Styles) -> None:
    """Set the axis of labels and that of numbers; lying bars begin at the top and need no scale."""
    labels = {"num_font": _font(styles, INK), "line": {"color": LINE}, "label_position": "low"}
    lowest = {"min": 0} if len(chart.heads) == 1 else {}
    grid = {"visible": True, "line": {"color": GRID}}
    numbers = {"num_font": _font(styles, MUTED), "num_format": "#,##0", "line": {"none": True}, **lowest}
    if chart.lying:  # XlsxWriter's y axis is the one that stands, whatever it holds
        drawn.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, **lowest})
        drawn.set_y_axis({**labels, "reverse": True, "major_tick_mark": "none"})
    else:
        drawn.set_x_axis({**labels, "major_tick_mark": "none"})
        drawn.set_y_axis({**numbers, "major_gridlines": grid})


def chart_title(chart: Figure, lang: Lang) -> str:
    """Return the title over a chart, with the unit of its amounts."""
    title = say(f"sheets.dashboard.{chart.key}", lang)
    unit = f" · {say('sheets.dashboard.amount_axis', lang)}" if len(chart.heads) > 1 else ""
    return title + unit


def draw(book: Workbook, styles: Styles, chart: Figure, sheet: str) -> Chart:
    """Draw one chart: columns or lying bars of counts or amounts."""
    drawn = cast("Chart", book.add_chart({"type": "bar" if chart.lying else "column"}))
    drawn.add_series(_series(chart, len(chart.heads), sheet, styles))
    font = {"name": FONTS[styles.lang], "size": 11, "color": NAVY}
    drawn.set_title({"name": chart_title(chart, styles.lang), "name_font": font, "overlay": False})
    _set_axes(drawn, chart, styles)
    drawn.set_legend({"none": True})
    drawn.set_chartarea({"border": {"color": LINE}})
    return drawn

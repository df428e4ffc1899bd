"""Charts of report workbooks: Excel's own, on the cells of their grid."""

from collections.abc import Mapping
from typing import NamedTuple

from xlsxwriter.chart import Chart as NativeChart

from ltc_xl.messages.papers import cell_words, heading
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import Chart, Field, Grid, Shape
from ltc_xl.render.palette import HAIR, LAYERS, MUTED, SERIES, age_colours
from ltc_xl.render.sheets import Desk, Spot
from ltc_xl.render.styles import FONT


class _Kind(NamedTuple):
    """Excel's name for a shape: its type and subtype, and whether its bars lie."""

    type: str
    subtype: str | None
    lying: bool


_KINDS: Mapping[Shape, _Kind] = {
    "columns": _Kind("column", None, lying=False),
    "bars": _Kind("bar", None, lying=True),
    "stacked": _Kind("bar", "stacked", lying=True),
    "grouped": _Kind("column", None, lying=False),
    "paired": _Kind("bar", None, lying=True),
    "layers": _Kind("column", "stacked", lying=False),
    "funnel": _Kind("bar", None, lying=True),
}


_SHORT: Mapping[Lang, str] = {
    "zh": '[>=100000]0\\.0,"万";[<=-100000]-0\\.0,"万";#,##0',
    "en": '[>=10000]#,##0,"k";[<=-10000]-#,##0,"k";#,##0',
}
"""Amounts in charts; Excel divides by thousands only: 万 are thousands with a point before the last."""


def native_chart(desk: Desk, name: str, spot: Spot) -> tuple[NativeChart, str]:
    """Return a chart on the cells at a spot, and its figures in words for those who cannot see it."""
    chart = desk.report.charts[name]
    grid = desk.report.grids[chart.grid]
    kind = _KINDS[chart.shape]
    drawn = desk.book.add_chart({"type": kind.type, "subtype": kind.subtype})
    title = desk.say(f"charts.{desk.report.name}_{name}")
    drawn.set_title({"name": title, "name_font": _font(12, bold=True), "overlay": False})
    for place, code in enumerate(chart.values):
        drawn.add_series(_series(desk, chart, spot, code, place))
    drawn.set_legend({"none": True} if len(chart.values) == 1 else {"position": "top", "font": _font(9)})
    _set_axes(drawn, kind, desk, chart)
    drawn.set_chartarea({"border": {"color": HAIR}})
    return drawn, f"{title}: {_in_words(desk, chart, grid)}"


def _font(size: int, **options: object) -> Mapping[str, object]:
    return {"name": FONT, "size": size, **options}


def _series(desk: Desk, chart: Chart, spot: Spot, code: str, place: int) -> Mapping[str, object]:
    grid, kind = desk.report.grids[chart.grid], _KINDS[chart.shape]
    codes = [field.code for field in grid.fields]
    last_row = min(spot.last_row, spot.first_row + chart.limit - 1)
    field = _field(grid, code)
    usual = LAYERS if chart.shape == "layers" else SERIES
    colours = age_colours(len(chart.values)) if field.bucket else usual

    def cells(column: str) -> list[object]:
        at = spot.column + codes.index(column)
        return [spot.sheet, spot.first_row, at, last_row, at]

    series = {
        "name": heading(field, desk.lang),
        "categories": cells(chart.category),
        "values": cells(code),
        "fill": {"color": colours[place]},
        "gap": 50,
        "overlap": 100 if kind.subtype == "stacked" else 0,
    }
    return series if len(chart.values) > 1 else {**series, **_single(desk, chart, grid)}


def _field(grid: Grid, code: str) -> Field:
    return next(field for field in grid.fields if field.code == code)


def _single(desk: Desk, chart: Chart, grid: Grid) -> Mapping[str, object]:
    """Return labels for the only series, and for ageing buckets a colour each."""
    money = _field(grid, chart.values[0]).kind == "money"
    form = _SHORT[desk.lang] if money else "#,##0"
    labels = {"value": True, "num_format": form, "font": _font(8)}
    if _field(grid, chart.category).kind != "bucket":
        return {"data_labels": labels}
    points = [{"fill": {"color": colour}} for colour in age_colours(len(grid.rows))]
    return {"data_labels": labels, "points": points}


def _set_axes(drawn: NativeChart, kind: _Kind, desk: Desk, chart: Chart) -> None:
    """Set names on one axis, amounts on the other; of lying bars the first row stands on top."""
    money = _field(desk.report.grids[chart.grid], chart.values[0]).kind == "money"
    upside_down = {"reverse": True, "crossing": "max"} if kind.lying else {}
    names = {
        "num_font": _font(8 if kind.lying else 9),
        "line": {"color": HAIR},
        "major_tick_mark": "none",
        "interval_unit": 1,
        **upside_down,
    }
    amounts = {
        "num_font": _font(8, color=MUTED),
        "num_format": _SHORT[desk.lang] if money else "#,##0",
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": HAIR}},
        **({"name": desk.report.currency, "name_font": _font(8, bold=False, color=MUTED)} if money else {}),
    }
    across, up = (amounts, names) if kind.lying else (names, amounts)
    drawn.set_x_axis(across)
    drawn.set_y_axis(up)


def _in_words(desk: Desk, chart: Chart, grid: Grid) -> str:
    """Return the first series as text, as a screen reader needs it."""
    category, value = _field(grid, chart.category), _field(grid, chart.values[0])
    pairs = [(row[category.code], row[value.code]) for row in grid.rows[: chart.limit]]
    return "; ".join(
        f"{cell_words(name, category.kind, desk.lang)} {cell_words(amount, value.kind, desk.lang)}"
        for name, amount in pairs
    )

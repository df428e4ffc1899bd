"""Charts of report workbooks: Excel's own, on the cells of their grid."""

from collections.abc import Mapping
from typing import NamedTuple

from xlsxwriter.chart import Chart as NativeChart

from ltc_xl.messages.papers import cell_words, heading
from ltc_xl.model.paper import Chart, Grid, Shape
from ltc_xl.render.palette import HAIR, MUTED, SERIES, age_colours
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
}


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
    _set_axes(drawn, kind, grid, chart, desk.report.currency)
    drawn.set_chartarea({"border": {"color": HAIR}})
    return drawn, f"{title}: {_in_words(desk, chart, grid)}"


def _font(size: int, **options: object) -> Mapping[str, object]:
    return {"name": FONT, "size": size, **options}


def _series(desk: Desk, chart: Chart, spot: Spot, code: str, place: int) -> Mapping[str, object]:
    grid = desk.report.grids[chart.grid]
    codes = [field.code for field in grid.fields]
    last_row = min(spot.last_row, spot.first_row + chart.limit - 1)
    field = grid.fields[codes.index(code)]
    colours = age_colours(len(chart.values)) if field.bucket else SERIES

    def cells(column: str) -> list[object]:
        at = spot.column + codes.index(column)
        return [spot.sheet, spot.first_row, at, last_row, at]

    series = {
        "name": heading(field, desk.lang),
        "categories": cells(chart.category),
        "values": cells(code),
        "fill": {"color": colours[place]},
        "gap": 50,
        "overlap": 100 if chart.shape == "stacked" else 0,
    }
    return {**series, **_single(chart, grid, field.kind == "money")}


def _single(chart: Chart, grid: Grid, money: bool) -> Mapping[str, object]:  # noqa: FBT001  read off the field
    """Return labels, and for ageing buckets a colour each, where there is one series only."""
    if len(chart.values) > 1:
        return {}
    labels = {"value": True, "num_format": "#,##0;-#,##0;;", "font": _font(8)}
    category = next(field for field in grid.fields if field.code == chart.category)
    if not money or category.kind != "bucket":
        return {"data_labels": labels}
    points = [{"fill": {"color": colour}} for colour in age_colours(len(grid.rows))]
    return {"data_labels": labels, "points": points}


def _set_axes(drawn: NativeChart, kind: _Kind, grid: Grid, chart: Chart, currency: str) -> None:
    """Set names on one axis, amounts on the other; of lying bars the first row stands on top."""
    money = next(field for field in grid.fields if field.code == chart.values[0]).kind == "money"
    upside_down = {"reverse": True, "crossing": "max"} if kind.lying else {}
    names = {"num_font": _font(9), "line": {"color": HAIR}, "major_tick_mark": "none", **upside_down}
    amounts = {
        "num_font": _font(8, color=MUTED),
        "num_format": "#,##0",
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": HAIR}},
        **({"name": currency, "name_font": _font(8, bold=False, color=MUTED)} if money else {}),
    }
    across, up = (amounts, names) if kind.lying else (names, amounts)
    drawn.set_x_axis(across)
    drawn.set_y_axis(up)


def _in_words(desk: Desk, chart: Chart, grid: Grid) -> str:
    """Return the first series as text, as a screen reader needs it."""
    fields = {field.code: field for field in grid.fields}
    category, value = fields[chart.category], fields[chart.values[0]]
    pairs = [(row[category.code], row[value.code]) for row in grid.rows[: chart.limit]]
    return "; ".join(
        f"{cell_words(name, category.kind, desk.lang)} {cell_words(amount, value.kind, desk.lang)}"
        for name, amount in pairs
    )

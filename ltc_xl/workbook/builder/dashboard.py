"""看板: figures with their definitions, native charts, and the small tables the charts are drawn from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ltc_xl.messages import say
from ltc_xl.model.book import column_letters
from ltc_xl.model.enums import Lang, words
from ltc_xl.model.tables import table
from ltc_xl.workbook.builder.canvas import Canvas, Span
from ltc_xl.workbook.builder.layout import DASHBOARD, column_reference
from ltc_xl.workbook.builder.measures import (
    IN_LEDGER,
    KPIS,
    Among,
    Filled,
    Frames,
    Home,
    Is,
    Kpi,
    Late,
    Measure,
    Value,
)
from ltc_xl.workbook.builder.names import CURRENCY
from ltc_xl.workbook.builder.printing import set_up_page
from ltc_xl.workbook.builder.styles import (
    AMBER,
    BLUE,
    FONTS,
    INK,
    LINE,
    MUTED,
    NAVY,
    ORANGE,
    PALE,
    RED,
    TABS,
    TEAL,
    WHITE,
    Styles,
)

GROUPS = 4  # tiles side by side, each over three columns and a gap
GROUP_WIDTHS = (17.0, 8.0, 12.0)
GAP = 1.6
TILE_ROWS = (3, 7)
CHART_ROWS = (11, 26)
CHART_HEIGHT = 292
DATA_ROW = 42
MOST_CHANNELS = 9
UNITS: dict[Lang, int] = {"zh": 10_000, "en": 1_000}
AGING_COLOURS = (NAVY, TEAL, AMBER, "#EE7F3B", ORANGE, RED, "#7F1D1D")


@dataclass(frozen=True)
class Line:
    """One row under a chart: the label (a formula when it follows a rule sheet), then its figures."""

    label: str
    figures: tuple[tuple[str, Value], ...]
    label_formula: str | None = None


@dataclass(frozen=True)
class Chart:
    """One chart and its table: place among the four, heads, rows, colours of the columns."""

    key: str
    place: int
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    colours: tuple[str, ...]

    @property
    def first_column(self) -> int:
        """Return the sheet column of its table, counted from 0."""
        return _column(self.place, 0)


def _column(group: int, part: int) -> int:
    return 1 + group * (len(GROUP_WIDTHS) + 1) + part


def _cell(group: int, part: int, line: int) -> str:
    return f"${column_letters(_column(group, part) + 1)}${DATA_ROW + 3 + line}"


def _figure(measure: Measure, frames: Frames, lang: Lang) -> tuple[str, Value]:
    return measure.excel(lang), measure.value(frames)


def _in_units(measure: Measure, frames: Frames, lang: Lang) -> tuple[str, Value]:
    formula, value = _figure(measure, frames, lang)
    return f"{formula}/{UNITS[lang]}", float(value) / UNITS[lang]


def _rest(
    total: tuple[str, Value], lines: list[Line], part: int, group: int, first: int
) -> tuple[str, Value]:
    """Return what of a total the listed lines leave over."""
    formula, value = total
    if not lines:
        return total
    cells = f"{_cell(group, part + 1, first)}:{_cell(group, part + 1, first + len(lines) - 1)}"
    listed = sum(float(line.figures[part][1]) for line in lines)
    return f"{formula}-SUM({cells})", float(value) - listed


def _states(frames: Frames, lang: Lang, profile: str) -> Iterator[Line]:
    for word in words("lead_state", profile):
        yield Line(
            word.label(lang), (_figure(Measure("leads", (Among("state", (word.code,)),)), frames, lang),)
        )


def _channels(frames: Frames, lang: Lang) -> Iterator[Line]:
    """Yield one line per channel of the rule sheet, then what they leave over."""
    named = frames.rows["channels"]["channel"].drop_nulls().to_list()[:MOST_CHANNELS]
    lines = []
    for place, name in enumerate(named):
        test = Is("channel", name, _cell(1, 0, place))
        label = f'IFERROR(INDEX({column_reference("channels", "channel", lang)},{place + 1})&"","")'
        lines.append(Line(name, (_figure(Measure("leads", (test, Filled("state"))), frames, lang),), label))
    yield from lines
    total = _figure(Measure("leads", (Filled("state"),)), frames, lang)
    yield Line(say("sheets.dashboard.other", lang), (_rest(total, lines, 0, 1, 0),))


def _stages(frames: Frames, lang: Lang, profile: str) -> Iterator[Line]:
    for word in words("opp_stage", profile):
        test = Among("stage", (word.code,))
        count = _figure(Measure("opportunities", (test,)), frames, lang)
        amount = _in_units(Measure("opportunities", (test, Home()), ("amount",)), frames, lang)
        yield Line(word.label(lang), (count, amount))


def _late_lines(frames: Frames, lang: Lang, edges: list[int]) -> list[Line]:
    """Return one line per bucket of the rule sheet but the first, which is what the others leave over."""
    cells = [
        f"INDEX({column_reference('buckets', 'to_days', lang)},{place})" for place in range(1, len(edges) + 1)
    ]
    bounds = zip(edges, [*edges[1:], None], cells, [*cells[1:], None], strict=True)
    return [_late_line(frames, lang, Late("due_on", *bound)) for bound in bounds]


def _late_line(frames: Frames, lang: Lang, late: Late) -> Line:
    label = f">{late.over}" if late.upto is None else f"{late.over + 1}-{late.upto}"
    formula = f'({late.over_cell}+1)&"-"&{late.upto_cell}' if late.upto_cell else f'">"&{late.over_cell}'
    count = _figure(Measure("lines", (*IN_LEDGER, late)), frames, lang)
    amount = _in_units(Measure("lines", (*IN_LEDGER, late), ("balance",)), frames, lang)
    return Line(label, (count, amount), formula)


def _aging(frames: Frames, lang: Lang) -> Iterator[Line]:
    edges = frames.rows["buckets"]["to_days"].drop_nulls().sort().to_list()
    late = _late_lines(frames, lang, edges)
    count = _rest(_figure(Measure("lines", IN_LEDGER), frames, lang), late, 0, 3, 1)
    amount = _rest(_in_units(Measure("lines", IN_LEDGER, ("balance",)), frames, lang), late, 1, 3, 1)
    yield Line(say("sheets.dashboard.current", lang), (count, amount))
    yield from late


def charts(frames: Frames, lang: Lang, profile: str) -> tuple[Chart, ...]:
    """Return the four charts with the rows they show."""
    count, both = ("count",), ("count", "amount")
    return (
        Chart("leads_by_state", 0, count, tuple(_states(frames, lang, profile)), (BLUE,)),
        Chart("leads_by_channel", 1, count, tuple(_channels(frames, lang)), (TEAL,)),
        Chart("opps_by_stage", 2, both, tuple(_stages(frames, lang, profile)), (NAVY,)),
        Chart("aging", 3, ("lines", "amount"), tuple(_aging(frames, lang)), AGING_COLOURS),
    )


def _write_head(canvas: Canvas, styles: Styles, frames: Frames) -> None:
    lang, last = styles.lang, _column(GROUPS - 1, len(GROUP_WIDTHS) - 1)
    canvas.sheet.set_row(0, 36)
    title = styles(bold=True, font_size=20, font_color=NAVY)
    canvas.text(Span(0, 1, 7), say("sheets.dashboard.sheet", lang), title)
    small = styles(font_color=MUTED, align="right", bottom=2, bottom_color=NAVY)
    day = f'"{say("sheets.dashboard.as_of", lang)}"&TEXT(TODAY(),"yyyy-mm-dd")'
    note = say("sheets.dashboard.currency", lang), say("sheets.dashboard.currency_note", lang)
    formula = f'{day}&"  ·  {note[0]}"&{CURRENCY}&"{note[1]}"'
    value = f"{say('sheets.dashboard.as_of', lang)}{frames.as_of}  ·  {note[0]}{frames.currency}{note[1]}"
    canvas.sheet.set_row(1, 20)
    canvas.figure(Span(1, 1, last), formula, value, small)


def _write_tile(canvas: Canvas, styles: Styles, kpi: Kpi, place: int, frames: Frames) -> None:
    """Write one tile: the name, linked to its sheet; the figure; its definition."""
    lang, row, group = styles.lang, TILE_ROWS[place // GROUPS], place % GROUPS
    first, last = _column(group, 0), _column(group, len(GROUP_WIDTHS) - 1)
    colour = RED if kpi.alarming else NAVY
    tile = {"bg_color": PALE, "indent": 1, "align": "left"}
    name = styles(**tile, font_color=MUTED, top=5, top_color=colour)
    canvas.link(
        Span(row, first, last), table(kpi.sheet).sheet(lang), say(f"sheets.kpi.{kpi.key}", lang), name
    )
    figure = styles(**tile, bold=True, font_size=20, font_color=colour, num_format=kpi.format)
    canvas.figure(Span(row + 1, first, last), kpi.figure.excel(lang), kpi.figure.value(frames), figure)
    note = styles(**tile, font_color=MUTED, font_size=8, bottom=1, bottom_color=LINE)
    canvas.text(Span(row + 2, first, last), say(f"sheets.kpi.{kpi.key}_note", lang), note)


def _write_lines(canvas: Canvas, styles: Styles, chart: Chart) -> None:
    """Write the table under a chart; its cells are what the chart's series point to."""
    lang, column, row = styles.lang, chart.first_column, DATA_ROW + 1
    head = styles(bold=True, font_color=WHITE, bg_color=NAVY, align="right")
    title = styles(bold=True, font_color=WHITE, bg_color=NAVY)
    canvas.text(Span(row, column, column), say(f"sheets.dashboard.{chart.key}", lang), title)
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
    for place, (formula, value) in enumerate(line.figures):
        at = column + 1 + place
        number = styles(
            bottom=1, bottom_color=LINE, num_format="#,##0.0" if place else "#,##0", align="right"
        )
        canvas.figure(Span(row, at, at), formula, value, number)


def _range(chart: Chart, part: int) -> list[object]:
    column, first = chart.first_column + part, DATA_ROW + 2
    return [first, column, first + len(chart.lines) - 1, column]


def _series(chart: Chart, part: int, sheet: str, styles: Styles) -> dict[str, Any]:
    font = {"name": FONTS[styles.lang], "size": 8, "color": INK}
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
            "font": font,
        },
        **({"points": colours} if colours else {}),
    }


def _count_line(book: Workbook, chart: Chart, sheet: str, styles: Styles) -> Any:  # noqa: ANN401  untyped library
    """Return the count of deals as a line of its own scale, to lie over the columns of amounts."""
    line = book.add_chart({"type": "line"})
    marker = {"type": "circle", "size": 6, "fill": {"color": AMBER}, "border": {"color": WHITE}}
    series = _series(replace(chart, colours=(AMBER,)), 1, sheet, styles)
    line.add_series(
        {
            **series,
            "y2_axis": True,
            "line": {"color": AMBER, "width": 2},
            "marker": marker,
            "data_labels": None,
        }
    )
    font = {"name": FONTS[styles.lang], "size": 8, "color": MUTED}
    line.set_y2_axis({"num_font": font, "num_format": "0", "min": 0, "line": {"none": True}})
    return line


def _draw(book: Workbook, canvas: Canvas, styles: Styles, chart: Chart, sheet: str) -> None:
    lang, name = styles.lang, FONTS[styles.lang]
    part = len(chart.heads)
    drawn = book.add_chart({"type": "column"})
    drawn.add_series(_series(chart, part, sheet, styles))
    two = chart.key == "opps_by_stage"
    if two:
        drawn.combine(_count_line(book, chart, sheet, styles))
    title = say(f"sheets.dashboard.{chart.key}", lang)
    if part > 1:
        title += f" · {say('sheets.dashboard.amount_axis', lang)}"
    drawn.set_title({"name": title, "name_font": {"name": name, "size": 11, "color": NAVY}, "overlay": False})
    drawn.set_x_axis({"num_font": {"name": name, "size": 8, "color": INK}, "line": {"color": LINE}})
    drawn.set_y_axis(
        {
            "num_font": {"name": name, "size": 8, "color": MUTED},
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#EBEFF4"}},
            "line": {"none": True},
            "min": 0 if part == 1 else None,
        }
    )
    drawn.set_legend({"position": "bottom", "font": {"name": name, "size": 8}} if two else {"none": True})
    drawn.set_chartarea({"border": {"color": LINE}})
    drawn.show_blanks_as("gap")
    drawn.set_size({"width": _chart_width(), "height": CHART_HEIGHT})
    row, column = CHART_ROWS[chart.place // 2], _column(chart.place % 2 * 2, 0)
    alt = say("sheets.dashboard.alt", lang, title=title)
    canvas.sheet.insert_chart(row, column, drawn, {"description": alt, "object_position": 2})


def _pixels(width: float) -> int:
    return int(width * 7 + 0.5) + 5


def _chart_width() -> int:
    return 2 * sum(map(_pixels, GROUP_WIDTHS)) + _pixels(GAP)


def _set_columns(sheet: Worksheet) -> None:
    sheet.set_column(0, 0, GAP)
    for group in range(GROUPS):
        for part, width in enumerate((*GROUP_WIDTHS, GAP)):
            sheet.set_column(_column(group, part), _column(group, part), width)


def _set_rows(sheet: Worksheet) -> None:
    for row in range(2, DATA_ROW + 1):
        sheet.set_row(row, 15)
    for row in TILE_ROWS:
        sheet.set_row(row, 20)
        sheet.set_row(row + 1, 32)
        sheet.set_row(row + 2, 16)
    for row in (2, TILE_ROWS[0] + 3, TILE_ROWS[1] + 3):
        sheet.set_row(row, 10)


def write_dashboard(book: Workbook, sheet: Worksheet, styles: Styles, frames: Frames, profile: str) -> None:
    """Write the dashboard."""
    lang, canvas = styles.lang, Canvas(sheet)
    _set_columns(sheet)
    _set_rows(sheet)
    _write_head(canvas, styles, frames)
    for place, kpi in enumerate(KPIS):
        _write_tile(canvas, styles, kpi, place, frames)
    drawn = charts(frames, lang, profile)
    last = _column(GROUPS - 1, len(GROUP_WIDTHS) - 1)
    heading = styles(bold=True, font_size=12, font_color=NAVY)
    sheet.set_row(DATA_ROW, 22)
    canvas.text(Span(DATA_ROW, 1, last), say("sheets.dashboard.data", lang), heading)
    for chart in drawn:
        _write_lines(canvas, styles, chart)
        _draw(book, canvas, styles, chart, say(f"sheets.{DASHBOARD}.sheet", lang))
    sheet.hide_gridlines(2)
    sheet.set_tab_color(TABS["look"])
    sheet.protect("", {"objects": True, "select_locked_cells": True})
    set_up_page(sheet, lang, pages_tall=1)
    sheet.print_area(0, 0, DATA_ROW + 1 + max(len(c.lines) for c in drawn), last + 1)

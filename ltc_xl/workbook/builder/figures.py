"""What the dashboard's charts show: small tables whose cells are formulas, each with the value it has now."""

from collections.abc import Iterator
from dataclasses import dataclass

from ltc_xl.messages import say
from ltc_xl.model.book import column_letters
from ltc_xl.model.enums import Lang, words
from ltc_xl.workbook.builder.layout import column_reference
from ltc_xl.workbook.builder.measures import IN_LEDGER, Among, Filled, Frames, Home, Is, Late, Measure, Value
from ltc_xl.workbook.builder.styles import AMBER, BLUE, NAVY, ORANGE, RED, TEAL

GROUP_WIDTHS = (17.0, 8.0, 12.0)
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
class Figure:
    """One chart and its table: place among the four, heads, rows, colours of the columns.

    ``lying``: bars from left to right, for long labels; the labels hold the counts.
    """

    key: str
    place: int
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    colours: tuple[str, ...]
    lying: bool = False

    @property
    def first_column(self) -> int:
        """Return the sheet column of its table, counted from 0."""
        return grid_column(self.place, 0)


def grid_column(group: int, part: int) -> int:
    """Return a column of the dashboard's grid, from 0: four groups of three columns, a gap after each."""
    return 1 + group * (len(GROUP_WIDTHS) + 1) + part


def _cell(group: int, part: int, line: int) -> str:
    return f"${column_letters(grid_column(group, part) + 1)}${DATA_ROW + 3 + line}"


def _counted(measure: Measure, frames: Frames, lang: Lang) -> tuple[str, Value]:
    return measure.excel(lang), measure.value(frames)


def _in_units(measure: Measure, frames: Frames, lang: Lang) -> tuple[str, Value]:
    formula, value = _counted(measure, frames, lang)
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
            word.label(lang), (_counted(Measure("leads", (Among("state", (word.code,)),)), frames, lang),)
        )


def _channels(frames: Frames, lang: Lang) -> Iterator[Line]:
    """Yield one line per channel of the rule sheet, then what they leave over."""
    named = frames.rows["channels"]["channel"].drop_nulls().to_list()[:MOST_CHANNELS]
    lines = []
    for place, name in enumerate(named):
        test = Is("channel", name, _cell(1, 0, place))
        label = f'IFERROR(INDEX({column_reference("channels", "channel", lang)},{place + 1})&"","")'
        lines.append(Line(name, (_counted(Measure("leads", (test, Filled("state"))), frames, lang),), label))
    yield from lines
    total = _counted(Measure("leads", (Filled("state"),)), frames, lang)
    yield Line(say("sheets.dashboard.other", lang), (_rest(total, lines, 0, 1, 0),))


def _stages(frames: Frames, lang: Lang, profile: str) -> Iterator[Line]:
    for place, word in enumerate(words("opp_stage", profile)):
        test = Among("stage", (word.code,))
        count = _counted(Measure("opportunities", (test,)), frames, lang)
        amount = _in_units(Measure("opportunities", (test, Home()), ("amount",)), frames, lang)
        label, cell = word.label(lang), _cell(2, 1, place)
        yield Line(f"{label} ({count[1]})", (count, amount), f'"{label} ("&{cell}&")"')


def _late_lines(frames: Frames, lang: Lang, edges: list[int]) -> list[Line]:
    """Return one line per bucket of the rule sheet but the first, which is what the others leave over."""
    cells = [
        f"INDEX({column_reference('buckets', 'to_days', lang)},{place})" for place in range(1, len(edges) + 1)
    ]
    upper, upper_cells = ([*lower[1:], None][: len(edges)] for lower in (edges, cells))
    bounds = zip(edges, upper, cells, upper_cells, strict=True)
    return [_late_line(frames, lang, Late("due_on", *bound)) for bound in bounds]


def _late_line(frames: Frames, lang: Lang, late: Late) -> Line:
    label = f">{late.over}" if late.upto is None else f"{late.over + 1}-{late.upto}"
    formula = f'({late.over_cell}+1)&"-"&{late.upto_cell}' if late.upto_cell else f'">"&{late.over_cell}'
    count = _counted(Measure("lines", (*IN_LEDGER, late)), frames, lang)
    amount = _in_units(Measure("lines", (*IN_LEDGER, late), ("balance",)), frames, lang)
    return Line(label, (count, amount), formula)


def _aging(frames: Frames, lang: Lang) -> Iterator[Line]:
    edges = frames.rows["buckets"]["to_days"].drop_nulls().sort().to_list()
    late = _late_lines(frames, lang, edges)
    count = _rest(_counted(Measure("lines", IN_LEDGER), frames, lang), late, 0, 3, 1)
    amount = _rest(_in_units(Measure("lines", IN_LEDGER, ("balance",)), frames, lang), late, 1, 3, 1)
    yield Line(say("sheets.dashboard.current", lang), (count, amount))
    yield from late


def figures(frames: Frames, lang: Lang, profile: str) -> tuple[Figure, ...]:
    """Return what the four charts show."""
    count, both = ("count",), ("count", "amount")
    return (
        Figure("leads_by_state", 0, count, tuple(_states(frames, lang, profile)), (BLUE,)),
        Figure("leads_by_channel", 1, count, tuple(_channels(frames, lang)), (TEAL,)),
        Figure("opps_by_stage", 2, both, tuple(_stages(frames, lang, profile)), (NAVY,), lying=True),
        Figure("aging", 3, ("lines", "amount"), tuple(_aging(frames, lang)), AGING_COLOURS),
    )

"""What the dashboard's charts show: small tables whose cells are formulas, each with the value it has now."""

from collections.abc import Iterator
from dataclasses import dataclass

from ltc_xl.messages import say
from ltc_xl.model.book import column_letters
from ltc_xl.model.enums import Lang, words
from ltc_xl.model.tables import column_reference
from ltc_xl.workbook.builder.measures import (
    IN_LEDGER,
    Among,
    Filled,
    Frames,
    Home,
    Is,
    Late,
    Measure,
    NotLate,
    Unlisted,
    Value,
)
from ltc_xl.workbook.builder.styles import AMBER, BLUE, NAVY, ORANGE, RED, TEAL
from ltc_xl.workbook.builder.vocabulary import word_reference

GROUP_WIDTHS = (17.0, 8.0, 12.0)
DATA_ROW = 42
MOST_CHANNELS = 9
UNITS: dict[Lang, int] = {"zh": 10_000, "en": 1_000}
AGING_COLOURS = (NAVY, TEAL, AMBER, "#EE7F3B", ORANGE, RED, "#7F1D1D")


@dataclass(frozen=True)
class Shown:
    """A number under a chart: its formula and value, and the measure whose first row it leads to."""

    measure: Measure
    formula: str
    value: Value

    def linked(self, lang: Lang) -> str:
        """Return the formula with its link."""
        return self.measure.link(self.formula, lang)


@dataclass(frozen=True)
class Line:
    """One row under a chart: the label (a formula when it follows a rule sheet), then its figures."""

    label: str
    figures: tuple[Shown, ...]
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


def _cells(group: int, part: int, first: int, count: int) -> str:
    return f"{_cell(group, part, first)}:{_cell(group, part, first + count - 1)}"


def _counted(measure: Measure, frames: Frames, lang: Lang) -> Shown:
    return Shown(measure, measure.excel(lang), measure.value(frames))


def _in_units(measure: Measure, frames: Frames, lang: Lang) -> Shown:
    formula, value = measure.excel(lang), float(measure.value(frames)) / UNITS[lang]
    return Shown(measure, f"{formula}/{UNITS[lang]}", value)


def _rest(total: Shown, rest: Measure, lines: list[Line], part: int, cells: str) -> Shown:
    """Return what of a total the listed lines, whose figures stand in some cells, leave over."""
    if not lines:
        return total
    listed = sum(float(line.figures[part].value) for line in lines)
    return Shown(rest, f"{total.formula}-SUM({cells})", float(total.value) - listed)


def _states(frames: Frames, lang: Lang, profile: str) -> Iterator[Line]:
    labels = frames.book.labels("lead_state")
    for word in words("lead_state", profile):
        count = _counted(Measure("leads", (Among("state", (word.code,)),)), frames, lang)
        yield Line(labels[word.code], (count,), word_reference("lead_state", word.code))


def _channels(frames: Frames, lang: Lang) -> Iterator[Line]:
    """Yield one line per channel of the rule sheet, then what they leave over."""
    named = frames.rows["channels"]["channel"].drop_nulls().to_list()[:MOST_CHANNELS]
    lines = []
    for place, name in enumerate(named):
        test = Is("channel", name, _cell(1, 0, place))
        label = f'IFERROR(INDEX({column_reference("channels", "channel", lang)},{place + 1})&"","")'
        lines.append(Line(name, (_counted(Measure("leads", (test, Filled("state"))), frames, lang),), label))
    yield from lines
    total = Measure("leads", (Filled("state"),))
    others = Unlisted("channel", tuple(named), _cells(1, 0, 0, len(named)))
    rest = Measure("leads", (*total.tests, others))
    over = _rest(_counted(total, frames, lang), rest, lines, 0, _cells(1, 1, 0, len(named)))
    yield Line(say("sheets.dashboard.other", lang), (over,))


def _stages(frames: Frames, lang: Lang, profile: str) -> Iterator[Line]:
    labels = frames.book.labels("opp_stage")
    for place, word in enumerate(words("opp_stage", profile)):
        test = Among("stage", (word.code,))
        count = _counted(Measure("opportunities", (test,)), frames, lang)
        amount = _in_units(Measure("opportunities", (test, Home()), ("amount",)), frames, lang)
        label = f'{word_reference("opp_stage", word.code)}&" ("&{_cell(2, 1, place)}&")"'
        yield Line(f"{labels[word.code]} ({count.value})", (count, amount), label)


def _late_lines(frames: Frames, lang: Lang, edges: list[int]) -> list[Line]:
    """Return one line per bucket of the rule sheet but the first, which is what the others leave over."""
    cells = [_edge(place, lang) for place in range(1, len(edges) + 1)]
    upper, upper_cells = ([*lower[1:], None][: len(edges)] for lower in (edges, cells))
    bounds = zip(edges, upper, cells, upper_cells, strict=True)
    return [_late_line(frames, lang, Late("due_on", *bound)) for bound in bounds]


def _edge(place: int, lang: Lang) -> str:
    return f"INDEX({column_reference('buckets', 'to_days', lang)},{place})"


def _late_line(frames: Frames, lang: Lang, late: Late) -> Line:
    label = f">{late.over}" if late.upto is None else f"{late.over + 1}-{late.upto}"
    formula = f'({late.over_cell}+1)&"-"&{late.upto_cell}' if late.upto_cell else f'">"&{late.over_cell}'
    count = _counted(Measure("lines", (*IN_LEDGER, late)), frames, lang)
    amount = _in_units(Measure("lines", (*IN_LEDGER, late), ("balance",)), frames, lang)
    return Line(label, (count, amount), formula)


def _aging(frames: Frames, lang: Lang) -> Iterator[Line]:
    edges = frames.rows["buckets"]["to_days"].drop_nulls().sort().to_list()
    late = _late_lines(frames, lang, edges)
    total = Measure("lines", IN_LEDGER)
    rest = Measure("lines", (*IN_LEDGER, NotLate("due_on", (edges or [0])[0], _edge(1, lang))))
    totals = _counted(total, frames, lang), _in_units(Measure("lines", IN_LEDGER, ("balance",)), frames, lang)
    over = (_rest(all_, rest, late, i, _cells(3, 1 + i, 1, len(late))) for i, all_ in enumerate(totals))
    yield Line(say("sheets.dashboard.current", lang), tuple(over))
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

"""Conditional formats: finding marks, colours of stages, overdue and idle warnings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ltc_xl.model.enums import Word, codes_of_kind, words
from ltc_xl.model.tables import UID, Column
from ltc_xl.workbook.builder.layout import FIRST_ROW, TableArea
from ltc_xl.workbook.builder.styles import ENDED, MUTED, NAVY, RED, STEPS, TONES, Styles, tone
from ltc_xl.workbook.builder.vocabulary import among_words
from ltc_xl.workbook.edges import edge_formula

Rule = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Alert:
    """A number that deserves a colour above a limit."""

    table: str
    column: str
    above: int
    tone: str


ALERTS = (
    Alert("lines", "days_overdue", 90, "bad"),
    Alert("lines", "days_overdue", 30, "warn"),
    Alert("lines", "days_overdue", 0, "care"),
    Alert("contracts", "overdue_amount", 0, "bad"),
    Alert("customers", "overdue_amount", 0, "bad"),
    Alert("leads", "idle_days", 30, "bad"),
    Alert("leads", "idle_days", 14, "care"),
    Alert("opportunities", "days_in_stage", 60, "care"),
    Alert("receipts", "unapplied", 0, "care"),
    Alert("aging", "max_days_overdue", 90, "bad"),
    Alert("aging", "max_days_overdue", 30, "warn"),
    Alert("aging", "max_days_overdue", 0, "care"),
)


def _mark(area: TableArea, code: str, key: str) -> Rule:
    """Return the thin red edge: the row's identity and this column stand among the marks of the problems."""
    test = edge_formula(area.first_cell(UID), key)
    return area.body(code), {"type": "formula", "criteria": f"={test}"}


def _marks(area: TableArea) -> Iterator[Rule]:
    if not area.model.tracked:
        return
    for column in area.columns:
        yield _mark(area, column.code, column.code)
    yield _mark(area, next(c.code for c in area.shown), "")


def _stepped(word: Word, place: int) -> tuple[str, str]:
    found = tone(word)
    return TONES[found] if found else (STEPS[min(place, len(STEPS) - 1)], NAVY)


def _word_colours(area: TableArea, column: Column, styles: Styles) -> Iterator[Rule]:
    """Yield a colour per word, as the firm calls it."""
    enum = column.enum or ""
    listed = words(enum, area.profile)
    if not any(word.kind or tone(word) for word in listed):
        return
    for place, word in enumerate(listed):
        fill, ink = _stepped(word, place)
        look = styles.dxf(bg_color=fill, font_color=ink)
        test = f"={among_words(area.first_cell(column.code), enum, (word.code,))}"
        yield area.body(column.code), {"type": "formula", "criteria": test, "format": look}


def _alert(area: TableArea, alert: Alert, styles: Styles) -> Rule:
    cell = area.first_cell(alert.column)
    fill, ink = TONES[alert.tone]
    look = styles.dxf(bg_color=fill, font_color=ink, bold=alert.tone == "bad")
    test = f"=AND(ISNUMBER({cell}),{cell}>{alert.above})"
    return area.body(alert.column), {
        "type": "formula",
        "criteria": test,
        "format": look,
        "stop_if_true": True,
    }


def _closed(area: TableArea) -> str:
    """Return an Excel test that is true while the row's record is closed; '' when the table has no states."""
    for column in area.columns:
        ended = codes_of_kind(column.enum, *ENDED) if column.enum else ()
        if column.enum and ended:
            return among_words(area.first_cell(column.code), column.enum, ended)
    return ""


def _late(area: TableArea, code: str, styles: Styles) -> Rule:
    cell = area.first_cell(code)
    closed = _closed(area)
    still_open = f",NOT({closed})" if closed else ""
    test = f"=AND(ISNUMBER({cell}),{cell}<TODAY(){still_open})"
    return area.body(code), {
        "type": "formula",
        "criteria": test,
        "format": styles.dxf(font_color=RED, bold=True),
    }


def _agenda(area: TableArea, styles: Styles) -> Iterator[Rule]:
    """Yield what makes the sheet 今日 readable: a line between people, red days, pale what is left out."""
    first, last = area.columns[0].code, area.shown[-1].code
    cells = f"{area.body(first).split(':')[0]}:{area.body(last).split(':')[1]}"
    who, what = area.first_cell("member"), area.first_cell("kind")
    above = who[:2] + str(FIRST_ROW - 1)
    due, new = area.first_cell("due_on"), f"{who}<>{above}"
    late = f"=AND({new},ISNUMBER({due}),{due}<TODAY())"
    both = styles.dxf(font_color=RED, bold=True, top=1, top_color=NAVY)
    yield area.body("due_on"), {"type": "formula", "criteria": late, "format": both}
    yield _late(area, "due_on", styles)
    line = styles.dxf(top=1, top_color=NAVY)
    yield cells, {"type": "formula", "criteria": f"={new}", "format": line}
    left_out = f'=AND({who}<>"",{what}="")'
    pale = styles.dxf(font_color=MUTED, italic=True)
    yield cells, {"type": "formula", "criteria": left_out, "format": pale}


def conditional_formats(area: TableArea, styles: Styles) -> Iterator[Rule]:
    """Yield (cells, options) of every conditional format of a table, the most telling first."""
    edge = styles.dxf(border=1, border_color=RED)
    for cells, options in _marks(area):
        yield cells, {**options, "format": edge}
    for alert in ALERTS:
        if alert.table == area.model.name:
            yield _alert(area, alert, styles)
    if area.model.name == "today":
        yield from _agenda(area, styles)
    if "next_on" in area.numbers:
        yield _late(area, "next_on", styles)
    for column in area.shown:
        if column.enum:
            yield from _word_colours(area, column, styles)

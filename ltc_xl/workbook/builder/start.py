"""开始: the firm, what waits, five ways in, how it works, what the colours mean, the commands."""

from dataclasses import dataclass

from xlsxwriter.format import Format

from ltc_xl.messages import say, shown
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import column_reference, table, tables_of
from ltc_xl.workbook.builder.canvas import Canvas, Span
from ltc_xl.workbook.builder.layout import DASHBOARD, LOOKS, SHOWN_RULES, look_sheet, text_width
from ltc_xl.workbook.builder.measures import (
    LISTED_TODAY,
    OPEN_LEADS,
    OPEN_OPPORTUNITIES,
    OVERDUE_LINES,
    PROBLEMS,
    Frames,
    Measure,
)
from ltc_xl.workbook.builder.names import setting_formula
from ltc_xl.workbook.builder.printing import set_up_page
from ltc_xl.workbook.builder.styles import (
    BLUE,
    GREY,
    INK,
    LINE,
    MUTED,
    NAVY,
    PALE,
    RED,
    SKY,
    TABS,
    WHITE,
    Styles,
)

CARDS: tuple[tuple[str, Measure], ...] = (
    ("today", LISTED_TODAY),
    ("leads", OPEN_LEADS),
    ("opportunities", OPEN_OPPORTUNITIES),
    ("lines", OVERDUE_LINES),
    ("findings", PROBLEMS),
)
OTHERS = ("customers", "contracts", "receipts", DASHBOARD, *SHOWN_RULES)
STEPS = 5
LAST_RUN = ("done_at", "accepted", "waiting")
"""Keys of the hidden sheet: when the program last wrote, edits it took, stages that wait for a person."""
COMMANDS: tuple[tuple[str, str], ...] = (
    ("sync", "ltc-xl sync {file}"),
    ("import", "ltc-xl import {file} {source} --form leads"),
    ("letters", "ltc-xl collect letters {file}"),
    ("history", "ltc-xl history {file}"),
    ("aging", "ltc-xl collect aging {file}"),
    ("management", "ltc-xl report management {file}"),
)
CARD_WIDTH, GAP = 27, 1.6
BAND_HEIGHTS = (8, 38, 24, 8)
LINE_HEIGHT = 16
LINE_WIDTH = 160  # characters across the cards; letters are narrower than digits
LAST = len(CARDS) * 2 - 1


@dataclass
class Pen:
    """Writes down the sheet, row after row."""

    canvas: Canvas
    styles: Styles
    row: int = 0

    @property
    def lang(self) -> Lang:
        """Return the language of the sheet."""
        return self.styles.lang

    def skip(self, height: float) -> None:
        """Leave a row of some height free."""
        self.canvas.sheet.set_row(self.row, height)
        self.row += 1

    def whole(self) -> Span:
        """Return this row from the first card to the last."""
        return Span(self.row, 1, LAST)

    def heading(self, key: str) -> None:
        """Write the heading of a section."""
        self.skip(12)
        look = self.styles(bold=True, font_size=12, font_color=NAVY, bottom=1, bottom_color=LINE)
        self.canvas.text(self.whole(), say(f"sheets.start.{key}", self.lang), look)
        self.skip(24)


def _write_band(pen: Pen, company: str) -> None:
    """Write the dark band with the firm's name, which follows the settings."""
    none = say("sheets.start.no_company", pen.lang)
    name = pen.styles(bold=True, font_size=22, font_color=WHITE, bg_color=NAVY)
    line = pen.styles(font_color=SKY, bg_color=NAVY, font_size=11)
    for height in BAND_HEIGHTS:
        for column in range(LAST + 2):
            pen.canvas.sheet.write_blank(pen.row, column, None, pen.styles(bg_color=NAVY))
        pen.skip(height)
    pen.canvas.figure(Span(1, 1, LAST), setting_formula("company", none, pen.lang), company or none, name)
    pen.canvas.text(Span(2, 1, LAST), say("sheets.start.tagline", pen.lang), line)


def _write_news(pen: Pen, frames: Frames) -> None:
    """Write what waits, and whether the program has seen the workbook."""
    lang, count = pen.lang, PROBLEMS.value(frames)
    clean, problems = say("sheets.start.clean", lang), say("sheets.start.problems", lang)
    formula = f'IF({PROBLEMS.excel(lang)}=0,"{clean}",{PROBLEMS.excel(lang)}&" {problems}")'
    pen.skip(8)
    look = pen.styles(bold=True, font_color=NAVY, font_size=11)
    pen.canvas.figure(Span(pen.row, 1, 5), formula, f"{count} {problems}" if count else clean, look)
    muted = pen.styles(font_color=MUTED, align="right")
    pen.canvas.figure(Span(pen.row, 6, LAST), _last_run_formula(lang), _last_run(lang, frames), muted)
    pen.skip(22)
    pen.skip(4)


def _meta_text(key: str, lang: Lang) -> str:
    """Return the formula of what the hidden sheet holds under a key, as text."""
    keys, values = (column_reference("meta", code, lang) for code in ("key", "value"))
    return f'IFERROR(INDEX({values},MATCH("{key}",{keys},0))&"","")'


def _last_run_formula(lang: Lang) -> str:
    """Return the formula of the line that says when the program last wrote here, and what waits."""
    said = say("sheets.start.last_run", lang, **{key: f'"&{_meta_text(key, lang)}&"' for key in LAST_RUN})
    fresh = say("sheets.start.fresh", lang)
    return f'IF({_meta_text(LAST_RUN[0], lang)}="","{fresh}","{said}")'


def _last_run(lang: Lang, frames: Frames) -> str:
    known = dict(frames.rows["meta"].select("key", "value").iter_rows())
    if not known.get(LAST_RUN[0]):
        return say("sheets.start.fresh", lang)
    return say("sheets.start.last_run", lang, **{key: known.get(key) or "" for key in LAST_RUN})


def _write_cards(pen: Pen, frames: Frames) -> None:
    lang, styles = pen.lang, pen.styles
    card = {"bg_color": PALE, "align": "center"}
    edge = {"left": 1, "right": 1, "left_color": LINE, "right_color": LINE}
    for place, (name, measure) in enumerate(CARDS):
        column = 1 + 2 * place
        colour = RED if name == "findings" else BLUE
        title = styles(**card, **edge, bold=True, font_size=14, font_color=NAVY, top=5, top_color=colour)
        pen.canvas.link(
            Span(pen.row, column, column), table(name).sheet(lang), table(name).sheet(lang), title
        )
        number = styles(**card, **edge, bold=True, font_size=20, font_color=colour, num_format="#,##0")
        here = Span(pen.row + 1, column, column)
        pen.canvas.figure(here, measure.link(measure.excel(lang), lang), measure.value(frames), number)
        unit = styles(**card, **edge, font_color=MUTED, font_size=9, bottom=1, bottom_color=LINE)
        _write_unit(pen, frames, name, Span(pen.row + 2, column, column), unit)
    for height in (28, 34, 20):
        pen.skip(height)


def _write_unit(pen: Pen, frames: Frames, name: str, here: Span, look: Format) -> None:
    """Write what a card counts; the list of 今日 says of which day it is, unless it is of this one."""
    said = say(f"sheets.card.{name}", pen.lang)
    if name != "today":
        pen.canvas.text(here, said, look)
        return
    listed_on = frames.rows["today"]["as_of"].max()
    told = {"day": '"&TEXT(MAX(' + column_reference("today", "as_of", pen.lang) + '),"yyyy-mm-dd")&"'}
    old = say("sheets.card.today_then", pen.lang, **told)
    stale = (
        f"OR({LISTED_TODAY.excel(pen.lang)}=0,MAX({column_reference('today', 'as_of', pen.lang)})=TODAY())"
    )
    shown = (
        said if listed_on in (None, frames.as_of) else say("sheets.card.today_then", pen.lang, day=listed_on)
    )
    pen.canvas.figure(here, f'IF({stale},"{said}","{old}")', shown, look)


def _write_steps(pen: Pen) -> None:
    pen.heading("how")
    pen.skip(4)
    number, text = pen.styles(bold=True, font_color=BLUE), pen.styles(text_wrap=True)
    for step in range(1, STEPS + 1):
        sentence = say(f"sheets.start.step{step}", pen.lang)
        pen.canvas.text(pen.whole(), "", text)
        pen.canvas.sheet.write_rich_string(pen.row, 1, number, f"{step}   ", pen.styles(), sentence, text)
        pen.skip(LINE_HEIGHT * _lines(sentence) + 5)


def _lines(text: str) -> int:
    """Return how many lines a text takes across the cards."""
    return -(-text_width(text) // LINE_WIDTH)


def _write_colours(pen: Pen) -> None:
    """Write one sample cell per colour."""
    pen.heading("colours")
    pen.skip(5)
    looks = {
        "white": pen.styles(border=1, border_color=LINE, align="center"),
        "grey": pen.styles(border=1, border_color=LINE, bg_color=GREY, align="center"),
        "edge": pen.styles(border=2, border_color=RED, align="center"),
        "dark": pen.styles(bold=True, bg_color=NAVY, font_color=WHITE, align="center"),
    }
    for place, (key, look) in enumerate(looks.items()):
        column = 1 + 2 * place
        pen.canvas.text(Span(pen.row, column, column), say(f"sheets.start.{key}", pen.lang), look)
    pen.skip(22)


def _write_commands(pen: Pen) -> None:
    pen.heading("commands")
    files = {key: say(f"sheets.start.{key}", pen.lang) for key in ("file", "source")}
    mono = pen.styles(font_name="Consolas", font_color=INK, bg_color=PALE, indent=1)
    text = pen.styles(font_color=MUTED, indent=1)
    for key, command in COMMANDS:
        pen.canvas.text(Span(pen.row, 1, 5), command.format(**files), mono)
        pen.canvas.text(Span(pen.row, 6, LAST), say(f"sheets.start.command_{key}", pen.lang), text)
        pen.skip(19)


def _sheet_of(name: str, lang: Lang) -> str:
    return look_sheet(name, lang) if name in LOOKS else table(name).sheet(lang)


def _write_others(pen: Pen, profile: str) -> None:
    """Write links to the remaining sheets, and where the hidden ones are."""
    pen.heading("others")
    look = pen.styles(font_color=BLUE, underline=1)
    for place, name in enumerate(OTHERS):
        if place % len(CARDS) == 0:
            pen.skip(20)
        column = 1 + 2 * (place % len(CARDS))
        sheet = _sheet_of(name, pen.lang)
        pen.canvas.link(Span(pen.row - 1, column, column), sheet, sheet, look)
    prepared = [
        t.sheet(pen.lang) for t in tables_of(profile) if t.group == "work" and t.profile == "prepared"
    ]
    note = pen.styles(font_color=MUTED, font_size=9, text_wrap=True)
    text = say("sheets.start.hidden", pen.lang, sheets=shown(prepared, pen.lang))
    pen.canvas.text(pen.whole(), text, note)
    pen.skip(LINE_HEIGHT * _lines(text) + 4)


def write_start(canvas: Canvas, styles: Styles, frames: Frames, profile: str) -> None:
    """Write the first sheet."""
    pen, sheet = Pen(canvas, styles), canvas.sheet
    sheet.set_column(0, 0, GAP)
    for place in range(len(CARDS)):
        sheet.set_column(1 + 2 * place, 1 + 2 * place, CARD_WIDTH)
        sheet.set_column(2 + 2 * place, 2 + 2 * place, GAP)
    _write_band(pen, frames.setting("company"))
    _write_news(pen, frames)
    _write_cards(pen, frames)
    _write_steps(pen)
    _write_colours(pen)
    _write_commands(pen)
    _write_others(pen, profile)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(TABS["look"])
    sheet.protect("", {"objects": True, "select_locked_cells": True})
    set_up_page(sheet, styles.lang, pages_tall=1)
    sheet.print_area(0, 0, pen.row - 1, LAST + 1)

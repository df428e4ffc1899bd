"""A report in words, as its PDF template sets it: every text ready, every figure formatted, charts drawn."""

import re
from collections.abc import Mapping, Sequence

from ltc_xl import __version__
from ltc_xl.messages import say
from ltc_xl.messages.papers import cell_words, change_words, heading
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import NUMBERS, Field, Figure, Grid, Report, TieOut
from ltc_xl.render.charts import chart_svg, chart_title
from ltc_xl.render.columns import column_width

ROWS_SHOWN = 40
WIDEST = 26
"""In half-width characters: words in a column wrap beyond it."""

Texts = Mapping[str, object]


def report_texts(report: Report, lang: Lang) -> dict[str, object]:
    """Return what stands on a report, for ``report.typ`` or a template of its own."""
    words = _Words(report, lang)
    return {
        "title": words.say(f"titles.{report.name}"),
        "firm": report.firm,
        "facts": words.facts(),
        "source": f"{words.say('frame.source', source=report.source)} · ltc-xl {__version__}",
        "figures": [words.figure(figure) for figure in report.figures],
        "unread": words.unread(),
        "tie_out": words.tie_out(report.tie_out) if report.tie_out else None,
        "charts": words.charts(),
        "grids": {grid.name: words.grid(grid) for grid in report.grids.values()},
        "definitions_title": words.say("frame.definitions"),
        "definitions": words.definitions(),
        "page": "{page} / {pages}",
    }


class _Words:
    """Says the parts of one report."""

    def __init__(self, report: Report, lang: Lang) -> None:
        self.report, self.lang = report, lang

    def say(self, key: str, **values: object) -> str:
        return say(f"reports.{key}", self.lang, **values)

    def facts(self) -> str:
        """Return firm, day, basis and currency in one line."""
        report = self.report
        basis = self.say("frame.basis", basis=self.say(f"entries.{report.basis}")) if report.basis else ""
        day = self.say("frame.as_of", as_of=report.as_of)
        currency = self.say("frame.currency", currency=report.currency)
        return " · ".join(part for part in (report.firm, day, basis, currency) if part)

    def figure(self, figure: Figure) -> Texts:
        """Return a figure that is read first."""
        value = cell_words(figure.value, figure.kind, self.lang)
        value = self.say("frame.at_least", value=value) if figure.floor else value
        beside = figure.beside
        return {
            "name": self.say(f"figures.{figure.name}"),
            "value": value,
            "tone": figure.tone,
            "beside": " ".join(self.named(beside)) if beside else "",
            "change": change_words(figure, self.lang),
            "news": figure.news,
        }

    def named(self, figure: Figure) -> tuple[str, str]:
        """Return what a figure is called, and its value."""
        return self.say(f"figures.{figure.name}"), cell_words(figure.value, figure.kind, self.lang)

    def unread(self) -> str:
        """Return the warning about cells that could not be read, or ''."""
        report = self.report
        if not report.unread:
            return ""
        return self.say("frame.unread", count=len(report.unread), cells=report.unread_in_short)

    def tie_out(self, tie_out: TieOut) -> Texts:
        """Return whether the paper ties, and the equation."""
        difference = cell_words(tie_out.difference, "money", self.lang)
        sides = (*tie_out.sides.items(), (tie_out.target, tie_out.target_amount))
        amounts = [
            [self.say(f"entries.{name}"), cell_words(value, "money", self.lang)] for name, value in sides
        ]
        return {
            "ties": tie_out.ties,
            "verdict": self.say(f"tie_out.{'ties' if tie_out.ties else 'breaks'}", difference=difference),
            "title": self.say("tie_out.title"),
            "rows": amounts,
            "difference": [self.say("tie_out.difference"), difference],
        }

    def charts(self) -> list[Texts]:
        """Return the charts that have something to show."""
        drawn = [(name, chart_svg(self.report, name, self.lang)) for name in self.report.charts]
        return [
            {"name": name, "title": chart_title(self.report, name, self.lang), "svg": without_fonts(svg)}
            for name, svg in drawn
            if svg
        ]

    def grid(self, grid: Grid) -> Texts:
        """Return the first rows of a grid, its total, and how many rows are left to the workbook."""
        rows = [self.cells(grid.fields, row) for row in grid.rows[:ROWS_SHOWN]]
        total = self.total(grid) if grid.total else []
        shown = [*rows, *([total] if total else [])]
        left = len(grid.rows) - len(rows)
        return {
            "title": self.title(grid),
            "where": grid.where,
            "columns": [
                self.column(field, [row[place] for row in shown]) for place, field in enumerate(grid.fields)
            ],
            "rows": rows,
            "total": total,
            "more": self.say("frame.more", count=left) if left else "",
        }

    def title(self, grid: Grid) -> str:
        """Return what stands over a grid; one by keys says which keys."""
        if grid.name != "keys":
            return self.say(f"grids.{grid.name}")
        return f"{self.say(f'titles.{self.report.name}')} · {self.say(f'keys.{grid.fields[0].code}')}"

    def column(self, field: Field, shown: Sequence[str]) -> Texts:
        """Return a column: heading, side, and the widest text in it; words may wrap, figures must not."""
        words, number = heading(field, self.lang), field.kind in NUMBERS
        width = column_width(words, shown, None if number else WIDEST)
        return {"heading": words, "right": number, "width": width}

    def cells(self, fields: Sequence[Field], row: Mapping[str, object]) -> list[str]:
        """Return a row as texts; a first cell without a name says so."""
        first, *rest = [cell_words(row.get(field.code), field.kind, self.lang) for field in fields]
        return [first or self.say("frame.unnamed"), *rest]

    def total(self, grid: Grid) -> list[str]:
        """Return the last row; nothing where a total would mean nothing."""
        whole = grid.total or {}
        others = ((field, whole.get(field.code)) for field in grid.fields[1:])
        shown = ["" if value is None else cell_words(value, field.kind, self.lang) for field, value in others]
        return [self.say("frame.total"), *shown]

    def definitions(self) -> list[list[str]]:
        """Return each term with what it means."""
        names, values = self.report.definitions, self.report.values
        return [[self.say(f"headings.{name}"), self.say(f"definitions.{name}", **values)] for name in names]


def without_fonts(svg: str) -> str:
    """Return a drawing without the fonts of screens: on a PDF its labels are set like the paper.

    >>> without_fonts('<text font-family="Segoe UI, sans-serif" x="1">a</text>')
    '<text font-family="PAPER" x="1">a</text>'
    """
    return re.sub(r'font-family="[^"]*"', 'font-family="PAPER"', svg)

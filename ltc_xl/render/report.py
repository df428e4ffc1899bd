"""A report in words, as its PDF template sets it: every text ready, every figure formatted, charts drawn."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from ltc_xl import __version__
from ltc_xl.messages import say
from ltc_xl.messages.papers import cell_words, change_words, heading, rows_words
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import NUMBERS, Field, Figure, Grid, Report, TieOut
from ltc_xl.render.charts import chart_svg, chart_title
from ltc_xl.render.columns import column_width

ROWS_SHOWN = 40
WIDEST, BROADEST = 34, 70
"""In half-width characters: words in a column wrap beyond the first, explanations beyond the second."""

VERDICTS = {"management": "ties_cash"}
"""What a report that ties says of it, where it is not the usual."""

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
        "foreign": words.foreign(),
        "definitions_title": words.say("frame.definitions"),
        "definitions": words.definitions(),
        "explained": words.explained(),
        "compared": words.compared(),
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
        return {
            "name": self.say(f"figures.{figure.name}"),
            "value": value,
            "tone": figure.tone,
            "beside": self.beside(figure.beside) if figure.beside else "",
            "change": change_words(figure, self.lang),
            "news": figure.news,
        }

    def beside(self, figure: Figure) -> str:
        """Return a figure told in smaller type."""
        return f"{self.say(f'beside.{figure.name}')} {cell_words(figure.value, figure.kind, self.lang)}"

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
        good = VERDICTS.get(self.report.name, "ties")
        return {
            "ties": tie_out.ties,
            "verdict": self.say(f"tie_out.{good if tie_out.ties else 'breaks'}", difference=difference),
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
        first = grid.fields[0]
        if grid.name != "keys":
            return self.say(f"grids.{grid.name}", name=first.heading)
        by = self.say(f"keys.{first.code}", name=first.heading)
        return f"{self.say(f'titles.{self.report.name}')} · {by}"

    def column(self, field: Field, shown: Sequence[str]) -> Texts:
        """Return a column: heading, side, and the widest text in it; words may wrap, figures must not."""
        words, number = heading(field, self.lang), field.kind in NUMBERS
        width = column_width(words, shown, None if number else WIDEST)
        return {"name": field.code, "heading": words, "right": number, "width": width}

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

    def definitions(self) -> list[Texts]:
        """Return each term with what it means."""
        return [
            {"name": name, "term": self.say(f"headings.{name}"), "words": self.defined(name)}
            for name in self.report.definitions
        ]

    def defined(self, name: str) -> str:
        """Return what a term means."""
        return self.say(f"definitions.{name}", **self.report.values)

    def foreign(self) -> list[str]:
        """Return what stands in other currencies, a sentence each; the first says what they are."""
        grid = self.report.grids.get("foreign")
        if grid is None or not grid.rows:
            return []
        return [self.say("grids.foreign"), *(self.say("frame.foreign", **row) for row in grid.rows)]

    @property
    def since(self) -> date | None:
        """Return the day the figures are compared with."""
        return next((figure.change.since for figure in self.report.figures if figure.change), None)

    def compared(self) -> str:
        """Return what the changes are changes from, or ''."""
        return self.say("frame.compared", since=self.since) if self.since else ""

    def explained(self) -> Texts | None:
        """Return every figure with its value, what it was, what it means and where its rows are."""
        if not any(figure.beside for figure in self.report.figures):
            return None
        names = ("figure", "value", "then", "definition", "row_source")
        kept = [name for name in names if self.since or name not in {"then", "row_source"}]
        lines = [self.figure_line(figure) for figure in self.report.all_figures]
        headings = {name: self.say(f"frame.{name}", since=self.since) for name in kept}
        return {
            "title": self.say(f"frame.{'behind' if self.since else 'definitions'}"),
            "columns": [
                {
                    "name": name,
                    "heading": headings[name],
                    "right": name in {"value", "then"},
                    "width": column_width(headings[name], [line[name] for line in lines], BROADEST),
                }
                for name in kept
            ],
            "rows": [[line[name] for name in kept] for line in lines],
        }

    def figure_line(self, figure: Figure) -> Mapping[str, str]:
        """Return one line of what stands behind the figures."""
        before = figure.change.before if figure.change else None
        told = before is not None
        return {
            "figure": self.say(f"figures.{figure.name}"),
            "value": cell_words(figure.value, figure.kind, self.lang),
            "then": cell_words(before, figure.kind, self.lang) if told else self.say("frame.unknown"),
            "definition": self.defined(figure.name),
            "row_source": rows_words(self.report, figure, self.lang),
        }


def without_fonts(svg: str) -> str:
    """Return a drawing without the fonts of screens: on a PDF its labels are set like the paper.

    >>> without_fonts('<text font-family="Segoe UI, sans-serif" x="1">a</text>')
    '<text font-family="PAPER" x="1">a</text>'
    """
    return re.sub(r'font-family="[^"]*"', 'font-family="PAPER"', svg)

"""A report on the console: its figures and grids, in the words of the paper."""

from typing import TYPE_CHECKING

import click

from ltc_xl.cli import show
from ltc_xl.cli.words import Lang, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ltc_xl.model.outcome import Outcome
    from ltc_xl.model.paper import Field, Grid, Report

FEW = 4
"""So many grids explain themselves; more have their titles."""

LONGEST = 15
"""So many rows of a grid go to the console; the papers hold all."""

ASIDE = {"lines"}
"""Grids for paper alone, as are the rows behind figures: of open lines, the console shows the late ones."""


def print_papers(outcome: "Outcome", lang: Lang) -> None:
    """Print every report of an outcome."""
    for report in _reports(outcome):
        print_report(report, lang)


def tell_unread(outcome: "Outcome", lang: Lang, *, aside: bool) -> None:
    """Tell which cells could not be read, so that the figures do without them; ``aside`` on stderr."""
    first = next(_reports(outcome), None)
    if first and first.unread:
        told = text("show.unread", lang, count=len(first.unread), cells=first.unread_in_short)
        click.echo(told, err=aside)


def _reports(outcome: "Outcome") -> "Iterator[Report]":
    from ltc_xl.model.paper import Report

    return (report for paper in outcome.papers if isinstance(report := paper.data.get("report"), Report))


def print_report(report: "Report", lang: Lang) -> None:
    """Print one report: title, figures, grids, and whether it ties."""
    from ltc_xl.messages import say

    basis = (say(f"reports.entries.{report.basis}", lang),) if report.basis else ()
    head = (say(f"reports.titles.{report.name}", lang), report.as_of.isoformat(), report.currency, *basis)
    show.heading(" · ".join(head))
    _print_figures(report, lang)
    aside = ASIDE | {figure.rows[0] for figure in report.all_figures if figure.rows}
    shown = [grid for grid in report.grids.values() if grid.rows and grid.name not in aside]
    for grid in shown:
        _print_grid(grid, lang, titled=len(shown) > FEW)
    if report.tie_out:
        kind = "ties" if report.tie_out.ties else "breaks"
        difference = f"{report.tie_out.difference:,.2f}"
        show.say()
        show.say(say(f"reports.tie_out.{kind}", lang, difference=difference))


def _print_figures(report: "Report", lang: Lang) -> None:
    from ltc_xl.messages import say
    from ltc_xl.messages.papers import cell_words, change_words

    for figure in report.all_figures:
        value = cell_words(figure.value, figure.kind, lang)
        value = say("reports.frame.at_least", lang, value=value) if figure.floor else value
        told = (say(f"reports.figures.{figure.name}", lang), value, change_words(figure, lang))
        show.say(f"  {'  '.join(filter(None, told))}")


def _print_grid(grid: "Grid", lang: Lang, *, titled: bool) -> None:
    from ltc_xl.messages import say
    from ltc_xl.messages.papers import heading
    from ltc_xl.model.paper import NUMBERS

    rows = [_cells(grid.fields, row, lang) for row in grid.rows[:LONGEST]]
    unnamed = say("reports.frame.unnamed", lang)
    rows = [[row[0] or unnamed, *row[1:]] for row in rows]
    total = [say("reports.frame.total", lang), *_totals(grid, lang)] if grid.total else []
    right = frozenset(n for n, field in enumerate(grid.fields) if field.kind in NUMBERS)
    show.say()
    if titled:
        show.say(say(f"reports.grids.{grid.name}", lang))
    show.print_listing(show.Listing([heading(f, lang) for f in grid.fields], rows, right, total))
    if len(grid.rows) > LONGEST:
        show.say(say("reports.frame.more_rows", lang, count=LONGEST))


def _cells(fields: "Sequence[Field]", row: "Mapping[str, object]", lang: Lang) -> list[str]:
    from ltc_xl.messages.papers import cell_words

    return [cell_words(row.get(field.code), field.kind, lang) for field in fields]


def _totals(grid: "Grid", lang: Lang) -> list[str]:
    """Return the totals of all columns but the first; nothing where a total would mean nothing."""
    from ltc_xl.messages.papers import cell_words

    whole = grid.total or {}
    shown = ((field, whole.get(field.code)) for field in grid.fields[1:])
    return ["" if value is None else cell_words(value, field.kind, lang) for field, value in shown]

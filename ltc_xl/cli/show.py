"""What a person or a program reads on stdout; messages go to stderr."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ltc_xl.cli.in_force import print_rules_in_force, rules_in_force
from ltc_xl.cli.options import Asked
from ltc_xl.cli.words import Lang, text

if TYPE_CHECKING:
    from ltc_xl.model.change import Changes
    from ltc_xl.session import Result

SCHEMA = "ltc-xl/1"
DECIMALS = 4
"""Rates and percents in JSON carry no more."""
PAPERS_NAMED = 12
"""So many papers are named one by one."""


def print_json(command: str, data: Mapping[str, object]) -> None:
    """Print one JSON document; characters the console cannot hold are escaped."""
    unicode = "utf" in (sys.stdout.encoding or "").casefold()
    document = _plain({"schema": SCHEMA, "command": command, **data})
    click.echo(json.dumps(document, ensure_ascii=not unicode, indent=2))


def _plain(value: object) -> object:
    """Return a value as JSON holds it: amounts as text with two decimals, days in ISO form."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value) if isinstance(value, date | Path) else value


def as_document(asked: Asked, result: "Result") -> dict[str, object]:
    """Return a run as data: the service's answer, and what became of it."""
    written: dict[str, object] = {"commit": result.commit, "written_cells": result.cells}
    if asked.dry_run:
        written = {"dry_run": True, "would_write": _would_write(result.changes)}
    left_out = {"left_out": result.left_out} if result.left_out else {}
    return {**result.outcome.data, **written, "papers": result.papers, **left_out, **rules_in_force(result)}


def _would_write(changes: "Changes") -> dict[str, dict[str, int]]:
    """Return table -> how many rows come, go and are rewritten, and how many cells are set."""
    counted: dict[str, dict[str, int]] = {}
    for kind, frames in (("new", changes.inserts), ("deleted", changes.deletes), ("put", changes.puts)):
        for name, frame in frames.items():
            counted.setdefault(name, {})[kind] = frame.height
    for entry in changes.sets:
        cells = counted.setdefault(entry.table, {})
        cells["cells"] = cells.get("cells", 0) + entry.cells.height
    return counted


def print_written(asked: Asked, result: "Result", lang: Lang) -> None:
    """Print what was written, or would be: cells, commit, papers; and rules that stood in for others."""
    from ltc_xl.model.tables import table

    print_rules_in_force(result, lang)
    if asked.dry_run:
        for name, counts in _would_write(result.changes).items():
            parts = [text(f"show.would.{kind}", lang, count=count) for kind, count in counts.items()]
            say(text("show.would.line", lang, sheet=table(name).sheet(lang), what=_listed(parts, lang)))
        say(text("show.dry_run", lang))
    elif result.commit:
        say(
            text("show.written", lang, cells=f"{result.cells:,}", commit=result.commit, book=result.book.name)
        )
    for paper in result.papers[:PAPERS_NAMED]:
        say(text("show.paper", lang, path=paper))
    if len(result.papers) > PAPERS_NAMED:
        folder = result.papers[-1].parent
        say(text("show.more_papers", lang, count=len(result.papers) - PAPERS_NAMED, folder=folder))
    _tell_left_out(result, lang)


def _tell_left_out(result: "Result", lang: Lang) -> None:
    """Tell which PDF files are missing for want of a font, and the cure."""
    if result.left_out:
        from ltc_xl.messages import say as said

        click.echo(said("errors.pdf_left_out", lang, names=list(result.left_out)), err=True)


def _listed(parts: Sequence[str], lang: Lang) -> str:
    return ("，" if lang == "zh" else ", ").join(parts)


def say(line: str = "") -> None:
    """Print a line for a person."""
    click.echo(line)


def heading(line: str) -> None:
    """Print the heading of a part."""
    click.echo()
    click.secho(line, bold=colourful())


def colourful() -> bool:
    """Return whether colours and boxes are welcome: a terminal, and no NO_COLOR."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that something goes on; nothing when piped."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows for a person: headers, cells as text, and the columns whose figures stand right."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    total: Sequence[str] = ()


def print_listing(listing: Listing) -> None:
    """Print a table: with lines on a terminal, aligned text elsewhere."""
    if colourful():
        _print_rich(listing)
        return
    rows = [listing.headers, *listing.rows, *([listing.total] if listing.total else [])]
    widths = [max(cell_width(row[n]) for row in rows) for n in range(len(listing.headers))]
    for row in rows:
        cells = (
            _padded(cell, width, right=n in listing.right)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join(cells).rstrip())


def _print_rich(listing: Listing) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, show_footer=bool(listing.total), header_style="bold")
    for n, header in enumerate(listing.headers):
        footer = listing.total[n] if listing.total else ""
        shown.add_column(header, footer, justify="right" if n in listing.right else "left", overflow="fold")
    for row in listing.rows:
        shown.add_row(*row)
    Console().print(shown)


def cell_width(cell: str) -> int:
    """Return how many columns of a console a text takes: Chinese characters take two.

    >>> cell_width("客户A")
    5
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in cell)


def _padded(cell: str, width: int, *, right: bool) -> str:
    blank = " " * (width - cell_width(cell))
    return blank + cell if right else cell + blank

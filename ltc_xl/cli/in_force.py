"""Told after every run: which older versions of rule sheets are in force, and which tables are not used."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ltc_xl.cli.words import Lang

if TYPE_CHECKING:
    from ltc_xl.model.book import Book
    from ltc_xl.model.rulebook import Kept
    from ltc_xl.session import Result


def print_rules_in_force(result: "Result", lang: Lang) -> None:
    """Print a sentence for each rule sheet of which an older version is in force, and for each that rests."""
    for line in _sentences(result, lang):
        click.echo(line)


def rules_in_force(result: "Result") -> dict[str, object]:
    """Return as data the older versions in force, and what rests; nothing where all is as it stands."""
    told = [
        {
            "rule_set": name,
            "since": one.held.since,
            "hash": one.held.version,
            "commit": one.held.seq,
            "problems": len(one.problems),
            "beside": one.beside,
        }
        for name, one in result.rulebook.kept.items()
    ]
    off = [
        {"rule_set": one.values["rules"], "code": one.code, "owner": one.values["who"] or None}
        for one in result.rulebook.rests
    ]
    parts = {"rules_in_force": told, "rules_off": off}
    return {name: part for name, part in parts.items() if part}


def _sentences(result: "Result", lang: Lang) -> Iterator[str]:
    from ltc_xl.messages import say

    for name, one in result.rulebook.kept.items():
        told = {"table": name, "since": one.held.since, "count": len(one.problems)}
        cell = _first_cell(result.book, one)
        key = (
            "beside" if one.beside else "sheet" if cell is None else "cell" if told["count"] == 1 else "cells"
        )
        yield say(f"cli.in_force.{key}", lang, cell=cell, beside=one.beside, **told)
    for rest in result.rulebook.rests:
        yield say(f"cli.rests.{rest.code}", lang, **rest.values)


def _first_cell(book: "Book", kept: "Kept") -> str | None:
    """Return where the first error stands, as people write it."""
    cells = (book.cell(one.table, one.row_id, one.column) for one in kept.problems)
    return next(("!".join(cell) for cell in cells if cell), None)

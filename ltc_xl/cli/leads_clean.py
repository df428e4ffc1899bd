"""``ltc-xl leads clean``: leads put right by the firm's rules, and what a person must mend."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.leads_runs import ran
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang

LONGEST = 12
"""So many lines of a kind go to the console; ``--json`` gives all."""

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@asking("json", "dry_run", "store")
def clean(*, asked: Asked, book: Path) -> int:
    """Put the open leads right by the firm's rules."""
    from ltc_xl.leads import clean as cleaned

    result = ran(asked, book, "leads clean", cleaned)
    if not asked.json:
        lang = asked.lang or result.book.lang
        print_cleaning(result.outcome.data, lang, is_off=bool(result.outcome.exit_status))
        show.say()
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"cleaning.shown.{key}", lang, **values)


def print_cleaning(data: Entry, lang: Lang, *, is_off: bool) -> None:
    """Print how many leads are in order, the cells put right, and the leads to mend."""
    changed, failed = data["changed"], data["failed"]
    counts = {"cells": len(changed), "failed": data["leads"] - data["clean"], "clean": data["clean"]}
    if is_off:
        show.say(_text("off", lang))
    elif not data["leads"]:
        show.say(_text("nothing", lang))
    else:
        show.say(_text("done", lang, count=data["leads"], **counts))
    blank = _text("blank", lang)
    cells = [_text("cell", lang, **{**one, "old": one["old"] or blank}) for one in changed]
    _print_list(_text("changed", lang), cells, lang)
    leads = [_text("lead", lang, **{**one, "company": one["company"] or ""}) for one in failed]
    _print_list(_text("failed", lang), leads, lang)
    for one in data["problems"]:
        place = f"{one['sheet']}!{one['cell']}" if one["cell"] else one["sheet"]
        show.say(_text("problem", lang, place=place, message=one["message"], cure=one["cure"]))


def _print_list(title: str, lines: Sequence[str], lang: Lang) -> None:
    if lines:
        show.heading(title)
        for line in lines[:LONGEST]:
            show.say(line)
        if len(lines) > LONGEST:
            show.say(_text("more", lang, count=len(lines) - LONGEST))

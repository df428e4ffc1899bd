"""``ltc-xl leads dedupe`` and ``leads unmerge``: what is entered twice, and the way back from a merge."""

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
"""So many pairs of a kind go to the console; ``--json`` gives all."""

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@asking("json", "dry_run", "store")
def dedupe(*, asked: Asked, book: Path) -> int:
    """Do what was decided about duplicates, and list those that wait for a decision."""
    from ltc_xl.leads import dedupe as deduped

    result = ran(asked, book, "leads dedupe", deduped)
    if not asked.json:
        lang = asked.lang or result.book.lang
        print_found(asked, result.outcome.data, lang)
        show.say()
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


@click.command(cls=Command)
@book_argument()
@click.argument("lead_id", metavar="LEAD_ID")
@asking("json", "dry_run", "store", "reason")
def unmerge(*, asked: Asked, book: Path, lead_id: str) -> int:
    """Take the merge of a row back."""
    from ltc_xl.cli.leads_steps import stepped
    from ltc_xl.leads import unmerge as unmerged

    result = stepped(asked, book, "leads unmerge", unmerged, lead_id)
    if not asked.json:
        lang, data = asked.lang or result.book.lang, result.outcome.data
        key = "would_unmerge" if asked.dry_run else "unmerged"
        told = {"merged": data["lead_id"], "into": data["from"], "cells": data["cells"], "rows": data["rows"]}
        show.say(_text(key, lang, **told))
        _print_kept(data, lang)
        show.say()
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"duplicates.shown.{key}", lang, **values)


def print_found(asked: Asked, data: Entry, lang: Lang) -> None:
    """Print what was done, then what waits, the surest first."""
    done, linked = ("would_merge", "would_link") if asked.dry_run else ("merged", "linked")
    _print_list(_text(done, lang), [_text("merge", lang, **one) for one in data["merged"]], lang)
    links = [
        _text("link", lang, lead=one["lead_id"], company=one["company"] or "", customer=one["customer"])
        for one in data["linked"]
    ]
    _print_list(_text(linked, lang), links, lang)
    pairs: Sequence[Entry] = data["pairs"]
    bands = {band: [one for one in pairs if one["band"] == band] for band in ("duplicate", "suspect")}
    if not pairs and not data["customers"]:
        show.say(_text("nothing", lang))
        _print_crowded(data, lang)
        return
    counts = {"sure": len(bands["duplicate"]), "maybe": len(bands["suspect"]), "groups": data["groups"]}
    show.say(_text("found", lang, count=len(pairs), **counts))
    _print_pairs("sure", bands["duplicate"], lang)
    _print_pairs("maybe", bands["suspect"], lang)
    _print_pairs("customers", data["customers"], lang)
    _print_crowded(data, lang)


def _print_pairs(key: str, pairs: Sequence[Entry], lang: Lang) -> None:
    between = "；" if lang == "zh" else "; "
    told = [{**one, "reasons": between.join(one["reasons"])} for one in pairs]
    names = [{**one, "a_name": one["a_name"] or "", "b_name": one["b_name"] or ""} for one in told]
    _print_list(_text(key, lang), [_text("pair", lang, **one) for one in names], lang)


def _print_crowded(data: Entry, lang: Lang) -> None:
    """Print what too many have in common for all of them to be compared."""
    from ltc_xl.messages import say

    lines = [say(f"duplicates.crowd.{one['by']}", lang, **one) for one in data["crowded"]]
    _print_list(_text("crowded", lang), lines, lang)


def _print_list(title: str, lines: Sequence[str], lang: Lang) -> None:
    if lines:
        show.heading(title)
        for line in lines[:LONGEST]:
            show.say(line)
        if len(lines) > LONGEST:
            show.say(_text("more", lang, count=len(lines) - LONGEST))


def _print_kept(data: Entry, lang: Lang) -> None:
    if data["kept"]:
        show.say(_text("kept", lang))
        for cell in data["kept"]:
            show.say(_text("cell", lang, **cell))

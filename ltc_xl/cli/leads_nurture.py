"""``ltc-xl leads nurture``: who enters and leaves a track, and what is due to whom."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.leads_runs import ran
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang

LONGEST = 20
"""So many lines of a kind go to the console; ``--json`` gives all."""

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@asking("json", "dry_run", "store")
def nurture(*, asked: Asked, book: Path) -> int:
    """Nurture the leads that are not ready yet."""
    from ltc_xl.leads import nurture as nurtured

    result = ran(asked, book, "leads nurture", nurtured)
    if not asked.json:
        lang = asked.lang or result.book.lang
        print_nurturing(asked, result.outcome.data, lang)
        show.say()
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"nurture.shown.{key}", lang, **values)


def print_nurturing(asked: Asked, data: Entry, lang: Lang) -> None:
    """Print who enters and leaves, what is due, what there is no track for, and what each track is worth."""
    if not data["tracks"] and not data["without_track"]:
        show.say(_text("no_tracks", lang))
        return
    counts = {key: len(data[key]) for key in ("entered", "left", "sent", "due")}
    show.say(_text("would" if asked.dry_run else "done", lang, **counts))
    _print_due(data["due"], lang)
    for key, line in (("entered", "way_in"), ("left", "way_out"), ("stuck", "way_stuck")):
        _print_lines(_text(key, lang), [_moved(one, line, lang) for one in data[key]], lang)
    homeless = [_text("no_track", lang, **_named(one)) for one in data["without_track"]]
    _print_lines(_text("homeless", lang), homeless, lang)
    for cure in dict.fromkeys(one["cure"] for one in data["without_track"]):
        show.say(_text("cure", lang, cure=cure))
    held = [_held(one, lang) for one in data["held"]]
    _print_lines(_text("held", lang), held, lang)
    _print_tracks(data, lang)
    for one in data["problems"]:
        place = f"{one['sheet']}!{one['cell']}" if one["cell"] else one["sheet"]
        show.say(_text("problem", lang, place=place, message=one["message"], cure=one["cure"]))


def _named(one: Entry) -> dict[str, Any]:
    return {**one, "company": one["company"] or "–"}


def _moved(one: Entry, line: str, lang: Lang) -> str:
    kept = [_text("state_kept", lang, message=missed["message"]) for missed in one.get("unmet", ())]
    return "\n".join([_text(line, lang, **_named(one)), *kept])


def _held(one: Entry, lang: Lang) -> str:
    return _text(
        "content_held",
        lang,
        **{**one, "maker": one["maker"] or _text("nobody", lang), "leads": one["leads"] or 0},
    )


def _print_lines(title: str, lines: Sequence[str], lang: Lang) -> None:
    if lines:
        show.heading(title)
        for line in lines[:LONGEST]:
            show.say(line)
        if len(lines) > LONGEST:
            show.say(_text("more", lang, count=len(lines) - LONGEST))


def _headers(lang: Lang, *codes: str) -> list[str]:
    return [_text(f"columns.{code}", lang) for code in codes]


def _print_due(due: Sequence[Entry], lang: Lang) -> None:
    if not due:
        return
    show.heading(_text("due", lang))
    rows = [
        [one["due_on"], one["lead_id"], one["company"] or "–", one["content"], one["owner"] or "–"]
        for one in due
    ]
    headers = _headers(lang, "due_on", "lead", "company", "content", "owner")
    show.print_listing(show.Listing(headers, rows[:LONGEST]))
    if len(rows) > LONGEST:
        show.say(_text("more", lang, count=len(rows) - LONGEST))


def _print_tracks(data: Entry, lang: Lang) -> None:
    show.heading(_text("tracks", lang))
    counts = ("entered", "active", "qualified", "ended", "lost")
    rows = [
        [one["track"], *(f"{one[code]:,}" for code in counts), _rate(one["qualified_rate"])]
        for one in data["tracks"]
    ]
    headers = _headers(lang, "track", *counts, "rate")
    show.print_listing(show.Listing(headers, rows, frozenset(range(1, len(headers)))))
    show.say(data["definition"])


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.0%}"

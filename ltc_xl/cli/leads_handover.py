"""``ltc-xl leads accept | return | recycle``: leads taken over, given back, taken back."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.leads_runs import ran
from ltc_xl.cli.leads_steps import print_unmet, stepped, words
from ltc_xl.cli.options import Asked, asking, book_argument, time_of
from ltc_xl.cli.words import Lang

if TYPE_CHECKING:
    from ltc_xl.session import Result

LONGEST = 40
"""So many leads go to the console; ``--json`` gives all."""

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@click.argument("lead_id", metavar="LEAD_ID")
@click.option("--note", metavar="TEXT")
@asking("json", "dry_run", "store")
def accept(*, asked: Asked, book: Path, lead_id: str, note: str | None) -> int:
    """Accept a lead."""
    from ltc_xl.leads import accept as accepted

    at = time_of(asked.as_of)
    result = stepped(asked, book, "leads accept", accepted, lead_id, note=note, at=at)
    if not asked.json:
        _print_acceptance(asked, result)
    return result.outcome.exit_status


@click.command("return", cls=Command)
@book_argument()
@click.argument("lead_id", metavar="LEAD_ID")
@asking("json", "dry_run", "store", "reason")
def give_back(*, asked: Asked, book: Path, lead_id: str) -> int:
    """Give a lead back."""
    from ltc_xl.leads import give_back as given_back

    result = stepped(asked, book, "leads return", given_back, lead_id, reason=asked.reason)
    if not asked.json:
        _print_return(asked, result)
    return result.outcome.exit_status


@click.command(cls=Command)
@book_argument()
@asking("json", "dry_run", "store")
def recycle(*, asked: Asked, book: Path) -> int:
    """Take back the leads nobody works on."""
    from ltc_xl.leads import recycle as recycled

    result = ran(asked, book, "leads recycle", recycled)
    if not asked.json:
        lang = asked.lang or result.book.lang
        print_recycled(asked, result.outcome.data, lang)
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _told(data: Entry, lang: Lang, **more: object) -> dict[str, object]:
    """Return how a lead is named in a sentence."""
    return {"lead": data["lead_id"], "company": data["company"] or words("no_name", lang), **more}


def _print_acceptance(asked: Asked, result: "Result") -> None:
    """Print that a lead is accepted, whether in time, and what its status still waits for."""
    data: Entry = result.outcome.data
    lang = asked.lang or result.book.lang
    if not data["accepted"]:
        show.say(words("not_accepted", lang, **_told(data, lang)))
        print_unmet(data["unmet"], lang)
        return
    state = result.book.labels("lead_state")[data["state"]]
    key = "would_accept" if asked.dry_run else "accepted"
    show.say(words(key, lang, **_told(data, lang, owner=data["owner"], state=state)))
    if data["waited_hours"] is not None:
        due = str(data["accept_by"]).replace("T", " ")
        show.say(words("late" if data["late"] else "in_time", lang, hours=data["waited_hours"], due=due))
    if data["still"]:
        show.say(words("still", lang))
        print_unmet(data["still"], lang)
    show.print_written(asked, result, lang)


def _print_return(asked: Asked, result: "Result") -> None:
    """Print that a lead is returned, or why not."""
    data: Entry = result.outcome.data
    lang = asked.lang or result.book.lang
    if not data["returned"]:
        show.say(words("not_returned", lang, **_told(data, lang)))
        print_unmet(data["unmet"], lang)
        return
    told = {"count": data["return_count"], "day": data["cooldown_to"], "owner": data["owner"]}
    show.say(words("would_return" if asked.dry_run else "returned", lang, **_told(data, lang, **told)))
    show.print_written(asked, result, lang)


def print_recycled(asked: Asked, data: Entry, lang: Lang) -> None:
    """Print the leads that went back to the pool, and those that may not."""
    found, kept = data["recycled"], data["kept"]
    if not found and not kept:
        show.say(words("nothing_idle", lang))
        return
    show.say(words("would_recycle" if asked.dry_run else "recycled", lang, count=len(found)))
    for one in found[:LONGEST]:
        show.say(words("recycled_line", lang, **_told(one, lang, owner=one["owner"], reason=one["reason"])))
    if len(found) > LONGEST:
        show.say(words("more", lang, count=len(found) - LONGEST))
    if kept:
        show.heading(words("kept", lang, count=len(kept)))
    for one in kept[:LONGEST]:
        show.say(words("recycled_line", lang, **_told(one, lang, owner=one["owner"], reason=one["reason"])))
        print_unmet(one["unmet"], lang)

"""``ltc-xl sync``: the daily run on one workbook or several."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.in_force import rules_in_force
from ltc_xl.cli.options import Asked, asking, books_argument, time_of
from ltc_xl.cli.words import Lang
from ltc_xl.model.errors import LtcError

if TYPE_CHECKING:
    from ltc_xl.session import Result

NAMED = 8
"""So many refused stages, unassigned leads and broken rules each are named on the console."""
RULE_SETS = ("grading", "assignment", "transitions")
"""An error on one of these sheets, of whatever kind, keeps what it says from coming into force."""
NAMED_LEADS = 3
"""So many leads of one reason."""
LISTED = (
    ("assign", "assigned"), ("assign", "unassigned"), ("clean", "failed"), ("dedupe", "merged"),
    ("dedupe", "pairs"), ("recycle", "recycled"), ("nurture", "entered"), ("nurture", "left"),
    ("nurture", "due"),
)  # fmt: skip
"""The answers of the lead work that go into the document as they are; blank where a step was not done."""


@click.command(cls=Command)
@books_argument()
@asking("json", "dry_run", "out", "store")
def sync(*, asked: Asked, books: tuple[Path, ...]) -> int:
    """Take in what was typed, grade and assign leads, check, write back."""
    runs = [_run(asked, book) for book in books]
    if asked.json:
        papers = [path for _, data in runs for path in data.pop("papers", ())]
        show.print_json("sync", {"books": [data for _, data in runs], "reports": papers})
    return max(status for status, _ in runs)


def _run(asked: Asked, book: Path) -> tuple[int, dict[str, Any]]:
    """Run one workbook; what keeps it from being run is told, and the others go on."""
    from ltc_xl.sync import sync as synced

    try:
        with show.working(book.name):
            result = synced(book, asked.as_of, asked.how(), at=time_of(asked.as_of))
    except LtcError as error:
        return error.exit_status, {"book": str(book), "commit": None, "error": _told(asked, error)}
    if not asked.json:
        _print(asked, book, result)
    return result.outcome.exit_status, _document(book, result)


def _told(asked: Asked, error: LtcError) -> str:
    from ltc_xl.messages import sentence_of

    sentence = sentence_of(error, asked.lang or asked.face)
    click.echo(sentence, err=True)
    return sentence


def _document(book: Path, result: "Result") -> dict[str, Any]:
    """Return what became of a workbook, as CLI.md has it, with the answers of the steps behind it."""
    data: Any = result.outcome.data
    checked = data["check"]
    return {
        "book": str(book),
        "commit": result.commit,
        "accepted": result.accepted,
        "rejected": len(result.refused),
        "conflicts": 0,
        "received": result.received,
        "findings": len(checked["findings"]),
        "written_cells": result.cells,
        "counts": checked["counts"],
        "refused": [found for found in checked["findings"] if found["code"] in _codes(result)],
        "graded": data.get("grade", {}).get("changed", 0),
        **{key: data.get(step, {}).get(key, []) for step, key in LISTED},
        **rules_in_force(result),
        "papers": result.papers,
    }


def _codes(result: "Result") -> set[str]:
    return {finding.code for finding in result.refused}


def _print(asked: Asked, book: Path, result: "Result") -> None:
    """Print the sentence a clerk reads aloud, then what waits for a person."""
    from ltc_xl.messages import say

    lang = asked.lang or result.book.lang
    data = _document(book, result)
    what = _listed(_parts(data, lang, nothing=not result.changes), lang)
    show.say(say("sync.would" if asked.dry_run else "sync.summary", lang, book=book.name, what=what))
    broken = [one for one in _found(result) if one["table"] in RULE_SETS and one["severity"] == "error"]
    _print_findings("refused", data["refused"], lang)
    _print_findings("rules", broken, lang)
    _print_unassigned(data["unassigned"], lang)
    counts = data["counts"]
    show.say(say("sync.problems" if any(counts.values()) else "sync.clean", lang, **counts))
    show.print_written(asked, result, lang)


def _found(result: "Result") -> Sequence[Mapping[str, Any]]:
    data: Any = result.outcome.data
    found: Sequence[Mapping[str, Any]] = data["check"]["findings"]
    return found


def _parts(data: Mapping[str, Any], lang: Lang, *, nothing: bool) -> list[str]:
    """Return what happened, the parts that are not nothing."""
    from ltc_xl.messages import say

    counted = {
        "accepted": data["accepted"],
        "received": data["received"],
        "rejected": data["rejected"],
        "graded": data["graded"],
        "assigned": len(data["assigned"]),
        "unassigned": len(data["unassigned"]),
        **{
            key: len(data[key]) for key in ("failed", "merged", "pairs", "recycled", "entered", "left", "due")
        },
    }
    parts = [say(f"sync.parts.{name}", lang, count=count) for name, count in counted.items() if count]
    if nothing and not data["commit"]:
        return [say("sync.parts.nothing", lang), *parts]
    return parts or [say("sync.parts.shown", lang)]


def _listed(parts: Sequence[str], lang: Lang) -> str:
    return ("，" if lang == "zh" else ", ").join(parts)


def _print_findings(kind: str, found: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    from ltc_xl.messages import say

    if not found:
        return
    show.heading(say(f"sync.heads.{kind}", lang, count=len(found)))
    for one in found[:NAMED]:
        place = f"{one['sheet']}!{one['cell']}" if one["cell"] else one["sheet"]
        show.say(f"  {place}  {one['message']}")
        show.say(f"      {one['cure']}")
    _print_more(len(found), lang)


def _print_unassigned(unassigned: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    """Print the leads that nobody can take, those with the same reason together."""
    from ltc_xl.messages import say

    if not unassigned:
        return
    by_reason: dict[str, list[str]] = {}
    for one in unassigned:
        by_reason.setdefault(one["reason"], []).append(one["lead_id"] or "-")
    show.heading(say("sync.heads.unassigned", lang, count=len(unassigned)))
    for reason, ids in [*by_reason.items()][:NAMED]:
        first = _listed([*ids[:NAMED_LEADS], *["…"] * (len(ids) > NAMED_LEADS)], lang)
        show.say(f"  {say('sync.leads', lang, count=len(ids), first=first)}")
        show.say(f"      {reason}")
    _print_more(len(by_reason), lang)


def _print_more(count: int, lang: Lang) -> None:
    from ltc_xl.messages import say

    if count > NAMED:
        show.say(say("sync.more", lang, count=count - NAMED))

"""``ltc-xl leads convert``: one lead takes a step, or everything that is missing is named."""

import getpass
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.in_force import print_rules_in_force
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang
from ltc_xl.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ltc_xl.model.outcome import Outcome
    from ltc_xl.session import Result

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@click.argument("lead_id", metavar="LEAD_ID")
@asking("json", "dry_run", "store", "force", "reason")
def convert(*, asked: Asked, book: Path, lead_id: str) -> int:
    """Turn a lead into an opportunity of a customer."""
    from ltc_xl.leads import convert as converted

    if asked.force and not (asked.reason or "").strip():
        raise UsageError("force_no_reason", lead=lead_id)
    force = asked.reason if asked.force else None
    result = stepped(asked, book, "leads convert", converted, lead_id, force=force)
    if not asked.json:
        _print_conversion(asked, result)
    return result.outcome.exit_status


def stepped(
    asked: Asked, book: Path, command: str, service: "Callable[..., Outcome]", lead_id: str, **more: object
) -> "Result":
    """Run a step of one lead on a workbook; with ``--json`` print it."""
    from ltc_xl import session

    with show.working(book.name):
        result = session.run(
            book,
            command,
            lambda read, rules: service(
                read, rules, asked.as_of, lead_id, actor=getpass.getuser(), lang=asked.lang, **more
            ),
            asked.as_of,
            asked.how(),
        )
    if asked.json:
        show.print_json(command, show.as_document(asked, result))
    return result


def words(key: str, lang: Lang, **values: object) -> str:
    """Return a text of the topic."""
    from ltc_xl.messages import say

    return say(f"handover.shown.{key}", lang, **values)


def print_unmet(unmet: Sequence[Entry], lang: Lang) -> None:
    """Print what stands in the way, each with its cure."""
    for one in unmet:
        show.say(words("unmet", lang, message=one["message"]))
        show.say(words("cure", lang, cure=one["cure"]))


def print_problems(problems: Sequence[Entry], lang: Lang) -> None:
    """Print what is wrong with rule sheets, cell by cell."""
    if problems:
        show.heading(words("problems", lang, count=len(problems)))
    for one in problems:
        place = f"{one['sheet']}!{one['cell']}" if one["cell"] else one["sheet"]
        show.say(f"  {place}  {one['message']}")
        show.say(words("cure", lang, cure=one["cure"]))


def _print_conversion(asked: Asked, result: "Result") -> None:
    """Print what the lead has become, or what it lacks."""
    data: Entry = result.outcome.data
    lang = asked.lang or result.book.lang
    if not data["converted"]:
        told = {"lead": data["lead_id"], "company": data["company"] or "–", "count": len(data["unmet"])}
        show.say(words("not_converted", lang, **told))
        print_unmet(data["unmet"], lang)
        print_problems(data["problems"], lang)
        print_rules_in_force(result, lang)
        return
    show.say(words("would_convert" if asked.dry_run else "converted", lang, lead=data["lead_id"]))
    _print_made(data, result, lang)
    if data["passed"]:
        show.say(words("passed", lang, reason=asked.reason))
        print_unmet(data["passed"], lang)
    for note in data["notes"]:
        show.say(words("note", lang, note=note))
    show.say()
    show.print_written(asked, result, lang)


def _print_made(data: Entry, result: "Result", lang: Lang) -> None:
    from ltc_xl.messages import say

    customer, contact, deal = data["customer"], data["contact"], data["opportunity"]
    if customer["made"]:
        show.say(words("customer_made", lang, name=customer["name"]))
    else:
        by = say(f"handover.by.{customer['by']}", lang)
        show.say(words("customer_found", lang, name=customer["name"], by=by))
    if contact:
        show.say(words("contact_made" if contact["made"] else "contact_found", lang, name=contact["name"]))
    stage = result.book.labels("opp_stage")["VALIDATING"]
    told = {"name": deal["name"], "stage": stage, "number": _number(result, deal["uid"])}
    show.say(words("opportunity" if told["number"] else "opportunity_planned", lang, **told))


def _number(result: "Result", uid: str) -> str:
    """Return the number a new opportunity was given; none in a dry run."""
    if not result.commit:
        return ""
    import polars as pl

    deals = result.book.rows("opportunities").filter(pl.col("_uid") == uid)
    return str(deals["opp_id"][0])

"""``ltc-xl today``: what each person has to do."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang

_SHOWN = ("due_on", "kind", "about", "what", "amount")


@click.command(cls=Command)
@book_argument()
@click.option("--member", metavar="NAME")
@click.option("--ics", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@asking("json", "dry_run", "store")
def today(*, asked: Asked, book: Path, member: str | None, ics: Path | None) -> int:
    """Tell what is overdue and due, per person; write the sheet Today, and a calendar if asked."""
    from ltc_xl import session
    from ltc_xl.session.calendar import write_calendar
    from ltc_xl.today import today as listed

    with show.working(book.name):
        result = session.run(
            book,
            "today",
            lambda read, rules: listed(read, rules, asked.as_of, member),
            asked.as_of,
            asked.how(write=not asked.json),
        )
    lang = asked.lang or result.book.lang
    data = result.outcome.data
    entries = write_calendar(ics, data, book.name, lang) if ics and not asked.dry_run else None
    if asked.json:
        calendar = {} if entries is None else {"ics": ics, "entries": entries}
        show.print_json("today", {**show.as_document(asked, result), **calendar})
    else:
        _print_days(data, lang)
        show.print_written(asked, result, lang)
        _print_calendar(ics, entries, lang)
    return result.outcome.exit_status


def _print_calendar(ics: Path | None, entries: int | None, lang: Lang) -> None:
    from ltc_xl.messages import say

    if entries is not None:
        show.say(say("today.calendar_written", lang, path=str(ics), count=entries))


def _print_days(data: Mapping[str, Any], lang: Lang) -> None:
    """Print one list per person."""
    from ltc_xl.messages import say

    days = [day for day in data["members"] if day["items"]]
    if not days:
        show.say(say("today.none", lang))
        return
    count = sum(len(day["items"]) + day["more"] for day in days)
    people = sum(bool(day["member"]) for day in days)
    show.say(say("today.headline", lang, as_of=data["as_of"], people=people, count=count))
    for day in days:
        name = day["member"] or say("today.nobody", lang)
        show.heading(say("today.member", lang, member=name, count=len(day["items"]) + day["more"]))
        _print_items(day["items"], lang)
        if day["more"]:
            show.say(say("today.more", lang, count=day["more"]))


def _print_items(items: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    from decimal import Decimal

    from ltc_xl.messages import say

    rows = [
        [
            item["due_on"],
            say(f"today.kinds.{item['kind']}", lang),
            item["about"] or "",
            item["what"],
            f"{Decimal(item['amount']):,.2f}" if item["amount"] else "",
        ]
        for item in items
    ]
    headers = [say(f"today.headers.{name}", lang) for name in _SHOWN]
    show.print_listing(show.Listing(headers, rows, frozenset({len(_SHOWN) - 1})))

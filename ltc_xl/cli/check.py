"""``ltc-xl check``: every problem of a workbook at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang, text

if TYPE_CHECKING:
    from ltc_xl.session import Result

PLACES = 8
"""So many places of one rule go to the console; the Problems sheet holds all."""


@click.command(cls=Command)
@book_argument()
@click.option("--level", type=click.Choice(["basic", "strict"]), default="basic")
@click.option("--only", multiple=True, metavar="CODE")
@click.option("--no-write", is_flag=True)
@asking("json", "dry_run", "store")
def check(*, asked: Asked, book: Path, level: str, only: tuple[str, ...], no_write: bool) -> int:
    """Check every table; write the Problems sheet and the marks."""
    from ltc_xl import session
    from ltc_xl.check import check as checked

    codes = [code.upper() for code in only]
    with show.working(book.name):
        result = session.run(
            book,
            "check",
            lambda read, rules: checked(read, rules, asked.as_of, level=level, only=codes, lang=asked.lang),
            asked.as_of,
            asked.how(write=not no_write, shows_problems=True),
        )
    if asked.json:
        show.print_json("check", show.as_document(asked, result))
    else:
        _print_findings(result, asked.lang or result.book.lang)
        show.print_written(asked, result, asked.lang or result.book.lang)
    return result.outcome.exit_status


def _print_findings(result: "Result", lang: Lang) -> None:
    """Print the findings by rule, then how many there are."""
    from ltc_xl.messages import title_of

    data: Any = result.outcome.data
    by_rule: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for finding in data["findings"]:
        by_rule.setdefault((finding["severity"], finding["code"]), []).append(finding)
    for (severity, code), found in by_rule.items():
        word = text(f"show.severity.{severity}", lang)
        show.heading(
            text("show.rule", lang, severity=word, title=title_of(code, lang), code=code, count=len(found))
        )
        _print_places(found, lang)
    show.say()
    counts = data["counts"]
    show.say(text("show.counts" if data["findings"] else "show.clean", lang, **counts))


def _print_places(found: Sequence[Mapping[str, Any]], lang: Lang) -> None:
    """Print each place with what was found there; a cure that is the same for all stands once, below."""
    cures = {finding["cure"] for finding in found}
    for finding in found[:PLACES]:
        place = f"{finding['sheet']}!{finding['cell']}" if finding["cell"] else finding["sheet"]
        show.say(f"  {place}  {finding['message']}")
        if len(cures) > 1:
            show.say(f"      {finding['cure']}")
    if len(found) > PLACES:
        show.say(text("show.more_places", lang, count=len(found) - PLACES))
    if len(cures) == 1:
        show.say(f"  → {cures.pop()}")

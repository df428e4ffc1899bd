"""``ltc-xl rules``: the rule sheets, and whether they are sound."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command, Group
from ltc_xl.cli.found import print_findings
from ltc_xl.cli.in_force import print_rules_in_force, rules_in_force
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang, text


@click.group(
    cls=Group,
    lazy={
        "show": "ltc_xl.cli.rules:show_sheets",
        "check": "ltc_xl.cli.rules:check",
        "test": "ltc_xl.cli.rules_test:try_examples",
        "explain": "ltc_xl.cli.rules_explain:explain",
        "history": "ltc_xl.cli.rules_history:versions",
    },
)
def rules() -> None:
    """Show the rule sheets, prove them, try examples on them, and say why a row got its answer."""


@click.command("show", cls=Command)
@book_argument()
@asking("json")
def show_sheets(*, asked: Asked, book: Path) -> int:
    """Show the rule sheets, which are hidden in a new workbook."""
    from ltc_xl import session

    with show.working(book.name):
        read = session.show_rules(book)
    sheets, lang = session.rule_sheets(read), asked.lang or read.lang
    if asked.json:
        show.print_json("rules show", {"book": str(book), "sheets": sheets})
    else:
        named = ("、" if lang == "zh" else ", ").join(sheets)
        show.say(text("rules.shown", lang, book=book.name, sheets=named))
    return 0


@click.command(cls=Command)
@book_argument()
@asking("json")
def check(*, asked: Asked, book: Path) -> int:
    """Look for what is wrong with the rules before they are used."""
    from ltc_xl import session
    from ltc_xl.check import check_rules

    with show.working(book.name):
        result = session.run(
            book,
            "rules check",
            lambda read, rulebook: check_rules(read, rulebook.as_typed, asked.as_of, lang=asked.lang),
            asked.as_of,
            asked.how(write=False),
        )
    data: Any = result.outcome.data
    if asked.json:
        show.print_json("rules check", {**data, **rules_in_force(result)})
    else:
        resting = {one.values["rules"] for one in result.rulebook.rests}
        _print_sets(data, asked.lang or result.book.lang, resting)
        print_rules_in_force(result, asked.lang or result.book.lang)
        print_findings(data, asked.lang or result.book.lang, more="rules.more_places")
    return result.outcome.exit_status


def _print_sets(data: Mapping[str, Any], lang: Lang, resting: Collection[object]) -> None:
    """Print a line for each rule sheet that is used: is it in force, was every case tried."""
    from ltc_xl.model.tables import table

    for one in (one for one in data["sets"] if one["rules"]):
        state = text("rules.rests" if one["table"] in resting else _state(one), lang)
        proved = (
            "" if one["proved"] is None else text(f"rules.{'proved' if one['proved'] else 'unproved'}", lang)
        )
        sheet = table(one["table"]).sheet(lang)
        words = {"count": one["rules"], "state": state, "proved": proved, "version": one["version"][:12]}
        show.say(text("rules.set", lang, sheet=sheet, **words))


def _state(one: Mapping[str, Any]) -> str:
    return "rules.active" if one["active"] else "rules.off"

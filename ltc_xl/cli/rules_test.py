"""``ltc-xl rules test``: the firm's own examples tried on its rules."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.found import print_findings
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang, text


@click.command("test", cls=Command)
@book_argument()
@asking("json", "dry_run", "store")
def try_examples(*, asked: Asked, book: Path) -> int:
    """Try the examples of the rule tests, and write each result beside its row."""
    from ltc_xl import session
    from ltc_xl.check import try_rules

    with show.working(book.name):
        result = session.run(
            book,
            "rules test",
            lambda read, rulebook: try_rules(read, rulebook.as_typed, asked.as_of, lang=asked.lang),
            asked.as_of,
            asked.how(),
        )
    data: Any = result.outcome.data
    lang = asked.lang or result.book.lang
    if asked.json:
        show.print_json("rules test", show.as_document(asked, result))
        return result.outcome.exit_status
    if not data["tests"]:
        show.say(text("rules.no_tests" if data["has_sheet"] else "rules.no_test_sheet", lang))
    _print_tests(data, lang)
    print_findings(data, lang, more="rules.more_places")
    show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _print_tests(data: Mapping[str, Any], lang: Lang) -> None:
    """Print how many examples passed, and how many rules of each sheet they come to."""
    from ltc_xl.model.tables import table

    if not data["tests"]:
        return
    results = [one["result"] for one in data["tests"]]
    counts = {code.lower(): results.count(code) for code in ("PASSED", "FAILED", "UNREAD")}
    show.say(text("rules.tested", lang, count=len(results), **counts))
    for one in data["coverage"]:
        if one["tests"]:
            sheet, missing = table(one["table"]).sheet(lang), " ".join(one["untried"])
            key = "covered" if not missing else "uncovered"
            words = {"tried": one["tried"], "rules": one["rules"], "pct": f"{one['coverage_pct']:g}"}
            show.say(text(f"rules.{key}", lang, sheet=sheet, missing=missing, **words))

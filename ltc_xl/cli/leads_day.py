"""``ltc-xl leads run``: the day's work on leads in one go, each step with what it did and why."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.leads import print_assignment, print_grades, print_problems
from ltc_xl.cli.leads_clean import print_cleaning
from ltc_xl.cli.leads_duplicates import print_found
from ltc_xl.cli.leads_handover import print_recycled
from ltc_xl.cli.leads_nurture import print_nurturing
from ltc_xl.cli.leads_runs import ran
from ltc_xl.cli.options import Asked, asking, book_argument, time_of
from ltc_xl.cli.words import Lang

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@asking("json", "dry_run", "store")
def run(*, asked: Asked, book: Path) -> int:
    """Do the day's work on leads."""
    from ltc_xl.leads import run as worked

    result = ran(asked, book, "leads run", worked, at=time_of(asked.as_of))
    if not asked.json:
        lang = asked.lang or result.book.lang
        answers: Mapping[str, Any] = result.outcome.data
        for place, (step, data) in enumerate(answers.items(), start=1):
            show.heading(_text("step", lang, place=place, step=_text(f"steps.{step}", lang)))
            _print_step(asked, step, data, lang)
        show.say()
        show.print_written(asked, result, lang)
    return result.outcome.exit_status


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"lead_day.{key}", lang, **values)


def _print_step(asked: Asked, step: str, data: Entry, lang: Lang) -> None:
    """Print what a step did, as the command of its name does; or which sheet it has no rows on."""
    if "skipped" in data:
        from ltc_xl.model.tables import table

        show.say(_text("skipped", lang, sheet=table(data["skipped"]).sheet(lang)))
    elif step == "clean":
        is_off = any(problem["severity"] == "error" for problem in data["problems"])
        print_cleaning(data, lang, is_off=is_off)
    else:
        printers = {
            "dedupe": print_found,
            "grade": print_grades,
            "recycle": print_recycled,
            "assign": print_assignment,
            "nurture": print_nurturing,
        }
        printers[step](asked, data, lang)
        if step in {"grade", "assign"}:
            print_problems(data["problems"], lang)

"""``ltc-xl report``: papers for those who manage."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Group
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.papers import print_papers, tell_unread

if TYPE_CHECKING:
    from ltc_xl.model.outcome import Outcome


@click.group(cls=Group)
def report() -> None:
    """Print reports."""


@report.command()
@book_argument()
@click.option("--by", metavar="channel|owner|month|team|COLUMN", default="channel")
@asking("json", "dry_run", "out", "store")
def funnel(*, asked: Asked, book: Path, by: str) -> int:
    """Print the way from lead to signed deal."""
    from ltc_xl import report as reporting

    return answer(asked, book, "report funnel", reporting.funnel, by=by)


@report.command()
@book_argument()
@click.option("--by", metavar="owner|COLUMN", default="owner")
@asking("json", "dry_run", "out", "store")
def pipeline(*, asked: Asked, book: Path, by: str) -> int:
    """Print the open deals by stage, owner and month."""
    from ltc_xl import report as reporting

    return answer(asked, book, "report pipeline", reporting.pipeline, by=by)


@report.command()
@book_argument()
@asking("json", "dry_run", "out", "store")
def management(*, asked: Asked, book: Path) -> int:
    """Print the director's page."""
    from ltc_xl import report as reporting

    return answer(asked, book, "report management", reporting.management)


def answer(
    asked: Asked, book: Path, command: str, service: "Callable[..., Outcome]", **choices: object
) -> int:
    """Run a report on a workbook and print it; with ``--json`` the workbook stays as it is."""
    from ltc_xl import session

    with show.working(book.name):
        result = session.run(
            book,
            command,
            lambda read, rules: service(read, rules, asked.as_of, **choices),
            asked.as_of,
            asked.how(write=not asked.json),
        )
    lang = asked.lang or result.book.lang
    if asked.json:
        show.print_json(command, show.as_document(asked, result))
    else:
        print_papers(result.outcome, lang)
        show.print_written(asked, result, lang)
    tell_unread(result.outcome, lang, aside=asked.json)
    return result.outcome.exit_status

"""``ltc-xl check``: every problem of a workbook at once."""

from pathlib import Path

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.found import print_findings
from ltc_xl.cli.options import Asked, asking, book_argument


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
        print_findings(result.outcome.data, asked.lang or result.book.lang, more="show.more_places")
        show.print_written(asked, result, asked.lang or result.book.lang)
    return result.outcome.exit_status

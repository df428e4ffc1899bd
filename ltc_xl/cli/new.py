"""``ltc-xl new``: a workbook from the template."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


@click.command(cls=Command)
@book_argument()
@click.option("--site", metavar="XX", default="SH")
@click.option("--profile", type=click.Choice(["starter", "full"]), default="starter")
@click.option("--company", metavar="NAME", default="")
@click.option("--sample", is_flag=True)
@asking("json")
def new(  # noqa: PLR0913  the options of CLI.md
    *, asked: Asked, book: Path, site: str, profile: str, company: str, sample: bool
) -> int:
    """Make a workbook from the template."""
    from ltc_xl import rollout, session

    plan = rollout.new(
        lang=asked.face,
        site=site,
        store_id="",
        as_of=asked.as_of,
        profile=profile,
        company=company,
        rows=_sample(asked) if sample else None,
    )
    session.new_book(book, plan)
    if asked.json:
        show.print_json("new", {"book": book, **{key: plan[key] for key in ("lang", "site", "profile")}})
    else:
        show.say(text("show.made", asked.face, path=book))
    return 0


def _sample(asked: Asked) -> "Mapping[str, pl.DataFrame]":
    from ltc_xl.demo import firm

    return firm(asked.as_of, asked.face)

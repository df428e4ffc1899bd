"""``ltc-xl new``: a workbook from the template."""

from pathlib import Path

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import text


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
    from ltc_xl import session

    lang = asked.face
    rows = {}
    if sample:
        from ltc_xl.demo.firm import firm

        rows = dict(firm(asked.as_of, lang))
    made = session.Firm(lang, site.upper(), profile, company, rows)
    session.new_book(book, made, asked.as_of)
    if asked.json:
        show.print_json("new", {"book": book, "language": lang, "site": made.site, "profile": profile})
    else:
        show.say(text("show.made", lang, path=book))
    return 0

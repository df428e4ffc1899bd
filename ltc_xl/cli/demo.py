"""``ltc-xl demo``: a sample firm, and the whole job on it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking
from ltc_xl.cli.words import text

if TYPE_CHECKING:
    from ltc_xl.demo import DemoResult


@click.command(cls=Command)
@click.option("--dir", "folder", type=click.Path(path_type=Path), metavar="DIR", default=Path("ltc-demo"))
@asking("json")
def demo(*, asked: Asked, folder: Path) -> int:
    """Make a sample firm's workbook and run the whole job on it."""
    from ltc_xl.demo import run_demo

    with show.working(text("show.reading", asked.face, name=folder)):
        result = run_demo(folder, asked.face, asked.as_of)
    if asked.json:
        show.print_json("demo", result.data())
    else:
        _print_demo(result)
    return result.exit_status


def _print_demo(result: "DemoResult") -> None:
    from ltc_xl.messages import say

    show.say(result.headline())
    show.say()
    show.print_listing(show.Listing(result.headers(), result.table()))
    show.say()
    show.say(result.verdict())
    show.say(say("demo.lines.stories", result.lang))
    for story in result.stories():
        show.say(f"  {story}")
    show.say(say("demo.lines.made", result.lang))
    for file in result.files():
        show.say(f"  {file}")
    show.say(say("demo.lines.next", result.lang))

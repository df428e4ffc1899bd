"""``ltc-xl demo``: a sample firm, and a month of its work."""

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
    """Make a sample firm's workbook and live through a month of it."""
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
    for scene in result.month:
        show.heading(scene.title(result.lang))
        for line in (*scene.told(result.lang), *scene.surprises(result.lang)):
            show.say(f"  {line}")
    show.heading(say("demo.lines.planted", result.lang))
    show.print_listing(show.Listing(result.headers(), result.table()))
    show.say()
    show.say(result.verdict())
    if off := result.month_off():
        show.say(off)
    show.say(say("demo.lines.standing", result.lang, **result.standing))
    show.say(say("demo.lines.stories", result.lang))
    for story in result.stories():
        show.say(f"  {story}")
    show.say(say("demo.lines.made", result.lang))
    for file in result.first_files():
        show.say(f"  {file}")
    more = len(result.files()) - len(result.first_files())
    show.say(say("demo.lines.more", result.lang, count=more, folder=result.book.parent))
    show.say(say("demo.lines.next", result.lang))

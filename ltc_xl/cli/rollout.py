"""``ltc-xl rollout``: the template."""

from pathlib import Path

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Group
from ltc_xl.cli.options import Asked, asking
from ltc_xl.cli.words import text


@click.group(cls=Group)
def rollout() -> None:
    """Make and hand out the template."""


@rollout.command()
@click.option("--dir", "folder", type=click.Path(path_type=Path), metavar="DIR", default=Path("workbooks"))
@asking("json")
def build(*, asked: Asked, folder: Path) -> int:
    """Build the templates and the demo workbook from the data model."""
    from ltc_xl import session
    from ltc_xl.demo import shipped_demo

    made = (*session.build_templates(folder), shipped_demo(folder / "ltc_demo.xlsx"))
    if asked.json:
        show.print_json("rollout build", {"workbooks": made})
    for path in () if asked.json else made:
        show.say(text("show.made", asked.face, path=path))
    return 0

"""The command line. Commands are imported when they are called, so that ``--help`` answers at once."""

import gc

import click

from ltc_xl.cli.face import Main

_OBJECTS_BETWEEN_LOOKS = 100_000
"""A run lives for seconds and makes few cycles: looking for them every 700 objects cost a tenth of it."""


@click.group(
    cls=Main,
    lazy={
        "demo": "ltc_xl.cli.demo:demo",
        "new": "ltc_xl.cli.new:new",
        "sync": "ltc_xl.cli.sync:sync",
        "import": "ltc_xl.cli.intake:intake",
        "check": "ltc_xl.cli.check:check",
        "rules": "ltc_xl.cli.rules:rules",
        "today": "ltc_xl.cli.today:today",
        "trace": "ltc_xl.cli.trace:trace",
        "leads": "ltc_xl.cli.leads:leads",
        "collect": "ltc_xl.cli.collect:collect",
        "report": "ltc_xl.cli.report:report",
        "history": "ltc_xl.cli.history:history",
        "undo": "ltc_xl.cli.history:undo",
        "restore": "ltc_xl.cli.history:restore",
        "rollout": "ltc_xl.cli.rollout:rollout",
    },
)
@click.version_option(package_name="ltc-xl", message="%(prog)s %(version)s")
def main() -> None:
    """Lead to cash for people who work in Excel."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)

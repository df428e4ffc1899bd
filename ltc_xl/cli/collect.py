"""``ltc-xl collect``: the finance clerk's day."""

from pathlib import Path

import click

from ltc_xl.cli.face import Group
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.report import answer


@click.group(cls=Group)
def collect() -> None:
    """Collect receivables."""


@collect.command()
@book_argument()
@click.option("--by", type=click.Choice(["customer", "contract", "owner", "line"]), default="customer")
@click.option("--basis", type=click.Choice(["contract", "booked"]), default="contract")
@asking("json", "dry_run", "out", "store")
def aging(*, asked: Asked, book: Path, by: str, basis: str) -> int:
    """Print open receivables by days overdue."""
    from ltc_xl import collect as collecting

    return answer(asked, book, "collect aging", collecting.aging, by=by, basis=basis)


@collect.command()
@book_argument()
@click.option("--customer", metavar="NAME")
@asking("json", "dry_run", "out", "store")
def letters(*, asked: Asked, book: Path, customer: str | None) -> int:
    """Print payment reminders and the list of them."""
    from ltc_xl import collect as collecting

    return answer(asked, book, "collect letters", collecting.letters, customer=customer)


@collect.command()
@book_argument()
@click.option("--days", type=click.IntRange(1, 3660), metavar="N", default=90)
@click.option("--basis", type=click.Choice(["contract", "booked"]), default="contract")
@asking("json", "dry_run", "out", "store")
def metrics(*, asked: Asked, book: Path, days: int, basis: str) -> int:
    """Print how fast money comes in."""
    from ltc_xl import collect as collecting

    return answer(asked, book, "collect metrics", collecting.metrics, days=days, basis=basis)

"""A step of lead work on a whole workbook, as ``ltc-xl leads`` runs each of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from ltc_xl.cli import show
from ltc_xl.cli.options import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from ltc_xl.model.outcome import Outcome
    from ltc_xl.session import Result


def ran(
    asked: Asked, book: Path, command: str, service: "Callable[..., Outcome]", **more: object
) -> "Result":
    """Run a step on a workbook; with ``--json`` print it."""
    from ltc_xl import session

    with show.working(book.name):
        result = session.run(
            book,
            command,
            lambda read, rules: service(read, rules, asked.as_of, lang=asked.lang, **more),
            asked.as_of,
            asked.how(),
        )
    if asked.json:
        show.print_json(command, show.as_document(asked, result))
    return result

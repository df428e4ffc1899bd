"""Papers of a run, printed into a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import WorldError
from ltc_xl.model.outcome import Outcome
from ltc_xl.session.how import How, Result

if TYPE_CHECKING:
    from ltc_xl.render import Drawn


def drawn(outcome: Outcome, how: How, lang: Lang) -> "Drawn | None":
    """Return the papers of an outcome as they will be printed, before anything is written.

    Raises:
        WorldError: a font is missing, or a template has a mistake.
    """
    if not how.papers or how.dry_run or not outcome.papers:
        return None
    from ltc_xl.render import draw

    return draw(outcome.papers, how.lang or lang)


def printed(path: Path, result: Result, how: How) -> Result:
    """Print the papers of a run, unless none were asked for; return the result with the files."""
    papers = result.drawn or drawn(result.outcome, how, result.book.lang)
    if papers is None:
        return result
    folder = how.out or path.parent / "reports"
    with told_if_unwritable(folder):
        files = tuple(papers.write(folder))
    return replace(result, papers=files, drawn=None, left_out=tuple(papers.left_out))


@contextmanager
def told_if_unwritable(folder: Path) -> Iterator[None]:
    """Say in a sentence that a folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise WorldError("out_unwritable", path=str(folder), cause=error.strerror or str(error)) from error

"""Papers of a run, printed into a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ltc_xl.model.errors import WorldError
from ltc_xl.session.how import How, Result


def printed(path: Path, result: Result, how: How) -> Result:
    """Print the papers of a run, unless none were asked for; return the result with the files."""
    if not how.papers or how.dry_run or not result.outcome.papers:
        return result
    from ltc_xl.render import render_paper

    folder = how.out or path.parent / "reports"
    with told_if_unwritable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lang = how.lang or result.book.lang
        papers = [made for paper in result.outcome.papers for made in render_paper(paper, lang, folder)]
    return replace(result, papers=tuple(papers))


@contextmanager
def told_if_unwritable(folder: Path) -> Iterator[None]:
    """Say in a sentence that a folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise WorldError("out_unwritable", path=str(folder), cause=error.strerror or str(error)) from error

"""The daily run: what was typed is taken in, leads are graded and assigned, everything is checked and shown.

One run is one look at the workbook: each step sees what the ones before it want, and the session writes it
all at once. A run that finds nothing to do writes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from ltc_xl import leads, session
from ltc_xl.check import check
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report import management
from ltc_xl.today import today

Step = Callable[[Book, Rulebook, date], Outcome]


def steps(lang: Lang | None) -> dict[str, Step]:
    """Return what a run does with the rows, in order; answers are worded in a language, else the book's."""
    return {
        "grade": partial(leads.grade, lang=lang),
        "assign": partial(leads.assign, lang=lang),
        "today": today,
        "check": partial(check, lang=lang),
    }


def sync(path: Path, as_of: date, how: session.How | None = None) -> session.Result:
    """Bring a workbook, its store and its papers up to date.

    Returns:
        The session's result; its outcome's data holds the answer of every step under the step's name.

    Raises:
        LtcError: the file or the store is not as it must be; nothing, or everything, was written.
    """
    how = how or session.How()

    def service(book: Book, rulebook: Rulebook) -> Outcome:
        return _together(dict(_day(book, rulebook, as_of, how.lang)))

    result = session.run(path, "sync", service, as_of, replace(how, papers=False, shows_problems=True))
    return _with_papers(path, result, how) if how.papers else result


def _day(book: Book, rulebook: Rulebook, as_of: date, lang: Lang | None) -> Iterator[tuple[str, Outcome]]:
    """Yield what each step answers, and last the day's paper."""
    for name, step in steps(lang).items():
        outcome = step(book, rulebook, as_of)
        yield name, outcome
        book = applied(book, outcome.changes)
    yield "management", _as_page(management(book, rulebook, as_of))


def _as_page(answer: Outcome) -> Outcome:
    """Return an answer whose papers are pages alone: the daily run must not wait for workbooks and PDF."""
    return replace(answer, papers=tuple(replace(paper, formats=("html",)) for paper in answer.papers))


def _together(answers: Mapping[str, Outcome]) -> Outcome:
    """Return the steps as one outcome; the findings are those of the check, which sees all the others'."""
    return Outcome(
        changes=sum((outcome.changes for outcome in answers.values()), Changes()),
        findings=answers["check"].findings,
        papers=tuple(paper for outcome in answers.values() for paper in outcome.papers),
        data={name: outcome.data for name, outcome in answers.items()},
        exit_status=max(outcome.exit_status for outcome in answers.values()),
    )


def _with_papers(path: Path, result: session.Result, how: session.How) -> session.Result:
    """Print the day's papers, unless nothing has changed since they were printed."""
    folder = how.out or path.parent / "reports"
    files = [folder / f"{paper.name}.{kind}" for paper in result.outcome.papers for kind in paper.formats]
    if result.commit is None and all(file.exists() for file in files):
        return result
    return session.printed(path, result, how)

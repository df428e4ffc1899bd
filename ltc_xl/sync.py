"""The daily run: what was typed is taken in, leads are worked on, everything is checked and shown.

One run is one look at the workbook: each step sees what the ones before it want, and the session writes it
all at once. A run that finds nothing to do writes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, time
from functools import partial
from pathlib import Path

from ltc_xl import leads, session
from ltc_xl.check import check
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, net
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report import management
from ltc_xl.rules.daily_steps import daily_steps
from ltc_xl.today import today

Step = Callable[[Book, Rulebook, date], Outcome]


def steps(book: Book, rulebook: Rulebook, lang: Lang | None = None, at: time = time()) -> dict[str, Step]:
    """Return what a run does with the rows, in order: lead work, the day's list, the check.

    Of the lead work it is what 设置 names and the firm has rules for. Duplicates are decided by people alone.

    Args:
        book: the firm's.
        rulebook: its rule sheets.
        lang: language of the answers, else the book's.
        at: the time of the day at which leads are given out.
    """
    work: dict[str, Step] = {**leads.steps(lang, at), "dedupe": partial(leads.proposing, lang=lang)}
    named = (step for step in daily_steps(rulebook) if leads.has_rules(step, book, rulebook))
    return {**{step: work[step] for step in named}, "today": today, "check": partial(check, lang=lang)}


def sync(path: Path, as_of: date, how: session.How | None = None, *, at: time = time()) -> session.Result:
    """Bring a workbook, its store and its papers up to date.

    Args:
        path: the workbook.
        as_of: the day.
        how: how the session runs.
        at: the time of the day, which is written beside leads that are given out.

    Returns:
        The session's result; its outcome's data holds the answer of every step under the step's name.

    Raises:
        LtcError: the file or the store is not as it must be; nothing, or everything, was written.
    """
    how = how or session.How()

    def service(book: Book, rulebook: Rulebook) -> Outcome:
        answers, after = _day(book, rulebook, as_of, how.lang, at)
        together = _together(answers)
        return replace(together, changes=net(book, after, together.changes))

    result = session.run(path, "sync", service, as_of, replace(how, papers=False, shows_problems=True))
    return _with_papers(path, result, how) if how.papers else result


def _day(
    book: Book, rulebook: Rulebook, as_of: date, lang: Lang | None, at: time
) -> tuple[dict[str, Outcome], Book]:
    """Return what each step answers, last the day's paper, and the book after all of them."""
    answers: dict[str, Outcome] = {}
    for name, step in steps(book, rulebook, lang, at).items():
        answers[name] = step(book, rulebook, as_of)
        book = applied(book, answers[name].changes)
    return {**answers, "management": _as_page(management(book, rulebook, as_of))}, book


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

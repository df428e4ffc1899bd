"""The service: the day's work on leads, one step after the other, each seeing what the ones before it did."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, time
from functools import partial

import polars as pl

from ltc_xl.leads.assigning import assign
from ltc_xl.leads.cleaning import clean
from ltc_xl.leads.deduping import dedupe
from ltc_xl.leads.grades import grade
from ltc_xl.leads.nurturing import nurture
from ltc_xl.leads.recycling import recycle
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, net
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.daily_steps import SHEETS, STEPS

Step = Callable[[Book, Rulebook, date], Outcome]


def steps(lang: Lang | None, at: time = time()) -> dict[str, Step]:
    """Return what is done with leads, in order.

    Args:
        lang: language of the answers, else the book's.
        at: the time of the day at which leads are given out.
    """
    return {
        "clean": partial(clean, lang=lang),
        "dedupe": partial(dedupe, lang=lang),
        "grade": partial(grade, lang=lang),
        "recycle": partial(recycle, lang=lang),
        "assign": partial(assign, at=at, lang=lang),
        "nurture": partial(nurture, lang=lang),
    }


def run(
    book: Book, rulebook: Rulebook, as_of: date, *, at: time = time(), lang: Lang | None = None
) -> Outcome:
    """Return the day's work on leads as one: cleaned, matched, graded, taken back, given out, nurtured.

    Args:
        book: as read.
        rulebook: its rule sheets; a step whose sheet is empty is skipped.
        as_of: the day.
        at: the time of the day at which leads are given out.
        lang: language of the answers; what is written into the book is in the book's own.
    """
    answers: dict[str, Outcome] = {}
    skipped: dict[str, dict[str, object]] = {}
    now = book
    for name, step in steps(lang, at).items():
        if has_rules(name, book, rulebook):
            answers[name] = step(now, rulebook, as_of)
            now = applied(now, answers[name].changes)
        else:
            skipped[name] = {"skipped": SHEETS[name]}
    changes = sum((answer.changes for answer in answers.values()), Changes())
    return Outcome(
        changes=net(book, now, changes),
        findings=_once(answers.values()),
        data={name: answers[name].data if name in answers else skipped[name] for name in STEPS},
        exit_status=max(answer.exit_status for answer in answers.values()),
    )


def _once(answers: Iterable[Outcome]) -> tuple[Finding, ...]:
    """Return the findings of several steps; assignment repeats what is wrong with grading."""
    found: list[Finding] = []
    for one in (finding for answer in answers for finding in answer.findings):
        if one not in found:
            found.append(one)
    return tuple(found)


def proposing(book: Book, rulebook: Rulebook, as_of: date, *, lang: Lang | None = None) -> Outcome:
    """Return what ``dedupe`` does, with no decision filled in: a run nobody looks at decides nothing.

    What people have decided in 查重 is done all the same.
    """
    answer = dedupe(book, rulebook, as_of, lang=lang)
    puts, decided = dict(answer.changes.puts), pl.col("decision")
    puts["duplicates"] = puts["duplicates"].with_columns(decision=pl.when(decided != "MERGE").then(decided))
    return replace(answer, changes=replace(answer.changes, puts=puts))


def has_rules(step: str, book: Book, rulebook: Rulebook) -> bool:
    """Return whether a step has anything to go by."""
    sheet = SHEETS.get(step)
    if sheet is None:
        return True
    rows = rulebook.rows(sheet) if table(sheet).group == "rule" else book.rows(sheet)
    return bool(rows.height)

"""The service: leads that wait go to those who can take them, each with the reason in words."""

from collections.abc import Iterable
from datetime import date, datetime, time

import polars as pl

from ltc_xl.leads.assign_reasons import AssignReasons
from ltc_xl.leads.facts import Facts
from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.problems import problems_data
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.assignment import CHANGED, Assignment, assignment, handed_over
from ltc_xl.rules.lead_desk import Kept
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import ASSIGNMENT, GRADING, TRANSITIONS
from ltc_xl.rules.transfer import CRITERIA

_SHEETS = (GRADING, ASSIGNMENT, TRANSITIONS, CRITERIA)


def assign(
    book: Book, rulebook: Rulebook, as_of: date, *, at: time = time(), lang: Lang | None = None
) -> Outcome:
    """Return an owner for each lead that waits, or why it finds none.

    Args:
        book: as read; leads that have an owner stay theirs.
        rulebook: its rule sheets that are in force; while none of 线索分配 is, nothing is assigned.
        as_of: the day: who is on leave, and the end of the last seven and thirty days.
        at: the time of the day that is written down; nothing is decided by it.
        lang: language of the answer; the reasons in the book are in the book's own.
    """
    found = assignment(book, rulebook, as_of)
    asked = lang or book.lang
    reasons = _reasons(book, found, book.lang, as_of)
    whys = [reasons.given(one) for one in found.given]
    told = reasons if asked == book.lang else _reasons(book, found, asked, as_of)
    answered = whys if told is reasons else [told.given(one) for one in found.given]
    return Outcome(
        changes=_changes(found, whys, book, rulebook, datetime.combine(as_of, at)),
        findings=found.problems,
        data={
            "assigned": _assigned(found, answered),
            "unassigned": _unassigned(found, told),
            "problems": problems_data(book, found.problems, asked),
            "rule_versions": {name: rule_version(name, book, rulebook) for name in _SHEETS},
        },
        exit_status=int(any(problem.severity == "error" for problem in found.problems)),
    )


def _reasons(book: Book, found: Assignment, lang: Lang, as_of: date) -> AssignReasons:
    return AssignReasons(Facts(book, Phrases(lang, as_of)), is_one_team=found.is_one_team)


def _changes(found: Assignment, whys: list[str], book: Book, rulebook: Rulebook, now: datetime) -> Changes:
    if not found.given:
        return Changes()
    reasons = pl.DataFrame({UID: [one.lead.row_id for one in found.given], "assign_why": whys})
    after = handed_over(found, book, rulebook, now).drop("assign_why").join(reasons, on=UID)
    return differences("leads", found.waiting, after, CHANGED)


def _named(found: Assignment, row_ids: Iterable[str]) -> Iterable[dict[str, object]]:
    """Yield how a person knows each lead."""
    columns = ("lead_id", UID, "company", "created_on")
    known = {row[1]: row for row in found.waiting.select(columns).iter_rows()}
    for row_id in row_ids:
        number, uid, company, created_on = known[row_id]
        day = created_on.isoformat() if created_on else None
        yield {"lead_id": number or uid, "uid": uid, "company": company, "created_on": day}


def _assigned(found: Assignment, reasons: Iterable[str]) -> list[dict[str, object]]:
    names = _named(found, (one.lead.row_id for one in found.given))
    return [
        {**name, "owner": one.chosen.member.name, "rule": one.rule, "reason": reason}
        for name, one, reason in zip(names, found.given, reasons, strict=True)
    ]


def _unassigned(found: Assignment, told: AssignReasons) -> list[dict[str, object]]:
    names = _named(found, (one.lead.row_id for one in found.kept))
    return [{**name, **_kept(one, told)} for name, one in zip(names, found.kept, strict=True)]


def _kept(kept: Kept, told: AssignReasons) -> dict[str, object]:
    return {"why": kept.why, "reason": told.kept(kept), "cure": told.cure(kept)}

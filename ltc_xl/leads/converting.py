"""The service: a lead becomes an opportunity of a customer found or made; or all that is missing is named."""

from dataclasses import replace
from datetime import date

import polars as pl

from ltc_xl.leads.one_lead import Lead, lead_data, lead_named
from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.problems import problems_data
from ltc_xl.leads.unmet import Entry, Unmet
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.conversion import Conversion, Obstacle, conversion
from ltc_xl.rules.grading import grading
from ltc_xl.rules.lead_steps import later_refusals, lead_steps
from ltc_xl.rules.transfer import Criteria, leads_as_asked, transfer_criteria

PASSABLE = frozenset({"criterion", "T-01", "T-02", "T-03"})
"""What may be passed with a reason: agreed criteria, the order of steps, conditions and blanks; no role."""


def convert(  # noqa: PLR0913  a book, its rules, a day, a lead, who asks, why in spite of all, a language
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    lead_id: str,
    *,
    actor: str = "",
    force: str | None = None,
    lang: Lang | None = None,
) -> Outcome:
    """Return the customer, contact and opportunity that a lead becomes; or every reason why it may not.

    Args:
        book: as read.
        rulebook: its rule sheets: 移交标准 and 阶段流转 decide.
        as_of: the day.
        lead_id: the lead's number.
        actor: login name of whoever asks: some steps take a role.
        force: why it is to be done although criteria or conditions are not met; noted in 跟进.
        lang: language of the answer.

    Raises:
        UsageError: there is no such lead.
    """
    lead = lead_named(book, lead_id)
    found = conversion(lead, book, as_of)
    criteria = transfer_criteria(book, rulebook, as_of)
    wanted = pl.DataFrame({UID: [lead[UID]], "new": ["CONVERTED"]})
    made = applied(book, found.changes)
    states, refused = lead_steps(made, rulebook, as_of, wanted, actor)
    if any(one.code == "T-01" for one in refused) and lead["state"] != "CONVERTED":
        refused += later_refusals(made, rulebook, as_of, wanted, actor)
    words = Unmet(book, Phrases(lang or book.lang, as_of))
    missing = [
        *(_obstacle(one, words) for one in found.obstacles),
        *words.steps(refused),
        *_criteria(lead, criteria, book, rulebook, words),
    ]
    passed = [one for one in missing if force and one["code"] in PASSABLE]
    unmet = [one for one in missing if one not in passed]
    changes = Changes()
    if not unmet:
        changes = replace(found.changes, sets=(*found.changes.sets, *(states or _forced(lead))))
    if passed and not unmet:
        told = Unmet(book, Phrases(book.lang, as_of)) if words.lang != book.lang else words
        changes += _log(lead, passed, str(force), as_of, told)
    return Outcome(
        changes=changes,
        findings=criteria.problems,
        data={
            **lead_data(lead),
            "converted": not unmet,
            "unmet": unmet,
            "passed": [] if unmet else passed,
            **_made(found),
            "notes": _notes(found, words.lang),
            "problems": problems_data(book, criteria.problems, words.lang),
        },
        exit_status=int(bool(unmet)),
    )


def _forced(lead: Lead) -> tuple[SetColumn, ...]:
    """Return the lead as converted, whatever 阶段流转 says."""
    cells = pl.DataFrame({UID: [lead[UID]], "old": [lead["state"]], "new": ["CONVERTED"]})
    return (SetColumn("leads", "state", cells.cast(pl.String)),)


def _log(lead: Lead, passed: list[Entry], reason: str, as_of: date, words: Unmet) -> Changes:
    """Return the note that a lead was converted in spite of what it lacked, and why."""
    lacking = [str(one["message"]) for one in passed]
    text = say("handover.told.forced", words.lang, reason=reason, lacking=lacking)
    row = pl.DataFrame(
        {
            UID: mint_uids(1),
            "on": [as_of],
            "member": [lead["owner"]],
            "object_id": [lead["lead_id"] or lead[UID]],
            "summary": [text],
        }
    )
    return Changes(inserts={"activities": row})


def _obstacle(one: Obstacle, words: Unmet) -> Entry:
    values = dict(one.values)
    if isinstance(columns := values.get("columns"), list):
        values["columns"] = [words.facts.label(code) for code in columns]
    if "by" in values:
        values["by"] = say(f"handover.by.{values['by']}", words.lang)
    return words.entry(one.key, **values)


def _criteria(lead: Lead, criteria: Criteria, book: Book, rulebook: Rulebook, words: Unmet) -> list[Entry]:
    """Return the transfer criteria that are not met; while the sheet is wrong nobody can tell."""
    if not criteria.sound:
        return [words.entry("criteria_off")]
    if not criteria.rows:
        return []
    asked = leads_as_asked(book, grading(book, rulebook, criteria.as_of))
    rows = asked.filter(pl.col(UID) == lead[UID])
    missed = criteria.unmet(rows)
    return [
        entry for row in rows.iter_rows(named=True) for entry in words.criteria(missed.get(row[UID], ()), row)
    ]


def _made(found: Conversion) -> dict[str, object]:
    uid, name = found.opportunity
    contact = {"name": found.contact, "made": found.contact_made} if found.contact else None
    return {
        "customer": {"name": found.customer, "made": found.by is None, "by": found.by},
        "contact": contact,
        "opportunity": {"uid": uid, "name": name},
    }


def _notes(found: Conversion, lang: Lang) -> list[str]:
    return [
        say("handover.elsewhere", lang, name=name, customer=customer) for name, customer in found.elsewhere
    ]

"""The service: an owner gives a lead back, with a reason; it waits for another owner."""

from datetime import date, timedelta

import polars as pl

from ltc_xl.leads.one_lead import lead_data, lead_named
from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.unmet import Unmet
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.giving_back import given_back
from ltc_xl.rules.lead_steps import lead_steps
from ltc_xl.rules.rulebook import setting_number


def give_back(  # noqa: PLR0913  a book, its rules, a day, a lead, who gives it back why, a language
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    lead_id: str,
    *,
    reason: str | None,
    actor: str = "",
    lang: Lang | None = None,
) -> Outcome:
    """Return that a lead is returned, who is barred from it up to when; or why it may not be.

    Args:
        book: as read.
        rulebook: the cooldown, the steps.
        as_of: the day.
        lead_id: the lead's number.
        reason: why: it counts for the quality of the channel.
        actor: login name of whoever returns it.
        lang: language of the answer.

    Raises:
        UsageError: there is no such lead, or no reason.
    """
    lead = lead_named(book, lead_id)
    if not (reason or "").strip():
        raise UsageError("return_no_reason", lead=lead["lead_id"] or lead_id)
    words = Unmet(book, Phrases(lang or book.lang, as_of))
    given = pl.DataFrame({UID: [lead[UID]], "old": [lead["reason"]], "new": [reason]}).cast(pl.String)
    wanted = pl.DataFrame({UID: [lead[UID]], "new": ["RETURNED"]})
    reasoned = applied(book, Changes((SetColumn("leads", "reason", given),)))
    _, refused = lead_steps(reasoned, rulebook, as_of, wanted, actor)
    unmet = [*([] if lead["owner"] else [words.entry("nobodys")]), *words.steps(refused)]
    until = as_of + timedelta(days=int(setting_number(rulebook, "return_cooldown_days")))
    back = pl.DataFrame(
        {
            UID: [lead[UID]],
            "state": ["RETURNED"],
            "reason": [reason],
            "cooldown_to": [until],
            "told": [say("handover.told.returned", book.lang, reason=reason)],
        }
    )
    count = lead["return_count"]
    return Outcome(
        changes=Changes() if unmet else given_back(book, back, as_of),
        data={
            **lead_data(lead),
            "returned": not unmet,
            "owner": lead["owner"],
            "reason": reason,
            "cooldown_to": until.isoformat(),
            "return_count": (count if isinstance(count, int) else 0) + (not unmet),
            "unmet": unmet,
        },
        exit_status=int(bool(unmet)),
    )

"""The service: a lead is accepted by its owner; late or not, it counts."""

from datetime import date, datetime, time

import polars as pl

from ltc_xl.leads.one_lead import Lead, lead_data, lead_named
from ltc_xl.leads.phrases import Phrases
from ltc_xl.leads.unmet import Entry, Unmet
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied, net
from ltc_xl.model.enums import Lang, codes_of_kind
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.actor import member_of
from ltc_xl.rules.follow_ups import follow_ups
from ltc_xl.rules.handover import MINUTES, with_waiting
from ltc_xl.rules.lead_steps import lead_steps


def accept(  # noqa: PLR0913  a book, its rules, a day, a lead, who accepts it when and with which word, a language
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    lead_id: str,
    *,
    actor: str = "",
    note: str | None = None,
    at: time = time(),
    lang: Lang | None = None,
) -> Outcome:
    """Return that a lead is accepted, whether in time, and that it is followed up where 阶段流转 lets it.

    Args:
        book: as read.
        rulebook: work hours, the time agreed, the steps.
        as_of: the day.
        lead_id: the lead's number.
        actor: login name of whoever accepts.
        note: what came of the first contact.
        at: the time of the day.
        lang: language of the answer.

    Raises:
        UsageError: there is no such lead.
    """
    lead = lead_named(book, lead_id)
    words = Unmet(book, Phrases(lang or book.lang, as_of))
    unmet = _obstacles(lead, words)
    now = _moment(lead, as_of, at)
    sets = [_set(lead, "accepted_at", now), *([_set(lead, "note", note)] if note else [])]
    taken = applied(book, Changes(tuple(sets)))
    wanted = pl.DataFrame({UID: [lead[UID]], "new": ["FOLLOWING"]})
    steps, refused = ((), ()) if unmet else lead_steps(taken, rulebook, as_of, wanted, actor)
    changes = Changes((*sets, *steps))
    after = applied(book, changes)
    follow = follow_ups(changes, after, as_of, member_of(rulebook, actor, as_of))
    return Outcome(
        changes=Changes() if unmet else net(book, applied(after, follow), changes + follow),
        data={
            **lead_data(lead),
            "accepted": not unmet,
            "owner": lead["owner"],
            "accepted_at": now.isoformat(timespec="minutes"),
            "state": "FOLLOWING" if steps else lead["state"],
            **_lateness(book, lead, rulebook, now),
            "unmet": unmet,
            "still": words.steps(refused),
        },
        exit_status=int(bool(unmet)),
    )


def _moment(lead: Lead, as_of: date, at: time) -> datetime:
    """Return when the lead is accepted: on the day it was given, not before it was given."""
    now, given = datetime.combine(as_of, at), lead["assigned_at"]
    return max(now, given) if isinstance(given, datetime) and given.date() == as_of else now


def _obstacles(lead: Lead, words: Unmet) -> list[Entry]:
    """Return why there is nothing to accept."""
    if lead["owner"] is None:
        return [words.entry("nobodys")]
    if lead["state"] not in codes_of_kind("lead_state", "open"):
        state = words.book.labels("lead_state").get(str(lead["state"]), str(lead["state"] or ""))
        return [words.entry("not_open", state=state)]
    given, taken = lead["assigned_at"], lead["accepted_at"]
    if isinstance(taken, datetime) and (not isinstance(given, datetime) or taken >= given):
        return [words.entry("accepted", at=taken, owner=lead["owner"])]
    return []


def _set(lead: Lead, column: str, value: object) -> SetColumn:
    dtype = table("leads").by_code[column].dtype
    cells = pl.DataFrame({UID: [lead[UID]], "old": [lead[column]], "new": [value]})
    return SetColumn("leads", column, cells.with_columns(pl.col("old", "new").cast(dtype)))


def _lateness(book: Book, lead: Lead, rulebook: Rulebook, now: datetime) -> dict[str, object]:
    """Return how many work hours the lead waited, by when it was due, and whether it is late."""
    row = with_waiting(book.rows("leads").filter(pl.col(UID) == lead[UID]), rulebook, now).row(0, named=True)
    waited, due = row["waited_minutes"], row["accept_by"]
    return {
        "late": row["is_late"],
        "waited_hours": None if waited is None else round(waited / MINUTES, 1),
        "accept_by": due.isoformat(timespec="minutes") if due else None,
    }

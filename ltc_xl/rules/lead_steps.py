"""Steps of leads that a command takes: which of them 阶段流转 allows whoever asks, and why not the others."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.court import Court
from ltc_xl.rules.refusals import Refusal
from ltc_xl.rules.rulesets import transition_rules


def lead_steps(
    book: Book, rulebook: Rulebook, as_of: date, wanted: pl.DataFrame, actor: str
) -> tuple[tuple[SetColumn, ...], tuple[Refusal, ...]]:
    """Return the states that leads may be set to, and every reason why the others may not.

    Args:
        book: with all else that the command sets in place.
        rulebook: the roles of the people and the switches of the checks.
        as_of: the day.
        wanted: ``_uid`` and ``new``: the state each shall have.
        actor: login name of whoever asks.
    """
    states = book.rows("leads").select(UID, old="state")
    cells = wanted.join(states, on=UID, maintain_order="left").select(UID, "old", "new")
    asked = SetColumn("leads", "state", cells)
    rules = transition_rules(book, rulebook, as_of)
    rests = rules.rest is not None
    court = Court(applied(book, Changes((asked,))), rulebook, as_of, rules.rows, rests)
    if not rules.sound and not rests:
        return (), tuple(court.waiting({"leads": cells}, actor))
    made, refused = court.verdict({"leads": cells}, actor)
    allowed = SetColumn("leads", "state", made["leads"])
    return ((allowed,) if allowed.cells.height else ()), refused


def later_refusals(
    book: Book, rulebook: Rulebook, as_of: date, wanted: pl.DataFrame, actor: str
) -> tuple[Refusal, ...]:
    """Return what leads lack besides, once they stand where the state they shall have may follow.

    So that somebody who must take a step in between is told at once what the next one asks for.
    """
    goal = wanted["new"][0]
    steps = [one for one in transition_rules(book, rulebook).rows if one.table == "leads" and goal in one.to]
    if not steps or not steps[0].from_:
        return ()
    before = wanted.select(UID, new=pl.lit(steps[0].from_[0]))
    cells = before.join(book.rows("leads").select(UID, old="state"), on=UID, maintain_order="left")
    there = applied(book, Changes((SetColumn("leads", "state", cells.select(UID, "old", "new")),)))
    return lead_steps(there, rulebook, as_of, wanted, actor)[1]

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
    rules = transition_rules(book, rulebook)
    court = Court(applied(book, Changes((asked,))), rulebook, as_of, rules.rows)
    if not rules.sound:
        return (), tuple(court.waiting({"leads": cells}, actor))
    made, refused = court.verdict({"leads": cells}, actor)
    allowed = SetColumn("leads", "state", made["leads"])
    return ((allowed,) if allowed.cells.height else ()), refused

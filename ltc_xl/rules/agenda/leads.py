"""What is due on leads: to be accepted, about to go back to the pool, first contacts, follow-ups."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.agenda.item import item
from ltc_xl.rules.handover import waiting_for_acceptance
from ltc_xl.rules.recycling import idle_leads
from ltc_xl.rules.waiting import open_leads

WARNED_DAYS = 3
"""So many days before a lead goes back to the pool its owner is told."""

_UNTOUCHED = ("NEW", "CLEAN", "QUALIFIED", "ASSIGNED")


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of leads: each lead has one, what is most pressing."""
    about = _about(rulebook)
    waiting = waiting_for_acceptance(book, rulebook, as_of)
    by_day = pl.coalesce("accept_by", "assigned_at").dt.date()
    given = {name: told for name, told in about.items() if name != "next_step"}
    yield item(waiting, "lead_accept", "leads", "state", due_on=by_day, due_at="accept_by", **given)
    going = _going_back(book, rulebook, as_of).join(waiting, on=UID, how="anti", maintain_order="left")
    back_on = pl.lit(as_of) + pl.duration(days=pl.col("left"))
    first = pl.min_horizontal("next_on", back_on)
    yield item(going, "lead_recycle", "leads", "note", due_on=first, count=pl.col("left"), **about)
    told = pl.concat([waiting.select(UID), going.select(UID)])
    leads = open_leads(book).join(told, on=UID, how="anti", maintain_order="left")
    yield from _to_follow(leads, as_of, about)


def _about(rulebook: Rulebook) -> dict[str, pl.Expr]:
    return {
        "id": pl.coalesce("lead_id", "source_id"),
        "about": pl.coalesce("company", "contact", "mobile"),
        "owner": pl.col("owner"),
        "next_step": pl.col("next_step"),
        "amount": pl.col("budget"),
        "currency": pl.lit(rulebook.currency),
    }


def _going_back(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return the leads that 公海规则 takes back now or soon for lying idle, with the days ``left``."""
    idle = idle_leads(book, rulebook, as_of + timedelta(days=WARNED_DAYS)).filter(pl.col("why") == "idle")
    here = idle.join(_left(rulebook, as_of), on="owner", how="anti", maintain_order="left")
    return here.with_columns(left=WARNED_DAYS - (pl.col("count") - pl.col("limit")))


def _left(rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return the ``owner``s who have left: theirs is nobody's to hurry."""
    return rulebook.rows("members").filter(pl.col("left_on") <= as_of).select(owner="member")


def _to_follow(leads: pl.DataFrame, as_of: date, about: dict[str, pl.Expr]) -> Iterator[pl.DataFrame]:
    due = leads.filter(pl.col("next_on") <= as_of)
    yield item(due, "lead_follow", "leads", "next_on", due_on="next_on", **about)
    given = pl.coalesce(pl.col("assigned_at").dt.date(), "created_on")
    untouched = leads.filter(
        pl.col("owner").is_not_null()
        & pl.col("state").is_in(_UNTOUCHED)
        & pl.col("touched_on").is_null()
        & pl.col("next_on").is_null()
        & (given <= as_of)
    )
    yield item(untouched, "lead_new", "leads", "state", due_on=given, **about)

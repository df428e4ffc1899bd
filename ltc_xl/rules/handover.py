"""Hand-over: leads that were given to an owner and wait to be accepted, and which of them are late."""

from datetime import date, datetime, time

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.rulebook import setting_number
from ltc_xl.rules.waiting import open_leads
from ltc_xl.rules.worktime import work_time

MINUTES = 60


def waiting_for_acceptance(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return the leads that somebody was given and has not accepted, as the day begins.

    Returns:
        The leads with ``waited_minutes`` of work since they were given, ``accept_by`` when the time agreed
        ends, and ``is_late``. One nobody dated cannot be late.
    """
    given = open_leads(book).filter(
        pl.col("owner").is_not_null(), pl.col("state") == "ASSIGNED", pl.col("assigned_at").is_not_null()
    )
    waiting = given.filter(~is_accepted(), pl.col("assigned_at").dt.date() <= as_of)
    return with_waiting(waiting, rulebook, datetime.combine(as_of, time()))


def is_accepted() -> pl.Expr:
    """Return whether a lead's owner has accepted it, or written of a contact, since it was given to them."""
    by_word = pl.col("accepted_at") >= pl.col("assigned_at")
    by_deed = pl.col("touched_on") >= pl.col("assigned_at").dt.date()
    return by_word.fill_null(value=False) | by_deed.fill_null(value=False)


def with_waiting(leads: pl.DataFrame, rulebook: Rulebook, until: datetime) -> pl.DataFrame:
    """Return leads with how long they waited up to a moment, and whether that is too long."""
    work = work_time(rulebook)
    limit = int(setting_number(rulebook, "accept_hours") * MINUTES)
    known = leads.with_columns(_until=pl.max_horizontal(pl.lit(until, pl.Datetime("us")), "assigned_at"))
    moments = leads["assigned_at"].drop_nulls().unique()
    due = pl.DataFrame(
        {"assigned_at": moments, "accept_by": [work.due(moment, limit) for moment in moments]},
        schema={"assigned_at": pl.Datetime("us"), "accept_by": pl.Datetime("us")},
    )
    waited = work.minutes(known, "assigned_at", "_until").alias("waited_minutes")
    return (
        known.with_columns(waited)
        .join(due, on="assigned_at", how="left", maintain_order="left")
        .with_columns(is_late=(pl.col("waited_minutes") > limit).fill_null(value=False))
        .drop("_until")
    )

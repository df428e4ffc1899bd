"""What is due on leads and deals: first contacts, follow-ups, bids, signings."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda.item import SOON_DAYS, item
from ltc_xl.rules.ledger import currency_of

_UNTOUCHED = ("NEW", "CLEAN", "QUALIFIED", "ASSIGNED")
_BEFORE_BID = ("VALIDATING", "ATI_REVIEW", "APPROVED", "PREBID", "BIDDING", "ATB_REVIEW")
_HOLD = "HOLD"


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of leads and deals."""
    yield from _of_leads(book, rulebook, as_of)
    yield from _of_deals(book, rulebook, as_of)


def _of_leads(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    leads = book.rows("leads").filter(pl.col("state").is_in(codes_of_kind("lead_state", "open")))
    about = {
        "id": pl.coalesce("lead_id", "source_id"),
        "about": pl.coalesce("company", "contact", "mobile"),
        "owner": pl.col("owner"),
        "next_step": pl.col("next_step"),
        "amount": pl.col("budget"),
        "currency": pl.lit(rulebook.currency),
    }
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


def _of_deals(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    deals = book.rows("opportunities").filter(pl.col("stage").is_in(codes_of_kind("opp_stage", "open")))
    about = {
        "id": pl.coalesce("opp_id", "source_id"),
        "about": pl.coalesce("name", "customer"),
        "owner": pl.col("owner"),
        "next_step": pl.col("next_step"),
        "amount": pl.col("amount"),
        "currency": currency_of(rulebook),
    }
    due = deals.filter(pl.col("next_on") <= as_of)
    yield item(due, "deal_follow", "opportunities", "next_on", due_on="next_on", **about)
    soon = as_of + timedelta(days=SOON_DAYS)
    preparing = pl.col("stage").is_in(_BEFORE_BID) | (
        (pl.col("stage") == "PROPOSAL") & (pl.col("bid_due") >= as_of)
    )
    bids = deals.filter((pl.col("route") == "BID") & (pl.col("bid_due") <= soon) & preparing)
    yield item(bids, "bid_due", "opportunities", "bid_due", due_on="bid_due", **about)
    late = deals.filter((pl.col("expected_close") < as_of) & (pl.col("stage") != _HOLD))
    yield item(late, "signing_late", "opportunities", "expected_close", due_on="expected_close", **about)

"""What is due on deals: follow-ups, bids, signings, stages that last too long."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda.item import SOON_DAYS, item
from ltc_xl.rules.ledger import currency_of
from ltc_xl.rules.pipeline import stage_limits

_BEFORE_BID = ("VALIDATING", "ATI_REVIEW", "APPROVED", "PREBID", "BIDDING", "ATB_REVIEW")
_HOLD = "HOLD"


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of deals; a stage that lasts too long is told where nothing else is."""
    deals = open_deals(book)
    tests = _tests(as_of)
    about = about_deals(rulebook)
    for kind, (column, test) in tests.items():
        yield item(deals.filter(test), kind, "opportunities", column, due_on=column, **about)
    quiet = deals.filter(~pl.any_horizontal(test.fill_null(value=False) for _, test in tests.values()))
    stuck = quiet.join(stage_limits(rulebook), on="stage", maintain_order="left").with_columns(
        until=pl.col("stage_since") + pl.duration(days=pl.col("max_days"))
    )
    late = stuck.filter(pl.col("until") < as_of)
    yield item(late, "deal_stuck", "opportunities", "stage", due_on="until", count="max_days", **about)


def open_deals(book: Book) -> pl.DataFrame:
    """Return the deals that may still be won, those on hold included."""
    return book.rows("opportunities").filter(pl.col("stage").is_in(codes_of_kind("opp_stage", "open")))


def about_deals(rulebook: Rulebook) -> dict[str, pl.Expr]:
    """Return what every line about a deal says of it."""
    return {
        "id": pl.coalesce("opp_id", "source_id"),
        "about": pl.coalesce("name", "customer"),
        "owner": pl.col("owner"),
        "next_step": pl.col("next_step"),
        "amount": pl.col("amount"),
        "currency": currency_of(rulebook),
    }


def _tests(as_of: date) -> dict[str, tuple[str, pl.Expr]]:
    """Return kind -> the column with its day, and what makes it due."""
    soon = as_of + timedelta(days=SOON_DAYS)
    preparing = pl.col("stage").is_in(_BEFORE_BID) | (
        (pl.col("stage") == "PROPOSAL") & (pl.col("bid_due") >= as_of)
    )
    return {
        "deal_follow": ("next_on", pl.col("next_on") <= as_of),
        "bid_due": ("bid_due", (pl.col("route") == "BID") & (pl.col("bid_due") <= soon) & preparing),
        "signing_late": ("expected_close", (pl.col("expected_close") < as_of) & (pl.col("stage") != _HOLD)),
    }

"""The funnel: leads, qualified leads, opportunities, won and lost, by channel, owner, month or team."""

from datetime import date
from typing import Literal, get_args

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import words
from ltc_xl.model.money import MONEY, product, total
from ltc_xl.model.paper import Number
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.own_keys import own_key

FunnelKey = Literal["channel", "owner", "month", "team", "own"]
FUNNEL_KEYS: tuple[str, ...] = get_args(FunnelKey)[:-1]
"""What a funnel can be told by, besides a column of the firm's own."""
QUALIFIED = ("QUALIFIED", "ASSIGNED", "FOLLOWING", "CONVERTED")
_NO_MONEY = pl.lit(0).cast(MONEY)


def funnel_leads(book: Book, as_of: date, own: str | None = None) -> pl.DataFrame:
    """Return the leads known on a day with ``team`` and ``month``; one found to be a duplicate is none.

    ``own`` is what the firm's own column of that name says.
    """
    known = pl.col("created_on").is_null() | (pl.col("created_on") <= as_of)
    leads = book.rows("leads").filter(known & pl.col("state").ne_missing("DUPLICATE"))
    columns = leads.select(
        UID,
        "channel",
        "owner",
        "state",
        "reason",
        "return_count",
        "created_on",
        "budget",
        own_key(book, "leads", own),
        month=_month("created_on"),
    )
    return columns.join(_teams(book), on="owner", how="left")


def deals(book: Book, as_of: date, own: str | None = None) -> pl.DataFrame:
    """Return the opportunities known on a day with the facts of the lead each came from.

    A deal closed later was still open on the day; which stage it was in is not known (null). ``own`` is what
    the firm's own column of that name says of the deal, else of its lead.
    """
    known = pl.col("created_on").is_null() | (pl.col("created_on") <= as_of)
    later = pl.col("closed_on").is_not_null() & (pl.col("closed_on") > as_of)
    rows = _with_lead(_with_list_price(book).filter(known), book, own)
    rows = rows.join(_teams(book).rename({"team": "home_team"}), on="owner", how="left")
    return rows.select(
        "lead_uid",
        "channel",
        "owner",
        "currency",
        "amount",
        own=pl.coalesce(own_key(book, "opportunities", own), "lead_own"),
        team=pl.coalesce("team", "home_team"),
        month=pl.coalesce(_month("lead_created_on"), _month("created_on")),
        stage=pl.when(~later).then("stage"),
        outcome=pl.when(later).then(pl.lit("open")).otherwise(_outcome()),
        listed=pl.coalesce("amount", "list_price"),
        weighted=product(pl.col("amount"), pl.when(~later).then("probability")),
        cycle_days=(pl.col("closed_on") - pl.col("created_on")).dt.total_days(),
    )


def _month(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m").alias("month")


def _outcome() -> pl.Expr:
    kinds = {word.code: word.kind for word in words("opp_stage")}
    return pl.col("stage").replace_strict(kinds, default=None, return_dtype=pl.String)


def _teams(book: Book) -> pl.DataFrame:
    return first_rows(book.rows("members"), "member").select("team", owner="member")


def _with_list_price(book: Book) -> pl.DataFrame:
    prices = first_rows(book.rows("products"), "product").select("product", catalogue_price="list_price")
    rows = book.rows("opportunities").join(prices, on="product", how="left")
    return rows.with_columns(pl.coalesce("list_price", "catalogue_price"))


def _with_lead(rows: pl.DataFrame, book: Book, own: str | None) -> pl.DataFrame:
    """Return the opportunities with their lead, by its number or by the number it had where it came from."""
    leads = book.rows("leads")
    by_number = first_rows(leads, "lead_id").select(pl.col(UID).alias("by_number"), lead="lead_id")
    by_source = first_rows(leads, "source_id").select(
        pl.col(UID).alias("by_source"), lead_source_id="source_id"
    )
    facts = leads.select(
        pl.col(UID).alias("lead_uid"),
        "channel",
        lead_created_on="created_on",
        lead_own=own_key(book, "leads", own),
    )
    found = rows.join(by_number, on="lead", how="left").join(by_source, on="lead_source_id", how="left")
    return found.with_columns(lead_uid=pl.coalesce("by_number", "by_source")).join(
        facts, on="lead_uid", how="left"
    )


def _share(part: str, whole: pl.Expr) -> pl.Expr:
    """Return percent to four decimals; null where there is nothing to divide by."""
    return pl.when(whole > 0).then((100 * pl.col(part) / whole).round(4))


def funnel_rows(leads: pl.DataFrame, opportunities: pl.DataFrame, by: FunnelKey | None) -> pl.DataFrame:
    """Return one row per key, or one row in all when ``by`` is None.

    Conversion is won / leads; win rate is won / (won + lost); an open deal without amount counts at list
    price in ``open_amount_at_list`` only; ``weighted_amount`` is open amount x win rate of its stage.
    """
    key = (pl.lit("") if by is None else pl.col(by).fill_null("")).alias("key")
    keys = pl.DataFrame({"key": [""] if by is None else []}, schema={"key": pl.String})
    qualified = pl.col("state").is_in(QUALIFIED) | pl.col(UID).is_in(opportunities["lead_uid"].implode())
    of_leads = keys.join(
        leads.group_by(key).agg(leads=pl.len(), qualified=qualified.sum()),
        on="key",
        how="full",
        coalesce=True,
    )
    of_deals = opportunities.group_by(key).agg(_deal_counts() + _deal_amounts())
    counts = ("leads", "qualified", "opportunities", "open", "won", "lost")
    amounts = ("won_amount", "open_amount", "open_amount_at_list", "weighted_amount")
    return (
        of_leads.join(of_deals, on="key", how="full", coalesce=True)
        .with_columns(pl.col(counts).fill_null(0).cast(pl.Int64), pl.col(amounts).fill_null(_NO_MONEY))
        .with_columns(
            conversion_pct=_share("won", pl.col("leads")),
            win_rate_pct=_share("won", pl.col("won") + pl.col("lost")),
        )
        .select("key", *counts, "conversion_pct", "win_rate_pct", *amounts, "median_cycle_days_won")
        .sort("key")
    )


def _deal_counts() -> list[pl.Expr]:
    outcome = pl.col("outcome")
    ends = [(outcome == end).sum().alias(end) for end in ("open", "won", "lost")]
    cycle = pl.col("cycle_days").filter(outcome == "won").median().alias("median_cycle_days_won")
    return [pl.len().alias("opportunities"), *ends, cycle]


def _deal_amounts() -> list[pl.Expr]:
    is_open = pl.col("outcome") == "open"
    return [
        total(pl.col("amount").filter(pl.col("outcome") == "won")).alias("won_amount"),
        total(pl.col("amount").filter(is_open)).alias("open_amount"),
        total(pl.col("listed").filter(is_open)).alias("open_amount_at_list"),
        total(pl.col("weighted").filter(is_open)).alias("weighted_amount"),
    ]


def funnel_total(leads: pl.DataFrame, opportunities: pl.DataFrame) -> dict[str, Number | None]:
    """Return the row over everything, zeros where there is nothing."""
    return funnel_rows(leads, opportunities, None).drop("key").row(0, named=True)


def funnel_stages(leads: pl.DataFrame, opportunities: pl.DataFrame) -> pl.DataFrame:
    """Return ``stage``, ``count``, ``amount``: all leads, qualified leads, then deals by stage in order."""
    whole = funnel_total(leads, opportunities)
    heads = pl.DataFrame({"stage": ["LEAD", "QUALIFIED"], "count": [whole["leads"], whole["qualified"]]})
    order = pl.DataFrame({"stage": [word.code for word in words("opp_stage")]}).with_row_index("order")
    stages = (
        order.join(opportunities, on="stage")
        .group_by("order", "stage")
        .agg(pl.len().cast(pl.Int64).alias("count"), total(pl.col("amount")).alias("amount"))
        .sort("order")
    )
    return pl.concat([heads.with_columns(amount=_NO_MONEY), stages.drop("order")])


def main_currency(opportunities: pl.DataFrame, firm: str) -> str:
    """Return the currency of the amounts: the firm's own where any deal is in it, else the most frequent."""
    used = opportunities.group_by(pl.col("currency").fill_null(firm)).len()
    by_use = used.sort(["len", "currency"], descending=[True, False])["currency"].to_list()
    return firm if firm in by_use or not by_use else str(by_use[0])


def in_currency(opportunities: pl.DataFrame, currency: str, firm: str) -> pl.DataFrame:
    """Return the deals with the amounts of one currency only; the others still count as deals."""
    own = pl.col("currency").fill_null(firm) == currency
    amounts = ("amount", "listed", "weighted")
    return opportunities.with_columns(pl.when(own).then(pl.col(name)).alias(name) for name in amounts)


def other_currencies(opportunities: pl.DataFrame, currency: str, firm: str) -> pl.DataFrame:
    """Return ``currency``, counts and amounts of the deals in any other currency."""
    named = opportunities.with_columns(pl.col("currency").fill_null(firm))
    others = named.filter(pl.col("currency") != currency)
    return others.group_by("currency").agg(_deal_counts() + _deal_amounts()).sort("currency")


def funnel_steps(leads: pl.DataFrame, opportunities: pl.DataFrame) -> pl.DataFrame:
    """Return ``stage``, ``count``, ``amount`` and percent of the step before: leads to won deals, four steps.

    A deal that came without a lead counts as a deal all the same, so that a step may exceed the one before.
    """
    whole = funnel_total(leads, opportunities)
    won = opportunities.filter(pl.col("outcome") == "won")
    steps = {
        "LEAD": (whole["leads"], None),
        "QUALIFIED": (whole["qualified"], None),
        "DEAL": (opportunities.height, opportunities),
        "WON": (won.height, won),
    }
    rows = [
        (stage, count, None if deals_ is None else deals_.select(total(pl.col("amount"))).item())
        for stage, (count, deals_) in steps.items()
    ]
    schema: dict[str, pl.DataType] = {"stage": pl.String(), "count": pl.Int64(), "amount": MONEY}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(before=pl.col("count").shift(1))
    return frame.with_columns(step_pct=_share("count", pl.col("before"))).drop("before")

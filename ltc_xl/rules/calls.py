"""Ten names to call: customers that owe, deals that stand still or are near signing, good leads that wait."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.money import MONEY, total
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.ledger import LedgerView

NAMES = 10
PLACES: Mapping[str, int] = {"customer": 5, "deal": 3, "lead": 2}
"""So many places each kind has; what one leaves free goes to the others, in this order."""
SOON_DAYS = 30
"""A deal expected to be signed within so many days is worth a call."""
_GRADES = ("A", "B")
_ROLES = {"customer": ("FINANCE", "DECISION"), "deal": ("DECISION", "USER")}
"""Whom to call first."""
_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "kind": pl.String,
    "reason": pl.String,
    "name": pl.String,
    "owner": pl.String,
    "amount": MONEY,
    "count": pl.Int64,
    "on": pl.Date,
    "days": pl.Int64,
    "stage": pl.String,
    "contact": pl.String,
    "phone": pl.String,
}


def calls(book: Book, view: LedgerView, deals: pl.DataFrame) -> pl.DataFrame:
    """Return whom to call, most urgent first: at most ten, each name once.

    Args:
        book: with its computed columns filled.
        view: the ledger on the day.
        deals: the open deals of the same currency (``pipeline.open_deals``).

    Returns:
        ``reason``: ``promise_broken``, ``overdue``, ``signing_late``, ``stuck``, ``signing_soon``,
        ``untouched`` or ``follow_up_missed``; ``on`` the day it counts from, ``days`` since
        (until, for one to come), ``count`` of overdue lines.
    """
    found = [_customers(book, view), _deals(book, view.as_of, deals), _leads(book, view.as_of)]
    every = pl.concat(
        [rows.select(pl.col(name).cast(kind) for name, kind in _SCHEMA.items()) for rows in found]
    )
    once = every.unique("name", keep="first", maintain_order=True)
    rank = pl.int_range(pl.len()).over("kind")
    preferred = rank < pl.col("kind").replace_strict(PLACES, return_dtype=pl.Int64)
    chosen = once.with_columns(preferred=preferred).sort("preferred", descending=True, maintain_order=True)
    order = {kind: place for place, kind in enumerate(PLACES)}
    by_kind = pl.col("kind").replace_strict(order, return_dtype=pl.Int64)
    return chosen.head(NAMES).drop("preferred").sort(by_kind, maintain_order=True)


def _customers(book: Book, view: LedgerView) -> pl.DataFrame:
    """Return the customers with overdue lines, by amount; what is in dispute is not asked for."""
    asked = (pl.col("balance") - pl.col("disputed").fill_null(0)).cast(MONEY)
    late = view.lines.filter((pl.col("days_overdue") > 0) & (pl.col("promised").is_null()))
    late = late.with_columns(asked=asked).filter(pl.col("asked") > 0)
    broken = pl.col("promised_on") < view.as_of
    named = (
        late.drop_nulls("customer")
        .group_by(name="customer")
        .agg(
            pl.col("owner").first(),
            total(pl.col("asked")).alias("amount"),
            pl.len().cast(pl.Int64).alias("count"),
            pl.col("due_on").min().alias("oldest"),
            pl.col("promised_on").filter(broken).max().alias("broken_on"),
        )
    )
    on = pl.coalesce("broken_on", "oldest")
    reason = (
        pl.when(pl.col("broken_on").is_null()).then(pl.lit("overdue")).otherwise(pl.lit("promise_broken"))
    )
    ranked = named.with_columns(on=on, reason=reason, kind=pl.lit("customer"), stage=pl.lit(None, pl.String))
    ranked = ranked.with_columns(days=(pl.lit(view.as_of) - pl.col("on")).dt.total_days())
    billing = first_rows(book.rows("customers"), "name").select("name", wanted="billing_contact")
    wanted = ranked.join(billing, on="name", how="left").sort("amount", "name", descending=[True, False])
    return _with_person(wanted, book, "name", "customer")


def _deals(book: Book, as_of: date, deals: pl.DataFrame) -> pl.DataFrame:
    """Return the deals whose signing is late or that are stuck, then those near signing."""
    slow = pl.col("late") | pl.col("stuck")
    soon = pl.col("expected_close").is_between(as_of, as_of + timedelta(days=SOON_DAYS))
    active = deals.filter((slow | soon.fill_null(value=False)) & pl.col("stage").ne_missing("HOLD"))
    reason = pl.when("late").then(pl.lit("signing_late")).when("stuck").then(pl.lit("stuck"))
    told = active.with_columns(
        slow=slow,
        on=pl.when(pl.col("stuck") & ~pl.col("late")).then("stage_since").otherwise("expected_close"),
        reason=reason.otherwise(pl.lit("signing_soon")),
        kind=pl.lit("deal"),
        count=pl.lit(1, pl.Int64),
    ).with_columns(days=(pl.lit(as_of) - pl.col("on")).dt.total_days().abs())
    ranked = told.sort(
        "slow", "weighted", "amount", "name", descending=[True, True, True, False], nulls_last=True
    )
    people = _with_person(ranked.with_columns(wanted="decision_maker"), book, "customer", "deal")
    return people.with_columns(name=pl.coalesce("customer", "name"))


def _leads(book: Book, as_of: date) -> pl.DataFrame:
    """Return the leads graded A or B that nobody has contacted or that wait, best grade first."""
    untouched, missed = pl.col("touched_on").is_null(), pl.col("next_on") < as_of
    good = pl.col("state").is_in(codes_of_kind("lead_state", "open")) & pl.col("grade").is_in(_GRADES)
    waiting = good & (pl.col("created_on") <= as_of) & (untouched | missed.fill_null(value=False))
    on = pl.when(untouched).then("created_on").otherwise("next_on")
    return (
        book.rows("leads")
        .filter(waiting)
        .with_columns(
            name=pl.coalesce("company", "contact"),
            amount="budget",
            on=on,
            reason=pl.when(untouched).then(pl.lit("untouched")).otherwise(pl.lit("follow_up_missed")),
            kind=pl.lit("lead"),
            count=pl.lit(1, pl.Int64),
            stage="grade",
            phone=pl.coalesce("mobile", "wechat"),
        )
        .with_columns(days=(pl.lit(as_of) - pl.col("on")).dt.total_days())
        .sort("grade", "budget", "on", UID, descending=[False, True, False, False], nulls_last=True)
    )


def _with_person(rows: pl.DataFrame, book: Book, on: str, kind: str) -> pl.DataFrame:
    """Return the rows with ``contact`` and ``phone`` of whom to call at the customer that ``on`` names.

    It is the contact whose name or title is ``wanted``, else the one whose role decides in such a matter;
    where no contact is on file, ``wanted`` itself without a telephone.
    """
    roles = {role: place for place, role in enumerate(_ROLES[kind])}
    rank = pl.col("role").replace_strict(roles, default=len(roles), return_dtype=pl.Int64)
    people = (
        book.rows("contacts")
        .drop_nulls(["customer", "name"])
        .select(
            pl.col("customer").alias(on),
            "title",
            person="name",
            phone=pl.coalesce("mobile", "wechat"),
            rank=rank,
        )
    )
    asked = (pl.col("person") == pl.col("wanted")) | (pl.col("title") == pl.col("wanted"))
    numbered = rows.with_row_index("place")
    best = (
        numbered.join(people, on=on, how="left", maintain_order="left_right")
        .sort("place", ~asked.fill_null(value=False), "rank", maintain_order=True, nulls_last=True)
        .unique("place", keep="first", maintain_order=True)
    )
    return best.with_columns(contact=pl.coalesce("person", "wanted")).drop("person", "title", "rank", "place")

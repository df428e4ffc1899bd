"""What waits for a decision: reviews, votes, results of gates, adjustments that nobody approved."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda.deals import about_deals, open_deals
from ltc_xl.rules.agenda.item import item
from ltc_xl.rules.agenda.parties import deals_and_contracts, first_in_role
from ltc_xl.rules.billing import first_rows

_GATE_OF = {"ATI_REVIEW": "ATI", "ATB_REVIEW": "ATB", "ATC_REVIEW": "ATC"}
_SEVERAL = r"[、，,;；/]"
"""What stands between names of a cell."""


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of decisions that are waited for."""
    yield from _reviews(book, rulebook, as_of)
    yield _gates(book, rulebook, as_of)
    yield _adjustments(book, rulebook, as_of)


def _reviews(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield reviews without a decision, their deal's owner's, and votes that reviewers have not cast."""
    asked_on = pl.coalesce("packet_on", pl.lit(as_of))
    reviews = (
        book.rows("reviews")
        .filter(pl.col("decision").is_null() & (asked_on <= as_of))
        .with_columns(asked_on=asked_on)
        .join(deals_and_contracts(book, rulebook), on="object_id", how="left", maintain_order="left")
        .with_columns(pl.col("currency").fill_null(rulebook.currency))
    )
    about = {
        "due_on": pl.col("asked_on"),
        "id": pl.col("object_id"),
        "about": pl.coalesce("about", "object_id"),
        "amount": pl.coalesce("reviewed_amount", "amount"),
        "currency": pl.col("currency"),
    }
    yield item(reviews, "review_open", "reviews", "decision", owner="owner", **about)
    open_votes = book.rows("review_votes").filter(pl.col("vote").is_null())
    votes = open_votes.join(
        first_rows(reviews, "review_id").drop("_uid", "owner"),
        left_on="review",
        right_on="review_id",
        maintain_order="left",
    )
    yield item(votes, "review_vote", "review_votes", "vote", owner="member", **about)


def _gates(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return deals that wait for the result of a gate, in a firm that keeps it on the deal itself.

    Whoever is named as reviewer decides, each of several; the owner asks where nobody is.
    """
    reviewed = book.rows("reviews").select("object_id", "gate").drop_nulls().unique()
    gate = pl.col("stage").replace_strict(_GATE_OF, default=None, return_dtype=pl.String)
    asked = pl.col("ati_result").is_null() & (
        (pl.col("stage") == "ATI_REVIEW") | pl.col("ati_by").is_not_null()
    )
    waiting = (
        open_deals(book)
        .with_columns(gate=pl.when(asked).then(pl.lit("ATI")).otherwise(gate))
        .filter(asked | pl.col("gate").is_in(["ATB", "ATC"]))
        .join(reviewed, left_on=["opp_id", "gate"], right_on=["object_id", "gate"], how="anti")
    )
    since = pl.coalesce("stage_since", "created_on", pl.lit(as_of))
    named = _with_reviewers(waiting.with_columns(since=since), rulebook)
    about = about_deals(rulebook) | {"owner": pl.col("decides")}
    column = pl.when(pl.col("gate") == "ATI").then(pl.lit("ati_result")).otherwise(pl.lit("stage"))
    del about["next_step"]
    return item(named, "gate_open", "opportunities", column, due_on="since", **about)


def _with_reviewers(deals: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Return one row per deal and reviewer of the firm; ``decides`` is the owner where there is none."""
    members = rulebook.rows("members")["member"].drop_nulls()
    names = pl.col("ati_by").str.replace_all(_SEVERAL, ",").str.split(",")
    known = names.list.eval(pl.element().str.strip_chars()).list.set_intersection(members.implode())
    decides = pl.when(known.list.len() > 0).then(known).otherwise(pl.concat_list("owner"))
    return deals.with_columns(decides=decides).explode("decides")


def _adjustments(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return adjustments that nobody approved: the head of sales does, else the receivable's owner asks."""
    lines = first_rows(book.rows("lines"), "line_id").select(
        "customer", "currency", line="line_id", line_owner="owner"
    )
    blank = pl.col("approved_by").fill_null("").str.strip_chars() == ""
    waiting = book.rows("adjustments").filter(blank & pl.col("amount").is_not_null())
    head = pl.lit(first_in_role(rulebook, as_of, "HEAD"), pl.String)
    return item(
        waiting.join(lines, on="line", how="left", maintain_order="left"),
        "adjustment_open",
        "adjustments",
        "approved_by",
        owner=pl.coalesce(head, "line_owner"),
        due_on=pl.coalesce("effective_on", pl.lit(as_of)),
        id="line",
        about="customer",
        amount="amount",
        currency=pl.col("currency").fill_null(rulebook.currency),
    )

"""Back-test of grades: of the leads whose end is known, how many of each grade were won."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import words
from ltc_xl.model.tables import UID
from ltc_xl.rules.funnel import deals

NEEDED = 30
"""With fewer ends known than these, shares say nothing about the rules."""

_ENDS = ("won", "lost", "invalid")


@dataclass(frozen=True)
class BackTest:
    """How grades did.

    Attributes:
        outcomes: leads whose end is known.
        rows: ``grade`` ('' for none), ``leads``, ``won``, ``lost``, ``invalid``, ``won_rate``: one row per
            grade that occurs, best first; none while too few ends are known.
    """

    outcomes: int
    rows: pl.DataFrame


def back_test(book: Book, as_of: date) -> BackTest:
    """Return grade against what became of the leads by a day.

    A lead is won once a deal of it is won; lost when all its deals are lost or dropped; invalid when it was
    called so before it became a deal. A closed lead keeps the grade it had.
    """
    ends = _ends(book, as_of)
    order = pl.DataFrame({"grade": [word.code for word in words("grade")]}).with_row_index("order")
    counts = ends.group_by("grade").agg(
        pl.len().cast(pl.Int64).alias("leads"),
        *((pl.col("end") == end).sum().cast(pl.Int64).alias(end) for end in _ENDS),
    )
    rows = (
        counts.with_columns(won_rate=(pl.col("won") / pl.col("leads")).round(4))
        .join(order, on="grade", how="left")
        .sort("order", "grade", nulls_last=True)
        .drop("order")
    )
    return BackTest(ends.height, rows if ends.height >= NEEDED else rows.clear())


def _ends(book: Book, as_of: date) -> pl.DataFrame:
    """Return ``grade`` and ``end`` of every lead whose end is known."""
    outcome = pl.col("outcome")
    by_lead = (
        deals(book, as_of)
        .drop_nulls("lead_uid")
        .group_by("lead_uid")
        .agg(won=(outcome == "won").any(), running=(outcome == "open").any())
    )
    known = pl.col("created_on").is_null() | (pl.col("created_on") <= as_of)
    leads = book.rows("leads").filter(known).select(UID, "state", pl.col("grade").fill_null(""))
    end = (
        pl.when(pl.col("won"))
        .then(pl.lit("won"))
        .when(~pl.col("running"))
        .then(pl.lit("lost"))
        .when(pl.col("running").is_null() & (pl.col("state") == "INVALID"))
        .then(pl.lit("invalid"))
    )
    joined = leads.join(by_lead, left_on=UID, right_on="lead_uid", how="left", maintain_order="left")
    return joined.select("grade", end=end).drop_nulls("end")

"""How fresh a lead is: how often and how lately it was in touch with us."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID


def with_touches(leads: pl.DataFrame, book: Book, as_of: date) -> pl.DataFrame:
    """Return leads with ``touch_count`` and ``stale_days``, both as of a day.

    A touch counts unless it is content that we sent the lead to nurture it. A lead is stale since the last
    note on its row, its last touch, or the last contact entered in 跟进 by hand, else since it was entered;
    null where nobody knows.
    """
    touches = _known(book, "touches", "lead", as_of).filter(pl.col("track").is_null())
    contacts = _known(book, "activities", "object_id", as_of).drop_nulls("kind")
    last_contact = contacts.group_by("number").agg(contacted=pl.col("on").max())
    last_touch = touches.group_by("number").agg(
        touch_count=pl.len().cast(pl.Int64), touched=pl.col("on").max()
    )
    number = pl.coalesce("lead_id", UID)
    seen = (
        leads.with_columns(number=number)
        .join(last_touch, on="number", how="left", maintain_order="left")
        .join(last_contact, on="number", how="left", maintain_order="left")
    )
    noted = pl.when(pl.col("touched_on") <= as_of).then("touched_on")
    last = pl.coalesce(pl.max_horizontal(noted, "touched", "contacted"), "created_on")
    days = (pl.lit(as_of) - last).dt.total_days().clip(lower_bound=0)
    return seen.with_columns(pl.col("touch_count").fill_null(0), stale_days=days).drop(
        "number", "touched", "contacted"
    )


def _known(book: Book, name: str, number: str, as_of: date) -> pl.DataFrame:
    """Return the rows of a table about leads up to a day, the lead as ``number``."""
    return book.rows(name).filter(pl.col("on") <= as_of).with_columns(number=number)

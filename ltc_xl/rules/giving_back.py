"""Leads that go back to the pool: nobody's, their former owner barred for a while, the return on record."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn, applied, net
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.follow_ups import follow_ups


def given_back(book: Book, leads: pl.DataFrame, as_of: date) -> Changes:
    """Return what becomes of leads that go back.

    Args:
        book: as it stands.
        leads: ``_uid``, the ``state`` and ``reason`` each shall have, the day ``cooldown_to`` which its owner
            is barred (null: not at all), and ``told``, what 跟进 says of it.
        as_of: the day.
    """
    stands = book.rows("leads")
    back = leads.join(stands.select(UID, "lead_id", "owner"), on=UID, maintain_order="left").with_columns(
        former=pl.when(pl.col("cooldown_to").is_not_null()).then("owner")
    )
    new = {
        "owner": pl.lit(None, pl.String),
        "state": pl.col("state"),
        "reason": pl.col("reason"),
        "returned_from": pl.col("former"),
        "cooldown_to": pl.col("cooldown_to"),
        "accepted_at": pl.lit(None),
    }
    changes = Changes(tuple(_set(stands, back.select(UID, new=value), code) for code, value in new.items()))
    after = applied(book, changes)
    follow = follow_ups(net(book, after, changes), after, as_of, None)
    log = back.select(
        on=pl.lit(as_of),
        member="owner",
        object_id=pl.coalesce("lead_id", UID),
        summary="told",
    ).with_columns(pl.Series(UID, mint_uids(back.height), pl.String))
    return net(book, applied(after, follow), changes + follow) + Changes(inserts={"activities": log})


def _set(stands: pl.DataFrame, new: pl.DataFrame, column: str) -> SetColumn:
    cells = new.join(stands.select(UID, old=column), on=UID, maintain_order="left")
    dtype = table("leads").by_code[column].dtype
    return SetColumn("leads", column, cells.select(UID, "old", pl.col("new").cast(dtype)))

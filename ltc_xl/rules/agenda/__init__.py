"""What is overdue and due, per person: leads, deals, approvals, money, contracts, tasks."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda import approvals, contracts, deals, leads, promises, receivables, tasks
from ltc_xl.rules.agenda.item import KINDS, SCHEMA
from ltc_xl.rules.billing import first_rows

PARTS = (
    leads.items,
    deals.items,
    approvals.items,
    receivables.items,
    promises.items,
    contracts.items,
    tasks.items,
)
NOBODY = ""


def agenda(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return everything that is due, by person in the order of the sheet 人员, oldest first.

    Args:
        book: with its computed columns filled.
        rulebook: gives the firm's currency and the members.
        as_of: the day.

    Returns:
        The columns of an item, ``member`` who does it, '' where nobody does: no owner, or one who has left.
    """
    items = pl.concat([rows for part in PARTS for rows in part(book, rulebook, as_of)])
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    order = pl.col("kind").replace_strict(kinds, return_dtype=pl.Int64)
    staff = _staff(rulebook, as_of)
    named = items.join(staff, on="owner", how="left")
    gone = pl.col("owner").is_null() | pl.col("left").fill_null(value=False)
    return (
        named.with_columns(member=pl.when(gone).then(pl.lit(NOBODY)).otherwise("owner"))
        .sort(
            pl.col("member") == NOBODY,
            pl.when(~gone).then("place"),
            "member",
            "due_on",
            order,
            "id",
            "row_id",
            nulls_last=True,
        )
        .select("member", *SCHEMA)
    )


def _staff(rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return ``owner``, ``place`` on the sheet and whether each has ``left``."""
    rows = first_rows(rulebook.rows("members"), "member").with_row_index("place")
    left = (pl.col("left_on") <= as_of).fill_null(value=False)
    return rows.select(pl.col("place").cast(pl.Int64), owner="member", left=left)


def members_here(rulebook: Rulebook, as_of: date) -> list[str]:
    """Return the people who have not left, in the order of the sheet."""
    return _staff(rulebook, as_of).filter(~pl.col("left"))["owner"].to_list()


__all__ = ["KINDS", "NOBODY", "agenda", "members_here"]

"""One line of an agenda: what every kind of it has."""

from collections.abc import Mapping

import polars as pl

from ltc_xl.model.money import MONEY
from ltc_xl.model.tables import UID

KINDS = (
    "promise_broken",
    "promise_due",
    "bid_due",
    "signing_late",
    "deal_follow",
    "lead_new",
    "lead_follow",
    "collect",
    "deliver_late",
    "accept_late",
    "warranty_end",
    "bill_due",
    "deposit_due",
)
"""In the order in which they stand on one day."""

SOON_DAYS = 7
"""Bids, warranties, bills and deposits are told so many days ahead."""

SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "owner": pl.String,
    "due_on": pl.Date,
    "kind": pl.String,
    "table": pl.String,
    "row_id": pl.String,
    "column": pl.String,
    "id": pl.String,
    "about": pl.String,
    "next_step": pl.String,
    "count": pl.Int64,
    "amount": MONEY,
    "currency": pl.String,
}
"""``column`` is the cell to go to; ``next_step`` what the row itself says is to be done."""


def item(rows: pl.DataFrame, kind: str, table: str, column: str, **values: pl.Expr | str) -> pl.DataFrame:
    """Return rows as lines of an agenda; ``values`` names or gives the rest."""
    given: dict[str, pl.Expr] = {
        "kind": pl.lit(kind),
        "table": pl.lit(table),
        "column": pl.lit(column),
        "row_id": pl.col(UID),
        **{name: pl.col(value) if isinstance(value, str) else value for name, value in values.items()},
    }
    return rows.select(
        given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in SCHEMA.items()
    )

"""One line of an agenda: what every kind of it has."""

from collections.abc import Mapping

import polars as pl

from ltc_xl.model.money import MONEY
from ltc_xl.model.tables import UID

KINDS = (
    "promise_broken",
    "promise_due",
    "bid_due",
    "lead_accept",
    "lead_recycle",
    "review_vote",
    "review_open",
    "gate_open",
    "adjustment_open",
    "signing_late",
    "deal_follow",
    "deal_stuck",
    "lead_new",
    "lead_follow",
    "collect",
    "condition_due",
    "dispute_due",
    "risk_due",
    "deliver_late",
    "accept_late",
    "warranty_end",
    "contract_ends",
    "bill_due",
    "deposit_due",
    "action_due",
    "task_due",
)
"""In the order in which they stand on one day."""

SOON_DAYS = 7
"""Bids, warranties, bills, deposits and tasks are told so many days ahead."""

SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "owner": pl.String,
    "due_on": pl.Date,
    "due_at": pl.Datetime("us"),
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
"""``column`` is the cell to go to; ``next_step`` what the row itself says is to be done.

``due_at`` is the moment, where there is one; ``count`` how many lines are overdue, how many days are left.
"""


def item(
    rows: pl.DataFrame, kind: str, table: str, column: str | pl.Expr, **values: pl.Expr | str
) -> pl.DataFrame:
    """Return rows as lines of an agenda; ``values`` names or gives the rest."""
    given: dict[str, pl.Expr] = {
        "kind": pl.lit(kind),
        "table": pl.lit(table),
        "column": pl.lit(column) if isinstance(column, str) else column,
        "row_id": pl.col(UID),
        **{name: pl.col(value) if isinstance(value, str) else value for name, value in values.items()},
    }
    return rows.select(
        given.get(name, pl.lit(None)).cast(dtype).alias(name) for name, dtype in SCHEMA.items()
    )

"""Days that begin with a row: when it was entered, and since when it stands in its stage."""

from datetime import date

import polars as pl

from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.tables import UID

BEGINNINGS = {
    "leads": ("state", "lead_state", ("created_on",)),
    "opportunities": ("stage", "opp_stage", ("created_on", "stage_since")),
}
"""Table -> the column that says whether a row is open, its list, and the days that begin with the row."""


def entered(typed: Changes, as_of: date) -> Changes:
    """Return the day for rows that people have typed since the last commit and that lack it.

    Closed rows are history typed in later; nobody knows when they began.
    """
    return Changes(
        tuple(
            SetColumn(name, column, begun.select(UID, old=column, new=pl.lit(as_of)))
            for name, (state, words, columns) in BEGINNINGS.items()
            if name in typed.inserts
            for column in columns
            if (begun := _without(typed.inserts[name], column, state, words)).height
        )
    )


def _without(rows: pl.DataFrame, column: str, state: str, words: str) -> pl.DataFrame:
    return rows.filter(pl.col(column).is_null() & pl.col(state).is_in(codes_of_kind(words, "open")))

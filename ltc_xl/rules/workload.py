"""What each person has in hand of the leads, and took on lately: the ground of every assignment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.enums import codes_of_kind, folded

MONTH = timedelta(days=30)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Workload:
    """The leads of one person on a day.

    Attributes:
        in_hand: open leads they own.
        month: leads they were given in the last thirty days, closed ones too.
        week: in the last seven.
        last_on: the day they last were given one.
        last_count: how many they were given on that day.
    """

    in_hand: int = 0
    month: int = 0
    week: int = 0
    last_on: date | None = None
    last_count: int = 0

    def with_one_more(self, on: date) -> "Workload":
        """Return the workload once a lead more is given on a day."""
        same_day = self.last_count if self.last_on == on else 0
        return Workload(self.in_hand + 1, self.month + 1, self.week + 1, on, same_day + 1)

    def __add__(self, other: "Workload") -> "Workload":
        """Return both together: one person spelled in two ways."""
        days = [one.last_on for one in (self, other) if one.last_on]
        last = max(days, default=None)
        return Workload(
            self.in_hand + other.in_hand,
            self.month + other.month,
            self.week + other.week,
            last,
            sum(one.last_count for one in (self, other) if last and one.last_on == last),
        )


def workloads(leads: pl.DataFrame, as_of: date) -> Mapping[str, Workload]:
    """Return folded owner -> workload; a lead was given on the day it was assigned, else entered.

    What is dated after the day has not been given yet; it is in hand all the same.
    """
    given = pl.coalesce(pl.col("assigned_at").dt.date(), "created_on")
    known = pl.col("given") <= as_of
    last = pl.col("given").filter(known).max()
    owned = leads.drop_nulls("owner").with_columns(given=given)
    sums = owned.group_by("owner").agg(
        in_hand=pl.col("state").is_in(codes_of_kind("lead_state", "open")).sum(),
        month=(known & (pl.col("given") > as_of - MONTH)).sum(),
        week=(known & (pl.col("given") > as_of - WEEK)).sum(),
        last_on=last,
        last_count=(known & (pl.col("given") == last)).sum(),
    )
    loads: dict[str, Workload] = {}
    for record in sums.iter_rows(named=True):
        key = folded(record.pop("owner"))
        loads[key] = loads.get(key, Workload()) + Workload(**record)
    return loads

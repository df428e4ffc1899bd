"""公海规则: which leads nobody works on, and so go back to the pool."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.checks.leads import WITH_SALES
from ltc_xl.rules.grading import unread_leads
from ltc_xl.rules.handover import MINUTES, is_accepted, with_waiting
from ltc_xl.rules.rule_index import rest_of
from ltc_xl.rules.rulebook import setting_number
from ltc_xl.rules.rulesets import POOLS
from ltc_xl.rules.waiting import open_leads

_READ = ("owner", "state", "next_on", "created_on", "touched_on", "assigned_at")
_FOUND = {
    "why": pl.String(),
    "rule": pl.String(),
    "count": pl.Int64(),
    "limit": pl.Int64(),
    "cooldown_to": pl.Date(),
}


def idle_leads(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return the leads that go back to the pool, as they stand, each with the first reason that fits.

    A lead is idle since it was last touched, entered, or given to its owner, whichever was last.

    Returns:
        The leads with ``why`` (``left``: the owner has left the firm; ``returned``: by hand, and still its
        owner's; ``idle``, ``unaccepted``: a rule), the ``rule``, the ``count`` of days or work hours, their
        ``limit``, and ``cooldown_to`` which day the owner is barred.
    """
    unread = unread_leads(book, _READ)
    owned = open_leads(book).filter(pl.col("owner").is_not_null(), ~pl.col(UID).is_in(unread))
    since = pl.max_horizontal("created_on", "touched_on", pl.col("assigned_at").dt.date())
    leads = with_waiting(owned, rulebook, datetime.combine(as_of, time())).with_columns(
        idle=(pl.lit(as_of) - since).dt.total_days(),
        hours=pl.when((pl.col("state") == "ASSIGNED") & ~is_accepted()).then(
            pl.col("waited_minutes") // MINUTES
        ),
    )
    found = [*_by_hand(leads, rulebook, as_of), *_by_rules(leads, rulebook, as_of)]
    if not found:
        return owned.clear().with_columns(pl.lit(None, dtype).alias(code) for code, dtype in _FOUND.items())
    first = pl.concat(found).unique(UID, keep="first", maintain_order=True)
    return owned.drop("cooldown_to").join(first, on=UID, maintain_order="left")


def _by_hand(leads: pl.DataFrame, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the leads of people who have left, and those that somebody returned on the sheet."""
    members = rulebook.rows("members").filter(pl.col("left_on") <= as_of)["member"]
    yield _found(leads.filter(pl.col("owner").is_in(members.implode())), "left")
    days = int(setting_number(rulebook, "return_cooldown_days"))
    returned = leads.filter(pl.col("state") == "RETURNED")
    yield _found(returned, "returned", cooldown_to=pl.lit(as_of + timedelta(days=days)))


def _by_rules(leads: pl.DataFrame, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the leads that fit each rule, in the order of the sheet."""
    for rule in () if rest_of(POOLS, rulebook, as_of) else rulebook.rows(POOLS).iter_rows(named=True):
        states = [rule["state"]] if rule["state"] else WITH_SALES
        mine = leads.filter(pl.col("state").is_in(states))
        barred = None if rule["cooldown_days"] is None else as_of + timedelta(days=rule["cooldown_days"])
        for why, count, limit in (
            ("unaccepted", "hours", rule["accept_hours"]),
            ("idle", "idle", rule["idle_days"]),
        ):
            if limit is None:
                continue
            late = pl.col(count) > limit if why == "unaccepted" else pl.col(count) >= limit
            yield _found(
                mine.filter(late),
                why,
                rule=pl.lit(rule["no"], pl.String),
                count=pl.col(count),
                limit=pl.lit(limit),
                cooldown_to=pl.lit(barred, pl.Date()),
            )


def _found(leads: pl.DataFrame, why: str, **told: pl.Expr) -> pl.DataFrame:
    given = {"why": pl.lit(why), **told}
    return leads.select(
        UID, *(given.get(code, pl.lit(None)).cast(dtype).alias(code) for code, dtype in _FOUND.items())
    )

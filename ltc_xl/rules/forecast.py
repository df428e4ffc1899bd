"""Cash to come: open lines by the week they fall due or are promised for, thirteen weeks ahead.

Tiers, so that nobody adds up what is of different worth: what is ``overdue`` and nobody promised has no week;
``due`` is in the ledger and falls due; ``promised`` is in the ledger and the customer named a day;
``planned`` is not in the ledger yet, and only a plan (delivery day, end of warranty, a day set by hand)
says when.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import MONEY, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.derived import due_days
from ltc_xl.rules.ledger import LedgerView

WEEKS = 13
TIERS = ("due", "promised", "planned")
_NOTHING = pl.lit(0).cast(MONEY)
_OF_LINE = (UID, "line_id", "source_id", "customer", "contract_no", "item", "owner")


@dataclass(frozen=True)
class Forecast:
    """The cash of one currency to come.

    Attributes:
        parts: one row per line and tier: ``tier`` (``overdue``, ``due``, ``promised``, ``planned``,
            ``plan_passed``, ``unplanned``), ``on`` its day, ``week`` 1 to 13, null without a week or
            beyond, ``amount``.
        weeks: ``week``, ``first_day``, ``last_day``, an amount per tier, ``expected`` (due + promised) and
            ``cumulative`` of it; every week is there.
    """

    as_of: date
    currency: str
    parts: pl.DataFrame
    weeks: pl.DataFrame

    def amount(self, *tiers: str, later: bool = False) -> Decimal:
        """Return what some tiers come to; of those that have a day, within the weeks or ``later``."""
        beyond = pl.col("week").is_null() & pl.col("tier").is_in(TIERS)
        wanted = self.parts.filter(pl.col("tier").is_in(tiers), beyond if later else ~beyond)
        amount: Decimal = wanted.select(total(pl.col("amount"))).item()
        return amount


def forecast(view: LedgerView, book: Book, rulebook: Rulebook) -> Forecast:
    """Return the cash to come from a ledger and its waiting lines.

    Args:
        view: the ledger of one currency on a day.
        book: the book it was made from, computed columns filled.
        rulebook: gives the work calendar.
    """
    parts = pl.concat([*_ledger_parts(view), _waiting_parts(view, book, rulebook)])
    weeks = (pl.col("on") - pl.lit(view.as_of)).dt.total_days() // 7 + 1
    has_week = pl.col("tier").is_in(TIERS) & weeks.is_between(1, WEEKS)
    placed = parts.with_columns(week=pl.when(has_week).then(weeks)).filter(pl.col("amount") != 0)
    placed = placed.sort("on", "customer", "line_id", UID, nulls_last=True)
    return Forecast(view.as_of, view.currency, placed, _weeks(placed, view.as_of))


def _ledger_parts(view: LedgerView) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the open lines: what is promised at the day of the promise, the rest at its due day."""
    lines = view.lines.with_columns(pl.col("promised").fill_null(_NOTHING))
    promised = lines.select(*_OF_LINE, tier=pl.lit("promised"), on="promised_on", amount="promised")
    overdue = pl.col("due_on") < view.as_of
    rest = lines.select(
        *_OF_LINE,
        tier=pl.when(overdue).then(pl.lit("overdue")).otherwise(pl.lit("due")),
        on="due_on",
        amount=(pl.col("balance") - pl.col("promised")).cast(MONEY),
    )
    return promised, rest


def _waiting_parts(view: LedgerView, book: Book, rulebook: Rulebook) -> pl.DataFrame:
    """Return the lines not in the ledger yet at the day they are planned to fall due, less advances."""
    paid = pl.col("received").fill_null(_NOTHING) + pl.col("adjusted").fill_null(_NOTHING)
    lines = book.rows("lines").join(view.waiting, on=UID, how="semi", maintain_order="left")
    dated = lines.with_columns(triggered_on=_planned_events(lines, book))
    on = due_days(dated, rulebook)
    passed = pl.when(pl.col("on") < view.as_of).then(pl.lit("plan_passed")).otherwise(pl.lit("planned"))
    tier = pl.when(pl.col("on").is_null()).then(pl.lit("unplanned")).otherwise(passed)
    return (
        dated.with_columns(on=on, amount=(pl.col("amount") - paid).cast(MONEY))
        .drop_nulls("amount")
        .select(*_OF_LINE, tier=tier, on="on", amount="amount")
    )


def _planned_events(lines: pl.DataFrame, book: Book) -> pl.Series:
    """Return the day on which each line's trigger is planned to be met; null where no plan tells."""
    contracts = first_rows(book.rows("contracts"), "contract_no").select(
        "contract_no", "planned_delivery", "delivered_on", "accepted_on", "warranty_months"
    )
    months = pl.format("{}mo", pl.col("warranty_months"))
    known = lines.join(contracts, on="contract_no", how="left", maintain_order="left")
    delivery = pl.when(pl.col("trigger") == "DELIVERY").then(pl.coalesce("delivered_on", "planned_delivery"))
    warranty = pl.when(pl.col("trigger") == "WARRANTY_END").then(pl.col("accepted_on").dt.offset_by(months))
    return known.select(pl.coalesce("triggered_on", delivery, warranty)).to_series()


def _weeks(parts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    starts = [as_of + timedelta(days=7 * week) for week in range(WEEKS)]
    calendar = pl.DataFrame(
        {
            "week": range(1, WEEKS + 1),
            "first_day": starts,
            "last_day": [day + timedelta(days=6) for day in starts],
        }
    )
    sums = [total(pl.col("amount").filter(pl.col("tier") == tier)).alias(tier) for tier in TIERS]
    amounts = parts.drop_nulls("week").group_by("week").agg(sums)
    expected = (pl.col("due") + pl.col("promised")).cast(MONEY)
    return (
        calendar.join(amounts, on="week", how="left", maintain_order="left")
        .with_columns(pl.col(TIERS).fill_null(_NOTHING))
        .with_columns(expected=expected)
        .with_columns(cumulative=pl.col("expected").cum_sum().cast(MONEY))
    )

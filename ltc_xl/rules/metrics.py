"""How fast money comes in: DSO in its kinds, CEI, overdue share, collection rate.

Days and shares are rounded to four decimals, half up; None where there is nothing to divide by. The
definitions that people read stand in ``messages`` (reports.toml, ``definitions``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.calendar import month_end
from ltc_xl.model.money import total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.ledger import Basis, LedgerView, currency_of, journal, ledger_views
from ltc_xl.rules.rollforward import Month, last_month_ends, previous_month_ends, roll_forward

DAYS_OF_MONTH = 30
_PLACES = Decimal("0.0001")


def rounded(value: Decimal) -> Decimal:
    """Return a share or a number of days to four decimals, half up."""
    return value.quantize(_PLACES, ROUND_HALF_UP)


def quotient(part: Decimal, whole: Decimal, times: int = 1) -> Decimal | None:
    """Return part / whole x times, or None when the whole is zero.

    >>> quotient(Decimal("212"), Decimal("250"), 90)
    Decimal('76.3200')
    """
    return rounded(part * times / whole) if whole else None


def dso_simple(receivable: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Return open receivables / sales of the last ``days`` days x ``days``.

    >>> dso_simple(Decimal(212_000), Decimal(250_000), 90)
    Decimal('76.3200')
    """
    return quotient(receivable, sales, days)


@dataclass(frozen=True, slots=True)
class CountBack:
    """Days counted back; ``outlasts`` when the receivables are more than all the sales on record."""

    days: Decimal
    outlasts: bool = False


def dso_countback(receivable: Decimal, months: Iterable[tuple[Decimal, int]]) -> CountBack:
    """Return the days of the latest months whose sales are still outstanding.

    Args:
        receivable: open at the end of the latest month.
        months: (sales, calendar days) of each month, latest first.

    >>> dso_countback(Decimal(212), [(Decimal(100), 31), (Decimal(80), 28), (Decimal(70), 31)]).days
    Decimal('73.1714')
    """
    left, counted = receivable, Decimal(0)
    for sales, days in months:
        if left <= 0:
            break
        if sales > left:
            return CountBack(rounded(counted + left * days / sales))
        left, counted = left - max(sales, Decimal(0)), counted + days
    return CountBack(rounded(counted), outlasts=left > 0)


def monthly_sales(postings: pl.DataFrame, as_of: date) -> list[tuple[Decimal, int]]:
    """Return (recognised amount, calendar days) of each month back to the first, latest first.

    The month of the as-of day counts up to that day.
    """
    sales = postings.filter((pl.col("kind") == "recognised") & (pl.col("on") <= as_of))
    if sales.is_empty():
        return []
    by_month = sales.group_by(pl.col("on").dt.month_end()).agg(total(pl.col("amount")))
    amounts: dict[date, Decimal] = dict(by_month.iter_rows())
    ends = [as_of, *previous_month_ends(as_of, first=min(amounts))]
    return [(amounts.get(month_end(end), Decimal(0)), end.day) for end in ends]


def sales_amount(postings: pl.DataFrame, as_of: date, days: int) -> Decimal:
    """Return what was recognised in the last ``days`` days, the as-of day included."""
    window = pl.col("on").is_between(as_of - timedelta(days=days - 1), as_of)
    return _sum(postings, window & (pl.col("kind") == "recognised"))


def cei(months: Sequence[Month]) -> Decimal | None:
    """Return the collection effectiveness index in percent, months added up.

    Numerators (opening + sales - closing) and denominators (opening + sales - closing not yet due) are summed
    over the months, so that the length of the period does not sway the figure.

    >>> june = Month(date(2026, 6, 30), *map(Decimal, (100, 50, 70, 0, 80, 30)))
    >>> cei([june])
    Decimal('58.3333')
    """
    collected = sum((m.opening + m.recognised - m.closing for m in months), Decimal(0))
    collectible = sum((m.opening + m.recognised - m.not_due for m in months), Decimal(0))
    return quotient(collected, collectible, 100)


@dataclass(frozen=True, slots=True)
class Collection:
    """Cash collected in a window on lines that were due by its end, and what was to be collected on them."""

    due_amount: Decimal
    collected_amount: Decimal

    @property
    def rate(self) -> Decimal | None:
        """Return collected / due, 0 to 1."""
        return quotient(self.collected_amount, self.due_amount)


def collection(
    postings: pl.DataFrame, due: pl.DataFrame, as_of: date, days: int, *, opening_overdue: bool = True
) -> Collection:
    """Return what was due and what came in over the last ``days`` days, on the same lines.

    Args:
        postings: the journal.
        due: ``_uid`` and ``due_on`` of every line.
        as_of: last day of the window.
        days: its length.
        opening_overdue: also count lines that were due before the window and still open when it began.
    """
    start = as_of - timedelta(days=days)
    due_by_end = pl.col("due_on") <= as_of
    of_window = due_by_end if opening_overdue else due_by_end & (pl.col("due_on") > start)
    lines = postings.join(due.filter(of_window).select(UID), on=UID, how="semi")
    before, within = pl.col("on") <= start, (pl.col("on") > start) & (pl.col("on") <= as_of)
    raised = pl.col("kind") == "recognised"
    opening = _sum(lines, before & raised) - _sum(lines, before & ~raised)
    collected = _sum(lines, within & (pl.col("kind") == "received"))
    return Collection(opening + _sum(lines, within & raised), collected)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one currency on a day; None where there is nothing to divide by.

    Attributes:
        days: length of the sales window that ends on the day.
        sales_amount: recognised in that window.
        collected: of lines due by the day, those overdue when the window began included.
        collected_due: of lines that fell due in the window alone.
        months: the ledger month by month; the window rounded to whole months.
    """

    as_of: date
    basis: Basis
    currency: str
    days: int
    open_amount: Decimal
    overdue_amount: Decimal
    sales_amount: Decimal
    dso_countback: CountBack | None
    collected: Collection
    collected_due: Collection
    months: Sequence[Month]

    @property
    def dso_simple(self) -> Decimal | None:
        """Return open receivables in days of sales."""
        return dso_simple(self.open_amount, self.sales_amount, self.days)

    @property
    def bpdso(self) -> Decimal | None:
        """Return the DSO there would be if nothing were overdue."""
        return dso_simple(self.open_amount - self.overdue_amount, self.sales_amount, self.days)

    @property
    def add(self) -> Decimal | None:
        """Return the average days delinquent: DSO less best possible DSO."""
        if self.dso_simple is None or self.bpdso is None:
            return None
        return self.dso_simple - self.bpdso

    @property
    def cei(self) -> Decimal | None:
        """Return the collection effectiveness index over the months."""
        return cei(self.months)

    @property
    def overdue_pct(self) -> Decimal | None:
        """Return the overdue part of open receivables in percent."""
        return quotient(self.overdue_amount, self.open_amount, 100)


def ledger_metrics(
    book: Book, rulebook: Rulebook, as_of: date, days: int, basis: Basis = "contract"
) -> tuple[Metrics, ...]:
    """Return the figures of each currency on a day."""
    postings = journal(book, basis)
    of_lines = book.rows("lines").select(UID, "triggered_on", "due_on", currency_of(rulebook))
    entered = postings.group_by(UID).agg(entered_on=pl.col("on").min())
    due = of_lines.join(entered, on=UID).with_columns(due_on=pl.coalesce("due_on", "entered_on"))
    ends = last_month_ends(as_of, max(1, round(days / DAYS_OF_MONTH)))
    months = roll_forward(book, rulebook, ends, basis, postings)
    return tuple(
        _metrics(view, postings, due.filter(pl.col("currency") == view.currency), days, months[view.currency])
        for view in ledger_views(book, rulebook, as_of, basis, postings)
    )


def _metrics(
    view: LedgerView, postings: pl.DataFrame, due: pl.DataFrame, days: int, months: Sequence[Month]
) -> Metrics:
    own = postings.join(due.select(UID), on=UID, how="semi")
    sales = monthly_sales(own, view.as_of)
    return Metrics(
        as_of=view.as_of,
        basis=view.basis,
        currency=view.currency,
        days=days,
        open_amount=view.open_amount,
        overdue_amount=view.overdue_amount,
        sales_amount=sales_amount(own, view.as_of, days),
        dso_countback=dso_countback(view.open_amount, sales) if sales else None,
        collected=collection(own, due, view.as_of, days),
        collected_due=collection(own, due, view.as_of, days, opening_overdue=False),
        months=months,
    )


def _sum(postings: pl.DataFrame, where: pl.Expr) -> Decimal:
    amount: Decimal = postings.select(total(pl.col("amount").filter(where))).item()
    return amount

"""The ledger month by month: what was open, came in, was collected, and is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.ledger import KINDS, Basis, LedgerView, currency_of, ledger_views

_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the ledger: opening + recognised - received - adjusted = closing, of open lines."""

    end: date
    opening: Decimal
    recognised: Decimal
    received: Decimal
    adjusted: Decimal
    closing: Decimal
    not_due: Decimal

    @property
    def difference(self) -> Decimal:
        """Return by how much the month does not tie; must be 0.00."""
        return self.opening + self.recognised - self.received - self.adjusted - self.closing


def previous_month_ends(as_of: date, first: date) -> list[date]:
    """Return the month ends before the month of a day, latest first, down to ``first``.

    >>> previous_month_ends(date(2026, 3, 15), date(2026, 1, 31))
    [datetime.date(2026, 2, 28), datetime.date(2026, 1, 31)]
    """
    ends, end = [], as_of.replace(day=1) - timedelta(days=1)
    while end >= first:
        ends.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    return ends


def last_month_ends(as_of: date, count: int) -> list[date]:
    """Return the day itself and the ``count`` month ends before its month, oldest first.

    >>> last_month_ends(date(2026, 3, 15), 1)
    [datetime.date(2026, 2, 28), datetime.date(2026, 3, 15)]
    """
    earlier = previous_month_ends(as_of, as_of - timedelta(days=(count + 1) * 31))
    return [as_of, *earlier[:count]][::-1]


def roll_forward(
    book: Book, rulebook: Rulebook, ends: Sequence[date], basis: Basis, postings: pl.DataFrame
) -> dict[str, list[Month]]:
    """Return currency -> the months between the ends, oldest first.

    Opening and closing come from the control figure (ledger + unapplied cash), the flows from the journal, so
    that ``difference`` compares two ways of counting.
    """
    views = [_by_currency(book, rulebook, end, basis, postings) for end in ends]
    owned = postings.join(book.rows("lines").select(UID, currency_of(rulebook)), on=UID)
    return {
        currency: [
            _month(before.get(currency), after[currency], _flows(owned, currency, start, end))
            for (start, before), (end, after) in pairwise(zip(ends, views, strict=True))
            if currency in after
        ]
        for currency in views[-1]
    }


def _by_currency(
    book: Book, rulebook: Rulebook, end: date, basis: Basis, postings: pl.DataFrame
) -> dict[str, LedgerView]:
    return {view.currency: view for view in ledger_views(book, rulebook, end, basis, postings)}


def _flows(postings: pl.DataFrame, currency: str, start: date, end: date) -> dict[str, Decimal]:
    within = (pl.col("on") > start) & (pl.col("on") <= end) & (pl.col("currency") == currency)
    sums = [total(pl.col("amount").filter(within & (pl.col("kind") == kind))).alias(kind) for kind in KINDS]
    return postings.select(sums).row(0, named=True)


def _control(view: LedgerView | None) -> Decimal:
    return view.ledger + view.unapplied_amount if view else _NOTHING


def _month(before: LedgerView | None, after: LedgerView, flows: dict[str, Decimal]) -> Month:
    not_due = after.open_amount - after.overdue_amount
    return Month(after.as_of, _control(before), **flows, closing=_control(after), not_due=not_due)

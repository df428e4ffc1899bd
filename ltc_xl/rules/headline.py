"""The figures a director reads first, as of any day; None where history cannot tell."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.ledger import LedgerView, currency_of, journal, ledger_views
from ltc_xl.rules.metrics import dso_simple, quotient, sales_amount
from ltc_xl.rules.pipeline import open_deals

SALES_DAYS = 90
_NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Headline:
    """What stands on the tiles. Amounts are of one currency."""

    as_of: date
    weighted_amount: Decimal | None
    open_deals_amount: Decimal | None
    won_month_amount: Decimal | None
    won_quarter_amount: Decimal | None
    collected_month_amount: Decimal | None
    collected_quarter_amount: Decimal | None
    overdue_amount: Decimal | None
    overdue_pct: Decimal | None
    dso_simple: Decimal | None
    open_receivables: Decimal | None


def previous_month_end(as_of: date) -> date:
    """Return the last day of the month before.

    >>> previous_month_end(date(2026, 3, 31)), previous_month_end(date(2026, 1, 5))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31))
    """
    return as_of.replace(day=1) - timedelta(days=1)


def month_start(as_of: date) -> date:
    """Return the first day of the month."""
    return as_of.replace(day=1)


def quarter_start(as_of: date) -> date:
    """Return the first day of the quarter.

    >>> quarter_start(date(2026, 11, 20))
    datetime.date(2026, 10, 1)
    """
    return as_of.replace(month=(as_of.month - 1) // 3 * 3 + 1, day=1)


def headline(book: Book, rulebook: Rulebook, as_of: date, currency: str) -> Headline:
    """Return the figures of a day; the weighted amount is None where a deal's stage on it is not known."""
    deals = open_deals(book, rulebook, as_of).filter(pl.col("currency") == currency)
    ledger = ledger_on(book, rulebook, as_of, currency)
    return Headline(
        as_of=as_of,
        weighted_amount=None if deals["stage"].null_count() else _sum(deals, "weighted"),
        open_deals_amount=_sum(deals, "amount"),
        won_month_amount=_sum(won_deals(book, rulebook, month_start(as_of), as_of, currency), "amount"),
        won_quarter_amount=_sum(won_deals(book, rulebook, quarter_start(as_of), as_of, currency), "amount"),
        collected_month_amount=_sum(receipts(book, rulebook, month_start(as_of), as_of, currency), "amount"),
        collected_quarter_amount=_sum(
            receipts(book, rulebook, quarter_start(as_of), as_of, currency), "amount"
        ),
        overdue_amount=ledger.overdue_amount,
        overdue_pct=quotient(ledger.overdue_amount, ledger.open_amount, 100),
        dso_simple=_dso(book, rulebook, ledger),
        open_receivables=ledger.open_amount,
    )


def headline_then(book: Book, rulebook: Rulebook, as_of: date, currency: str) -> Headline:
    """Return the figures of an earlier day; None where the dates in the book cannot tell it.

    Deals tell nothing before the first of them, nor while one has no creation day; the weighted amount
    also needs the stage that every deal stood in. The ledger tells nothing before its first posting.
    """
    told = headline(book, rulebook, as_of, currency)
    deals = open_deals(book, rulebook, as_of).filter(pl.col("currency") == currency)
    if not _deals_tell(book, as_of):
        told = replace(
            told, weighted_amount=None, open_deals_amount=None, won_month_amount=None, won_quarter_amount=None
        )
    if deals["stage_since"].null_count():
        told = replace(told, weighted_amount=None)
    if not _days_before(book.rows("receipts")["on"], as_of):
        told = replace(told, collected_month_amount=None, collected_quarter_amount=None)
    if not _days_before(journal(book)["on"], as_of):
        told = replace(told, overdue_amount=None, overdue_pct=None, dso_simple=None, open_receivables=None)
    return told


def _deals_tell(book: Book, as_of: date) -> bool:
    """Return whether the deals of an earlier day can be told: each has a creation day, one by then."""
    created = book.rows("opportunities")["created_on"]
    return created.null_count() == 0 and _days_before(created, as_of)


def _days_before(days: pl.Series, as_of: date) -> bool:
    first = days.min()
    return isinstance(first, date) and first <= as_of


def ledger_on(book: Book, rulebook: Rulebook, as_of: date, currency: str) -> LedgerView:
    """Return the ledger of a currency on a day, an empty one where nothing is in it."""
    views = ledger_views(book, rulebook, as_of)
    found = next((view for view in views if view.currency == currency), None)
    if found:
        return found
    other = views[0]
    lines, waiting, unapplied = (frame.clear() for frame in (other.lines, other.waiting, other.unapplied))
    return LedgerView(as_of, other.basis, currency, lines, waiting, unapplied, _NOTHING)


def won_deals(book: Book, rulebook: Rulebook, start: date, as_of: date, currency: str) -> pl.DataFrame:
    """Return the deals of a currency won from a day to a day, largest first; one without a day is in none."""
    won = (pl.col("stage") == "WON") & pl.col("closed_on").is_between(start, as_of)
    rows = book.rows("opportunities").filter(won & (currency_of(rulebook) == currency))
    return rows.sort("amount", "opp_id", descending=[True, False], nulls_last=True)


def receipts(book: Book, rulebook: Rulebook, start: date, as_of: date, currency: str) -> pl.DataFrame:
    """Return the receipts of a currency from a day to a day, latest first."""
    within = pl.col("on").is_between(start, as_of)
    rows = book.rows("receipts").filter(within & (currency_of(rulebook) == currency))
    return rows.sort("on", "amount", UID, descending=[True, True, False])


def _dso(book: Book, rulebook: Rulebook, ledger: LedgerView) -> Decimal | None:
    of_currency = book.rows("lines").filter(currency_of(rulebook) == ledger.currency)
    postings = journal(book).join(of_currency, on=UID, how="semi")
    return dso_simple(ledger.open_amount, sales_amount(postings, ledger.as_of, SALES_DAYS), SALES_DAYS)


def _sum(rows: pl.DataFrame, column: str) -> Decimal:
    amount: Decimal = rows.select(total(pl.col(column))).item()
    return amount

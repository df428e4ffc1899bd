"""What happened from one day to another: leads and deals that came and went, receivables raised and paid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.money import MONEY, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.headline import receipts
from ltc_xl.rules.ledger import LedgerView, currency_of, journal

_SCHEMA: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "event": pl.String,
    "count": pl.Int64,
    "amount": MONEY,
    "largest": pl.String,
}
_DEALS = ("deals_new", "deals_moved", "deals_won", "deals_lost", "deals_dropped")


@dataclass(frozen=True)
class Span:
    """The days after ``since`` up to ``as_of``."""

    since: date
    as_of: date

    def holds(self, column: str) -> pl.Expr:
        """Return whether a day lies in it; false where there is none."""
        within = (pl.col(column) > self.since) & (pl.col(column) <= self.as_of)
        return within.fill_null(value=False)


def movements(book: Book, rulebook: Rulebook, since: date, view: LedgerView) -> pl.DataFrame:
    """Return ``event``, ``count``, ``amount`` and whom the ``largest`` was with, in the order of the work.

    Args:
        book: with its computed columns filled.
        rulebook: gives the firm's currency.
        since: the last day that does not count.
        view: the ledger on the last day that counts; its currency is that of the amounts.
    """
    span = Span(since, view.as_of)
    rows = [*_of_leads(book, span), *_of_deals(book, rulebook, view.currency, span)]
    rows += _of_ledger(book, rulebook, view, span)
    return pl.DataFrame(rows, schema=dict(_SCHEMA), orient="row")


_Row = tuple[str, int, object, str | None]


def _row(event: str, rows: pl.DataFrame) -> _Row:
    """Return one event over rows with ``who`` and ``amount``."""
    largest = (
        rows.drop_nulls("amount").filter(pl.col("amount") > 0).sort("amount", "who", descending=[True, False])
    )
    name = largest["who"][0] if largest.height else None
    return event, rows.height, rows.select(total(pl.col("amount"))).item(), name


def _of_leads(book: Book, span: Span) -> Iterator[_Row]:
    known = book.rows("leads").filter(pl.col("state").ne_missing("DUPLICATE"))
    new = known.filter(span.holds("created_on"))
    yield _row(
        "leads_new", new.select(pl.col("budget").alias("amount"), who=pl.coalesce("company", "contact"))
    )


def _of_deals(book: Book, rulebook: Rulebook, currency: str, span: Span) -> Iterator[_Row]:
    deals = book.rows("opportunities").with_columns(
        who="name", amount=pl.when(currency_of(rulebook) == currency).then("amount")
    )
    moved = pl.col("stage").is_in(codes_of_kind("opp_stage", "open")) & ~span.holds("created_on")
    tests = {
        "deals_new": span.holds("created_on"),
        "deals_moved": moved & span.holds("stage_since"),
        "deals_won": (pl.col("stage") == "WON") & span.holds("closed_on"),
        "deals_lost": (pl.col("stage") == "LOST") & span.holds("closed_on"),
        "deals_dropped": (pl.col("stage") == "DROPPED") & span.holds("closed_on"),
    }
    for event in _DEALS:
        yield _row(event, deals.filter(tests[event]).select("who", "amount"))


def _of_ledger(book: Book, rulebook: Rulebook, view: LedgerView, span: Span) -> Iterator[_Row]:
    lines = book.rows("lines").filter(currency_of(rulebook) == view.currency).select(UID, who="customer")
    postings = journal(book).filter(span.holds("on")).join(lines, on=UID)
    for event, kind in (("recognised", "recognised"), ("adjusted", "adjusted")):
        yield _row(f"ledger_{event}", postings.filter(pl.col("kind") == kind).select("who", "amount"))
    paid = receipts(book, rulebook, span.since + timedelta(days=1), span.as_of, view.currency)
    yield _row("ledger_collected", paid.select("amount", who=pl.coalesce("customer", "payer")))
    due_since = (pl.col("due_on") >= span.since) & (pl.col("due_on") < span.as_of)
    late = view.lines.filter(due_since & (pl.col("balance") > 0))
    yield _row("newly_overdue", late.select(who="customer", amount="balance"))

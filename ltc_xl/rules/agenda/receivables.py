"""What is due on money: overdue customers, bills."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.agenda.item import SOON_DAYS, item
from ltc_xl.rules.agenda.parties import first_in_role
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.ledger import open_lines

_WAITING_BILLS = ("HELD", "PRESENTED")


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of receivables and bills."""
    lines = open_lines(book, rulebook, as_of).filter(pl.col("balance") > 0)
    yield _overdue(lines.filter(pl.col("days_overdue") > 0))
    yield _bills(book, rulebook, as_of)


def _overdue(lines: pl.DataFrame) -> pl.DataFrame:
    """Return one line per owner, customer and currency: how much, since when; it goes to the oldest line."""
    oldest_first = lines.sort("due_on", "line_id", UID, nulls_last=True)
    customers = oldest_first.group_by("owner", "customer", "currency", maintain_order=True).agg(
        pl.col("line_id", "due_on", UID).first(),
        total(pl.col("balance")).alias("balance"),
        pl.len().alias("count"),
    )
    return item(
        customers,
        "collect",
        "lines",
        "due_on",
        owner="owner",
        due_on="due_on",
        id="line_id",
        about="customer",
        count="count",
        amount="balance",
        currency="currency",
    )


def _bills(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return the bills that mature; they are the cashier's, in a firm without one the customer's owner's."""
    soon = as_of + timedelta(days=SOON_DAYS)
    due = book.rows("bills").filter((pl.col("due_on") <= soon) & pl.col("status").is_in(_WAITING_BILLS))
    receipts = first_rows(book.rows("receipts"), "receipt_id").select(
        "customer", "currency", receipt="receipt_id"
    )
    customers = first_rows(book.rows("customers"), "name").select(customer="name", customer_owner="owner")
    known = due.join(receipts, on="receipt", how="left", maintain_order="left").join(
        customers, on="customer", how="left", maintain_order="left"
    )
    return item(
        known,
        "bill_due",
        "bills",
        "due_on",
        owner=pl.coalesce(pl.lit(first_in_role(rulebook, as_of, "FIN"), pl.String), "customer_owner"),
        due_on="due_on",
        id="bill_no",
        about=pl.coalesce("customer", "drawer", "acceptor"),
        amount="amount",
        currency=pl.col("currency").fill_null(rulebook.currency),
    )

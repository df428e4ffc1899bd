"""The receivables ledger, replayed as of any day.

A line enters the ledger on a day that depends on the basis:

* ``contract`` (合同口径): the day its trigger was met, invoiced or not;
* ``booked`` (账面口径): as it is invoiced, credit notes deducted.

What pays or lowers a line counts from its effective day, but never before the line is in the ledger: cash
that came earlier is an advance and stays on the unapplied side until then. So the view of a past day does not
change when later days are added.

The books are expected with their computed columns filled (``rules.derived``).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import MONEY, product, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.aging import aging_bucket
from ltc_xl.rules.billing import billed_invoices

Basis = Literal["contract", "booked"]
BASES: tuple[Basis, ...] = ("contract", "booked")
KINDS = ("recognised", "received", "adjusted")
TABLES = ("lines", "invoices", "receipts", "allocations", "adjustments")
"""What the ledger is replayed from."""


def currency_of(rulebook: Rulebook) -> pl.Expr:
    """Return the currency of a row; one without is in the firm's own."""
    return pl.col("currency").fill_null(rulebook.currency).alias("currency")


def recognitions(book: Book, basis: Basis) -> pl.DataFrame:
    """Return what raises each line: ``_uid``, ``line_id``, ``on``, ``amount`` of its trigger or invoices."""
    raised = book.rows("lines").with_columns(on="triggered_on") if basis == "contract" else _invoiced(book)
    return raised.select(UID, "line_id", "on", "amount").drop_nulls(["on", "amount"])


def _invoiced(book: Book) -> pl.DataFrame:
    """Return the invoices of each line: those that name it, else its share of the one it names."""
    lines = book.rows("lines").select(UID, "line_id", "invoice_no", "amount")
    billed = billed_invoices(book).select(
        "line", "gross", on="issued_on", invoice_no=pl.coalesce("red_of", "invoice_no")
    )
    named = lines.drop("amount").join(billed, left_on="line_id", right_on="line")
    unnamed = lines.join(named, on=UID, how="anti").drop_nulls("amount").with_columns(*_parts_of_invoice())
    shared = unnamed.join(billed.filter(pl.col("line").is_null()), on="invoice_no")
    upto, before = (product(pl.col("gross"), pl.col(part)) for part in ("upto", "before"))
    return pl.concat(
        [
            named.select(UID, "line_id", "on", amount="gross"),
            shared.select(UID, "line_id", "on", amount=upto - before),
        ]
    )


def _parts_of_invoice() -> tuple[pl.Expr, pl.Expr]:
    """Return where a line's part of its invoice ends and begins, 0 to 1, so that all parts make the whole."""
    amount = pl.col("amount").cast(pl.Float64)
    whole, upto = amount.sum().over("invoice_no"), amount.cum_sum().over("invoice_no")
    ends = (("upto", upto), ("before", upto - amount))
    upto_part, before_part = (pl.when(whole != 0).then(end / whole).fill_null(0).alias(n) for n, end in ends)
    return upto_part, before_part


def journal(book: Book, basis: Basis = "contract") -> pl.DataFrame:
    """Return every posting to a line as ``_uid``, ``on``, ``kind``, ``amount``.

    ``kind`` is one of ``KINDS``; the balance is recognised less received less adjusted.
    """
    raised = recognitions(book, basis)
    entered = raised.group_by(UID, "line_id").agg(entered_on=pl.col("on").min())
    lowered = [
        book.rows(name)
        .select("line", "amount", on="effective_on")
        .drop_nulls()
        .join(entered, left_on="line", right_on="line_id")
        .select(UID, pl.max_horizontal("on", "entered_on").alias("on"), _kind(kind), "amount")
        for name, kind in (("allocations", "received"), ("adjustments", "adjusted"))
    ]
    return pl.concat([raised.select(UID, "on", _kind("recognised"), "amount"), *lowered])


def _kind(name: str) -> pl.Expr:
    return pl.lit(name).alias("kind")


def balances(postings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return one row per line in the ledger on a day: ``entered_on``, the sum of each kind, ``balance``."""
    sums = [total(pl.col("amount").filter(pl.col("kind") == kind)).alias(kind) for kind in KINDS]
    known = (
        postings.filter(pl.col("on") <= as_of)
        .group_by(UID)
        .agg(pl.col("on").min().alias("entered_on"), *sums)
    )
    balance = (pl.col("recognised") - pl.col("received") - pl.col("adjusted")).cast(MONEY)
    return known.with_columns(balance=balance)


def open_lines(
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    basis: Basis = "contract",
    postings: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the lines whose balance is not zero on a day, with what is known about them.

    Args:
        book: with its computed columns filled.
        rulebook: gives the firm's currency and the ageing buckets.
        as_of: the day; what comes later is not known.
        basis: contract or booked.
        postings: the ``journal`` of that book and basis, where the caller has it already.

    Returns:
        ``days_overdue`` is signed: -3 is due in three days. ``disputed`` and ``promised`` are the parts of
        the balance in dispute, and promised for the day or later; ``contract_asset`` marks retention that is
        not yet due (合同资产, to be shown apart from receivables).
    """
    held = balances(journal(book, basis) if postings is None else postings, as_of)
    held = held.filter(pl.col("balance") != 0)
    lines = _described(book, rulebook).join(held, on=UID, maintain_order="left")
    due_on = pl.coalesce("due_on", "entered_on")
    days_overdue = (pl.lit(as_of) - due_on).dt.total_days()
    owed = pl.max_horizontal("balance", pl.lit(0).cast(MONEY))
    promise = pl.coalesce("promised_amount", "balance")
    return lines.with_columns(
        due_on=due_on,
        days_overdue=days_overdue,
        bucket=aging_bucket(days_overdue, rulebook.bucket_edges),
        disputed=pl.when(pl.col("disputed_amount") > 0).then(pl.min_horizontal("disputed_amount", owed)),
        promised=pl.when(pl.col("promised_on") >= as_of).then(pl.min_horizontal(promise, owed)),
        contract_asset=(pl.col("item") == "RETENTION").fill_null(value=False) & (due_on > as_of),
    ).drop("disputed_amount", "promised_amount")


_DESCRIPTION = (
    "line_id",
    "source_id",
    "invoice_no",
    "customer",
    "contract_no",
    "item",
    "owner",
    "amount",
    "recognised_on",
    "due_on",
    "promised_on",
    "promised_amount",
    "disputed_amount",
    "dispute_reason",
)


def _described(book: Book, rulebook: Rulebook) -> pl.DataFrame:
    return book.rows("lines").select(UID, currency_of(rulebook), *_DESCRIPTION)


def untriggered_lines(book: Book, rulebook: Rulebook, as_of: date, basis: Basis = "contract") -> pl.DataFrame:
    """Return the lines that are not in the ledger yet on a day: trigger not met, or not invoiced."""
    entered = recognitions(book, basis).filter(pl.col("on") <= as_of)
    return _described(book, rulebook).join(entered, on=UID, how="anti", maintain_order="left")


def unapplied_cash(book: Book, rulebook: Rulebook, as_of: date, basis: Basis = "contract") -> pl.DataFrame:
    """Return cash received but not applied to a line in the ledger, by ``currency`` and ``customer``.

    An allocation to a line that enters the ledger later is still an advance on the day.
    """
    waiting = untriggered_lines(book, rulebook, as_of, basis).select("line_id").drop_nulls()
    applied = (
        book.rows("allocations")
        .filter(pl.col("effective_on") <= as_of)
        .join(waiting, left_on="line", right_on="line_id", how="anti")
        .group_by("receipt")
        .agg(applied=total(pl.col("amount")))
    )
    received = book.rows("receipts").filter(pl.col("on") <= as_of).drop_nulls("amount")
    left = pl.col("amount") - pl.col("applied").fill_null(0).cast(MONEY)
    return (
        received.join(applied, left_on="receipt_id", right_on="receipt", how="left")
        .group_by(currency_of(rulebook), "customer")
        .agg(unapplied=total(left))
        .filter(pl.col("unapplied") != 0)
        .sort("currency", "customer")
    )


def ledger_balance(book: Book, rulebook: Rulebook, as_of: date, basis: Basis = "contract") -> pl.DataFrame:
    """Return recognised less adjustments less receipts, by ``currency``: the control figure.

    It looks at no allocation, so that it ties with open lines less unapplied cash only where every
    allocation pays a line that is there from a receipt that is there, in one currency, not before its day.
    """
    raised = recognitions(book, basis).filter(pl.col("on") <= as_of)
    lines = book.rows("lines").select(UID, currency_of(rulebook))
    adjusted = (
        book.rows("adjustments")
        .filter(pl.col("effective_on") <= as_of)
        .select("line", adjusted="amount")
        .join(raised.unique("line_id").select(UID, "line_id"), left_on="line", right_on="line_id")
    )
    received = book.rows("receipts").filter(pl.col("on") <= as_of)
    sides = [
        raised.join(lines, on=UID).select("currency", recognised="amount"),
        adjusted.join(lines, on=UID).select("currency", "adjusted"),
        received.select(currency_of(rulebook), received="amount"),
    ]
    sums = [total(pl.col(name)).alias(name) for name in KINDS]
    return (
        pl.concat(sides, how="diagonal")
        .group_by("currency")
        .agg(sums)
        .with_columns(ledger=(pl.col("recognised") - pl.col("adjusted") - pl.col("received")).cast(MONEY))
        .sort("currency")
    )


@dataclass(frozen=True)
class LedgerView:
    """The ledger of one currency on a day: what is open, what waits, and the control figure.

    Attributes:
        lines: the open lines (``open_lines``).
        waiting: lines not in the ledger yet (``untriggered_lines``).
        unapplied: customer -> cash not applied (``unapplied_cash``).
        ledger: recognised less adjustments less receipts (``ledger_balance``).
    """

    as_of: date
    basis: Basis
    currency: str
    lines: pl.DataFrame
    waiting: pl.DataFrame
    unapplied: pl.DataFrame
    ledger: Decimal

    @property
    def open_amount(self) -> Decimal:
        """Return the sum of the open lines."""
        return _sum(self.lines, "balance")

    @property
    def overdue_amount(self) -> Decimal:
        """Return the part of it that is past its due day."""
        return _sum(self.lines.filter(pl.col("days_overdue") > 0), "balance")

    @property
    def unapplied_amount(self) -> Decimal:
        """Return the cash that pays no line in the ledger yet."""
        return _sum(self.unapplied, "unapplied")

    @property
    def tie_out(self) -> Decimal:
        """Return open lines - unapplied cash - ledger; anything but 0.00 is an error in the data."""
        return self.open_amount - self.unapplied_amount - self.ledger


def _sum(rows: pl.DataFrame, column: str) -> Decimal:
    amount: Decimal = rows.select(total(pl.col(column))).item()
    return amount


def ledger_views(
    book: Book,
    rulebook: Rulebook,
    as_of: date,
    basis: Basis = "contract",
    postings: pl.DataFrame | None = None,
) -> tuple[LedgerView, ...]:
    """Return the ledger on a day, one view per currency; at least one, in the firm's own currency."""
    lines = open_lines(book, rulebook, as_of, basis, postings)
    waiting = untriggered_lines(book, rulebook, as_of, basis)
    unapplied = unapplied_cash(book, rulebook, as_of, basis)
    control = ledger_balance(book, rulebook, as_of, basis)
    ledger: dict[str, Decimal] = dict(control.select("currency", "ledger").iter_rows())
    found = {c for frame in (lines, waiting, unapplied, control) for c in frame["currency"]}
    return tuple(
        LedgerView(
            as_of,
            basis,
            currency,
            _of(lines, currency),
            _of(waiting, currency),
            _of(unapplied, currency),
            ledger.get(currency, Decimal("0.00")),
        )
        for currency in sorted(found or {rulebook.currency})
    )


def _of(rows: pl.DataFrame, currency: str) -> pl.DataFrame:
    return rows.filter(pl.col("currency") == currency)

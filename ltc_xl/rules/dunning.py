"""What may be asked of whom: each overdue line is split into the part asked for and the parts held.

A part is held apart, first reason first:

* ``disputed``: the customer contests it;
* ``promised``: the customer has named a day that has not passed;
* ``uninvoiced``: the firm records invoices and this part has none; the customer cannot pay it yet;
* ``no_customer``, ``unread``, ``unapplied``: nobody to write to; a cell of the customer's could not be read;
  the customer's money lies unmatched (or a line of theirs is overpaid), so that the letter might be wrong;
* ``credit``: an overpaid line, less than nothing.

What is left is asked. The parts of a line add up to its balance, so that asked + held = overdue.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.calendar import is_workday, next_workday
from ltc_xl.model.money import MONEY, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import billed_invoices, first_rows
from ltc_xl.rules.ledger import LedgerView
from ltc_xl.rules.name_keys import company_key
from ltc_xl.rules.rulebook import day_in, setting_number

REASONS = ("disputed", "promised", "uninvoiced", "unapplied", "unread", "no_customer", "credit")
"""Why a part is not asked for; the columns of ``claims``."""

HOLDS = ("no_customer", "unread", "unapplied")
"""Those that hold the whole letter; the first one that applies counts."""

_NOTHING = pl.lit(0).cast(MONEY)


def claims(book: Book, views: Sequence[LedgerView], as_of: date) -> pl.DataFrame:
    """Return the overdue lines of every currency, split.

    Args:
        book: with its computed columns filled.
        views: the ledger on that day, contract basis.
        as_of: the day.

    Returns:
        The columns of ``open_lines``, ``invoices`` (their numbers), ``to_invoice`` (what has none,
        promised or not), ``asked``, and one column per reason.
    """
    open_lines = pl.concat([view.lines for view in views])
    overdue = open_lines.filter(pl.col("days_overdue") > 0)
    invoiced = book.rows("lines").select(UID, "invoiced", "invoice_no")
    lines = overdue.drop("invoice_no").join(invoiced, on=UID, how="left", maintain_order="left")
    split = _split(lines, records_invoices=book.rows("invoices").height > 0)
    numbered = _with_invoices(split, book, as_of)
    held = _held(numbered, open_lines, book, as_of)
    parts = [pl.when(pl.col("hold") == name).then("rest").otherwise(_NOTHING).alias(name) for name in HOLDS]
    asked = pl.when(pl.col("hold").is_null()).then("rest").otherwise(_NOTHING)
    return held.with_columns(*parts, asked=asked).drop("rest", "hold")


def _split(lines: pl.DataFrame, *, records_invoices: bool) -> pl.DataFrame:
    """Return the lines with what each holds apart by itself, and the ``rest``.

    An opening balance (期初) was invoiced in the books it comes from.
    """
    owed = pl.max_horizontal("balance", _NOTHING)
    missing = pl.col("recognised") - pl.col("adjusted") - pl.col("invoiced").fill_null(_NOTHING)
    needs_invoice = pl.lit(records_invoices) & (pl.col("item") != "OPENING").fill_null(value=True)
    to_invoice = pl.when(needs_invoice).then(_between(missing, owed)).otherwise(_NOTHING)
    split = lines.with_columns(
        credit=pl.min_horizontal("balance", _NOTHING).cast(MONEY),
        rest=owed.cast(MONEY),
        to_invoice=to_invoice,
    )
    for reason, part in (("disputed", "disputed"), ("promised", "promised"), ("uninvoiced", "to_invoice")):
        split = split.with_columns(_between(pl.col(part), pl.col("rest")).alias(reason))
        split = split.with_columns(rest=(pl.col("rest") - pl.col(reason)).cast(MONEY))
    return split


def _between(amount: pl.Expr, most: pl.Expr) -> pl.Expr:
    """Return an amount of at least nothing and at most ``most``."""
    return pl.min_horizontal(pl.max_horizontal(amount.fill_null(_NOTHING), _NOTHING), most).cast(MONEY)


def _with_invoices(lines: pl.DataFrame, book: Book, as_of: date) -> pl.DataFrame:
    """Return the lines with ``invoices``: the numbers that bill them, without those that were red-flushed."""
    known = billed_invoices(book).filter(pl.col("issued_on") <= as_of)
    net = known.group_by("line", no=pl.coalesce("red_of", "invoice_no")).agg(net=total(pl.col("gross")))
    standing = net.filter(pl.col("net") > 0).drop_nulls(["line", "no"]).sort("line", "no")
    named = standing.group_by("line", maintain_order=True).agg(invoices="no")
    flushed = net.filter(pl.col("net") <= 0)["no"].drop_nulls()
    typed = pl.col("invoice_no").is_not_null() & ~pl.col("invoice_no").is_in(flushed.to_list())
    own = pl.when(typed).then(pl.concat_list("invoice_no")).otherwise(pl.lit([], pl.List(pl.String)))
    joined = lines.join(named, left_on="line_id", right_on="line", how="left", maintain_order="left")
    return joined.with_columns(invoices=pl.coalesce("invoices", own))


def _held(lines: pl.DataFrame, open_lines: pl.DataFrame, book: Book, as_of: date) -> pl.DataFrame:
    """Return the lines with ``hold``, the reason for which their customer gets no letter, or null."""
    cash = unmatched_cash(book, as_of).drop_nulls("customer")
    owing = lines.select("customer", "contract_no").drop_nulls()
    tagged = cash.drop_nulls("contract_no").join(owing, on=["customer", "contract_no"], how="semi")
    untagged = cash.filter(pl.col("contract_no").is_null())
    overpaid = open_lines.filter(pl.col("balance") < 0)
    unapplied = pl.concat([frame.select("customer") for frame in (tagged, untagged, overpaid)])["customer"]
    customer = pl.col("customer")
    hold = (
        pl.when(customer.is_null())
        .then(pl.lit("no_customer"))
        .when(customer.is_in(unread_customers(book)))
        .then(pl.lit("unread"))
        .when(customer.is_in(unapplied.drop_nulls().to_list()))
        .then(pl.lit("unapplied"))
    )
    return lines.with_columns(hold=hold)


def unmatched_cash(book: Book, as_of: date) -> pl.DataFrame:
    """Return the receipts that pay no line yet with what is left of each: ``customer`` null when unknown.

    The customer is the one the receipt names, else its contract's, else the one the payer is called like.
    """
    receipts = book.rows("receipts").filter(pl.col("on") <= as_of).drop_nulls("amount")
    left = (pl.col("amount") - pl.col("allocated").fill_null(_NOTHING)).cast(MONEY)
    contracts = first_rows(book.rows("contracts"), "contract_no").select("contract_no", party="customer")
    customers = book.rows("customers").select(known="name", key=company_key(pl.col("name")))
    return (
        receipts.with_columns(unmatched=left, key=company_key(pl.col("payer")))
        .filter(pl.col("unmatched") > 0)
        .join(contracts, on="contract_no", how="left", maintain_order="left")
        .join(first_rows(customers, "key"), on="key", how="left", maintain_order="left")
        .with_columns(customer=pl.coalesce("customer", "party", "known"))
        .select("receipt_id", "on", "payer", "customer", "contract_no", "currency", "unmatched", "bank_ref")
    )


def unread_customers(book: Book) -> list[str]:
    """Return the customers of lines and cash with a cell that could not be read: their sums may be wrong."""
    lines = book.rows("lines").select(UID, "line_id", "customer")
    receipts = book.rows("receipts").select(UID, "receipt_id", "customer")
    allocations = book.rows("allocations")
    parties = [
        *(_unread(book, name, rows) for name, rows in (("lines", lines), ("receipts", receipts))),
        _unread(book, "invoices", book.rows("invoices")),
        _unread(book, "allocations", allocations.join(lines, left_on="line", right_on="line_id")),
        _unread(book, "allocations", allocations.join(receipts, left_on="receipt", right_on="receipt_id")),
        _unread(
            book, "adjustments", book.rows("adjustments").join(lines, left_on="line", right_on="line_id")
        ),
    ]
    return sorted({name for party in parties for name in party})


def _unread(book: Book, name: str, rows: pl.DataFrame) -> list[str]:
    uids = [uid for table, uid, _ in book.unread if table == name]
    return rows.filter(pl.col(UID).is_in(uids))["customer"].drop_nulls().to_list()


def receipts_complete_to(book: Book, rulebook: Rulebook, as_of: date) -> date | None:
    """Return the day up to which receipts are booked: as typed (设置), else that of the newest one."""
    typed = day_in(rulebook.settings.get("receipts_complete_to", ""))
    newest = book.rows("receipts").filter(pl.col("on") <= as_of)["on"].max()
    day = typed or newest
    return min(day, as_of) if isinstance(day, date) else None


def missing_day(rulebook: Rulebook, as_of: date) -> date | None:
    """Return the first workday whose receipts are not confirmed, where the typed day is too old; else None.

    A firm that types no 收款确认至 is not held to it. Source: settings receipts_complete_to, bank_stale_days.
    """
    typed = day_in(rulebook.settings.get("receipts_complete_to", ""))
    if typed is None:
        return None
    span = (as_of - typed).days
    days = [typed + timedelta(days=ahead) for ahead in range(1, span)]
    open_days = [day for day in days if is_workday(day, rulebook.holidays, rulebook.make_up_days)]
    return open_days[0] if len(open_days) > setting_number(rulebook, "bank_stale_days") else None


def pay_by(rulebook: Rulebook, as_of: date) -> date:
    """Return the day by which a letter asks for payment: some days on, moved to the next workday."""
    day = as_of + timedelta(days=int(setting_number(rulebook, "letter_pay_days")))
    return next_workday(day, rulebook.holidays, rulebook.make_up_days)

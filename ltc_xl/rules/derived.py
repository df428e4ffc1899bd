"""Computed columns: what the program fills in the grey columns of a book, as of a day."""

from collections.abc import Callable
from dataclasses import replace
from datetime import MAXYEAR, date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.calendar import next_workday
from ltc_xl.model.money import MONEY, RATE, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.billing import billed_invoices, first_rows
from ltc_xl.rules.ledger import recognitions

COMPUTED = {
    "lines": ("customer", "due_on", "recognised_on", "invoiced", "received", "adjusted", "owner"),
    "receipts": ("allocated",),
    "contracts": ("invoiced", "collected", "adjusted", "overdue_amount"),
    "customers": ("overdue_amount", "days_late_mean"),
    "opportunities": ("probability",),
}
"""The columns ``derived`` fills, by table."""

_NOTHING = pl.lit(0).cast(MONEY)


def derived(book: Book, rulebook: Rulebook, as_of: date) -> Book:
    """Return the book with every computed column as it must stand on a day; nothing else differs."""
    steps: tuple[Callable[[Book, Rulebook, date], Book], ...] = (
        _with_lines,
        _with_receipts,
        _with_contracts,
        _with_customers,
        _with_opportunities,
    )
    for step in steps:
        book = step(book, rulebook, as_of)
    return book


def _replaced(book: Book, name: str, rows: pl.DataFrame) -> Book:
    held = book.tables.get(name)
    if held is None:
        return book
    return replace(
        book, tables={**book.tables, name: replace(held, rows=rows.select(held.table.schema.names()))}
    )


def _joined(rows: pl.DataFrame, values: pl.DataFrame, on: str, key: str) -> pl.DataFrame:
    """Return the rows with the columns of ``values`` replacing their own of the same name."""
    names = [name for name in values.columns if name != key]
    return rows.drop(names, strict=False).join(
        values, left_on=on, right_on=key, how="left", maintain_order="left"
    )


# ---------------------------------------------------------------- lines


def _with_lines(book: Book, rulebook: Rulebook, as_of: date) -> Book:
    lines = with_parties(book.rows("lines"), book)
    rows = lines.with_columns(due_on=due_days(lines, rulebook))
    rows = _joined(rows, _invoiced(book, as_of), UID, UID)
    rows = _joined(rows, _sums(book, "allocations", "line", as_of, "received"), "line_id", "line")
    rows = _joined(rows, _sums(book, "adjustments", "line", as_of, "adjusted"), "line_id", "line")
    amounts = pl.col("invoiced", "received", "adjusted").fill_null(_NOTHING)
    recognised = pl.coalesce("first_invoice_on", "triggered_on")
    return _replaced(book, "lines", rows.with_columns(amounts, recognised_on=recognised))


def _invoiced(book: Book, as_of: date) -> pl.DataFrame:
    """Return ``_uid`` of a line -> its invoices net of credit notes, and the day of the first."""
    known = recognitions(book, "booked").filter(pl.col("on") <= as_of)
    return known.group_by(UID).agg(
        total(pl.col("amount")).alias("invoiced"), pl.col("on").min().alias("first_invoice_on")
    )


def with_parties(lines: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Return the lines with customer and owner: the contract's first, what stands there last."""
    contracts = first_rows(book.rows("contracts"), "contract_no")
    customers = first_rows(book.rows("customers"), "name")
    named = lines.join(
        contracts.select("contract_no", contract_customer="customer", contract_owner="owner"),
        on="contract_no",
        how="left",
        maintain_order="left",
    ).with_columns(customer=pl.coalesce("customer", "contract_customer"))
    owned = named.join(
        customers.select("name", customer_owner="owner"),
        left_on="customer",
        right_on="name",
        how="left",
        maintain_order="left",
    )
    return owned.with_columns(owner=pl.coalesce("contract_owner", "customer_owner", "owner"))


def due_days(lines: pl.DataFrame, rulebook: Rulebook) -> pl.Series:
    """Return the day each line falls due; null while it is not triggered or has no days.

    What is typed by hand wins. Otherwise trigger date (its month's end for 月结) plus days, moved to the
    next workday.
    """
    start = pl.when(pl.col("trigger") == "INVOICE_EOM").then(pl.col("triggered_on").dt.month_end())
    days = table("lines").by_code["days"]
    sane = pl.col("days").is_between(days.min or 0, days.max or 0) & (
        pl.col("triggered_on").dt.year() < MAXYEAR - 5
    )
    plain = lines.select(
        pl.when(sane).then(start.otherwise(pl.col("triggered_on")) + pl.duration(days=pl.col("days")))
    ).to_series()
    return lines.select(pl.coalesce("due_override", rolled(plain, rulebook))).to_series()


def rolled(days: pl.Series, rulebook: Rulebook) -> pl.Series:
    """Return each day, or the next workday where it is none."""
    distinct = days.drop_nulls().unique()
    workdays = [next_workday(day, rulebook.holidays, rulebook.make_up_days) for day in distinct]
    return days.replace_strict(
        distinct, pl.Series(workdays, dtype=pl.Date), default=None, return_dtype=pl.Date
    )


def _sums(book: Book, name: str, key: str, as_of: date, result: str) -> pl.DataFrame:
    """Return Σ amount per key of what is effective by the day."""
    effective = book.rows(name).filter(pl.col("effective_on") <= as_of).drop_nulls(key)
    return effective.group_by(key).agg(total(pl.col("amount")).alias(result))


# ---------------------------------------------------------------- the other tables


def _with_receipts(book: Book, _: Rulebook, as_of: date) -> Book:
    allocated = _sums(book, "allocations", "receipt", as_of, "allocated")
    rows = _joined(book.rows("receipts"), allocated, "receipt_id", "receipt")
    return _replaced(book, "receipts", rows.with_columns(pl.col("allocated").fill_null(_NOTHING)))


def open_amount() -> pl.Expr:
    """Return what is still open of a line."""
    return (pl.col("amount") - pl.col("received") - pl.col("adjusted")).cast(MONEY)


def _overdue_amount(as_of: date) -> pl.Expr:
    overdue = (pl.col("due_on") < as_of) & (open_amount() > 0)
    return total(open_amount().filter(overdue))


def _with_contracts(book: Book, _: Rulebook, as_of: date) -> Book:
    lines = book.rows("lines")
    of_lines = first_rows(lines, "line_id").select("line_id", line_contract="contract_no")
    known = billed_invoices(book).filter(pl.col("issued_on") <= as_of)
    invoices = known.join(of_lines, left_on="line", right_on="line_id", how="left")
    invoiced = (
        invoices.with_columns(contract_no=pl.coalesce("contract_no", "line_contract"))
        .drop_nulls("contract_no")
        .group_by("contract_no")
        .agg(total(pl.col("gross")).alias("invoiced"))
    )
    collected = (
        lines.drop_nulls("contract_no")
        .group_by("contract_no")
        .agg(
            total(pl.col("received")).alias("collected"),
            total(pl.col("adjusted")).alias("adjusted"),
            _overdue_amount(as_of).alias("overdue_amount"),
        )
    )
    rows = book.rows("contracts")
    for values in (invoiced, collected):
        rows = _joined(rows, values, "contract_no", "contract_no")
    return _replaced(
        book,
        "contracts",
        rows.with_columns(pl.col("invoiced", "collected", "adjusted", "overdue_amount").fill_null(_NOTHING)),
    )


def _with_customers(book: Book, rulebook: Rulebook, as_of: date) -> Book:
    home = pl.lit(rulebook.currency)
    customers = book.rows("customers").with_columns(home=pl.coalesce("currency", home))
    lines = book.rows("lines").with_columns(home=pl.coalesce("currency", home)).drop_nulls("customer")
    overdue = lines.group_by("customer", "home").agg(_overdue_amount(as_of).alias("overdue_amount"))
    rows = customers.drop("overdue_amount").join(
        overdue, left_on=["name", "home"], right_on=["customer", "home"], how="left", maintain_order="left"
    )
    rows = _joined(rows, _days_late(book, as_of), "name", "customer")
    return _replaced(book, "customers", rows.with_columns(pl.col("overdue_amount").fill_null(_NOTHING)))


def _days_late(book: Book, as_of: date) -> pl.DataFrame:
    """Return customer -> mean days from due date to full payment over paid lines, to one decimal."""
    allocations = book.rows("allocations").filter(pl.col("effective_on") <= as_of).drop_nulls("line")
    paid_on = allocations.group_by("line").agg(paid_on=pl.col("effective_on").max())
    paid = (
        book.rows("lines")
        .filter((pl.col("amount") > 0) & (open_amount() <= 0))
        .join(paid_on, left_on="line_id", right_on="line")
    )
    late = (pl.col("paid_on") - pl.col("due_on")).dt.total_days()
    kind = table("customers").by_code["days_late_mean"].dtype
    return (
        paid.drop_nulls("customer")
        .group_by("customer")
        .agg(late.mean().round(1, mode="half_away_from_zero").cast(kind).alias("days_late_mean"))
    )


def _with_opportunities(book: Book, rulebook: Rulebook, _: date) -> Book:
    stages, rates = list(rulebook.win_rates), pl.Series([*rulebook.win_rates.values()], dtype=RATE)
    probability = pl.col("stage").replace_strict(stages, rates, default=None, return_dtype=RATE)
    return _replaced(book, "opportunities", book.rows("opportunities").with_columns(probability=probability))

"""An open item or a settled one as rows of the ledger: line, invoice, receipt, allocation."""

from datetime import date

import polars as pl

from ltc_xl.imports.typed import AT
from ltc_xl.model.money import MONEY
from ltc_xl.model.tables import table

_LONGEST_DAYS = table("lines").by_code["days"].max or 0
_NO_MONEY = pl.lit(None, MONEY)


def with_ledger_columns(items: pl.DataFrame, as_of: date, disputed_header: str = "") -> pl.DataFrame:
    """Return open items with what their ledger rows share.

    Args:
        items: the canonical columns of the form, typed, every one present.
        as_of: the day of the import; an item that says nothing of its start is known since then at the
            latest.
        disputed_header: the header over ``disputed``, which stands for a reason nobody gave.
    """
    terms = pl.col("terms").str.extract(r"(\d+)").cast(pl.Int64)
    month_end = pl.col("terms").str.to_lowercase().str.contains("月结|eom").fill_null(value=False)
    start = pl.coalesce("base_date", "invoice_date")
    start = pl.when(month_end).then(start.dt.month_end()).otherwise(start)
    until_due = (pl.col("due_date") - start).dt.total_days()
    agreed = pl.when(until_due.is_between(0, _LONGEST_DAYS)).then(until_due)
    return items.with_columns(
        triggered_on=start,
        known_on=pl.min_horizontal("due_date", pl.lit(as_of)),
        days=pl.when(pl.col("due_date").is_null()).then(terms).otherwise(agreed),
        trigger=pl.when(month_end)
        .then(pl.lit("INVOICE_EOM"))
        .when(pl.col("invoice_no").is_not_null())
        .then(pl.lit("INVOICE"))
        .otherwise(pl.lit("FIXED")),
        disputed_amount=_disputed_amount(),
        dispute_reason=pl.lit(disputed_header or "disputed"),
        origin=_origin(),
        paid_on=pl.col("settled_on"),
        paid_amount=pl.coalesce("settled_amount", "amount"),
    )


def _disputed_amount() -> pl.Expr:
    said = pl.col("disputed")
    amount = said.cast(MONEY, strict=False)
    return pl.when(said == "YES").then("amount").when(amount > 0).then(amount)


def _origin() -> pl.Expr:
    """Return what an item is known by where it came from; items of one number are counted."""
    item = pl.format("{}/{}", "contract_no", pl.col("item").fill_null(""))
    number = pl.coalesce("source_id", "invoice_no", item)
    nth = pl.int_range(pl.len()).over(number)
    return pl.when(nth > 0).then(pl.format("{}/{}", number, nth + 1)).otherwise(number)


def is_advance() -> pl.Expr:
    """Return whether an item is money that came without a receivable: a negative amount."""
    return pl.col("amount") < 0


def line_rows(items: pl.DataFrame) -> pl.DataFrame:
    """Return the receivable lines."""
    own = ["source_id", "invoice_no", "contract_no", "customer", "item", "amount", "currency"]
    made = ["owner", "note", "triggered_on", "days", "trigger"]
    reason = pl.when(pl.col("disputed_amount").is_not_null()).then("dispute_reason").alias("dispute_reason")
    lines = items.filter(~is_advance())
    return lines.select(AT, *own, *made, "disputed_amount", reason, due_override="due_date")


def invoice_rows(items: pl.DataFrame) -> pl.DataFrame:
    """Return one invoice per number with ``line`` as the ``_at`` of its only item, null where it has more."""
    issued = pl.coalesce("invoice_date", "base_date")
    numbered = items.filter(~is_advance() & pl.col("invoice_no").is_not_null() & issued.is_not_null())
    return numbered.group_by("invoice_no", maintain_order=True).agg(
        pl.col(AT).first(),
        issued.min().alias("issued_on"),
        pl.col("customer", "contract_no", "currency").first(),
        pl.col("amount").sum().cast(MONEY).alias("gross"),
        pl.when(pl.len() == 1).then(pl.col(AT).first()).alias("line"),
    )


def receipt_rows(items: pl.DataFrame) -> pl.DataFrame:
    """Return the receipts: what settled an item, and advances."""
    came = pl.coalesce("paid_on", "invoice_date", "base_date", "due_date")
    advances = items.filter(is_advance()).with_columns(paid_on=came, paid_amount=-pl.col("amount"))
    paid = pl.concat([items.filter(_is_paid()), advances])
    shared = ["customer", "contract_no", "currency"]
    names = {"on": "paid_on", "amount": "paid_amount", "payer": "customer", "source_id": "origin"}
    return paid.select(AT, *shared, **{name: pl.col(column) for name, column in names.items()})


def allocation_rows(items: pl.DataFrame) -> pl.DataFrame:
    """Return what settled which item, with ``receipt`` and ``line`` as its ``_at``."""
    paid = items.filter(_is_paid())
    return paid.select(
        AT,
        receipt=AT,
        line=AT,
        amount=pl.min_horizontal("paid_amount", "amount"),
        effective_on="paid_on",
        by=pl.lit("IMPORT"),
        source_id="origin",
    )


def _is_paid() -> pl.Expr:
    return ~is_advance() & pl.col("paid_on").is_not_null() & (pl.col("paid_amount") > 0)

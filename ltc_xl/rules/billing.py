"""Invoices and what they bill; below ledger and computed columns, which both need it."""

import polars as pl

from ltc_xl.model.book import Book


def first_rows(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return one row per key, the first; rows without a key are left out, so that a join adds no row."""
    return rows.drop_nulls(key).unique(key, keep="first", maintain_order=True)


def billed_invoices(book: Book) -> pl.DataFrame:
    """Return the invoices with ``line`` and ``contract_no``; a credit note has its original's."""
    invoices = book.rows("invoices")
    originals = first_rows(invoices, "invoice_no").select(
        "invoice_no", original_line="line", original_contract="contract_no"
    )
    return invoices.join(
        originals, left_on="red_of", right_on="invoice_no", how="left", maintain_order="left"
    ).with_columns(
        line=pl.coalesce("line", "original_line"),
        contract_no=pl.coalesce("contract_no", "original_contract"),
    )

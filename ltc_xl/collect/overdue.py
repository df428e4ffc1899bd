"""Overdue ageing: open receivables by days past their due date, tied out to the ledger."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.collect.aging_paper import aging_paper
from ltc_xl.collect.aging_table import AgingKey, AgingTable, aging_table, parts_apart
from ltc_xl.messages.papers import bucket_words
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import Lang
from ltc_xl.model.money import money_text, total
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.derived import derived
from ltc_xl.rules.ledger import BASES, Basis, LedgerView, ledger_views


def aging(
    book: Book, rulebook: Rulebook, as_of: date, by: AgingKey = "customer", basis: Basis = "contract"
) -> Outcome:
    """Return open receivables per key and bucket as of a day; one document and one paper per currency.

    The exit status is 1 where a tie-out is not 0.00.
    """
    full = derived(book, rulebook, as_of)
    views = {each: ledger_views(full, rulebook, as_of, each) for each in BASES}
    tables = [aging_table(view, full, rulebook, by) for view in views[basis]]
    documents = [_document(table) for table in tables]
    several = {"as_of": as_of.isoformat(), "currencies": documents}
    return Outcome(
        changes=Changes(puts={"aging": _sheet_rows(tables, book.lang)}),
        papers=tuple(aging_paper(table, full, rulebook, views) for table in tables),
        data=documents[0] if len(documents) == 1 else several,
        exit_status=int(any(view.tie_out for view in views[basis])),
    )


def _document(table: AgingTable) -> dict[str, object]:
    view = table.view
    return {
        "as_of": view.as_of.isoformat(),
        "currency": view.currency,
        "basis": view.basis,
        "buckets": list(table.labels),
        "total": _texts(table.total),
        "open_lines": view.lines.height,
        "open_amount": money_text(view.open_amount),
        "overdue_amount": money_text(view.overdue_amount),
        "unapplied_amount": money_text(view.unapplied_amount),
        "ledger_amount": money_text(view.ledger),
        "tie_out": money_text(view.tie_out),
        "apart": {part.name: money_text(part.amount) for part in parts_apart(view)},
        "rows": [_row(row, table.labels) for row in table.rows.iter_rows(named=True)],
    }


def _texts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: money_text(amount) for name, amount in amounts.items()}


def _row(row: Mapping[str, Decimal], labels: Sequence[str]) -> dict[str, object]:
    amounts = {label: money_text(row[label]) for label in (*labels, "total")}
    return {"key": row["key"], "name": row["name"], **amounts, "max_days_overdue": row["max_days_overdue"]}


def _sheet_rows(tables: Sequence[AgingTable], lang: Lang) -> pl.DataFrame:
    """Return the body of the sheet 逾期账龄: one row per currency, customer and bucket that has lines."""
    labels = tables[0].labels
    order = {label: place for place, label in enumerate(labels)}
    words = {label: bucket_words(label, lang) for label in labels}
    views: list[LedgerView] = [table.view for table in tables]
    return (
        pl.concat([view.lines for view in views])
        .group_by("currency", pl.col("customer").fill_null("").alias("key"), "bucket")
        .agg(
            total(pl.col("balance")).alias("amount"),
            pl.len().cast(pl.Int64).alias("lines"),
            pl.col("days_overdue").max().alias("max_days_overdue"),
        )
        .sort("currency", "key", pl.col("bucket").replace_strict(order, return_dtype=pl.Int64))
        .with_columns(
            pl.lit(views[0].as_of).alias("as_of"),
            pl.col("bucket").replace_strict(words, return_dtype=pl.String),
        )
        .select("as_of", "currency", "key", "bucket", "amount", "lines", "max_days_overdue")
    )

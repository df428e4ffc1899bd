"""The ageing of one currency as a table: keys down, buckets across; and what is shown apart from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.aging import aging_rows, aging_totals, bucket_labels
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.ledger import LedgerView

AgingKey = Literal["customer", "contract", "owner", "line"]
AGING_KEYS: tuple[AgingKey, ...] = get_args(AgingKey)


@dataclass(frozen=True)
class AgingTable:
    """Open amounts per key and bucket.

    Attributes:
        view: the ledger it was made from.
        by: what the keys are.
        labels: of the buckets, youngest first.
        rows: ``key``, ``name``, a column per label, ``total``, ``lines``, ``max_days_overdue``
        total: label -> amount.
    """

    view: LedgerView
    by: AgingKey
    labels: Sequence[str]
    rows: pl.DataFrame
    total: Mapping[str, Decimal]


def aging_table(view: LedgerView, book: Book, rulebook: Rulebook, by: AgingKey) -> AgingTable:
    """Return the open lines of a ledger aged per customer, contract, owner or line."""
    edges = rulebook.bucket_edges
    lines = view.lines.with_columns(
        contract=pl.col("contract_no"), line=pl.coalesce("line_id", "source_id", "invoice_no", UID)
    )
    rows = _named(aging_rows(lines, edges, by), lines, book, by)
    return AgingTable(view, by, bucket_labels(edges), rows, aging_totals(lines, edges))


def _named(rows: pl.DataFrame, lines: pl.DataFrame, book: Book, by: AgingKey) -> pl.DataFrame:
    """Return the rows with ``name``: a contract's title, a line's customer, else the key itself."""
    names = {
        "contract": book.rows("contracts").select("name", key="contract_no"),
        "line": lines.select(name="customer", key="line"),
    }.get(by, pl.DataFrame(schema={"name": pl.String, "key": pl.String}))
    named = rows.join(first_rows(names, "key"), on="key", how="left", maintain_order="left")
    return named.with_columns(pl.coalesce("name", "key"))


@dataclass(frozen=True, slots=True)
class Part:
    """An amount shown apart."""

    name: str
    lines: int
    amount: Decimal


def parts_apart(view: LedgerView) -> tuple[Part, ...]:
    """Return what is not in the ledger yet, then the parts of the open amount that need a word."""
    disputed, promised = (view.lines.filter(pl.col(name) > 0) for name in ("disputed", "promised"))
    return (
        _part("waiting", view.waiting, "amount"),
        _part("contract_asset", view.lines.filter("contract_asset"), "balance"),
        _part("disputed", disputed, "disputed"),
        _part("promised", promised, "promised"),
    )


def _part(name: str, lines: pl.DataFrame, column: str) -> Part:
    return Part(name, lines.height, lines.select(total(pl.col(column))).item())

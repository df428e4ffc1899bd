"""The service: the chain of a record as a tree, what is left of its contracts, and whether it ties."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.chain import TABLES, chain
from ltc_xl.rules.checks.contracts import NOT_BINDING
from ltc_xl.rules.derived import derived
from ltc_xl.rules.residual import SUMS, broken_ties, residuals
from ltc_xl.rules.untraced import untraced_contracts
from ltc_xl.trace.asked import asked_rows
from ltc_xl.trace.tree import node_data, trees


def untraced(book: Book) -> Outcome:
    """Return the binding contracts that no lead can be found for, latest first, and where the way ends."""
    lost = untraced_contracts(book).filter(~pl.col("state").is_in(NOT_BINDING).fill_null(value=False))
    told = lost.sort("signed_on", "contract_no", descending=[True, False], nulls_last=True).select(
        "contract_no", "customer", "signed_on", "gross", "owner", "missing"
    )
    return Outcome(data={"contracts": book.rows("contracts").height, "untraced": told.to_dicts()})


def trace(book: Book, rulebook: Rulebook, as_of: date, said: str) -> Outcome:
    """Return the chain of a record: every lead, deal, contract, receivable, invoice and receipt of it.

    Args:
        book: as read.
        rulebook: gives the firm's currency and holidays.
        as_of: the day; what is effective later has not happened.
        said: any number in the chain, or the name of a company, deal or contract.

    Raises:
        UsageError: there is no such row, or there are too many of that name.
    """
    asked = asked_rows(book, said)
    linked = chain(book, asked)
    part = derived(_part(book, linked), rulebook, as_of)
    found = {name: _those(part.rows(name), linked[name]) for name in TABLES}
    left = residuals(found, book, rulebook, as_of)
    ties = broken_ties(left, found, book, judges_book=_is_latest(book, as_of))
    return Outcome(
        data={
            "as_of": as_of.isoformat(),
            "currency": rulebook.currency,
            "asked": [{"table": name, "uid": uid} for name, uids in asked.items() for uid in sorted(uids)],
            "chains": [
                node_data(node, book, rulebook.currency, as_of) for node in trees(found, asked, as_of)
            ],
            "contracts": left.select("contract_no", "currency", "gross", *SUMS).to_dicts(),
            "totals": _totals(left),
            "ties": ties.to_dicts(),
            "tie_out": ties["difference"].abs().sum() or Decimal("0.00"),
            "untraced": untraced_contracts(part).select("contract_no", "missing").to_dicts(),
        },
        exit_status=int(ties.height > 0),
    )


def _part(book: Book, found: Mapping[str, pl.DataFrame]) -> Book:
    """Return the book with the rows of a chain alone, and the customers they name, whom grey cells need."""
    named = pl.concat([found[name]["customer"] for name in ("lines", "contracts", "receipts")]).drop_nulls()
    everybody = book.rows("customers")
    customers = everybody.filter(pl.col("name").is_in(named.implode()))
    part = reduce(lambda held, one: held.with_rows(*one), found.items(), book)
    return part.with_rows(
        "customers", pl.concat([found["customers"], customers]).unique(UID, maintain_order=True)
    )


def _those(rows: pl.DataFrame, linked: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col(UID).is_in(linked[UID].implode()))


def _totals(left: pl.DataFrame) -> list[dict[str, object]]:
    """Return the sums of each currency."""
    return left.group_by("currency", maintain_order=True).agg(pl.col(*SUMS).sum()).sort("currency").to_dicts()


def _is_latest(book: Book, as_of: date) -> bool:
    """Return whether the grey cells, which speak of today, speak of that day, too."""
    later = (book.rows(name)["effective_on"] > as_of for name in ("allocations", "adjustments"))
    return not any(days.any() for days in later)

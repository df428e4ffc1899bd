"""Promises to pay: those of today, and those that were not kept."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import MONEY, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.agenda.item import item
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.ledger import open_lines

_SETTLED = ("KEPT", "REPLACED")
_NOTHING = pl.lit(0).cast(MONEY)


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the promises on receivables, and those of 付款承诺, which count first."""
    lines = open_lines(book, rulebook, as_of).filter(pl.col("balance") > 0)
    registered = book.rows("promises").filter(pl.col("made_on") <= as_of)
    asked = book.rows("lines").select(UID, "promised_amount")
    unregistered = lines.join(
        registered, left_on="line_id", right_on="line", how="anti", maintain_order="left"
    )
    on_rows = unregistered.join(asked, on=UID, how="left", maintain_order="left").with_columns(
        due_on="promised_on", asked=pl.min_horizontal(pl.coalesce("promised_amount", "balance"), "balance")
    )
    yield from _told(on_rows, as_of, "lines", "promised_on", pl.col("line_id"))
    kept = registered.filter(~pl.col("result").is_in(_SETTLED).fill_null(value=False))
    yield from _told(_open_promises(kept, lines, book, as_of), as_of, "promises", "by_on", pl.col("line"))


def _told(
    promises: pl.DataFrame, as_of: date, table: str, column: str, number: pl.Expr
) -> Iterator[pl.DataFrame]:
    tests = {"promise_due": pl.col("due_on") == as_of, "promise_broken": pl.col("due_on") < as_of}
    for kind, test in tests.items():
        yield item(
            promises.drop_nulls("due_on").filter(test),
            kind,
            table,
            column,
            owner="owner",
            due_on="due_on",
            id=number,
            about="customer",
            amount="asked",
            currency="currency",
        )


def _open_promises(promises: pl.DataFrame, lines: pl.DataFrame, book: Book, as_of: date) -> pl.DataFrame:
    """Return the promises of which something is still to come: what is ``asked``, whose it is.

    Cash keeps a promise that came after it was made; a promise that names no line is about all that the
    customer owes.
    """
    promised = promises.rename({"line": "named"}).with_row_index("promise")
    of_line = promised.join(lines, left_on="named", right_on="line_id", suffix="_of_line")
    of_customer = promised.filter(pl.col("named").is_null()).join(lines, on="customer", suffix="_of_line")
    held = pl.concat(
        [rows.select("promise", "owner", "currency", "balance") for rows in (of_line, of_customer)]
    )
    owed = held.group_by("promise").agg(
        pl.col("owner", "currency").first(), total(pl.col("balance")).alias("balance")
    )
    left = pl.col("amount") - pl.col("paid").fill_null(_NOTHING)
    return (
        promised.join(owed, on="promise", maintain_order="left")
        .join(_paid_since(promised, book, as_of), on="promise", how="left", maintain_order="left")
        .with_columns(
            line="named",
            due_on="by_on",
            asked=pl.min_horizontal(pl.coalesce(left, "balance"), "balance").cast(MONEY),
        )
        .filter(pl.col("asked") > 0)
    )


def _paid_since(promised: pl.DataFrame, book: Book, as_of: date) -> pl.DataFrame:
    """Return ``promise`` and what was ``paid`` after it was made, by the day."""
    customers = first_rows(book.rows("lines"), "line_id").select("customer", line="line_id")
    cash = (
        book.rows("allocations")
        .filter(pl.col("effective_on") <= as_of)
        .select("line", "effective_on", cash="amount")
        .join(customers, on="line")
    )
    asked = promised.select("promise", "named", "customer", "made_on")
    paid = pl.concat(
        [
            asked.join(cash.drop("customer"), left_on="named", right_on="line").select(
                "promise", "made_on", "effective_on", "cash"
            ),
            asked.filter(pl.col("named").is_null())
            .join(cash, on="customer")
            .select("promise", "made_on", "effective_on", "cash"),
        ]
    ).filter(pl.col("effective_on") > pl.col("made_on"))
    return paid.group_by("promise").agg(total(pl.col("cash")).alias("paid"))

"""What is left of contracts: lines less cash less adjustments, added up again from the single entries."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import MONEY, total
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.checks.contracts import has_fixed_amount
from ltc_xl.rules.ledger import currency_of

Rows = Mapping[str, pl.DataFrame]
SUMS = ("lines", "allocated", "adjusted", "balance", "waiting")

_NOTHING = pl.lit(0).cast(MONEY)
_LOWERED = {"allocations": "allocated", "adjustments": "lowered"}


def residuals(found: Rows, book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return one row per contract and currency of a chain; ``contract_no`` is null for lines without one.

    Args:
        found: the rows of a chain (``rules.chain``).
        book: as read: its grey cells are judged.
        rulebook: gives the firm's currency.
        as_of: the day; what is effective later has not happened.

    Returns:
        ``gross`` of the contract (null where its lines need not add up to it), ``lines``, ``allocated``,
        ``adjusted``, what is left (``balance``), the part whose trigger is not met (``waiting``); and of the
        lines whose grey cells are filled, what is left (``judged``) and what the cells say (``shown``).
    """
    lines = _with_entries(found, as_of).join(_shown(book), on=UID, how="left", maintain_order="left")
    triggered = (pl.col("triggered_on") <= as_of).fill_null(value=False)
    left = pl.col("left")
    added = (
        lines.with_columns(currency_of(rulebook))
        .group_by("contract_no", "currency", maintain_order=True)
        .agg(
            total(pl.col("amount")).alias("lines"),
            total(pl.col("allocated")).alias("allocated"),
            total(pl.col("lowered")).alias("adjusted"),
            total(left).alias("balance"),
            total(left.filter(~triggered)).alias("waiting"),
            total(left.filter(pl.col("shown").is_not_null())).alias("judged"),
            total(pl.col("shown")).alias("shown"),
        )
    )
    bare = _gross(found["contracts"], rulebook).join(added, on="contract_no", how="anti", nulls_equal=True)
    with_gross = added.join(
        _gross(found["contracts"], rulebook).drop("currency"),
        on="contract_no",
        how="left",
        maintain_order="left",
    )
    whole = pl.concat([with_gross, bare], how="diagonal")
    return whole.with_columns(pl.col(*SUMS, "judged", "shown").fill_null(_NOTHING))


def _with_entries(found: Rows, as_of: date) -> pl.DataFrame:
    """Return the lines with what was allocated to them, what lowered them, and what is ``left``."""
    lines = found["lines"]
    for name, column in _LOWERED.items():
        effective = found[name].filter(pl.col("effective_on") <= as_of)
        sums = effective.group_by("line").agg(total(pl.col("amount")).alias(column))
        lines = lines.join(sums, left_on="line_id", right_on="line", how="left", maintain_order="left")
    lines = lines.with_columns(pl.col("amount", *_LOWERED.values()).fill_null(_NOTHING))
    left = pl.col("amount") - pl.col("allocated") - pl.col("lowered")
    return lines.with_columns(left=left.cast(MONEY))


def _shown(book: Book) -> pl.DataFrame:
    """Return ``_uid`` of each line and the balance that its grey cells make, null where they are blank."""
    cells = pl.col("amount") - pl.col("received") - pl.col("adjusted").fill_null(_NOTHING)
    return book.rows("lines").select(UID, shown=cells.cast(MONEY))


def _gross(contracts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Return the amount of each contract that its lines must make up."""
    fixed = pl.when(has_fixed_amount()).then("gross")
    return first_rows(contracts, "contract_no").select("contract_no", currency_of(rulebook), gross=fixed)


def broken_ties(left: pl.DataFrame, found: Rows, book: Book, *, judges_book: bool) -> pl.DataFrame:
    """Return what does not tie in a chain: ``kind``, ``number``, ``expected``, ``found``, ``difference``.

    ``gross``: the lines are not the contract. ``unbacked``: cash is allocated from a receipt that is not
    there. ``overdrawn``: more is allocated from a receipt than it brought. ``book``: the grey cells say
    something else than the entries, where ``judges_book``.
    """
    named = found["allocations"]["receipt"].drop_nulls().unique()
    entries = book.rows("allocations").filter(pl.col("receipt").is_in(named.implode()))
    cash = entries.group_by("receipt", maintain_order=True).agg(total(pl.col("amount")).alias("cash"))
    brought = first_rows(book.rows("receipts"), "receipt_id").select("amount", receipt="receipt_id")
    receipts = cash.join(brought, on="receipt", how="left", maintain_order="left")
    parts = [
        _tie("gross", left.drop_nulls("gross"), "contract_no", pl.col("gross"), "lines"),
        _tie("book", left if judges_book else left.clear(), "contract_no", pl.col("judged"), "shown"),
        _tie("unbacked", receipts.filter(pl.col("amount").is_null()), "receipt", _NOTHING, "cash"),
        _tie(
            "overdrawn",
            receipts.filter(pl.col("cash") > pl.col("amount")),
            "receipt",
            pl.col("amount"),
            "cash",
        ),
    ]
    return pl.concat(parts).filter(pl.col("difference") != 0)


def _tie(kind: str, rows: pl.DataFrame, number: str, expected: pl.Expr, found: str) -> pl.DataFrame:
    return rows.select(
        kind=pl.lit(kind),
        number=pl.col(number),
        expected=expected.cast(MONEY),
        found=pl.col(found).cast(MONEY),
        difference=(pl.col(found) - expected).cast(MONEY),
    )

"""The rows behind the figures of the director's page: deals, deals won, receipts, open lines."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import total
from ltc_xl.model.paper import Field, Grid
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report.figures import Rows
from ltc_xl.report.pipeline_paper import deal_grid
from ltc_xl.report.standing import Standing
from ltc_xl.rules.headline import quarter_start, receipts, won_deals
from ltc_xl.rules.ledger import LedgerView


def rows_behind(standing: Standing, book: Book, rulebook: Rulebook) -> Sequence[Grid]:
    """Return the rows of the figures, each kind on a sheet of the workbook."""
    start = quarter_start(standing.as_of)
    won = won_deals(book, rulebook, start, standing.as_of, standing.currency)
    paid = receipts(book, rulebook, start, standing.as_of, standing.currency)
    return (deal_grid(standing.pipeline), _won(won), _receipts(paid), _lines(standing.ledger))


def rows_of(standing: Standing, behind: Sequence[Grid]) -> Rows:
    """Return which grid each figure is made of, and how many of its rows count."""
    deals, won, paid, lines = behind
    month = standing.as_of.replace(day=1)
    own = standing.pipeline.deals.filter(pl.col("currency") == standing.currency).height
    return {
        "weighted_amount": (deals.name, own),
        "open_deals_amount": (deals.name, own),
        "won_month_amount": (won.name, _since(won, "closed_on", month)),
        "won_quarter_amount": (won.name, len(won.rows)),
        "collected_month_amount": (paid.name, _since(paid, "on", month)),
        "collected_quarter_amount": (paid.name, len(paid.rows)),
        "overdue_amount": (lines.name, standing.ledger.lines.filter(pl.col("days_overdue") > 0).height),
        "overdue_pct": (lines.name, len(lines.rows)),
        "dso_simple": (lines.name, len(lines.rows)),
        "open_receivables": (lines.name, len(lines.rows)),
    }


def _since(grid: Grid, column: str, day: date) -> int:
    return sum(1 for row in grid.rows if isinstance(on := row[column], date) and on >= day)


def _won(won: pl.DataFrame) -> Grid:
    fields = (
        Field("deal", "text"),
        Field("customer", "text"),
        Field("owner", "text"),
        Field("closed_on", "date"),
        Field("amount", "money"),
    )
    rows = won.select("customer", "owner", "closed_on", "amount", deal=pl.coalesce("name", "opp_id"))
    return Grid("won", fields, rows.to_dicts(), {"amount": _total(rows, "amount")}, where="sheet")


def _receipts(paid: pl.DataFrame) -> Grid:
    fields = (
        Field("who", "text"),
        Field("on", "date"),
        Field("amount", "money"),
        Field("receipt_id", "text"),
    )
    rows = paid.select("on", "amount", who=pl.coalesce("customer", "payer"), receipt_id="receipt_id")
    return Grid("receipts", fields, rows.to_dicts(), {"amount": _total(rows, "amount")}, where="sheet")


def _lines(view: LedgerView) -> Grid:
    fields = (
        Field("line_id", "text"),
        Field("customer", "text"),
        Field("contract_no", "text"),
        Field("item", "item"),
        Field("owner", "text"),
        Field("due_on", "date"),
        Field("days_overdue", "days"),
        Field("promised_on", "date"),
        Field("balance", "money"),
    )
    named = view.lines.with_columns(pl.coalesce("line_id", "source_id", "invoice_no"))
    latest_first = named.sort(["days_overdue", "balance", "line_id"], descending=[True, True, False])
    rows = latest_first.select(field.code for field in fields).to_dicts()
    return Grid("lines", fields, rows, {"balance": view.open_amount}, where="sheet")


def _total(rows: pl.DataFrame, column: str) -> Decimal:
    amount: Decimal = rows.select(total(pl.col(column))).item()
    return amount

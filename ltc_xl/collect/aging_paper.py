"""The ageing paper: what a director reads and an auditor ticks off."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import polars as pl

from ltc_xl.collect.aging_table import AgingTable, parts_apart
from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Chart, Field, Figure, Grid, Report, TieOut, paper_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules.ledger import TABLES, Basis, LedgerView, currency_of, journal
from ltc_xl.rules.metrics import dso_simple, quotient, sales_amount

SALES_DAYS = 90
Views = Mapping[Basis, Sequence[LedgerView]]


def aging_paper(table: AgingTable, book: Book, rulebook: Rulebook, views: Views) -> Paper:
    """Return the ageing of one currency as a paper, with the other basis beside it."""
    view = table.view
    lines = _lines(view)
    bases = _bases(view.currency, views)
    grids = (_buckets(table), _keys(table), lines, _late(lines), _apart(view), bases)
    report = Report(
        name="aging",
        firm=rulebook.settings.get("company", ""),
        source=book.name,
        as_of=view.as_of,
        currency=view.currency,
        basis=view.basis,
        figures=_figures(view, book, rulebook),
        grids={grid.name: grid for grid in grids},
        charts=_charts(table),
        tie_out=_tie_out(view),
        unread=book.unread_places(*TABLES),
        definitions=(
            "days_overdue",
            f"basis_{view.basis}",
            "contract_asset",
            "unapplied",
            "dso_simple",
            "tie_out",
        ),
        values={"days": SALES_DAYS},
    )
    several = [view.currency] if len(views[view.basis]) > 1 else []
    return paper_of(report, *([table.by] if table.by != "customer" else []), *several)


def _figures(view: LedgerView, book: Book, rulebook: Rulebook) -> tuple[Figure, ...]:
    overdue = view.overdue_amount
    of_currency = book.rows("lines").filter(currency_of(rulebook) == view.currency)
    postings = journal(book, view.basis).join(of_currency, on=UID, how="semi")
    sales = sales_amount(postings, view.as_of, SALES_DAYS)
    return (
        Figure("open_amount", view.open_amount, "money"),
        Figure("overdue_amount", overdue, "money", "bad" if overdue > 0 else "good"),
        Figure("overdue_pct", quotient(overdue, view.open_amount, 100), "percent"),
        Figure("dso_simple", dso_simple(view.open_amount, sales, SALES_DAYS), "days"),
        Figure("unapplied_amount", view.unapplied_amount, "money"),
    )


def _tie_out(view: LedgerView) -> TieOut:
    """Return Σ buckets - unapplied cash = ledger, retention not yet due (合同资产) on a line of its own."""
    assets = next(part.amount for part in parts_apart(view) if part.name == "contract_asset")
    sides = {
        "receivables": view.open_amount - assets,
        "contract_asset": assets,
        "unapplied": -view.unapplied_amount,
    }
    return TieOut(sides, "ledger", view.ledger)


def _buckets(table: AgingTable) -> Grid:
    whole = table.view.open_amount
    lines = dict(table.view.lines.group_by("bucket").len().iter_rows())
    rows = [
        {
            "bucket": label,
            "lines": lines.get(label, 0),
            "amount": amount,
            "share_pct": quotient(amount, whole, 100),
        }
        for label, amount in table.total.items()
    ]
    fields = (
        Field("bucket", "bucket"),
        Field("lines", "count"),
        Field("amount", "money"),
        Field("share_pct", "percent"),
    )
    full = Decimal(100) if whole else None
    return Grid(
        "buckets", fields, rows, {"lines": table.view.lines.height, "amount": whole, "share_pct": full}
    )


def _keys(table: AgingTable) -> Grid:
    name = () if table.by in {"customer", "owner"} else (Field("name", "text"),)
    fields = (
        Field(table.by, "text"),
        *name,
        *(Field(label, "money", bucket=True) for label in table.labels),
        Field("total", "money"),
        Field("max_days_overdue", "days"),
    )
    late = table.rows.with_columns(pl.col("max_days_overdue").clip(0)).rename({"key": table.by})
    worst = late["max_days_overdue"].max()
    total = {**table.total, "total": table.view.open_amount, "max_days_overdue": worst}
    return Grid("keys", fields, late.to_dicts(), total, where="sheet")


def _lines(view: LedgerView) -> Grid:
    fields = (
        Field("line_id", "text"),
        Field("customer", "text"),
        Field("contract_no", "text"),
        Field("item", "item"),
        Field("owner", "text"),
        Field("amount", "money"),
        Field("due_on", "date"),
        Field("days_overdue", "days"),
        Field("bucket", "bucket"),
        Field("balance", "money"),
    )
    named = view.lines.with_columns(pl.coalesce("line_id", "source_id", "invoice_no"))
    latest_first = named.sort(["days_overdue", "balance", "line_id"], descending=[True, True, False])
    rows = latest_first.select(field.code for field in fields).to_dicts()
    return Grid("lines", fields, rows, {"balance": view.open_amount}, where="sheet")


def _late(lines: Grid) -> Grid:
    rows = [row for row in lines.rows if int(str(row["days_overdue"])) > 0]
    return replace(lines, name="late_lines", rows=rows, total=None, where="nowhere")


def _apart(view: LedgerView) -> Grid:
    fields = (Field("part", "entry"), Field("lines", "count"), Field("amount", "money"))
    rows = [{"part": part.name, "lines": part.lines, "amount": part.amount} for part in parts_apart(view)]
    return Grid("apart", fields, rows)


def _bases(currency: str, views: Views) -> Grid:
    fields = (
        Field("basis", "basis"),
        Field("lines", "count"),
        Field("open_balance", "money"),
        Field("overdue_amount", "money"),
        Field("unapplied_amount", "money"),
        Field("ledger_amount", "money"),
        Field("tie_out", "money"),
    )
    rows = [_basis_row(view) for each in views.values() for view in each if view.currency == currency]
    return Grid("bases", fields, rows)


def _basis_row(view: LedgerView) -> Mapping[str, object]:
    return {
        "basis": view.basis,
        "lines": view.lines.height,
        "open_balance": view.open_amount,
        "overdue_amount": view.overdue_amount,
        "unapplied_amount": view.unapplied_amount,
        "ledger_amount": view.ledger,
        "tie_out": view.tie_out,
    }


def _charts(table: AgingTable) -> Mapping[str, Chart]:
    return {
        "buckets": Chart("buckets", "buckets", "columns", "bucket", ("amount",)),
        "keys": Chart("keys", "keys", "stacked", table.by, tuple(table.labels), limit=10),
    }

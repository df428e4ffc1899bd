"""The director's page as a paper."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Chart, Field, Grid, Phrase, Report, TieOut, paper_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report.figures import SALES_WINDOW, headline_figures
from ltc_xl.report.pipeline_paper import stage_grid
from ltc_xl.report.rows_behind import rows_behind, rows_of
from ltc_xl.report.standing import Standing
from ltc_xl.rules.forecast import TIERS, WEEKS, Forecast
from ltc_xl.rules.ledger import TABLES
from ltc_xl.rules.metrics import quotient

_READ = (*TABLES, "leads", "opportunities")


def management_paper(standing: Standing, book: Book, rulebook: Rulebook) -> Paper:
    """Return the page, with the rows behind its figures."""
    behind = rows_behind(standing, book, rulebook)
    grids = (
        _funnel(standing),
        stage_grid(standing.pipeline),
        _buckets(standing),
        _weeks(standing.cash),
        _tiers(standing),
        _changes(standing.movements),
        _calls(standing.calls),
        _others(standing),
        *behind,
    )
    report = Report(
        name="management",
        firm=rulebook.settings.get("company", ""),
        source=book.name,
        as_of=standing.as_of,
        currency=standing.currency,
        basis=standing.ledger.basis,
        figures=headline_figures(standing.now, standing.then, rows_of(standing, behind)),
        grids={grid.name: grid for grid in grids},
        charts=_CHARTS,
        tie_out=cash_tie_out(standing),
        definitions=("cash_weeks", "cash_tiers", "basis_contract", "calls"),
        values={"days": SALES_WINDOW, "weeks": WEEKS, "since": standing.then.as_of},
        unread=book.unread_places(*_READ),
    )
    return paper_of(report, formats=("html", "xlsx", "pdf"))


_CHARTS: Mapping[str, Chart] = {
    "funnel": Chart("funnel", "funnel", "funnel", "stage", ("count",), beside="step_pct"),
    "stages": Chart("stages", "stages", "paired", "stage", ("amount", "weighted_amount"), limit=16),
    "buckets": Chart("buckets", "buckets", "columns", "bucket", ("amount",)),
    "weeks": Chart("weeks", "weeks", "layers", "from_day", TIERS, limit=WEEKS),
}


def cash_tie_out(standing: Standing) -> TieOut:
    """Return Σ of the tiers in the ledger - unapplied cash = ledger."""
    cash = standing.cash
    sides = {
        "cash_overdue": cash.amount("overdue"),
        "cash_due": cash.amount("due"),
        "cash_promised": cash.amount("promised"),
        "cash_later": cash.amount("due", "promised", later=True),
        "unapplied": -standing.ledger.unapplied_amount,
    }
    return TieOut(sides, "ledger", standing.ledger.ledger)


def _funnel(standing: Standing) -> Grid:
    fields = (
        Field("stage", "stage"),
        Field("count", "count"),
        Field("step_pct", "percent"),
        Field("amount", "money"),
    )
    return Grid("funnel", fields, standing.funnel.to_dicts())


def _buckets(standing: Standing) -> Grid:
    whole = standing.ledger.open_amount
    lines = dict(standing.ledger.lines.group_by("bucket").len().iter_rows())
    rows = [
        {
            "bucket": label,
            "lines": lines.get(label, 0),
            "amount": amount,
            "share_pct": quotient(amount, whole, 100),
        }
        for label, amount in standing.buckets.items()
    ]
    fields = (
        Field("bucket", "bucket"),
        Field("lines", "count"),
        Field("amount", "money"),
        Field("share_pct", "percent"),
    )
    return Grid("buckets", fields, rows, {"lines": standing.ledger.lines.height, "amount": whole})


def _weeks(cash: Forecast) -> Grid:
    """Return the weeks by their first day; what the plan alone says is not added to the expected."""
    fields = (
        Field("from_day", "text"),
        *(Field(tier, "money") for tier in ("due", "promised", "expected", "cumulative", "planned")),
    )
    rows = [{**row, "from_day": f"{row['first_day']:%m-%d}"} for row in cash.weeks.iter_rows(named=True)]
    sums = {name: sum((row[name] for row in rows), Decimal("0.00")) for name in (*TIERS, "expected")}
    return Grid("weeks", fields, rows, sums)


def _tiers(standing: Standing) -> Grid:
    """Return everything that is to come in, with and without a week."""
    cash, ledger = standing.cash, standing.ledger
    amounts = {
        "cash_overdue": cash.amount("overdue"),
        "cash_due": cash.amount("due"),
        "cash_promised": cash.amount("promised"),
        "cash_later": cash.amount("due", "promised", later=True),
        "open_ledger": ledger.open_amount,
        "unapplied": -ledger.unapplied_amount,
        "ledger": ledger.ledger,
        "cash_planned": cash.amount("planned"),
        "cash_planned_later": cash.amount("planned", later=True),
        "cash_plan_passed": cash.amount("plan_passed"),
        "cash_unplanned": cash.amount("unplanned"),
    }
    fields = (Field("part", "entry"), Field("amount", "money"))
    return Grid("tiers", fields, [{"part": name, "amount": amount} for name, amount in amounts.items()])


def _changes(movements: pl.DataFrame) -> Grid:
    fields = (
        Field("event", "entry"),
        Field("count", "count"),
        Field("amount", "money"),
        Field("largest", "text"),
    )
    return Grid("changes", fields, movements.to_dicts())


def _calls(calls: pl.DataFrame) -> Grid:
    fields = (
        Field("rank", "count"),
        Field("who", "text"),
        Field("why", "phrase"),
        Field("amount", "money"),
        Field("owner", "text"),
        Field("contact", "text"),
        Field("phone", "text"),
    )
    rows = [
        {**row, "rank": place, "who": row["name"], "why": _why(row)}
        for place, row in enumerate(calls.iter_rows(named=True), start=1)
    ]
    return Grid("calls", fields, rows, where="sheet")


def _why(row: Mapping[str, object]) -> Phrase:
    return Phrase(str(row["reason"]), {name: row[name] for name in ("count", "on", "days", "stage")})


def _others(standing: Standing) -> Grid:
    """Return what is in other currencies: open deals and receivables."""
    pipelines = {str(row["currency"]): row for row in standing.pipeline.others.iter_rows(named=True)}
    ledgers = {view.currency: view for view in standing.others}
    rows = [
        {
            "currency": currency,
            "count": pipelines.get(currency, {}).get("count", 0),
            "deals_amount": pipelines.get(currency, {}).get("amount", Decimal("0.00")),
            "open_balance": ledgers[currency].open_amount if currency in ledgers else Decimal("0.00"),
            "overdue_amount": ledgers[currency].overdue_amount if currency in ledgers else Decimal("0.00"),
        }
        for currency in sorted(pipelines.keys() | ledgers.keys())
    ]
    fields = (
        Field("currency", "text"),
        Field("count", "count"),
        Field("deals_amount", "money"),
        Field("open_balance", "money"),
        Field("overdue_amount", "money"),
    )
    return Grid("foreign", fields, rows, where="overview" if rows else "nowhere")

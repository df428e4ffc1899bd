"""The pipeline as a paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import total
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Chart, Field, Figure, Grid, Number, Phrase, Report, paper_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.own_keys import OWN, file_name
from ltc_xl.rules.pipeline import WINDOW_DAYS, Velocity, pipeline_by

VALUES: Mapping[str, object] = {"window": WINDOW_DAYS}
_SUMS = (
    Field("count", "count"),
    Field("amount", "money"),
    Field("weighted_amount", "money"),
    Field("mean_days_in_stage", "days"),
)
_MARKS = (Field("stuck", "count"), Field("late", "count"))
_DEALS = (
    Field("deal", "text"),
    Field("customer", "text"),
    Field("owner", "text"),
    Field("stage", "stage"),
    Field("amount", "money"),
    Field("weighted_amount", "money"),
    Field("expected_close", "date"),
    Field("days_in_stage", "count"),
    Field("mark", "phrase"),
)


@dataclass(frozen=True)
class PipelineTable:
    """The pipeline in figures.

    Attributes:
        deals: every open deal with its own amounts.
        own: the same with the amounts of one currency only.
        others: what the deals in other currencies come to.
        by: what the firm's own column is called by which they are told as well, '' for none.
    """

    as_of: date
    currency: str
    deals: pl.DataFrame
    own: pl.DataFrame
    stages: pl.DataFrame
    owners: pl.DataFrame
    months: pl.DataFrame
    total: Mapping[str, Number | None]
    others: pl.DataFrame
    velocity: Velocity
    by: str = ""

    @property
    def keys(self) -> pl.DataFrame:
        """Return the deals per value of the firm's own column."""
        return pipeline_by(self.own, OWN)


def pipeline_paper(table: PipelineTable, book: Book, rulebook: Rulebook) -> Paper:
    """Return the pipeline as a paper."""
    grids = (
        stage_grid(table),
        _grid(table, "owners", "owner", table.owners),
        _grid(table, "by_month", "month", table.months),
        deal_grid(table),
        other_grid(table.others),
        *([_grid(table, OWN, OWN, table.keys, table.by)] if table.by else []),
    )
    report = Report(
        name="pipeline",
        firm=rulebook.settings.get("company", ""),
        source=book.name,
        as_of=table.as_of,
        currency=table.currency,
        figures=pipeline_figures(table),
        grids={grid.name: grid for grid in grids},
        charts={
            "stages": Chart("stages", "stages", "paired", "stage", ("amount", "weighted_amount"), limit=16),
            "months": Chart("months", "by_month", "grouped", "month", ("amount", "weighted_amount")),
        },
        values=VALUES,
        unread=book.unread_places("opportunities"),
    )
    named = [file_name(table.by)] if table.by else []
    return paper_of(report, *named, formats=("html", "xlsx", "pdf"))


def pipeline_figures(table: PipelineTable) -> tuple[Figure, ...]:
    """Return what is read first."""
    whole, pace = table.total, table.velocity
    stuck, late = (_sum(table.own.filter(name)) for name in ("stuck", "late"))
    partly = bool(table.deals["stage"].null_count())
    return (
        Figure(
            "open_deals_amount",
            whole["amount"],
            "money",
            beside=Figure("open_deals", whole["count"], "count"),
        ),
        Figure(
            "weighted_amount",
            whole["weighted_amount"],
            "money",
            floor=partly,
            beside=Figure("mean_days_in_stage", whole["mean_days_in_stage"], "days"),
        ),
        Figure(
            "velocity",
            pace.per_month,
            "money",
            beside=Figure("win_rate_year_pct", pace.win_rate_pct, "percent"),
        ),
        Figure(
            "stuck_amount",
            stuck,
            "money",
            "bad" if whole["stuck"] else "good",
            beside=Figure("stuck_deals", whole["stuck"], "count"),
        ),
        Figure(
            "late_amount",
            late,
            "money",
            "bad" if whole["late"] else "good",
            beside=Figure("late_deals", whole["late"], "count"),
        ),
    )


def _sum(rows: pl.DataFrame) -> Decimal:
    amount: Decimal = rows.select(total(pl.col("amount"))).item()
    return amount


def stage_grid(table: PipelineTable) -> Grid:
    """Return the deals by stage, with the longest stay that each allows."""
    fields = (Field("stage", "stage"), *_SUMS, Field("max_days", "count"), *_MARKS)
    return Grid("stages", fields, table.stages.to_dicts(), table.total)


def _grid(table: PipelineTable, name: str, key: str, rows: pl.DataFrame, heading: str = "") -> Grid:
    fields = (Field(key, "text", heading=heading), *_SUMS, *_MARKS)
    return Grid(name, fields, rows.to_dicts(), table.total, where="sheet")


def deal_grid(table: PipelineTable) -> Grid:
    """Return the deals one by one, largest first; those in another currency say so."""
    rows = [_deal(row, table) for row in table.deals.iter_rows(named=True)]
    whole = {name: table.total[name] for name in ("amount", "weighted_amount")}
    return Grid("deals", _DEALS, rows, whole, where="sheet")


def _deal(row: Mapping[str, object], table: PipelineTable) -> Mapping[str, object]:
    own = row["currency"] == table.currency
    return {
        **row,
        "deal": row["name"] or row["opp_id"],
        "amount": row["amount"] if own else None,
        "weighted_amount": row["weighted"] if own else None,
        "mark": _mark(row, own=own),
    }


def _mark(row: Mapping[str, object], *, own: bool) -> Phrase | None:
    """Return what deserves a word about a deal."""
    if not own:
        return Phrase("mark_other_currency", {"amount": row["amount"], "currency": row["currency"]})
    key = "_and_".join(name for name in ("late", "stuck") if row[name])
    return Phrase(f"mark_{key}", {"max_days": row["max_days"]}) if key else None


def other_grid(others: pl.DataFrame) -> Grid:
    """Return what the deals in other currencies come to."""
    fields = (Field("currency", "text"), *_SUMS[:3])
    return Grid("others", fields, others.to_dicts(), where="overview" if others.height else "nowhere")

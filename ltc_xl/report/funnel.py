"""The funnel from lead to signed deal, per channel, owner, month or team."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.money import money_text
from ltc_xl.model.outcome import Outcome, Paper
from ltc_xl.model.paper import Chart, Field, Figure, Grid, Number, Phrase, Report, paper_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.back_test import NEEDED, BackTest, back_test
from ltc_xl.rules.derived import derived
from ltc_xl.rules.funnel import (
    FUNNEL_KEYS,
    FunnelKey,
    deals,
    funnel_leads,
    funnel_rows,
    funnel_stages,
    funnel_total,
    in_currency,
    main_currency,
    other_currencies,
)
from ltc_xl.rules.lead_exits import lead_exits
from ltc_xl.rules.own_keys import OWN, file_name, own_label, refuse_unknown

_AMOUNTS = ("won_amount", "open_amount", "open_amount_at_list", "weighted_amount")
_FIELDS = (
    Field("leads", "count"),
    Field("qualified", "count"),
    Field("opportunities", "count"),
    Field("open", "count"),
    Field("won", "count"),
    Field("lost", "count"),
    Field("conversion_pct", "percent"),
    Field("win_rate_pct", "percent"),
    *(Field(name, "money") for name in _AMOUNTS),
    Field("median_cycle_days_won", "days"),
)
_TOLD_BY = ("leads", "opportunities")
"""Tables whose own columns a funnel can be told by."""
_DEFINED = ("leads", "qualified", "conversion", "win_rate", "open_at_list", "weighted", "cycle_days")


def funnel(book: Book, rulebook: Rulebook, as_of: date, by: str = "channel") -> Outcome:
    """Return the funnel per channel, owner, month or team, or per value of a column of the firm's own.

    Amounts are in the firm's currency (where no deal is, in the one most deals are in); deals in others are
    counted, and their amounts stand apart.

    Raises:
        UsageError: neither leads nor deals have an own column of that name.
    """
    refuse_unknown(book, by, FUNNEL_KEYS, *_TOLD_BY)
    key = cast("FunnelKey", by if by in FUNNEL_KEYS else OWN)
    own = own_label(book, by, *_TOLD_BY) if key == OWN else ""
    leads, known = funnel_leads(book, as_of, own), deals(derived(book, rulebook, as_of), as_of, own)
    currency = main_currency(known, rulebook.currency)
    shown = in_currency(known, currency, rulebook.currency)
    others = other_currencies(known, currency, rulebook.currency)
    table = FunnelTable(
        as_of,
        key,
        currency,
        stages=funnel_stages(leads, shown),
        rows=funnel_rows(leads, shown, key),
        total=funnel_total(leads, shown),
        others=others,
        exits=lead_exits(leads, key),
        grades=back_test(book, as_of),
        own=own,
    )
    return Outcome(papers=(_paper(table, book, rulebook),), data=_document(table))


@dataclass(frozen=True)
class FunnelTable:
    """The funnel as figures.

    ``others`` are the deals in other currencies, ``exits`` why leads came back, ``own`` what the firm's own
    column is called by which it is told, '' where it is told by another.
    """

    as_of: date
    by: FunnelKey
    currency: str
    stages: pl.DataFrame
    rows: pl.DataFrame
    total: Mapping[str, Number | None]
    others: pl.DataFrame
    exits: pl.DataFrame
    grades: BackTest
    own: str = ""


# ---------------------------------------------------------------- machine form


def _document(table: FunnelTable) -> dict[str, object]:
    return {
        "as_of": table.as_of.isoformat(),
        "by": table.own or table.by,
        "currency": table.currency,
        "stages": [_texts(row) for row in table.stages.iter_rows(named=True)],
        "total": _texts(table.total),
        "rows": [_texts(row) for row in table.rows.iter_rows(named=True)],
        "exits": table.exits.to_dicts(),
        "backtest": {
            "outcomes": table.grades.outcomes,
            "needed": NEEDED,
            "rows": table.grades.rows.to_dicts(),
        },
        "other_currencies": [_texts(row) for row in table.others.iter_rows(named=True)],
    }


def _texts(row: Mapping[str, object]) -> dict[str, object]:
    return {name: money_text(v) if isinstance(v, Decimal) else v for name, v in row.items()}


# ---------------------------------------------------------------- paper


def _paper(table: FunnelTable, book: Book, rulebook: Rulebook) -> Paper:
    grids = (_stage_grid(table), _key_grid(table), _exit_grid(table), _grade_grid(table), _other_grid(table))
    report = Report(
        name="funnel",
        firm=rulebook.settings.get("company", ""),
        source=book.name,
        as_of=table.as_of,
        currency=table.currency,
        figures=_figures(table),
        grids={grid.name: grid for grid in grids},
        charts={
            "stages": Chart("stages", "stages", "bars", "stage", ("count",), limit=20),
            "keys": Chart("keys", "keys", "paired", table.by, ("won_amount", "open_amount_at_list")),
        },
        definitions=(
            *_DEFINED,
            *(["exits"] if table.exits.height else []),
            *(["grades"] if table.grades.rows.height else []),
        ),
        unread=book.unread_places("leads", "opportunities"),
    )
    named = table.own and file_name(table.own)
    return paper_of(report, *([named or table.by] if table.by != "channel" else []))


def _figures(table: FunnelTable) -> tuple[Figure, ...]:
    whole = table.total
    return (
        Figure("leads", whole["leads"], "count"),
        Figure("won_amount", whole["won_amount"], "money"),
        Figure("conversion_pct", whole["conversion_pct"], "percent"),
        Figure("win_rate_pct", whole["win_rate_pct"], "percent"),
        Figure("open_amount_at_list", whole["open_amount_at_list"], "money"),
    )


def _stage_grid(table: FunnelTable) -> Grid:
    fields = (Field("stage", "stage"), Field("count", "count"), Field("amount", "money"))
    return Grid("stages", fields, table.stages.to_dicts())


def _key_grid(table: FunnelTable) -> Grid:
    order = ["key"] if table.by == "month" else ["won_amount", "leads", "key"]
    rows = table.rows.sort(order, descending=[name != "key" for name in order])
    return Grid(
        "keys",
        (Field(table.by, "text", heading=table.own), *_FIELDS),
        rows.rename({"key": table.by}).to_dicts(),
        table.total,
        where="sheet",
    )


def _exit_grid(table: FunnelTable) -> Grid:
    fields = (
        Field(table.by, "text", heading=table.own),
        Field("exit", "phrase"),
        Field("reason", "text"),
        Field("leads", "count"),
        Field("share_pct", "percent"),
    )
    rows = [
        {**row, table.by: row["key"], "exit": Phrase(f"exit_{row['exit']}")}
        for row in table.exits.iter_rows(named=True)
    ]
    return Grid("exits", fields, rows, where="sheet")


def _grade_grid(table: FunnelTable) -> Grid:
    """Return grade against what was won; empty while too few ends are known."""
    fields = (
        Field("grade", "text"),
        *(Field(code, "count") for code in ("leads", "won", "lost", "invalid")),
        Field("won_pct", "percent"),
    )
    rows = table.grades.rows.with_columns(won_pct=pl.col("won_rate") * 100)
    return Grid("grades", fields, rows.to_dicts(), where="sheet")


def _other_grid(table: FunnelTable) -> Grid:
    fields = (Field("currency", "text"), *(field for field in _FIELDS if field.code in table.others.columns))
    return Grid("others", fields, table.others.to_dicts(), where="sheet")

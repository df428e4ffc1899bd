"""The pipeline: open deals by stage, owner and month of signing, stuck and late ones marked."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report.document import Texts, definitions, figure_data, records, texts
from ltc_xl.report.pipeline_paper import VALUES, PipelineTable, pipeline_figures, pipeline_paper
from ltc_xl.rules.derived import derived
from ltc_xl.rules.funnel import deals, in_currency, main_currency
from ltc_xl.rules.own_keys import own_label, refuse_unknown
from ltc_xl.rules.pipeline import (
    open_deals,
    other_pipelines,
    pipeline_by,
    pipeline_stages,
    pipeline_total,
    velocity,
)


def pipeline(book: Book, rulebook: Rulebook, as_of: date, by: str = "owner") -> Outcome:
    """Return the open deals of a day by stage, owner and month, and by a column of the firm's own.

    Amounts are in the currency of the funnel; deals in others are counted, and their amounts stand apart.

    Raises:
        UsageError: deals have no own column of that name.
    """
    refuse_unknown(book, by, ("owner",), "opportunities")
    full = derived(book, rulebook, as_of)
    currency = main_currency(deals(full, as_of), rulebook.currency)
    table = pipeline_table(full, rulebook, as_of, currency, None if by == "owner" else by)
    return Outcome(papers=(pipeline_paper(table, full, rulebook),), data=_document(table, full))


def pipeline_table(
    full: Book, rulebook: Rulebook, as_of: date, currency: str, by: str | None = None
) -> PipelineTable:
    """Return the pipeline in figures; ``full`` has its computed columns filled, ``by`` is an own column."""
    every = open_deals(full, rulebook, as_of, by)
    own = in_currency(every, currency, rulebook.currency)
    return PipelineTable(
        as_of,
        currency,
        deals=every,
        own=own,
        stages=pipeline_stages(own),
        owners=pipeline_by(own, "owner"),
        months=pipeline_by(own, "month"),
        total=pipeline_total(own),
        others=other_pipelines(every, currency),
        velocity=velocity(full, own, as_of),
        by=own_label(full, by, "opportunities") if by else "",
    )


_DEAL = (
    "opp_id",
    "name",
    "customer",
    "owner",
    "stage",
    "amount",
    "currency",
    "probability",
    "weighted",
    "expected_close",
    "days_in_stage",
    "stuck",
    "late",
)


def _document(table: PipelineTable, book: Book) -> Texts:
    named = [one for figure in pipeline_figures(table) for one in (figure, figure.beside) if one]
    return {
        "as_of": table.as_of.isoformat(),
        "currency": table.currency,
        "total": texts(table.total),
        "figures": {figure.name: figure_data(figure)["value"] for figure in named},
        "stages": records(table.stages),
        "owners": records(table.owners),
        "months": records(table.months),
        **({"by": table.by, "keys": records(table.keys)} if table.by else {}),
        "deals": _deals(table.deals),
        "other_currencies": records(table.others),
        "definitions": definitions([figure.name for figure in named], book.lang, **VALUES),
    }


def _deals(deals_: pl.DataFrame) -> list[Texts]:
    shown = deals_.select(_DEAL).rename({"opp_id": "id", "weighted": "weighted_amount"})
    return records(shown.with_columns(pl.col("probability").cast(pl.Float64)))

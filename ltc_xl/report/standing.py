"""Where the firm stands on a day: everything that the director's page tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.report.pipeline_paper import PipelineTable
from ltc_xl.rules.forecast import Forecast
from ltc_xl.rules.headline import Headline
from ltc_xl.rules.ledger import LedgerView


@dataclass(frozen=True)
class Standing:
    """Where the firm stands on a day; amounts in one currency.

    Attributes:
        now, then: the figures of the day and of the month end before.
        others: the ledgers in other currencies.
    """

    as_of: date
    currency: str
    now: Headline
    then: Headline
    funnel: pl.DataFrame
    pipeline: PipelineTable
    ledger: LedgerView
    buckets: Mapping[str, Decimal]
    cash: Forecast
    movements: pl.DataFrame
    calls: pl.DataFrame
    others: tuple[LedgerView, ...]

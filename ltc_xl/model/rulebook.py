"""The rulebook: what the rule sheets of a workbook say, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.finding import Severity
from ltc_xl.model.tables import table


@dataclass(frozen=True, slots=True)
class CheckRule:
    """Severity, level (``basic`` or ``strict``) and switch of one check."""

    severity: Severity
    level: str = "basic"
    active: bool = True


@dataclass(frozen=True)
class Rulebook:
    """Typed rule sheets; a sheet the workbook lacks is the shipped default.

    Attributes:
        settings: key -> text as typed in 设置 (cfgSettings).
        bucket_edges: last day of each ageing bucket, ascending, in days overdue.
        checks: finding code -> how it is treated.
        win_rates: opportunity stage -> default win rate, 0 to 1.
        holidays, make_up_days: exceptions from Monday to Friday.
        tables: the rows of every other rule table by canonical name.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    bucket_edges: tuple[int, ...] = (0, 30, 60, 90, 180, 365)
    checks: Mapping[str, CheckRule] = field(default_factory=dict)
    win_rates: Mapping[str, Decimal] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def rows(self, name: str) -> pl.DataFrame:
        """Return the rows of a rule table."""
        return self.tables[name] if name in self.tables else table(name).empty()

    @property
    def currency(self) -> str:
        """Return the firm's own currency: rows without one are in it."""
        return self.settings.get("base_currency") or "CNY"

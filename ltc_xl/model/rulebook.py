"""The rulebook: what the rule sheets of a workbook say, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.finding import Finding, Severity
from ltc_xl.model.tables import table


@dataclass(frozen=True, slots=True)
class CheckRule:
    """Severity, level (``basic`` or ``strict``) and switch of one check."""

    severity: Severity
    level: str = "basic"
    active: bool = True


@dataclass(frozen=True)
class RuleVersion:
    """What the rules of a sheet said while they were sound.

    Attributes:
        version: their digest.
        rows: of the sheet, as a book holds them.
        own: ``_uid`` and the firm's own columns by their header; None where there were none.
        index: the rows of 规则目录 that spoke of the sheet.
        since: the day since which they say so.
        seq: the commit since which they do; 0 for what no store keeps yet.
    """

    version: str
    rows: pl.DataFrame
    own: pl.DataFrame | None
    index: pl.DataFrame
    since: date
    seq: int = 0


@dataclass(frozen=True)
class Kept:
    """An older version of a rule sheet that stays in force.

    Attributes:
        held: the version.
        problems: the errors of the sheet as it stands.
        beside: the sheet on whose account it stays although this one has no error; None where it has.
    """

    held: RuleVersion
    problems: tuple[Finding, ...] = ()
    beside: str | None = None


@dataclass(frozen=True)
class Rulebook:
    """Typed rule sheets; a sheet the workbook lacks is the shipped default.

    Attributes:
        settings: key -> text as typed in 设置 (cfgSettings).
        bucket_edges: last day of each ageing bucket, ascending, in days overdue.
        checks: finding code -> how it is treated.
        win_rates: opportunity stage -> default win rate, 0 to 1.
        holidays, make_up_days: exceptions from Monday to Friday.
        tables: the rows of every other rule table by canonical name: those in force.
        kept: rule table -> the older version of it that stays in force; ``tables`` has its rows.
        typed: rule table -> its rows as they stand on the sheet, for those of ``kept``.
        rests: which rule tables 规则目录 switches off on the day, and why.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    bucket_edges: tuple[int, ...] = (0, 30, 60, 90, 180, 365)
    checks: Mapping[str, CheckRule] = field(default_factory=dict)
    win_rates: Mapping[str, Decimal] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)
    typed: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    rests: tuple[Finding, ...] = ()

    def rows(self, name: str) -> pl.DataFrame:
        """Return the rows of a rule table."""
        return self.tables[name] if name in self.tables else table(name).empty()

    def with_kept(self, kept: Mapping[str, Kept]) -> "Rulebook":
        """Return the rulebook in which older versions are in force in place of what stands on the sheets."""
        rows = {name: one.held.rows for name, one in kept.items()}
        stands = {**self.tables, **self.typed}
        typed = {name: stands[name] for name in kept}
        return replace(self, tables={**stands, **rows}, kept=kept, typed=typed)

    @property
    def as_typed(self) -> "Rulebook":
        """Return the rulebook as the sheets say it, sound or not."""
        return self.with_kept({})

    @property
    def currency(self) -> str:
        """Return the firm's own currency: rows without one are in it."""
        return self.settings.get("base_currency") or "CNY"

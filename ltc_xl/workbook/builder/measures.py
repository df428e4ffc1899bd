"""Figures of the dashboard: one declaration each, from which come the Excel formula and its polars twin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.enums import Lang, codes_of_kind, label
from ltc_xl.model.tables import table, with_live_columns
from ltc_xl.workbook.builder.layout import column_reference
from ltc_xl.workbook.builder.names import CURRENCY

Number = int | float
Value = Number | str


@dataclass(frozen=True)
class Frames:
    """The rows the figures are counted from, live columns computed, as of a day."""

    rows: Mapping[str, pl.DataFrame]
    as_of: date

    @property
    def currency(self) -> str:
        """Return the firm's own currency."""
        return self.setting("base_currency") or "CNY"

    def setting(self, key: str) -> str:
        """Return a setting as typed; '' when it is blank."""
        found = self.rows["settings"].filter(pl.col("key") == key)["value"].drop_nulls().to_list()
        return found[0] if found else ""


def frames_of(rows: Mapping[str, pl.DataFrame], as_of: date) -> Frames:
    """Return the rows of a workbook, ready to count."""
    return Frames({name: with_live_columns(table(name), frame, as_of) for name, frame in rows.items()}, as_of)


@dataclass(frozen=True)
class Sheet:
    """How formulas speak of one table in one language."""

    table: str
    lang: Lang

    def ref(self, column: str) -> str:
        """Return a whole column."""
        return column_reference(self.table, column, self.lang)


@dataclass(frozen=True)
class Among:
    """Rows whose enum column is one of some codes."""

    column: str
    codes: tuple[str, ...]

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula of zeros and ones."""
        enum = table(sheet.table).by_code[self.column].enum or ""
        labels = ",".join(f'"{label(enum, code, sheet.lang)}"' for code in self.codes)
        return f"ISNUMBER(MATCH({sheet.ref(self.column)},{{{labels}}},0))"

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return pl.col(self.column).is_in(self.codes)


def of_kind(table_name: str, column: str, *kinds: str) -> Among:
    """Return the test that an enum column is of some kinds, e.g. open."""
    return Among(column, codes_of_kind(table(table_name).by_code[column].enum or "", *kinds))


@dataclass(frozen=True)
class Home:
    """Rows in the firm's own currency; a row without one is."""

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        currency = sheet.ref("currency")
        return f'((({currency}="")+({currency}={CURRENCY}))>0)'

    def polars(self, frames: Frames) -> pl.Expr:
        """Return the same test over a frame."""
        return pl.col("currency").is_null() | (pl.col("currency") == frames.currency)


@dataclass(frozen=True)
class Above:
    """Rows whose number is above a limit; a blank is not."""

    column: str
    limit: int = 0

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        cells = sheet.ref(self.column)
        return f"ISNUMBER({cells})*({cells}>{self.limit})"

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return pl.col(self.column) > self.limit


@dataclass(frozen=True)
class Open:
    """Rows whose amount is not nothing."""

    column: str

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        cells = sheet.ref(self.column)
        return f"ISNUMBER({cells})*({cells}<>0)"

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return pl.col(self.column) != 0


@dataclass(frozen=True)
class UpToToday:
    """Rows dated today or before, from the start of this ``month`` or ``year`` when one is named."""

    column: str
    since: str = ""

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        cells = sheet.ref(self.column)
        starts = {"month": "DATE(YEAR(TODAY()),MONTH(TODAY()),1)", "year": "DATE(YEAR(TODAY()),1,1)"}
        begin = f"*({cells}>={starts[self.since]})" if self.since else ""
        return f"ISNUMBER({cells})*({cells}<=TODAY()){begin}"

    def polars(self, frames: Frames) -> pl.Expr:
        """Return the same test over a frame."""
        starts = {"month": frames.as_of.replace(day=1), "year": frames.as_of.replace(month=1, day=1)}
        return pl.col(self.column).is_between(starts.get(self.since, date.min), frames.as_of)


@dataclass(frozen=True)
class Late:
    """Rows whose due date lies more than ``over`` and at most ``upto`` days back; cells name the bounds."""

    column: str
    over: int
    upto: int | None
    over_cell: str
    upto_cell: str | None

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        days = f"(TODAY()-{sheet.ref(self.column)})"
        top = f"*({days}<={self.upto_cell})" if self.upto_cell else ""
        return f"ISNUMBER({sheet.ref(self.column)})*({days}>{self.over_cell}){top}"

    def polars(self, frames: Frames) -> pl.Expr:
        """Return the same test over a frame."""
        days = (pl.lit(frames.as_of) - pl.col(self.column)).dt.total_days()
        return (days > self.over) & (days <= self.upto if self.upto is not None else pl.lit(value=True))


@dataclass(frozen=True)
class Is:
    """Rows whose text equals that of a cell."""

    column: str
    text: str
    cell: str

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        return f"({sheet.ref(self.column)}={self.cell})"

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return pl.col(self.column).str.to_lowercase() == self.text.lower()


@dataclass(frozen=True)
class IsNot:
    """Rows whose enum column is not a certain code; a blank is not."""

    column: str
    code: str

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        enum = table(sheet.table).by_code[self.column].enum or ""
        return f'({sheet.ref(self.column)}<>"{label(enum, self.code, sheet.lang)}")'

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return pl.col(self.column).ne_missing(self.code)


@dataclass(frozen=True)
class Filled:
    """Rows whose text column is not blank."""

    column: str

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        return f'({sheet.ref(self.column)}<>"")'

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return pl.col(self.column).fill_null("") != ""


Test = Among | IsNot | Home | Above | Open | UpToToday | Late | Is | Filled


@dataclass(frozen=True)
class Measure:
    """A count of rows that pass every test, or the sum over them of the product of some columns."""

    table: str
    tests: tuple[Test, ...]
    columns: tuple[str, ...] = ()

    def excel(self, lang: Lang) -> str:
        """Return the formula, without its equals sign."""
        sheet = Sheet(self.table, lang)
        product = "*".join(test.excel(sheet) for test in self.tests)
        arrays = ",".join([f"1*{product}", *(sheet.ref(column) for column in self.columns)])
        return f"SUMPRODUCT({arrays})"

    def value(self, frames: Frames) -> Number:
        """Return what the formula shows."""
        rows = frames.rows[self.table]
        kept = rows.filter(*(test.polars(frames).fill_null(value=False) for test in self.tests))
        if not self.columns:
            return kept.height
        products = (_product(row) for row in kept.select(self.columns).drop_nulls().iter_rows())
        return float(sum(products, Decimal(0)))


def _product(factors: tuple[object, ...]) -> Decimal:
    result = Decimal(1)
    for factor in factors:
        result *= Decimal(str(factor))
    return result


@dataclass(frozen=True)
class Sum:
    """Several measures added up."""

    parts: tuple[Measure, ...]

    def excel(self, lang: Lang) -> str:
        """Return the formula, without its equals sign."""
        return "+".join(part.excel(lang) for part in self.parts)

    def value(self, frames: Frames) -> Number:
        """Return what the formula shows."""
        return sum(part.value(frames) for part in self.parts)


@dataclass(frozen=True)
class Share:
    """One measure over itself and another; a dash while there is nothing to divide."""

    part: Measure
    rest: Measure

    def excel(self, lang: Lang) -> str:
        """Return the formula, without its equals sign."""
        part, rest = self.part.excel(lang), self.rest.excel(lang)
        return f'IF({part}+{rest}=0,"-",{part}/({part}+{rest}))'

    def value(self, frames: Frames) -> Value:
        """Return what the formula shows."""
        part, rest = self.part.value(frames), self.rest.value(frames)
        return part / (part + rest) if part + rest else "-"


@dataclass(frozen=True)
class Kpi:
    """One tile: its key in the messages, its figure, how it is shown, the sheet behind it."""

    key: str
    figure: Measure | Share
    format: str
    sheet: str
    alarming: bool = False


MONEY, COUNT, PERCENT = "#,##0", "#,##0", "0.0%"

OPEN_LEADS = Measure("leads", (of_kind("leads", "state", "open"),))
_OPEN_OPPS = (of_kind("opportunities", "stage", "open"),)
OPEN_OPPORTUNITIES = Measure("opportunities", _OPEN_OPPS)
_SIGNED = (
    of_kind("contracts", "state", "open", "done"),
    IsNot("state", "DRAFT"),
    IsNot("kind", "FRAME"),
    UpToToday("signed_on", "year"),
    Home(),
)
IN_LEDGER = (UpToToday("recognised_on"), Home(), Open("balance"))
OVERDUE_LINES = Measure("lines", (*IN_LEDGER, Above("days_overdue")))
PROBLEMS = Measure("findings", (Filled("code"),))
DUE_TODAY = Sum(
    (
        Measure("leads", (of_kind("leads", "state", "open"), UpToToday("next_on"))),
        Measure("opportunities", (*_OPEN_OPPS, UpToToday("next_on"))),
        Measure("lines", (Above("balance"), UpToToday("next_on"))),
    )
)

KPIS = (
    Kpi("open_leads", OPEN_LEADS, COUNT, "leads"),
    Kpi("open_amount", Measure("opportunities", (*_OPEN_OPPS, Home()), ("amount",)), MONEY, "opportunities"),
    Kpi(
        "weighted_amount",
        Measure("opportunities", (*_OPEN_OPPS, Home()), ("amount", "probability")),
        MONEY,
        "opportunities",
    ),
    Kpi(
        "win_rate",
        Share(
            Measure("opportunities", (of_kind("opportunities", "stage", "won"),)),
            Measure("opportunities", (of_kind("opportunities", "stage", "lost"),)),
        ),
        PERCENT,
        "opportunities",
    ),
    Kpi("signed_amount", Measure("contracts", _SIGNED, ("gross",)), MONEY, "contracts"),
    Kpi(
        "collected_amount",
        Measure("receipts", (UpToToday("on", "month"), Home()), ("amount",)),
        MONEY,
        "receipts",
    ),
    Kpi("receivable_amount", Measure("lines", IN_LEDGER, ("balance",)), MONEY, "lines"),
    Kpi(
        "overdue_amount",
        Measure("lines", (*IN_LEDGER, Above("days_overdue")), ("balance",)),
        MONEY,
        "lines",
        alarming=True,
    ),
)

"""Figures of the dashboard: one declaration each, from which come the Excel formula and its polars twin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang, codes_of_kind
from ltc_xl.model.links import link_to
from ltc_xl.model.tables import column_reference, table, with_live_columns
from ltc_xl.workbook.area import MAX_ROW
from ltc_xl.workbook.builder.names import CURRENCY
from ltc_xl.workbook.builder.vocabulary import among_words

Number = int | float
Value = Number | str


@dataclass(frozen=True)
class Frames:
    """The rows the figures are counted from, live columns computed, as of a day; and the book's own words."""

    rows: Mapping[str, pl.DataFrame]
    as_of: date
    book: Book

    @property
    def currency(self) -> str:
        """Return the firm's own currency."""
        return self.setting("base_currency") or "CNY"

    def setting(self, key: str) -> str:
        """Return a setting as typed; '' when it is blank."""
        found = self.rows["settings"].filter(pl.col("key") == key)["value"].drop_nulls().to_list()
        return found[0] if found else ""


def frames_of(rows: Mapping[str, pl.DataFrame], as_of: date, lang: Lang) -> Frames:
    """Return the rows of a workbook, ready to count."""
    live = {name: with_live_columns(table(name), frame, as_of) for name, frame in rows.items()}
    return Frames(live, as_of, Book("", lang).with_rows("choices", rows["choices"]))


@dataclass(frozen=True)
class Sheet:
    """How formulas speak of one table in one language."""

    table: str
    lang: Lang

    def ref(self, column: str) -> str:
        """Return a whole column."""
        return column_reference(self.table, column, self.lang)

    def enum(self, column: str) -> str:
        """Return the list of words of a column."""
        return table(self.table).by_code[column].enum or ""


@dataclass(frozen=True)
class Among:
    """Rows whose enum column is one of some codes."""

    column: str
    codes: tuple[str, ...]

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula of zeros and ones."""
        return among_words(sheet.ref(self.column), sheet.enum(self.column), self.codes)

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
class NotLate:
    """Rows without a due date, or one that lies at most ``upto`` days back; a cell names the bound."""

    column: str
    upto: int
    cell: str

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        cells = sheet.ref(self.column)
        return f"(ISNUMBER({cells})*((TODAY()-{cells})>{self.cell})=0)"

    def polars(self, frames: Frames) -> pl.Expr:
        """Return the same test over a frame."""
        days = (pl.lit(frames.as_of) - pl.col(self.column)).dt.total_days()
        return (days <= self.upto).fill_null(value=True)


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
        cells = sheet.ref(self.column)
        return f"({among_words(cells, sheet.enum(self.column), (self.code,))}=FALSE)"

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


@dataclass(frozen=True)
class Unlisted:
    """Rows whose text is none of some cells'."""

    column: str
    texts: tuple[str, ...]
    cells: str

    def excel(self, sheet: Sheet) -> str:
        """Return the test as an array formula."""
        return f"ISNA(MATCH({sheet.ref(self.column)},{self.cells},0))"

    def polars(self, frames: Frames) -> pl.Expr:  # noqa: ARG002  every test takes the same
        """Return the same test over a frame."""
        return ~pl.col(self.column).str.to_lowercase().is_in([text.lower() for text in self.texts])


Test = Among | IsNot | Unlisted | NotLate | Home | Above | Open | UpToToday | Late | Is | Filled


@dataclass(frozen=True)
class Measure:
    """A count of rows that pass every test, or the sum over them of the product of some columns."""

    table: str
    tests: tuple[Test, ...]
    columns: tuple[str, ...] = ()

    def excel(self, lang: Lang) -> str:
        """Return the formula, without its equals sign."""
        sheet = Sheet(self.table, lang)
        arrays = ",".join([f"1*{self._product(sheet)}", *(sheet.ref(column) for column in self.columns)])
        return f"SUMPRODUCT({arrays})"

    def link(self, shown: str, lang: Lang) -> str:
        """Return a formula that shows a figure and leads to the first row that passes every test."""
        sheet = Sheet(self.table, lang)
        rows, below = f"ROW({sheet.ref(self._first_column)})", MAX_ROW + 1
        highest = f"SUMPRODUCT(MAX({self._product(sheet)}*({below}-{rows})))"
        return link_to(table(self.table).sheet(lang), f"MAX(1,MOD({below}-{highest},{below}))", shown)

    @property
    def _first_column(self) -> str:
        return table(self.table).columns[0].code

    def _product(self, sheet: Sheet) -> str:
        return "*".join(test.excel(sheet) for test in self.tests)

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

    def link(self, shown: str, lang: Lang) -> str:
        """Return a formula that shows a figure and leads to the first row of the part."""
        return self.part.link(shown, lang)

    @property
    def table(self) -> str:
        """Return the table that both are counted from."""
        return self.part.table


@dataclass(frozen=True)
class Kpi:
    """One tile: its key in the messages, its figure, how it is shown."""

    key: str
    figure: Measure | Share
    format: str
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
LISTED_TODAY = Measure("today", (Filled("kind"),))
"""What the sheet 今日 lists, whoever it is for; the line that says how many more there are is none of it."""

KPIS = (
    Kpi("open_leads", OPEN_LEADS, COUNT),
    Kpi("open_amount", Measure("opportunities", (*_OPEN_OPPS, Home()), ("amount",)), MONEY),
    Kpi(
        "weighted_amount",
        Measure("opportunities", (*_OPEN_OPPS, Home()), ("amount", "probability")),
        MONEY,
    ),
    Kpi(
        "win_rate",
        Share(
            Measure("opportunities", (of_kind("opportunities", "stage", "won"),)),
            Measure("opportunities", (of_kind("opportunities", "stage", "lost"),)),
        ),
        PERCENT,
    ),
    Kpi("signed_amount", Measure("contracts", _SIGNED, ("gross",)), MONEY),
    Kpi(
        "collected_amount",
        Measure("receipts", (UpToToday("on", "month"), Home()), ("amount",)),
        MONEY,
    ),
    Kpi("receivable_amount", Measure("lines", IN_LEDGER, ("balance",)), MONEY),
    Kpi(
        "overdue_amount",
        Measure("lines", (*IN_LEDGER, Above("days_overdue")), ("balance",)),
        MONEY,
        alarming=True,
    ),
)

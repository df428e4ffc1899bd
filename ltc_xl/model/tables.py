"""Tables and columns of the data model. The data stand in ``tables.toml``, the one authority."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files

import polars as pl

from ltc_xl.model.enums import Lang, codes_of_kind, words
from ltc_xl.model.money import MONEY, RATE

UID = "_uid"
ROW = "_row"

DTYPES: Mapping[str, pl.DataType] = {
    "text": pl.String(),
    "id": pl.String(),
    "enum": pl.String(),
    "tax": pl.String(),
    "money": MONEY,
    "rate": RATE,
    "number": pl.Decimal(18, 4),
    "int": pl.Int64(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "flag": pl.Boolean(),
    "rule": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """The column of another table that a value must name."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class When:
    """The condition of ``required_when``: ``columns`` are ``in`` codes, ``filled`` or ``blank``.

    Several columns with ``blank`` mean: while all of them are blank.
    """

    columns: tuple[str, ...]
    test: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    code: str
    zh: str
    en: str
    type: str
    by: str = "person"
    required: bool = False
    required_when: When | None = None
    default: str | None = None
    enum: str | None = None
    ref: Ref | None = None
    format: str | None = None
    min: int | None = None
    max: int | None = None
    pii: str | None = None
    hidden: bool = False
    profile: str = "starter"
    width: int = 12
    formula: str | None = None
    twin: str | None = None
    hint_zh: str | None = None
    hint_en: str | None = None

    def label(self, lang: Lang) -> str:
        """Return the header a person sees."""
        return self.zh if lang == "zh" else self.en

    def hint(self, lang: Lang) -> str | None:
        """Return the input message, if there is one."""
        return self.hint_zh if lang == "zh" else self.hint_en

    @property
    def dtype(self) -> pl.DataType:
        """Return the polars type of the column in a ``Book``."""
        return DTYPES[self.type]

    @property
    def typed(self) -> bool:
        """Return whether a person fills it (white on the sheet)."""
        return self.by == "person"

    @property
    def live(self) -> bool:
        """Return whether Excel computes it; such a column is never read back."""
        return self.formula is not None


@dataclass(frozen=True)
class Table:
    """One table: an Excel Table on a sheet, a frame in a ``Book``."""

    name: str
    excel: str
    zh: str
    en: str
    group: str
    profile: str
    columns: tuple[Column, ...]
    key: str | None = None
    label: str | None = None
    number: str | None = None
    number_column: str | None = None
    by_program: bool = False
    purpose_zh: str = ""
    purpose_en: str = ""

    def sheet(self, lang: Lang) -> str:
        """Return the sheet name."""
        return self.zh if lang == "zh" else self.en

    @cached_property
    def by_code(self) -> Mapping[str, Column]:
        """Return code -> column."""
        return {column.code: column for column in self.columns}

    @cached_property
    def schema(self) -> pl.Schema:
        """Return the frame's schema: every column, then ``_uid`` and ``_row`` (row on the sheet)."""
        return pl.Schema({c.code: c.dtype for c in self.columns} | {UID: pl.String(), ROW: pl.UInt32()})

    @property
    def numbered(self) -> str | None:
        """Return the column whose business number the store gives, if any."""
        return (self.number_column or self.key) if self.number else None

    @property
    def tracked(self) -> bool:
        """Return whether its rows have an identity that the store follows: work and rule tables."""
        return self.group in {"work", "rule"}

    def empty(self) -> pl.DataFrame:
        """Return no rows, rightly typed."""
        return pl.DataFrame(schema=self.schema)

    def columns_of(self, profile: str) -> tuple[Column, ...]:
        """Return the columns a workbook of this profile has."""
        return tuple(c for c in self.columns if profile == "full" or c.profile != "full")


def _when(text: str) -> When:
    """Parse ``required``.

    >>> _when("stage in LOST")
    When(columns=('stage',), test='in', codes=('LOST',))
    >>> _when("contact mobile blank")
    When(columns=('contact', 'mobile'), test='blank', codes=())
    """
    before, test, after = re.split(r"\s+(in|filled|blank)(?:\s+|$)", text, maxsplit=1)
    return When(tuple(before.split()), test, tuple(after.split()))


def _column(entry: dict[str, object]) -> Column:
    required = entry.pop("required", False)
    ref = entry.pop("ref", None)
    return Column(
        required=required is True,
        required_when=_when(required) if isinstance(required, str) else None,
        ref=Ref(*str(ref).split(".")) if ref else None,
        **entry,  # type: ignore[arg-type]  # the model's own tests hold tables.toml to Column's fields
    )


def _table(name: str, entry: dict[str, object]) -> Table:
    purpose = entry.pop("purpose", {})
    columns = entry.pop("columns")
    assert isinstance(purpose, dict)  # noqa: S101  narrowing of parsed TOML
    assert isinstance(columns, list)  # noqa: S101
    return Table(
        name=name,
        columns=tuple(_column(c) for c in columns),
        purpose_zh=purpose.get("zh", ""),
        purpose_en=purpose.get("en", ""),
        **entry,  # type: ignore[arg-type]  # likewise
    )


@cache
def tables() -> Mapping[str, Table]:
    """Return canonical name -> table, in the order of ``tables.toml``."""
    data = tomllib.loads(files("ltc_xl.model").joinpath("tables.toml").read_text("utf-8"))
    return {name: _table(name, entry) for name, entry in data.items()}


def table(name: str) -> Table:
    """Return one table by its canonical name."""
    return tables()[name]


def tables_of(profile: str) -> tuple[Table, ...]:
    """Return the tables that a workbook of this profile has, shown or prepared, in order.

    A firm that needs one table of the full profile more adds its name: ``starter+bills``.

    >>> [t.name for t in tables_of("starter+bills") if t.profile == "full"]
    ['bills']
    """
    base, *added = profile.split("+")
    return tuple(t for t in tables().values() if base == "full" or t.profile != "full" or t.name in added)


_PLACEHOLDER = re.compile(r"\{(\w+)(?: is (\w+))?\}")


def excel_formula(owner: Table, column: Column, lang: Lang, profile: str = "full") -> str:
    """Return the live formula in a language, in the long form that the file format wants.

    >>> choices = table("choices")
    >>> excel_formula(choices, choices.by_code["choice"], "en")
    '=cfgEnums[[#This Row],[List]]&"."&cfgEnums[[#This Row],[Code]]'
    """

    def cell(code: str) -> str:
        header = re.sub(r"([\[\]#'@])", r"'\1", owner.by_code[code].label(lang))
        return f"{owner.excel}[[#This Row],[{header}]]"

    def expand(match: re.Match[str]) -> str:
        code, kind = match.groups()
        if kind is None:
            return cell(code)
        enum = owner.by_code[code].enum or ""
        tests = [f'{cell(code)}="{w.label(lang)}"' for w in words(enum, profile) if w.kind == kind]
        return f"OR({','.join(tests)})"

    return _PLACEHOLDER.sub(expand, column.formula or "")


def _twin(owner: Table, column: Column) -> pl.Expr:
    def expand(match: re.Match[str]) -> str:
        code, kind = match.groups()
        codes = codes_of_kind(owner.by_code[code].enum or "", kind)
        return f"{code} IN ({', '.join(repr(c) for c in codes)})"

    return pl.sql_expr(_PLACEHOLDER.sub(expand, column.twin or "")).cast(column.dtype).alias(column.code)


def with_live_columns(owner: Table, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the rows with every live formula's value as of a day, as Excel would show it.

    Days count as Excel counts them, as whole numbers, while the twins are computed.
    """
    live = [column for column in owner.columns if column.live]
    days = rows.with_columns(as_of=pl.lit(as_of)).with_columns(pl.col(pl.Date).cast(pl.Int32))
    return rows.with_columns(days.select(_twin(owner, column) for column in live).get_columns())

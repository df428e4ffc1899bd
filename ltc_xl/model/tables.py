"""Tables and columns of the data model. The data stand in ``tables.toml``, the one authority."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files

import polars as pl

from ltc_xl.model.enums import Lang, codes_of_kind
from ltc_xl.model.links import Link, Target, link_of
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


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Words that a text column offers without asking for them.

    Either the words of ``lists``, each with the code of the column ``by`` that it goes with ('' without such
    a column); or the values of a ``column`` of another table, of the customer that the row's ``of`` names.
    """

    lists: tuple[tuple[str, str], ...] = ()
    by: str | None = None
    column: Ref | None = None
    of: str | None = None


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
    link: Link | None = None
    suggest: Suggestions | None = None
    hint_zh: str | None = None
    hint_en: str | None = None
    choices: tuple[str, ...] = ()

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

    def with_more(self, more: tuple[Column, ...]) -> "Table":
        """Return the table with columns that a firm added; the same table where there are none."""
        return _with_more(self, more) if more else self

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


@cache
def _with_more(owner: Table, more: tuple[Column, ...]) -> Table:
    return replace(owner, columns=(*owner.columns, *more))


def _when(text: str) -> When:
    """Parse ``required``.

    >>> _when("stage in LOST")
    When(columns=('stage',), test='in', codes=('LOST',))
    >>> _when("contact mobile blank")
    When(columns=('contact', 'mobile'), test='blank', codes=())
    """
    before, test, after = re.split(r"\s+(in|filled|blank)(?:\s+|$)", text, maxsplit=1)
    return When(tuple(before.split()), test, tuple(after.split()))


def _suggestions(text: str) -> Suggestions:
    """Parse ``suggest``.

    >>> _suggestions("dispute_reason").lists
    (('', 'dispute_reason'),)
    >>> _suggestions("contacts.name of customer").of
    'customer'
    >>> _suggestions("state: RETURNED return_reason, INVALID invalid_reason").lists
    (('RETURNED', 'return_reason'), ('INVALID', 'invalid_reason'))
    """
    by, colon, lists = text.partition(": ")
    if colon:
        pairs = (pair.split() for pair in lists.split(", "))
        return Suggestions(tuple((code, name) for code, name in pairs), by)
    source, _, own = text.partition(" of ")
    if "." in source:
        return Suggestions(column=Ref(*source.split(".")), of=own or None)
    return Suggestions((("", source),))


def _column(entry: dict[str, object]) -> Column:
    required = entry.pop("required", False)
    ref = entry.pop("ref", None)
    suggest = entry.pop("suggest", None)
    if link := link_of(str(entry.pop("link"))) if "link" in entry else None:
        entry |= {"type": "text", "by": "formula", "formula": link.formula, "twin": link.twin}
    return Column(
        required=required is True,
        required_when=_when(required) if isinstance(required, str) else None,
        ref=Ref(*str(ref).split(".")) if ref else None,
        link=link,
        suggest=_suggestions(str(suggest)) if suggest else None,
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


def header_escaped(text: str) -> str:
    """Return a header as structured references want it.

    >>> header_escaped("a]b")
    "a']b"
    """
    return re.sub(r"([\[\]#'@])", r"'\1", text)


def column_reference(name: str, code: str, lang: Lang) -> str:
    """Return a whole table column as formulas of other sheets name it.

    >>> column_reference("opportunities", "amount", "zh"), column_reference("leads", "state", "en")
    ('tblOpps[[金额(含税)]]', 'tblLeads[Status]')
    """
    owner = table(name)
    header = header_escaped(owner.by_code[code].label(lang))
    plain = header.replace("_", "").isalnum()
    return f"{owner.excel}[{header}]" if plain else f"{owner.excel}[[{header}]]"


def words_name(enum: str, kind: str = "") -> str:
    """Return the workbook's name for the words of a list, or for those of one kind.

    >>> words_name("lead_state"), words_name("lead_state", "open")
    ('ltc_lead_state', 'ltc_lead_state_open')
    """
    return "_".join(filter(None, ("ltc", enum, kind)))


_PLACEHOLDER = re.compile(r"\{(\w+)(?: is (\w+))?\}")


def excel_formula(owner: Table, column: Column, lang: Lang) -> str:
    """Return the live formula in a language, in the long form that the file format wants.

    >>> choices = table("choices")
    >>> excel_formula(choices, choices.by_code["choice"], "en")
    '=cfgEnums[[#This Row],[List]]&"."&cfgEnums[[#This Row],[Code]]'
    """

    def cell(code: str) -> str:
        return f"{owner.excel}[[#This Row],[{header_escaped(owner.by_code[code].label(lang))}]]"

    def place(target: Target) -> tuple[str, str]:
        there = table(target.table)
        column = column_reference(target.table, target.column, lang)
        head = header_escaped(there.by_code[target.column].label(lang))
        row = f"(MATCH({cell(target.own)},{column},0)+ROW({there.excel}[[#Headers],[{head}]]))"
        return there.sheet(lang), row

    def expand(match: re.Match[str]) -> str:
        code, kind = match.groups()
        if code == "to" and column.link:
            return column.link.jump(place)
        if kind is None:
            return cell(code)
        return f"ISNUMBER(MATCH({cell(code)},{words_name(owner.by_code[code].enum or '', kind)},0))"

    return _PLACEHOLDER.sub(expand, column.formula or "")


@cache
def _twin(name: str, code: str) -> pl.Expr:
    owner = table(name)
    column = owner.by_code[code]

    def expand(match: re.Match[str]) -> str:
        code, kind = match.groups()
        codes = codes_of_kind(owner.by_code[code].enum or "", kind)
        return f"{code} IN ({', '.join(repr(c) for c in codes)})"

    return pl.sql_expr(_PLACEHOLDER.sub(expand, column.twin or "")).cast(column.dtype).alias(column.code)


def with_live_columns(owner: Table, rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the rows with every live formula's value as of a day, as Excel would show it.

    Days count as Excel counts them, as whole numbers, while the twins are computed.
    """
    live = [column.code for column in owner.columns if column.live]
    if not live:
        return rows
    days = rows.with_columns(as_of=pl.lit(as_of)).with_columns(pl.col(pl.Date).cast(pl.Int32))
    return rows.with_columns(days.select(_twin(owner.name, code) for code in live).get_columns())

"""The rows an import makes, table by table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.forms import Form, forms
from ltc_xl.imports.receivables import (
    allocation_rows,
    invoice_rows,
    line_rows,
    receipt_rows,
    with_ledger_columns,
)
from ltc_xl.imports.typed import AT
from ltc_xl.model.book import Book
from ltc_xl.model.tables import table
from ltc_xl.rules.upsert import Keys


@dataclass(frozen=True)
class Part:
    """Rows of one table.

    Attributes:
        table: the table.
        rows: ``_at`` and columns of it.
        keys: how they find standing rows.
        defaults: ``_at`` and what fills blanks of new rows.
        refs: column -> table of the part whose ``_at`` the column holds.
    """

    table: str
    rows: pl.DataFrame
    keys: Keys
    defaults: pl.DataFrame
    refs: Mapping[str, str] = field(default_factory=dict)


def parts(
    book: Book, as_of: date, form_map: FormMap, values: pl.DataFrame, constants: pl.DataFrame
) -> Sequence[Part]:
    """Return what the rows of an import are in the tables of the book, in the order they refer to each other.

    Args:
        book: the book.
        as_of: the day of the import.
        form_map: the map.
        values: ``_at`` and what the files say, typed.
        constants: ``_at`` and what the map says of every row, typed.
    """
    form = form_map.held_to
    if form.table == "lines":
        return _ledger_parts(form, as_of, form_map, values, constants)
    defaults = _model_defaults(form, constants)
    special = _SPECIAL.get(form.name, _no_special)
    return [Part(form.table, values, _keys(form), special(book, as_of, values, defaults))]


def _keys(form: Form) -> Keys:
    return Keys(form.keys, form.alone, form.apart, form.same_if)


def _model_defaults(form: Form, constants: pl.DataFrame) -> pl.DataFrame:
    """Return the constants, and the model's defaults where the map has none."""
    given = {c.code: c for c in table(form.table).columns if c.default and c.code not in constants.columns}
    return constants.with_columns(pl.lit(c.default).cast(c.dtype).alias(code) for code, c in given.items())


def _no_special(_book: Book, _as_of: date, _values: pl.DataFrame, defaults: pl.DataFrame) -> pl.DataFrame:
    return defaults


def _of_lead(_book: Book, as_of: date, _values: pl.DataFrame, defaults: pl.DataFrame) -> pl.DataFrame:
    return defaults.with_columns(created_on=pl.lit(as_of))


def _of_opportunity(book: Book, _as_of: date, values: pl.DataFrame, defaults: pl.DataFrame) -> pl.DataFrame:
    """Return a name made of customer and product, the lead by its number, and the day of the stage."""
    asked = ("customer", "product", "source_id", "lead_source_id", "closed_on", "created_on")
    rows = _with_columns(forms()["opportunities"], values, asked)
    words = pl.concat_str("customer", "product", separator=" ", ignore_nulls=True).replace("", None)
    leads = book.rows("leads").select("lead_id", "source_id").drop_nulls().unique("source_id", keep="first")
    lead = pl.col("lead_source_id").replace_strict(
        leads["source_id"], leads["lead_id"], default=None, return_dtype=pl.String
    )
    made = rows.select(
        AT,
        name=pl.coalesce(words, "source_id", "lead_source_id"),
        lead=lead,
        stage_since=pl.coalesce("closed_on", "created_on"),
    )
    return defaults.join(made, on=AT, how="left", maintain_order="left")


_SPECIAL: Mapping[str, Callable[[Book, date, pl.DataFrame, pl.DataFrame], pl.DataFrame]] = {
    "leads": _of_lead,
    "opportunities": _of_opportunity,
}


def _with_columns(form: Form, values: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    absent = [c for c in columns if c not in values.columns]
    return values.with_columns(pl.lit(None, form.dtype(c)).alias(c) for c in absent)


def _ledger_parts(
    form: Form, as_of: date, form_map: FormMap, values: pl.DataFrame, constants: pl.DataFrame
) -> Sequence[Part]:
    doubled = [c for c in constants.columns if c in values.columns and c != AT]
    rest = constants.rename({c: f"{c}_constant" for c in doubled})
    both = values.join(rest, on=AT, how="left", maintain_order="left")
    both = both.with_columns(pl.coalesce(c, f"{c}_constant").alias(c) for c in doubled)
    whole = _with_columns(form, both, form.columns)
    items = with_ledger_columns(whole, as_of, form_map.columns.get("disputed", ""))
    fixed = [c for c in constants.columns if c not in values.columns]
    late = items.select(AT, triggered_on="known_on", item=pl.lit("OTHER"))
    by_source = Keys([["source_id"]], ["source_id"])
    made = [
        Part("lines", _with_own(form, line_rows(items), whole), _keys(form), late),
        Part(
            "invoices",
            invoice_rows(items),
            Keys([["invoice_no"]], ["invoice_no"]),
            items.select(AT),
            {"line": "lines"},
        ),
        Part("receipts", receipt_rows(items), by_source, items.select(AT)),
        Part(
            "allocations",
            allocation_rows(items),
            by_source,
            items.select(AT),
            {"receipt": "receipts", "line": "lines"},
        ),
    ]
    return [_with_fixed(part, fixed) for part in made]


def _with_own(form: Form, rows: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the firm's own columns, as they are."""
    return (
        rows.join(whole.select(AT, *form.own), on=AT, how="left", maintain_order="left") if form.own else rows
    )


def _with_fixed(part: Part, fixed: Sequence[str]) -> Part:
    """Return the part with what the map alone says moved to the defaults: it never overwrites."""
    moved = [c for c in fixed if c in part.rows.columns and c != AT]
    defaults = part.rows.select(AT, *moved).join(
        part.defaults, on=AT, how="left", maintain_order="left", suffix="_late"
    )
    late = [c for c in moved if f"{c}_late" in defaults.columns]
    defaults = defaults.with_columns(pl.coalesce(c, f"{c}_late").alias(c) for c in late)
    defaults = defaults.drop(f"{c}_late" for c in late)
    return Part(part.table, part.rows.drop(moved), part.keys, defaults, part.refs)

"""The rows of an import, counted over all its files, and why some of them are turned away."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ltc_xl.imports.form_map import FormMap, header_in
from ltc_xl.imports.forms import Form
from ltc_xl.imports.raw import LINE, RawTable
from ltc_xl.imports.rejects import REASON_HEADERS
from ltc_xl.imports.texts import folded_text, mapped_texts
from ltc_xl.imports.typed import AT

FILE = "_file"
_TOTALS = ("合计", "总计", "小计", "本页合计", "本月合计", "累计", "subtotal", "grand total")
_NAMES_TOO = ("total", "totals", "sum")


@dataclass(frozen=True)
class Items:
    """The rows that a map finds in the files.

    Attributes:
        texts: ``_at`` and the canonical columns that a column of the file fills, as text.
        places: ``_at`` -> file and row in it.
        raw: ``_at`` and every column of the files as found.
        unmapped: headers that nobody mapped.
    """

    texts: pl.DataFrame
    places: pl.DataFrame
    raw: pl.DataFrame
    unmapped: tuple[str, ...]


def items_of(files: Mapping[str, RawTable], form_map: FormMap) -> Items:
    """Return the rows of all files."""
    found = [mapped_texts(raw, form_map).with_columns(pl.lit(n).alias(FILE)) for n, raw in files.items()]
    texts = pl.concat(found).with_row_index(AT)
    raws = [raw.rows.with_columns(pl.lit(name).alias(FILE)) for name, raw in files.items()]
    places = texts.select(AT, FILE, LINE)
    whole = places.join(pl.concat(raws, how="diagonal"), on=[FILE, LINE], maintain_order="left")
    headers = dict.fromkeys(h for raw in files.values() for h in _unmapped(raw, form_map))
    return Items(texts.drop(FILE, LINE), places, whole.drop(FILE, LINE), tuple(headers))


def _unmapped(raw: RawTable, form_map: FormMap) -> list[str]:
    used = {header_in(raw, header) for header in form_map.columns.values()}
    return [h for h in raw.header if h not in used and h not in REASON_HEADERS]


def reasons(form: Form, values: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """Return why rows are turned away: ``_at``, ``why`` (unreadable, missing, twice), ``column``, ``value``.

    Args:
        form: the form.
        values: the typed rows, constants filled in.
        unread: what could not be read.
    """
    unreadable = unread.filter(pl.col("column").is_in(sorted(form.must_read)))
    found = [unreadable.select(AT, pl.lit("unreadable").alias("why"), "column", "value")]
    for need in form.needs:
        asked = sorted({column for way in need for column in way})
        blamed = unreadable.filter(pl.col("column").is_in(asked))
        lacking = values.filter(~_satisfied(need, values)).join(blamed, on=AT, how="anti")
        found.append(_reason(lacking, "missing", " | ".join("+".join(way) for way in need)))
    for column, other in form.together.items():
        if column in values.columns:
            given = pl.col(other).is_not_null() if other in values.columns else pl.lit(value=False)
            blamed = unreadable.filter(pl.col("column") == other)
            alone = values.filter((pl.col(column) != 0) & ~given).join(blamed, on=AT, how="anti")
            found.append(_reason(alone, "missing", other))
    return pl.concat([*found, *_twice(form, values, pl.concat(found))])


def _reason(rows: pl.DataFrame, why: str, column: str) -> pl.DataFrame:
    nothing = pl.lit(None, pl.String).alias("value")
    return rows.select(AT, pl.lit(why).alias("why"), pl.lit(column).alias("column"), nothing)


def _satisfied(need: tuple[tuple[str, ...], ...], values: pl.DataFrame) -> pl.Expr:
    ways = [way for way in need if set(way) <= set(values.columns)]
    return pl.any_horizontal(
        pl.lit(value=False), *(pl.all_horizontal(pl.col(*way).is_not_null()) for way in ways)
    )


def _twice(form: Form, values: pl.DataFrame, turned_away: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the rows whose key another row before them has, of keys that may stand once."""
    kept = values.join(turned_away, on=AT, how="anti", maintain_order="left")
    again = []
    for key in form.alone:
        if key in kept.columns:
            later = kept.filter(pl.col(key).is_not_null() & ~pl.col(key).is_first_distinct())
            value = pl.col(key).cast(pl.String).alias("value")
            again.append(later.select(AT, pl.lit("twice").alias("why"), pl.lit(key).alias("column"), value))
    return again


def footers(texts: pl.DataFrame, turned_away: pl.DataFrame) -> pl.DataFrame:
    """Return ``_at`` of the rows that are totals, by their first filled cell.

    A company may be called Total; so such a row must lack something besides.
    """
    first = folded_text(pl.coalesce(pl.exclude(AT))).str.strip_chars(":：")
    lacking = pl.col(AT).is_in(turned_away[AT].implode())
    return texts.filter(first.is_in(_TOTALS) | (first.is_in(_NAMES_TOO) & lacking)).select(AT)

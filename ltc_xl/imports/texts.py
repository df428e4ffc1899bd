"""The texts of a foreign table under canonical columns: blanks out, values translated."""

from collections.abc import Mapping

import polars as pl

from ltc_xl.imports.form_map import FormMap, header_in
from ltc_xl.imports.raw import LINE, RawTable


def folded_text(text: pl.Expr) -> pl.Expr:
    """Return ``model.enums.folded`` of a column."""
    return text.str.normalize("NFKC").str.strip_chars().str.to_lowercase()


def mapped_texts(raw: RawTable, form_map: FormMap) -> pl.DataFrame:
    """Return ``_line`` and the canonical columns that a column of the file fills, translated by the map.

    Rows that none of them fills, such as the footer of a bank's file, are left out.
    """
    columns = [_text(raw, form_map, column).alias(column) for column in form_map.columns]
    rows = raw.rows.select(LINE, *columns)
    return rows.filter(~pl.all_horizontal(pl.col(list(form_map.columns)).is_null()))


def _text(raw: RawTable, form_map: FormMap, column: str) -> pl.Expr:
    found = pl.col(header_in(raw, form_map.columns[column]) or "")
    blank = form_map.blank.get("any", frozenset()) | form_map.blank.get(column, frozenset())
    kept = pl.when(~folded_text(found).is_in(sorted(blank))).then(found) if blank else found
    return translated(kept, form_map.values.get(column, {}))


def translated(text: pl.Expr, values: Mapping[str, str]) -> pl.Expr:
    """Return texts with the values a map knows replaced by what they mean; '' means nothing."""
    if not values:
        return text
    meant = folded_text(text).replace_strict(values, default=None, return_dtype=pl.String)
    return pl.coalesce(meant, text).replace("", None)


def looked_up(keys: pl.Expr, table: RawTable, key: str, value: str) -> pl.Expr:
    """Return the value that another file has for each key; of a key that stands twice, the first."""
    key, value = header_in(table, key) or key, header_in(table, value) or value
    pairs = table.rows.drop_nulls(key).unique(key, keep="first", maintain_order=True)
    return keys.replace_strict(pairs[key], pairs[value], default=None, return_dtype=pl.String)

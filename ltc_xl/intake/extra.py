"""What an import keeps besides the cells: columns nobody mapped, values that stand in the book otherwise."""

from collections.abc import Mapping, Sequence

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.items import Items
from ltc_xl.imports.typed import AT
from ltc_xl.intake.answer import by_first_table
from ltc_xl.intake.names import Named
from ltc_xl.model.tables import UID
from ltc_xl.rules.upsert import Upsert


def extra_columns(
    items: Items, named: Named, unread: pl.DataFrame, form_map: FormMap, done: Mapping[str, Upsert]
) -> dict[str, pl.DataFrame]:
    """Return what nobody mapped, and what stands in the book otherwise than in the file, as JSON by row."""
    kept = [pl.col(header) for header in items.unmapped]
    before, after = items.texts, named.texts
    for column, header in form_map.columns.items():
        lost = unread.filter(pl.col("column") == column)[AT].implode()
        differs = before[column].ne_missing(after[column]) | before[AT].is_in(lost)
        if differs.any():
            kept.append(pl.when(differs).then(before[column]).alias(header))
    if not kept:
        return {}
    rows = items.raw.select(AT, _json(kept).alias("extra")).drop_nulls("extra")
    found = {name: ids.join(rows, on=AT).select(UID, "extra") for name, ids in by_first_table(done).items()}
    return {name: frame for name, frame in found.items() if frame.height}


def _json(columns: Sequence[pl.Expr]) -> pl.Expr:
    """Return a JSON object of the columns that are filled, null when none is."""
    entries = [
        pl.when(column.is_not_null()).then(pl.struct(column).struct.json_encode().str.slice(1).str.head(-1))
        for column in columns
    ]
    joined = pl.concat_str(entries, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}")))

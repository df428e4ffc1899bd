"""Values on their way: a frame's types, what SQLite holds, and the text that history remembers."""

import json
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from ltc_xl.model.own_columns import is_own

_DAY = "%Y-%m-%d"
_MOMENT = "%Y-%m-%d %H:%M:%S%.6f"


def stored(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame as SQLite holds it: decimals as whole units of their last place, days as ISO text."""
    return frame.select(_stored(pl.col(name), dtype) for name, dtype in frame.schema.items())


def _stored(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_decimal():
        return value.to_physical().cast(pl.Int64)
    if dtype == pl.Date:
        return value.dt.to_string(_DAY)
    if dtype == pl.Datetime:
        return value.dt.to_string(_MOMENT)
    return value


def loaded(rows: Sequence[Sequence[object]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return rows of SQLite as a frame of this schema: the inverse of ``stored``."""
    held = {name: _held(dtype) for name, dtype in schema.items()}
    frame = pl.DataFrame(rows, schema=held, orient="row")
    return frame.select(_loaded(pl.col(name), dtype).alias(name) for name, dtype in schema.items())


def _held(dtype: pl.DataType) -> pl.DataType:
    if dtype.is_decimal() or dtype == pl.Boolean:
        return pl.Int64()
    return pl.String() if dtype.is_temporal() else dtype


def _loaded(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Decimal):
        wide: pl.Expr = value.cast(pl.Decimal(38, dtype.scale)) / 10**dtype.scale
        return wide.cast(dtype)
    if dtype == pl.Date:
        return value.str.to_date(_DAY)
    if dtype == pl.Datetime:
        return value.str.to_datetime(_MOMENT, time_unit="us")
    return value.cast(dtype)


def remembered(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a value as the text history keeps: ``1234.50``, ``2026-04-30``, ``true``."""
    return value.dt.to_string(_MOMENT) if dtype == pl.Datetime else value.cast(pl.String)


def recalled(text: pl.Expr, dtype: pl.DataType, *, strict: bool = True) -> pl.Expr:
    """Return the value of a text that history kept; one that is no such value is blank, unless ``strict``."""
    if dtype == pl.Boolean:
        return text.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if dtype == pl.Date:
        return text.str.to_date(_DAY, strict=strict)
    if dtype == pl.Datetime:
        return text.str.to_datetime(_MOMENT, time_unit="us", strict=strict)
    return text.cast(dtype, strict=strict)


def remembered_rows(frame: pl.DataFrame, columns: Iterable[str]) -> pl.Series:
    """Return each row as one JSON text of its columns that are filled."""
    filled = [name for name in columns if frame[name].null_count() < frame.height]
    members = [_member(name, frame.schema[name]) for name in filled] or [pl.lit("")]
    text = pl.format("{{{}}}", pl.concat_str(members, separator=",", ignore_nulls=True))
    return frame.select(text.alias("record")).to_series()


def _member(name: str, dtype: pl.DataType) -> pl.Expr:
    alone = pl.struct(remembered(pl.col(name), dtype).alias(name)).struct.json_encode()
    return pl.when(pl.col(name).is_not_null()).then(alone.str.slice(1, alone.str.len_chars() - 2))


def recalled_rows(records: pl.Series, types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return the rows that JSON texts tell of: the inverse of ``remembered_rows``."""
    told = records.str.json_decode(pl.Struct(dict.fromkeys(types, pl.String()))).struct.unnest()
    return told.select(
        recalled(pl.col(name), dtype, strict=not is_own(name)).alias(name) for name, dtype in types.items()
    )


def recalled_texts(record: str) -> Mapping[str, str]:
    """Return column -> text of a row that history kept as JSON."""
    told: Mapping[str, str] = json.loads(record)
    return told

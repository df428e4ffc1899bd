"""History: one record per inserted or deleted row, one per changed cell, each with its commit and kind."""

from collections.abc import Iterator, Mapping
from typing import Literal

import polars as pl

from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.tables import UID, table
from ltc_xl.store.schema import kept_columns
from ltc_xl.store.values import remembered, remembered_rows

Kind = Literal["typed", "program"]
"""Who made a change: a person in the workbook, or the command that was run."""

WHOLE_ROW = ""
"""The column of a record about a whole row; a cell record has the column's code."""


def records(changes: Changes) -> Iterator[pl.DataFrame]:
    """Yield frames of ``entity, row_id, column, old, new``."""
    for name, frame in changes.inserts.items():
        yield _row_records(name, frame, new=_whole(name, frame))
    for entry in changes.sets:
        yield _cell_records(entry)
    for name, frame in changes.deletes.items():
        yield _row_records(name, frame, old=_whole(name, frame))


def _whole(name: str, frame: pl.DataFrame) -> pl.Series:
    columns = [column.code for column in kept_columns(table(name)) if column.code in frame.columns]
    return remembered_rows(frame, columns)


def _row_records(
    name: str, frame: pl.DataFrame, old: pl.Series | None = None, new: pl.Series | None = None
) -> pl.DataFrame:
    blank = pl.lit(None, pl.String)
    return frame.select(
        entity=pl.lit(name),
        row_id=pl.col(UID),
        column=pl.lit(WHOLE_ROW),
        old=blank if old is None else pl.lit(old),
        new=blank if new is None else pl.lit(new),
    )


def _cell_records(entry: SetColumn) -> pl.DataFrame:
    dtype = table(entry.table).by_code[entry.column].dtype
    return entry.cells.select(
        entity=pl.lit(entry.table),
        row_id=pl.col(UID),
        column=pl.lit(entry.column),
        old=remembered(pl.col("old"), dtype),
        new=remembered(pl.col("new"), dtype),
    )


RECORD: Mapping[str, pl.DataType] = {
    "seq": pl.Int64(),
    "entity": pl.String(),
    "row_id": pl.String(),
    "column": pl.String(),
    "kind": pl.String(),
    "old": pl.String(),
    "new": pl.String(),
    "workbook_id": pl.String(),
}

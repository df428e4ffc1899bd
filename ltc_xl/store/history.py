"""History: one record per inserted or deleted row, one per changed cell, each with its commit and kind."""

from collections.abc import Iterator, Mapping
from typing import Literal

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import UID, table
from ltc_xl.store import schema
from ltc_xl.store.bulk import fetched
from ltc_xl.store.schema import kept_columns
from ltc_xl.store.values import loaded, remembered, remembered_rows

Kind = Literal["typed", "program"]
"""Who made a change: a person in the workbook, or the command that was run."""

WHOLE_ROW = ""
"""The column of a record about a whole row; a cell record has the column's code."""

EXTRA = "_extra"
"""The column of a record about what an import brought beyond the model's columns."""


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
    return remembered_rows(frame, [*columns, *filter(is_own, frame.columns)])


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
    return entry.cells.select(
        entity=pl.lit(entry.table),
        row_id=pl.col(UID),
        column=pl.lit(entry.column),
        old=remembered(pl.col("old"), entry.cells.schema["old"]),
        new=remembered(pl.col("new"), entry.cells.schema["new"]),
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


def records_since(connection: sa.Connection, tenant: str, seq: int) -> pl.DataFrame:
    """Return the records of every later commit, oldest first, with the workbook each came from."""
    change, commit = schema.change.c, schema.commit.c
    same = sa.and_(change.tenant == commit.tenant, change.seq == commit.seq)
    query = (
        sa.select(*(change[name] for name in RECORD if name != "workbook_id"), commit.workbook_id)
        .join_from(schema.change, schema.commit, same)
        .where(change.tenant == tenant, change.seq > seq)
        .order_by(change.seq, change.kind.desc())
    )
    return loaded(fetched(connection, query), RECORD)


def records_of_rows(connection: sa.Connection, tenant: str, name: str, uids: list[str]) -> pl.DataFrame:
    """Return every record of some rows of a table, oldest first."""
    change, commit = schema.change.c, schema.commit.c
    same = sa.and_(change.tenant == commit.tenant, change.seq == commit.seq)
    query = (
        sa.select(*(change[name] for name in RECORD if name != "workbook_id"), commit.workbook_id)
        .join_from(schema.change, schema.commit, same)
        .where(change.tenant == tenant, change.entity == name, change.row_id == sa.bindparam("row_"))
        .order_by(change.seq, change.kind.desc())
    )
    found = [row for uid in uids for row in fetched(connection, query.params(row_=uid))]
    return loaded(found, RECORD).sort("seq", maintain_order=True)


def counts(connection: sa.Connection, tenant: str) -> pl.DataFrame:
    """Return ``seq, entity, new, deleted, cells``: what each commit did to each table."""
    change = schema.change.c
    whole = change.column == WHOLE_ROW
    query = (
        sa.select(
            change.seq,
            change.entity,
            sa.func.sum(sa.case((sa.and_(whole, change.old.is_(None)), 1), else_=0)).label("new"),
            sa.func.sum(sa.case((sa.and_(whole, change.new.is_(None)), 1), else_=0)).label("deleted"),
            sa.func.sum(sa.case((sa.or_(whole, change.column == EXTRA), 0), else_=1)).label("cells"),
        )
        .where(change.tenant == tenant)
        .group_by(change.seq, change.entity)
        .order_by(change.seq)
    )
    columns = {"seq": pl.Int64, "entity": pl.String, "new": pl.Int64, "deleted": pl.Int64, "cells": pl.Int64}
    rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema=columns, orient="row")

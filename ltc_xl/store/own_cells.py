"""The cells of the columns that a firm added: kept as texts, one row per filled cell, typed when read.

They are no columns of the state tables: a firm adds and drops them as it likes, and what a column held
outlives its declaration. A value that a declaration of another type cannot take is kept and reads as blank.
"""

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import UID, Column, Table
from ltc_xl.store import schema
from ltc_xl.store.bulk import execute_many, fetched, insert_rows
from ltc_xl.store.values import loaded, recalled, remembered

_CELL = {UID: pl.String(), "value": pl.String()}


def own_of(owner: Table) -> list[Column]:
    """Return the columns of a table that the firm added."""
    return [column for column in owner.columns if is_own(column.code)]


def with_own_cells(connection: sa.Connection, tenant: str, owner: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a state with the columns that the firm added; one look-up for each of them."""
    for column in own_of(owner):
        cells = _cells(connection, tenant, owner.name, column)
        rows = rows.join(cells, on=UID, how="left", maintain_order="left")
    return rows


def _cells(connection: sa.Connection, tenant: str, name: str, column: Column) -> pl.DataFrame:
    held = schema.own_cells().c
    query = sa.select(held[UID], held["value"]).where(
        held["_tenant"] == tenant, held["entity"] == name, held["column"] == column.code
    )
    value = recalled(pl.col("value"), column.dtype, strict=False)
    return loaded(fetched(connection, query), _CELL).select(UID, value.alias(column.code))


def write_own_cells(connection: sa.Connection, key: tuple[str, str], code: str, cells: pl.DataFrame) -> None:
    """Write the values of one column into some rows.

    Args:
        connection: of the commit.
        key: tenant and table.
        code: of the column.
        cells: ``_uid`` and ``value``; a blank one leaves nothing behind.
    """
    target = schema.own_cells()
    tenant, name = key
    told = cells.select(
        UID,
        _tenant=pl.lit(tenant),
        entity=pl.lit(name),
        column=pl.lit(code),
        value=remembered(pl.col("value"), cells.schema["value"]),
    )
    place = [target.c[part] == sa.bindparam(f"{part}__") for part in ("_tenant", "entity", "column", UID)]
    named = {part: f"{part}__" for part in ("_tenant", "entity", "column", UID)}
    execute_many(connection, sa.delete(target).where(*place), told.drop("value").rename(named))
    insert_rows(connection, target, told.drop_nulls("value"))

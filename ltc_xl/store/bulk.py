"""Many rows at once: statements are compiled once, rows travel as tuples through the driver."""

from collections.abc import Sequence

import polars as pl
import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from ltc_xl.store.values import stored


def execute_many(connection: sa.Connection, statement: UpdateBase, rows: pl.DataFrame) -> int:
    """Run a statement once per row of a frame whose columns are its parameters; return the rows it met."""
    if not rows.height:
        return 0
    compiled = statement.compile(dialect=connection.dialect, column_keys=rows.columns)
    values = stored(rows).select(compiled.positiontup or []).rows()
    return connection.exec_driver_sql(str(compiled), values).rowcount


def insert_rows(connection: sa.Connection, target: sa.Table, rows: pl.DataFrame) -> None:
    """Insert a frame whose columns are columns of the table."""
    execute_many(connection, sa.insert(target), rows)


def fetched(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> Sequence[tuple[object, ...]]:
    """Return the rows of a query as the driver gives them, without a conversion per value."""
    compiled = query.compile(dialect=connection.dialect)
    values = tuple(compiled.params[name] for name in compiled.positiontup or [])
    rows: Sequence[tuple[object, ...]] = connection.exec_driver_sql(str(compiled), values).cursor.fetchall()
    return rows

"""The state of a table: what every commit so far has led to."""

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import UID, Table, table
from ltc_xl.store import schema
from ltc_xl.store.bulk import fetched
from ltc_xl.store.own_cells import with_own_cells
from ltc_xl.store.values import loaded


def model_table(owner: Table | str) -> Table:
    """Return a table that is named or handed over."""
    return table(owner) if isinstance(owner, str) else owner


def state_schema(owner: Table) -> dict[str, pl.DataType]:
    """Return the columns of a state table as a frame: those the store keeps of the model, and ``_uid``."""
    kept = (column for column in schema.kept_columns(owner) if not is_own(column.code))
    return {column.code: column.dtype for column in kept} | {UID: pl.String()}


def state_rows(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return the rows that are not deleted."""
    target, types = schema.state_of(owner.name), state_schema(owner)
    query = sa.select(*(target.c[name] for name in types)).where(
        target.c["_tenant"] == tenant, target.c["_deleted"].is_(None)
    )
    return with_own_cells(connection, tenant, owner, loaded(fetched(connection, query), types))


def all_rows(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return every row there ever was, as it last stood; ``_deleted`` names the commit that deleted it."""
    target, types = schema.state_of(owner.name), {**state_schema(owner), "_deleted": pl.Int64()}
    query = sa.select(*(target.c[name] for name in types)).where(target.c["_tenant"] == tenant)
    return with_own_cells(connection, tenant, owner, loaded(fetched(connection, query), types))


_EXTRA = {UID: pl.String(), "_extra": pl.String()}


def remains(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return ``_uid`` and ``_extra`` of rows that were deleted; the state remembers them."""
    target = schema.state_of(owner.name)
    query = sa.select(target.c[UID], target.c["_extra"]).where(
        target.c["_tenant"] == tenant, target.c["_deleted"].is_not(None)
    )
    return loaded(fetched(connection, query), _EXTRA)


def extras(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return ``_uid`` and ``_extra`` of rows that hold more than the model's columns."""
    target = schema.state_of(owner.name)
    query = sa.select(target.c[UID], target.c["_extra"]).where(
        target.c["_tenant"] == tenant, target.c["_extra"].is_not(None)
    )
    return loaded(fetched(connection, query), _EXTRA)


def state_numbers(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return ``_uid`` and ``number`` of every row that has one; deleted rows keep theirs."""
    target, column = schema.state_of(owner.name), owner.numbered or ""
    query = sa.select(target.c[UID], target.c[column]).where(
        target.c["_tenant"] == tenant, target.c[column].is_not(None)
    )
    return loaded(fetched(connection, query), {UID: pl.String(), "number": pl.String()})

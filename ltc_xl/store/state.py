"""The state of a table: what every commit so far has led to."""

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.tables import UID, Table
from ltc_xl.store import schema
from ltc_xl.store.bulk import fetched
from ltc_xl.store.values import loaded


def state_schema(owner: Table) -> dict[str, pl.DataType]:
    """Return the columns of a state as a frame: those the store keeps, and ``_uid``."""
    return {column.code: column.dtype for column in schema.kept_columns(owner)} | {UID: pl.String()}


def state_rows(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return the rows that are not deleted."""
    target, types = schema.state_of(owner.name), state_schema(owner)
    query = sa.select(*(target.c[name] for name in types)).where(
        target.c["_tenant"] == tenant, target.c["_deleted"].is_(None)
    )
    return loaded(fetched(connection, query), types)


def all_rows(connection: sa.Connection, tenant: str, owner: Table) -> pl.DataFrame:
    """Return every row there ever was, as it last stood; ``_deleted`` names the commit that deleted it."""
    target, types = schema.state_of(owner.name), {**state_schema(owner), "_deleted": pl.Int64()}
    query = sa.select(*(target.c[name] for name in types)).where(target.c["_tenant"] == tenant)
    return loaded(fetched(connection, query), types)


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

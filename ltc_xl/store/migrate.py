"""Bring a store's tables up to this version: Alembic for its own, the model for the state tables."""

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from ltc_xl.model.errors import StoreAway
from ltc_xl.store import schema

CURRENT = "0004"


def bring_up_to_date(connection: sa.Connection, file: str) -> None:
    """Create or upgrade what is missing; costs two look-ups when nothing is.

    Raises:
        StoreAway: a newer ltc-xl has written this store.
    """
    found = _revision(connection)
    if found is not None and found > CURRENT:
        raise StoreAway("store_newer", path=file)
    if found != CURRENT:
        _run_migrations(connection)
    _follow_model(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def _run_migrations(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "ltc_xl.store:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def _follow_model(connection: sa.Connection) -> None:
    """Create the state tables and columns that the model has and the store lacks; drop nothing."""
    metadata = schema.state()
    standing = sa.inspect(connection).get_multi_columns()
    for table in metadata.tables.values():
        names = {column["name"] for column in standing.get((None, table.name), [])}
        if not names:
            table.create(connection)
        for column in table.columns if names else ():
            if column.name not in names:
                _add_column(connection, table, column)


def _add_column(connection: sa.Connection, table: sa.Table, column: sa.Column[object]) -> None:
    quoted = connection.dialect.identifier_preparer.format_table(table)
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {quoted} ADD COLUMN {definition}")

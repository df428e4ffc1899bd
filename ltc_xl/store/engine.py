"""Connections to a store: every transaction starts with the write lock (BEGIN IMMEDIATE).

In the driver's own mode a SELECT stands outside any transaction, and one in five read-modify-writes of
eight processes was lost; with BEGIN IMMEDIATE none was.
"""

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ltc_xl.model.errors import StoreAway, UsageError
from ltc_xl.store.place import refuse_shared_folder

BUSY_SECONDS = 30
CACHE_KB = 65_536
"""Room for the indexes of a hundred thousand changes; SQLite's own 2 MB send them to disk and back."""


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Return whether this SQLite library keeps every commit in WAL mode.

    Up to 3.51.2 a reset of the log could lose committed writes of a second connection; the repair was
    carried back to 3.50.7 and 3.44.6.

    >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 44, 6)), wal_is_safe((3, 51, 2)), wal_is_safe((3, 52, 0))
    (False, True, False, True)
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def sqlite_file(url: str) -> Path:
    """Return the file of a store's URL.

    Raises:
        UsageError: not a URL, or of a database this version does not speak.
    """
    try:
        parsed: URL = make_url(url)
    except ArgumentError as error:
        raise UsageError("store_url", url=url) from error
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError("store_url", url=parsed.render_as_string(hide_password=True))
    return Path(parsed.database)


def engine_of(file: Path) -> sa.Engine:
    """Return an engine whose transactions hold the write lock from their first statement.

    Raises:
        StoreAway: the folder is shared with other machines or cannot be made.
    """
    refuse_shared_folder(file.absolute())
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreAway("store_unreachable", path=str(file), cause=error.strerror or str(error)) from error
    engine = sa.create_engine(f"sqlite:///{file.as_posix()}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _lock)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"
    connection.execute(f"PRAGMA journal_mode={journal}")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KB}")


def _lock(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

"""The store's tables: commits, what they changed, what waits, and one typed state table per model table.

The tenant (one firm's store id) comes first in every key: it is the unit that is locked, and later the
unit by which a server spreads the data. State tables are made from the model, so a new column in
``tables.toml`` is a new column here.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID, Column, Table, tables

TRACKED_GROUPS = ("work", "rule")
"""Result, look and technical sheets are written anew and have no history."""

OWN_CELLS = "state_own_cells"

fixed = sa.MetaData()

head = sa.Table(
    "head",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)

commit = sa.Table(
    "commit",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("commit_id", sa.Text, nullable=False),
    sa.Column("workbook_id", sa.Text, nullable=False),
    sa.Column("parent_token", sa.Text),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp()),
    sa.Column("tool_version", sa.Text, nullable=False),
    sa.Column("template_version", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("batch", sa.Text),
    sa.Column("as_of", sa.Date),
    sa.Column("undoes", sa.Text),
    sa.Column("undone_by", sa.BigInteger),
    sa.Column("rules", sa.Text),
    sa.UniqueConstraint("tenant", "commit_id"),
)
"""``undoes`` names what an undo took back, ``undone_by`` the commit that took this one back, ``rules`` the
versions of the rule sheets it went by, as JSON."""

change = sa.Table(
    "change",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("row_id", sa.Text, primary_key=True),
    sa.Column("column", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    sa.Index("change_of_row", "tenant", "entity", "row_id", "seq"),
)

left = sa.Table(
    "left",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("workbook_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

finding = sa.Table(
    "finding",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("finding_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("row_id", sa.Text, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("found", sa.Text),
    sa.Column("wanted", sa.Text, nullable=False),
    sa.Column("values", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp()),
    sa.Column("closed_seq", sa.BigInteger),
    sa.Column("closed_why", sa.Text),
    sa.Index("finding_of_row", "tenant", "entity", "row_id"),
)
"""What somebody wanted of a cell and did not get; open until ``closed_seq``."""

conflict = sa.Table(
    "conflict",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("conflict_id", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("row_id", sa.Text, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.Column("base", sa.Text),
    sa.Column("mine", sa.Text),
    sa.Column("theirs", sa.Text),
    sa.Column("workbook_id", sa.Text, nullable=False),
    sa.Column("mine_actor", sa.Text, nullable=False),
    sa.Column("theirs_actor", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp()),
    sa.Column("resolution", sa.Text),
    sa.Column("closed_seq", sa.BigInteger),
    sa.Column("closed_by", sa.Text),
    sa.Index("conflict_of_row", "tenant", "entity", "row_id"),
)
"""Two edits of one cell; open until ``closed_seq``."""

backup = sa.Table(
    "backup",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("workbook_id", sa.Text, primary_key=True),
    sa.Column("file_name", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp()),
)
"""A file that was replaced: the commit it showed, the path it had, the command that came after it."""

put = sa.Table(
    "put",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("workbook_id", sa.Text, nullable=False),
    sa.Column("old", sa.LargeBinary, nullable=False),
    sa.Column("new", sa.LargeBinary, nullable=False),
)
"""Bodies of sheets the program owns, before and after a commit, as compressed Arrow."""


rule_version = sa.Table(
    "rule_version",
    fixed,
    sa.Column("tenant", sa.Text, primary_key=True),
    sa.Column("rule_set", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("rows", sa.LargeBinary, nullable=False),
    sa.Column("own", sa.LargeBinary),
    sa.Column("index_rows", sa.LargeBinary, nullable=False),
)
"""What a rule sheet said while it was sound, as compressed Arrow; ``seq`` is the commit that brought it."""


class Exact(TypeDecorator[Decimal]):
    """A decimal that stays exact: whole units of its last place on SQLite, NUMERIC elsewhere."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)
        self.places = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[object]:
        """Return the column type of a database."""
        exact = sa.BigInteger() if dialect.name == "sqlite" else self.impl_instance
        return dialect.type_descriptor(exact)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        """Return what is stored."""
        if value is None or dialect.name != "sqlite":
            return value
        return int(value.scaleb(self.places))

    def process_result_value(self, value: object, dialect: Dialect) -> Decimal | None:
        """Return what was meant."""
        if value is None:
            return None
        return Decimal(str(value)).scaleb(-self.places if dialect.name == "sqlite" else 0)


def _sql_type(dtype: pl.DataType) -> TypeEngine[Any]:
    if isinstance(dtype, pl.Decimal):
        return Exact(dtype.precision, dtype.scale)
    plain: dict[type[pl.DataType], TypeEngine[Any]] = {
        pl.String: sa.Text(),
        pl.Int64: sa.BigInteger(),
        pl.Date: sa.Date(),
        pl.Datetime: sa.DateTime(),
        pl.Boolean: sa.Boolean(),
    }
    return plain[type(dtype)]


def tracked() -> Iterable[Table]:
    """Return the tables of the model that have a state and a history."""
    return (t for t in tables().values() if t.group in TRACKED_GROUPS and not t.by_program)


def followed(book: Book) -> list[Table]:
    """Return the tracked tables of a book, as it has them, whose rows carry their identity on the sheet."""
    places = ((book.table(owner.name), book.place(owner.name)) for owner in tracked())
    return [owner for owner, place in places if place and UID in place.columns]


def kept_columns(owner: Table) -> tuple[Column, ...]:
    """Return the columns the store keeps: all but those that Excel computes."""
    return tuple(column for column in owner.columns if not column.live)


@cache
def state() -> sa.MetaData:
    """Return the state tables: ``state_leads`` and so on, and the cells of the firms' own columns."""
    metadata = sa.MetaData()
    for owner in tracked():
        sa.Table(
            f"state_{owner.name}",
            metadata,
            sa.Column("_tenant", sa.Text, primary_key=True),
            sa.Column("_uid", sa.Text, primary_key=True),
            *(sa.Column(column.code, _sql_type(column.dtype)) for column in kept_columns(owner)),
            sa.Column("_extra", sa.Text),
            sa.Column("_rev", sa.BigInteger),
            sa.Column("_deleted", sa.BigInteger),
        )
    sa.Table(
        OWN_CELLS,
        metadata,
        sa.Column("_tenant", sa.Text, primary_key=True),
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("column", sa.Text, primary_key=True),
        sa.Column("_uid", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    return metadata


def own_cells() -> sa.Table:
    """Return the state of the columns that firms added: one row per cell that is filled."""
    return state().tables[OWN_CELLS]


def state_of(name: str) -> sa.Table:
    """Return the state table of a model table."""
    return state().tables[f"state_{name}"]

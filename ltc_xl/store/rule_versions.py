"""The sound versions of the rule sheets, each kept once, with the commit since which it is in force."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import polars as pl
import sqlalchemy as sa

from ltc_xl.model.rulebook import RuleVersion
from ltc_xl.model.tables import table, tables
from ltc_xl.store import schema

INDEX = "rule_index"


def write_version(connection: sa.Connection, tenant: str, name: str, version: RuleVersion) -> None:
    """Keep a version of a rule sheet, in place of one that the same commit brought."""
    held = schema.rule_version
    key = {"tenant": tenant, "rule_set": name, "seq": version.seq}
    connection.execute(sa.delete(held).filter_by(**key))
    connection.execute(
        sa.insert(held).values(
            **key,
            version=version.version,
            since=version.since,
            rows=_packed(version.rows),
            own=None if version.own is None else _packed(version.own),
            index_rows=_packed(version.index),
        )
    )


def rule_versions(
    connection: sa.Connection, tenant: str, until: int | None = None
) -> Mapping[str, RuleVersion]:
    """Return rule table -> its last version; those of commits that were taken back do not count.

    Args:
        connection: to the store.
        tenant: the firm.
        until: the last commit that is looked at; None for all.
    """
    query = _versions(tenant).where(schema.commit.c.undone_by.is_(None))
    if until is not None:
        query = query.where(schema.rule_version.c.seq <= until)
    last = {row.rule_set: row for row in connection.execute(query) if row.rule_set in tables()}
    return {name: _version(row) for name, row in last.items()}


def every_version(connection: sa.Connection, tenant: str) -> list[tuple[str, RuleVersion]]:
    """Return rule table and version of all that are kept, oldest first."""
    rows = (row for row in connection.execute(_versions(tenant)) if row.rule_set in tables())
    return [(row.rule_set, _version(row)) for row in rows]


def _versions(tenant: str) -> sa.Select[Any]:
    held, commit = schema.rule_version.c, schema.commit.c
    by = sa.and_(commit.tenant == held.tenant, commit.seq == held.seq)
    columns = (held.rule_set, held.version, held.since, held.seq, held.rows, held.own, held.index_rows)
    return (
        sa.select(*columns)
        .join_from(schema.rule_version, schema.commit, by)
        .where(held.tenant == tenant)
        .order_by(held.seq, held.rule_set)
    )


def _version(row: sa.Row[Any]) -> RuleVersion:
    own = None if row.own is None else pl.read_ipc(BytesIO(row.own))
    rows, index = _unpacked(row.rule_set, row.rows), _unpacked(INDEX, row.index_rows)
    return RuleVersion(row.version, rows, own, index, row.since, row.seq)


def last_change(connection: sa.Connection, tenant: str, name: str, after: int) -> int | None:
    """Return the last commit after one that changed a rule sheet, or what 规则目录 says of it."""
    held = schema.change.c
    mine = (held.tenant == tenant, held.entity.in_([name, INDEX]), held.seq > after)
    found: int | None = connection.scalar(sa.select(sa.func.max(held.seq)).where(*mine))
    return found


def bring_back_versions(connection: sa.Connection, tenant: str, until: int, seq: int) -> None:
    """Keep again, as of a commit, the versions that were in force when an earlier one was made."""
    now = rule_versions(connection, tenant)
    for name, version in rule_versions(connection, tenant, until).items():
        if now[name].version != version.version:
            write_version(connection, tenant, name, replace(version, seq=seq))


def _packed(rows: pl.DataFrame) -> bytes:
    packed = BytesIO()
    rows.write_ipc(packed, compression="zstd")
    return packed.getvalue()


def _unpacked(name: str, packed: bytes) -> pl.DataFrame:
    """Return rows with the columns that the model has today."""
    rows, schema = pl.read_ipc(BytesIO(packed)), table(name).schema
    if rows.schema == schema:
        return rows
    return rows.select(
        (pl.col(code) if code in rows.columns else pl.lit(None)).cast(dtype).alias(code)
        for code, dtype in schema.items()
    )

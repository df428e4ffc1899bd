"""Commits: their order, what each says of itself, what a person may want to know of it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ltc_xl import __version__
from ltc_xl.model.change import Changes
from ltc_xl.store import schema


@dataclass(frozen=True, slots=True)
class Note:
    """What a commit says of itself: from which workbook, by which command, by whom, for which day, why.

    ``rules`` are the versions of the rule sheets it goes by: a JSON object.
    """

    workbook_id: str
    command: str
    actor: str
    template_version: str | None = None
    reason: str | None = None
    batch: str | None = None
    as_of: date | None = None
    undoes: str | None = None
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit: its place in the order, the token the workbook carries, and what the workbook must show."""

    seq: int
    token: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as history tells it; ``at`` is the moment in UTC."""

    seq: int
    command: str
    actor: str
    at: datetime
    as_of: date | None
    reason: str | None
    batch: str | None
    undoes: str | None
    undone_by: int | None
    workbook_id: str
    rules: str | None = None


def head_of(connection: sa.Connection, tenant: str) -> int:
    """Return the number of the last commit; 0 before the first."""
    found = connection.scalar(sa.select(schema.head.c.seq).where(schema.head.c.tenant == tenant))
    return found or 0


def next_seq(connection: sa.Connection, tenant: str) -> int:
    """Take the next number; the row stays locked until the transaction ends."""
    moved = sa.update(schema.head).where(schema.head.c.tenant == tenant).values(seq=schema.head.c.seq + 1)
    if connection.execute(moved).rowcount == 0:
        connection.execute(sa.insert(schema.head).values(tenant=tenant, seq=1))
    return head_of(connection, tenant)


def seq_of(connection: sa.Connection, tenant: str, token: str | None) -> int | None:
    """Return the number of the commit a token names; 0 for none, None if unknown."""
    if not token:
        return 0
    query = sa.select(schema.commit.c.seq).where(
        schema.commit.c.tenant == tenant, schema.commit.c.commit_id == token
    )
    return connection.scalar(query)


def token_of(connection: sa.Connection, tenant: str, seq: int) -> str:
    """Return the token of a commit; '' for 0."""
    query = sa.select(schema.commit.c.commit_id).where(
        schema.commit.c.tenant == tenant, schema.commit.c.seq == seq
    )
    return connection.scalar(query) or ""


def commits(connection: sa.Connection, tenant: str) -> list[Commit]:
    """Return all commits, oldest first."""
    held = schema.commit.c
    fields = [held[name] for name in Commit.__slots__]
    query = sa.select(*fields).where(held.tenant == tenant).order_by(held.seq)
    return [Commit(*row) for row in connection.execute(query)]


def write_commit(
    connection: sa.Connection, tenant: str, seq: int, tokens: tuple[str, str | None], note: Note
) -> None:
    """Write a commit; ``tokens`` are its own and its parent's."""
    token, parent = tokens
    connection.execute(
        sa.insert(schema.commit).values(
            tenant=tenant,
            seq=seq,
            commit_id=token,
            workbook_id=note.workbook_id,
            parent_token=parent,
            command=note.command,
            actor=note.actor,
            tool_version=__version__,
            template_version=note.template_version,
            reason=note.reason,
            batch=note.batch,
            as_of=note.as_of,
            undoes=note.undoes,
            rules=note.rules,
        )
    )

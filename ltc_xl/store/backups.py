"""Backups: the files that were replaced, and the file as each workbook was left."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ltc_xl.store import schema


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was replaced.

    Attributes:
        file_name: its name in the folder of the workbook's backups.
        seq: the commit it showed.
        digest: sha256 of it.
        size: its bytes.
        book: the path it was replaced at.
        command: what came after it.
        at: the moment in UTC.
    """

    file_name: str
    seq: int
    digest: str
    size: int
    book: str
    command: str
    at: datetime | None = None


def write_backup(connection: sa.Connection, tenant: str, workbook_id: str, backup: Backup) -> None:
    """Remember a backup."""
    told = {name: getattr(backup, name) for name in Backup.__slots__ if name != "at"}
    connection.execute(sa.insert(schema.backup).values(tenant=tenant, workbook_id=workbook_id, **told))


def forget_backup(connection: sa.Connection, tenant: str, workbook_id: str, file_name: str) -> None:
    """Forget a backup whose file is gone."""
    key = {"tenant": tenant, "workbook_id": workbook_id, "file_name": file_name}
    connection.execute(sa.delete(schema.backup).filter_by(**key))


def backups(connection: sa.Connection, tenant: str, workbook_id: str) -> list[Backup]:
    """Return what is known of a workbook's backups, oldest first."""
    held = schema.backup.c
    query = (
        sa.select(*(held[name] for name in Backup.__slots__))
        .where(held.tenant == tenant, held.workbook_id == workbook_id)
        .order_by(held.at, held.file_name)
    )
    return [Backup(*row) for row in connection.execute(query)]


def write_left(connection: sa.Connection, tenant: str, workbook_id: str, seq: int, digest: str) -> None:
    """Remember the digest of the file that now shows a commit; '' when a cell of it still waits."""
    key = {"tenant": tenant, "workbook_id": workbook_id}
    connection.execute(sa.delete(schema.left).filter_by(**key))
    connection.execute(sa.insert(schema.left).values(**key, seq=seq, digest=digest))


def left_at(connection: sa.Connection, tenant: str, workbook_id: str) -> tuple[int, str]:
    """Return the last commit that a workbook's file came to show (0 before the first), and its digest."""
    held = schema.left.c
    query = sa.select(held.seq, held.digest).where(held.tenant == tenant, held.workbook_id == workbook_id)
    found = connection.execute(query).one_or_none()
    return (found.seq, found.digest) if found else (0, "")

"""The store of one firm: commits, the state they lead to, and who changed what."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from ltc_xl import __version__
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.errors import BookHasChanged, StoreAway
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, table
from ltc_xl.store import schema
from ltc_xl.store.bulk import fetched
from ltc_xl.store.engine import engine_of
from ltc_xl.store.history import RECORD
from ltc_xl.store.migrate import bring_up_to_date
from ltc_xl.store.numbers import Numbers, number_sets, numbered_rows, numbers_for, with_numbers
from ltc_xl.store.state import state_numbers, state_rows
from ltc_xl.store.values import loaded
from ltc_xl.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Note:
    """What a commit says of itself: from which workbook, by which command, by whom, why."""

    workbook_id: str
    command: str
    actor: str
    parent_token: str | None = None
    template_version: str | None = None
    reason: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit: its place in the order, the token the workbook carries, and what the workbook must show."""

    seq: int
    token: str
    changes: Changes


class Store:
    """One firm's part of a database; every method is one transaction."""

    def __init__(self, file: Path, tenant: str) -> None:
        self.file, self.tenant = file, tenant
        self._engine = engine_of(file)
        with self._transaction() as connection:
            bring_up_to_date(connection, str(file))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            if not isinstance(error.orig, sqlite3.DatabaseError) or isinstance(
                error.orig, sqlite3.IntegrityError | sqlite3.ProgrammingError
            ):
                raise
            raise StoreAway("store_unreachable", path=str(self.file), cause=str(error.orig)) from error

    @property
    def head(self) -> int:
        """Return the number of the last commit; 0 before the first."""
        with self._transaction() as connection:
            return _head(connection, self.tenant)

    def seq_of(self, token: str | None) -> int | None:
        """Return the number of the commit a workbook's base token names; 0 for none, None if unknown."""
        if not token:
            return 0
        with self._transaction() as connection:
            query = sa.select(schema.commit.c.seq).where(
                schema.commit.c.tenant == self.tenant, schema.commit.c.commit_id == token
            )
            return connection.scalar(query)

    def token_of(self, seq: int) -> str:
        """Return the token of a commit; '' for 0."""
        with self._transaction() as connection:
            query = sa.select(schema.commit.c.commit_id).where(
                schema.commit.c.tenant == self.tenant, schema.commit.c.seq == seq
            )
            return connection.scalar(query) or ""

    def rows(self, name: str) -> pl.DataFrame:
        """Return the state of a table: its kept columns and ``_uid``, typed as in a ``Book``."""
        with self._transaction() as connection:
            return state_rows(connection, self.tenant, table(name))

    def since(self, seq: int) -> pl.DataFrame:
        """Return the records of every later commit, oldest first, with the workbook each came from."""
        change, commit = schema.change.c, schema.commit.c
        with self._transaction() as connection:
            same = sa.and_(change.tenant == commit.tenant, change.seq == commit.seq)
            query = (
                sa.select(*(change[name] for name in RECORD if name != "workbook_id"), commit.workbook_id)
                .join_from(schema.change, schema.commit, same)
                .where(change.tenant == self.tenant, change.seq > seq)
                .order_by(change.seq, change.kind.desc())
            )
            return loaded(fetched(connection, query), RECORD)

    def was_left(self, workbook_id: str, digest: str) -> bool:
        """Return whether the file is byte for byte as the last commit of its workbook left it."""
        with self._transaction() as connection:
            query = sa.select(schema.left.c.seq).where(
                schema.left.c.tenant == self.tenant,
                schema.left.c.workbook_id == workbook_id,
                schema.left.c.digest == digest,
                schema.left.c.seq == _head(connection, self.tenant),
            )
            return connection.scalar(query) is not None

    def left_at(self, workbook_id: str) -> int:
        """Return the last commit of a workbook that its file came to show; 0 before the first."""
        with self._transaction() as connection:
            query = sa.select(schema.left.c.seq).where(
                schema.left.c.tenant == self.tenant, schema.left.c.workbook_id == workbook_id
            )
            return connection.scalar(query) or 0

    def leave(self, workbook_id: str, seq: int, digest: str) -> None:
        """Remember the digest of the file that now shows a commit."""
        key = {"tenant": self.tenant, "workbook_id": workbook_id}
        with self._transaction() as connection:
            connection.execute(sa.delete(schema.left).filter_by(**key))
            connection.execute(sa.insert(schema.left).values(**key, seq=seq, digest=digest))

    @contextmanager
    def commit(
        self, note: Note, book: Book, typed: Changes, given: Changes, site: str
    ) -> Iterator[Committed]:
        """Commit when the block ends, nothing at all when it raises.

        Args:
            note: what the commit says of itself.
            book: the book the changes were made for; its base is ``note.parent_token``.
            typed: what people did to the book since that base.
            given: what the command wants.
            site: the site code in business numbers.

        Yields:
            The commit, with the numbers it gave: what the workbook must show once it is done.

        Raises:
            BookHasChanged: someone else has committed since the book was brought up to date.
        """
        token = mint_uids(1)[0]
        with self._transaction() as connection:
            seq = _next_seq(connection, self.tenant)
            if seq != _seq_after(connection, self.tenant, note.parent_token):
                raise BookHasChanged("store_moved", path=book.name)
            _write_commit(connection, self.tenant, seq, token, note)
            numbers = _numbers(connection, self.tenant, book, given, site)
            numbered = with_numbers(given, numbers) + Changes(number_sets(numbers, book))
            write, names = Writer(connection, self.tenant, seq), {t.name for t in schema.followed(book)}
            write.changes(_only(typed, names), "typed")
            write.changes(_only(numbered, names), "program")
            yield Committed(seq, token, numbered)


def _only(changes: Changes, names: set[str]) -> Changes:
    """Return the changes of some tables; rows without an identity on their sheet have no history."""
    return Changes(
        tuple(entry for entry in changes.sets if entry.table in names),
        {name: rows for name, rows in changes.inserts.items() if name in names},
        {name: rows for name, rows in changes.deletes.items() if name in names},
        extra={name: rows for name, rows in changes.extra.items() if name in names},
    )


def _numbers(connection: sa.Connection, tenant: str, book: Book, given: Changes, site: str) -> Numbers:
    """Return a number for every row that wants one; read before anything is written."""
    numbers: dict[str, Mapping[str, str]] = {}
    for owner in (owner for owner in schema.tracked() if owner.numbered):
        rows = numbered_rows(owner, book, given)
        wanting = rows.filter(pl.col("number").is_null())[UID]
        if len(wanting):
            used = pl.concat([state_numbers(connection, tenant, owner), rows.drop_nulls()])
            numbers[owner.name] = numbers_for(owner, wanting, used.unique(UID, keep="first"), site)
    return numbers


def _head(connection: sa.Connection, tenant: str) -> int:
    found = connection.scalar(sa.select(schema.head.c.seq).where(schema.head.c.tenant == tenant))
    return found or 0


def _next_seq(connection: sa.Connection, tenant: str) -> int:
    """Take the next number; the row stays locked until the transaction ends."""
    moved = sa.update(schema.head).where(schema.head.c.tenant == tenant).values(seq=schema.head.c.seq + 1)
    if connection.execute(moved).rowcount == 0:
        connection.execute(sa.insert(schema.head).values(tenant=tenant, seq=1))
    return _head(connection, tenant)


def _seq_after(connection: sa.Connection, tenant: str, token: str | None) -> int:
    query = sa.select(schema.commit.c.seq).where(
        schema.commit.c.tenant == tenant, schema.commit.c.commit_id == token
    )
    return (connection.scalar(query) or 0) + 1


def _write_commit(connection: sa.Connection, tenant: str, seq: int, token: str, note: Note) -> None:
    connection.execute(
        sa.insert(schema.commit).values(
            tenant=tenant,
            seq=seq,
            commit_id=token,
            workbook_id=note.workbook_id,
            parent_token=note.parent_token,
            command=note.command,
            actor=note.actor,
            tool_version=__version__,
            template_version=note.template_version,
            reason=note.reason,
            batch=note.batch,
        )
    )

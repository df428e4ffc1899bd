"""The store of one firm: commits, the state they lead to, and who changed what."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from ltc_xl.model.errors import BookHasChanged, StoreAway
from ltc_xl.model.rulebook import RuleVersion
from ltc_xl.model.tables import Table
from ltc_xl.model.wish import Wish
from ltc_xl.store.backups import Backup, backups, forget_backup, left_at, write_backup, write_left
from ltc_xl.store.bodies import bodies_replaced, bodies_since
from ltc_xl.store.commits import Commit, commits, head_of, seq_of, token_of
from ltc_xl.store.engine import engine_of
from ltc_xl.store.history import counts, records_of_rows, records_since
from ltc_xl.store.migrate import bring_up_to_date
from ltc_xl.store.rule_versions import every_version, rule_versions
from ltc_xl.store.state import all_rows, model_table, state_rows
from ltc_xl.store.wishes import WishTold, open_wishes, wishes_told
from ltc_xl.store.writing import Writing


class Store:
    """One firm's part of a database; every method is one transaction."""

    def __init__(self, file: Path, tenant: str) -> None:
        self.file, self.tenant = file, tenant
        self._engine = engine_of(file)
        self._held = False
        with self._transaction() as connection:
            bring_up_to_date(connection, str(file))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        if self._held:
            raise AssertionError("a transaction inside another waits for itself")
        self._held = True
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            if not isinstance(error.orig, sqlite3.DatabaseError) or isinstance(
                error.orig, sqlite3.IntegrityError | sqlite3.ProgrammingError
            ):
                raise
            raise StoreAway("store_unreachable", path=str(self.file), cause=str(error.orig)) from error
        finally:
            self._held = False

    @contextmanager
    def writing(self, book: str, parent_token: str | None) -> Iterator[Writing]:
        """Commit what the block commits when it ends, nothing at all when it raises.

        Args:
            book: the workbook's name, for messages.
            parent_token: the commit whose state the workbook shows.

        Raises:
            BookHasChanged: someone else has committed since the book was brought up to date.
        """
        with self._transaction() as connection:
            head = head_of(connection, self.tenant)
            if head != (seq_of(connection, self.tenant, parent_token) or 0):
                raise BookHasChanged("store_moved", path=book)
            yield Writing(connection, self.tenant, head, parent_token)

    # ------------------------------------------------------------ commits

    @property
    def head(self) -> int:
        """Return the number of the last commit; 0 before the first."""
        with self._transaction() as connection:
            return head_of(connection, self.tenant)

    def seq_of(self, token: str | None) -> int | None:
        """Return the number of the commit a workbook's base token names; 0 for none, None if unknown."""
        with self._transaction() as connection:
            return seq_of(connection, self.tenant, token)

    def token_of(self, seq: int) -> str:
        """Return the token of a commit; '' for 0."""
        with self._transaction() as connection:
            return token_of(connection, self.tenant, seq)

    def commits(self) -> list[Commit]:
        """Return all commits, oldest first."""
        with self._transaction() as connection:
            return commits(connection, self.tenant)

    def counts(self) -> pl.DataFrame:
        """Return ``seq, entity, new, deleted, cells``: what each commit did to each table."""
        with self._transaction() as connection:
            return counts(connection, self.tenant)

    # ------------------------------------------------------------ state and history

    def rows(self, owner: Table | str) -> pl.DataFrame:
        """Return the state of a table: its kept columns and ``_uid``, typed as in a ``Book``.

        A table of the model is named; one of a book is handed over with the columns that the firm added.
        """
        with self._transaction() as connection:
            return state_rows(connection, self.tenant, model_table(owner))

    def all_rows(self, owner: Table | str) -> pl.DataFrame:
        """Return the state of a table with the rows that were deleted."""
        with self._transaction() as connection:
            return all_rows(connection, self.tenant, model_table(owner))

    def since(self, seq: int) -> pl.DataFrame:
        """Return the records of every later commit, oldest first, with the workbook each came from."""
        with self._transaction() as connection:
            return records_since(connection, self.tenant, seq)

    def records_of(self, name: str, uids: list[str]) -> pl.DataFrame:
        """Return every record of some rows of a table, oldest first."""
        with self._transaction() as connection:
            return records_of_rows(connection, self.tenant, name, uids)

    def open_wishes(self) -> tuple[Wish, ...]:
        """Return the wishes that are open, oldest first."""
        with self._transaction() as connection:
            return open_wishes(connection, self.tenant)

    def wishes(self) -> tuple[WishTold, ...]:
        """Return every wish there ever was, oldest first."""
        with self._transaction() as connection:
            return wishes_told(connection, self.tenant)

    def rule_versions(self) -> Mapping[str, RuleVersion]:
        """Return rule table -> the last sound version of it that was in force."""
        with self._transaction() as connection:
            return rule_versions(connection, self.tenant)

    def every_rule_version(self) -> list[tuple[str, RuleVersion]]:
        """Return rule table and version of all that are kept, oldest first."""
        with self._transaction() as connection:
            return every_version(connection, self.tenant)

    def bodies_since(self, workbook_id: str, seq: int) -> Mapping[str, pl.DataFrame]:
        """Return table -> the body that the last of a workbook's commits after ``seq`` wrote."""
        with self._transaction() as connection:
            return bodies_since(connection, self.tenant, workbook_id, seq)

    def bodies_replaced(self, workbook_id: str, seqs: Collection[int]) -> Mapping[str, pl.DataFrame]:
        """Return table -> the body that some commits replaced, where no other has written since."""
        with self._transaction() as connection:
            return bodies_replaced(connection, self.tenant, workbook_id, seqs)

    # ------------------------------------------------------------ files

    def was_left(self, workbook_id: str, digest: str) -> bool:
        """Return whether the file is byte for byte as the last commit of its workbook left it."""
        with self._transaction() as connection:
            head = head_of(connection, self.tenant)
            return left_at(connection, self.tenant, workbook_id) == (head, digest)

    def left_at(self, workbook_id: str) -> int:
        """Return the last commit of a workbook that its file came to show; 0 before the first."""
        with self._transaction() as connection:
            return left_at(connection, self.tenant, workbook_id)[0]

    def leave(self, workbook_id: str, seq: int, digest: str) -> None:
        """Remember the digest of the file that now shows a commit; '' when a cell of it still waits."""
        with self._transaction() as connection:
            write_left(connection, self.tenant, workbook_id, seq, digest)

    def back_up(self, workbook_id: str, backup: Backup) -> None:
        """Remember a file that was replaced."""
        with self._transaction() as connection:
            write_backup(connection, self.tenant, workbook_id, backup)

    def forget_backup(self, workbook_id: str, file_name: str) -> None:
        """Forget a backup whose file is gone."""
        with self._transaction() as connection:
            forget_backup(connection, self.tenant, workbook_id, file_name)

    def backups(self, workbook_id: str) -> list[Backup]:
        """Return what is known of a workbook's backups, oldest first."""
        with self._transaction() as connection:
            return backups(connection, self.tenant, workbook_id)

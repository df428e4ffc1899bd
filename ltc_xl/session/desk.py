"""The desk: a workbook under the lock with its store. Here, and nowhere else, both are written.

Store first, file second. New rows get their identity in the file before anything is committed, and the
file carries the token of the commit it shows; so whatever moment a run is stopped at, the next one finds
what is missing in the file and finishes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, needed, size
from ltc_xl.model.errors import BookHasChanged, CannotPatch, NotAWorkbook, WorldError
from ltc_xl.session.how import Job
from ltc_xl.store import (
    Backup,
    Identity,
    Store,
    identity_of,
    missed_changes,
    opened_store,
    sheets_without_identity,
    state_dir,
)
from ltc_xl.workbook import (
    Edit,
    edits_of,
    fresh_uids,
    look_edits,
    mark_edits,
    offer_edits,
    patch,
    replace_book,
)
from ltc_xl.workbook.read import read_book
from ltc_xl.workbook.swap import digest_of


def beside(path: Path) -> Path:
    """Return where the new file of a workbook is made; a left-over one is simply written over."""
    return path.with_name(f".{path.name}.ltc-xl.tmp")


def backup_folder(workbook_id: str) -> Path:
    """Return where the files of a workbook lie that were replaced."""
    return state_dir() / "backups" / workbook_id


def told(command: str, at: datetime, accepted: int, waiting: int) -> Mapping[str, str]:
    """Return what the hidden sheet says of the last run."""
    return {
        "done_at": f"{at.astimezone():%Y-%m-%d %H:%M}",
        "done_by": command,
        "accepted": str(accepted),
        "waiting": str(waiting),
    }


@contextmanager
def desk_of(path: Path, job: Job) -> Iterator["Desk"]:
    """Put a workbook and its store on the desk."""
    book = read_book(path)
    with opened_store(identity_of(book), job.how.store, adopt=job.how.adopt) as (store, identity):
        yield Desk(path, job, book, identity, store)


@dataclass
class Desk:
    """A workbook under the lock, with its store and the job to be done.

    Attributes:
        path, job: which workbook, what to do.
        book: as it stands in the file.
        identity: what the workbook's hidden sheet says, or shall say next.
        store: of the firm.
        received: cells and rows the file had missed.
        stamped: the backup made when new rows got their ids; a later one takes its place.
        keeps: whether a cell of the file keeps what was typed although it does not count.
    """

    path: Path
    job: Job
    book: Book
    identity: Identity
    store: Store
    received: int = 0
    stamped: Path | None = None
    keeps: bool = False

    # ------------------------------------------------------------ up to date

    def bring_up_to_date(self) -> None:
        """Give new rows their ids; bring the file up to the store's last commit.

        Raises:
            WorldError: a sheet has lost the column that tells its rows apart; nothing is written.
        """
        lost = sheets_without_identity(self.book, self.store)
        if lost:
            raise WorldError("identities_gone", file=self.path.name, sheets=lost)
        self._stamp()
        self._catch_up()

    def _stamp(self) -> None:
        """Make the ids of new rows, and of a new workbook, durable in the file before anything else.

        Red edges that a table lost are put back with them: no commit speaks of those.
        """
        minted = fresh_uids(self.book) + needed(self.book, self.identity.changes(self.book))
        edits = [*edits_of(self.book, minted, self.job.as_of), *mark_edits(self.book)]
        if edits:
            known, seq = self.identity.workbook_id, self._seq
            as_left = not minted and self.store.was_left(known, self.book.digest)
            self._made(edits)
            self.stamped = self._swap(seq)
            self.book = applied(self.book, Changes(puts=minted.puts))
            if as_left:
                self.store.leave(known, seq, self.book.digest)

    @property
    def _seq(self) -> int:
        """Return the commit that the file shows."""
        return self.store.seq_of(identity_of(self.book).base_token) or 0

    def _catch_up(self) -> None:
        """Finish in the file what a stopped run began; bring in what other copies committed."""
        seq, head = self._seq, self.store.head
        if seq == head:
            return
        missed = needed(self.book, missed_changes(self.book, self.store, seq, self.identity.workbook_id))
        self.received = size(missed)
        self.identity = self.identity.at(self.store.token_of(head))
        self.make(missed, self._told_since(seq))
        self._swap(seq)
        self.store.leave(self.identity.workbook_id, head, "")
        self.book = read_book(self.path)

    def _told_since(self, seq: int) -> Mapping[str, str]:
        """Return what a stopped run would have said of itself."""
        last = self.store.commits()[-1]
        mine = pl.col("workbook_id") == self.identity.workbook_id
        typed = self.store.since(seq).filter(mine, pl.col("kind") == "typed")
        return told(last.command, last.at.replace(tzinfo=UTC), typed.height, len(self.store.open_wishes()))

    # ------------------------------------------------------------ the file

    def make(self, changes: Changes, said: Mapping[str, str]) -> int:
        """Write the new file beside the old one, as of the identity's commit; return how many cells differ.

        Raises:
            BookHasChanged: somebody saved the workbook since it was read.
        """
        return self._made(self._edits(changes, said))

    def show(self) -> None:
        """Put the new file in the old one's place and remember how it was left."""
        seq = self.store.seq_of(self.identity.base_token) or 0
        self._swap(self._seq)
        if self.stamped:
            self.stamped.unlink(missing_ok=True)
            self.store.forget_backup(self.identity.workbook_id, self.stamped.name)
        self.store.leave(self.identity.workbook_id, seq, "" if self.keeps else self.book.digest)

    def _edits(self, changes: Changes, said: Mapping[str, str]) -> list[Edit]:
        """Return the edits that show the changes, their commit, the figures and marks that follow."""
        shown = changes + self.identity.changes(self.book, said)
        day = self.job.as_of
        looks = look_edits(self.path, applied(self.book, shown), day)
        return [
            *edits_of(self.book, shown, day),
            *looks,
            *mark_edits(self.book, shown),
            *offer_edits(self.book),
        ]

    def _made(self, edits: Sequence[Edit]) -> int:
        try:
            cells = patch(self.path, beside(self.path), edits).cells
        except (CannotPatch, NotAWorkbook) as error:
            self._refuse_saved(error)
            raise
        self._refuse_saved()
        return cells

    def _refuse_saved(self, cause: Exception | None = None) -> None:
        """Refuse a workbook that was saved since it was read."""
        if self.path.exists() and digest_of(self.path) != self.book.digest:
            raise BookHasChanged("book_changed", file=self.path.name) from cause

    def _swap(self, seq: int) -> Path:
        """Put the new file in the old one's place; the old one, of commit ``seq``, is kept."""
        known, old = self.identity.workbook_id, self.book.digest
        digest = digest_of(beside(self.path))
        backup = replace_book(self.path, beside(self.path), old, backup_folder(known))
        size = backup.stat().st_size
        path = str(self.path.resolve())
        self.store.back_up(known, Backup(backup.name, seq, old, size, path, self.job.command))
        self.book = replace(self.book, digest=digest)
        return backup

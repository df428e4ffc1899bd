"""Restore: a workbook as one of its last backups was, file and store."""

import getpass
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError, WorldError
from ltc_xl.model.tables import ROW, UID
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session.desk import backup_folder, beside
from ltc_xl.session.how import How
from ltc_xl.session.peeking import past_of
from ltc_xl.session.rewinding import unwound
from ltc_xl.store import (
    Backup,
    Identity,
    Note,
    Store,
    WishTold,
    Writing,
    followed,
    identity_of,
    known_store,
    locked,
    opened_store,
    state_dir,
)
from ltc_xl.workbook import check_not_open, edits_of, look_edits, patch, replace_book
from ltc_xl.workbook.read import read_book
from ltc_xl.workbook.swap import digest_of, place_book

COMMAND = "restore"

_MOMENT = re.compile(r"\.\d{8}-\d{6}-\d{6}$")
"""What a backup's name has after the workbook's own."""


@dataclass(frozen=True, slots=True)
class BackupTold:
    """A file that can be brought back.

    Attributes:
        number: 1 is the newest.
        path, at, size: where it lies, when it was replaced, its bytes.
        command: what came after it; '' when the store does not say.
        seq: the commit it shows, if the store says.
        lang: language of the workbook.
    """

    number: int
    path: Path
    at: datetime
    size: int
    command: str = ""
    seq: int | None = None
    lang: Lang = "en"

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore led to: its commit, and the backup of the file that was replaced."""

    commit: int
    kept_as: str | None


def backups(path: Path, how: How | None = None) -> list[BackupTold]:
    """Return the backups of a workbook, the newest first; the workbook may be damaged or gone.

    Raises:
        WorldError: there are none, or it cannot be told whose they are.
    """
    how = how or How()
    folder = _folder(path, how)
    files = sorted(_files(folder, path), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    lang, known = _known(files, how, folder.name)
    told = []
    for number, file in enumerate(files, 1):
        found, stat = known.get(file.name), file.stat()
        at = datetime.fromtimestamp(stat.st_mtime, UTC)
        command, seq = (found.command, found.seq) if found else ("", None)
        told.append(BackupTold(number, file, at, stat.st_size, command, seq, lang))
    return told


def chosen(path: Path, backups: Sequence[BackupTold], which: str) -> BackupTold:
    """Return the backup with a number or file name.

    Raises:
        UsageError: there is none.
    """
    for told in backups:
        if which in {str(told.number), told.name}:
            return told
    raise UsageError("restore_no_backup", found=which, file=path.name)


def _files(folder: Path, path: Path) -> Iterator[Path]:
    for file in folder.glob("*" + path.suffix) if folder.exists() else ():
        if _MOMENT.search(file.stem):
            yield file


def _folder(path: Path, how: How) -> Path:
    """Return the folder of a workbook's backups: by its id, or by its name when it cannot be read."""
    try:
        book = read_book(path)
    except WorldError:
        book = None
    if book is not None:
        with past_of(book, how) as (_, identity):
            return backup_folder(identity.workbook_id)
    folders = [f for f in (state_dir() / "backups").glob("*") if _same_name(f, path)]
    if len(folders) > 1:
        folders = [folder for folder in folders if _same_place(folder, path, how)]
    if not folders:
        raise WorldError("restore_none", file=path.name)
    if len(folders) > 1:
        raise WorldError("restore_whose", file=path.name, folders=[str(folder) for folder in folders])
    return folders[0]


def _same_name(folder: Path, path: Path) -> bool:
    return any(_MOMENT.sub("", file.stem) == path.stem for file in _files(folder, path))


def _same_place(folder: Path, path: Path, how: How) -> bool:
    """Return whether the backups of a folder were made of the file at a path."""
    _, known = _known(list(_files(folder, path)), how, folder.name)
    return any(backup.book == str(path.resolve()) for backup in known.values())


def _known(files: Sequence[Path], how: How, workbook_id: str) -> tuple[Lang, Mapping[str, Backup]]:
    """Return the language of the backups, and file name -> what the store knows of each.

    The files themselves say which store; one that is damaged is passed over.
    """
    lang: Lang = "en"
    for file in files:
        with suppress(WorldError):
            book = read_book(file)
            lang = book.lang
            with known_store(identity_of(book), how.store) as store:
                if store:
                    return lang, {backup.file_name: backup for backup in store.backups(workbook_id)}
    return lang, {}


# ---------------------------------------------------------------- bringing one back


def restore(path: Path, backup: BackupTold, as_of: date, how: How | None = None) -> Restored:
    """Bring a workbook back as a backup was; the file that is replaced becomes a backup itself.

    The store gets a new commit with the differences. What was typed into the backup and not committed then
    is typed and not committed again.

    Raises:
        LtcError: the file is open, the store is away, or the backup cannot be read; nothing has changed.
    """
    how = how or How()
    with locked(path):
        if path.exists():
            check_not_open(path)
        book = read_book(backup.path)
        with opened_store(identity_of(book), how.store, adopt=False) as (store, identity):
            return _Restore(path, backup, book, store, identity).done(as_of, how)


@dataclass(frozen=True)
class _Restore:
    """A backup on its way back."""

    path: Path
    backup: BackupTold
    book: Book
    store: Store
    identity: Identity

    def done(self, as_of: date, how: How) -> Restored:
        """Commit, make the file inside the commit, put it in its place."""
        seq = self.store.seq_of(self.identity.base_token) or 0
        known = self.identity.workbook_id
        with self.store.writing(self.path.name, self.store.token_of(self.store.head)) as writing:
            stated = self._stated(writing)
            changes = unwound(stated, writing, seq) + Changes(puts=self._bodies(stated))
            note = Note(
                known, COMMAND, getpass.getuser(), self.identity.template_version, how.reason, as_of=as_of
            )
            wishes = [told for told in writing.wishes() if _since(told, seq)]
            writing.commit(note, stated, bind_rulebook(stated).settings["site"], given=changes)
            writing.take_back_wishes(wishes)
            writing.bring_back_rules(seq)
            shown = self.identity.at(writing.token or "").changes(self.book)
            looks = look_edits(self.backup.path, applied(self.book, shown), as_of)
            patch(self.backup.path, beside(self.path), [*edits_of(self.book, shown, as_of), *looks])
        kept = self._swapped()
        self.store.leave(known, writing.seq, "")
        return Restored(writing.seq, kept)

    def _stated(self, writing: Writing) -> Book:
        """Return the backup's book with the rows of the store's state, and the bodies last written."""
        book = self.book
        for owner in followed(book):
            book = book.with_rows(owner.name, writing.rows(owner))
        for name, body in writing.bodies(self.identity.workbook_id).items():
            book = book.with_rows(name, body)
        return book

    def _bodies(self, stated: Book) -> dict[str, pl.DataFrame]:
        """Return the bodies that the backup shows and that were written otherwise since."""
        names = [name for name, held in self.book.tables.items() if held.table.by_program and name != "meta"]
        rows = {name: self.book.rows(name).drop(UID, ROW) for name in names}
        return {
            name: body for name, body in rows.items() if not body.equals(stated.rows(name).drop(UID, ROW))
        }

    def _swapped(self) -> str | None:
        """Put the new file in its place; return the backup of the one that stood there."""
        known = self.identity.workbook_id
        if not self.path.exists():
            place_book(self.path, beside(self.path))
            return None
        digest, seq = digest_of(self.path), self._shown()
        kept = replace_book(self.path, beside(self.path), digest, backup_folder(known))
        size, place = kept.stat().st_size, str(self.path.resolve())
        self.store.back_up(known, Backup(kept.name, seq, digest, size, place, COMMAND))
        return kept.name

    def _shown(self) -> int:
        """Return the commit that the file in place shows; 0 when it cannot be read."""
        try:
            return self.store.seq_of(identity_of(read_book(self.path)).base_token) or 0
        except WorldError:
            return 0


def _since(told: WishTold, seq: int) -> bool:
    """Return whether a wish was opened since a commit and is open, or closed since."""
    if told.wish.seq > seq:
        return told.closed_seq is None
    return told.closed_seq is not None and told.closed_seq > seq

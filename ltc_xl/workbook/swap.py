"""The swap: a finished new file takes the old one's place, which is whole at any moment."""

import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from ltc_xl.model.errors import BookHasChanged, NotAWorkbook, WorldError
from ltc_xl.workbook.locks import check_not_open
from ltc_xl.workbook.mishaps import named_errors
from ltc_xl.workbook.package import Package

KEPT = 10
"""Backups kept of one workbook."""


def replace_book(path: Path, new_file: Path, expected_digest: str, backups: Path) -> Path:
    """Put a new file in a workbook's place and return the backup of the old one.

    The new file is read back whole first and is gone afterwards, whatever happens. The workbook keeps its
    mode; a link to it goes on pointing at it. ``backups`` belongs to this workbook and holds its last ten.

    Raises:
        BookHasChanged: the workbook is not the one that was read; it is left alone, as in every case below.
        BookIsOpen: another program holds it.
        WorldError: it may not be written, the disk is full, or the new file cannot be read back.
    """
    book = path.resolve()
    beside = book.with_name(f".{book.name}.ltc-xl.tmp")
    with named_errors(path), _gone_afterwards(new_file, beside):
        _refuse_read_only(book)
        _read_back(new_file)
        if new_file.resolve() != beside:
            shutil.copyfile(new_file, beside)
        before = book.stat()
        with suppress(PermissionError):  # network folders that know no modes
            beside.chmod(stat.S_IMODE(before.st_mode))
        _sync(beside)
        backup = _backed_up(book, expected_digest, backups)
        check_not_open(book)
        if _mark(book.stat()) != _mark(before):
            raise BookHasChanged("book_changed", file=path.name)
        beside.replace(book)
        _sync_folder(book.parent)
    return backup


def place_book(path: Path, new_file: Path) -> None:
    """Put a new file where there is no workbook any more.

    Raises:
        WorldError: the folder may not be written, the disk is full, or the new file cannot be read back.
    """
    with named_errors(path), _gone_afterwards(new_file):
        _read_back(new_file)
        _sync(new_file)
        new_file.replace(path)
        _sync_folder(path.parent)


def digest_of(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_back(new_file: Path) -> None:
    """Refuse a new file that does not read as it was written."""
    try:
        package = Package.open(new_file)
        for entry in package.entries:
            package.read(entry.filename)
    except NotAWorkbook as error:
        raise WorldError("swap_unreadable", file=new_file.name) from error


def _refuse_read_only(book: Path) -> None:
    if not book.stat().st_mode & stat.S_IWUSR:
        raise WorldError("swap_read_only", file=book.name)


def _backed_up(book: Path, expected_digest: str, backups: Path) -> Path:
    """Return the backup just made; the oldest ones go."""
    backups.mkdir(parents=True, exist_ok=True)
    moment = datetime.now().astimezone()
    backup = backups / f"{book.stem}.{moment:%Y%m%d-%H%M%S-%f}{book.suffix}"
    try:
        _copy(book, backup, expected_digest)
    except BaseException:
        backup.unlink(missing_ok=True)
        raise
    for old in sorted(backups.glob(f"*{book.suffix}"), key=lambda kept: kept.stat().st_mtime_ns)[:-KEPT]:
        old.unlink()
    return backup


def _copy(book: Path, backup: Path, expected_digest: str) -> None:
    """Copy a workbook that must still be the one that was read."""
    shutil.copyfile(book, backup)
    if digest_of(backup) != expected_digest:
        raise BookHasChanged("book_changed", file=book.name)
    _sync(backup)


def _mark(found: os.stat_result) -> tuple[int, int, int]:
    """Return what differs once a file was saved again."""
    return found.st_ino, found.st_size, found.st_mtime_ns


def _sync(file: Path) -> None:
    with file.open("r+b") as opened:
        os.fsync(opened.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a folder's new entry durable, where the system lets one; some network folders do not."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _gone_afterwards(*files: Path) -> Iterator[None]:
    try:
        yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)

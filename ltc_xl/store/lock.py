"""One command at a time works on a workbook."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ltc_xl.model.errors import BookIsOpen
from ltc_xl.store.place import state_dir

PATIENCE = 10
"""Seconds to wait for another command."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other commands off a workbook.

    Raises:
        BookIsOpen: another command does not let go of it.
    """
    folder = state_dir() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout as error:
        raise BookIsOpen("book_busy", path=str(path)) from error
    try:
        yield
    finally:
        lock.release()

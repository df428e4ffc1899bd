"""What the system says of a file that cannot be written, in sentences that name the workbook and the cure."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ltc_xl.model.errors import BookHasChanged, BookIsOpen, WorldError

_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn what the system says of writing a workbook into our own errors.

    Raises:
        BookHasChanged: it is gone.
        BookIsOpen: Windows says that another program holds it.
        WorldError: the disk is full, or its folder may not be written.
    """
    try:
        yield
    except OSError as error:
        raise _named(path, error) from error


def _named(path: Path, error: OSError) -> WorldError:
    if error.errno in _DISK_FULL:
        return WorldError("swap_disk_full", file=path.name)
    if isinstance(error, PermissionError) and sys.platform == "win32":
        return BookIsOpen("book_open", file=path.name)
    if isinstance(error, FileNotFoundError):
        return BookHasChanged("book_gone", file=path.name)
    cause = error.strerror or str(error)
    return WorldError("swap_denied", file=path.name, folder=str(path.parent), cause=cause)

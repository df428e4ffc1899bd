"""Whether Excel, WPS or LibreOffice holds a workbook: the owner files they lay beside it."""

import sys
from pathlib import Path

from ltc_xl.model.errors import BookIsOpen

_UTF16_NAME = 55
"""Where the owner's name stands a second time, as UTF-16 after its length in two bytes."""


def check_not_open(path: Path) -> None:
    """Return when nobody holds the workbook.

    On Windows the system says so and a stale owner file is no obstacle; elsewhere the owner file decides,
    and the sentence says how to get rid of one that a crash has left behind.

    Raises:
        BookIsOpen: somebody does; the sentence names them where the owner file does.
    """
    held = _is_held(path)
    if held is False:
        return
    for owner_file, name_of in ((f"~${path.name}", _excel_user), (f".~lock.{path.name}#", _office_user)):
        lock = path.with_name(owner_file)
        if lock.exists():
            raise _is_open(path, lock, name_of(_content(lock)))
    if held:
        raise BookIsOpen("book_open", file=path.name)


def _is_open(path: Path, lock: Path, user: str) -> BookIsOpen:
    if user:
        return BookIsOpen("book_open_by", file=path.name, user=user, lock=lock.name)
    return BookIsOpen("book_open_somewhere", file=path.name, lock=lock.name)


def _is_held(path: Path) -> bool | None:
    """Return whether another program holds the file, None where the system cannot tell."""
    if sys.platform != "win32":
        return None
    try:
        with path.open("r+b"):
            return False
    except PermissionError:
        return True


def _content(lock: Path) -> bytes:
    """Return an owner file's bytes; one that may not be read names nobody."""
    try:
        return lock.read_bytes()
    except OSError:
        return b""


def _excel_user(content: bytes) -> str:
    r"""Return the user that Excel's owner file names.

    >>> wide = "王芳".encode("utf-16-le")
    >>> _excel_user(b"\x04????".ljust(55) + b"\x02\x00" + wide), _excel_user(b"\x03Ann".ljust(55))
    ('王芳', 'Ann')
    """
    length = int.from_bytes(content[_UTF16_NAME : _UTF16_NAME + 2], "little")
    wide = content[_UTF16_NAME + 2 : _UTF16_NAME + 2 + 2 * length]
    if length and len(wide) == 2 * length:
        return wide.decode("utf-16-le", "replace").strip()
    return content[1 : 1 + content[0]].decode("ascii", "replace").strip() if content else ""


def _office_user(content: bytes) -> str:
    """Return the user, or else the login, that LibreOffice's owner file names.

    >>> _office_user(b"Wang Fang,wf,pc-7,21.11.2026 10:15,file:///home/wf;"), _office_user(b",wf,pc-7,x,y;")
    ('Wang Fang', 'wf')
    """
    fields = content.decode("utf-8", "replace").split(",")
    return next((field.strip() for field in fields[:2] if field.strip()), "")

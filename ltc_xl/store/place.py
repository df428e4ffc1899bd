"""Where a store lies: in the user's state directory on a local disk, one file per store id."""

import os
import re
from pathlib import Path, PurePath, PureWindowsPath

from platformdirs import user_state_dir

from ltc_xl.model.errors import StoreAway

_SHARED = re.compile(
    r"onedrive|dropbox|坚果云|nutstore|icloud|mobile documents|google ?drive|syncthing"
    r"|baidusyncdisk|百度网盘|wedrive|微盘",
    re.IGNORECASE,
)


def state_dir() -> Path:
    """Return the folder of stores, locks and backups; ``LTC_XL_STATE`` names another."""
    return Path(os.environ.get("LTC_XL_STATE") or user_state_dir("ltc-xl", appauthor=False))


def store_url(store_id: str, given: str | None = None) -> str:
    """Return the URL of a book's store: as given, else ``LTC_XL_STORE``, else the file of its store id."""
    named = given or os.environ.get("LTC_XL_STORE")
    return named or f"sqlite:///{(state_dir() / f'{store_id}.sqlite').as_posix()}"


def shared_folder(path: PurePath) -> str | None:
    r"""Return the part of a path that says other machines write there too, or None.

    >>> shared_folder(PureWindowsPath(r"C:\Users\li\OneDrive - Hengyuan\ltc\a.sqlite"))
    'OneDrive - Hengyuan'
    >>> shared_folder(PureWindowsPath(r"\\server\share\a.sqlite"))
    '\\\\server\\share\\'
    >>> shared_folder(PureWindowsPath(r"C:\Users\li\AppData\Local\a.sqlite"))
    """
    if str(path).startswith(("\\\\", "//")):
        return path.anchor if path.anchor.strip("/\\") else str(path)
    return next((part for part in path.parts[:-1] if _SHARED.search(part)), None)


def refuse_shared_folder(path: Path) -> None:
    """Refuse a place where an embedded database loses data.

    Raises:
        StoreAway: the folder is on a network or synced by a cloud drive.
    """
    written = PureWindowsPath(path) if str(path).startswith("\\\\") else path
    folder = shared_folder(written)
    if folder:
        raise StoreAway("store_in_shared_folder", path=str(path), folder=folder)

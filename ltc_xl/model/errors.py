"""Errors of the world, each with the next step.

```
LtcError                 exit status
├── UsageError           2  the command was given something it cannot mean
├── WorldError           3  file open elsewhere, not a workbook, damaged, store away
│   ├── NotAWorkbook
│   ├── BookIsOpen
│   ├── BookHasChanged
│   ├── CannotPatch
│   ├── StoreAway
│   └── FontMissing
└── ConflictError        4  a person must decide
```

Texts live in ``messages``; an error carries their key and values, so that one sentence exists in both
languages. Data problems are ``Finding``s, never errors; our own mistakes crash.
"""


class LtcError(Exception):
    """Something outside our control; ``key`` and ``values`` name the sentence in ``messages``."""

    exit_status = 3

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key}: {values}")
        self.key = key
        self.values = values


class UsageError(LtcError):
    """The command was given something it cannot mean."""

    exit_status = 2


class WorldError(LtcError):
    """A file or store is not as it must be."""


class NotAWorkbook(WorldError):
    """The file is empty, encrypted, damaged, or of another kind."""


class BookIsOpen(WorldError):
    """Excel or LibreOffice holds the file."""


class BookHasChanged(WorldError):
    """The file on disk is no longer the one that was read."""


class CannotPatch(WorldError):
    """The edit would lose something; nothing was written."""


class StoreAway(WorldError):
    """The store of this book cannot be reached."""


class FontMissing(WorldError):
    """No font on this machine has the characters of a paper."""


class ConflictError(LtcError):
    """Two edits of one cell wait for a person."""

    exit_status = 4

"""Excel files: read into a ``Book``, patched in place, built anew. The one place that knows the format.

Each way in loads its libraries when it is first asked for: reading does not load what building needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ltc_xl.workbook.builder.book import build_book
    from ltc_xl.workbook.builder.refresh import look_edits
    from ltc_xl.workbook.edits import (
        AppendRows,
        CachedValue,
        CellEdit,
        ClearMarks,
        DeleteRows,
        Edit,
        Formula,
        MarkCells,
        OfferWords,
        PatchReport,
        PutRows,
        ShowSheet,
    )
    from ltc_xl.workbook.locks import check_not_open
    from ltc_xl.workbook.marked import mark_edits
    from ltc_xl.workbook.offering import offer_edits
    from ltc_xl.workbook.patcher import patch
    from ltc_xl.workbook.placed import edits_of, fresh_uids, rearranged
    from ltc_xl.workbook.read import read_book
    from ltc_xl.workbook.swap import replace_book

_EDITS = (
    "AppendRows CachedValue CellEdit ClearMarks DeleteRows Edit Formula MarkCells OfferWords PatchReport"
    " PutRows ShowSheet"
)
_HOMES = {
    "build_book": "ltc_xl.workbook.builder.book",
    "check_not_open": "ltc_xl.workbook.locks",
    "mark_edits": "ltc_xl.workbook.marked",
    "offer_edits": "ltc_xl.workbook.offering",
    "edits_of": "ltc_xl.workbook.placed",
    "fresh_uids": "ltc_xl.workbook.placed",
    "look_edits": "ltc_xl.workbook.builder.refresh",
    "patch": "ltc_xl.workbook.patcher",
    "rearranged": "ltc_xl.workbook.placed",
    "read_book": "ltc_xl.workbook.read",
    "replace_book": "ltc_xl.workbook.swap",
    **dict.fromkeys(_EDITS.split(), "ltc_xl.workbook.edits"),
}

__all__ = [
    "AppendRows",
    "CachedValue",
    "CellEdit",
    "ClearMarks",
    "DeleteRows",
    "Edit",
    "Formula",
    "MarkCells",
    "OfferWords",
    "PatchReport",
    "PutRows",
    "ShowSheet",
    "build_book",
    "check_not_open",
    "edits_of",
    "fresh_uids",
    "look_edits",
    "mark_edits",
    "offer_edits",
    "patch",
    "read_book",
    "rearranged",
    "replace_book",
]


def __getattr__(name: str) -> object:
    """Return a public function from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

"""Excel files: read into a ``Book``, patched in place, built anew. The one place that knows the format.

Each way in loads its libraries when it is first asked for: reading does not load what building needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ltc_xl.workbook.builder.book import build_book

_HOMES = {"build_book": "ltc_xl.workbook.builder.book"}

__all__ = ["build_book"]


def __getattr__(name: str) -> object:
    """Return a public function from the module that holds it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

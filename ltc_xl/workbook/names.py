"""Names of a workbook, print areas among them: what they speak of goes along with its table."""

import re
from collections.abc import Mapping

from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.reshape import Mover
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import plain, xml_text

_NAME = re.compile(rb"<(?:[\w.-]+:)?definedName\s[^>]*>([^<]*)<")
_REFERENCE = re.compile(
    r"(?P<sheet>'(?:[^']|'')+'|[^\s'!,;()+*/&=<>\"-]+)!"
    r"(?P<area>\$?[A-Z]{1,3}\$?\d{1,7}:\$?[A-Z]{1,3}\$?\d{1,7})(?![\d(])"
)
_CORNER_ROWS = re.compile(r"\d+")


def grow_names(splices: Splices, movers: Mapping[str, Mover]) -> None:
    """Cut the defined names, print areas included, that speak of sheets whose tables changed."""
    for name in _NAME.finditer(splices.data):
        text = plain(name[1])
        moved = _REFERENCE.sub(lambda match: _moved_reference(match, movers), text)
        if moved != text:
            splices.replace(name.start(1), name.end(1), xml_text(moved))


def sheet_of(quoted: str) -> str:
    """Return the sheet that a reference names.

    >>> sheet_of("'O''Hara'"), sheet_of("Leads")
    ("O'Hara", 'Leads')
    """
    return quoted[1:-1].replace("''", "'") if quoted.startswith("'") else quoted


def _moved_reference(match: re.Match[str], movers: Mapping[str, Mover]) -> str:
    mover, area = movers.get(sheet_of(match["sheet"])), area_of(match["area"])
    moved = mover(area) if mover and area else None
    if moved is None:
        return match[0]
    rows = iter((moved.top, moved.bottom))
    return f"{match['sheet']}!{_CORNER_ROWS.sub(lambda _: str(next(rows)), match['area'])}"

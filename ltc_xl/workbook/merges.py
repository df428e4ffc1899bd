"""Merged cells: they move with their rows and go with them."""

import re

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.reshape import Mover
from ltc_xl.workbook.tags import attribute, with_attribute

_ALL = re.compile(rb"(<((?:[\w.-]+:)?)mergeCells(?=[\s>])[^>]*>)(.*?)(</\2mergeCells\s*>)", re.DOTALL)
_ONE = re.compile(rb"<(?:[\w.-]+:)?mergeCell(?=\s)[^>]*?(?:/>|>\s*</(?:[\w.-]+:)?mergeCell\s*>)")


def is_torn(merged: Area, moved: Mover) -> bool:
    """Return whether some rows of merged cells go and others stay, or only some of its cells move.

    >>> is_torn(Area(4, 1, 5, 2), lambda area: Area(4, 1, 4, 2))
    True
    """
    after = moved(merged)
    if after is None:
        return False
    cells = {cell.top - place.top for cell in _corners(merged) if (place := moved(cell))}
    return after.bottom - after.top != merged.bottom - merged.top or cells != {merged.top - after.top}


def moved_merges(tail: bytes, moved: Mover) -> bytes:
    """Return the XML after a sheet's cells with its merged cells where they stand afterwards."""

    def one(tag: re.Match[bytes]) -> bytes:
        area = area_of((attribute(tag[0], b"ref") or b"").decode("ascii", "replace"))
        after = moved(area) if area else area
        if after == area:
            return tag[0]
        return with_attribute(tag[0], b"ref", after.text.encode()) if after else b""

    def every(found: re.Match[bytes]) -> bytes:
        inside = _ONE.sub(one, found[3])
        left = len(_ONE.findall(inside))
        tag = found[1]
        if attribute(tag, b"count") is not None and left != len(_ONE.findall(found[3])):
            tag = with_attribute(tag, b"count", b"%d" % left)
        return tag + inside + found[4] if left else b""

    return _ALL.sub(every, tail)


def _corners(area: Area) -> tuple[Area, Area]:
    """Return the upper left and the lower right cell."""
    first = Area(area.top, area.left, area.top, area.left)
    return first, Area(area.bottom, area.right, area.bottom, area.right)

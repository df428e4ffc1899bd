"""Pivot tables: the range that they sum up goes along with its table, and Excel sums up anew on opening."""

import re
from collections.abc import Mapping

from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.package import Package, elements
from ltc_xl.workbook.pointers import by_folded_name, pointers
from ltc_xl.workbook.tags import attribute, plain, with_attribute

_KIND = "spreadsheetml.pivotCacheDefinition+xml"
_PREFIX = rb"(?:[\w.-]+:)?"
_SOURCE = re.compile(rb"<" + _PREFIX + rb"(?:worksheetSource|rangeSet)(?=\s)[^>]*>")
_ROOT = re.compile(rb"<" + _PREFIX + rb"pivotCacheDefinition(?=[\s>])[^>]*>")


def pivots_following(package: Package, movements: Movements) -> dict[str, bytes]:
    """Return the pivot caches that are made from moved ranges, as they are afterwards."""
    names = _sheets_of_names(package) if movements else {}
    changed = {}
    for part, kind in package.content_types.items():
        if kind.endswith(_KIND) and part in package:
            before = package.read(part)
            after = refreshed_pivot(before, movements, names)
            if after != before:
                changed[package.entry(part).filename] = after
    return changed


def refreshed_pivot(xml: bytes, movements: Movements, names: Mapping[str, frozenset[str]]) -> bytes:
    """Return a pivot cache with its source moved, to be filled anew; one from elsewhere stays.

    Args:
        xml: the definition of the cache.
        movements: what happens to which sheet.
        names: defined names, folded, and the sheets they speak of.
    """
    movements = by_folded_name(movements)
    sources = [tag[0] for tag in _SOURCE.finditer(xml)]
    if not any(_is_touched(tag, movements, names) for tag in sources):
        return xml
    moved = _SOURCE.sub(lambda tag: _moved_source(tag[0], movements), xml)
    return _ROOT.sub(lambda tag: with_attribute(tag[0], b"refreshOnLoad", b"1"), moved, count=1)


def _is_touched(tag: bytes, movements: Movements, names: Mapping[str, frozenset[str]]) -> bool:
    if attribute(tag, b"r:id") is not None:
        return False
    name = plain(attribute(tag, b"name") or b"")
    if name:
        by_table = any(name in movement.tables for movement in movements.values())
        return by_table or not names.get(name.casefold(), frozenset()).isdisjoint(movements)
    return plain(attribute(tag, b"sheet") or b"").casefold() in movements


def _moved_source(tag: bytes, movements: Movements) -> bytes:
    movement = movements.get(plain(attribute(tag, b"sheet") or b"").casefold())
    area = area_of((attribute(tag, b"ref") or b"").decode("ascii", "replace"))
    after = movement.moved(area) if movement and area and attribute(tag, b"r:id") is None else None
    return with_attribute(tag, b"ref", after.text.encode()) if after and after != area else tag


def _sheets_of_names(package: Package) -> dict[str, frozenset[str]]:
    found = elements(package.workbook, "definedName")
    return {e.get("name", "").casefold(): frozenset(p.sheet for p in pointers(e.text or "")) for e in found}

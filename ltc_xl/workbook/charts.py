"""Charts: series by address go along with their table, and the points they keep of its cells with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.package import Package, elements
from ltc_xl.workbook.pointers import Pointer, by_folded_name, pointers, repointed
from ltc_xl.workbook.points import level_count, point_count, with_points
from ltc_xl.workbook.series import Series, points_of
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import plain, xml_text

_KINDS = ("drawingml.chart+xml", "ms-office.chartex+xml")
_PREFIX = rb"(?:[\w.-]+:)?"
_FORMULA = re.compile(
    rb"(?P<tag><(?P<p>" + _PREFIX + rb")(?:f|sqref)(?:\s[^>]*)?>)(?P<text>[^<]*)"
    rb"(?P<end></(?P=p)(?:f|sqref)\s*>\s*)"
    rb"(?P<cache><(?:(?P<kind>" + _PREFIX + rb"\w+Cache)|(?P<newer>(?P=p))(?:lvl|nf))(?=[\s>]))?"
)
_END_OF_NEWER = re.compile(rb"</" + _PREFIX + rb"(?:str|num)Dim\s*>")
_NUMBERS = re.compile(rb"<(?:[\w.-]+:)?num(?:Ref|Dim)(?:\s[^>]*)?>\s*$")
_TITLES = re.compile(rb"<(?:[\w.-]+:)?tx(?:Data)?>\s*(?:<(?:[\w.-]+:)?strRef>\s*)?$")
_LOOK_BACK = 200


def charts_following(package: Package, movements: Movements) -> dict[str, bytes]:
    """Return the chart parts that speak of moved ranges, as they are afterwards."""
    names = _names(package) if movements else {}
    changed = {}
    for part in chart_parts(package):
        before = package.read(part)
        after = grown_chart(before, movements, names)
        if after != before:
            changed[part] = after
    return changed


def chart_parts(package: Package) -> Iterator[str]:
    """Yield the parts that are charts, those of the newer kinds included."""
    for part, kind in package.content_types.items():
        if kind.endswith(_KINDS) and part in package:
            yield package.entry(part).filename


def grown_chart(xml: bytes, movements: Movements, names: Mapping[str, str] | None = None) -> bytes:
    """Return a chart with its references, and the points it keeps, as they are afterwards.

    Args:
        xml: the chart's part.
        movements: what happens to which sheet.
        names: defined names and what they stand for; a chart of the newer kinds speaks through such.
    """
    folded = by_folded_name(movements)
    splices = Splices(xml)
    match = _FORMULA.search(xml)
    while match:
        cache = xml[match.start("cache") : _end_of_cache(match)] if match["cache"] else b""
        end = match.end("end") + len(cache)
        splices.replace(match.start(), end, _followed(match, cache, folded, names or {}))
        match = _FORMULA.search(xml, end)
    return splices.result()


def _end_of_cache(match: re.Match[bytes]) -> int:
    """Return where the points end that a reference is followed by."""
    if match["kind"]:
        closing = b"</" + match["kind"] + b">"
        at = match.string.find(closing, match.end())
        return at + len(closing) if at >= 0 else match.start("cache")
    closed = _END_OF_NEWER.search(match.string, match.end())
    return closed.start() if closed else match.start("cache")


def _followed(match: re.Match[bytes], cache: bytes, movements: Movements, names: Mapping[str, str]) -> bytes:
    """Return a reference and the points behind it as they are afterwards."""
    text = plain(match["text"])
    spoken = names.get(text.rpartition("!")[2].casefold(), text)
    before = pointers(spoken)
    if not any(pointer.sheet in movements for pointer in before):
        return match["tag"] + match["text"] + match["end"] + cache
    is_line = _is_line(match, cache, before)
    reference = Series(before, [_after(p, movements, is_line=is_line) for p in before])
    after = repointed(text, lambda pointer: _after(pointer, movements, is_line=is_line))
    new = match["text"] if after == text else xml_text(after)
    return match["tag"] + new + match["end"] + _cached(match, cache, reference, movements)


def _is_line(match: re.Match[bytes], cache: bytes, before: Sequence[Pointer]) -> bool:
    """Return whether a reference to one row means that row and no column: titles, series that lie across."""
    back = match.string[max(match.start() - _LOOK_BACK, 0) : match.start()]
    across = any(p.area.left < p.area.right for p in before)
    return bool(_TITLES.search(back)) or (across and level_count(cache) < 2)  # noqa: PLR2004  two levels are two columns


def _after(pointer: Pointer, movements: Movements, *, is_line: bool) -> Pointer | None:
    movement = movements.get(pointer.sheet)
    area = movement.pointed(pointer.area) if movement else pointer.area
    if area and is_line and pointer.area.top == pointer.area.bottom:
        area = replace(area, bottom=area.top)
    return replace(pointer, area=area) if area else None


def _cached(match: re.Match[bytes], cache: bytes, reference: Series, movements: Movements) -> bytes:
    """Return the points that a series keeps as they are afterwards; those we do not understand stay."""
    levels = level_count(cache)
    columns = reference.before[0].area.right - reference.before[0].area.left + 1
    by_level = levels > 1 or bool(levels and columns == 1)
    if not cache or (by_level and levels != columns):
        return cache
    parts = [reference.column(k) for k in range(levels)] if by_level else [reference]
    held = point_count(cache)
    points = [points_of(part, held, movements) for part in parts]
    back = match.string[max(match.start() - _LOOK_BACK, 0) : match.start()]
    return with_points(cache, points, numbers=bool(_NUMBERS.search(back)))


def _names(package: Package) -> dict[str, str]:
    """Return the workbook's defined names, folded, and what they stand for."""
    found = elements(package.workbook, "definedName")
    return {e.get("name", "").casefold(): e.text or "" for e in found if e.get("localSheetId") is None}

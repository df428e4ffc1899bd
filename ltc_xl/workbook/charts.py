"""Charts: series by address go along with their table, and the points they keep of its cells with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ltc_xl.workbook.area import Area
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.package import Package, elements
from ltc_xl.workbook.pointers import Pointer, by_folded_name, pointers, repointed
from ltc_xl.workbook.points import Source, level_count, point_count, with_points
from ltc_xl.workbook.tags import plain, xml_text

_KINDS = ("drawingml.chart+xml", "ms-office.chartex+xml")
_PREFIX = rb"(?:[\w.-]+:)?"
_FORMULA = re.compile(
    rb"(?P<tag><(?P<p>" + _PREFIX + rb")(?:f|sqref)(?:\s[^>]*)?>)(?P<text>[^<]*)"
    rb"(?P<end></(?P=p)(?:f|sqref)\s*>\s*)"
    rb"(?P<cache><(?P<q>" + _PREFIX + rb")(?P<kind>\w+Cache)(?:\s[^>]*)?>.*?</(?P=q)(?P=kind)\s*>"
    rb"|(?:<(?P=p)nf(?:\s[^>]*)?>[^<]*</(?P=p)nf>\s*)?(?:<(?P=p)lvl\s(?:[^>]*/>|.*?</(?P=p)lvl>)\s*)+)?",
    re.DOTALL,
)
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
    return _FORMULA.sub(lambda match: _followed(match, folded, names or {}), xml)


@dataclass(frozen=True)
class _Reference:
    """A reference of a chart before and after."""

    before: Sequence[Pointer]
    after: Sequence[Pointer | None]

    @property
    def moved(self) -> bool:
        return list(self.before) != list(self.after)

    def column(self, number: int) -> "_Reference":
        """Return its part for a level of categories, the innermost being the last column."""
        after = [p.column(number) if p else None for p in self.after]
        return _Reference([p.column(number) for p in self.before], after)


def _followed(match: re.Match[bytes], movements: Movements, names: Mapping[str, str]) -> bytes:
    text = plain(match["text"])
    spoken = names.get(text.rpartition("!")[2].casefold(), text)
    before = pointers(spoken)
    if not any(pointer.sheet in movements for pointer in before):
        return match[0]
    is_line = _is_line(match, before)
    reference = _Reference(before, [_after(p, movements, is_line=is_line) for p in before])
    after = repointed(text, lambda pointer: _after(pointer, movements, is_line=is_line))
    new = match["text"] if after == text else xml_text(after)
    cache = match["cache"] or b""
    return match["tag"] + new + match["end"] + _cached(match, cache, reference, movements)


def _is_line(match: re.Match[bytes], before: Sequence[Pointer]) -> bool:
    """Return whether a reference to one row means that row and no column: titles, series that lie across."""
    back = match.string[max(match.start() - _LOOK_BACK, 0) : match.start()]
    across = any(p.area.left < p.area.right for p in before)
    return bool(_TITLES.search(back)) or (across and level_count(match["cache"] or b"") < 2)  # noqa: PLR2004  two levels are two columns


def _after(pointer: Pointer, movements: Movements, *, is_line: bool) -> Pointer | None:
    movement = movements.get(pointer.sheet)
    area = movement.pointed(pointer.area) if movement else pointer.area
    if area and is_line and pointer.area.top == pointer.area.bottom:
        area = replace(area, bottom=area.top)
    return replace(pointer, area=area) if area else None


def _cached(match: re.Match[bytes], cache: bytes, reference: _Reference, movements: Movements) -> bytes:
    """Return the points that a series keeps as they are afterwards; those we do not understand stay."""
    levels = level_count(cache)
    columns = reference.before[0].area.right - reference.before[0].area.left + 1
    by_level = levels > 1 or bool(levels and columns == 1)
    if not cache or (by_level and levels != columns):
        return cache
    parts = [reference.column(k) for k in range(levels)] if by_level else [reference]
    held = point_count(cache)
    sources = [_sources(part, held, movements) for part in parts]
    back = match.string[max(match.start() - _LOOK_BACK, 0) : match.start()]
    return with_points(cache, sources, numbers=bool(_NUMBERS.search(back)))


def _sources(reference: _Reference, held: int | None, movements: Movements) -> list[Source]:
    """Return where each point comes from; a cache that left out hidden rows is read anew from the cells."""
    complete = held == sum(_size(p.area) for p in reference.before)
    sources: list[Source] = []
    first = 0
    for before, after in zip(reference.before, reference.after, strict=True):
        old = _old_numbers(before, after, first, movements) if complete and after else {}
        first += _size(before.area)
        if after:
            sources += [_source(after.sheet, cell, old, movements) for cell in _cells(after.area)]
    return sources


def _source(
    sheet: str, cell: tuple[int, int], old: Mapping[tuple[int, int], int], movements: Movements
) -> Source:
    movement = movements.get(sheet)
    number = old.get(cell)
    if number is not None and (movement is None or cell[0] not in movement.fresh):
        return number
    return movement.shown(*cell) if movement else None


def _old_numbers(
    before: Pointer, after: Pointer, first: int, movements: Movements
) -> dict[tuple[int, int], int]:
    """Return cell afterwards -> the number that its point had."""
    numbered = enumerate(_cells(before.area), first)
    if _rows(after.area) >= _rows(before.area):
        shift = after.area.top - before.area.top
        return {(row + shift, column): number for number, (row, column) in numbered}
    found = {}
    movement = movements[before.sheet]
    for number, (row, column) in numbered:
        area = movement.pointed(Area(row, column, row, column))
        if area:
            found[area.top, column] = number
    return found


def _cells(area: Area) -> Iterator[tuple[int, int]]:
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield row, column


def _rows(area: Area) -> int:
    return area.bottom - area.top + 1


def _size(area: Area) -> int:
    return _rows(area) * (area.right - area.left + 1)


def _names(package: Package) -> dict[str, str]:
    """Return the workbook's defined names, folded, and what they stand for."""
    found = elements(package.workbook, "definedName")
    return {e.get("name", "").casefold(): e.text or "" for e in found if e.get("localSheetId") is None}

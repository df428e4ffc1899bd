"""The points that a chart keeps of its cells: new rows add some, rows that went take theirs along."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ltc_xl.workbook.tags import attribute, with_attribute, xml_text

Source = int | str | None
"""Where a point comes from: the number it had before, or what its new cell shows; None is a blank."""


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a series, or of one level of it.

    Attributes:
        kept: how many of those that stood there go on standing at the start.
        others: where those behind them come from.
        changed: number of a kept one -> what its cell shows now.
    """

    kept: int
    others: Sequence[Source]
    changed: Mapping[int, str | None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many they are."""
        return self.kept + len(self.others)

    @property
    def sources(self) -> Sequence[Source]:
        """Return where each of them comes from."""
        return [*(self.changed.get(number, number) for number in range(self.kept)), *self.others]


_PREFIX = rb"(?:[\w.-]+:)?"
_POINT = re.compile(rb"<(" + _PREFIX + rb")pt\s[^>]*?(?:/>|>.*?</\1pt\s*>)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NAME = re.compile(rb"<(" + _PREFIX + rb")[\w.-]+")
_TAG = re.compile(rb"<[^>]*>")
_COUNT = re.compile(rb"<" + _PREFIX + rb"ptCount\s[^>]*>(?:\s*</" + _PREFIX + rb"ptCount\s*>)?")
_LEVEL = re.compile(rb"<(" + _PREFIX + rb")lvl(?=[\s/>])(?:([^>]*)/>|[^>]*>(.*?)</\1lvl\s*>)", re.DOTALL)


def point_count(cache: bytes) -> int | None:
    """Return how many points a cache, or a level of one, says that it has."""
    tag = _COUNT.search(cache)
    level = None if tag else _LEVEL.search(cache)
    found = attribute(tag[0], b"val") if tag else attribute(level[0], b"ptCount") if level else None
    return int(found) if found and found.isdigit() else None


def level_count(cache: bytes) -> int:
    """Return how many levels a cache has; one of a plain series has none."""
    return len(_LEVEL.findall(cache)) if b"lvl" in cache else 0


def with_points(cache: bytes, points: Sequence[Points], *, numbers: bool) -> bytes:
    """Return a cache with its points anew.

    Args:
        cache: ``<c:numCache>``, ``<c:strCache>``, ``<c:multiLvlStrCache>``, or ``<cx:lvl>`` elements.
        points: where they come from, level by level; a plain series is one.
        numbers: whether texts are left out.
    """
    new = _COUNT.sub(lambda tag: _counted(tag[0], b"val", points[0].count), cache, count=1)
    if not level_count(cache):
        at = _COUNT.search(new)
        place = at.end() if at else new.index(b">") + 1
        return _renumbered(new, place, _Series(points[0], numbers=numbers, wrapped=True))
    levels = iter(points)
    return _LEVEL.sub(lambda level: _level(level, next(levels), numbers=numbers), new)


@dataclass(frozen=True, slots=True)
class _Series:
    """The points of one level; ``wrapped`` ones have their value in an element of its own."""

    points: Points
    numbers: bool
    wrapped: bool


def _level(level: re.Match[bytes], points: Points, *, numbers: bool) -> bytes:
    xml = level[0]
    if level[3] is None:
        xml = xml.removesuffix(b"/>") + b"></" + level[1] + b"lvl>"
    tag = xml[: xml.index(b">") + 1]
    newer = attribute(tag, b"ptCount") is not None
    if newer:
        xml = _counted(tag, b"ptCount", points.count) + xml[len(tag) :]
    return _renumbered(xml, xml.index(b">") + 1, _Series(points, numbers=numbers, wrapped=not newer))


def _counted(tag: bytes, name: bytes, count: int) -> bytes:
    return with_attribute(tag, name, b"%d" % count)


def _renumbered(xml: bytes, at: int, series: _Series) -> bytes:
    """Return XML whose points are those of the series; where it had none they stand at ``at``."""
    name, points = _NAME.match(xml), series.points
    prefix = name[1] if name else b""
    start, end, old = at, at, {}
    first, sources = 0, points.sources if points.changed else points.others
    if points.kept and not points.changed:
        first = points.kept
        last = b"</" + prefix + b"pt>"
        start = end = max(xml.rfind(last) + len(last), at)
    elif found := list(_POINT.finditer(xml)):
        start, end = found[0].start(), found[-1].end()
        old = {attribute(point[0], b"idx"): point[0] for point in found}
    wrap = _wrap(prefix, wrapped=series.wrapped)
    new = (
        _old_point(old.get(b"%d" % source), number)
        if isinstance(source, int)
        else _new_point(wrap, number, source, numbers=series.numbers)
        for number, source in enumerate(sources, first)
    )
    return xml[:start] + b"".join(new) + xml[end:]


def _wrap(prefix: bytes, *, wrapped: bool) -> tuple[bytes, bytes]:
    """Return what stands before a point's value, with room for its number, and what stands behind."""
    point, value = prefix + b"pt", prefix + b"v"
    before, behind = (b"<" + value + b">", b"</" + value + b">") if wrapped else (b"", b"")
    return b"<" + point + b' idx="%d">' + before, behind + b"</" + point + b">"


def _old_point(point: bytes | None, number: int) -> bytes:
    tag = _TAG.match(point) if point else None
    if point is None or tag is None:
        return b""
    return with_attribute(tag[0], b"idx", b"%d" % number) + point[tag.end() :]


def _new_point(wrap: tuple[bytes, bytes], number: int, text: str | None, *, numbers: bool) -> bytes:
    if text is None or (numbers and not _NUMBER.fullmatch(text)):
        return b""
    return wrap[0] % number + xml_text(text) + wrap[1]

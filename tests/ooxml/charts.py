"""A chart's series: references that are formulas, caches no longer than their ranges."""

from collections.abc import Iterator
from typing import NamedTuple

from ooxml.boxes import Box, box
from ooxml.formulas import reading
from ooxml.xml import Element, child, children, descendants, text, whole


class ChartFacts(NamedTuple):
    """What is wrong with a chart in itself, and the sheets it speaks of."""

    wrong: tuple[tuple[str, str], ...]
    sheets: frozenset[str]


def chart_facts(root: Element) -> ChartFacts:
    """Return the facts of a chart, of an extended one (cx) too."""
    found = [text(e).strip() for e in descendants(root, "f")]
    read = [(formula, reading(formula)) for formula in found if formula]
    wrong = [("chart", f"{formula}: {r.wrong}") for formula, r in read if r.wrong]
    wrong += [("chart", what) for e in descendants(root, "numRef", "strRef") for what in _cache_faults(e)]
    return ChartFacts(tuple(wrong), frozenset(name for _, r in read for name in r.sheets))


def _cache_faults(reference: Element) -> Iterator[str]:
    formula = text(child(reference, "f"))
    for name in ("numCache", "strCache"):
        cache = child(reference, name)
        if cache is None:
            continue
        said = child(cache, "ptCount")
        count = -1 if said is None else whole(said.get("val"))
        places = [whole(e.get("idx")) for e in children(cache, "pt")]
        if count >= 0 and any(place >= count for place in places):
            yield f"{formula}: a point beyond the {count} counted"
        if len(places) != len(set(places)):
            yield f"{formula}: a point twice"
        area = _area(formula)
        if area is not None and count > _cells(area):
            yield f"{formula}: {count} points for {_cells(area)} cells"


def _area(formula: str) -> Box | None:
    return box(formula.rpartition("!")[2]) if "," not in formula else None


def _cells(area: Box) -> int:
    """Return how many cells an area has; a cache may hold fewer points, since hidden rows are left out."""
    return (area.bottom - area.top + 1) * (area.right - area.left + 1)

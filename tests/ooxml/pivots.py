"""Pivot tables, their caches, and the slicers that filter them."""

from collections.abc import Iterator

from ooxml.book import relation_id
from ooxml.boxes import box
from ooxml.fault import Fault
from ooxml.opened import Opened
from ooxml.order import order_faults
from ooxml.xml import Element, child, children, descendants, whole


def cache_faults(opened: Opened, part: str, sheets: set[str], names: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with a pivot cache; ``sheets`` and ``names`` (tables too) are lower case."""
    root = opened.root(part)
    if root is None:
        return
    yield from (Fault(part, "order", what) for what in order_faults(root))
    for source in descendants(root, "worksheetSource"):
        if relation_id(source):
            continue  # in another file
        sheet, name = source.get("sheet"), source.get("name")
        if sheet is not None and sheet.lower() not in sheets:
            yield Fault(part, "pivot", f"its source is on the sheet {sheet!r}")
        if source.get("ref") is not None and box(source.get("ref", "")) is None:
            yield Fault(part, "pivot", f"its source is {source.get('ref')!r}")
        if name is not None and source.get("ref") is None and _range_name(name) not in names:
            yield Fault(part, "pivot", f"its source is called {name!r}")
        yield from (Fault(part, "pivot", what) for what in _width_faults(root, source))


def _range_name(source: str) -> str:
    """Return the name of a source that may say a sheet before it or a column behind it."""
    return source.lower().rpartition("!")[2].partition("[")[0]


def _width_faults(root: Element, source: Element) -> Iterator[str]:
    area, fields = box(source.get("ref", "")), child(root, "cacheFields")
    if area is None or fields is None:
        return
    own = [e for e in children(fields, "cacheField") if e.get("databaseField", "1") not in {"0", "false"}]
    if len(own) != area.right - area.left + 1:
        yield f"{len(own)} fields for {source.get('ref')}"


def pivot_faults(opened: Opened, part: str, caches: frozenset[str]) -> Iterator[Fault]:
    """Yield what is wrong with a pivot table."""
    root = opened.root(part)
    if root is None:
        return
    yield from (Fault(part, "order", what) for what in order_faults(root))
    if root.get("cacheId") not in caches:
        yield Fault(part, "pivot", f"the workbook has no cache {root.get('cacheId')}")
    place = child(root, "location")
    if place is None or box(place.get("ref", "")) is None:
        yield Fault(part, "pivot", "stands nowhere")
    fields = child(root, "pivotFields")
    for cache in opened.related(part, "pivotCacheDefinition"):
        held = opened.root(cache)
        known = child(held, "cacheFields") if held is not None else None
        if (
            fields is not None
            and known is not None
            and _many(fields, "pivotField") != _many(known, "cacheField")
        ):
            yield Fault(
                part, "pivot", f"{_many(fields, 'pivotField')} fields of {_many(known, 'cacheField')}"
            )


def _many(element: Element, name: str) -> int:
    return sum(1 for _ in children(element, name))


def slicer_faults(opened: Opened, book: str, sheet: str) -> Iterator[Fault]:
    """Yield slicers and timelines of a sheet whose cache is not there."""
    for kind, cache_kind, member in (
        ("slicer", "slicerCache", "slicer"),
        ("timeline", "timelineCache", "timeline"),
    ):
        roots = [opened.root(part) for part in opened.related(book, cache_kind, f"{cache_kind}Definition")]
        known = {root.get("name") for root in roots if root is not None}
        for part in opened.related(sheet, kind):
            root = opened.root(part)
            for e in children(root, member) if root is not None else ():
                if e.get("cache") not in known:
                    yield Fault(part, "slicer", f"{e.get('name')} asks the cache {e.get('cache')}")


def cache_table_faults(opened: Opened, book: str, tables: dict[int, int]) -> Iterator[Fault]:
    """Yield slicer caches of tables that are not there; ``tables`` is id -> number of columns."""
    for part in opened.related(book, "slicerCache"):
        root = opened.root(part)
        for e in descendants(root, "tableSlicerCache") if root is not None else ():
            if not whole(e.get("column")) >= 1 or whole(e.get("tableId")) not in tables:
                yield Fault(part, "slicer", f"of the table {e.get('tableId')}, column {e.get('column')}")

"""Notes and their shapes, threads and their notes, people."""

from collections import Counter
from collections.abc import Iterator

from ooxml.boxes import box
from ooxml.fault import Fault
from ooxml.opened import Opened
from ooxml.order import order_faults
from ooxml.xml import Element, child, children, descendants, text, whole


def note_faults(opened: Opened, sheet: str) -> Iterator[Fault]:
    """Yield what is wrong with the notes and threads of a sheet."""
    notes: set[str] = set()
    for part in opened.related(sheet, "comments"):
        root = opened.root(part)
        if root is not None:
            yield from (Fault(part, "note", what) for what in _own_faults(root))
            yield from (Fault(part, "order", what) for what in order_faults(root))
            notes |= {e.get("ref", "") for e in descendants(root, "comment")}
    shapes = [opened.root(part) for part in opened.related(sheet, "vmlDrawing")]
    places = {place for root in shapes if root is not None for place in _shape_places(root)}
    if missing := {place for place in notes if _place(place) not in places}:
        yield Fault(sheet, "note", f"no shape for the notes of {', '.join(sorted(missing)[:3])}")
    if more := places - {_place(note) for note in notes}:
        yield Fault(sheet, "note", f"shapes without notes: {sorted(more)[:3]}")
    if notes and child_named(opened, sheet, "legacyDrawing") is None:
        yield Fault(sheet, "note", "notes, but no <legacyDrawing>")
    yield from _thread_faults(opened, sheet, notes)


def child_named(opened: Opened, part: str, name: str) -> Element | None:
    """Return a child of a part's root."""
    root = opened.root(part)
    return None if root is None else child(root, name)


def _place(address: str) -> tuple[int, int]:
    found = box(address)
    return (found.top - 1, found.left - 1) if found else (-1, -1)


def _shape_places(root: Element) -> Iterator[tuple[int, int]]:
    for data in descendants(root, "ClientData"):
        if data.get("ObjectType") == "Note":
            yield whole(text(child(data, "Row")).strip()), whole(text(child(data, "Column")).strip())


def _own_faults(root: Element) -> Iterator[str]:
    authors = child(root, "authors")
    count = len(list(children(authors, "author"))) if authors is not None else 0
    places = Counter(e.get("ref", "") for e in descendants(root, "comment"))
    yield from (f"{place} has {times} notes" for place, times in places.items() if times > 1)
    yield from (f"{place} is no cell" for place in places if box(place) is None or ":" in place)
    for e in descendants(root, "comment"):
        if whole(e.get("authorId"), 0) >= count:
            yield f"{e.get('ref')}: author {e.get('authorId')} of {count}"


def _thread_faults(opened: Opened, sheet: str, notes: set[str]) -> Iterator[Fault]:
    parts = opened.related(sheet, "threadedComment")
    people = _people(opened)
    for part in parts:
        root = opened.root(part)
        if root is None:
            continue
        ids = {e.get("id", "") for e in children(root, "threadedComment")}
        for e in children(root, "threadedComment"):
            if e.get("ref", "") not in notes:
                yield Fault(part, "thread", f"{e.get('ref')} has no note")
            if e.get("personId", "") not in people:
                yield Fault(part, "thread", f"{e.get('ref')}: nobody has the id {e.get('personId')}")
            if e.get("parentId") and e.get("parentId") not in ids:
                yield Fault(part, "thread", f"{e.get('ref')} answers {e.get('parentId')}")


def _people(opened: Opened) -> set[str]:
    books = opened.related("", "officeDocument")
    parts = [part for book in books for part in opened.related(book, "person")]
    roots = [opened.root(part) for part in parts]
    return {e.get("id", "") for root in roots if root is not None for e in descendants(root, "person")}

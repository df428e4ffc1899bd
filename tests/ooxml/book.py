"""The workbook part: its sheets, its names, what they speak of."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ooxml.formulas import reading
from ooxml.order import order_faults
from ooxml.xml import RELATIONS, Element, child, children, descendants, text, whole

_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NAME = re.compile(r"(?:[^\W\d]|[_\\])[\w.?\\]*")
_LONGEST_SHEET, _LONGEST_NAME = 31, 255


class BookFacts(NamedTuple):
    """What other parts need to know of the workbook: sheet name -> id of its relation, and more."""

    wrong: tuple[tuple[str, str], ...]
    sheets: dict[str, str]
    ids: frozenset[int]
    names: frozenset[str]
    caches: frozenset[str]


def book_facts(root: Element) -> BookFacts:
    """Return the facts of a workbook part."""
    held = child(root, "sheets")
    sheets = list(children(held, "sheet")) if held is not None else []
    names = list(descendants(root, "definedName"))
    wrong = [("order", what) for what in order_faults(root)]
    wrong += [("sheet", what) for what in _sheet_faults(root, sheets)]
    wrong += [("name", what) for what in _name_faults(names, sheets)]
    return BookFacts(
        tuple(wrong),
        {e.get("name", ""): relation_id(e) for e in sheets},
        frozenset(whole(e.get("sheetId")) for e in sheets),
        frozenset(e.get("name", "").lower() for e in names),
        frozenset(e.get("cacheId", "") for e in descendants(root, "pivotCache")),
    )


def relation_id(element: Element) -> str:
    """Return the id of the relation that an element names."""
    return next(
        (element.get(f"{{{space}}}id", "") for space in RELATIONS if f"{{{space}}}id" in element.attrib), ""
    )


def sheet_name_fault(name: str) -> str:
    """Return what Excel has against the name of a sheet, '' for nothing."""
    if not name or len(name) > _LONGEST_SHEET or _FORBIDDEN.search(name) or name != name.strip("'"):
        return f"{name!r} is no name of a sheet"
    return ""


def _sheet_faults(root: Element, sheets: list[Element]) -> Iterator[str]:
    if all(e.get("state", "visible") != "visible" for e in sheets):
        yield "none is to be seen"
    for e in sheets:
        yield from filter(None, [sheet_name_fault(e.get("name", ""))])
        if whole(e.get("sheetId")) < 1 or e.get("state", "visible") not in {
            "visible",
            "hidden",
            "veryHidden",
        }:
            yield f"{e.get('name')} has the id {e.get('sheetId')}, the state {e.get('state')}"
    for key in ("name", "sheetId"):
        values = Counter(e.get(key, "").lower() for e in sheets)
        yield from (f"{key} {value} twice" for value, count in values.items() if count > 1)
    yield from (f"{i} twice" for i, count in Counter(map(relation_id, sheets)).items() if count > 1)
    for view in descendants(root, "workbookView"):
        for key in ("activeTab", "firstSheet"):
            if whole(view.get(key), 0) >= len(sheets):
                yield f"{key} {view.get(key)} of {len(sheets)}"


def _name_faults(names: list[Element], sheets: list[Element]) -> Iterator[str]:
    for e in names:
        name = e.get("name", "")
        if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
            yield f"{name!r} is no name"
        if whole(e.get("localSheetId"), 0) >= len(sheets):
            yield f"{name} belongs to sheet {e.get('localSheetId')} of {len(sheets)}"
        wrong = reading(text(e)).wrong
        if wrong and e.get("function") is None and e.get("xlm") is None:
            yield f"{name}: {wrong}"
    doubles = Counter((e.get("name", "").lower(), e.get("localSheetId")) for e in names)
    yield from (f"{name} twice" for (name, _), count in doubles.items() if count > 1)

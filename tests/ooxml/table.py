"""A table's own part, and whether its sheet agrees."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ooxml.boxes import Box, box
from ooxml.formulas import reading
from ooxml.order import order_faults
from ooxml.sheet import SheetFacts
from ooxml.xml import Element, child, children, text, whole

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NAME = re.compile(r"[^\W\d][\w.?\\]*|\\[\w.?\\]*")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d{1,7}|[RrCc]|[Rr]\d*[Cc]\d*")


class TableFacts(NamedTuple):
    """What other parts need to know of a table."""

    wrong: tuple[tuple[str, str], ...]
    id: int
    name: str
    area: Box | None
    heads: tuple[str, ...]
    has_head: bool
    difference: int = -1


def plain(escaped: str) -> str:
    """Return a text with its _xHHHH_ escapes resolved."""
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), escaped)


def table_facts(root: Element) -> TableFacts:
    """Return the facts of a table."""
    held = child(root, "tableColumns")
    columns = list(children(held, "tableColumn")) if held is not None else []
    area, name = box(root.get("ref", "")), root.get("displayName", "")
    names = tuple(plain(e.get("name", "")) for e in columns)
    wrong = [("order", what) for what in order_faults(root)]
    wrong += [("table", what) for what in _own_faults(root, area, columns)]
    wrong += [("table", f"two columns {n!r}") for n, k in Counter(n.lower() for n in names).items() if k > 1]
    wrong += [("formula", what) for what in _formula_faults(columns)]
    if not is_name(name):
        wrong.append(("table", f"{name!r} is no name"))
    difference = max((whole(e.get("dataDxfId")) for e in columns), default=-1)
    return TableFacts(
        tuple(wrong),
        whole(root.get("id")),
        name,
        area,
        names,
        whole(root.get("headerRowCount"), 1) > 0,
        difference,
    )


def is_name(name: str) -> bool:
    """Return whether Excel takes a name for a table or range."""
    return bool(_NAME.fullmatch(name)) and len(name) <= 255 and not _LIKE_A_CELL.fullmatch(name)


def agreement_faults(
    table: TableFacts, sheet: SheetFacts, strings: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield where a table and its sheet do not agree."""
    area = table.area
    if area is None:
        return
    yield from (("merge", f"{merge} lies in the table") for merge in sheet.merges if merge.meets(area))
    if not table.has_head:
        return
    row = sheet.heads.get(area.top, {})
    for place, head in enumerate(table.heads, area.left):
        held = row.get(place, "")
        shown = (strings[held] if 0 <= held < len(strings) else "") if isinstance(held, int) else held
        if plain(shown).replace("\r\n", "\n") != head.replace("\r\n", "\n"):
            yield "table", f"the header {head!r} is {plain(shown)!r} on the sheet"


def _own_faults(root: Element, area: Box | None, columns: list[Element]) -> Iterator[str]:
    if area is None:
        yield f"ref {root.get('ref')!r}"
        return
    if area.right - area.left + 1 != len(columns):
        yield f"{len(columns)} columns in {root.get('ref')}"
    rows = (
        area.bottom
        - area.top
        + 1
        - whole(root.get("headerRowCount"), 1)
        - whole(root.get("totalsRowCount"), 0)
    )
    if rows < 1:
        yield f"no data row in {root.get('ref')}"
    held = child(root, "tableColumns")
    if held is not None and whole(held.get("count"), len(columns)) != len(columns):
        yield "the columns' count lies"
    yield from (f"the column id {i} twice" for i, k in Counter(e.get("id") for e in columns).items() if k > 1)
    if any(not e.get("name") for e in columns):
        yield "a column without a name"
    yield from _filter_faults(root, area)


def _filter_faults(root: Element, area: Box) -> Iterator[str]:
    found = child(root, "autoFilter")
    if found is None:
        return
    held = box(found.get("ref", ""))
    last = area.bottom - whole(root.get("totalsRowCount"), 0)
    if held != area._replace(bottom=last):
        yield f"the filter {found.get('ref')} of a table {root.get('ref')}"
    for e in children(found, "filterColumn"):
        if whole(e.get("colId")) > area.right - area.left:
            yield f"a filter of column {e.get('colId')}"


def _formula_faults(columns: list[Element]) -> Iterator[str]:
    for e in columns:
        for name in ("calculatedColumnFormula", "totalsRowFormula"):
            inner = text(child(e, name))
            if inner and (wrong := reading(inner).wrong):
                yield f"{name} of {e.get('name')}: {wrong}"

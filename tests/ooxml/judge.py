"""All rules over one file; parts seen before are not looked at again."""

import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from ooxml.book import BookFacts, book_facts
from ooxml.boxes import Box, box, overlaps
from ooxml.charts import chart_facts
from ooxml.fault import Fault
from ooxml.notes import note_faults
from ooxml.opc import opc_faults
from ooxml.opened import Opened
from ooxml.order import order_faults
from ooxml.pivots import cache_faults, cache_table_faults, pivot_faults, slicer_faults
from ooxml.sheet import SheetFacts, sheet_facts
from ooxml.styles import Styles, style_faults, styles_of
from ooxml.table import TableFacts, agreement_faults, table_facts
from ooxml.xml import Element, children, descendants, text, whole

T = TypeVar("T")

LARGE = 3_000_000
"""A sheet beyond this many bytes is left to the tests that mean it: its cells take seconds."""


def faults(file: Path | bytes, *, large: bool = True) -> list[Fault]:
    """Return everything wrong with a workbook file; ``large`` is whether large sheets are looked into."""
    data = file if isinstance(file, bytes) else file.read_bytes()
    try:
        opened = Opened.read(data)
    except zipfile.BadZipFile as error:
        return [Fault("", "zip", str(error))]
    found = list(opc_faults(opened))
    books = opened.related("", "officeDocument")
    readable = books and not any(fault.rule == "xml" for fault in found)
    return found + (list(_Book(opened, books[0], large=large).faults()) if readable else [])


def new_faults(before: Path | bytes, after: Path | bytes, *, large: bool = True) -> list[Fault]:
    """Return what is wrong with a file that was not wrong before, rule by rule and part by part."""
    found = faults(after, large=large)
    if not found:
        return []
    known = Counter((fault.part, fault.rule) for fault in faults(before, large=large))
    now = Counter((fault.part, fault.rule) for fault in found)
    return [fault for fault in found if now[fault.part, fault.rule] > known[fault.part, fault.rule]]


class _Book:
    """The parts of one workbook and how they fit together."""

    def __init__(self, opened: Opened, part: str, *, large: bool) -> None:
        self._opened, self._part, self._large = opened, part, large
        self._facts: BookFacts = _sure(opened.seen(part, book_facts))
        self._styles = self._one("styles", styles_of) or Styles()
        self._strings: tuple[str, ...] = self._one("sharedStrings", _strings) or ()

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong with the workbook."""
        yield from (Fault(self._part, rule, what) for rule, what in self._facts.wrong)
        for part in self._opened.related(self._part, "styles"):
            yield from (
                Fault(part, rule, what) for rule, what in self._opened.seen(part, _style_faults) or ()
            )
        seen: list[TableFacts] = []
        relations = self._opened.relations(self._part)
        for name, relation_id in self._facts.sheets.items():
            relation = relations.get(relation_id)
            if relation is None or relation.target not in self._opened.parts:
                yield Fault(self._part, "sheet", f"{name} has no part")
            elif relation.kind == "worksheet":
                yield from self._sheet(relation.target, seen)
        yield from self._table_names(seen)
        yield from self._caches(seen)
        yield from self._chain()

    def _one(self, kind: str, look: Callable[[Element], T]) -> T | None:
        part = next(iter(self._opened.related(self._part, kind)), None)
        return None if part is None else self._opened.seen(part, look)

    def _sheet(self, part: str, seen: list[TableFacts]) -> Iterator[Fault]:
        tables = {p: _sure(self._opened.seen(p, table_facts)) for p in self._opened.related(part, "table")}
        seen += tables.values()
        for where, table in tables.items():
            yield from (Fault(where, rule, what) for rule, what in table.wrong)
            if table.difference >= self._styles.differences:
                yield Fault(where, "style", f"the difference {table.difference} is not there")
        if hit := overlaps(t.area for t in tables.values() if t.area):
            yield Fault(part, "table", f"tables share cells: {hit}")
        yield from note_faults(self._opened, part)
        yield from self._guests(part)
        if len(self._opened.parts[part]) > LARGE and not self._large:
            return
        heads = frozenset(t.area.top for t in tables.values() if t.area and t.has_head)
        facts = _sure(self._opened.seen(part, sheet_facts, heads))
        yield from (Fault(part, rule, what) for rule, what in facts.wrong)
        yield from (Fault(part, rule, what) for rule, what in self._indexes(facts))
        for where, table in tables.items():
            yield from (Fault(where, r, what) for r, what in agreement_faults(table, facts, self._strings))

    def _indexes(self, facts: SheetFacts) -> Iterator[tuple[str, str]]:
        if facts.style >= self._styles.cells:
            yield "style", f"the cell format {facts.style} of {self._styles.cells}"
        if facts.difference >= self._styles.differences:
            yield "style", f"the difference {facts.difference} of {self._styles.differences}"
        if facts.string >= len(self._strings):
            yield "string", f"the shared string {facts.string} of {len(self._strings)}"
        yield from (("sheet", f"a formula speaks of the sheet {n!r}") for n in self._unknown(facts.sheets))

    def _unknown(self, names: Iterable[str]) -> Iterator[str]:
        """Yield the sheets that some formulas name and the workbook lacks."""
        known = self._known_sheets
        for name in names:
            ends = [name] if name.lower() in known else name.split(":")
            if not name.startswith("[") and any(end.lower() not in known for end in ends):
                yield name

    @property
    def _known_sheets(self) -> set[str]:
        return {name.lower() for name in self._facts.sheets}

    def _guests(self, sheet: str) -> Iterator[Fault]:
        """Yield what is wrong with the charts, pivot tables and slicers of a sheet."""
        for drawing in self._opened.related(sheet, "drawing"):
            for part in self._opened.related(drawing, "chart", "chartEx"):
                facts = _sure(self._opened.seen(part, chart_facts))
                yield from (Fault(part, rule, what) for rule, what in facts.wrong)
                yield from (Fault(part, "sheet", f"speaks of {n!r}") for n in self._unknown(facts.sheets))
        for part in self._opened.related(sheet, "pivotTable"):
            yield from pivot_faults(self._opened, part, self._facts.caches)
        yield from slicer_faults(self._opened, self._part, sheet)

    def _caches(self, tables: list[TableFacts]) -> Iterator[Fault]:
        names = {t.name.lower() for t in tables} | self._facts.names
        for part in self._opened.related(self._part, "pivotCacheDefinition"):
            yield from cache_faults(self._opened, part, self._known_sheets, names)
        yield from cache_table_faults(self._opened, self._part, {t.id: len(t.heads) for t in tables})

    def _table_names(self, tables: list[TableFacts]) -> Iterator[Fault]:
        for what, values in (("id", [t.id for t in tables]), ("name", [t.name.lower() for t in tables])):
            yield from (
                Fault(self._part, "table", f"the {what} {v} twice")
                for v, n in Counter(values).items()
                if n > 1
            )
        for table in tables:
            if table.name.lower() in self._facts.names:
                yield Fault(self._part, "table", f"{table.name} is a table and a defined name")

    def _chain(self) -> Iterator[Fault]:
        for part in self._opened.related(self._part, "calcChain"):
            root = self._opened.root(part)
            if root is not None:
                yield from (Fault(part, "chain", what) for what in self._chain_faults(root))

    def _chain_faults(self, root: Element) -> Iterator[str]:
        sheet, by_id = 0, {i: self._formula_cells(name) for i, name in self._sheet_ids()}
        for e in children(root, "c"):
            sheet = whole(e.get("i"), sheet)
            if sheet not in by_id:
                yield f"{e.get('r')} of a sheet with the id {sheet}"
            elif not _is_computed(e.get("r", ""), *by_id[sheet]):
                yield f"{e.get('r')} of sheet {sheet} has no formula"

    def _sheet_ids(self) -> Iterator[tuple[int, str]]:
        root = self._opened.root(self._part)
        found = descendants(root, "sheet") if root is not None else ()
        return ((whole(e.get("sheetId")), e.get("name", "")) for e in found)

    def _formula_cells(self, name: str) -> tuple[frozenset[str], tuple[Box, ...]]:
        relation = self._opened.relations(self._part).get(self._facts.sheets.get(name, ""))
        part = relation.target if relation else ""
        found = self._opened.seen(part, _formula_places) if part in self._opened.parts else None
        return found or (frozenset(), ())


def _is_computed(place: str, cells: frozenset[str], arrays: tuple[Box, ...]) -> bool:
    here = box(place)
    return place in cells or any(here.meets(area) for area in arrays if here)


def _strings(root: Element) -> tuple[str, ...]:
    return tuple("".join(text(t) for t in _shown(si)) for si in children(root, "si"))


def _shown(si: Element) -> Iterator[Element]:
    """Yield the texts of a shared string, those that say how it is spoken left out."""
    yield from children(si, "t")
    for run in children(si, "r"):
        yield from children(run, "t")


def _style_faults(root: Element) -> tuple[tuple[str, str], ...]:
    return (*(("order", what) for what in order_faults(root)), *style_faults(root))


def _sure(seen: T | None) -> T:
    """Return what was seen: a package whose XML does not parse does not come this far."""
    assert seen is not None
    return seen


def _formula_places(root: Element) -> tuple[frozenset[str], tuple[Box, ...]]:
    """Return the cells of a sheet that have a formula, and the ranges of its arrays."""
    formulas = list(descendants(root, "f"))
    cells = (e.getparent() for e in formulas)
    arrays = (box(e.get("ref", "")) for e in formulas if e.get("t") in {"array", "dataTable"})
    places = (cell.get("r", "") for cell in cells if cell is not None)
    return frozenset(places), tuple(b for b in arrays if b)

"""The cells of a sheet after rows of a table came or went: each stands where it must, as it was."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from opened import Element, Place, address, box, cells_of, grid, local, rows_of
from openpyxl.formula.translate import Translator
from table_change import Change, texts_agree

_NAMESPACE = re.compile(r' xmlns(?::\w+)?="[^"]*"')


def has_content(cell: Element) -> bool:
    """Return whether a cell holds a value."""
    return any(local(child) in {"v", "is"} and (child.text or len(child)) for child in cell)


@dataclass
class TableCells:
    """The rows of one worksheet, before and after."""

    part: str
    home: str
    change: Change

    def found(self, old: Element, new: Element) -> Iterator[str]:
        was, now = grid(old), grid(new)
        formulas, expected = Formulas(was), Formulas(now)
        moves = self.home == self.change.sheet
        left = dict(now)
        for place, cell in was.items():
            spot = self.change.spot(place) if moves else place
            if spot is None:
                continue
            other = left.pop(spot, None)
            if moves and self.change.writes(spot):
                continue
            if other is None:
                if has_content(cell) or formulas.text(place) is not None or not self._may_lose(place):
                    yield f"{self.part} {address(place)} is gone"
                continue
            where = f"{self.part} {address(place)} -> {address(spot)}"
            yield from self._formula(where, formulas.text(place), expected.text(spot))
            yield from _looks(where, cell, other)
        for spot, cell in left.items():
            if not (moves and self.change.writes(spot)) and (
                has_content(cell) or cell.find("{*}f") is not None
            ):
                yield f"{self.part} {address(spot)} is new"
        yield from self._ordered(new)
        yield from self._heights(old, new)

    def _formula(self, where: str, was: str | None, now: str | None) -> Iterator[str]:
        if was is None or now is None:
            if was is not now:
                yield f"{where}: formula {was!r} became {now!r}"
        elif not texts_agree(was, now, self.home, self.change):
            yield f"{where}: formula {was!r} became {now!r}"

    def _may_lose(self, place: Place) -> bool:
        """Return whether a blank cell may be missing afterwards."""
        return self.home == self.change.sheet and self.change.covers(place)

    def _ordered(self, sheet: Element) -> Iterator[str]:
        last = 0
        for number, row in rows_of(sheet):
            columns = [spot[1] for spot, _ in cells_of(number, row)]
            if number <= last or columns != sorted(set(columns)):
                yield f"{self.part}: row {number} is out of order"
            if any((said := box(c.get("r") or "")) and said[0] != number for c in row.iterfind("{*}c")):
                yield f"{self.part}: row {number} holds a cell of another row"
            last = number

    def _heights(self, old: Element, new: Element) -> Iterator[str]:
        """Yield rows that were there and look otherwise now."""
        now = {number: _row_attributes(row) for number, row in rows_of(new)}
        whole = self.change.whole_rows_from is not None and self.home == self.change.sheet
        for number, row in rows_of(old):
            spot = self.change.spot((number, 1)) if whole else (number, 1)
            said = _row_attributes(row)
            if spot is not None and said and now.get(spot[0], {}) != said:
                yield f"{self.part}: row {number} {said} became {now.get(spot[0])}"


def _row_attributes(row: Element) -> Mapping[str, str]:
    return {str(k): str(v) for k, v in row.attrib.items() if k not in {"r", "spans"}}


def _looks(where: str, old: Element, new: Element) -> Iterator[str]:
    """Yield how a cell changed besides its formula; a formula may have lost its result."""
    lost = new.find("{*}f") is not None and new.find("{*}v") is None and new.find("{*}is") is None
    if _told(old, without_result=lost) != _told(new, without_result=lost):
        yield f"{where}: {_shown(old)} became {_shown(new)}"


def _told(cell: Element, *, without_result: bool) -> tuple[object, ...]:
    """Return what a cell is without its address and the text of its formula."""
    left_out = {"r", "t", "vm"} if without_result else {"r"}
    attributes = sorted((str(k), str(v)) for k, v in cell.attrib.items() if k not in left_out)
    children = [
        etree.tostring(child, method="c14n", with_tail=False)
        for child in cell
        if local(child) != "f" and not (without_result and local(child) in {"v", "is"})
    ]
    formula = cell.find("{*}f")
    kind = formula.get("t") if formula is not None else None
    return attributes, children, kind if kind in {"array", "dataTable"} else None


def _shown(cell: Element) -> str:
    return _NAMESPACE.sub("", etree.tostring(cell, with_tail=False, encoding="unicode"))[:200]


@dataclass
class Formulas:
    """The formulas of a sheet, those shared between cells written out."""

    cells: Mapping[Place, Element]

    def text(self, place: Place) -> str | None:
        """Return the formula of a cell, None where it has none."""
        cell = self.cells.get(place)
        formula = cell.find("{*}f") if cell is not None else None
        if formula is None:
            return None
        text = formula.text or ""
        if text or formula.get("t") != "shared":
            return text
        home, master = self._masters.get(formula.get("si") or "", (place, ""))
        translated = Translator(f"={master}", address(home)).translate_formula(address(place))
        return str(translated).removeprefix("=")

    @cached_property
    def _masters(self) -> Mapping[str, tuple[Place, str]]:
        found = {}
        for place, cell in self.cells.items():
            formula = cell.find("{*}f")
            if formula is not None and formula.get("t") == "shared" and formula.text:
                found[formula.get("si") or ""] = (place, formula.text)
        return found

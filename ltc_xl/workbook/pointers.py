"""Pointers: references to cells of named sheets, as charts, sparklines and pivot tables hold them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from ltc_xl.workbook.area import Area
from ltc_xl.workbook.references import Reference, rewritten, sheet_of

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Pointer:
    """An area of a sheet, whose name is folded: it is written in any case."""

    sheet: str
    area: Area

    def column(self, number: int) -> "Pointer":
        """Return the one column of it, counted from its right end."""
        at = self.area.right - number
        return replace(self, area=replace(self.area, left=at, right=at))


def by_folded_name(by_name: Mapping[str, Value]) -> dict[str, Value]:
    """Return the same by the sheet's name as pointers have it."""
    return {name.casefold(): value for name, value in by_name.items()}


def pointers(text: str) -> list[Pointer]:
    """Return the areas that a reference names, in their order; [] when it is none, or more than that.

    >>> pointers("(Leads!$B$4:$B$7,'O''Hara'!$A$1)")[1]
    Pointer(sheet="o'hara", area=Area(top=1, left=1, bottom=1, right=1))
    >>> pointers("OFFSET(Leads!$B$4,0,0)"), pointers("companies")
    ([], [])
    """
    found: list[Reference] = []

    def note(reference: Reference) -> Reference:
        found.append(reference)
        return reference

    rest = rewritten(text, note)
    for reference in found:
        rest = rest.replace(reference.text, "", 1)
    named = [_pointer(reference) for reference in found]
    return [pointer for pointer in named if pointer] if not rest.strip("(), ") else []


def repointed(text: str, after: Callable[[Pointer], Pointer | None]) -> str:
    """Return a reference with each of its areas as it stands afterwards; ``#REF!`` for those that went.

    >>> repointed("S!$B$4:$B$7", lambda p: Pointer(p.sheet, Area(4, 2, 9, 2)))
    'S!$B$4:$B$9'
    >>> repointed("S!$B$4", lambda p: Pointer(p.sheet, Area(4, 2, 9, 2)))
    'S!$B$4:$B$9'
    """

    def again(reference: Reference) -> Reference | None:
        before = _pointer(reference)
        if before is None or not reference.rows:
            return reference
        new = after(before)
        if new is None or new == before:
            return reference if new else None
        return _at(reference, new.area)

    return rewritten(text, again)


def _pointer(reference: Reference) -> Pointer | None:
    area = reference.area
    return Pointer(sheet_of(reference.sheet).casefold(), area) if area and reference.sheet else None


def _at(reference: Reference, area: Area) -> Reference:
    single = reference.single and area.top == area.bottom
    return replace(reference.with_rows(area.top, area.bottom), single=single)

"""Links: a column whose cells lead to the row of another table that names the same thing."""

import re
from collections.abc import Callable
from dataclasses import dataclass

ARROW = "→"
"""What a link shows. Its own row alone says whether there is one, so that it never goes stale."""

_LINK = re.compile(r"(?P<targets>.+?)(?: where (?P<where>.+))?")
_TARGET = re.compile(r"(\w+)\.(\w+) = (\w+)")


@dataclass(frozen=True, slots=True)
class Target:
    """A column of another table that holds what a column of the link's own row holds."""

    table: str
    column: str
    own: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where a cell leads: to the first target that has the row, else to the top of the last one's sheet.

    ``where`` is what must hold besides: one of some numbers is not nothing, or ``column is kind``.
    """

    targets: tuple[Target, ...]
    where: str = ""

    @property
    def formula(self) -> str:
        """Return the Excel formula, with placeholders as in ``tables.toml``."""
        tests = f'{{{self.targets[0].own}}}<>""'
        if self._state:
            tests = f"AND({tests},{{{self._state}}})"
        elif self.where:
            numbers = "+".join(f"ABS(N({{{code}}}))" for code in self.where.split())
            tests = f"AND({tests},{numbers}<>0)"
        return f'=IF({tests},{{to}},"")'

    @property
    def twin(self) -> str:
        """Return the same in polars SQL."""
        tests = f"{self.targets[0].own} IS NOT NULL"
        if self._state:
            tests = f"{tests} AND {{{self._state}}}"
        elif self.where:
            filled = " OR ".join(f"COALESCE({code}, 0) <> 0" for code in self.where.split())
            tests = f"{tests} AND ({filled})"
        return f"CASE WHEN {tests} THEN '{ARROW}' END"

    @property
    def _state(self) -> str:
        return self.where if " is " in self.where else ""

    def jump(self, place: Callable[[Target], tuple[str, str]]) -> str:
        """Return the formula that goes there; ``place`` gives a target's sheet and the number of its row."""
        places = [place(target) for target in self.targets]
        address = _address(places[-1][0], "1")
        for sheet, row in reversed(places):
            address = f"IFERROR({_address(sheet, row)},{address})"
        return f'HYPERLINK({address},"{ARROW}")'


def _address(sheet: str, row: str) -> str:
    """Return the formula of an address.

    >>> print(_address("O'Hara", "ROW()"))
    "#'O''Hara'!A"&ROW()
    """
    name = sheet.replace("'", "''").replace('"', '""')
    return f"\"#'{name}'!A\"&{row}"


def link_to(sheet: str, row: str, shown: str) -> str:
    """Return the formula of a cell that shows something and leads to a row of a sheet."""
    return f"HYPERLINK({_address(sheet, row)},{shown})"


def link_of(text: str) -> Link:
    """Parse ``link``.

    >>> link_of("leads.lead_id = lead").targets
    (Target(table='leads', column='lead_id', own='lead'),)
    >>> link_of("opportunities.lead = lead_id where state is won").where
    'state is won'
    """
    found = _LINK.fullmatch(text)
    targets = _TARGET.findall(found["targets"]) if found else []
    if not found or not targets:
        raise ValueError(text)
    return Link(tuple(Target(*target) for target in targets), found["where"] or "")

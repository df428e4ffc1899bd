"""What the words of formulas mean in one workbook: sheets, tables and names, as they stand after a patch."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from ltc_xl.workbook.area import Area
from ltc_xl.workbook.inputs import Inputs
from ltc_xl.workbook.package import Package, TablePart, elements
from ltc_xl.workbook.references import sheet_of
from ltc_xl.workbook.reshape import Mover

_PART = re.compile(r"\[((?:'.|[^'\[\]])*)\]")
_ESCAPED = re.compile(r"'(.)")
_THIS_ROW = "#this row"


@dataclass(frozen=True)
class Meanings:
    """The words of a workbook's formulas; all names are folded, since case does not matter.

    Attributes:
        package: the workbook.
        movers: folded sheet -> what a reference to its areas names once tables have grown.
        understood: (folded sheet, meaning of a name) -> what it reads there, as far as it was asked.
    """

    package: Package
    movers: Mapping[str, Mover]
    understood: dict[tuple[str, str], Inputs] = field(default_factory=dict)

    @cached_property
    def sheets(self) -> list[str]:
        """Return the sheets in the order of their tabs."""
        return [sheet.name.casefold() for sheet in self.package.sheets]

    @cached_property
    def tables(self) -> Mapping[str, TablePart]:
        """Return the tables by name, with their areas as grown."""
        return {
            table.name.casefold(): replace(table, area=self.grown(table.sheet.casefold(), table.area))
            for table in self.package.tables
        }

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """Return (sheet, or '' for the whole workbook, and name) -> the formula it stands for."""
        found = {}
        for element in elements(self.package.workbook, "definedName"):
            scope = element.get("localSheetId", "")
            sheet = self.sheets[int(scope)] if scope.isdigit() and int(scope) < len(self.sheets) else ""
            found[sheet, element.get("name", "").casefold()] = element.text or ""
        return found

    def name(self, word: str, home: str) -> str | None:
        """Return the formula that a name stands for on a sheet, if it is one."""
        folded = word.casefold()
        return self.names.get((home, folded)) or self.names.get(("", folded)) or self._elsewhere(folded)

    def named_sheets(self, prefix: str, home: str) -> Sequence[str]:
        """Return the sheets that a reference speaks of: its own, several ``a:b``, none of another file's."""
        if not prefix:
            return [home]
        name = sheet_of(prefix).casefold()
        if name.startswith("["):
            return []
        first, several, last = name.partition(":")
        if several and first in self.sheets and last in self.sheets:
            ends = sorted((self.sheets.index(first), self.sheets.index(last)))
            return self.sheets[ends[0] : ends[1] + 1]
        return [name]

    def grown(self, sheet: str, area: Area) -> Area:
        """Return an area together with what it grew by."""
        mover = self.movers.get(sheet)
        after = mover(area) if mover else None
        return area.with_(after)

    @cached_property
    def columns(self) -> Callable[[str, str], "TableColumns"]:
        """Return the columns that brackets behind a table's name mean, each looked up once."""
        return cache(lambda name, brackets: TableColumns.of(self.tables[name.casefold()], brackets))

    def _elsewhere(self, name: str) -> str | None:
        """Return what a name stands for that only another sheet has; ``Sheet!name`` says which."""
        return next((text for (_, known), text in self.names.items() if known == name), None)


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Columns of a table as a formula names them: their area, and whether only its own row is meant."""

    area: Area
    this_row: bool

    @classmethod
    def of(cls, table: TablePart, brackets: str) -> "TableColumns":
        """Return what stands in brackets behind a table's name, e.g. ``[[#This Row],[amount]]``.

        >>> leads = TablePart("", "tblLeads", "Leads", Area(3, 1, 9, 3), ("no", "what [it] is", "amount"))
        >>> TableColumns.of(leads, "[[#This Row],[what '[it'] is]:[amount]]")
        TableColumns(area=Area(top=4, left=2, bottom=9, right=3), this_row=True)
        >>> TableColumns.of(leads, "[[#Headers],[no]]").area, TableColumns.of(leads, "[#All]").area.text
        (Area(top=3, left=1, bottom=3, right=1), 'A3:C9')
        """
        inner = brackets[1:-1].strip()
        marked = inner.removeprefix("@")
        parts = [part.strip() for part in _PART.findall(marked)] or [marked]
        said = {part.casefold() for part in parts if part.startswith("#")}
        columns = list(_positions(table, (part for part in parts if part and not part.startswith("#"))))
        left, right = (min(columns), max(columns)) if columns else (table.area.left, table.area.right)
        top, bottom = _rows(table, said)
        return cls(Area(top, left, bottom, right), inner.startswith("@") or _THIS_ROW in said)


def _positions(table: TablePart, headers: Iterator[str]) -> Iterator[int]:
    """Yield the columns of some headers; both ends of the table for one that it lacks."""
    known = [header.casefold() for header in table.headers]
    for header in headers:
        plain = _ESCAPED.sub(r"\1", header).casefold()
        if plain in known:
            yield table.area.left + known.index(plain)
        else:
            yield from (table.area.left, table.area.right)


def _rows(table: TablePart, said: set[str]) -> tuple[int, int]:
    """Return the first and last row that words like ``#Headers`` mean; those of the body without."""
    area = table.area
    first, last = area.top + table.header_rows, area.bottom - table.totals_rows
    if "#all" in said:
        return area.top, area.bottom
    body = not said or "#data" in said or _THIS_ROW in said
    top = area.top if "#headers" in said else first if body else last + 1
    bottom = area.bottom if "#totals" in said else last if body else first - 1
    return min(top, area.bottom), max(min(top, area.bottom), bottom)

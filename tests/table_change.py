"""What adding rows to a table, or taking one out, may do to areas and to texts that name areas."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from opened import Box, OpenedTable, Place, box

Areas = list[Box | None]
"""The areas that one may have become, None for one whose rows all went."""

LARGE_AREA = 200_000
"""An area of more cells is told by its corners."""

_LITERAL = r"\"(?:[^\"]|\"\")*\"|\[(?:[^\[\]]|\[[^\]]*\])*\]"
_SHEET = r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!"
_CELL = r"\$?[A-Za-z]{1,3}\$?\d{1,7}"
_REFERENCE = re.compile(
    rf"(?P<literal>{_LITERAL})|(?<![\w.$!\]'\"])(?P<sheet>{_SHEET})?"
    rf"(?P<area>{_CELL}(?::{_CELL})?|\$?\d+:\$?\d+)(?![\w(.!\[:])"
)


class Change(Protocol):
    """What happens to the rows of a table."""

    @property
    def sheet(self) -> str: ...

    @property
    def whole_rows_from(self) -> int | None:
        """Return the first row of the sheet that goes as a whole, None where rows stay."""
        ...

    @property
    def shrinks(self) -> bool: ...

    def covers(self, place: Place) -> bool:
        """Return whether a blank cell there may give way to one that moves."""
        ...

    def writes(self, spot: Place) -> bool:
        """Return whether a cell lies in a row that the patch fills, or blanks."""
        ...

    def became(self, area: Box) -> Areas:
        """Return what an area of the table's sheet may have become."""
        ...

    def spot(self, place: Place) -> Place | None:
        """Return where a cell of the sheet stands afterwards, None when it went."""
        ...


@dataclass(frozen=True)
class Growth:
    """Rows come at the end of a table's body: the first fill blank rows there, the others make it grow.

    Where it is ``strict``, an area made of whole columns of the body has to grow; else it may.
    """

    table: OpenedTable
    added: int
    blank: int
    strict: bool = False

    @property
    def sheet(self) -> str:
        return self.table.sheet

    @property
    def rows(self) -> int:
        """Return by how many rows the table grows."""
        return max(0, self.added - self.blank)

    @property
    def last(self) -> int:
        """Return the last data row before."""
        return self.table.box[2] - self.table.totals_rows

    @property
    def filled(self) -> range:
        """Return the rows that are written."""
        first = self.last - self.blank + 1
        return range(first, first + self.added)

    @property
    def whole_rows_from(self) -> int | None:
        return None

    @property
    def shrinks(self) -> bool:
        return False

    def covers(self, place: Place) -> bool:
        return self.table.totals_rows > 0 and self.last < place[0] <= self.table.box[2] + self.rows

    def writes(self, spot: Place) -> bool:
        return spot[0] in self.filled and self.table.box[1] <= spot[1] <= self.table.box[3]

    def became(self, area: Box) -> Areas:
        top, left, bottom, right = area
        if not _meets_columns(area, self.table.box):
            return [area]
        if self.strict and self._must_grow(area):
            return [(top, left, bottom + self.rows, right)]
        if top > self.last and bottom == self.table.box[2] and self.table.totals_rows:
            return [area, (top + self.rows, left, bottom + self.rows, right)]
        if bottom in {self.last, self.table.box[2]}:
            return [area, (top, left, bottom + self.rows, right)]
        return [area]

    def _must_grow(self, area: Box) -> bool:
        """Return whether an area is made of whole columns of the table's body."""
        top, left, _, right = self.table.box
        first = top + self.table.header_rows
        columns = left <= area[1] and area[3] <= right
        return columns and first == area[0] < area[2] == self.last

    def spot(self, place: Place) -> Place | None:
        in_totals = self.table.totals_rows and self.last < place[0] <= self.table.box[2]
        if in_totals and self.table.box[1] <= place[1] <= self.table.box[3]:
            return place[0] + self.rows, place[1]
        return place


@dataclass(frozen=True)
class Deletion:
    """A row goes from a table: the whole row of its sheet, or only the table's own cells."""

    table: OpenedTable
    row: int
    whole: bool

    @property
    def sheet(self) -> str:
        return self.table.sheet

    @property
    def only(self) -> bool:
        """Return whether the table has no other row: then it is blanked and stays."""
        return self.table.box[2] - self.table.totals_rows == self.table.box[0] + self.table.header_rows

    @property
    def whole_rows_from(self) -> int | None:
        return self.row if self.whole and not self.only else None

    @property
    def shrinks(self) -> bool:
        return True

    def covers(self, place: Place) -> bool:
        return place[0] >= self.row

    def writes(self, spot: Place) -> bool:
        return self.only and spot[0] == self.row and self.table.box[1] <= spot[1] <= self.table.box[3]

    def became(self, area: Box) -> Areas:
        top, left, bottom, right = area
        if self.only or (not self.whole and not self._owns(area)):
            return [area]
        top, bottom = top - (top > self.row), bottom - (bottom >= self.row)
        return [(top, left, bottom, right) if top <= bottom else None]

    def _owns(self, area: Box) -> bool:
        top, left, bottom, right = self.table.box
        return left <= area[1] and area[3] <= right and top <= area[0] and area[2] <= bottom

    def spot(self, place: Place) -> Place | None:
        found = self.became((*place, *place))[0]
        return found[:2] if found else None


def _meets_columns(first: Box, second: Box) -> bool:
    return first[1] <= second[3] and second[1] <= first[3]


def texts_agree(old: str, new: str, home: str, change: Change) -> bool:
    """Return whether a formula, or a list of areas, became what the change makes of it.

    ``home`` is the sheet on which an address without a sheet lies.
    """
    return re.fullmatch(_pattern(old, home, change), new, re.DOTALL) is not None


def _pattern(old: str, home: str, change: Change) -> str:
    pieces, position = [], 0
    for found in _REFERENCE.finditer(old):
        pieces.append(re.escape(old[position : found.start()]))
        pieces.append(_alternatives(found, home, change))
        position = found.end()
    return "".join([*pieces, re.escape(old[position:])])


def _alternatives(found: re.Match[str], home: str, change: Change) -> str:
    if found["literal"] or _named(found["sheet"] or "", home) != change.sheet:
        return re.escape(found[0])
    sheet, area = found["sheet"] or "", found["area"]
    whole_rows = re.fullmatch(r"\$?(\d+):\$?(\d+)", area)
    corners = (int(whole_rows[1]), 1, int(whole_rows[2]), 16_384) if whole_rows else box(area)
    if corners is None:
        return re.escape(found[0])
    may = (_written(sheet, area, became) for became in change.became(corners))
    return f"(?:{'|'.join(may)})"


def _named(sheet: str, home: str) -> str:
    """Return the sheet that stands before an address, or the home of one that names none."""
    return sheet.removesuffix("!").strip("'").replace("''", "'") if sheet else home


def _written(sheet: str, area: str, became: Box | None) -> str:
    if became is None:
        return rf"(?:{re.escape(sheet)})?#REF!"
    rows = iter([became[0], became[2]] if ":" in area else [became[0]])
    return re.escape(sheet) + re.escape(re.sub(r"\d+", lambda _: str(next(rows)), area))


def lists_agree(old: str, new: str, change: Change) -> bool:
    """Return whether a list of areas became what the change makes of it; areas whose rows went are left out.

    An area of which only a part moves may have been cut into pieces: then the cells are compared.
    """
    before, after = _boxes(old), _boxes(new)
    if before is None or after is None:
        return old == new
    options = [change.became(area) for area in before]
    if not change.shrinks or _matches(options, after):
        return _matches(options, after)
    moved = {spot for area in before for place in _places(area) if (spot := change.spot(place))}
    return moved == {place for area in after for place in _places(area)}


def _boxes(text: str) -> list[Box] | None:
    found = [box(word) for word in text.split()]
    known = [area for area in found if area]
    return known if len(known) == len(found) else None


def _matches(options: Iterable[Areas], after: list[Box]) -> bool:
    rest = list(after)
    for may in options:
        taken = next((area for area in may if area is not None and rest and rest[0] == area), None)
        if taken is not None:
            rest.pop(0)
        elif None not in may:
            return False
    return not rest


def _places(area: Box) -> Iterable[Place]:
    rows, columns = range(area[0], area[2] + 1), range(area[1], area[3] + 1)
    if len(rows) * len(columns) > LARGE_AREA:
        return [area[:2], area[2:]]
    return ((row, column) for row in rows for column in columns)

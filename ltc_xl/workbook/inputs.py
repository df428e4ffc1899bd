"""What a formula reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW
from ltc_xl.workbook.reach import Reach, Side, box


@dataclass(frozen=True, slots=True)
class Number:
    """A row of a reference: which run of digits of the text tells it, and whether it has no ``$``."""

    run: int
    along: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """A reference by address: sheet, the letters' columns, and where in the text its rows stand."""

    sheet: str
    columns: tuple[Side, Side]
    rows: tuple[Number, ...]

    def reach(self, numbers: dict[int, int]) -> Reach:
        """Return the reach, given the row or its distance that each run of digits means."""
        if not self.rows:
            return Reach(self.sheet, Side(1), Side(MAX_ROW), *self.columns)
        top, bottom = (Side(numbers[row.run], row.along) for row in (self.rows[0], self.rows[-1]))
        return Reach(self.sheet, top, bottom, *self.columns)


@dataclass
class Inputs:
    """What a formula reads.

    Attributes:
        fixed: columns of tables, and what names stand for.
        cells: references by address.
        anything: whether it may read cells that it does not name.
        by_row: whether the number of a row is part of its value.
        lost: whether something it named is gone.
        telling: the runs of digits that belong to names; formulas alike but for others read alike.
    """

    fixed: list[Reach] = field(default_factory=list)
    cells: list[Cells] = field(default_factory=list)
    anything: bool = False
    by_row: bool = False
    lost: bool = False
    telling: list[int] = field(default_factory=list)
    spanning: bool = False

    @property
    def numbers(self) -> dict[int, bool]:
        """Return run of digits -> whether it goes along with the formula's row."""
        return {row.run: row.along for cells in self.cells for row in cells.rows}

    def seen_from(self, column: int) -> "Inputs":
        """Return the inputs of cells that share a formula, its columns told by their distance."""
        for at, cells in enumerate(self.cells):
            left, right = (replace(c, number=c.number - column) if c.along else c for c in cells.columns)
            self.cells[at] = replace(cells, columns=(left, right))
        return self

    def reaches(self, numbers: dict[int, int]) -> list[Reach]:
        """Return all that it reads; two ends joined by a colon with all between them."""
        found = [*self.fixed, *(cells.reach(numbers) for cells in self.cells)]
        if not self.spanning:
            return found
        by_sheet = groupby(sorted(found, key=_sheet), key=_sheet)
        return [box(list(of_sheet)) for _, of_sheet in by_sheet]

    @property
    def columns(self) -> Iterator[tuple[str, int, int]]:
        """Yield (sheet, first and last column) of what it reads, whatever its rows are."""
        for reach in self.reaches(dict.fromkeys(self.numbers, 1)):
            sides = (reach.left, reach.right)
            along = any(side.along for side in sides)
            yield reach.sheet, *((1, MAX_COLUMN) if along else reach.columns(1))


def _sheet(reach: Reach) -> str:
    return reach.sheet

"""How the ranges of one sheet move, and what its cells show afterwards, for the parts that speak of them."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ltc_xl.workbook.area import Area
from ltc_xl.workbook.reshape import Mover, Reshape


def _nothing(_row: int, _column: int) -> None:
    """Return what a cell shows where none is new."""


def _nowhere(_area: Area) -> tuple[()]:
    """Return the cells written where none is."""
    return ()


@dataclass(frozen=True)
class Movement:
    """What happens to the areas and cells of a sheet.

    Attributes:
        moved: where an area of formats, validations, filters stands afterwards.
        pointed: what a reference to an area names afterwards.
        written: area afterwards -> rows and columns of the cells in it that were written.
        shown: row and column afterwards -> what the cell shows, None when it is blank.
        grown: how its tables grew, one after another.
        tables: names of the tables whose rows changed.
        rows_went: whether rows were taken out, so that what cannot follow would point elsewhere.
    """

    moved: Mover
    pointed: Mover
    written: Callable[[Area], Iterable[tuple[int, int]]] = _nowhere
    shown: Callable[[int, int], str | None] = _nothing
    grown: Sequence[Reshape] = ()
    tables: Container[str] = ()
    rows_went: bool = False


Movements = Mapping[str, Movement]
"""Name of a sheet -> what happens to it; sheets that nothing happens to are left out."""

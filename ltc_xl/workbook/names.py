"""Names of a workbook, print areas among them: what they speak of goes along with its table."""

import re

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.references import moved_formula
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import plain, xml_text

_NAME = re.compile(rb"<(?:[\w.-]+:)?definedName\s[^>]*>([^<]*)<")


def grow_names(splices: Splices, movements: Movements) -> None:
    """Cut the defined names, print areas included, that speak of sheets whose tables changed."""
    for name in _NAME.finditer(splices.data):
        text = plain(name[1])
        moved = moved_text(text, "", movements)
        if moved != text:
            splices.replace(name.start(1), name.end(1), xml_text(moved))


def moved_text(text: str, home: str, movements: Movements) -> str:
    """Return a formula whose references follow the cells that they name.

    A reference to several sheets at once does not grow.

    Raises:
        CannotPatch: rows that it names on several sheets went.
    """
    movers = {name: movement.pointed for name, movement in movements.items()}
    try:
        return moved_formula(text, home, movers)
    except CannotPatch:
        if any(movement.rows_went for movement in movements.values()):
            raise
        return text

"""Conditional formats and data validations: their ranges and the formulas in them go along with a table."""

import re
from collections.abc import Sequence

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.ranges import PREFIX, moved_element
from ltc_xl.workbook.references import moved_rule
from ltc_xl.workbook.tags import attribute, plain, with_attribute, xml_text

RULE = rb"(?:conditionalFormatting|dataValidation)"
_FORMULA = re.compile(rb"(<(" + PREFIX + rb")(?:formula[12]?|f)(?:\s[^>]*)?>)([^<]+)(?=</\2)")
_THRESHOLD = re.compile(rb"<" + PREFIX + rb"cfvo(?=\s)[^>]*\stype=[\"']formula[\"'][^>]*>")
_INNER = re.compile(rb"<" + PREFIX + rb"sqref>([^<]*)<")


def moved_rules(xml: bytes, home: str, movements: Movements) -> bytes:
    """Return a format or validation as it is afterwards; b'' when all of its rows went.

    Raises:
        CannotPatch: rows went, and what a formula says of them differs from row to row.
    """
    before = _areas(xml)
    movement = movements.get(home)
    moved = moved_element(xml, movement.moved) if movement else xml
    if not moved:
        return b""
    after = _areas(moved)

    def formula(match: re.Match[bytes]) -> bytes:
        text = plain(match[3])
        new = _moved(text, home, movements, (before, after))
        return match[0] if new == text else match[1] + xml_text(new)

    def threshold(match: re.Match[bytes]) -> bytes:
        text = plain(attribute(match[0], b"val") or b"")
        new = _moved(text, home, movements, (before, after))
        value = xml_text(new).replace(b'"', b"&quot;")
        return match[0] if new == text else with_attribute(match[0], b"val", value)

    return _THRESHOLD.sub(threshold, _FORMULA.sub(formula, moved)) if before and after else moved


def _moved(text: str, home: str, movements: Movements, areas: tuple[Sequence[Area], Sequence[Area]]) -> str:
    movers = {name: movement.pointed for name, movement in movements.items()}
    rows_went = any(movement.rows_went for movement in movements.values())
    try:
        new = moved_rule(text, home, movers, *areas)
    except CannotPatch:
        if rows_went:
            raise
        return text
    if new is None and rows_went:
        raise CannotPatch("patch_rows_pointed_at", place=home, cells=text)
    return text if new is None else new


def _areas(xml: bytes) -> list[Area]:
    inner = _INNER.search(xml)
    tag = xml[: xml.index(b">") + 1]
    words = (inner[1] if inner else attribute(tag, b"sqref") or b"").split()
    found = (area_of(word.decode("ascii", "replace")) for word in words)
    return [area for area in found if area]

"""Shapes that show a cell, lists and buttons that are filled from cells: their references go along."""

import re
from collections.abc import Iterator

from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.names import moved_text
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.tags import plain, xml_text

_KINDS = frozenset({"drawing", "vmlDrawing", "ctrlProp"})
_NOTE = re.compile(rb"ObjectType\s*=\s*[\"']Note[\"']")
_ATTRIBUTE = re.compile(
    rb"(\s(?:textlink|fmlaLink|fmlaRange|fmlaTxbx|linkedCell|listFillRange)\s*=\s*\")([^\"]+)(?=\")"
)
_ELEMENT = re.compile(rb"(<((?:[\w.-]+:)?Fmla(?:Link|Range|Pict|Txbx))>)([^<]+)(?=</\2>)")


def shapes_following(package: Package, movements: Movements) -> dict[str, bytes]:
    """Return the drawings and form controls that speak of moved cells, as they are afterwards."""
    changed = {}
    for home, part in _parts(package):
        before = package.read(part)
        if _NOTE.search(before) and any(movement.rows_went for movement in movements.values()):
            continue  # its notes are moved by those who took the rows out
        after = moved_shapes(before, home, movements)
        if after != before:
            changed[part] = after
    return changed


def moved_shapes(xml: bytes, home: str, movements: Movements) -> bytes:
    """Return a drawing or control of a sheet, or its tag in the sheet, with its references moved."""

    def attribute(match: re.Match[bytes]) -> bytes:
        text = plain(match[2])
        new = moved_text(text, home, movements)
        return match[0] if new == text else match[1] + xml_text(new).replace(b'"', b"&quot;")

    def element(match: re.Match[bytes]) -> bytes:
        text = plain(match[3])
        new = moved_text(text, home, movements)
        return match[0] if new == text else match[1] + xml_text(new)

    return _ELEMENT.sub(element, _ATTRIBUTE.sub(attribute, xml))


def _parts(package: Package) -> Iterator[tuple[str, str]]:
    """Yield sheet and part, for the drawings and controls of every sheet."""
    for sheet in package.sheets:
        for relation in package.relations(sheet.part):
            if relation.kind in _KINDS and relation.target in package:
                yield sheet.name, package.entry(relation.target).filename

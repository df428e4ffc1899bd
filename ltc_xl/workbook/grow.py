"""What changes with a table's range: its own XML, formats, validations, links, the sheet's dimension."""

import re
from dataclasses import replace

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.extensions import moved_extensions, start_of_extensions
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.package import TablePart
from ltc_xl.workbook.ranges import PREFIX, moved_element, moved_tag
from ltc_xl.workbook.reshape import Mover, Reshape
from ltc_xl.workbook.rules import moved_rules
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.shapes import moved_shapes
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, with_attribute


def grow_sheet(splices: Splices, scan: SheetScan, movements: Movements, used: Area | None) -> None:
    """Cut what stands in a worksheet round its cells to its new size: dimension, filter, formats, links."""
    home = movements.get(scan.name)
    _dimension(splices, scan, home.moved if home else None, used)
    if movements:
        grow_tail(splices, scan.hi, scan.name, movements)


def grow_tail(splices: Splices, start: int, name: str, movements: Movements) -> None:
    """Cut what stands behind the cells of a worksheet: filter, formats, validations, links, sparklines."""
    tail = splices.data[start:]
    end = start_of_extensions(tail)
    for element in _ELEMENTS.finditer(tail, 0, end):
        new = _moved(element, name, movements)
        splices.replace(start + element.start(), start + element.end(), new)
    splices.replace(start + end, start + len(tail), moved_extensions(tail[end:], name, movements))


def grown_table(xml: bytes, moved: Mover) -> bytes:
    """Return a table's XML with its range, filter and sort state moved."""
    return _TABLE_TAGS.sub(lambda tag: moved_tag(tag[0], moved), xml)


def area_moved(table: TablePart, reshape: Reshape) -> TablePart:
    """Return the table as it stands after its rows changed."""
    return replace(table, area=reshape.moved(table.area) or table.area)


_TABLE_TAGS = re.compile(rb"<" + PREFIX + rb"(?:table|autoFilter|sortState|sortCondition)(?=\s)[^>]*>")
_ELEMENTS = re.compile(
    rb"<" + PREFIX + rb"(?P<tag>autoFilter|sortState|sortCondition)(?=\s)[^>]*>"
    rb"|(?P<control><" + PREFIX + rb"controlPr(?=\s)[^>]*>)"
    rb"|(?P<rules><(?P<rule>" + PREFIX + rb"conditionalFormatting)(?=[\s>])[^>]*>.*?</(?P=rule)\s*>)"
    rb"|<(?P<list>" + PREFIX + rb"(?P<kind>dataValidations|hyperlinks|protectedRanges|ignoredErrors))"
    rb"(?=[\s>])[^>]*>(?P<members>.*?)</(?P=list)\s*>",
    re.DOTALL,
)
_MEMBER = re.compile(
    rb"<(" + PREFIX + rb"(?:dataValidation|hyperlink|protectedRange|ignoredError))(?=[\s/>])"
    rb"(?:[^>]*/>|[^>]*>.*?</\1\s*>)",
    re.DOTALL,
)


def _moved(element: re.Match[bytes], name: str, movements: Movements) -> bytes:
    """Return an element of a sheet's end as it is afterwards; b'' when nothing of it remains."""
    home = movements.get(name)
    if element["tag"]:
        return moved_tag(element[0], home.moved) if home else element[0]
    if element["control"]:
        return moved_shapes(element[0], name, movements)
    if element["rules"]:
        return moved_rules(element[0], name, movements)
    return _moved_list(element, name, movements)


def _moved_list(element: re.Match[bytes], name: str, movements: Movements) -> bytes:
    """Return validations, links and the like with each as it is afterwards; b'' when none remains."""
    home = movements.get(name)

    def moved(member: re.Match[bytes]) -> bytes:
        if element["kind"] == b"dataValidations":
            return moved_rules(member[0], name, movements)
        return moved_element(member[0], home.moved) if home else member[0]

    inside = element["members"]
    before = len(_MEMBER.findall(inside))
    after = _MEMBER.sub(moved, inside)
    left = len(_MEMBER.findall(after))
    if left == 0 and before:
        return b""
    start = element.start("members") - element.start()
    tag, end = element[0][:start], element[0][start + len(inside) :]
    if left != before and attribute(tag, b"count") is not None:
        tag = with_attribute(tag, b"count", b"%d" % left)
    return tag + after + end


def _dimension(splices: Splices, scan: SheetScan, moved: Mover | None, used: Area | None) -> None:
    tag = re.search(rb"<" + scan.prefix + rb"dimension\s[^>]*>", scan.head)
    area = area_of((attribute(tag[0], b"ref") or b"").decode("ascii", "replace")) if tag else None
    if tag is None or area is None:
        return
    after = ((moved(area) if moved else None) or area).with_(used)
    if after != area:
        splices.replace(tag.start(), tag.end(), with_attribute(tag[0], b"ref", after.text.encode()))

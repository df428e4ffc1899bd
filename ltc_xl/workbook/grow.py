"""What changes with a table's range: its own XML, formats, validations, links, the sheet's dimension."""

import re
from dataclasses import replace

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.names import grow_names, sheet_of
from ltc_xl.workbook.package import TablePart
from ltc_xl.workbook.ranges import PREFIX, moved_element, moved_tag
from ltc_xl.workbook.reshape import Mover, Reshape, all_moved
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, with_attribute

__all__ = [
    "Mover",
    "Reshape",
    "all_moved",
    "area_moved",
    "grow_names",
    "grow_sheet",
    "grown_table",
    "sheet_of",
]


def grow_sheet(splices: Splices, scan: SheetScan, moved: Mover, used: Area | None) -> None:
    """Cut the ranges of a worksheet to their new size: dimension, filter, formats, validations, links."""
    _dimension(splices, scan, moved, used)
    for tag in _SINGLE_TAGS.finditer(scan.tail):
        new = moved_tag(tag[0], moved)
        splices.replace(scan.hi + tag.start(), scan.hi + tag.end(), new)
    for container in _CONTAINERS.finditer(scan.tail):
        splices.replace(scan.hi + container.start(), scan.hi + container.end(), _contained(container, moved))
    for element in _FORMATS.finditer(scan.tail):
        splices.replace(scan.hi + element.start(), scan.hi + element.end(), moved_element(element[0], moved))


def grown_table(xml: bytes, moved: Mover) -> bytes:
    """Return a table's XML with its range, filter and sort state moved."""
    return _TABLE_TAGS.sub(lambda tag: moved_tag(tag[0], moved), xml)


def area_moved(table: TablePart, reshape: Reshape) -> TablePart:
    """Return the table as it stands after its rows changed."""
    return replace(table, area=reshape.moved(table.area) or table.area)


_SINGLE_TAGS = re.compile(
    rb"<" + PREFIX + rb"(?:autoFilter|sortState|sortCondition|protectedRange|ignoredError)(?=\s)[^>]*>"
)
_TABLE_TAGS = re.compile(rb"<" + PREFIX + rb"(?:table|autoFilter|sortState|sortCondition)(?=\s)[^>]*>")
_CONTAINERS = re.compile(
    rb"<(" + PREFIX + rb"(?:dataValidations|hyperlinks))(?=[\s>])[^>]*>(.*?)</\1\s*>", re.DOTALL
)
_MEMBERS = re.compile(
    rb"<(" + PREFIX + rb"(?:dataValidation|hyperlink))(?=[\s/>])(?:[^>]*/>|[^>]*>.*?</\1\s*>)", re.DOTALL
)
_FORMATS = re.compile(
    rb"<(" + PREFIX + rb"conditionalFormatting)(?=[\s/>])(?:[^>]*/>|[^>]*>.*?</\1\s*>)", re.DOTALL
)


def _contained(container: re.Match[bytes], moved: Mover) -> bytes:
    """Return a container with its members moved; b'' when none remains."""
    whole, inside = container[0], container[2]
    before = len(_MEMBERS.findall(inside))
    after = _MEMBERS.sub(lambda member: moved_element(member[0], moved), inside)
    left = len(_MEMBERS.findall(after))
    if left == 0 and before:
        return b""
    start = container.start(2) - container.start()
    tag, end = whole[:start], whole[start + len(inside) :]
    if left != before and attribute(tag, b"count") is not None:
        tag = with_attribute(tag, b"count", b"%d" % left)
    return tag + after + end


def _dimension(splices: Splices, scan: SheetScan, moved: Mover, used: Area | None) -> None:
    tag = re.search(rb"<" + scan.prefix + rb"dimension\s[^>]*>", scan.head)
    area = area_of((attribute(tag[0], b"ref") or b"").decode("ascii", "replace")) if tag else None
    if tag is None or area is None:
        return
    after = (moved(area) or area).with_(used)
    if after != area:
        splices.replace(tag.start(), tag.end(), with_attribute(tag[0], b"ref", after.text.encode()))

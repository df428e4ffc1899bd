"""What changes with a table's range: its own XML, formats, validations, names, the sheet's dimension."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.package import TablePart
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, plain, with_attribute, xml_text

Mover = Callable[[Area], Area | None]


@dataclass(frozen=True)
class Reshape:
    """How a table's body changes: rows that went, sheet rows ascending, and where it ends afterwards.

    ``area`` is the table's whole area before.
    """

    area: Area
    last: int
    deleted: Sequence[int] = ()

    def __bool__(self) -> bool:
        return bool(self.deleted) or self.last != self.area.bottom

    def moved(self, area: Area) -> Area | None:
        """Return where an area of the same sheet stands afterwards; None when all of its rows went.

        An area that ends with the table's last row goes on ending there.

        >>> grown = Reshape(Area(1, 1, 10, 5), last=13)
        >>> grown.moved(Area(2, 3, 10, 3)), grown.moved(Area(2, 3, 9, 3))
        (Area(top=2, left=3, bottom=13, right=3), Area(top=2, left=3, bottom=9, right=3))
        >>> shrunk = Reshape(Area(1, 1, 10, 5), last=9, deleted=(4,))
        >>> shrunk.moved(Area(4, 1, 4, 1)), shrunk.moved(Area(2, 1, 10, 1))
        (None, Area(top=2, left=1, bottom=9, right=1))
        """
        top = area.top - bisect_left(self.deleted, area.top)
        bottom = area.bottom - bisect_right(self.deleted, area.bottom)
        if self._ends_with(area):
            bottom = self.last
        elif self._within(area):
            bottom = min(bottom, self.last)
        return replace(area, top=top, bottom=bottom) if top <= bottom else None

    def row(self, number: int) -> int | None:
        """Return the number of a sheet row afterwards, None when it went."""
        gone = self.deleted and number in self.deleted
        return None if gone else number - bisect_left(self.deleted, number)

    def _ends_with(self, area: Area) -> bool:
        if area.bottom != self.area.bottom:
            return False
        growing = self.last >= self.area.bottom - len(self.deleted)
        return self._within(area) or (growing and self._shares_columns(area))

    def _within(self, area: Area) -> bool:
        columns = self.area.left <= area.left and area.right <= self.area.right
        return columns and self.area.top <= area.bottom <= self.area.bottom

    def _shares_columns(self, area: Area) -> bool:
        return area.left <= self.area.right and self.area.left <= area.right


def all_moved(reshapes: Iterable[Reshape]) -> Mover:
    """Return one mover for several tables of a sheet."""
    steps = list(reshapes)

    def moved(area: Area) -> Area | None:
        result: Area | None = area
        for step in steps:
            result = step.moved(result) if result else None
        return result

    return moved


def grow_sheet(splices: Splices, scan: SheetScan, moved: Mover, used: Area | None) -> None:
    """Cut the ranges of a worksheet to their new size: dimension, filter, formats, validations, links."""
    _dimension(splices, scan, moved, used)
    for tag in _SINGLE_TAGS.finditer(scan.tail):
        new = _moved_tag(tag[0], moved)
        splices.replace(scan.hi + tag.start(), scan.hi + tag.end(), new)
    for container in _CONTAINERS.finditer(scan.tail):
        splices.replace(scan.hi + container.start(), scan.hi + container.end(), _contained(container, moved))
    for element in _FORMATS.finditer(scan.tail):
        splices.replace(scan.hi + element.start(), scan.hi + element.end(), _moved_element(element, moved))


def grown_table(xml: bytes, moved: Mover) -> bytes:
    """Return a table's XML with its range, filter and sort state moved."""
    return _TABLE_TAGS.sub(lambda tag: _moved_tag(tag[0], moved), xml)


def grow_names(splices: Splices, movers: Mapping[str, Mover]) -> None:
    """Cut the defined names, print areas included, that speak of sheets whose tables changed."""
    for name in _NAME.finditer(splices.data):
        text = plain(name[1])
        moved = _REFERENCE.sub(lambda match: _moved_reference(match, movers), text)
        if moved != text:
            splices.replace(name.start(1), name.end(1), xml_text(moved))


def area_moved(table: TablePart, reshape: Reshape) -> TablePart:
    """Return the table as it stands after its rows changed."""
    return replace(table, area=reshape.moved(table.area) or table.area)


_PREFIX = rb"(?:[\w.-]+:)?"
_SINGLE_TAGS = re.compile(
    rb"<" + _PREFIX + rb"(?:autoFilter|sortState|sortCondition|protectedRange|ignoredError)(?=\s)[^>]*>"
)
_TABLE_TAGS = re.compile(rb"<" + _PREFIX + rb"(?:table|autoFilter|sortState|sortCondition)(?=\s)[^>]*>")
_CONTAINERS = re.compile(
    rb"<(" + _PREFIX + rb"(?:dataValidations|hyperlinks))(?=[\s>])[^>]*>(.*?)</\1\s*>", re.DOTALL
)
_MEMBERS = re.compile(
    rb"<(" + _PREFIX + rb"(?:dataValidation|hyperlink))(?=[\s/>])(?:[^>]*/>|[^>]*>.*?</\1\s*>)", re.DOTALL
)
_FORMATS = re.compile(
    rb"<(" + _PREFIX + rb"conditionalFormatting)(?=[\s/>])(?:[^>]*/>|[^>]*>.*?</\1\s*>)", re.DOTALL
)
_INNER_SQREF = re.compile(rb"(<" + _PREFIX + rb"sqref>)([^<]*)(?=<)")
_NAME = re.compile(rb"<" + _PREFIX + rb"definedName\s[^>]*>([^<]*)<")
_REFERENCE = re.compile(
    r"(?P<sheet>'(?:[^']|'')+'|[^\s'!,;()+*/&=<>\"-]+)!"
    r"(?P<area>\$?[A-Z]{1,3}\$?\d{1,7}:\$?[A-Z]{1,3}\$?\d{1,7})(?![\d(])"
)
_CORNER_ROWS = re.compile(r"\d+")


def sheet_of(quoted: str) -> str:
    """Return the sheet that a reference names.

    >>> sheet_of("'O''Hara'"), sheet_of("Leads")
    ("O'Hara", 'Leads')
    """
    return quoted[1:-1].replace("''", "'") if quoted.startswith("'") else quoted


def _moved_reference(match: re.Match[str], movers: Mapping[str, Mover]) -> str:
    mover, area = movers.get(sheet_of(match["sheet"])), area_of(match["area"])
    moved = mover(area) if mover and area else None
    if moved is None:
        return match[0]
    rows = iter((moved.top, moved.bottom))
    return f"{match['sheet']}!{_CORNER_ROWS.sub(lambda _: str(next(rows)), match['area'])}"


def _moved_text(text: bytes, moved: Mover) -> bytes:
    """Return a list of areas moved; those that are no area stay, those whose rows went are left out."""
    result = []
    for word in text.split():
        area = area_of(word.decode("ascii", "replace"))
        after = moved(area) if area else None
        if area is None or after == area:
            result.append(word)
        elif after is not None:
            result.append(after.text.encode())
    return b" ".join(result)


def _moved_tag(tag: bytes, moved: Mover) -> bytes:
    """Return a start tag with its ``ref`` or ``sqref`` moved; one whose rows all went stays as it is."""
    for name in (b"sqref", b"ref"):
        text = attribute(tag, name)
        if text is not None:
            after = _moved_text(text, moved)
            return tag if after in {text, b""} else with_attribute(tag, name, after)
    return tag


def _moved_element(element: re.Match[bytes], moved: Mover) -> bytes:
    """Return a format, validation or link with its areas moved; b'' when all of its rows went."""
    xml = element[0]
    inner = _INNER_SQREF.search(xml)
    if inner is not None:
        after = _moved_text(inner[2], moved)
        return xml[: inner.start(2)] + after + xml[inner.end(2) :] if after else b""
    tag = xml[: xml.index(b">") + 1]
    name = b"sqref" if attribute(tag, b"sqref") is not None else b"ref"
    text = attribute(tag, name) or b""
    after = _moved_text(text, moved)
    if text and not after:
        return b""
    return xml if after == b" ".join(text.split()) else with_attribute(tag, name, after) + xml[len(tag) :]


def _contained(container: re.Match[bytes], moved: Mover) -> bytes:
    """Return a container with its members moved; b'' when none remains."""
    whole, inside = container[0], container[2]
    before = len(_MEMBERS.findall(inside))
    after = _MEMBERS.sub(lambda member: _moved_element(member, moved), inside)
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

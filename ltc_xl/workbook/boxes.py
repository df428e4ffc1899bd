"""The boxes in which notes show: shapes of a sheet's old kind of drawing (VML), one per note."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

from ltc_xl.workbook.tags import attribute

CLUSTER = 1024
"""Shapes are numbered in clusters of so many; a drawing says which clusters are its own."""

_FILL = "#FDECEA"
_TEXT_TYPE = b"_x0000_t202"
_SPACES = (
    b' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_HEAD = (
    b"<xml%s>" % _SPACES
    + b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout></xml>'
)
_TEXT_SHAPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;width:{width}pt;'
    'height:{height}pt;z-index:{order};visibility:hidden" fillcolor="{fill}" o:insetmode="auto">'
    '<v:fill color2="{fill}"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_WHOLE = re.compile(rb"<([\w.-]+:shape)(?=\s)[^>]*>.*?</\1\s*>", re.DOTALL)
_BESIDE = re.compile(rb"<([\w.-]+:(?:shapelayout|shapetype))(?=[\s>])[^>]*(?:/>|>.*?</\1\s*>)", re.DOTALL)
_ROOT = re.compile(rb"<xml(?=[\s>])[^>]*>")
_NUMBER = re.compile(rb"_x0000_s(\d+)")
_IDMAP = re.compile(rb"<[\w.-]+:idmap(?=\s)[^>]*>")
_END = re.compile(rb"</xml\s*>\s*$")


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a note: row and column of its cell, from 1; its size in points.

    ``anchor`` says where its corners stand, as Excel wants it.
    """

    row: int
    column: int
    width: int
    height: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Boxes:
    """The drawing of a sheet that holds the boxes of its notes, and whatever else."""

    data: bytes

    @classmethod
    def of(cls, data: bytes) -> "Boxes | None":
        """Return the boxes of a drawing; None where it is not laid out as Excel does."""
        return cls(data) if _ROOT.search(data) and _END.search(data) else None

    @classmethod
    def none(cls, others: Iterable[bytes]) -> "Boxes":
        """Return a drawing without boxes, numbered apart from the other drawings of the workbook."""
        taken = {cluster for other in others for cluster in cls(other).clusters}
        return cls(_HEAD % next(number for number in count(1) if number not in taken))

    @property
    def clusters(self) -> list[int]:
        """Return the clusters of numbers that the drawing says are its own."""
        said = (attribute(tag[0], b"data") or b"" for tag in _IDMAP.finditer(self.data))
        return [int(number) for text in said for number in re.findall(rb"\d+", text)]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is drawn."""
        root, end = _ROOT.search(self.data), _END.search(self.data)
        inside = self.data[root.end() : end.start()] if root and end else self.data
        return b"<" not in _BESIDE.sub(b"", inside)

    def with_(self, boxes: Sequence[Box]) -> "Boxes":
        """Return the drawing with boxes added."""
        if not boxes:
            return self
        end = _END.search(self.data)
        at = end.start() if end else len(self.data)
        kind = b"" if b'id="' + _TEXT_TYPE + b'"' in self.data else self._told(_TEXT_SHAPE)
        numbers = islice(self._free_numbers(), len(boxes))
        shapes = (self._told(_shape(box, number)) for box, number in zip(boxes, numbers, strict=True))
        return Boxes(self.data[:at] + kind + b"".join(shapes) + self.data[at:])

    def without(self, cells: Collection[tuple[int, int]]) -> "Boxes":
        """Return the drawing without the boxes of the notes of some cells, (row, column) from 1."""
        left = _WHOLE.sub(lambda box: b"" if _cell_of(box[0]) in cells else box[0], self.data)
        bare = Boxes(left)
        return Boxes(left.replace(self._told(_TEXT_SHAPE), b"")) if b"#" + _TEXT_TYPE not in left else bare

    def _told(self, shape: bytes) -> bytes:
        """Return a shape that says itself what its prefixes mean, where the drawing does not."""
        root = _ROOT.search(self.data)
        if root and all(space in root[0] for space in _SPACES.split()):
            return shape
        return re.sub(rb"^<[\w:]+", lambda tag: tag[0] + _SPACES, shape)

    def _free_numbers(self) -> Iterator[int]:
        """Yield numbers for shapes: of the drawing's own clusters first, then whatever lies behind."""
        used = {int(number) for number in _NUMBER.findall(self.data)}
        own = (n for c in self.clusters for n in range(c * CLUSTER + 1, (c + 1) * CLUSTER))
        yield from (number for number in own if number not in used)
        yield from count(max([*used, (max(self.clusters, default=0) + 1) * CLUSTER]) + 1)


def _shape(box: Box, number: int) -> bytes:
    """Return the XML of a box."""
    return _SHAPE.format(
        number=number,
        order=number % CLUSTER,
        fill=_FILL,
        width=box.width,
        height=box.height,
        anchor=box.anchor,
        row=box.row - 1,
        column=box.column - 1,
    ).encode()


def _cell_of(box: bytes) -> tuple[int, int] | None:
    """Return (row, column) from 1 of the cell whose note a shape shows; None for another shape."""
    if not re.search(rb"ObjectType\s*=\s*[\"']Note[\"']", box):
        return None
    row, column = (re.search(rb"<[\w.-]+:" + name + rb">\s*(\d+)\s*<", box) for name in (b"Row", b"Column"))
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None

"""Notes and threads of comments: they move with their cells and go with them."""

import re
from collections.abc import Iterator

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.package import Package, elements
from ltc_xl.workbook.reshape import Mover
from ltc_xl.workbook.tags import attribute, with_attribute

_KINDS = frozenset({"comments", "threadedComment"})
_NOTE = re.compile(rb"<((?:[\w.-]+:)?(?:comment|threadedComment))(?=\s)([^>]*)(?:/>|>.*?</\1\s*>)", re.DOTALL)
_SHAPE = re.compile(rb"<((?:[\w.-]+:)?shape)(?=\s)[^>]*>.*?</\1\s*>", re.DOTALL)
_OF_NOTE = re.compile(rb"ObjectType\s*=\s*[\"']Note[\"']")
_ROW = re.compile(rb"(<(?:[\w.-]+:)?Row>\s*)(\d+)(?=\s*<)")
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?Column>\s*(\d+)\s*<")
_ANCHOR = re.compile(rb"(<(?:[\w.-]+:)?Anchor>)([^<]*)(?=<)")
_ANCHOR_ROWS = (2, 6)


def noted_cells(package: Package, sheet_part: str) -> Iterator[Area]:
    """Yield the cells of a sheet that have a note or a comment."""
    for relation in package.relations(sheet_part):
        if relation.kind in _KINDS and relation.target in package:
            root = package.xml(relation.target)
            for name in ("comment", "threadedComment"):
                found = (area_of(e.get("ref", "")) for e in elements(root, name))
                yield from (area for area in found if area)


def moved_notes(package: Package, sheet_part: str, moved: Mover) -> dict[str, bytes]:
    """Return part -> its bytes, for the notes, threads and shapes of a sheet that are others afterwards."""
    changed = {}
    for relation in package.relations(sheet_part):
        if relation.target not in package:
            continue
        before = package.read(relation.target)
        after = before
        if relation.kind in _KINDS:
            after = _NOTE.sub(lambda note: _moved_note(note, moved), before)
        elif relation.kind == "vmlDrawing":
            after = _SHAPE.sub(lambda shape: _moved_shape(shape[0], moved), before)
        if after != before:
            changed[relation.target] = after
    return changed


def _moved_note(note: re.Match[bytes], moved: Mover) -> bytes:
    tag_end = note.end(2) - note.start()
    tag, rest = note[0][:tag_end], note[0][tag_end:]
    area = area_of((attribute(note[2], b"ref") or b"").decode("ascii", "replace"))
    after = moved(area) if area else area
    if area is None or after == area:
        return note[0]
    return b"" if after is None else with_attribute(tag, b"ref", after.text.encode()) + rest


def _moved_shape(shape: bytes, moved: Mover) -> bytes:
    """Return the box of a note with its cell, and the place where it is drawn."""
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if not (_OF_NOTE.search(shape) and row and column):
        return shape
    cell = Area(int(row[2]) + 1, int(column[1]) + 1, int(row[2]) + 1, int(column[1]) + 1)
    after = moved(cell)
    if after is None:
        return b""
    step = after.top - cell.top
    shape = _ROW.sub(lambda m: m[1] + b"%d" % (int(m[2]) + step), shape)
    return _ANCHOR.sub(lambda m: m[1] + _moved_anchor(m[2], step), shape)


def _moved_anchor(text: bytes, step: int) -> bytes:
    words = text.split(b",")
    for i in _ANCHOR_ROWS:
        if i < len(words) and words[i].strip().isdigit():
            row = max(int(words[i]) + step, 0)
            words[i] = words[i].replace(words[i].strip(), b"%d" % row)
    return b",".join(words)

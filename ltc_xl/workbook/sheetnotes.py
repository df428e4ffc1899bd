"""The notes of one sheet in its file: their part, the drawing of their boxes, what ties both to the sheet."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import Area, area_of, cell_of
from ltc_xl.workbook.boxes import Boxes
from ltc_xl.workbook.boxsize import Boxing
from ltc_xl.workbook.draft import Draft
from ltc_xl.workbook.limits import MAX_TEXT, text_length
from ltc_xl.workbook.notes import MAIN, Notes, signed
from ltc_xl.workbook.package import Sheet
from ltc_xl.workbook.scan import NAMESPACES
from ltc_xl.workbook.tags import attribute, xml_text
from ltc_xl.workbook.tail import Tail

COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"

_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = b"http://purl.oclc.org/ooxml/officeDocument/relationships"


@dataclass(frozen=True)
class SheetNotes:
    """The notes of a sheet of a draft."""

    draft: Draft
    sheet: Sheet

    def put(self, area: Area, wanted: Mapping[str, str], room: int) -> int:
        """Let the program's notes in an area be these: cell -> text; return how many now stand there.

        A cell with somebody else's note, or with a conversation, gets none; nor does a sheet whose notes are
        kept in a way we do not know. No more than ``room`` are put, the first ones.
        """
        notes = self._notes
        if notes is None or not self._is_whole:
            return 0
        inside = {note.ref: note.text for note in notes if note.is_ours and _in(area, note.ref)}
        others = {note.ref for note in notes} - inside.keys() | self._conversations
        asked = {ref: self._signed(ref, text) for ref, text in wanted.items()}
        kept = {ref: text for ref, text in asked.items() if ref not in others and _in(area, ref)}
        kept = dict(list(kept.items())[: max(room, 0)])
        gone = {ref: text for ref, text in inside.items() if kept.get(ref) != text}
        new = {ref: text for ref, text in kept.items() if inside.get(ref) != text}
        if gone or new:
            self._write(notes.without(gone).with_(new), gone, new)
        return len(kept)

    def _signed(self, ref: str, text: str) -> str:
        note = signed(text)
        if text_length(note) > MAX_TEXT:
            raise CannotPatch("patch_text_too_long", place=f"{self.sheet.name}!{ref}", length=len(note))
        return note

    def _write(self, notes: Notes, gone: Iterable[str], new: Mapping[str, str]) -> None:
        boxes = self._boxes or Boxes.none(self._other_drawings)
        boxes = boxes.without([place for ref in gone if (place := cell_of(ref))])
        measures = Boxing.of(self._head)
        placed = [(cell_of(ref), text) for ref, text in new.items()]
        boxes = boxes.with_([measures.box(*place, text) for place, text in placed if place])
        self._put_notes(notes)
        self._put_boxes(boxes)

    def _put_notes(self, notes: Notes) -> None:
        part = self._part
        if any(True for _ in notes):
            if part:
                self.draft.write(part, notes.data)
            else:
                self.draft.add(self.sheet.part, "xl/comments*.xml", "comments", notes.data, COMMENTS)
        elif part:
            self.draft.drop(self.sheet.part, part)

    def _put_boxes(self, boxes: Boxes) -> None:
        part = self._drawing
        if part and boxes.is_empty:
            self.draft.drop(self.sheet.part, part)
            self._retail(lambda tail: tail.without_element(b"legacyDrawing"))
        elif part:
            self.draft.write(part, boxes.data)
        else:
            stem = "xl/drawings/vmlDrawing*.vml"
            relation = self.draft.add(self.sheet.part, stem, "vmlDrawing", boxes.data, DRAWING)
            self._retail(lambda tail: tail.with_element(b"legacyDrawing", self._link(tail, relation)))

    def _retail(self, change: Callable[[Tail], Tail]) -> None:
        """Change what stands behind the sheet's cells."""
        pieces, last = self.draft.tail_of(self.sheet.part)
        tail = self._tail
        before = memoryview(last)[: len(last) - len(tail.data)]
        self.draft.write(self.sheet.part, *pieces, before, change(tail).data)

    def _link(self, tail: Tail, relation: str) -> bytes:
        """Return the element by which the sheet names its drawing; it says itself what its prefix means."""
        strict = b"http://purl.oclc.org/" in self._namespace
        return b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (
            tail.prefix,
            _STRICT_RELATIONS if strict else _RELATIONS,
            xml_text(relation),
        )

    # ------------------------------------------------------------ what stands there

    @property
    def _tail(self) -> Tail:
        tail = Tail.of(self.draft.tail_of(self.sheet.part)[1])
        if tail is None:
            raise CannotPatch("patch_damaged_sheet", place=self.sheet.name)
        return tail

    @property
    def _head(self) -> bytes:
        return self.draft.head_of(self.sheet.part)

    @property
    def _namespace(self) -> bytes:
        """Return the namespace of the sheet's elements: that of Excel files, or that of strict ones."""
        root = re.search(rb"worksheet(?=[\s>])[^>]*>", self._head)
        return next((space for space in NAMESPACES if root and b'"%s"' % space in root[0]), MAIN)

    @property
    def _part(self) -> str | None:
        return next((r.target for r in self.draft.related(self.sheet.part) if r.kind == "comments"), None)

    @property
    def _drawing(self) -> str | None:
        """Return the drawing that the sheet names as that of its notes."""
        link = self._tail.element(b"legacyDrawing")
        named = re.search(rb"\s[\w.-]+:id\s*=\s*[\"']([^\"']+)", link) if link else None
        ids = {r.id: r.target for r in self.draft.related(self.sheet.part)}
        return ids.get(named[1].decode()) if named else None

    @property
    def _notes(self) -> Notes | None:
        """Return the notes; None where they are kept in a way we do not know."""
        part = self._part
        return Notes.of(self.draft.read(part)) if part else Notes.none(self._namespace)

    @property
    def _boxes(self) -> Boxes | None:
        part = self._drawing
        return Boxes.of(self.draft.read(part)) if part else None

    @property
    def _is_whole(self) -> bool:
        """Return whether notes and boxes belong together as Excel keeps them: neither stands alone."""
        return self._boxes is not None if self._drawing else self._part is None

    @property
    def _other_drawings(self) -> Iterator[bytes]:
        parts = (*(entry.filename for entry in self.draft.package.entries), *self.draft.added)
        return (self.draft.read(p) for p in parts if p.lower().endswith(".vml") and p in self.draft)

    @property
    def _conversations(self) -> set[str]:
        """Return the cells in which people talk to each other."""
        parts = [r.target for r in self.draft.related(self.sheet.part) if r.kind == "threadedComment"]
        found = (attribute(tag, b"ref") or b"" for part in parts for tag in self._talk(part))
        return {ref.decode("ascii", "replace") for ref in found}

    def _talk(self, part: str) -> list[bytes]:
        return re.findall(rb"<(?:[\w.-]+:)?threadedComment\s[^>]*>", self.draft.read(part))


def _in(area: Area, ref: str) -> bool:
    place = area_of(ref)
    return place is not None and place.meets(area)

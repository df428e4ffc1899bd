"""What a draft shows of a table's cells besides values: red edges, notes, the words that columns offer."""

import re
from collections.abc import Sequence

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.draft import Draft
from ltc_xl.workbook.edges import MARKS, Edges
from ltc_xl.workbook.edits import ClearMarks, MarkCells, OfferWords
from ltc_xl.workbook.looks import EDGE, with_look
from ltc_xl.workbook.naming import with_name
from ltc_xl.workbook.offers import Offers
from ltc_xl.workbook.package import Sheet, TablePart
from ltc_xl.workbook.sheetnotes import SheetNotes
from ltc_xl.workbook.tags import attribute
from ltc_xl.workbook.tail import Tail

_TABLE = re.compile(rb"<(?:[\w.-]+:)?table(?=\s)[^>]*>")

MOST_NOTES = 200
"""So many notes are written into a workbook: each is a shape of its own, and thousands make Excel slow."""


def mark(draft: Draft, edits: Sequence[MarkCells | ClearMarks | OfferWords]) -> None:
    """Put marks and dropdowns of tables into a draft that holds all other edits, or take them away.

    Raises:
        CannotPatch: a table, a column or the list of formats is not there.
    """
    room = MOST_NOTES
    for edit in edits:
        table = _TableMarks(draft, _table(draft, edit.table))
        if isinstance(edit, ClearMarks):
            table.clear()
        elif isinstance(edit, OfferWords):
            table.offer(edit)
        else:
            table.edge(edit)
            room -= table.note(edit, room)


def _table(draft: Draft, name: str) -> TablePart:
    found = next((table for table in draft.package.tables if table.name == name), None)
    if found is None:
        raise CannotPatch("patch_no_such_table", place=draft.package.name, table=name)
    return found


class _TableMarks:
    """One table of the draft."""

    def __init__(self, draft: Draft, table: TablePart) -> None:
        self._draft, self._table = draft, table
        sheet = draft.package.sheet(table.sheet)
        if sheet is None:
            raise CannotPatch("patch_no_such_sheet", place=draft.package.name, sheet=table.sheet)
        self._sheet: Sheet = sheet

    def edge(self, edit: MarkCells) -> None:
        """Let every cell show its edge when it is among the marks."""
        edges = Edges(
            self._body,
            self._column(edit.key),
            frozenset((self._column(header), code) for header, code in edit.columns),
        )
        draft, name = self._draft, self._draft.package.name
        book = draft.package.workbook_part
        draft.write(book, with_name(draft.read(book), MARKS, edit.marks, name))
        tail = self._tail
        if edges.are_in(tail):
            return
        styles = draft.package.part_of_kind("styles")
        if styles is None:
            raise CannotPatch("patch_no_styles", place=name)
        new, look = with_look(draft.read(styles), EDGE, name)
        draft.write(styles, new)
        self._write(tail, edges.put_into(tail, look))

    def note(self, edit: MarkCells, room: int) -> int:
        """Let the program's notes be those of an edit; return how many now stand there."""
        return SheetNotes(self._draft, self._sheet).put(self._body, edit.notes, room)

    def offer(self, edit: OfferWords) -> None:
        """Let columns offer their words."""
        words = {self._column(header): words for header, words in edit.words.items()}
        tail = self._tail
        self._write(tail, Offers(self._body, words, edit.title, edit.titles, edit.question).put_into(tail))

    def clear(self) -> None:
        """Take edges and notes of the table away."""
        tail = self._tail
        self._write(tail, Edges(self._body, 0, frozenset()).taken_out_of(tail))
        SheetNotes(self._draft, self._sheet).put(self._body, {}, 0)

    @property
    def _tail(self) -> Tail:
        tail = Tail.of(self._draft.tail_of(self._sheet.part)[1])
        if tail is None:
            raise CannotPatch("patch_damaged_sheet", place=self._sheet.name)
        return tail

    def _write(self, before: Tail, after: Tail) -> None:
        if after == before:
            return
        pieces, last = self._draft.tail_of(self._sheet.part)
        kept = memoryview(last)[: len(last) - len(before.data)]
        self._draft.write(self._sheet.part, *pieces, kept, after.data)

    @property
    def _body(self) -> Area:
        """Return the data rows of the table as they stand in the draft."""
        tag = _TABLE.search(self._draft.read(self._table.part))
        said = (attribute(tag[0], b"ref") or b"").decode("ascii", "replace") if tag else ""
        area = area_of(said) or self._table.area
        top = area.top + self._table.header_rows
        return Area(top, area.left, area.bottom - self._table.totals_rows, area.right)

    def _column(self, header: str) -> int:
        if header not in self._table.headers:
            anchor = f"{self._sheet.name}!{self._table.area.anchor}"
            raise CannotPatch("patch_no_such_column", place=anchor, table=self._table.name, header=header)
        return self._table.area.left + self._table.headers.index(header)

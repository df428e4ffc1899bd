"""What a formula reads, told word by word from its text."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW, Area, column_number
from ltc_xl.workbook.inputs import Cells, Inputs, Number
from ltc_xl.workbook.meanings import Meanings, TableColumns
from ltc_xl.workbook.package import TablePart
from ltc_xl.workbook.reach import Reach, Side
from ltc_xl.workbook.references import GONE, TOKEN, Reference, reference_of

RUN = re.compile(r"\d+")
ANYWHERE = frozenset({"INDIRECT", "OFFSET", "CELL", "INFO", "EVALUATE", "CALL"})
"""Functions that may read cells which their formula does not name."""

_MAX_DEPTH = 8
_LINK = re.compile(r"hyperlink\(", re.IGNORECASE)
_OF_ITS_ROW = (Side(0, along=True), Side(0, along=True))


def inputs_of(text: str, home: str, book: Meanings, *, shared: bool = False) -> Inputs:
    """Return what a formula reads.

    Args:
        text: the formula, without ``=``.
        home: the folded name of the sheet it stands on.
        book: what its words mean.
        shared: whether cells in other columns read the same text moved, so that columns go along.
    """
    reader = _Reader(text, home, book, shared=shared)
    reader.read()
    return reader.found


class _Reader:
    """One formula, word by word."""

    def __init__(self, text: str, home: str, book: Meanings, *, shared: bool = False, depth: int = 0) -> None:
        self._text, self._home, self._book = text, home, book
        self._shared, self._depth = shared, depth
        self._runs = [run.start() for run in RUN.finditer(text)]
        self.found = Inputs(lost=GONE in text)

    def read(self) -> None:
        hidden = list(_link_targets(self._text))
        end, table = 0, None
        for match in TOKEN.finditer(self._text):
            if ":" in self._text[end : match.start()]:
                self.found.spanning = True
            if not any(start <= match.start() < stop for start, stop in hidden):
                table = self._word(match, table if match.start() == end else None)
            end = match.end()

    def as_name(self) -> Inputs:
        """Return what it reads as the meaning of a name: the same for every cell."""
        runs, found = RUN.findall(self._text), self.found
        reaches = found.reaches({run: int(runs[run]) for run in found.numbers})
        fixed = [_wherever(reach, self._book) for reach in reaches]
        return Inputs(fixed, anything=found.anything, by_row=found.by_row)

    def _word(self, match: re.Match[str], table: TablePart | None) -> TablePart | None:
        """Take in one word; return the table that it names."""
        word, following = match[0], self._text[match.end() : match.end() + 1]
        reference = reference_of(match)
        if reference is not None:
            self._reference(reference, match)
            self._tell(match.start(), match.start() + len(match["sheet"] or ""))
            return None
        if word[0] in "\"'#" or word[0].isdigit() or following == "!":
            return None
        self._tell(*match.span())
        if word[0] == "[":
            self._columns(table, word, following)
        elif following == "(":
            self._function(word)
        else:
            return self._name(word, following)
        return None

    def _reference(self, reference: Reference, match: re.Match[str]) -> None:
        columns = [self._column(letters) for letters in reference.columns] or [Side(1), Side(MAX_COLUMN)]
        parts = [part for part in ("top", "bottom", "upper", "lower") if match[part]]
        rows = tuple(self._row(match[part], match.start(part)) for part in parts)
        for sheet in self._book.named_sheets(reference.sheet, self._home):
            self.found.cells.append(Cells(sheet, (columns[0], columns[-1]), rows))

    def _column(self, letters: str) -> Side:
        along = self._shared and not letters.startswith("$")
        return Side(column_number(letters.lstrip("$")), along)

    def _row(self, text: str, start: int) -> Number:
        marked = text.startswith("$")
        return Number(bisect_left(self._runs, start + marked), not marked)

    def _tell(self, start: int, stop: int) -> None:
        first, last = bisect_left(self._runs, start), bisect_left(self._runs, stop)
        self.found.telling += range(first, last)

    def _function(self, word: str) -> None:
        name = word.upper().removeprefix("_XLFN.")
        self.found.anything |= name in ANYWHERE
        self.found.by_row |= name == "ROW"

    def _columns(self, table: TablePart | None, brackets: str, following: str) -> None:
        """Take in columns of a table; without its name they may be of any table of the sheet."""
        if following in {"!", ""} and table is None and brackets[1:-1].isdigit():
            return
        here = (t for t in self._book.tables.values() if t.sheet.casefold() == self._home)
        for named in [table] if table else here:
            self._table(named, self._book.columns(named.name, brackets))

    def _table(self, table: TablePart, columns: TableColumns) -> None:
        reach = Reach.to(table.sheet.casefold(), columns.area)
        if columns.this_row:
            reach = Reach(reach.sheet, *_OF_ITS_ROW, reach.left, reach.right)
        self.found.fixed.append(reach)

    def _name(self, word: str, following: str) -> TablePart | None:
        table = self._book.tables.get(word.casefold())
        if table is not None:
            if following != "[":
                self._table(table, self._book.columns(table.name, "[]"))
            return table
        text = self._book.name(word, self._home)
        if text and self._depth < _MAX_DEPTH:
            self._meaning(text)
        return None

    def _meaning(self, text: str) -> None:
        """Take in what a name stands for; its references without ``$`` mean other cells in every cell."""
        known = self._book.understood.get((self._home, text))
        if known is None:
            inner = _Reader(text, self._home, self._book, shared=True, depth=self._depth + 1)
            inner.read()
            known = self._book.understood[self._home, text] = inner.as_name()
        self.found.fixed += known.fixed
        self.found.anything |= known.anything
        self.found.by_row |= known.by_row


def _wherever(reach: Reach, book: Meanings) -> Reach:
    """Return a name's reach as it holds for every cell, together with what it grew by."""
    if (reach.top, reach.bottom) == _OF_ITS_ROW:
        return reach
    top, bottom = _span(reach.top, reach.bottom, MAX_ROW)
    left, right = _span(reach.left, reach.right, MAX_COLUMN)
    return Reach.to(reach.sheet, book.grown(reach.sheet, Area(top, left, bottom, right)))


def _span(first: Side, last: Side, most: int) -> tuple[int, int]:
    """Return two sides in their order; all there is where one of them goes along with a cell."""
    if first.along or last.along:
        return 1, most
    return min(first.number, last.number), max(first.number, last.number)


def _link_targets(text: str) -> Iterator[tuple[int, int]]:
    """Yield where targets of links stand that show something else: they are no part of the value."""
    for link in _LINK.finditer(text):
        ends = list(_arguments(text, link.end()))
        if len(ends) > 1:
            yield link.end(), ends[0]


def _arguments(text: str, start: int) -> Iterator[int]:
    """Yield where each argument of a function ends, given where its first one starts."""
    depth = 0
    for at in _between_words(text, start):
        sign = text[at]
        if sign in "({":
            depth += 1
        elif sign in ")}" and depth:
            depth -= 1
        elif sign == ")" or (sign == "," and not depth):
            yield at
            if sign == ")":
                return


def _between_words(text: str, start: int) -> Iterator[int]:
    """Yield the positions of operators, brackets and commas."""
    end = start
    for match in TOKEN.finditer(text, start):
        yield from range(end, match.start())
        end = match.end()
    yield from range(end, len(text))

"""The formulas of a sheet in batches that read alike: a column is understood once, not row by row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ltc_xl.workbook.area import Area, area_of, column_number
from ltc_xl.workbook.inputs import RUN, Inputs, inputs_of
from ltc_xl.workbook.meanings import Meanings
from ltc_xl.workbook.reach import Columns, Reach
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.tags import attribute, plain

Place = tuple[int, int]
"""Row and column of a cell."""

_ADDRESS = re.compile(rb"<(?:[\w.-]+:)?c r=\"([A-Z]{1,3})(\d{1,7})\"[^<>]*>")


@dataclass
class Group:
    """Formulas that read the same cells, as seen from where each stands.

    Attributes:
        rows: column -> rows of its cells, ascending.
        reaches: what each of them reads.
        by_row: whether the number of a row is part of their values.
        extent: the cells that an array formula fills.
        stale: column -> rows of the cells whose value no longer holds.
    """

    rows: Mapping[int, Sequence[int]]
    reaches: Sequence[Reach]
    by_row: bool = False
    extent: Area | None = None
    stale: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Batch:
    """Formulas that differ in the rows they name at most.

    Attributes:
        sheet: the folded name of their sheet.
        inputs: what they read.
        texts: their texts, each with the positions of ``<f>`` where it stands.
        extent: the cells that an array formula fills.
    """

    sheet: str
    inputs: Inputs
    texts: Sequence[tuple[str, Sequence[int]]]
    places: "Places"
    book: Meanings
    home: int | None = None
    extent: Area | None = None

    def reads(self, sheet: str, changed: Columns) -> bool:
        """Return whether some of them may read changed cells of a sheet, going by columns."""
        spans = [(left, right) for name, left, right in self._columns if name == sheet]
        return any(left <= column <= right for column in changed for left, right in spans)

    @property
    def sheets(self) -> set[str]:
        """Return the sheets that they read."""
        return {name for name, _, _ in self._columns}

    @cached_property
    def groups(self) -> Sequence[Group]:
        """Return them by what they read exactly."""
        found: dict[tuple[int, ...], list[Place]] = defaultdict(list)
        along = self.inputs.numbers
        for text, positions in self.texts:
            runs = [int(run) for run in RUN.findall(text)] if along else []
            for at in positions:
                place = self.places.of(at)
                own = place[0] if self.home is None else self.home
                found[tuple(runs[run] - own * moves for run, moves in along.items())].append(place)
        return [self._group(numbers, places) for numbers, places in found.items()]

    def _group(self, numbers: Sequence[int], places: Sequence[Place]) -> Group:
        reaches = self.inputs.reaches(dict(zip(self.inputs.numbers, numbers, strict=True)))
        by_column: dict[int, list[int]] = defaultdict(list)
        for row, column in places:
            by_column[column].append(row)
        rows = {column: sorted(found) for column, found in by_column.items()}
        return Group(rows, [*reaches, *self._grown(reaches, places)], self.inputs.by_row, self.extent)

    def _grown(self, reaches: Iterable[Reach], places: Sequence[Place]) -> Iterator[Reach]:
        """Yield what references to several rows grow to with their table."""
        for reach in reaches:
            knows = reach.sheet in self.book.movers and not reach.is_one_row
            if knows and (reach.fixed or len(places) == 1):
                area = reach.at(*places[0])
                after = self.book.grown(reach.sheet, area)
                if after != area:
                    yield Reach.to(reach.sheet, after)

    @cached_property
    def _columns(self) -> list[tuple[str, int, int]]:
        return list(self.inputs.columns)


class Places:
    """Where the cells of a sheet stand to which positions in its bytes belong."""

    def __init__(self, scan: SheetScan) -> None:
        self._scan = scan
        self._cell = b"<" + scan.prefix + b"c "

    def of(self, at: int) -> Place:
        """Return the row and column of the cell around a position."""
        start = self._scan.data.rfind(self._cell, self._scan.lo, at)
        match = _ADDRESS.match(self._scan.data, start, at) if start >= 0 else None
        if match is None or match.end() != at:
            return self._odd[at]
        return int(match[2]), column_number(match[1].decode())

    @cached_property
    def _odd(self) -> Mapping[int, Place]:
        """Return position of ``<f>`` -> place, where cells say their addresses oddly, or not at all."""
        formula = re.compile(rb"<" + self._scan.prefix + rb"f[\s/>]")
        found = {}
        for row in self._scan.rows(1):
            for cell in self._scan.cells(row):
                if match := formula.search(self._scan.data, cell.inner, cell.close):
                    found[match.start()] = (row.number, cell.column)
        return found


def batches(scan: SheetScan, book: Meanings) -> Iterator[Batch]:
    """Yield the formulas of a sheet."""
    yield from _Sorting(scan, book).batches()


class _Sorting:
    """The formulas of one sheet, sorted by kind and text."""

    def __init__(self, scan: SheetScan, book: Meanings) -> None:
        self._scan, self._book, self._home = scan, book, scan.name.casefold()
        self._places = Places(scan)
        self._plain: dict[str, list[tuple[str, Sequence[int]]]] = defaultdict(list)
        self._masters: dict[bytes, tuple[str, int]] = {}
        self._followers: dict[bytes, list[int]] = defaultdict(list)
        self._arrays: list[tuple[bytes, str, int]] = []

    def batches(self) -> Iterator[Batch]:
        for content, positions in self._found().items():
            self._sort(content, positions)
        for alike in self._plain.values():
            yield from self._alike(alike)
        for group, (text, at) in self._masters.items():
            yield self._shared(text, [at, *self._followers.get(group, ())], at)
        for tag, text, at in self._arrays:
            yield self._array(tag, text, at)

    def _found(self) -> Mapping[bytes, list[int]]:
        """Return what stands between ``<f`` and the next tag -> positions."""
        found: dict[bytes, list[int]] = {}
        formula = re.compile(rb"<" + self._scan.prefix + rb"f(?=[\s/>])([^<]*)")
        for match in formula.finditer(self._scan.data, self._scan.lo, self._scan.hi):
            found.setdefault(match[1], []).append(match.start())
        return found

    def _sort(self, content: bytes, positions: list[int]) -> None:
        tag, _, xml = content.partition(b">")
        kind = attribute(tag, b"t") if tag else None
        text = plain(xml)
        if kind == b"shared":
            self._sort_shared(attribute(tag, b"si") or b"", text, positions)
        elif kind in {b"array", b"dataTable"}:
            self._arrays += [(tag, text, at) for at in positions]
        else:
            self._plain[RUN.sub("0", text)].append((text, positions))

    def _sort_shared(self, group: bytes, text: str, positions: list[int]) -> None:
        if text:
            self._masters.setdefault(group, (text, positions[0]))
        else:
            self._followers[group] += positions

    def _alike(self, texts: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Batch]:
        """Yield formulas alike but for digits; those in names tell them apart."""
        inputs = inputs_of(texts[0][0], self._home, self._book)
        if len(texts) == 1 or not inputs.telling:
            yield Batch(self._home, inputs, texts, self._places, self._book)
            return
        by_name: dict[tuple[str, ...], list[tuple[str, Sequence[int]]]] = defaultdict(list)
        for text, positions in texts:
            runs = RUN.findall(text)
            by_name[tuple(runs[run] for run in inputs.telling)].append((text, positions))
        for named in by_name.values():
            own = inputs_of(named[0][0], self._home, self._book)
            yield Batch(self._home, own, named, self._places, self._book)

    def _shared(self, text: str, positions: Sequence[int], master: int) -> Batch:
        """Return the cells that share a formula, whose references go along with each of them."""
        row, column = self._places.of(master)
        inputs = inputs_of(text, self._home, self._book, shared=True).seen_from(column)
        return Batch(self._home, inputs, [(text, positions)], self._places, self._book, row)

    def _array(self, tag: bytes, text: str, at: int) -> Batch:
        """Return an array formula, or a table of what would be, which may read anything."""
        extent = area_of((attribute(tag, b"ref") or b"").decode("ascii", "replace"))
        inputs = inputs_of(text, self._home, self._book)
        inputs.anything |= attribute(tag, b"t") == b"dataTable"
        return Batch(self._home, inputs, [(text, [at])], self._places, self._book, extent=extent)

"""The formulas of a sheet in batches that read alike: a column is understood once, not row by row."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.inputs import Inputs
from ltc_xl.workbook.meanings import Meanings
from ltc_xl.workbook.members import Cells, LongMembers, Members
from ltc_xl.workbook.places import Place, Places
from ltc_xl.workbook.reach import Reach
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.tags import attribute, plain
from ltc_xl.workbook.wording import RUN, inputs_of

Stands = Callable[[str, int, int], bool]
"""Whether a cell's value is known to be right: folded sheet, row, column."""

FEW = 8
"""Formulas of one text of which so many stand on a sheet are looked at one by one."""


@dataclass
class Group:
    """Formulas that read the same cells, as seen from where each stands.

    Attributes:
        sheet: the folded name of their sheet.
        members: its cells.
        reaches: what each of them reads.
        by_row: whether the number of a row is part of their values.
        extent: the cells that an array formula fills.
        stale: column -> rows of the cells whose value no longer holds.
        spent: whether all of them have been told to be stale.
    """

    sheet: str
    members: Members
    reaches: Sequence[Reach]
    by_row: bool = False
    extent: Area | None = None
    stale: Cells = field(default_factory=lambda: defaultdict(set))
    spent: bool = False

    @property
    def columns(self) -> set[tuple[str, int, int]]:
        """Return (sheet, first and last column) of what its cells read."""
        return {(r.sheet, *r.columns(column)) for r in self.reaches for column in self.members.columns}


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
    places: Places
    book: Meanings
    home: int | None = None
    extent: Area | None = None

    @property
    def columns(self) -> set[tuple[str, int, int]]:
        """Return (sheet, first and last column) of what they read, whatever the rows."""
        return set(self.inputs.columns)

    @cached_property
    def groups(self) -> Sequence[Group]:
        """Return them by what they read exactly."""
        along = self.inputs.numbers
        everywhere = [at for _, positions in self.texts for at in positions]
        if self.home is None and not along and len(everywhere) > FEW:
            return [self._group([], LongMembers(self.places, everywhere))]
        places = self.places.of(everywhere)
        if self.home is not None or not along:
            runs = RUN.findall(self.texts[0][0])
            own = self.home or 0
            numbers = [int(runs[run]) - own * moves for run, moves in along.items()]
            return [self._group(numbers, Members(places), places)]
        found: dict[tuple[int, ...], list[Place]] = defaultdict(list)
        rest = iter(places)
        for text, positions in self.texts:
            runs = RUN.findall(text)
            for place in islice(rest, len(positions)):
                row = place[0]
                found[tuple(int(runs[run]) - row * moves for run, moves in along.items())].append(place)
        return [self._group(numbers, Members(found[numbers]), found[numbers]) for numbers in found]

    def _group(self, numbers: Sequence[int], members: Members, places: Sequence[Place] = ()) -> Group:
        reaches = self.inputs.reaches(dict(zip(self.inputs.numbers, numbers, strict=True)))
        return Group(
            self.sheet, members, [*reaches, *self._grown(reaches, places)], self.inputs.by_row, self.extent
        )

    def _grown(self, reaches: Iterable[Reach], places: Sequence[Place]) -> Iterator[Reach]:
        """Yield what references to several rows grow to with their table."""
        for reach in reaches:
            knows = reach.sheet in self.book.movers and not reach.is_one_row
            if knows and (reach.fixed or len(places) == 1):
                area = reach.fixed or reach.at(*places[0])
                after = self.book.grown(reach.sheet, area)
                if after != area:
                    yield Reach.to(reach.sheet, after)


def batches(scan: SheetScan, book: Meanings, stands: Stands) -> Iterator[Batch]:
    """Yield the formulas of a sheet, but for some whose value is known to be right."""
    yield from _Sorting(scan, book, stands).batches()


class _Sorting:
    """The formulas of one sheet, sorted by kind and text."""

    def __init__(self, scan: SheetScan, book: Meanings, stands: Stands) -> None:
        self._scan, self._book, self._home = scan, book, scan.name.casefold()
        self._stands = stands
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
        """Return what stands between ``<f`` and the next tag -> positions.

        Most formulas are that of the row above, which is seen without cutting their text out.
        """
        found: dict[bytes, list[int]] = {}
        data, last, positions = self._scan.data, b"\0", list[int]()
        start = re.compile(rb"<" + self._scan.prefix + rb"f(?=[\s/>])")
        for match in start.finditer(data, self._scan.lo, self._scan.hi):
            at = match.start()
            if not data.startswith(last, at):
                last = data[at : data.find(b"<", at + 1) + 1]
                positions = found.setdefault(last[match.end() - at : -1], [])
            positions.append(at)
        return found

    def _sort(self, content: bytes, positions: list[int]) -> None:
        tag, _, xml = content.partition(b">")
        kind = attribute(tag, b"t") if tag else None
        positions = self._unsaid(positions) if kind is None else positions
        if not positions:
            return
        text = plain(xml)
        if kind == b"shared":
            self._sort_shared(attribute(tag, b"si") or b"", text, positions)
        elif kind == b"dataTable" or (kind == b"array" and b":" in (attribute(tag, b"ref") or b"")):
            self._arrays += [(tag, text, at) for at in positions]
        else:
            self._plain[RUN.sub("0", text)].append((text, positions))

    def _unsaid(self, positions: list[int]) -> list[int]:
        """Return the positions of a few formulas but for those whose value the patch itself says."""
        if len(positions) > FEW:
            return positions
        places = self._places.of(positions)
        return [
            at
            for at, (row, column) in zip(positions, places, strict=True)
            if not self._stands(self._home, row, column)
        ]

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
        row, column = self._places.at(master)
        inputs = inputs_of(text, self._home, self._book, shared=True).seen_from(column)
        return Batch(self._home, inputs, [(text, positions)], self._places, self._book, row)

    def _array(self, tag: bytes, text: str, at: int) -> Batch:
        """Return an array formula, or a table of what would be, which may read anything."""
        extent = area_of((attribute(tag, b"ref") or b"").decode("ascii", "replace"))
        inputs = inputs_of(text, self._home, self._book)
        inputs.anything |= attribute(tag, b"t") == b"dataTable"
        return Batch(self._home, inputs, [(text, [at])], self._places, self._book, extent=extent)

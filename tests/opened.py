"""A workbook opened with zipfile and lxml alone: a second pair of eyes for what the patcher wrote."""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

Element = etree._Element  # noqa: SLF001  lxml's class of elements has no other name
Place = tuple[int, int]
"""Row and column of a cell, from 1."""
Box = tuple[int, int, int, int]
"""Top, left, bottom, right."""

_BOX = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def part_key(name: str) -> str:
    """Return the name under which parts are the same part."""
    return name.replace("\\", "/").lstrip("/").lower()


def parsed(xml: bytes) -> Element:
    """Return the root of an XML part."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True))


def local(element: Element) -> str:
    """Return an element's name without its namespace; '' for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def column_number(letters: str) -> int:
    """Return A -> 1, AA -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return 1 -> A, 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(place: Place) -> str:
    """Return (7, 2) -> B7."""
    return f"{column_letters(place[1])}{place[0]}"


def box(text: str) -> Box | None:
    """Return the corners of A1:B2 or $B$7; None for anything else."""
    found = _BOX.fullmatch(text)
    if found is None:
        return None
    left, top, right, bottom = found.groups()
    return int(top), column_number(left), int(bottom or top), column_number(right or left)


def within(place: Place, area: Box) -> bool:
    """Return whether a cell lies in an area."""
    return area[0] <= place[0] <= area[2] and area[1] <= place[1] <= area[3]


@dataclass(frozen=True, slots=True)
class OpenedTable:
    """An Excel Table as its part tells it."""

    name: str
    sheet: str
    part: str
    box: Box
    headers: tuple[str, ...]
    calculated: frozenset[str]
    header_rows: int
    totals_rows: int


class Opened:
    """A workbook file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = path.read_bytes()
        with zipfile.ZipFile(path) as package:
            self.entries = package.infolist()
        self._known: dict[str, bytes] = {}

    @property
    def names(self) -> list[str]:
        """Return the entries in the order of the file."""
        return [entry.filename for entry in self.entries]

    @property
    def packed(self) -> Mapping[str, bytes]:
        """Return part key -> method, flags of the text and the bytes as packed in the file."""
        return {part_key(entry.filename): self._packed(entry) for entry in self.entries}

    def _packed(self, entry: zipfile.ZipInfo) -> bytes:
        name, extra = struct.unpack_from("<2H", self._data, entry.header_offset + 26)
        start = entry.header_offset + 30 + name + extra
        return bytes([entry.compress_type]) + self._data[start : start + entry.compress_size]

    def read(self, part: str) -> bytes:
        """Return the unpacked bytes of a part, its checksum verified; b'' where it is missing."""
        key = part_key(part)
        if key not in self._known:
            entry = next((e for e in self.entries if part_key(e.filename) == key), None)
            if entry is None:
                return b""
            with zipfile.ZipFile(self.path) as package:
                self._known[key] = package.read(entry)
        return self._known[key]

    def bad_entries(self) -> list[str]:
        """Return the entries that do not unpack, or whose checksum is wrong."""
        bad = []
        with zipfile.ZipFile(self.path) as package:
            for entry in self.entries:
                try:
                    package.read(entry)
                except (zipfile.BadZipFile, zlib.error, EOFError):
                    bad.append(entry.filename)
        return bad

    def relations(self, part: str = "") -> Sequence[tuple[str, str, str]]:
        """Return id, kind and target of each internal relation of a part."""
        folder, file = posixpath.split(part)
        held = self.read(posixpath.join(folder, "_rels", f"{file}.rels"))
        if not held:
            return ()
        found = []
        for element in parsed(held).iterfind("{*}Relationship"):
            target = (element.get("Target") or "").replace("\\", "/")
            if element.get("TargetMode") != "External":
                whole = target if target.startswith("/") else posixpath.join(folder, target)
                kind = (element.get("Type") or "").rpartition("/")[2]
                found.append((element.get("Id") or "", kind, part_key(posixpath.normpath(whole))))
        return found

    @cached_property
    def workbook_part(self) -> str:
        """Return the key of the workbook's part."""
        return next(target for _, kind, target in self.relations() if kind == "officeDocument")

    @cached_property
    def sheets(self) -> Mapping[str, str]:
        """Return name -> part key of the worksheets, in the order of their tabs."""
        targets = {
            id_: target for id_, kind, target in self.relations(self.workbook_part) if kind == "worksheet"
        }
        found = {}
        for element in parsed(self.read(self.workbook_part)).iterfind("{*}sheets/{*}sheet"):
            id_ = next((v for k, v in element.attrib.items() if str(k).endswith("}id")), "")
            if str(id_) in targets and self.read(targets[str(id_)]):
                found[element.get("name") or ""] = targets[str(id_)]
        return found

    @cached_property
    def tables(self) -> Sequence[OpenedTable]:
        """Return the tables of all sheets."""
        return [
            table
            for sheet, part in self.sheets.items()
            for _, kind, target in self.relations(part)
            if kind == "table" and (table := self._table(sheet, target))
        ]

    def _table(self, sheet: str, part: str) -> OpenedTable | None:
        root = parsed(self.read(part))
        area = box(root.get("ref") or "")
        if area is None:
            return None
        columns = list(root.iterfind("{*}tableColumns/{*}tableColumn"))
        return OpenedTable(
            root.get("displayName") or root.get("name") or "",
            sheet,
            part,
            area,
            tuple(unescaped(column.get("name") or "") for column in columns),
            frozenset(
                unescaped(column.get("name") or "")
                for column in columns
                if column.find("{*}calculatedColumnFormula") is not None
            ),
            int(root.get("headerRowCount") or 1),
            int(root.get("totalsRowCount") or 0),
        )

    @cached_property
    def shared_strings(self) -> Sequence[str]:
        """Return the texts that cells name by number."""
        part = next((t for _, k, t in self.relations(self.workbook_part) if k == "sharedStrings"), "")
        xml = self.read(part) if part else b""
        return [text_of(item) for item in parsed(xml).iterfind("{*}si")] if xml else []

    @cached_property
    def formulas(self) -> dict[str, Container[Place]]:
        """Return sheet -> the cells whose value is computed, also where an array or a pivot fills several."""
        return {
            name: _computed(parsed(self.read(part))) | self._pivots(part)
            for name, part in self.sheets.items()
        }

    @property
    def pivoted(self) -> Sequence[str]:
        """Return the sheets that hold a pivot table."""
        return [name for name, part in self.sheets.items() if self._pivots(part)]

    def _pivots(self, sheet: str) -> frozenset[Place]:
        """Return the cells of pivot tables, which some programs lay out anew, and the filters above."""
        parts = (target for _, kind, target in self.relations(sheet) if kind == "pivotTable")
        areas = (area for part in parts for area in boxes(parsed(self.read(part)), "{*}location"))
        return frozenset(
            (row, column)
            for top, left, bottom, right in areas
            for row in range(top - 4, bottom + 3)
            for column in range(left - 1, right + 3)
        )

    def value(self, cell: Element) -> str | float | bool | None:
        """Return what a cell shows: text, number, boolean, or an error's name; None for nothing."""
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            inner = cell.find("{*}is")
            return text_of(inner) if inner is not None else None
        held = cell.findtext("{*}v")
        if held is None or not held:
            return None
        if kind == "s":
            return self.shared_strings[int(held)]
        if kind in {"str", "e", "d"}:
            return unescaped(held)
        return held == "1" if kind == "b" else float(held)


def _computed(sheet: Element) -> frozenset[Place]:
    cells = grid(sheet)
    filled = [area for area in boxes(sheet, ".//{*}c/{*}f") if area[:2] != area[2:]]
    own = {place for place, cell in cells.items() if cell.find("{*}f") is not None}
    return frozenset(own | {place for area in filled for place in cells if within(place, area)})


def unescaped(text: str) -> str:
    """Return a text of the file with its _xHHHH_ read."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def text_of(item: Element) -> str:
    """Return the text of a string item without its phonetic runs."""
    runs = (t for t in item.iter("{*}t") if not any(local(a) == "rPh" for a in t.iterancestors()))
    return unescaped("".join(run.text or "" for run in runs))


def rows_of(sheet: Element) -> Iterator[tuple[int, Element]]:
    """Yield number and element of each row; one that does not say its number follows the one before."""
    number = 0
    for row in sheet.iterfind("{*}sheetData/{*}row"):
        number = int(row.get("r") or number + 1)
        yield number, row


def cells_of(number: int, row: Element) -> Iterator[tuple[Place, Element]]:
    """Yield place and element of each cell of a row; one that does not say its address is counted."""
    column = 0
    for cell in row.iterfind("{*}c"):
        said = box(cell.get("r") or "")
        column = said[1] if said else column + 1
        yield (number, column), cell


def grid(sheet: Element) -> dict[Place, Element]:
    """Return place -> cell of a worksheet."""
    return {place: cell for number, row in rows_of(sheet) for place, cell in cells_of(number, row)}


def boxes(sheet: Element, path: str, attribute: str = "ref") -> list[Box]:
    """Return the areas named by an attribute of the elements under a path."""
    texts = (element.get(attribute) or "" for element in sheet.iterfind(path))
    return [area for text in texts for word in text.split() if (area := box(word))]

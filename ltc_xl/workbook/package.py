"""The package of a workbook: zip entries, parts, relations, sheets and tables, as they stand in the file.

Shared by the reader and the patcher. Nothing here looks into cells. Whatever a file may hold instead of a
workbook is told apart here and raised as ``NotAWorkbook``, each kind with its own sentence.
"""

import hashlib
import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # likewise
from isal import isal_zlib
from isal.igzip_lib import IsalError

from ltc_xl.model.errors import NotAWorkbook, WorldError
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.escapes import unescaped

MAX_PART = 1 << 30
MAX_TOTAL = 2 << 30
MAX_ENTRIES = 20_000
MAX_RATIO = 250
RATIO_FLOOR = 10 << 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ENCRYPTED_BIT = 1
_DEFLATED = 8
_RAW_DEFLATE = -15


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: its id, kind (last word of the type's address) and target part."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: ``kind`` is worksheet, chartsheet ..., ``state`` is visible, hidden or veryHidden."""

    name: str
    part: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class TablePart:
    """An Excel Table: where it stands, its headers, how many header and totals rows its area includes."""

    part: str
    name: str
    sheet: str
    area: Area
    headers: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0


def part_key(name: str) -> str:
    r"""Return a part's name for comparison: case, slashes and a leading slash do not matter.

    >>> part_key("/XL\\Workbook.xml")
    'xl/workbook.xml'
    """
    return name.replace("\\", "/").lstrip("/").lower()


def local_name(element: Element) -> str:
    """Return an element's name without its namespace: transitional and strict files read alike."""
    return element.tag.rpartition("}")[2]


def elements(root: Element, name: str) -> Iterator[Element]:
    """Yield the descendants of a name, in any namespace."""
    return (e for e in root.iter() if isinstance(e.tag, str) and local_name(e) == name)


def is_on(value: str | None) -> bool:
    """Return whether an XML attribute says yes."""
    return (value or "").strip().lower() in {"1", "true", "on"}


@dataclass(frozen=True)
class Package:
    """A workbook file in memory.

    Attributes:
        name: the file's name, for messages.
        data: the bytes of the file; local headers and packed parts are copied from here.
        entries: the zip entries in the order of the directory, ``header_offset`` and sizes included.
    """

    name: str
    data: bytes
    entries: tuple[zipfile.ZipInfo, ...]

    @classmethod
    def open(cls, path: Path) -> "Package":
        """Return the package of a file.

        Raises:
            NotAWorkbook: the file is missing, empty, locked by a password, cut short, or of another kind.
        """
        data = _bytes_of(path)
        package = cls(path.name, data, _directory(path.name, data))
        package._refuse_traps()
        package.workbook_part  # noqa: B018  reading it refuses what is no workbook
        return package

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def by_key(self) -> Mapping[str, zipfile.ZipInfo]:
        """Return part key -> entry."""
        return {part_key(entry.filename): entry for entry in self.entries}

    def __contains__(self, part: str) -> bool:
        return part_key(part) in self.by_key

    def entry(self, part: str) -> zipfile.ZipInfo:
        """Return the entry of a part; a file that lacks a part it speaks of is damaged."""
        if part not in self:
            raise self._damaged(part)
        return self.by_key[part_key(part)]

    def packed(self, entry: zipfile.ZipInfo) -> memoryview:
        """Return an entry's bytes as they stand in the file, packed."""
        start = entry.header_offset
        header = self.data[start : start + _LOCAL_HEADER.size]
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise self._damaged(entry.filename)
        *_, name_size, extra_size = _LOCAL_HEADER.unpack(header)
        begin = start + _LOCAL_HEADER.size + name_size + extra_size
        return memoryview(self.data)[begin : begin + entry.compress_size]

    def read(self, part: str) -> bytes:
        """Return a part's bytes, unpacked; never more than the directory declares."""
        entry = self.entry(part)
        content = bytes(self.packed(entry))
        if entry.compress_type == _DEFLATED:
            content = self._inflated(entry, content)
        if len(content) != entry.file_size or isal_zlib.crc32(content) != entry.CRC:
            raise self._damaged(part)
        return content

    def xml(self, part: str) -> Element:
        """Return the root of a small XML part; one with a DOCTYPE is refused."""
        try:
            root: Element = fromstring(self.read(part), forbid_dtd=True)
        except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
            raise self._damaged(part) from error
        return root

    def relations(self, part: str = "") -> tuple[Relation, ...]:
        """Return the internal relations of a part, or of the package itself."""
        folder, file = posixpath.split(part.replace("\\", "/"))
        held = posixpath.join(folder, "_rels", f"{file}.rels")
        if held not in self:
            return ()
        found = elements(self.xml(held), "Relationship")
        return tuple(_relation(e, folder) for e in found if e.get("TargetMode") != "External")

    @cached_property
    def content_types(self) -> Mapping[str, str]:
        """Return part key -> content type, for the parts that are named one by one."""
        overrides = elements(self.xml("[Content_Types].xml"), "Override")
        return {part_key(e.get("PartName", "")): e.get("ContentType", "") for e in overrides}

    @cached_property
    def workbook_part(self) -> str:
        """Return the part of the workbook itself."""
        part = next((r.target for r in self.relations() if r.kind == "officeDocument"), "")
        if part in self and local_name(self._workbook_root(part)) == "workbook":
            return part
        raise NotAWorkbook(self._kind_of_zip(part), file=self.name)

    @cached_property
    def workbook(self) -> Element:
        """Return the root of the workbook part."""
        return self.xml(self.workbook_part)

    @cached_property
    def date1904(self) -> bool:
        """Return whether days count from 1904, as old Macs did."""
        return any(is_on(e.get("date1904")) for e in elements(self.workbook, "workbookPr"))

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """Return the sheets in the order of their tabs."""
        targets = {r.id: r for r in self.relations(self.workbook_part)}
        named = ((e, targets.get(_relation_id(e))) for e in elements(self.workbook, "sheet"))
        return tuple(
            Sheet(e.get("name", ""), r.target, r.kind, e.get("state", "visible"))
            for e, r in named
            if r is not None and r.target in self
        )

    @cached_property
    def tables(self) -> tuple[TablePart, ...]:
        """Return every Excel Table, sheet by sheet."""
        return tuple(
            table
            for sheet in self.sheets
            for relation in self.relations(sheet.part)
            if relation.kind == "table" and (table := self._table(sheet.name, relation.target))
        )

    def sheet(self, name: str) -> Sheet | None:
        """Return a sheet by its name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def part_of_kind(self, kind: str) -> str | None:
        """Return the workbook's part of a kind, e.g. ``sharedStrings`` or ``styles``, or None."""
        related = (r.target for r in self.relations(self.workbook_part) if r.kind == kind)
        return next((target for target in related if target in self), None)

    def _table(self, sheet: str, part: str) -> TablePart | None:
        root = self.xml(part)
        area = area_of(root.get("ref", ""))
        if area is None:
            return None
        return TablePart(
            part,
            root.get("displayName") or root.get("name") or "",
            sheet,
            area,
            tuple(unescaped(e.get("name", "")) for e in elements(root, "tableColumn")),
            _count(root.get("headerRowCount"), 1),
            _count(root.get("totalsRowCount"), 0),
        )

    def _inflated(self, entry: zipfile.ZipInfo, packed: bytes) -> bytes:
        inflater = isal_zlib.decompressobj(wbits=_RAW_DEFLATE)
        try:
            return inflater.decompress(packed, entry.file_size + 1)
        except IsalError as error:  # type: ignore[misc]  # its stub types the class as an instance
            raise self._damaged(entry.filename) from error

    def _workbook_root(self, part: str) -> Element:
        return self.xml(part) if part.lower().endswith(".xml") else Element("other")

    def _kind_of_zip(self, part: str) -> str:
        if part.lower().endswith(".bin"):
            return "file_is_xlsb"
        if "mimetype" in self and b"opendocument.spreadsheet" in self.read("mimetype"):
            return "file_is_ods"
        return "file_is_other"

    def _refuse_traps(self) -> None:
        if any(entry.flag_bits & _ENCRYPTED_BIT for entry in self.entries):
            raise NotAWorkbook("file_encrypted", file=self.name)
        if len(self.by_key) != len(self.entries):
            raise self._damaged(self._repeated())
        if any(entry.compress_type not in {0, _DEFLATED} for entry in self.entries):
            raise self._damaged("[Content_Types].xml")
        if len(self.entries) > MAX_ENTRIES or sum(e.file_size for e in self.entries) > MAX_TOTAL:
            raise NotAWorkbook("file_too_big", file=self.name)
        if any(_swells(entry) for entry in self.entries):
            raise NotAWorkbook("file_too_big", file=self.name)

    def _repeated(self) -> str:
        keys = [part_key(entry.filename) for entry in self.entries]
        return next(key for key in keys if keys.count(key) > 1)

    def _damaged(self, part: str) -> NotAWorkbook:
        return NotAWorkbook("file_damaged", file=self.name, part=part)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise WorldError("file_missing", file=path.name, folder=str(path.absolute().parent)) from error
    except IsADirectoryError as error:
        raise NotAWorkbook("file_is_folder", file=path.name) from error
    except PermissionError as error:
        raise WorldError("file_denied", file=path.name) from error


def _directory(name: str, data: bytes) -> tuple[zipfile.ZipInfo, ...]:
    if not data.startswith(b"PK"):
        raise NotAWorkbook(_kind_of(data), file=name)
    try:
        return tuple(zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
        raise NotAWorkbook("file_cut_short", file=name) from error


def _kind_of(data: bytes) -> str:
    """Return the sentence for bytes that are no zip."""
    if not data.strip():
        return "file_empty"
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return "file_encrypted" if encrypted else "file_is_xls"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data):
        return "file_is_html"
    return "file_is_unknown" if b"\0" in data[:4096] else "file_is_text"


def _swells(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry unpacks to more than any sheet made by a program for people would."""
    ratio = entry.file_size / max(entry.compress_size, 1)
    return entry.file_size > MAX_PART or (entry.file_size > RATIO_FLOOR and ratio > MAX_RATIO)


def _relation(element: Element, folder: str) -> Relation:
    target = element.get("Target", "").replace("\\", "/")
    absolute = target.startswith("/")
    joined = target.lstrip("/") if absolute else posixpath.normpath(posixpath.join(folder, target))
    kind = element.get("Type", "").rpartition("/")[2]
    return Relation(element.get("Id", ""), kind, joined)


def _count(text: str | None, default: int) -> int:
    return int(text) if text and text.strip().isdigit() else default


def _relation_id(element: Element) -> str:
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")

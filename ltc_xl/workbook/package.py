"""The package of a workbook: parts, relations, sheets and tables, as they stand in the file.

Shared by the reader and the patcher. Nothing here looks into cells.
"""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # likewise

from ltc_xl.model.errors import NotAWorkbook
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.container import Container, bytes_of, directory_of, part_key
from ltc_xl.workbook.escapes import unescaped


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
class Package(Container):
    """A workbook file in memory: the parts of a container, and how they are related."""

    @classmethod
    def open(cls, path: Path) -> "Package":
        """Return the package of a file.

        Raises:
            NotAWorkbook: the file is missing, empty, locked by a password, cut short, or of another kind.
        """
        data = bytes_of(path)
        package = cls(path.name, data, directory_of(path.name, data))
        package.refuse_traps()
        package.workbook_part  # noqa: B018  reading it refuses what is no workbook
        return package

    def xml(self, part: str) -> Element:
        """Return the root of a small XML part; one with a DOCTYPE is refused."""
        try:
            root: Element = fromstring(self.read(part), forbid_dtd=True)
        except (DefusedXmlException, ParseError, ValueError, LookupError) as error:
            raise self.damaged(part) from error
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

    def _workbook_root(self, part: str) -> Element:
        return self.xml(part) if part.lower().endswith(".xml") else Element("other")

    def _kind_of_zip(self, part: str) -> str:
        if part.lower().endswith(".bin"):
            return "file_is_xlsb"
        if "mimetype" in self and b"opendocument.spreadsheet" in self.read("mimetype"):
            return "file_is_ods"
        return "file_is_other"


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

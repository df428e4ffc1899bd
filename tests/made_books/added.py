"""Parts added to a package that XlsxWriter made: with their content types and relations."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
X14 = f"{MICROSOFT}/spreadsheetml/2009/9/main"
X15 = f"{MICROSOFT}/spreadsheetml/2010/11/main"
XM = f"{MICROSOFT}/excel/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SHEET_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
BOOK_PART = "xl/workbook.xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


class Part(NamedTuple):
    """A part to add: its name, content type ('' when its ending says it), content."""

    name: str
    type: str
    content: str | bytes


class Link(NamedTuple):
    """A relation to add: from a part ('' is the package), its id, type and target part or address."""

    source: str
    id: str
    type: str
    target: str
    external: bool = False


def dressed(
    path: Path,
    parts: Sequence[Part] = (),
    links: Sequence[Link] = (),
    changes: Mapping[str, Callable[[str], str]] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> Path:
    """Rewrite a package with parts and relations added and some parts changed; ``defaults`` is by ending."""
    with zipfile.ZipFile(path) as old:
        content = {info.filename: old.read(info) for info in old.infolist()}
    for name, change in (changes or {}).items():
        content[name] = change(content[name].decode()).encode()
    for part in parts:
        content[part.name] = part.content if isinstance(part.content, bytes) else _xml(part.content)
    types = content["[Content_Types].xml"].decode()
    content["[Content_Types].xml"] = _with_types(types, parts, defaults or {}).encode()
    for link in links:
        _link(content, link)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in content.items():
            new.writestr(name, data)
    return path


def before(mark: str, new: str) -> Callable[[str], str]:
    """Return a change that puts something right before the last mark."""

    def change(xml: str) -> str:
        at = xml.rindex(mark)
        return xml[:at] + new + xml[at:]

    return change


def with_extension(xml: str, extension: str) -> str:
    """Return a sheet or workbook with one more extension."""
    if "</extLst>" in xml:
        return before("</extLst>", extension)(xml)
    return before("</", f"<extLst>{extension}</extLst>")(xml)


def after_first(pattern: str, new: str) -> Callable[[str], str]:
    """Return a change that puts something right after the first match."""
    return lambda xml: re.sub(pattern, lambda match: match[0] + new, xml, count=1)


def _xml(content: str) -> bytes:
    return (DECLARATION + content).encode()


def _with_types(types: str, parts: Sequence[Part], defaults: Mapping[str, str]) -> str:
    named = "".join(
        f'<Override PartName="/{part.name}" ContentType="{part.type}"/>' for part in parts if part.type
    )
    by_ending = "".join(
        f'<Default Extension="{ending}" ContentType="{kind}"/>'
        for ending, kind in defaults.items()
        if f'Extension="{ending}"' not in types
    )
    return types.replace("</Types>", f"{named}</Types>").replace("<Override", f"{by_ending}<Override", 1)


def _link(content: dict[str, bytes], link: Link) -> None:
    folder, name = posixpath.split(link.source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    empty = _xml(f'<Relationships xmlns="{_RELATIONS}"></Relationships>')
    target = link.target if link.external else posixpath.relpath(link.target, folder or ".")
    mode = ' TargetMode="External"' if link.external else ""
    new = f'<Relationship Id="{link.id}" Type="{link.type}" Target="{target}"{mode}/></Relationships>'
    content[part] = content.get(part, empty).decode().replace("</Relationships>", new).encode()

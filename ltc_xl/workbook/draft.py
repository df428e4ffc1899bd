"""A package as it is about to be written: parts that were changed so far, parts that come, parts that go."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook.container import part_key
from ltc_xl.workbook.package import Package, Relation
from ltc_xl.workbook.tags import attribute, plain, xml_text
from ltc_xl.workbook.zipcopy import Pieces

LONGEST_HEAD = 1 << 20
CONTENT_TYPES = "[Content_Types].xml"

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LIST = b"http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_KINDS = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
_RELATION = re.compile(rb"<(?:[\w.-]+:)?Relationship\s[^>]*>")
_END = re.compile(rb"</((?:[\w.-]+:)?)(?:Relationships|Types)\s*>\s*$")
_BARE_LIST = re.compile(rb"<((?:[\w.-]+:)?)Relationships((?:\s[^>]*?)?)/>\s*$")


class Draft:
    """What becomes of a package.

    Attributes:
        changed: parts that differ, as pieces.
        added: parts that are new.
        dropped: parts that go.
    """

    def __init__(self, package: Package, changed: Mapping[str, Pieces], dropped: tuple[str, ...]) -> None:
        self.package = package
        self.changed = dict(changed)
        self.added: dict[str, bytes] = {}
        self.dropped = dropped

    def __contains__(self, part: str) -> bool:
        key = part_key(part)
        if any(part_key(gone) == key for gone in self.dropped):
            return False
        return part in self.package or any(part_key(new) == key for new in self.added)

    def read(self, part: str) -> bytes:
        """Return a part as it stands now."""
        key = part_key(part)
        written = (pieces for name, pieces in self.changed.items() if part_key(name) == key)
        new = (data for name, data in self.added.items() if part_key(name) == key)
        pieces = next(written, None)
        return b"".join(pieces) if pieces is not None else next(new, None) or self.package.read(part)

    def write(self, part: str, *pieces: bytes | memoryview) -> None:
        """Let a part be something else."""
        if part not in self.package:
            self.added[part] = b"".join(pieces)
            return
        name = next((n for n in self.changed if part_key(n) == part_key(part)), None)
        if name or len(pieces) > 1 or b"".join(pieces) != self.package.read(part):
            self.changed[name or self.package.entry(part).filename] = pieces

    def tail_of(self, part: str) -> tuple[Pieces, bytes]:
        """Return a worksheet as what comes first, uncopied, and some last bytes with all behind its cells."""
        pieces = list(next((p for name, p in self.changed.items() if part_key(name) == part_key(part)), ()))
        last = b"" if pieces else self.package.read(part)
        while pieces and not re.search(rb"</(?:[\w.-]+:)?sheetData|sheetData\s*/>", last):
            last = bytes(pieces.pop()) + last
        return pieces, last

    def head_of(self, part: str) -> bytes:
        """Return the beginning of a worksheet, up to its cells."""
        pieces, last = self.tail_of(part)
        head = b""
        for piece in (*pieces, last):
            head += bytes(piece[:LONGEST_HEAD])
            if b"sheetData" in head:
                break
        return head.partition(b"sheetData")[0]

    # ------------------------------------------------------------ related parts

    def related(self, owner: str) -> Iterator[Relation]:
        """Yield the relations of a part to parts of the package."""
        relations = _relations_of(owner)
        if relations not in self:
            return
        for found in _RELATION.finditer(self.read(relations)):
            tag = found[0]
            if _said(tag, b"TargetMode") != "External":
                kind = _said(tag, b"Type").rpartition("/")[2]
                yield Relation(_said(tag, b"Id"), kind, _target(owner, tag))

    def add(self, owner: str, stem: str, kind: str, content: bytes, content_type: str) -> str:
        """Add a part that another one speaks of; return the id of the relation.

        Args:
            owner: the part that has it.
            stem: name without its number, e.g. ``xl/comments*.xml``.
            kind: last word of the relation's type.
            content: its bytes.
            content_type: what it is.
        """
        part = self._free(stem)
        self.added[part] = content
        if part.endswith(".vml"):
            self._list_type(b"Default", b"Extension", "vml", content_type)
        else:
            self._list_type(b"Override", b"PartName", f"/{part}", content_type)
        return self._relate(owner, part, kind)

    def drop(self, owner: str, part: str) -> None:
        """Take away a part, and what speaks of it."""
        target = part_key(part)
        self.changed = {n: p for n, p in self.changed.items() if part_key(n) != target}
        if self.added.pop(part, None) is None:
            self.dropped = (*self.dropped, part)
        relations = _relations_of(owner)
        self._write_list(
            relations,
            _without(
                self.read(relations), b"Relationship", lambda tag: part_key(_target(owner, tag)) == target
            ),
        )
        self._forget_type(target)

    def _forget_type(self, target: str) -> None:
        """Take a part out of the content types; that of its ending goes with the last drawing of notes."""
        before = self.read(CONTENT_TYPES)
        types = _without(before, b"Override", lambda tag: part_key(_said(tag, b"PartName")) == target)
        if target.endswith(".vml") and not self._has_vml:
            types = _without(types, b"Default", lambda tag: _said(tag, b"Extension").lower() == "vml")
        self.write(CONTENT_TYPES, types)

    @property
    def _has_vml(self) -> bool:
        return any(
            part.lower().endswith(".vml") and part in self
            for part in (*(e.filename for e in self.package.entries), *self.added)
        )

    def _write_list(self, relations: str, content: bytes) -> None:
        """Write the relations of a part; a list that has none left is no part any more."""
        if re.search(rb"Relationship\s", content):
            self.write(relations, content)
            return
        key = part_key(relations)
        self.changed = {n: p for n, p in self.changed.items() if part_key(n) != key}
        if self.added.pop(relations, None) is None:
            self.dropped = (*self.dropped, relations)

    def _free(self, stem: str) -> str:
        """Return the first name of a kind of part that none has."""
        number = 1
        while (part := stem.replace("*", str(number))) in self.package or part in self.added:
            number += 1
        return part

    def _relate(self, owner: str, part: str, kind: str) -> str:
        relations = _relations_of(owner)
        xml = self.read(relations) if relations in self else _XML + b'<Relationships xmlns="%s"/>' % _LIST
        given = set(re.findall(rb"\sId\s*=\s*[\"']([^\"']*)[\"']", xml))
        number = next(n for n in range(1, len(given) + 2) if b"rId%d" % n not in given)
        kinds = _STRICT_KINDS if _STRICT_KINDS in self.package.read(self._main_relations) else _KINDS
        target = posixpath.relpath(part, posixpath.dirname(owner))
        entry = b'Relationship Id="rId%d" Type="%s/%s" Target="%s"/>'
        self.write(
            relations,
            _with_entry(xml, entry % (number, kinds, kind.encode(), xml_text(target)), self.package.name),
        )
        return f"rId{number}"

    @property
    def _main_relations(self) -> str:
        return _relations_of(self.package.workbook_part)

    def _list_type(self, element: bytes, key: bytes, name: str, content_type: str) -> None:
        xml = self.read(CONTENT_TYPES)
        pattern = rb"<(?:[\w.-]+:)?" + element + rb"\s[^>]*>"
        if any(_said(tag[0], key).lower() == name.lower() for tag in re.finditer(pattern, xml)):
            return
        entry = b'%s %s="%s" ContentType="%s"/>' % (element, key, xml_text(name), content_type.encode())
        self.write(CONTENT_TYPES, _with_entry(xml, entry, self.package.name))


def _relations_of(part: str) -> str:
    folder, file = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _target(owner: str, tag: bytes) -> str:
    """Return the part that a relation of another part leads to."""
    said = plain(attribute(tag, b"Target") or b"").replace("\\", "/")
    return posixpath.normpath(posixpath.join(f"/{posixpath.dirname(owner)}", said)).lstrip("/")


def _said(tag: bytes, name: bytes) -> str:
    return (attribute(tag, name) or b"").decode("utf-8", "replace")


def _with_entry(xml: bytes, entry: bytes, name: str) -> bytes:
    """Return a list of relations or types with an entry at its end."""
    xml = _BARE_LIST.sub(rb"<\1Relationships\2></\1Relationships>", xml)
    end = _END.search(xml)
    if end is None:
        raise CannotPatch("patch_damaged_sheet", place=name)
    return xml[: end.start()] + b"<" + end[1] + entry + xml[end.start() :]


def _without(xml: bytes, element: bytes, goes: Callable[[bytes], bool]) -> bytes:
    """Return a list without the entries that go."""
    pattern = rb"<(?:[\w.-]+:)?" + element + rb"\s[^>]*?(?:/>|>\s*</(?:[\w.-]+:)?" + element + rb"\s*>)"
    return re.sub(pattern, lambda tag: b"" if goes(tag[0]) else tag[0], xml)

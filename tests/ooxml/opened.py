"""A package as the judge sees it: parts by key, relations, content types."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

from lxml import etree

from ooxml.xml import Element, parsed

T = TypeVar("T")
_KEPT = 10_000
_MEMO: dict[tuple[object, ...], Any] = {}
TYPES = "[content_types].xml"


class Relation(NamedTuple):
    """A relation: its kind is the last word of its type's address; ``target`` is a key, or a link."""

    kind: str
    target: str
    external: bool


def key_of(name: str) -> str:
    """Return a part's name for comparison."""
    return name.replace("\\", "/").lstrip("/").lower()


def is_xml(key: str) -> bool:
    """Return whether a part should be XML."""
    return key.endswith((".xml", ".rels", ".vml"))


@dataclass
class Opened:
    """The parts of a package, and what is wrong with the zip itself."""

    parts: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _roots: dict[str, Element | None] = field(default_factory=dict)
    _digests: dict[str, bytes] = field(default_factory=dict)
    _relations: dict[str, dict[str, Relation]] = field(default_factory=dict)

    @classmethod
    def read(cls, data: bytes) -> "Opened":
        """Return the package of a file; every entry is unpacked and its checksum compared."""
        opened = cls()
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for info in package.infolist():
                if not info.is_dir():
                    opened._take(package, info)
        return opened

    def _take(self, package: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        key = key_of(info.orig_filename)
        if key in self.parts:
            self.wrong.append(f"{info.orig_filename} stands twice")
        try:
            self.parts[key] = package.read(info)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
            self.wrong.append(f"{info.orig_filename}: {error}")
            self.parts[key] = b""
        self.names[key] = info.orig_filename

    def root(self, key: str) -> Element | None:
        """Return the root of an XML part; None when it is missing or no XML (told elsewhere)."""
        if key not in self._roots:
            try:
                self._roots[key] = parsed(self.parts[key]) if key in self.parts else None
            except etree.XMLSyntaxError:
                self._roots[key] = None
        return self._roots[key]

    def seen(self, key: str, look: Callable[..., T], *more: object) -> T | None:
        """Return what a look at a part says, None for no XML; the same bytes are looked at once."""
        if key not in self._digests:
            self._digests[key] = sha1(self.parts[key], usedforsecurity=False).digest()
        name = (look, self._digests[key], *more)
        if name not in _MEMO:
            if len(_MEMO) > _KEPT:
                _MEMO.clear()
            root = self.root(key)
            _MEMO[name] = None if root is None else look(root, *more)
        seen: T | None = _MEMO[name]
        return seen

    def relations(self, key: str = "") -> dict[str, Relation]:
        """Return id -> relation of a part, or of the package."""
        if key not in self._relations:
            root, folder = self.root(rels_of(key)), posixpath.dirname(key)
            elements = () if root is None else (e for e in root if isinstance(e.tag, str))
            self._relations[key] = {e.get("Id", ""): _relation(e, folder) for e in elements}
        return self._relations[key]

    def related(self, key: str, *kinds: str) -> list[str]:
        """Return the parts that a part is related to by some kinds."""
        found = self.relations(key).values()
        return [r.target for r in found if r.kind in kinds and not r.external and r.target in self.parts]


def rels_of(key: str) -> str:
    """Return the key of the part that holds a part's relations."""
    folder, name = posixpath.split(key)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def source_of(key: str) -> str:
    """Return the part whose relations a .rels part holds; '' for the package."""
    folder, name = posixpath.split(key)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def _relation(element: Element, folder: str) -> Relation:
    kind = element.get("Type", "").rpartition("/")[2]
    target = element.get("Target", "")
    if element.get("TargetMode") == "External" or target.startswith("#"):
        return Relation(kind, target, external=True)
    path = unquote(target.replace("\\", "/").partition("#")[0])
    joined = path if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
    return Relation(kind, key_of(joined), external=False)

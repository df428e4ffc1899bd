"""The package's own rules: content types, relations, no part that nobody speaks of, XML that parses."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha1

from lxml import etree

from ooxml.fault import Fault
from ooxml.opened import TYPES, Opened, is_xml, key_of, rels_of, source_of
from ooxml.xml import RELATIONS, Element, children, parsed, whole

IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_MAIN = "spreadsheetml."
_KINDS = {
    "worksheet": "spreadsheetml.worksheet+xml",
    "chartsheet": "spreadsheetml.chartsheet+xml",
    "styles": "spreadsheetml.styles+xml",
    "sharedStrings": "spreadsheetml.sharedStrings+xml",
    "table": "spreadsheetml.table+xml",
    "calcChain": "spreadsheetml.calcChain+xml",
    "comments": "spreadsheetml.comments+xml",
    "drawing": "drawing+xml",
    "chart": "chart+xml",
    "pivotTable": "spreadsheetml.pivotTable+xml",
    "pivotCacheDefinition": "spreadsheetml.pivotCacheDefinition+xml",
    "pivotCacheRecords": "spreadsheetml.pivotCacheRecords+xml",
    "theme": "theme+xml",
    "vmlDrawing": "vmlDrawing",
    "threadedComment": "threadedcomments+xml",
    "person": "person+xml",
    "slicer": "slicer+xml",
    "slicerCache": "slicerCache+xml",
    "timeline": "timeline+xml",
    "timelineCache": "timelineCache+xml",
}


def opc_faults(opened: Opened) -> Iterator[Fault]:
    """Yield what breaks the rules of any Office package."""
    yield from (Fault("", "zip", wrong) for wrong in opened.wrong)
    for key in opened.parts:
        if is_xml(key):
            yield from (Fault(key, rule, what) for rule, what in _xml_faults(opened, key))
    types = _Types(opened)
    yield from types.faults()
    yield from _relation_faults(opened, types)
    yield from (Fault(key, "orphan", "no relation leads here") for key in sorted(_unreached(opened)))


_KEPT = 10_000
_SEEN: dict[bytes, tuple[tuple[tuple[str, str], ...], frozenset[str]]] = {}


def _xml_faults(opened: Opened, key: str) -> Iterator[tuple[str, str]]:
    wrong, ids = _looked_at(opened.parts[key])
    yield from wrong
    if ids and (unknown := ids - set(opened.relations(key))):
        yield "relation-id", f"no relation {', '.join(sorted(unknown))}"


def _looked_at(data: bytes) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Return what is wrong with some XML in itself, and the ids of relations that it uses."""
    digest = sha1(data, usedforsecurity=False).digest()
    if digest not in _SEEN:
        if len(_SEEN) > _KEPT:
            _SEEN.clear()
        try:
            root = parsed(data)
        except etree.XMLSyntaxError as error:
            _SEEN[digest] = ((("xml", str(error)),), frozenset())
        else:
            _SEEN[digest] = (tuple(_root_faults(root)), frozenset(_relation_ids(root)))
    return _SEEN[digest]


def _root_faults(root: Element) -> Iterator[tuple[str, str]]:
    if root.getroottree().docinfo.internalDTD is not None:
        yield "doctype", "a document type"
    for prefix in (root.get(IGNORABLE) or "").split():
        if prefix not in root.nsmap:
            yield "ignorable", f"{prefix} is ignorable but not declared"


def _relation_ids(root: Element) -> Iterator[str]:
    for space in RELATIONS:
        found = root.xpath(f"//@*[namespace-uri()='{space}']")
        assert isinstance(found, list)
        yield from (str(value) for value in found if value)


class _Types:
    """[Content_Types].xml."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        root = opened.root(TYPES)
        self._root = root
        named = list(children(root, "Override")) if root is not None else []
        by_ending = list(children(root, "Default")) if root is not None else []
        self._overrides = [(key_of(e.get("PartName", "")), e.get("ContentType", "")) for e in named]
        self._defaults = [(e.get("Extension", "").lower(), e.get("ContentType", "")) for e in by_ending]

    def of(self, key: str) -> str:
        """Return a part's content type, '' for none."""
        ending = key.rpartition("/")[2].rpartition(".")[2]
        return dict(self._overrides).get(key) or dict(self._defaults).get(ending, "")

    def faults(self) -> Iterator[Fault]:
        """Yield parts without a type, types without a part, and what is named twice."""
        if self._root is None:
            yield Fault(TYPES, "content-type", "is missing or no XML")
            return
        for name, count in Counter(name for name, _ in self._overrides).items():
            if count > 1:
                yield Fault(TYPES, "content-type", f"{name} is named twice")
            if name not in self._opened.parts:
                yield Fault(TYPES, "content-type", f"{name} is named but not there")
        for ending, count in Counter(ending for ending, _ in self._defaults).items():
            if count > 1:
                yield Fault(TYPES, "content-type", f".{ending} is named twice")
        for key in self._opened.parts:
            if key != TYPES and not self.of(key):
                yield Fault(key, "content-type", "has none")


def _relation_faults(opened: Opened, types: _Types) -> Iterator[Fault]:
    mains = opened.related("", "officeDocument")
    if len(mains) != 1:
        yield Fault("_rels/.rels", "relation", f"{len(mains)} main parts")
    for key in [key for key in opened.parts if key.endswith(".rels")]:
        source, root = source_of(key), opened.root(key)
        if source and source not in opened.parts:
            yield Fault(key, "relation", "belongs to no part")
        ids = Counter(e.get("Id", "") for e in root if isinstance(e.tag, str)) if root is not None else {}
        for name, count in ids.items():
            if count > 1 or not name or whole(name[0]) >= 0:
                yield Fault(key, "relation", f"the id {name!r} stands {count} times or is no id")
        for relation in opened.relations(source).values():
            if relation.external:
                continue
            if relation.target not in opened.parts and "null" not in relation.target.lower():
                yield Fault(key, "relation", f"{relation.target} is not there")
            elif relation.target in opened.parts and _KINDS.get(relation.kind, "") not in types.of(
                relation.target
            ):
                yield Fault(
                    relation.target, "content-type", f"{types.of(relation.target)} for a {relation.kind}"
                )


def _unreached(opened: Opened) -> set[str]:
    reached, todo = {TYPES, rels_of("")}, [""]
    while todo:
        key = todo.pop()
        reached.add(rels_of(key))
        targets = {r.target for r in opened.relations(key).values() if not r.external}
        todo += targets - reached
        reached |= targets
    return {key for key in opened.parts if key not in reached}

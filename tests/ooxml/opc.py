"""The package's own rules: content types, relations, no part that nobody speaks of, XML that parses."""

from collections import Counter
from collections.abc import Iterator

from ooxml.fault import Fault
from ooxml.opened import TYPES, Opened, is_xml, key_of, rels_of, source_of
from ooxml.xml import RELATIONS, Element, children, local, whole

IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
_SPACES = tuple(f"{{{space}}}" for space in RELATIONS)
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


def _xml_faults(opened: Opened, key: str) -> Iterator[tuple[str, str]]:
    speaks = any(space.encode() in opened.parts[key] for space in RELATIONS)
    seen = opened.seen(key, _looked_at, speaks)
    if seen is None:
        yield "xml", "is no XML"
        return
    wrong, ids = seen
    yield from wrong
    if unknown := ids - set(opened.relations(key)):
        yield "relation-id", f"no relation {', '.join(sorted(unknown))}"


def _looked_at(root: Element, speaks: bool) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:  # noqa: FBT001  a memo's key
    """Return what is wrong with some XML in itself, and the ids of relations that it uses.

    ``speaks`` is whether the namespace of such ids stands in it at all.
    """
    ids = _relation_ids(root) if speaks else ()
    return tuple(_root_faults(root)), frozenset(filter(None, ids))


def _root_faults(root: Element) -> Iterator[tuple[str, str]]:
    if root.getroottree().docinfo.internalDTD is not None:
        yield "doctype", "a document type"
    for prefix in (root.get(IGNORABLE) or "").split():
        if prefix not in root.nsmap:
            yield "ignorable", f"{prefix} is ignorable but not declared"


def _relation_ids(root: Element) -> Iterator[str]:
    """Yield the ids that a part uses; cells, of which there are many, use none."""
    for top in root if local(root) == "worksheet" else [root]:
        if local(top) != "sheetData":
            for element in top.iter("*"):
                yield from (
                    str(element.attrib[key]) for key in element.attrib if str(key).startswith(_SPACES)
                )


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

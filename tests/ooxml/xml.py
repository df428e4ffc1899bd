"""XML of a part: parsed by lxml, names without their namespace."""

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

Element = _Element

SPACES = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)
"""The namespaces of SpreadsheetML: transitional and strict."""
RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def parsed(data: bytes) -> Element:
    """Return the root; raises etree.XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, load_dtd=False)
    return etree.fromstring(data, parser)


def local(element: Element) -> str:
    """Return an element's name without its namespace; '' for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def space(element: Element) -> str:
    """Return an element's namespace; '' for a comment."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the children of a name, in any namespace."""
    return (child for child in element if local(child) == name)


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a name."""
    return next(children(element, name), None)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Yield the descendants of some names, in any namespace."""
    return element.iter(*(f"{{*}}{name}" for name in names))


def text(element: Element | None) -> str:
    """Return the text of an element."""
    return "" if element is None else element.text or ""


def whole(value: str | None, default: int = -1) -> int:
    """Return an attribute as a number from 0; ``default`` when it is missing or none."""
    return int(value) if value is not None and value.isascii() and value.isdigit() else default

"""The same workbook said otherwise: in the strict namespaces, with prefixes, with absolute part names."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from made_books.base import orders_book
from made_books.charts import chart_book

_STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties": (
        "http://purl.oclc.org/ooxml/officeDocument/extendedProperties"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes": (
        "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes"
    ),
    "http://schemas.openxmlformats.org/drawingml/2006/": "http://purl.oclc.org/ooxml/drawingml/",
}
_TAG = re.compile(r"<(/?)(?=[A-Za-z])")


def strict_book(path: Path) -> Path:
    """Make the orders and their chart in the strict form of the format."""

    def strict(_: str, xml: str) -> str:
        for transitional, other in _STRICT.items():
            xml = xml.replace(transitional, other)
        return re.sub(r"<workbook (?=xmlns)", '<workbook conformance="strict" ', xml)

    return _rewritten(chart_book(path), strict)


def prefixed_book(path: Path) -> Path:
    """Make the orders with a prefix before every name of the format, as some exporters do."""

    def prefixed(name: str, xml: str) -> str:
        if not re.search(r"xl/(?:worksheets|tables)/[^/]+$|xl/(?:workbook|styles|sharedStrings)\.xml$", name):
            return xml
        return _TAG.sub(r"<\1x:", xml).replace(" xmlns=", " xmlns:x=")

    return _rewritten(orders_book(path), prefixed)


def absolute_book(path: Path) -> Path:
    """Make the orders with targets that start at the root."""

    def absolute(name: str, xml: str) -> str:
        if name == "xl/_rels/workbook.xml.rels":
            return xml.replace('Target="', 'Target="/xl/')
        if name == "xl/worksheets/_rels/sheet1.xml.rels":
            return xml.replace('Target="../', 'Target="/xl/')
        return xml.replace('Target="xl/', 'Target="/xl/') if name == "_rels/.rels" else xml

    return _rewritten(orders_book(path), absolute)


def odd_case_book(path: Path) -> Path:
    """Make the orders with targets in other case than the parts they name."""
    return _rewritten(
        absolute_book(path),
        lambda name, xml: xml.replace("/xl/", "/XL/") if name == "xl/_rels/workbook.xml.rels" else xml,
    )


def _rewritten(path: Path, change: Callable[[str, str], str]) -> Path:
    with zipfile.ZipFile(path) as old:
        content = {info.filename: old.read(info).decode() for info in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, xml in content.items():
            new.writestr(name, change(name, xml))
    return path

"""The slow way through a part: an XML parser, for files whose bytes are not laid out as programs usually do.

Prefixed names, comments, CDATA, other encodings, cells without addresses: all legal, all rare. ``grid`` and
``strings`` take the fast way first and come here when the bytes look unusual.
"""

import io
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]  # it ships no types

from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.escapes import unescaped


class RawCell(NamedTuple):
    """A cell as it stands: type letter, style number, formula if it has one, value or inline text."""

    row: int
    column: int
    type: str
    style: int | None
    formula: str | None
    text: str | None


def cells(xml: bytes) -> Iterator[RawCell]:
    """Yield the cells of a worksheet.

    Raises:
        ValueError: an address or number that is none.
        ParseError: no XML.
    """
    row = 0
    for element in _ended(xml, "row"):
        row = int(element.get("r") or row + 1)
        columns = count(1)
        for cell in (child for child in element if _name(child) == "c"):
            column = _column(cell) or next(columns)
            columns = count(column + 1)
            yield _cell(cell, row, column)
        element.clear()


def strings(xml: bytes) -> Iterator[str]:
    """Yield the shared strings of a workbook, runs joined, readings (phonetics) left out."""
    for element in _ended(xml, "si"):
        yield _text(element)
        element.clear()


def _ended(xml: bytes, name: str) -> Iterator[Element]:
    events = iterparse(io.BytesIO(xml), events=("end",), forbid_dtd=True)
    return (element for _, element in events if _name(element) == name)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _column(cell: Element) -> int | None:
    address = cell.get("r")
    if address is None:
        return None
    area = area_of(address)
    if area is None:
        raise ValueError(address)
    return area.left


def _cell(cell: Element, row: int, column: int) -> RawCell:
    parts = {_name(child): child for child in cell}
    style = cell.get("s")
    held = parts.get("is")
    value = _text(held) if held is not None else getattr(parts.get("v"), "text", None)
    type_ = cell.get("t") or "n"
    if type_ == "str" and value is not None:
        value = unescaped(value)
    formula = unescaped(parts["f"].text or "") if "f" in parts else None
    return RawCell(row, column, type_, int(style) if style else None, formula, value)


def _text(element: Element) -> str:
    """Return the text of an element's runs."""
    pieces = []
    for child in element:
        if _name(child) == "t":
            pieces.append(unescaped(child.text or ""))
        elif _name(child) == "r":
            pieces.append(_text(child))
    return "".join(pieces)

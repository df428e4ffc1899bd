"""Ranges in the attributes and elements of XML: moved, or taken out when all of their rows went."""

import re

from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.reshape import Mover
from ltc_xl.workbook.tags import attribute, with_attribute

PREFIX = rb"(?:[\w.-]+:)?"
_CONDITION = re.compile(rb"<" + PREFIX + rb"sortCondition\s[^>]*/>")
_INNER_SQREF = re.compile(rb"(<" + PREFIX + rb"sqref>)([^<]*)(?=<)")


def moved_text(text: bytes, moved: Mover) -> bytes:
    """Return a list of areas moved; those that are no area stay, those whose rows went are left out."""
    result = []
    for word in text.split():
        area = area_of(word.decode("ascii", "replace"))
        after = moved(area) if area else None
        if area is None or after == area:
            result.append(word)
        elif after is not None:
            result.append(after.text.encode())
    return b" ".join(result)


def moved_tag(tag: bytes, moved: Mover) -> bytes:
    """Return a start tag with its ``ref`` or ``sqref`` moved.

    One whose rows all went stays as it is, but a condition of a sort goes with them.
    """
    for name in (b"sqref", b"ref"):
        text = attribute(tag, name)
        if text is not None:
            after = moved_text(text, moved)
            if not after and _CONDITION.match(tag):
                return b""
            return tag if after in {text, b""} else with_attribute(tag, name, after)
    return tag


def moved_element(xml: bytes, moved: Mover) -> bytes:
    """Return a format, validation or link with its areas moved; b'' when all of its rows went."""
    inner = _INNER_SQREF.search(xml)
    if inner is not None:
        after = moved_text(inner[2], moved)
        return xml[: inner.start(2)] + after + xml[inner.end(2) :] if after else b""
    tag = xml[: xml.index(b">") + 1]
    name = b"sqref" if attribute(tag, b"sqref") is not None else b"ref"
    text = attribute(tag, name) or b""
    after = moved_text(text, moved)
    if text and not after:
        return b""
    return xml if after == b" ".join(text.split()) else with_attribute(tag, name, after) + xml[len(tag) :]

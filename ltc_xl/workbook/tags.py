"""XML start tags as bytes: attributes read and changed without touching anything else."""

import html
import re
from functools import cache


@cache
def _attribute(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?:^|(?<=\s))(" + name + rb"\s*=\s*)(?:\"([^\"]*)\"|'([^']*)')")


def attribute(tag: bytes, name: bytes) -> bytes | None:
    """Return an attribute's value as it stands in the file, or None.

    >>> attribute(b'<row r="7" spans="1:4">', b"spans"), attribute(b'<row r="7">', b"s")
    (b'1:4', None)
    """
    match = _attribute(name).search(tag)
    return None if match is None else match[2] if match[2] is not None else match[3]


def with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """Return a start tag with an attribute's value replaced, or added at its end.

    >>> with_attribute(b'<row r="7"/>', b"r", b"8"), with_attribute(b'<row r="7"/>', b"s", b"1")
    (b'<row r="8"/>', b'<row r="7" s="1"/>')
    """
    match = _attribute(name).search(tag)
    if match:
        return tag[: match.start()] + match[1] + b'"' + value + b'"' + tag[match.end() :]
    head = tag.rstrip(b"/>").rstrip()
    return head + b" " + name + b'="' + value + b'"' + tag[len(tag.rstrip(b"/>")) :]


def without_attribute(tag: bytes, name: bytes) -> bytes:
    """Return a start tag without an attribute.

    >>> without_attribute(b'<c r="A1" t="s">', b"t")
    b'<c r="A1">'
    """
    match = _attribute(name).search(tag)
    return tag if match is None else tag[: match.start()].rstrip() + tag[match.end() :]


def xml_text(text: str) -> bytes:
    """Return a text for use between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def plain(text: bytes) -> str:
    """Return what an XML text says, its entities resolved."""
    return html.unescape(text.decode("utf-8", "replace"))

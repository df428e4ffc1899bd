"""Formats of ``styles.xml`` that conditional formats name by number: found, or added behind the last."""

import re

from ltc_xl.model.errors import CannotPatch

_SIDE = b'<%s style="thin"><color rgb="FFC62828"/></%s>'
EDGE = (
    b"<dxf><border>"
    + b"".join(_SIDE % (side, side) for side in (b"left", b"right", b"top", b"bottom"))
    + b"<vertical/><horizontal/></border></dxf>"
)
"""A thin red edge all round."""

_ROOT = re.compile(rb"<((?:[\w.-]+:)?)styleSheet(?=[\s>])")
_LATER = (b"tableStyles", b"colors", b"extLst")
_NAME = re.compile(rb"(</?)(?=\w)")


def with_look(styles: bytes, look: bytes, place: str) -> tuple[bytes, int]:
    """Return ``styles.xml`` with a format in it, and the number of the format.

    Args:
        styles: the part.
        look: a ``<dxf>`` without prefix.
        place: the file, for a refusal.
    """
    root = _ROOT.search(styles)
    if root is None:
        raise CannotPatch("patch_no_styles", place=place)
    prefix = root[1]
    dxf = _NAME.sub(rb"\1" + prefix, look)
    held = _list(prefix).search(styles)
    if held is None:
        return _with_list(styles, prefix, dxf), 0
    inside = held[2] or b""
    known = [found[0] for found in _one(prefix).finditer(inside)]
    if dxf in known:
        return styles, known.index(dxf)
    tag = re.sub(rb'\bcount\s*=\s*["\']\d+["\']', b'count="%d"' % (len(known) + 1), held[1].rstrip(b"/>"))
    whole = tag + b">" + inside + dxf + b"</" + prefix + b"dxfs>"
    return styles[: held.start()] + whole + styles[held.end() :], len(known)


def _list(prefix: bytes) -> re.Pattern[bytes]:
    name = prefix + b"dxfs"
    return re.compile(
        rb"(<" + name + rb"(?=[\s/>])[^>]*?(?:/>|(?<!/)>))(?:(?<!/>)(.*?)</" + name + rb"\s*>)?", re.DOTALL
    )


def _one(prefix: bytes) -> re.Pattern[bytes]:
    name = prefix + b"dxf"
    return re.compile(
        rb"<" + name + rb"(?:\s[^>]*)?/>|<" + name + rb"(?=[\s>]).*?</" + name + rb"\s*>", re.DOTALL
    )


def _with_list(styles: bytes, prefix: bytes, dxf: bytes) -> bytes:
    """Return the part with a list of formats of its own, where Excel wants it."""
    later = b"|".join(_LATER)
    at = re.search(rb"<" + prefix + rb"(?:" + later + rb")(?=[\s/>])", styles)
    end = at.start() if at else styles.rfind(b"</")
    name = prefix + b"dxfs"
    return styles[:end] + b'<%s count="1">' % name + dxf + b"</%s>" % name + styles[end:]

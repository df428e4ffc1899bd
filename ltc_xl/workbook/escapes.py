"""Excel's own escapes in texts: what XML cannot hold stands as ``_xHHHH_``."""

import re

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")


def unescaped(text: str) -> str:
    r"""Return a text with Excel's escapes resolved.

    >>> unescaped("a_x000A_b"), unescaped("_x005F_x000A_"), unescaped("_xD83D_")
    ('a\nb', '_x000A_', '_xD83D_')
    """
    return _ESCAPE.sub(lambda m: _letter(m[0], int(m[1], 16)), text) if "_x" in text else text


def _letter(as_typed: str, code: int) -> str:
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004  half a letter is no letter
    return as_typed if surrogate else chr(code)


def escaped(text: str) -> str:
    r"""Return a text with what XML cannot hold escaped, and what looks like an escape.

    >>> escaped("a_x0041_"), escaped("b\a")
    ('a_x005F_x0041_', 'b_x0007_')
    """
    once = _LOOKS_ESCAPED.sub("_x005F_", text) if "_x" in text else text
    return _NOT_IN_XML.sub(lambda m: f"_x{ord(m[0]):04X}_", once)


def fits_xml(text: str) -> bool:
    r"""Return whether XML can hold a text as it is.

    >>> fits_xml("a\tb"), fits_xml("a\0b")
    (True, False)
    """
    return _NOT_IN_XML.search(text) is None

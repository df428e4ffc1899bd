"""Text as XML and Excel wrap it: entities, ``_xHHHH_`` escapes, line ends, composed letters."""

import html

import polars as pl

from ltc_xl.workbook.escapes import unescaped

_NAMED = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#10;": "\n", "&amp;": "&"}
_NUMBERED = r"&#[xX]?[0-9A-Fa-f]+;"
_ESCAPED = r"_x[0-9A-Fa-f]{4}_"
_LINE_ENDS = {"\r\n": "\n", "\r": "\n"}


def decoded(raw: pl.Series) -> pl.Series:
    r"""Return the texts of XML character data: entities and escapes resolved.

    >>> decoded(pl.Series(["R&amp;D &lt;1", "a_x000D_&#10;b", "&#x4f60;", None])).to_list()
    ['R&D <1', 'a\r\nb', '你', None]
    """
    rare = raw.str.contains(f"{_NUMBERED}|{_ESCAPED}").fill_null(value=False)
    named = raw.str.replace_many(_NAMED) if raw.str.contains("&", literal=True).any() else raw
    if not rare.any():
        return named
    mended = [unescaped(html.unescape(text)) for text in raw.filter(rare)]
    return named.clone().scatter(rare.arg_true(), mended)


def tidy(texts: pl.Series) -> pl.Series:
    r"""Return texts as they are compared and kept: composed (NFC), LF line ends, no outer blanks, '' is none.

    >>> tidy(pl.Series([" a\r\nb ", "e\u0301", "　", ""])).to_list()
    ['a\nb', 'é', None, None]
    """
    has_return = texts.str.contains("\r", literal=True).any()
    unix = texts.str.replace_many(_LINE_ENDS, leftmost=True) if has_return else texts
    stripped = _composed(unix).str.strip_chars()
    return stripped.set(stripped == "", None)


def _composed(texts: pl.Series) -> pl.Series:
    """Return the texts in NFC; plain ASCII and common Chinese are so already, and normalising is slow."""
    doubtful = texts.str.contains(r"[^\x00-\x{2FF}\x{3000}-\x{30FF}\x{4E00}-\x{9FFF}\x{FF00}-\x{FFEF}]")
    doubtful = doubtful.fill_null(value=False)
    if not doubtful.any():
        return texts
    return texts.clone().scatter(doubtful.arg_true(), texts.filter(doubtful).str.normalize("NFC"))

"""Number formats of a workbook: which cells show days or percent, and which pad a number with zeros."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ltc_xl.workbook.package import elements

_BUILT_IN_PERCENTS = frozenset({9, 10})
_BUILT_IN_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_CODE = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]", re.IGNORECASE)
_DAY_LETTER = re.compile(r"[ymdhs]|上午|下午", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,15}")


@dataclass(frozen=True)
class Styles:
    """Cell style number -> what its number format means for reading.

    Attributes:
        days: styles that show a number as a day or a time.
        widths: style -> how many digits it pads a number to.
        percents: styles that show a share in percent.
    """

    days: frozenset[int] = frozenset()
    widths: tuple[tuple[int, int], ...] = ()
    percents: frozenset[int] = frozenset()


def is_day_format(code: str) -> bool:
    """Return whether a number format shows a day or a time.

    >>> [is_day_format(c) for c in ("yyyy-mm-dd", "[$-804]m月d日", "[h]:mm", "#,##0.00", '0"d"', "[Red]0")]
    [True, True, True, False, False, False]
    """
    bare = _NOT_CODE.sub("", code)
    return _DAY_LETTER.search(bare) is not None and "general" not in bare.lower()


def styles_of(root: Element) -> Styles:
    """Return the styles of ``styles.xml``."""
    own = (e for held in elements(root, "numFmts") for e in held)  # conditional formats have theirs elsewhere
    codes = {int(e.get("numFmtId", "0")): e.get("formatCode", "") for e in own}
    formats = [int(e.get("numFmtId", "0")) for held in elements(root, "cellXfs") for e in held]
    days = {n for n in {*formats} if (is_day_format(codes[n]) if n in codes else n in _BUILT_IN_DAYS)}
    widths = {n: len(code) for n, code in codes.items() if _ZEROS.fullmatch(code)}
    percents = {
        n
        for n in {*formats}
        if ("%" in _NOT_CODE.sub("", codes[n]) if n in codes else n in _BUILT_IN_PERCENTS)
    }
    return Styles(
        frozenset(style for style, number in enumerate(formats) if number in days),
        tuple((style, widths[number]) for style, number in enumerate(formats) if number in widths),
        frozenset(style for style, number in enumerate(formats) if number in percents),
    )

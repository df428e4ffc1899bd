"""Columns of printed tables: how much of the page each one needs, and where a long number may break."""

from collections.abc import Sequence

from ltc_xl.render.sheets import text_width

HEADING = 9
"""In half-width characters: a longer heading wraps."""

ZERO_WIDTH_SPACE = "\u200b"


def column_width(heading: str, shown: Sequence[str], most: int | None = None) -> int:
    """Return the width of a column in half-width characters; words beyond ``most`` wrap.

    >>> column_width("客户", ["恒立汽配", "A"]), column_width("Customer", ["x" * 50], most=26)
    (8, 26)
    """
    widest = max((text_width(line) for text in shown for line in text.splitlines()), default=0)
    return max(min(text_width(heading), HEADING), min(widest, most) if most else widest)


def breakable(number: str, most: int) -> str:
    """Return a number that may break where it is longer than its column; a usual one stays as it is.

    >>> breakable("HY-2026-001", 20), len(breakable("1234567890", 4))
    ('HY-2026-001', 19)
    """
    return ZERO_WIDTH_SPACE.join(number) if text_width(number) > most else number

"""Addresses of cells."""

import re
from functools import cache

_PLAIN_SHEET = re.compile(r"(?![A-Za-z]{1,3}\d+$)[^\W\d]\w*")


@cache
def column_letters(number: int) -> str:
    """Return the letters of a column, 1 is A.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_text(sheet: str, address: str) -> str:
    """Return where a cell stands as a link takes it.

    >>> place_text("线索", "C5"), place_text("Overdue ageing", "A2")
    ('线索!C5', "'Overdue ageing'!A2")
    """
    quoted = sheet if _PLAIN_SHEET.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{quoted}!{address}"

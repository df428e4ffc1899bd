"""Patterns that both kinds of rule texts are held against where they cannot be read."""

import re

NUMERALS = re.compile(r"[零〇一二两三四五六七八九十百千万亿半]+(?:成|元|天|个|级|分)?")
"""A number in Chinese numerals."""

ADDRESS = re.compile(r"(?<![A-Za-z0-9_])(?:[^\W\d]\w*!)?\$?[A-Z]{1,2}\$?[1-9]\d{0,6}(?![\w(])")
"""The address of a cell: ``B2``, ``$B$2``, ``商机!B2``."""

ORDERS = (">=", "<=", "<>", "=", ">", "<")
_TURNED = {"=>": ">=", "=<": "<=", "><": "<>", "=!": "<>", "=>=": ">=", "=<=": "<="}


def nearest_order(found: str) -> str:
    """Return the comparison that some marks come nearest to.

    >>> nearest_order("=>"), nearest_order(">>="), nearest_order("<<")
    ('>=', '>=', '<')
    """
    return _TURNED.get(found) or next((order for order in ORDERS if order in found), "<>")

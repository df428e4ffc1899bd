"""Excel's limits on what a cell holds. No other program refuses what Excel then repairs: so we do.

Rows and columns are limited where areas are, in ``area``.
"""

import math
import re
from functools import lru_cache

from ltc_xl.workbook.escapes import fits_xml

MAX_TEXT = 32_767
"""Characters of a cell or a note, as UTF-16 counts them: an emoji is two."""

MAX_FORMULA = 8_192
MAX_CONSTANT = 255
"""Characters of a text within a formula."""

MAX_DEPTH = 64
MAX_ARGUMENTS = 255
MAX_DIGITS = 15

LARGEST = 9.99999999999999e307
SMALLEST = 2.2250738585072014e-308
"""Between nought and this Excel knows no number."""

_QUOTED = re.compile(r"\"((?:[^\"]|\"\")*+)\"|'(?:[^']|'')*+'")
_BRACKETS = re.compile(r"\[(?:[^\[\]']|'.)*+\]")
_TOKENS = re.compile(rf"{_BRACKETS.pattern}|{_QUOTED.pattern}")
_BRACES = re.compile(r"\{[^{}]*\}")
_INNERMOST = re.compile(r"\([^()]*\)")
_SPARE = re.compile(r"[\"'\[\](){}]")


def text_length(text: str) -> int:
    r"""Return how long Excel takes a text to be.

    >>> text_length("ab"), text_length("😀"), text_length("\ud83d")
    (2, 2, 1)
    """
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def holds_number(number: float) -> bool:
    """Return whether Excel holds a number: neither infinite nor beyond its largest, nor a trace of nothing.

    >>> holds_number(1e307), holds_number(1e308), holds_number(0.0), holds_number(1e-320)
    (True, False, True, False)
    """
    return number == 0 or (math.isfinite(number) and SMALLEST <= abs(number) <= LARGEST)


@lru_cache(4096)
def formula_fault(text: str) -> str | None:
    """Return the key of what Excel has against a formula, written without its ``=``; None for nothing.

    >>> formula_fault('SUM(A1:B2)&"("'), formula_fault("SUM(A1:B2"), formula_fault('A1&"x')
    (None, 'patch_formula_open', 'patch_formula_open')
    """
    if text_length(text) > MAX_FORMULA or not fits_xml(text):
        return "patch_formula_too_long"
    if not text.strip():
        return "patch_formula_open"
    if _has_long_constant(text):
        return "patch_formula_text"
    return _structure_fault(_without_quotes(text))


def _has_long_constant(text: str) -> bool:
    """Return whether a text within a formula is longer than Excel takes it."""
    if len(text) <= MAX_CONSTANT or '"' not in text:
        return False
    constants = (found[1] for found in _QUOTED.finditer(text) if found[1])
    return any(text_length(constant.replace('""', '"')) > MAX_CONSTANT for constant in constants)


def _without_quotes(text: str) -> str:
    """Return a formula without texts, sheets and headers; a quote within a header escapes one character."""
    if '"' not in text and "'" not in text:
        return text
    return _TOKENS.sub("", text) if "[" in text else _QUOTED.sub("", text)


def _structure_fault(text: str) -> str | None:
    """Return the fault of a formula's brackets; texts and sheet names are out of it."""
    bare = _emptied(_BRACES, _emptied(_BRACKETS, text, "["), "{")
    depth = 0
    while "(" in bare and depth <= MAX_DEPTH:
        if len(bare) > MAX_ARGUMENTS and _has_many_arguments(bare):
            return "patch_formula_deep"
        shorter = _INNERMOST.sub("", bare)
        if shorter == bare:
            break
        bare, depth = shorter, depth + 1
    if depth > MAX_DEPTH:
        return "patch_formula_deep"
    return "patch_formula_open" if _SPARE.search(bare) else None


def _has_many_arguments(bare: str) -> bool:
    return any(inner[0].count(",") >= MAX_ARGUMENTS for inner in _INNERMOST.finditer(bare))


def _emptied(brackets: re.Pattern[str], text: str, sign: str) -> str:
    """Return a text without what stands in brackets, innermost first."""
    before = ""
    while sign in text and before != text:
        before, text = text, brackets.sub("", text)
    return text

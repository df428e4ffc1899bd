"""Numbers as Excel shows them in a cell of format General: 15 digits, no exponent, no trailing zeros."""

from decimal import Decimal

import polars as pl

_SHORT_INTEGER = r"^-?(?:0|[1-9][0-9]{0,14})$"
_FLAGS = {"1": "TRUE", "0": "FALSE"}


def plain(number: str) -> str:
    """Return a number's digits.

    >>> plain("14"), plain("0.30000000000000004"), plain("1.38E+10"), plain("3.1010000000000001E+19")
    ('14', '0.3', '13800000000', '31010000000000000000')
    """
    text = format(Decimal(f"{float(number):.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_short_integer(texts: pl.Series) -> pl.Series:
    """Return which numbers stand in the file as Excel shows them."""
    return texts.str.contains(_SHORT_INTEGER)


def plain_texts(numbers: pl.Series) -> pl.Series:
    """Return the digits of many numbers.

    >>> plain_texts(pl.Series(["14", "0.10000000000000001", None])).to_list()
    ['14', '0.1', None]
    """
    long = ~is_short_integer(numbers).fill_null(value=True)
    if not long.any():
        return numbers
    different = numbers.filter(long).unique()
    digits = {number: plain(number) for number in different}
    return numbers.replace(digits)


def flag_texts(flags: pl.Series) -> pl.Series:
    """Return what Excel shows for a cell that is true or false."""
    return flags.replace(_FLAGS)

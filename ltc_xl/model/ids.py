"""Identities: random ``_uid``s, and business numbers of the shape L-SH-0001H."""

import re
import secrets
from collections.abc import Iterable
from hashlib import sha256

import polars as pl

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_CHECK = "ABCDEFGHJKLMNPQRTUVWXYZ"
_STEM = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_STEM = 16


def stable_uids(book: str, table: str, count: int) -> list[str]:
    """Return row identities of the same shape that are always the same for a book, a table and a place.

    >>> stable_uids("", "settings", 2)
    ['XVVPJWKZTDKC', 'KNNQNZMLJWXP']
    """
    digests = (sha256(f"{book}|{table}|{place}".encode()).digest() for place in range(count))
    return ["".join(_LETTERS[byte % 20] for byte in digest[:12]) for digest in digests]


def mint_uids(count: int) -> list[str]:
    """Return ``count`` new row identities: twelve consonants, so that Excel never takes one for a number."""
    pool = secrets.token_bytes(12 * count)
    letters = [_LETTERS[byte % 20] for byte in pool]
    return ["".join(letters[i : i + 12]) for i in range(0, 12 * count, 12)]


def business_number(letter: str, site: str, counter: int) -> str:
    """Return a number whose last letter checks the rest, so that the fill handle cannot make a neighbour's.

    >>> business_number("L", "SH", 1), business_number("L", "SH", 2)
    ('L-SH-0001H', 'L-SH-0002R')
    """
    stem = f"{letter}-{site}-{counter:04d}"
    weighed = sum((place + 3) * ord(char) for place, char in enumerate(stem))
    return stem + _CHECK[weighed * 7 % len(_CHECK)]


def is_site(text: str) -> bool:
    """Return whether a text can be the site in business numbers: two to four capital letters.

    >>> is_site("SH"), is_site("Shanghai"), is_site("上海")
    (True, False, False)
    """
    return re.fullmatch("[A-Z]{2,4}", text.strip()) is not None


def is_business_number(text: str) -> bool:
    """Return whether the check letter is right.

    >>> is_business_number("L-SH-0001H"), is_business_number("L-SH-0002H")
    (True, False)
    """
    parts = text[:-1].rsplit("-", 2)
    if len(parts) != 3 or not parts[2].isdigit():  # noqa: PLR2004  letter, site, counter
        return False
    return business_number(parts[0], parts[1], int(parts[2])) == text


def has_check_letter(number: pl.Expr) -> pl.Expr:
    """Return whether numbers end in the letter that the rest asks for; never true for a wrong one.

    It is the column's twin of ``is_business_number`` for the usual case: capital letters, digits, hyphens,
    at most sixteen of them; whether the counter is written as we write it, it does not ask.
    """
    ords = pl.Series([ord(char) for char in _STEM], dtype=pl.Int64)
    stem = number.str.head(-1)
    weighed = (
        stem.str.slice(place, 1).replace_strict(list(_STEM), ords, default=0) * (place + 3)
        for place in range(_LONGEST_STEM)
    )
    asked = pl.sum_horizontal(*weighed) * 7 % len(_CHECK)
    letter = number.str.tail(1).replace_strict(list(_CHECK), range(len(_CHECK)), default=-1)
    plain = stem.str.contains(f"^[A-Z0-9-]{{1,{_LONGEST_STEM}}}$")
    return (plain & (letter == asked)).fill_null(value=False)


def counters(numbers: Iterable[str], letter: str, site: str) -> int:
    """Return the highest counter used among numbers of this letter and site; 0 when none is.

    >>> counters(["L-SH-0007W", "L-BJ-0009A", None, "x"], "L", "SH")
    7
    """
    stem = f"{letter}-{site}-"
    tails = (n[len(stem) : -1] for n in numbers if n and n.startswith(stem))
    return max((int(tail) for tail in tails if tail.isdigit()), default=0)

"""Ranges that a spreadsheet has turned into dates: 5-20 typed, 20.May kept."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

_DAY_FIRST = re.compile(r"(\d{1,2})[.\-/] ?([^\W\d_]{3,})\.?")
_DAY_LAST = re.compile(r"([^\W\d_]{3,})\.?[\-/](\d{1,2})")
_CHINESE = re.compile(r"(\d{1,2})月(\d{1,2})日")
_MIDNIGHT = re.compile(r"\d{4}-(\d\d)-(\d\d) 00:00:00")
_LAST_DAY = 31
_STAMP = r" 00:00:00$"
_SUSPECT = r"^\d{1,2}[.\-/] ?\p{L}{3,}\.?$|^\p{L}{3,}\.?[\-/]\d{1,2}$|^\d{1,2}月\d{1,2}日$| 00:00:00$"


@cache
def _months() -> Mapping[str, int]:
    """Return abbreviated month name -> number, of every language in ``months.toml``."""
    data = tomllib.loads(files("ltc_xl.imports").joinpath("months.toml").read_text("utf-8"))
    return {name: n for names in data.values() for n, name in enumerate(names.split(), start=1)}


def range_before(text: str) -> str | None:
    """Return the range that was typed before a spreadsheet took it for a day, or None.

    >>> range_before("20.máj"), range_before("05.jan"), range_before("20-May"), range_before("5月20日")
    ('5-20', '1-5', '5-20', '5-20')
    >>> range_before("2026-01-05 00:00:00"), range_before("50-200"), range_before("20 set")
    ('1-5', None, None)
    """
    month, day = _month_and_day(text.strip().casefold())
    return f"{month}-{day}" if month and 0 < day <= _LAST_DAY else None


def _month_and_day(text: str) -> tuple[int, int]:
    for pattern in (_CHINESE, _MIDNIGHT):
        if found := pattern.fullmatch(text):
            return int(found[1]), int(found[2])
    if found := _DAY_FIRST.fullmatch(text):
        return _months().get(found[2], 0), int(found[1])
    if found := _DAY_LAST.fullmatch(text):
        return _months().get(found[1], 0), int(found[2])
    return 0, 0


def mangled(texts: pl.Series, *, known: bool) -> Mapping[str, str]:
    """Return the values of a column that were ranges -> the range.

    Args:
        texts: the column.
        known: whether it is known to hold no days. Of a column nobody mapped nothing is said when it looks
            like days throughout, and time stamps count as days.
    """
    values = texts.drop_nulls().unique(maintain_order=True)
    suspects = values.filter(values.str.contains(_SUSPECT) & (known | ~values.str.contains(_STAMP)))
    if not known and len(suspects) == len(values):
        return {}
    return {value: before for value in suspects if (before := range_before(value))}

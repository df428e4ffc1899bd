"""Numbers and days as people write them in rules: ``10万``, ``1,000,000``, ``30%``, ``2026-01-01``."""

import re
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field
from ltc_xl.rules.guards.scanner import Scanner
from ltc_xl.rules.guards.tree import Column, Const, Reckoned, Size, Today, Value

_DATE = re.compile(r"((?:19|20|21)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?!\d)")
_NUMBER = re.compile(
    r"[¥$€]?\s*(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<part>\.\d+)?"
    r"(?:\s*(?P<unit>百万|千万|万|亿|千|[kmw](?![0-9A-Za-z])))?"
    r"(?:\s*(?:元|天|日|个?月|days?(?![0-9A-Za-z])|months?(?![0-9A-Za-z])))?(?:\s*(?P<percent>%))?",
    re.IGNORECASE,
)
_EXPONENTS = {"千": 3, "k": 3, "万": 4, "w": 4, "百万": 6, "m": 6, "千万": 7, "亿": 8}
_TODAY = re.compile(r"(?:TODAY\s*\(\s*\)|TODAY(?![0-9A-Za-z_(])|今天|今日)", re.IGNORECASE)
_DAYS_OFF = re.compile(r"([+-])\s*(\d{1,5})(?!\d|\.\d)\s*(?:天|日|days?(?![A-Za-z]))?")
_RUN = re.compile(r"[^\s;()\[\]<>=!\"']+")
_WRITTEN_RANGE = re.compile(r"\s*[~至到]\s*\d")
_INTEGER = Size(19, 0)


def number_at(scan: Scanner) -> Const | None:
    """Return the number that stands next, or None.

    Raises:
        GuardError: it goes on like no number: ``12,34``, ``1.2.3``, ``12abc``.
    """
    found = scan.match(_NUMBER)
    if found is None:
        return None
    wrong = _goes_on_wrongly(scan)
    if wrong:
        run = _RUN.match(scan.text, found.start())
        raise scan.error(wrong, found.start(), found=run[0] if run else found[0])
    value = Decimal(found["digits"].replace(",", "") + (found["part"] or ""))
    shift = _EXPONENTS.get((found["unit"] or "").lower(), 0) - 2 * bool(found["percent"])
    return number(value.scaleb(shift), found[0].strip(), scan.position(found.start()))


def _goes_on_wrongly(scan: Scanner) -> str | None:
    """Return what is wrong with what stands right behind a number, if anything is."""
    one, two = (scan.text[scan.place : scan.place + length] for length in (1, 2))
    if one == "," and two[1:].isdigit():
        return None if scan.calls else "thousands"
    if _WRITTEN_RANGE.match(scan.text, scan.place):
        return "range_form"
    letters = (one.isalnum() or one == "_") and scan.operator_at(scan.place) is None
    return "bad_number" if letters or one == "%" or (one == "." and two != "..") else None


def number(value: Decimal, written: str, at: int) -> Const:
    """Return a number as it stands in a rule."""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    size = Size(max(plain.adjusted() + 1, 0), places)
    if not size.fits:
        raise GuardError("long_number", at, found=written)
    return Const(value, "number", written, at, size)


def date_at(scan: Scanner) -> Const | None:
    """Return the day that stands next, or None.

    Raises:
        GuardError: the calendar has no such day.
    """
    found = scan.match(_DATE)
    if found is None:
        return None
    at = scan.position(found.start())
    try:
        day = date(*map(int, found.groups()))
    except ValueError as error:
        raise GuardError("no_such_day", at, found=found[0]) from error
    return Const(day, "date", found[0], at)


def today_at(scan: Scanner) -> Value | None:
    """Return ``TODAY()``, with the days added to it or taken off, or None."""
    found = scan.match(_TODAY)
    if found is None:
        return None
    today = Today(scan.position(found.start()))
    days = scan.match(_DAYS_OFF)
    if days is None:
        return today
    at = scan.position(days.start())
    off = number(Decimal(days[2]), days[2], at)
    return Reckoned("+" if days[1] == "+" else "-", today, off, "date", at)


def column(field: Field, at: int) -> Column:
    """Return the value of a field, with the room its numbers need."""
    if field.kind != "number":
        return Column(field, at)
    if isinstance(field.dtype, pl.Decimal):
        return Column(field, at, Size(field.dtype.precision - field.dtype.scale, field.dtype.scale))
    return Column(field, at, _INTEGER)

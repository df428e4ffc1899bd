"""Days from cells: Excel's serial numbers of both systems, and days as people write them."""

import polars as pl

from ltc_xl.workbook.grid import NUMBER

_MOMENT = pl.Datetime("us")
_BETWEEN_SYSTEMS = 1462
_LAST = 2_958_466
_PLAUSIBLE = (29_221, 73_051)  # 1980 to 2099
_BEFORE_LEAP, _NO_SUCH_DAY = 60, 61
_SECONDS = 86_400

_TIME = r"(?:[t\s]+(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?z?)?$"
_SPACED = r"^(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?" + _TIME
_PACKED = r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$"
_DAY_FIRST = r"^(?P<day>\d{1,2})[\s-]+(?P<name>[a-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})$"
_NAME_FIRST = r"^(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})$"
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name: str(number) for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": "9"}


def moments(cells: pl.DataFrame, *, date1904: bool) -> pl.Series:
    """Return the day and time of each cell; null where it means none.

    A number counts as a day when the cell shows a day, or when it lies between 1980 and 2099; 20260301 is
    read as it looks.

    Args:
        cells: kind, text and ``day`` (whether the cell shows a day).
        date1904: whether serial numbers count from 1904.
    """
    serials = cells.select(pl.when(pl.col("kind") == NUMBER).then("text").cast(pl.Float64, strict=False))[
        "text"
    ]
    shift = _BETWEEN_SYSTEMS if date1904 else 0
    plausible = (serials + shift).is_between(*_PLAUSIBLE, closed="left")
    likely = serials.set(~(cells["day"] | plausible), None)
    counted = from_serials(likely, date1904=date1904)
    rest = counted.is_null()
    return counted.scatter(rest.arg_true(), moments_of(cells["text"].filter(rest))) if rest.any() else counted


def from_serials(serials: pl.Series, *, date1904: bool = False) -> pl.Series:
    """Return the moments that serial numbers mean; null for the 29 February 1900 that never was.

    >>> from_serials(pl.Series([59.0, 60.0, 61.0, 46142.75])).dt.strftime("%Y-%m-%d %H:%M").to_list()
    ['1900-02-28 00:00', None, '1900-03-01 00:00', '2026-04-30 18:00']
    >>> from_serials(pl.Series([44680.0]), date1904=True).dt.date().to_list()
    [datetime.date(2026, 4, 30)]
    """
    value = pl.col("serial") + (_BETWEEN_SYSTEMS if date1904 else 0)
    on_calendar = value.is_between(1, _LAST, closed="left") & ~value.is_between(
        _BEFORE_LEAP, _NO_SUCH_DAY, closed="left"
    )
    days = value - pl.when(value < _BEFORE_LEAP).then(25_568).otherwise(25_569)
    seconds = pl.when(on_calendar).then((days * _SECONDS).round())
    return serials.to_frame("serial").select(pl.from_epoch(seconds.cast(pl.Int64), "s").cast(_MOMENT))[
        "serial"
    ]


def moments_of(texts: pl.Series) -> pl.Series:
    """Return the moments that texts mean; null where one means none.

    >>> texts = pl.Series(["2026/3/1", "2026年3月1日", "20260301", "1 Mar 2026", "3/1/26", "2026-2-30"])
    >>> moments_of(texts).dt.strftime("%m-%d").to_list()
    ['03-01', '03-01', '03-01', '03-01', None, None]
    """
    folded = texts.str.normalize("NFKC").str.to_lowercase().str.strip_chars().to_frame("text")
    patterns = (_SPACED, _PACKED, _DAY_FIRST, _NAME_FIRST)
    read = [pl.col("text").str.extract_groups(p).alias(str(n)) for n, p in enumerate(patterns)]
    groups = folded.select(read)
    return groups.select(
        pl.coalesce(
            _moment(pl.col("0"), time=True), _moment(pl.col("1")), _named(pl.col("2")), _named(pl.col("3"))
        )
    ).to_series()


def _moment(parts: pl.Expr, *, time: bool = False) -> pl.Expr:
    names = ("year", "month", "day")
    day = pl.format("{}-{}-{}", *(parts.struct.field(name) for name in names))
    moment = day.str.to_datetime("%Y-%m-%d", time_unit="us", strict=False)
    if not time:
        return moment
    clock = pl.duration(
        hours=_count(parts, "hour"), minutes=_count(parts, "minute"), seconds=_count(parts, "second")
    )
    return moment + clock


def _count(parts: pl.Expr, name: str) -> pl.Expr:
    return parts.struct.field(name).cast(pl.Int64).fill_null(0)


def _named(parts: pl.Expr) -> pl.Expr:
    name = parts.struct.field("name")
    month = name.replace_strict(_MONTHS, default=None, return_dtype=pl.String)
    day = pl.format("{}-{}-{}", parts.struct.field("year"), month, parts.struct.field("day"))
    return day.str.to_datetime("%Y-%m-%d", time_unit="us", strict=False)

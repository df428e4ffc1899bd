"""Numbers from cells: true numbers, and texts as people write amounts (12万, ¥1,234.50, (123), 30%)."""

import polars as pl

from ltc_xl.workbook.grid import NUMBER, TEXT

_WIDE = pl.Decimal(38, 8)
_UNITS = ("percent", "period")
_DIGITS = 15
_SHOWN_EXACTLY = 10_000_000  # below, eight decimals are within the fifteen digits
_EXPONENTS = {
    "千": 3, "k": 3, "万": 4, "w": 4, "百万": 6, "m": 6, "million": 6, "千万": 7, "亿": 8,
}  # fmt: skip
_CURRENCY = "¥|rmb|cny|人民币"
_AMOUNT = (
    r"^(?P<open>\()?\s*(?P<sign>[+-])?\s*(?:" + _CURRENCY + r")?\s*(?P<inner>-)?"
    r"(?P<whole>[0-9]{1,15}|[0-9]{1,3}(?:[, ][0-9]{3}){1,4})?(?P<part>\.[0-9]+)?\s*"
    r"(?P<unit>百万|千万|千|k|万|w|亿|million|m)?\s*"
    r"(?:元整?|圆整?|块|" + _CURRENCY + r")?\s*"
    r"(?P<period>个?月|天|日|days?|months?)?\s*(?P<percent>%)?\s*(?P<close>\))?$"
)


def numbers(cells: pl.DataFrame, unit: str | None = None) -> pl.Series:
    """Return the number of each cell to eight decimals; null where it is none.

    Args:
        cells: kind, text and ``day`` (whether the cell shows a day; such a number is none).
        unit: what may stand behind a number besides money: ``percent`` (30% is 0.3), ``period`` (30天 is 30).
    """
    texts = cells["kind"] == TEXT
    found = cells.select(pl.when((pl.col("kind") == NUMBER) & ~pl.col("day")).then("text"))["text"]
    exact = as_shown(found)
    if not texts.any():
        return exact
    return exact.scatter(texts.arg_true(), numbers_of(cells["text"].filter(texts), unit))


def as_shown(digits: pl.Series) -> pl.Series:
    """Return numbers to the fifteen digits that Excel shows, eight decimals at most.

    >>> as_shown(pl.Series(["1.0049999999999999", "1234567890.1249999", "1.5E-3"])).cast(pl.String).to_list()
    ['1.00500000', '1234567890.12500000', '0.00150000']
    """
    exact = digits.cast(_WIDE, strict=False)
    doubtful = ((digits.str.len_bytes() > _DIGITS) & (exact.abs() >= _SHOWN_EXACTLY)).fill_null(value=False)
    if not doubtful.any():
        return exact
    return exact.scatter(doubtful.arg_true(), _to_fifteen_digits(exact.filter(doubtful)))


def _to_fifteen_digits(values: pl.Series) -> pl.Series:
    number = pl.col("number")
    shown = number.round(0, mode="half_away_from_zero")
    for whole_digits in range(_DIGITS - 1, _DIGITS - 8, -1):
        nearest = number.round(_DIGITS - whole_digits, mode="half_away_from_zero")
        shown = pl.when(number.abs() < 10**whole_digits).then(nearest).otherwise(shown)
    return values.to_frame("number").select(shown.cast(_WIDE))["number"]


def numbers_of(texts: pl.Series, unit: str | None = None) -> pl.Series:
    """Return the numbers that texts mean; null where one means none.

    >>> texts = pl.Series(["12万", "１.２亿元", "¥1,234.50", "(123)", "-5", "约12", "12,34"])
    >>> numbers_of(texts).cast(pl.Float64).to_list()
    [120000.0, 120000000.0, 1234.5, -123.0, -5.0, None, None]
    """
    folded = texts.str.normalize("NFKC").str.to_lowercase().str.replace_all("−", "-", literal=True)
    parts = folded.str.strip_chars().str.extract_groups(_AMOUNT).struct.unnest()
    return parts.select(_value(unit))["value"]


def _value(unit: str | None) -> pl.Expr:
    """Return the number that the parts of a text make, or null."""
    signs = [pl.col(name).is_not_null().cast(pl.Int8) for name in ("open", "inner")]
    signs.append((pl.col("sign") == "-").fill_null(value=False).cast(pl.Int8))
    negative = sum(signs, pl.lit(0, pl.Int8))
    digits = pl.col("whole").fill_null("").str.replace_all("[, ]", "") + pl.col("part").fill_null("")
    exponent = pl.col("unit").replace_strict(_EXPONENTS, default=0, return_dtype=pl.Int8)
    exponent -= pl.col("percent").is_not_null().cast(pl.Int8) * 2
    written = pl.format(
        "{}{}e{}", pl.when(negative == 1).then(pl.lit("-")).otherwise(pl.lit("")), digits, exponent
    )
    makes_sense = (
        (digits != "")
        & (negative <= 1)
        & (pl.col("open").is_null() == pl.col("close").is_null())
        & pl.all_horizontal(pl.col(name).is_null() for name in _UNITS if name != unit)
    )
    return pl.when(makes_sense).then(written).cast(_WIDE, strict=False).alias("value")


def rounded(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Return numbers in a column's own type, half away from zero; null where one does not fit."""
    decimals = dtype.scale if isinstance(dtype, pl.Decimal) else 0
    nearest = pl.col("value").round(decimals, mode="half_away_from_zero")
    return values.to_frame("value").select(nearest.cast(dtype, strict=False))["value"]


def whole(values: pl.Series) -> pl.Series:
    """Return whole numbers; null where one is not whole."""
    same = pl.col("value") == pl.col("value").round(0, mode="half_away_from_zero")
    return values.to_frame("value").select(pl.when(same).then("value").cast(pl.Int64, strict=False))["value"]

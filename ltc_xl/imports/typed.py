"""Texts of a foreign file as typed values: what cannot be read is told, never guessed."""

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.forms import forms
from ltc_xl.imports.texts import folded_text
from ltc_xl.model.enums import by_word
from ltc_xl.model.tables import DTYPES, Column

AT = "_at"
"""Which row of an import: counted over all its files."""
_WIDE = pl.Decimal(38, 8)
_AMOUNT = (
    r"^(?P<open>\()?(?P<sign>[-+−–])?(?:RMB|CNY|USD|EUR|HKD|GBP|JPY|VND|[¥$€£₫])?(?P<inner>[-−–])?"
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?P<percent>%)?"
    r"(?P<scale>[万亿千KkMmWw])?(?:元|圆|RMB|CNY|USD|EUR|HKD|GBP|JPY|VND|[¥$€£₫])?(?P<close>\))?(?P<end>-)?$"
)
_SCALES = {"万": 10_000, "w": 10_000, "亿": 100_000_000, "千": 1_000, "k": 1_000, "m": 1_000_000}
_ISO = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
_YEARS = (1900, 2200)
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?( ?[AaPp][Mm])?$"
_MOST_MONTHS = 12
_YES_NO = {
    **by_word("yes_no"),
    **dict.fromkeys(("true", "y", "1", "有", "有争议", "√"), "YES"),
    **dict.fromkeys(("false", "n", "0", "无", "无争议", "×"), "NO"),
}
TERMS = r"(?i)^\s*(?:net|n/|账期|信用期|月结|eom)?\s*\d{1,4}\s*(?:d|days?|天|日)?\s*$|^月结$"


def typed_rows(texts: pl.DataFrame, form_map: FormMap) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with typed columns, and what could not be read as ``_at``, ``column``, ``value``."""
    form = forms()[form_map.form]
    names = [name for name in texts.columns if name != AT]
    values = texts.with_columns(
        _typed(texts[name], form.column(name), form_map).alias(name) for name in names
    )
    unread = [
        texts.filter(pl.col(name).is_not_null() & values[name].is_null()).select(
            AT, pl.lit(name).alias("column"), pl.col(name).alias("value")
        )
        for name in names
    ]
    text = pl.String()
    nothing = pl.DataFrame(schema={AT: texts.schema[AT], "column": text, "value": text})
    return values, pl.concat([nothing, *unread])


def _typed(texts: pl.Series, column: Column, form_map: FormMap) -> pl.Series:
    """Return one column typed; null where it cannot be read."""
    frame = texts.to_frame("text")
    text = pl.col("text")
    match column.type:
        case "enum":
            value = folded_text(text).replace_strict(by_word(column.enum or ""), default=None)
        case "money":
            value = amounts(_no_share(text), form_map.decimal) * pl.lit(form_map.unit, _WIDE)
            value = value.round(2, mode="half_away_from_zero")
        case "number" | "rate":
            value = amounts(text, form_map.decimal)
        case "int":
            number = amounts(_no_share(text), form_map.decimal)
            value = pl.when(number == number.floor()).then(number)
        case "tax":
            value = _tax(text, form_map.decimal)
        case "date" | "datetime":
            return days(texts, form_map.date).cast(DTYPES[column.type])
        case "terms":
            value = pl.when(text.str.contains(TERMS)).then(text)
        case "disputed":
            yes_or_no = folded_text(text).replace_strict(_YES_NO, default=None, return_dtype=pl.String)
            value = pl.coalesce(yes_or_no, amounts(text, form_map.decimal).cast(pl.String))
        case "id":
            value = pl.when(~_lost_digits(text)).then(text)
        case _:
            value = text
    return frame.select(value.cast(DTYPES.get(column.type, pl.String()), strict=False)).to_series()


def amounts(text: pl.Expr, decimal: str = ".") -> pl.Expr:
    """Return numbers as people write them: ``12万``, ``¥1,234.50``, ``(123)``, ``13%``; null for others."""
    bare = text.str.normalize("NFKC").str.replace_all(r"[\s']", "")
    if decimal == ",":
        bare = bare.str.replace_all(".", ";", literal=True).str.replace(",", ".", literal=True)
        bare = bare.str.replace_all(";", ",", literal=True)
    parts = bare.str.extract_groups(_AMOUNT).struct
    number = parts.field("number").str.replace_all(",", "").cast(_WIDE, strict=False)
    scale = parts.field("scale").str.to_lowercase().replace_strict(_SCALES, default=1).cast(_WIDE)
    share = pl.when(parts.field("percent").is_not_null()).then(pl.lit("0.01")).otherwise(pl.lit("1"))
    minus = [parts.field(f).is_in(["-", "−", "–"]).fill_null(value=False) for f in ("sign", "inner", "end")]
    bracket = parts.field("open").is_not_null() & parts.field("close").is_not_null()
    sign = pl.when(pl.any_horizontal(*minus, bracket)).then(-1).otherwise(1)
    return number * scale * share.cast(_WIDE) * sign


def _no_share(text: pl.Expr) -> pl.Expr:
    return pl.when(~text.str.contains("[%％]")).then(text)


def _tax(text: pl.Expr, decimal: str) -> pl.Expr:
    """Return VAT rates as the model writes them, ``13%``; words such as 免税 stay."""
    number = amounts(text, decimal)
    percent = pl.when(number.abs() < 1).then(number * 100).otherwise(number)
    shown = percent.cast(pl.Float64).cast(pl.String).str.replace(r"\.0$", "") + "%"
    return pl.when(number.is_not_null()).then(shown).otherwise(text)


def days(texts: pl.Series, layout: str | None) -> pl.Series:
    """Return days: by the layout named, else year first, else by the order that the column proves.

    In ``3/4/2026`` nobody can tell day from month; a column in which no value tells stays unread.

    >>> days(pl.Series(["3/4/2026", "1/26/2026", "2026.2.1 3:00"]), None).to_list()
    [datetime.date(2026, 3, 4), datetime.date(2026, 1, 26), datetime.date(2026, 2, 1)]
    >>> days(pl.Series(["3/4/2026"]), None).to_list(), days(pl.Series(["3/4/2026"]), "%d/%m/%Y").to_list()
    ([None], [datetime.date(2026, 4, 3)])
    """
    whole = texts.str.normalize("NFKC")
    bare = whole.str.replace(_TIME, "")
    iso = [_day(bare, one) for one in (_ISO[:1] if layout else _ISO)]
    tries = [_day(whole, layout), _day(bare, layout), *iso] if layout else [*iso, _day(bare, _order(bare))]
    return pl.select(pl.coalesce(*tries)).to_series()


def _day(texts: pl.Series, layout: str | None) -> pl.Series:
    if layout is None:
        return pl.Series([None] * len(texts), dtype=pl.Date)
    found = texts.str.to_datetime(layout, strict=False, ambiguous="earliest") if "%H" in layout else None
    day = texts.str.to_date(layout, strict=False) if found is None else found.dt.date()
    return pl.select(pl.when(day.dt.year().is_between(*_YEARS)).then(day)).to_series()


def _order(texts: pl.Series) -> str | None:
    """Return the layout of day, month and year that a whole column agrees on, if one value tells."""
    parts = (
        texts.str.extract_groups(r"^(\d{1,2})([/.\-])(\d{1,2})[/.\-](\d{4})$").struct.unnest().drop_nulls()
    )
    if not parts.height:
        return None
    first, second = (max(int(n) for n in parts[name]) for name in ("1", "3"))
    if (first > _MOST_MONTHS) == (second > _MOST_MONTHS):
        return None
    order = ("%d", "%m", "%Y") if first > _MOST_MONTHS else ("%m", "%d", "%Y")
    return str(parts["2"][0]).join(order)


def _lost_digits(text: pl.Expr) -> pl.Expr:
    """Return whether an id has been through a number cell, which keeps 15 digits."""
    scientific = text.str.contains(r"^\d(\.\d+)?[Ee]\+\d+$")
    rounded = text.str.contains(r"^\d{15}0{3,}$")
    binary = text.cast(pl.Float64, strict=False).cast(pl.Decimal(38, 0), strict=False).cast(pl.String)
    return scientific | rounded | (text.str.contains(r"^\d{19,}$") & (binary == text))

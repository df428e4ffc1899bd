"""Texts of a foreign file as typed values: what cannot be read is told, never guessed."""

from collections.abc import Callable, Mapping

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.model.enums import by_word, folded
from ltc_xl.model.money import MONEY, RATE
from ltc_xl.model.tables import DTYPES, Column
from ltc_xl.workbook.amounts import numbers_of, rounded, whole
from ltc_xl.workbook.days import from_serials, moments_of

AT = "_at"
"""Which row of an import: counted over all its files."""

_FOREIGN = r"(?i)usd|eur|hkd|gbp|jpy|vnd|[$€£₫']"
_PLAUSIBLE_SERIALS = (29_221, 73_051)
_ISO = "%Y-%m-%d"
_YEARS = (1900, 2200)
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?( ?[AaPp][Mm])?$"
_MOST_MONTHS = 12
_YES_NO = {
    **by_word("yes_no"),
    **dict.fromkeys(("true", "y", "1", "有", "有争议", "√"), "YES"),
    **dict.fromkeys(("false", "n", "0", "无", "无争议", "×"), "NO"),
}
_TERMS = r"(?i)^\s*(?:net|n/|账期|信用期|月结|eom)?\s*\d{1,4}\s*(?:d|days?|天|日)?\s*$|^月结$"

Words = Mapping[str, Mapping[str, str]]
"""List -> folded word -> code: what a book calls its codes besides the shipped words."""


def typed_rows(
    texts: pl.DataFrame, form_map: FormMap, words: Words | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with typed columns, and what could not be read as ``_at``, ``column``, ``value``.

    Args:
        texts: ``_at`` and canonical columns as text.
        form_map: the map.
        words: the book's own words for codes.
    """
    form = form_map.held_to
    names = [name for name in texts.columns if name != AT]
    values = texts.with_columns(
        _typed(texts[name], form.column(name), form_map, words or {}).cast(form.dtype(name)).alias(name)
        for name in names
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


def _typed(texts: pl.Series, column: Column, form_map: FormMap, words: Words) -> pl.Series:
    """Return one column typed; null where it cannot be read."""
    if column.enum:
        return _codes(texts, {**by_word(column.enum), **words.get(column.enum, {})})
    return _READERS[column.type](texts, form_map)


def _codes(texts: pl.Series, words: Mapping[str, str]) -> pl.Series:
    known = {text: words.get(folded(text)) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(known, default=None, return_dtype=pl.String)


def amounts(texts: pl.Series, decimal: str = ".", unit: str | None = None) -> pl.Series:
    """Return numbers as the workbook reads them, of any currency, and with a comma for the decimals.

    >>> amounts(pl.Series(["$1,234.50", "5-", "12万", "12,34"])).cast(pl.Float64).to_list()
    [1234.5, -5.0, 120000.0, None]
    >>> amounts(pl.Series(["1.234,50 €"]), ",").cast(pl.Float64).to_list()
    [1234.5]
    """
    plain = texts.str.replace_all(_FOREIGN, "").str.replace(r"^(.*\d)\s*[-−]$", "-$1")
    if decimal == ",":
        plain = plain.str.replace_all(".", ";", literal=True).str.replace_all(",", ".", literal=True)
        plain = plain.str.replace_all(";", ",", literal=True)
    return numbers_of(plain, unit)


def _money(texts: pl.Series, form_map: FormMap) -> pl.Series:
    values = amounts(texts, form_map.decimal)
    if form_map.unit != 1:
        values = values.to_frame("value").select(pl.col("value") * pl.lit(form_map.unit, values.dtype))[
            "value"
        ]
    return rounded(values, MONEY)


def _tax(texts: pl.Series, form_map: FormMap) -> pl.Series:
    """Return VAT rates as the model writes them, ``13%``; words such as 免税 stay.

    >>> _tax(pl.Series(["0.13", "13", "1%", "免税"]), FormMap("products")).to_list()
    ['13%', '13%', '1%', '免税']
    """
    rates = amounts(texts, form_map.decimal, "percent").rename("rate")
    share = texts.str.contains("[%％]") | (rates < 1)
    percent = pl.when(share).then(rates * 100).otherwise(rates).cast(rates.dtype).cast(pl.String)
    shown = percent.str.strip_chars_end("0").str.strip_chars_end(".") + "%"
    return pl.select(pl.coalesce(shown, texts)).to_series()


def days(texts: pl.Series, layout: str | None) -> pl.Series:
    """Return days: by the layout named, else year first, else by the order that the column proves.

    In ``3/4/2026`` nobody can tell day from month; a column in which no value tells stays unread.

    >>> days(pl.Series(["3/4/2026", "1/26/2026", "2026.2.1 3:00"]), None).to_list()
    [datetime.date(2026, 3, 4), datetime.date(2026, 1, 26), datetime.date(2026, 2, 1)]
    >>> days(pl.Series(["3/4/2026"]), None).to_list(), days(pl.Series(["3/4/2026"]), "%d/%m/%Y").to_list()
    ([None], [datetime.date(2026, 4, 3)])
    """
    folded_texts = texts.str.normalize("NFKC")
    bare = folded_texts.str.replace(_TIME, "")
    if layout:
        tries = [_day(folded_texts, layout), _day(bare, layout), _day(bare, _ISO)]
    else:
        tries = [moments_of(texts).dt.date(), _serial_days(bare), _day(bare, _order(bare))]
    return pl.select(pl.coalesce(*tries)).to_series()


def _serial_days(texts: pl.Series) -> pl.Series:
    """Return the days that a spreadsheet's own numbers mean, of those that are likely to be days."""
    serials = texts.str.extract(r"^(\d{5}(?:\.\d+)?)$").cast(pl.Float64)
    return from_serials(serials.set(~serials.is_between(*_PLAUSIBLE_SERIALS), None)).dt.date()


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


def _lost_digits(texts: pl.Series) -> pl.Series:
    """Return whether ids have been through a number cell, which keeps 15 digits.

    >>> _lost_digits(pl.Series(["2.53E+19", "25312000000012300288", "25312000000012345678"])).to_list()
    [True, True, False]
    """
    scientific = texts.str.contains(r"^\d(\.\d+)?[Ee]\+\d+$")
    cut = texts.str.contains(r"^\d{15}0{3,}$")
    binary = texts.cast(pl.Float64, strict=False).cast(pl.Decimal(38, 0), strict=False).cast(pl.String)
    return scientific | cut | (texts.str.contains(r"^\d{19,}$") & (binary == texts))


def _as_typed(texts: pl.Series, _form_map: FormMap) -> pl.Series:
    return texts


def _identity(texts: pl.Series, _form_map: FormMap) -> pl.Series:
    return texts.set(_lost_digits(texts), None)


def _rate(texts: pl.Series, form_map: FormMap) -> pl.Series:
    return rounded(amounts(texts, form_map.decimal, "percent"), RATE)


def _number(texts: pl.Series, form_map: FormMap) -> pl.Series:
    return rounded(amounts(texts, form_map.decimal), DTYPES["number"])


def _integer(texts: pl.Series, form_map: FormMap) -> pl.Series:
    return whole(amounts(texts, form_map.decimal, "period"))


def _day_of(texts: pl.Series, form_map: FormMap) -> pl.Series:
    return days(texts, form_map.date)


def _flag(texts: pl.Series, _form_map: FormMap) -> pl.Series:
    return _codes(texts, _YES_NO) == "YES"


def _terms(texts: pl.Series, _form_map: FormMap) -> pl.Series:
    return texts.set(~texts.str.contains(_TERMS), None)


def _dispute(texts: pl.Series, form_map: FormMap) -> pl.Series:
    """Return YES, NO, or the disputed amount as text."""
    amount = _money(texts, form_map).cast(pl.String)
    return _codes(texts, _YES_NO).fill_null(amount)


_READERS: Mapping[str, Callable[[pl.Series, FormMap], pl.Series]] = {
    "text": _as_typed, "rule": _as_typed, "id": _identity, "tax": _tax, "money": _money,
    "number": _number, "rate": _rate, "int": _integer, "date": _day_of, "datetime": _day_of,
    "flag": _flag, "terms": _terms, "disputed": _dispute,
}  # fmt: skip

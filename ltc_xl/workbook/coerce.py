"""Cells to values of a column's type; what cannot be read is reported, never guessed and never just blank."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import polars as pl

from ltc_xl.model.enums import by_word, enums, folded
from ltc_xl.model.tables import Column
from ltc_xl.workbook.amounts import numbers, numbers_of, rounded, whole
from ltc_xl.workbook.days import moments
from ltc_xl.workbook.grid import ERROR, FLAG, NUMBER, TEXT
from ltc_xl.workbook.shown import flag_texts, plain_texts
from ltc_xl.workbook.styles import Styles

ERROR_CELL, NO_VALUE, NO_NUMBER, NO_DAY = "V-01", "V-02", "V-03", "V-04"
LOST_DIGITS, NO_WORD, NUMBER_FOR_TEXT = "V-05", "V-06", "V-07"

_UNREADABLE = {
    "money": NO_NUMBER, "number": NO_NUMBER, "int": NO_NUMBER, "rate": NO_NUMBER,
    "date": NO_DAY, "datetime": NO_DAY, "enum": NO_WORD, "flag": NO_WORD, "id": LOST_DIGITS,
}  # fmt: skip
_LOST_REFERENCE = "#REF!"
_TOO_LONG = r"^-?[0-9]{16,}(?:\.|$)"
_FLAG_WORDS = {"YES": ("true", "1", "y", "√", "✓", "✔"), "NO": ("false", "0", "n")}
_WIDE = pl.Decimal(38, 8)
_NO_PROBLEMS = pl.DataFrame(schema={"cell": pl.UInt32, "code": pl.String, "found": pl.String})


@dataclass(frozen=True)
class Reading:
    """What reading a cell depends on besides the cell: the book's day system, formats and own words."""

    date1904: bool = False
    styles: Styles = field(default_factory=Styles)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def key(self) -> Hashable:
        """Return what reading depends on as one value that can be compared; formats stand in the stamp."""
        return self.date1904, tuple((name, *words.items()) for name, words in self.words.items())

    def word_codes(self, name: str) -> Mapping[str, str]:
        """Return folded word -> code of a list; the book's own words go before the shipped ones."""
        return {**(by_word(name) if name in enums() else {}), **self.words.get(name, {})}


@dataclass(frozen=True)
class Typed:
    """One column's values, and what could not be taken as it stands.

    Attributes:
        values: one per cell, null where it could not be read.
        problems: ``cell`` (position among the cells), ``code`` of the finding, ``found`` as a person sees it.
            Only ``V-07`` leaves the value standing.
    """

    values: pl.Series
    problems: pl.DataFrame


def typed(cells: pl.DataFrame, column: Column, reading: Reading) -> Typed:
    """Return the values of one column's cells.

    Args:
        cells: kind, style, formula and text of the cells that hold anything.
        column: what they should be.
        reading: the book's ways.
    """
    days = cells["style"].is_in(list(reading.styles.days)).fill_null(value=False)
    known = _with_lost_references(cells)
    seen = known.with_columns(
        day=days & (known["kind"] == NUMBER), cell=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    wrong = seen.select(_wrong_anyway())["code"]
    sound = seen.with_columns(text=seen["text"].set(wrong.is_not_null(), None)) if wrong.count() else seen
    values = _READERS[column.type](sound, column, reading)
    bad = seen.select(pl.all(), _problem(wrong, sound, values, column)).drop_nulls("code")
    if not bad.height:
        return Typed(values, _NO_PROBLEMS)
    found = pl.coalesce(shown(bad, reading), "=" + pl.col("formula"))
    return Typed(values, bad.select("cell", "code", found=found))


def _with_lost_references(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells; a formula that names a cell no more shows so, also where its value was not saved."""
    if cells["formula"].null_count() == cells.height:
        return cells
    unsaved = pl.col("text").is_null() & (pl.col("kind") != TEXT)
    lost = unsaved & pl.col("formula").str.contains(_LOST_REFERENCE, literal=True)
    return cells.with_columns(
        kind=pl.when(lost).then(pl.lit(ERROR)).otherwise("kind").cast(cells.schema["kind"]),
        text=pl.when(lost).then(pl.lit(_LOST_REFERENCE)).otherwise("text"),
    )


def shown(cells: pl.DataFrame, reading: Reading) -> pl.Series:
    """Return what a person sees in the cells: digits, days, TRUE and FALSE, texts."""
    is_number, days = cells["kind"] == NUMBER, cells["day"]
    texts = cells["text"].clone()
    plain, flags = is_number & ~days, cells["kind"] == FLAG
    if plain.any():
        texts = texts.scatter(plain.arg_true(), _padded(cells.filter(plain), reading.styles))
    if days.any():
        texts = texts.scatter(days.arg_true(), _day_texts(cells.filter(days), date1904=reading.date1904))
    if flags.any():
        texts = texts.scatter(flags.arg_true(), flag_texts(texts.filter(flags)))
    return texts.alias("shown")


def _padded(cells: pl.DataFrame, styles: Styles) -> pl.Series:
    texts = plain_texts(cells["text"])
    if not styles.widths:
        return texts
    widths = pl.col("style").replace_strict(dict(styles.widths), default=0, return_dtype=pl.UInt32)
    return cells.select(texts, "style").select(pl.col("text").str.zfill(widths))["text"]


def _day_texts(cells: pl.DataFrame, *, date1904: bool) -> pl.Series:
    days = moments(cells, date1904=date1904)
    texts = days.dt.strftime("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    return pl.select(pl.coalesce(texts, plain_texts(cells["text"]))).to_series()


def _wrong_anyway() -> pl.Expr:
    """Return the problem of cells that no type can read: errors, formulas that nobody has calculated."""
    no_result = pl.col("text").is_null() & (pl.col("kind") != TEXT)
    uncalculated = pl.col("formula").is_not_null() & no_result
    return (
        pl.when(pl.col("kind") == ERROR)
        .then(pl.lit(ERROR_CELL))
        .when(uncalculated)
        .then(pl.lit(NO_VALUE))
        .alias("code")
    )


def _problem(wrong: pl.Series, cells: pl.DataFrame, values: pl.Series, column: Column) -> pl.Expr:
    """Return the code of what is wrong with each cell."""
    unread = pl.lit(values).is_null() & pl.lit(cells["text"]).is_not_null()
    codes = [pl.lit(wrong), pl.when(unread).then(pl.lit(_UNREADABLE.get(column.type), pl.String))]
    if column.type == "id":
        number_for_text = pl.lit(cells["kind"] == NUMBER) & pl.lit(values).is_not_null()
        codes.append(pl.when(number_for_text).then(pl.lit(NUMBER_FOR_TEXT)))
    return pl.coalesce(codes).alias("code")


def _text(cells: pl.DataFrame, _column: Column, reading: Reading) -> pl.Series:
    """Return what a person sees, where there is anything to read."""
    texts = shown(cells, reading)
    return texts.set(cells["text"].is_null(), None)


def _rule(cells: pl.DataFrame, column: Column, reading: Reading) -> pl.Series:
    """Return what a person sees, a share in percent as ``80%``."""
    texts = _text(cells, column, reading)
    shares = (
        (cells["kind"] == NUMBER) & cells["style"].is_in(list(reading.styles.percents)) & texts.is_not_null()
    )
    if not shares.any():
        return texts
    different = texts.filter(shares).unique()
    return texts.scatter(
        shares.arg_true(), texts.filter(shares).replace({text: _percent(text) for text in different})
    )


def _percent(share: str) -> str:
    return f"{(Decimal(share) * 100).normalize():f}%"


def _identity(cells: pl.DataFrame, column: Column, reading: Reading) -> pl.Series:
    """Return ids; a day has lost what was typed, and a number of more than 15 digits its last ones."""
    texts = _text(cells, column, reading)
    lost = (cells["kind"] == NUMBER) & (cells["day"] | texts.str.contains(_TOO_LONG).fill_null(value=False))
    return texts.set(lost, None)


def _number(cells: pl.DataFrame, column: Column, _reading: Reading) -> pl.Series:
    return rounded(numbers(cells, "percent" if column.type == "rate" else None), column.dtype)


def _integer(cells: pl.DataFrame, _column: Column, _reading: Reading) -> pl.Series:
    return whole(numbers(cells, "period"))


def _day(cells: pl.DataFrame, _column: Column, reading: Reading) -> pl.Series:
    return moments(cells, date1904=reading.date1904).dt.date()


def _moment(cells: pl.DataFrame, _column: Column, reading: Reading) -> pl.Series:
    return moments(cells, date1904=reading.date1904)


def _word(cells: pl.DataFrame, column: Column, reading: Reading) -> pl.Series:
    return _codes(_text(cells, column, reading), reading.word_codes(column.enum or ""))


def _flag(cells: pl.DataFrame, column: Column, reading: Reading) -> pl.Series:
    more = {word: code for code, words in _FLAG_WORDS.items() for word in words}
    return _codes(_text(cells, column, reading), {**more, **reading.word_codes("yes_no")}) == "YES"


def _codes(texts: pl.Series, codes: Mapping[str, str]) -> pl.Series:
    known = {text: codes.get(folded(text)) for text in texts.drop_nulls().unique()}
    return texts.replace_strict(known, default=None, return_dtype=pl.String)


def _tax(cells: pl.DataFrame, column: Column, reading: Reading) -> pl.Series:
    """Return tax rates as text: 0.13, 13 and 13 % are all ``13%``; words stay."""
    texts = _text(cells, column, reading)
    different = texts.drop_nulls().unique().to_frame("text")
    rate = pl.col("text").map_batches(lambda found: numbers_of(found, "percent"), return_dtype=_WIDE)
    is_share = pl.col("text").str.contains("[%％]") | (rate < 1)
    percent = pl.when(is_share).then(rate * 100).otherwise(rate).cast(_WIDE).cast(pl.String)
    written = percent.str.strip_chars_end("0").str.strip_chars_end(".") + "%"
    known = different.select("text", written=pl.coalesce(written, "text"))
    return texts.replace(dict(known.iter_rows()))


_READERS: Mapping[str, Callable[[pl.DataFrame, Column, Reading], pl.Series]] = {
    "text": _text, "id": _identity, "tax": _tax, "enum": _word, "flag": _flag,
    "money": _number, "number": _number, "rate": _number, "int": _integer,
    "date": _day, "datetime": _moment, "rule": _rule,
}  # fmt: skip

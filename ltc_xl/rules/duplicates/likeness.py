"""How like two names are: the same, the same but for place and form, alike in sound, or but for a letter."""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

SHORT = 3
"""Names this short differ by a character as two firms differ."""

NEAR = 85
"""Core names this like one another, of a hundred, may be one name typed twice."""

TIES = ("full", "core", "sound", "near", "short", "spelled")
"""The ways in which two names may be one, the surest first."""

_COLUMNS = (
    *("full", "core", "brand", "sound", "spelled", "place", "province", "branch", "unit"),
    *("contact", "mobile", "email", "domain", "uscc"),
)
_HAN = r"\p{Han}"
_MOBILE = r"^1[3-9]\d{9}$"
_NUMBER = r"\d+|第?[一二三四五六七八九十百]+(?:人民|中学|医院|厂|店|局)|第[一二三四五六七八九十百]+"
_GROUP = "集团|group|holding"
_BRIEF, _MIDDLING = {True: 2, False: 5}, {True: 3, False: 7}


def compared(known: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with what they agree and differ in, ``ratio``, and the ``tie`` between their names.

    ``size`` tells how long the shorter brand is: 1 for up to two characters, or five letters, 2 for three, or
    seven, 3 beyond that.
    """
    left, right = (known.select(_COLUMNS)[met[side]] for side in ("a", "b"))
    both = met.with_columns(
        *(_agrees(left[c], right[c]).alias(f"same.{c}") for c in _COLUMNS),
        *(differs(left[c], right[c]).alias(f"other.{c}") for c in _COLUMNS),
    )
    first, second = (side["core"].fill_null("").to_list() for side in (left, right))
    long_enough = _is_long(left["core"]) & _is_long(right["core"])
    nameless = left["core"].is_null() | right["core"].is_null()
    likeness = pl.Series("ratio", map(fuzz.ratio, first, second), dtype=pl.Float64).set(nameless, 0.0)
    edits = pl.Series(map(OSA.distance, first, second), dtype=pl.Int64)
    one_number = _numbers(left["core"]) == _numbers(right["core"])
    begins = pl.Series(map(_is_beginning, first, second), dtype=pl.Boolean)
    chinese = [side["core"].str.contains(_HAN).fill_null(value=False) for side in (left, right)]
    two_scripts = (chinese[0] != chinese[1]) & ~nameless
    flagged = both.with_columns(
        likeness,
        two_scripts.alias("two_scripts"),
        (two_scripts & both["same.spelled"] & (left["spelled"].str.len_chars() > SHORT)).alias(
            "same.spelled"
        ),
        (both["other.contact"] & _one_script(left["contact"], right["contact"])).alias("other.contact"),
        (both["same.mobile"] & ~left["mobile"].str.contains(_MOBILE).fill_null(value=False)).alias("line"),
        (left["unit"].is_not_null() != right["unit"].is_not_null()).alias("one_is_unit"),
        ((((edits <= 1) & long_enough) | (likeness >= NEAR)) & one_number).alias("same.near"),
        (begins & both["same.brand"]).alias("same.short"),
        (left["branch"].is_not_null() != right["branch"].is_not_null()).alias("one_is_branch"),
        (_is_group(left["full"]) != _is_group(right["full"])).alias("one_is_group"),
        nameless.alias("nameless"),
        pl.Series(
            "size", pl.select(pl.min_horizontal(_size(left["brand"]), _size(right["brand"]))).to_series()
        ),
        chinese[0].alias("chinese"),
    )
    tie = (pl.when(pl.col(f"same.{tie}")).then(pl.lit(tie)) for tie in TIES)
    return flagged.with_columns(tie=pl.coalesce(*tie))


def _numbers(core: pl.Series) -> pl.Series:
    """Return the numbers in names: 第一 and 第六 are two hospitals, however alike they are."""
    return core.str.extract_all(_NUMBER).list.join(" ").fill_null("")


def _is_beginning(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def differs(left: pl.Series, right: pl.Series) -> pl.Series:
    """Return where two say something, and not the same."""
    return (left != right).fill_null(value=False)


def _agrees(left: pl.Series, right: pl.Series) -> pl.Series:
    return (left == right).fill_null(value=False)


def _one_script(left: pl.Series, right: pl.Series) -> pl.Series:
    """Return where two people are written alike: 陈敏 and Chen Min may be one."""
    return (left.str.contains(_HAN) == right.str.contains(_HAN)).fill_null(value=False)


def _is_group(full: pl.Series) -> pl.Series:
    return full.str.contains(_GROUP).fill_null(value=False)


def _is_long(core: pl.Series) -> pl.Series:
    return (core.str.len_chars() > SHORT).fill_null(value=False)


def _size(brand: pl.Series) -> pl.Expr:
    text = pl.lit(brand)
    is_chinese, length = text.str.contains(_HAN), text.str.len_chars()
    brief, middling = (
        pl.when(is_chinese).then(limit[True]).otherwise(limit[False]) for limit in (_BRIEF, _MIDDLING)
    )
    return pl.when(length <= brief).then(1).when(length <= middling).then(2).otherwise(3)

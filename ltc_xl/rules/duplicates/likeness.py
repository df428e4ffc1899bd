"""How like two names are: the same, the same but for place and form, alike in sound, or but for a letter."""

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

SHORT = 3
"""Names this short differ by a character as two firms differ."""

NEAR = 85
"""Core names this like one another, of a hundred, may be one name typed twice."""

TIES = ("full", "core", "sound", "near", "short")
"""The ways in which two names may be one, the surest first."""

_COLUMNS = (
    *("full", "core", "brand", "sound", "place", "province", "branch"),
    *("contact", "mobile", "email", "domain", "uscc"),
)
_HAN = r"\p{Han}"
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
    begins = pl.Series(map(_is_beginning, first, second), dtype=pl.Boolean)
    flagged = both.with_columns(
        likeness,
        (((edits <= 1) & long_enough) | (likeness >= NEAR)).alias("same.near"),
        (begins & both["same.brand"]).alias("same.short"),
        (left["branch"].is_not_null() != right["branch"].is_not_null()).alias("one_is_branch"),
        (_is_group(left["full"]) != _is_group(right["full"])).alias("one_is_group"),
        nameless.alias("nameless"),
        pl.Series(
            "size", pl.select(pl.min_horizontal(_size(left["brand"]), _size(right["brand"]))).to_series()
        ),
        left["core"].str.contains(_HAN).fill_null(value=False).alias("chinese"),
    )
    tie = (pl.when(pl.col(f"same.{tie}")).then(pl.lit(tie)) for tie in TIES)
    return flagged.with_columns(tie=pl.coalesce(*tie))


def _is_beginning(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def differs(left: pl.Series, right: pl.Series) -> pl.Series:
    """Return where two say something, and not the same."""
    return (left != right).fill_null(value=False)


def _agrees(left: pl.Series, right: pl.Series) -> pl.Series:
    return (left == right).fill_null(value=False)


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

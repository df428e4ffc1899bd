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
_GROUP = "集团|group|holding"
_NUMBER = r"\d+|第?[一二三四五六七八九十百]+(?:人民|中学|医院|厂|店|局)|第[一二三四五六七八九十百]+"
_SIZES = {True: (2, 3), False: (5, 7)}


def compared(known: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with what they agree and differ in, ``ratio``, and the ``tie`` between their names.

    ``size`` tells how long the shorter brand is: 1 for up to two characters, or five letters, 2 for three, or
    seven, 3 beyond that.
    """
    traits = _traits(known)
    left, right = (traits[met[side]] for side in ("a", "b"))
    both = met.with_columns(
        *(_agrees(left[c], right[c]).alias(f"same.{c}") for c in _COLUMNS),
        *(differs(left[c], right[c]).alias(f"other.{c}") for c in _COLUMNS),
        *((left[f"is.{c}"] != right[f"is.{c}"]).alias(f"one_is_{c}") for c in ("branch", "group", "unit")),
        nameless=left["core"].is_null() | right["core"].is_null(),
        size=left["size"].zip_with(left["size"] <= right["size"], right["size"]),
        chinese=left["is.chinese"],
    )
    names = known["core"].fill_null("").to_list()
    flagged = both.with_columns(
        *_likeness(names, both),
        same_number=left["number"] == right["number"],
        two_scripts=(left["is.chinese"] != right["is.chinese"]) & ~both["nameless"],
        one_script=left["is.named_in_chinese"] == right["is.named_in_chinese"],
        line=both["same.mobile"] & ~left["is.mobile"],
        long=left["is.long"] & right["is.long"],
    )
    return _tied(flagged).drop("same_number", "one_script", "long", "edits", "begins")


def _traits(known: pl.DataFrame) -> pl.DataFrame:
    """Return what is compared of the parties, as numbers: pairs are many."""
    core, brand = pl.col("core"), pl.col("brand")
    is_chinese, length = brand.str.contains(_HAN), brand.str.len_chars()
    brief, middling = (
        pl.when(is_chinese).then(_SIZES[True][at]).otherwise(_SIZES[False][at]) for at in range(2)
    )
    flags = {
        "branch": pl.col("branch").is_not_null(),
        "unit": pl.col("unit").is_not_null(),
        "group": pl.col("full").str.contains(_GROUP),
        "chinese": core.str.contains(_HAN),
        "named_in_chinese": pl.col("contact").str.contains(_HAN),
        "mobile": pl.col("mobile").str.contains(_MOBILE),
        "long": core.str.len_chars() > SHORT,
    }
    return known.select(
        *(pl.col(column).rank("dense") for column in _COLUMNS),
        *(flag.fill_null(value=False).alias(f"is.{name}") for name, flag in flags.items()),
        number=core.str.extract_all(_NUMBER).list.join(" ").fill_null(""),
        size=pl.when(length <= brief).then(1).when(length <= middling).then(2).otherwise(3),
    )


def _likeness(names: list[str], met: pl.DataFrame) -> pl.DataFrame:
    """Return how like two names are, of a hundred, how many edits apart, and whether one begins the other."""
    first, second = ([names[party] for party in met[side]] for side in ("a", "b"))
    ratio = pl.Series(map(fuzz.ratio, first, second), dtype=pl.Float64).set(met["nameless"], 0.0)
    branded = met["same.brand"].to_list()
    begins = (is_one and _is_beginning(a, b) for is_one, a, b in zip(branded, first, second, strict=True))
    return pl.DataFrame(
        {
            "ratio": ratio,
            "edits": pl.Series(map(OSA.distance, first, second), dtype=pl.Int64),
            "begins": pl.Series(begins, dtype=pl.Boolean),
        }
    )


def _tied(flagged: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with the tie between their names; 第一 for 第六 is no typing error."""
    near = ((pl.col("edits") <= 1) & pl.col("long")) | (pl.col("ratio") >= NEAR)
    ties = flagged.with_columns(
        (near & pl.col("same_number")).alias("same.near"),
        (pl.col("begins") & pl.col("same.brand")).alias("same.short"),
        (pl.col("same.spelled") & pl.col("two_scripts")).alias("same.spelled"),
        (pl.col("other.contact") & pl.col("one_script")).alias("other.contact"),
    )
    tie = (pl.when(pl.col(f"same.{tie}")).then(pl.lit(tie)) for tie in TIES)
    return ties.with_columns(tie=pl.coalesce(*tie))


def _is_beginning(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def differs(left: pl.Series, right: pl.Series) -> pl.Series:
    """Return where two say something, and not the same."""
    return (left != right).fill_null(value=False)


def _agrees(left: pl.Series, right: pl.Series) -> pl.Series:
    return (left == right).fill_null(value=False)

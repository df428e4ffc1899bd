"""Who is worth comparing: parties that share a key. A key that too many share tells nobody apart."""

from dataclasses import dataclass

import polars as pl

LARGEST = 60
"""So many parties may share a key; more are compared within one city, and beyond that not at all."""

DECIDING = ("uscc", "mobile", "email", "full")
"""Keys that count however many share them: each party is compared with the first that has it."""

_NAMING = ("core", "sound", "spelled")
_LETTER, _WORD = "letter", "word"
_BY = pl.Enum([*DECIDING, "domain", *_NAMING, _LETTER, _WORD])
_LEAST_LEFT = 3


@dataclass(frozen=True)
class Pairs:
    """Parties to compare.

    Attributes:
        pairs: ``a`` before ``b``; ``by_name``: whether they met by their names; ``anywhere``: whether they
            would have met in two cities as well; ``kin``: how many names differ by a letter as these two do.
        crowded: keys that too many share to be compared, the largest first: ``by``, ``party`` (the first that
            has it) and ``parties``.
    """

    pairs: pl.DataFrame
    crowded: pl.DataFrame


def pairs(known: pl.DataFrame) -> Pairs:
    """Return the pairs of parties that share a number, an address, or most letters of a core name."""
    keys = pl.concat([*_whole_keys(known), *_near_keys(known)])
    twice = keys.group_by("key").len().filter(pl.col("len") > 1)
    keys = keys.join(twice, on="key", how="semi")
    size = pl.len().over("key")
    sized = keys.with_columns(
        kin=pl.col("core").n_unique().over("key"), size=size, anywhere=pl.lit(value=True)
    )
    large = sized.filter(pl.col("size") > LARGEST)
    split = large.with_columns(
        whole="key", key=pl.struct("key", "place").hash(), anywhere=pl.lit(value=False)
    )
    parts = split.with_columns(size=size)
    is_left = pl.col("place").is_null() | (pl.col("size") > LARGEST)
    fitting = pl.concat([sized.filter(pl.col("size") <= LARGEST), parts.filter(~is_left).drop("whole")])
    met = pl.concat([_met(fitting), *_stars(known)])
    found = met.group_by("a", "b").agg(pl.col("by_name", "anywhere").any(), pl.col("kin").min())
    return Pairs(found, _crowded(large, parts.filter(is_left)))


def _met(keys: pl.DataFrame) -> pl.DataFrame:
    """Return who shares a key with whom."""
    here = keys.select("key", "party", "by", "anywhere", "kin")
    both = here.join(keys.select("key", "party"), on="key").filter(pl.col("party") < pl.col("party_right"))
    is_near = pl.col("by").is_in([_LETTER, _WORD])
    return both.select(
        a="party",
        b="party_right",
        by_name=is_near | pl.col("by").is_in(_NAMING),
        anywhere="anywhere",
        kin=pl.when(is_near).then("kin"),
    )


def _crowded(large: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of which some parties were compared with nobody."""
    lost = left.filter(~pl.col("by").is_in(DECIDING)).select(key="whole").unique()
    counted = (
        large.join(lost, on="key", how="semi")
        .group_by("key")
        .agg(pl.col("by").first(), pl.col("party").min(), parties=pl.len())
    )
    return counted.sort("parties", "party", "by", descending=[True, False, False]).drop("key")


def _key(column: str, expression: pl.Expr | None = None) -> list[pl.Expr]:
    """Return a key's columns: its hash tells what it is made of, so that keys of two kinds never meet."""
    value = pl.col(column) if expression is None else expression
    seed = _BY.categories.to_list().index(column)
    return [pl.col("party", "place", "core"), pl.lit(column, _BY).alias("by"), value.hash(seed).alias("key")]


def _whole_keys(known: pl.DataFrame) -> list[pl.DataFrame]:
    columns = (*DECIDING, "domain", *_NAMING)
    return [known.drop_nulls(column).select(_key(column)) for column in columns]


def _near_keys(known: pl.DataFrame) -> list[pl.DataFrame]:
    """Return each core name with one character left out: two that differ by one typo share one of these."""
    cores = known.drop_nulls("core").with_columns(text=pl.col("core").str.replace_all(" ", ""))
    long = cores.filter(pl.col("text").str.len_chars() > _LEAST_LEFT).with_columns(
        at=pl.int_ranges(pl.col("text").str.len_chars())
    )
    each = long.select("party", "place", "core", "text", "at").explode("at")
    left = pl.col("text").str.slice(0, pl.col("at")) + pl.col("text").str.slice(pl.col("at") + 1)
    typed = [each.select(_key(_LETTER, left)), cores.select(_key(_LETTER, pl.col("text")))]
    words = known.filter(pl.col("core").str.contains(" .* ")).with_columns(word=pl.col("core").str.split(" "))
    counted = words.with_columns(at=pl.int_ranges(pl.col("word").list.len()))
    every = counted.select("party", "place", "core", "word", "at").explode("at")
    others = pl.concat_list(
        pl.col("word").list.slice(0, pl.col("at")),
        pl.col("word").list.slice(pl.col("at") + 1, pl.col("word").list.len()),
    )
    dropped = every.select(_key(_WORD, others.list.join(" ")))
    return [pl.concat(typed).unique(["party", "key"]), dropped.unique(["party", "key"])]


def _stars(known: pl.DataFrame) -> list[pl.DataFrame]:
    """Return every party with the first that has its number: identity keys count however many share them."""
    return [
        known.drop_nulls(column)
        .select(b="party", a=pl.col("party").min().over(column))
        .filter(pl.col("a") < pl.col("b"))
        .select(
            "a", "b", by_name=pl.lit(value=False), anywhere=pl.lit(value=True), kin=pl.lit(None, pl.UInt32)
        )
        for column in DECIDING
    ]

"""Who is worth comparing: parties that share a key. A key that too many share tells nobody apart."""

from dataclasses import dataclass

import polars as pl

LARGEST = 60
"""So many parties may share a key; more are compared within one city, and beyond that not at all."""

_DECIDING = ("uscc", "mobile", "email", "full")
_LEAST_LEFT = 3


@dataclass(frozen=True)
class Pairs:
    """Parties to compare, ``a`` before ``b``; ``crowded`` is how many keys were too common to be of use."""

    pairs: pl.DataFrame
    crowded: int


def pairs(known: pl.DataFrame) -> Pairs:
    """Return the pairs of parties that share a number, an address, or most letters of a core name."""
    keys = pl.concat([*_whole_keys(known), *_near_keys(known)])
    sizes = keys.group_by("key").len()
    small = keys.join(sizes.filter(pl.col("len").is_between(2, LARGEST)), on="key", how="semi")
    large = keys.join(sizes.filter(pl.col("len") > LARGEST), on="key", how="semi")
    split = large.drop_nulls("place").with_columns(key=pl.struct("key", "place").hash())
    parts = split.group_by("key").len()
    fitting = split.join(parts.filter(pl.col("len").is_between(2, LARGEST)), on="key", how="semi")
    met = pl.concat([small, fitting]).select("party", "key")
    both = met.join(met, on="key").filter(pl.col("party") < pl.col("party_right"))
    found = pl.concat([both.select(a="party", b="party_right"), *_stars(known)]).unique()
    return Pairs(found, parts.filter(pl.col("len") > LARGEST).height)


def _whole_keys(known: pl.DataFrame) -> list[pl.DataFrame]:
    columns = (*_DECIDING, "core", "sound", "domain")
    return [
        known.drop_nulls(column).select("party", "place", key=pl.col(column).hash(seed))
        for seed, column in enumerate(columns)
    ]


def _near_keys(known: pl.DataFrame) -> list[pl.DataFrame]:
    """Return each core name with one character left out: two that differ by one typo share one of these."""
    cores = known.drop_nulls("core").select("party", "place", core=pl.col("core").str.replace_all(" ", ""))
    long = cores.filter(pl.col("core").str.len_chars() > _LEAST_LEFT).with_columns(
        at=pl.int_ranges(pl.col("core").str.len_chars())
    )
    each = long.explode("at")
    left = pl.col("core").str.slice(0, pl.col("at")) + pl.col("core").str.slice(pl.col("at") + 1)
    typed = each.select("party", "place", key=left.hash(99))
    whole = cores.select("party", "place", key=pl.col("core").hash(99))
    words = known.filter(pl.col("core").str.contains(" ")).select(
        "party", "place", word=pl.col("core").str.split(" ")
    )
    counted = words.with_columns(at=pl.int_ranges(pl.col("word").list.len())).explode("at")
    others = pl.concat_list(
        pl.col("word").list.slice(0, pl.col("at")),
        pl.col("word").list.slice(pl.col("at") + 1, pl.col("word").list.len()),
    )
    dropped = counted.select("party", "place", key=others.list.join(" ").hash(98))
    return [pl.concat([typed, whole]).unique(), dropped.unique()]


def _stars(known: pl.DataFrame) -> list[pl.DataFrame]:
    """Return every party with the first that has its number: identity keys count however many share them."""
    return [
        known.drop_nulls(column)
        .select(b="party", a=pl.col("party").min().over(column))
        .filter(pl.col("a") < pl.col("b"))
        .select("a", "b")
        for column in _DECIDING
    ]

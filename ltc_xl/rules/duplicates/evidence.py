"""What speaks for and against two parties being one: a duplicate, a suspect, or nothing.

Numbers and addresses that belong to one decide; names that are merely alike propose; another city, another
branch and other numbers all round speak against them.
"""

from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from ltc_xl.model.tables import UID
from ltc_xl.rules.duplicates.blocks import pairs

SHORT = 3
"""Names this short differ by a character as two firms differ."""

NEAR = 85
"""Core names this like one another, of a hundred, may be one name typed twice."""

VERY_NEAR = 92
"""So like must they be where the two have other telephone numbers and nothing else in common."""

RELATED = 70
"""And this like, where the two write from one firm's own mail domain."""

CROWD = 2
"""A name with more neighbours than this, in its city, is one of many like it: likeness alone says nothing."""

_SCORES = {
    "uscc": 100,
    "mobile": 98,
    "email": 97,
    "full": 96,
    "mobile_other": 70,
    "email_other": 70,
    "core": 90,
    "sound": 85,
    "near": 80,
    "domain": 75,
}


@dataclass(frozen=True)
class Suspicions:
    """Pairs that may be one.

    Attributes:
        pairs: ``a``, ``b`` (parties), ``rule``, ``band``, ``score``, ``ratio`` of the names, and ``same.…``,
            ``other.…``: whether they agree, or differ, in what both of them say.
        crowded: how many keys were too common to be of use.
    """

    pairs: pl.DataFrame
    crowded: int


def suspicions(known: pl.DataFrame) -> Suspicions:
    """Return the pairs of parties that are, or may be, one."""
    blocks = pairs(known)
    compared = _compared(known, _of_two(known, blocks.pairs))
    decided = compared.with_columns(rule=_decided())
    inherited = _placed(known, decided)
    open_pairs = _without_crowds(inherited.with_columns(rule=pl.coalesce("rule", _proposed())))
    told = open_pairs.drop_nulls("rule").with_columns(
        band=pl.when(pl.col("rule").is_in(["uscc", "mobile", "email", "full"]))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("suspect")),
        score=pl.col("rule").replace_strict(_SCORES, return_dtype=pl.Int64),
    )
    return Suspicions(told.sort("a", "b"), blocks.crowded)


def _of_two(known: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that speak of two; who is on file with a customer speaks for it to leads alone."""
    left, right = (known.select(UID, "kind")[met[side]] for side in ("a", "b"))
    leads = [side["kind"] == "leads" for side in (left, right)]
    one = (left[UID] == right[UID]) & (leads[0] == leads[1])
    people = (left["kind"] == "contacts") | (right["kind"] == "contacts")
    return met.filter(~one & (leads[0] | leads[1] | ~people))


def _compared(known: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with what they agree and differ in, and how like their names are."""
    columns = ["full", "core", "sound", "place", "branch", "contact", "mobile", "email", "domain", "uscc"]
    left, right = (known.select(columns)[met[side]] for side in ("a", "b"))
    both = met.with_columns(
        *(_agrees(left[c], right[c]).alias(f"same.{c}") for c in columns),
        *(_differs(left[c], right[c]).alias(f"other.{c}") for c in columns),
    )
    names = [side["core"].fill_null("").to_list() for side in (left, right)]
    long_enough = _is_long(left["core"]) & _is_long(right["core"])
    nameless = left["core"].is_null() | right["core"].is_null()
    likeness = pl.Series("ratio", map(fuzz.ratio, *names), dtype=pl.Float64).set(nameless, 0.0)
    edits = pl.Series(map(OSA.distance, *names), dtype=pl.Int64)
    return both.with_columns(
        likeness,
        (((edits <= 1) & long_enough) | (likeness >= NEAR)).alias("same.near"),
        (left["branch"].is_not_null() != right["branch"].is_not_null()).alias("one_is_branch"),
        nameless.alias("nameless"),
    )


def _is_long(core: pl.Series) -> pl.Series:
    return (core.str.len_chars() > SHORT).fill_null(value=False)


def _agrees(left: pl.Series, right: pl.Series) -> pl.Series:
    return (left == right).fill_null(value=False)


def _differs(left: pl.Series, right: pl.Series) -> pl.Series:
    return (left != right).fill_null(value=False)


def _same(column: str) -> pl.Expr:
    return pl.col(f"same.{column}")


def _other(column: str) -> pl.Expr:
    return pl.col(f"other.{column}")


_ALIKE = _same("core") | _same("sound") | _same("near")
_STRANGE = _other("uscc") | _other("branch") | pl.col("one_is_branch")
"""Two registered numbers are two legal entities; a branch is not its house."""


def _decided() -> pl.Expr:
    """Return the identity key that decides, or null: the same number and no other name, or the same name."""
    one_name = (_ALIKE & ~_other("place")) | pl.col("nameless")
    sure = ~_STRANGE & one_name
    return (
        pl.when(_same("uscc"))
        .then(pl.lit("uscc"))
        .when(_same("mobile") & sure)
        .then(pl.lit("mobile"))
        .when(_same("email") & sure)
        .then(pl.lit("email"))
        .when(_same("full") & ~_STRANGE & ~_other("place"))
        .then(pl.lit("full"))
    )


def _placed(known: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs, where a party without a city stands in that of the ones it is surely one with."""
    sure = decided.drop_nulls("rule").select("a", "b")
    both = pl.concat([sure, sure.select(a="b", b="a")])
    home = both.join(known.select(b="party", place="place"), on="b").drop_nulls("place")
    homes = home.group_by("a").agg(inherited=pl.col("place").min())
    place = known.select("party", "place").join(homes, left_on="party", right_on="a", how="left")
    stands = place.sort("party").select(place=pl.coalesce("place", "inherited"))["place"]
    left, right = stands[decided["a"]], stands[decided["b"]]
    return decided.with_columns(
        _agrees(left, right).alias("same.place"), _differs(left, right).alias("other.place")
    )


def _proposed() -> pl.Expr:
    """Return what proposes that two are one, or null."""
    apart = _STRANGE | _other("place")
    backed = _same("domain") | _same("contact")
    estranged = _other("mobile") & ~backed
    alike = ~apart & (_same("place") | backed)
    return (
        pl.when(_same("mobile") & ~_other("uscc"))
        .then(pl.lit("mobile_other"))
        .when(_same("email") & ~_other("uscc"))
        .then(pl.lit("email_other"))
        .when(_same("core") & ~apart)
        .then(pl.lit("core"))
        .when(_same("sound") & alike)
        .then(pl.lit("sound"))
        .when(_same("near") & alike & ~(estranged & (pl.col("ratio") < VERY_NEAR)))
        .then(pl.lit("near"))
        .when(_same("domain") & ~apart & (pl.col("ratio") >= RELATED))
        .then(pl.lit("domain"))
    )


def _without_crowds(found: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs without those of names that many are like and for which nothing else speaks."""
    bare = ~(_same("domain") | _same("contact"))
    vague = (pl.col("rule") == "near") & bare
    adrift = (pl.col("rule") == "core") & bare & ~_same("place")
    sides = pl.concat([found.filter(vague | adrift).select(party=side) for side in ("a", "b")])
    crowd = sides.group_by("party").len().filter(pl.col("len") > CROWD)["party"]
    lost = (vague | adrift) & (pl.col("a").is_in(crowd.implode()) | pl.col("b").is_in(crowd.implode()))
    return found.filter(~lost.fill_null(value=False))

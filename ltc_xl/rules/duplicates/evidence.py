"""What speaks for and against two parties being one: a duplicate, a suspect, or nothing.

Numbers and addresses that belong to one decide; names that are merely alike propose, where that is likelier
than not; another city, another branch and other numbers all round speak against them.
"""

from dataclasses import dataclass

import polars as pl

from ltc_xl.model.tables import UID
from ltc_xl.rules.duplicates.blocks import pairs
from ltc_xl.rules.duplicates.likeness import TIES, compared, differs
from ltc_xl.rules.duplicates.odds import with_odds

RELATED = 70
"""Names this like, of a hundred, speak for one firm where the two write from its own mail domain."""

_SURE = 2.2
"""Logarithm of odds of nine to one: below, one full name is not enough."""

_AMBIGUOUS = -1.0
"""Logarithm of odds of about one to three: below, one full name in an unknown city says nothing."""

_SCORES = {
    "uscc": 100,
    "mobile": 98,
    "email": 97,
    "full": 96,
    "core": 90,
    "sound": 85,
    "near": 80,
    "domain": 75,
    "mobile_other": 70,
    "email_other": 70,
    "short": 70,
    "spelled": 65,
}


@dataclass(frozen=True)
class Suspicions:
    """Pairs that may be one.

    Attributes:
        pairs: ``a``, ``b`` (parties), ``rule``, ``band``, ``score``, ``ratio`` of the names, and ``same.…``,
            ``other.…``: whether they agree, or differ, in what both of them say.
        crowded: keys that too many share: ``by``, ``party`` (the first that has it) and ``parties``.
    """

    pairs: pl.DataFrame
    crowded: pl.DataFrame


def suspicions(known: pl.DataFrame) -> Suspicions:
    """Return the pairs of parties that are, or may be, one."""
    blocks = pairs(known)
    likened = compared(known, _of_two(known, blocks.pairs))
    decided = _placed(known, likened.with_columns(rule=_decided()))
    weighed = with_odds(known, decided)
    lost = (pl.col("rule") == "full") & ~_same("place") & (pl.col("odds") < _AMBIGUOUS)
    held = weighed.with_columns(rule=pl.when(~lost.fill_null(value=False)).then("rule"))
    proposed = held.with_columns(rule=pl.coalesce("rule", _proposed())).drop_nulls("rule")
    certain = pl.col("rule").is_in(["uscc", "mobile", "email"]) | (
        (pl.col("rule") == "full") & (pl.col("odds") > _SURE)
    )
    told = proposed.with_columns(
        band=pl.when(certain).then(pl.lit("duplicate")).otherwise(pl.lit("suspect")),
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


def _same(column: str) -> pl.Expr:
    return pl.col(f"same.{column}")


def _other(column: str) -> pl.Expr:
    return pl.col(f"other.{column}")


_ALIKE = _same("core") | _same("sound") | _same("near")
_STRANGE = _other("uscc") | _other("branch") | pl.col("one_is_branch")
"""Two registered numbers are two legal entities; a branch is not its house."""


def _decided() -> pl.Expr:
    """Return the identity key that decides, or null: the same number and no other name, or the same name."""
    short = _same("short") & ~pl.col("one_is_group")
    one_name = ((_ALIKE | _same("spelled") | short) & ~_other("place")) | pl.col("nameless")
    sure = ~_STRANGE & one_name
    return (
        pl.when(_same("uscc"))
        .then(pl.lit("uscc"))
        .when(_same("mobile") & sure & ~(pl.col("line") & pl.col("nameless")))
        .then(pl.lit("mobile"))
        .when(_same("email") & sure)
        .then(pl.lit("email"))
        .when(_same("full") & ~_STRANGE & ~_other("place"))
        .then(pl.lit("full"))
    )


def _placed(known: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs, where a party without a city stands in that of the ones it is surely one with.

    Of two of which one has no city, two provinces tell that they are apart.
    """
    sure = decided.drop_nulls("rule").select("a", "b")
    both = pl.concat([sure, sure.select(a="b", b="a")])
    home = both.join(known.select(b="party", place="place"), on="b").drop_nulls("place")
    homes = home.group_by("a").agg(inherited=pl.col("place").min())
    place = known.select("party", "place").join(homes, left_on="party", right_on="a", how="left")
    stands = place.sort("party").select(place=pl.coalesce("place", "inherited"))["place"]
    left, right = stands[decided["a"]], stands[decided["b"]]
    untold = left.is_null() | right.is_null()
    return decided.with_columns(
        (left == right).fill_null(value=False).alias("same.place"),
        (differs(left, right) | (untold & decided["other.province"])).alias("other.place"),
    )


def _proposed() -> pl.Expr:
    """Return what proposes that two are one, or null: a number under another name, or names likely one."""
    apart = _STRANGE | _other("place")
    likely = ~apart & (pl.col("odds") > 0)
    all_against = _other("mobile") & _other("contact") & (pl.col("ratio") < RELATED)
    related = (pl.col("ratio") >= RELATED) | pl.col("two_scripts")
    named = [pl.when((pl.col("tie") == tie) & likely).then(pl.lit(tie)) for tie in TIES[1:]]
    return pl.coalesce(
        pl.when(_same("mobile") & ~_other("uscc")).then(pl.lit("mobile_other")),
        pl.when(_same("email") & ~_other("uscc") & ~all_against).then(pl.lit("email_other")),
        *named[:3],
        pl.when(_same("domain") & ~apart & related).then(pl.lit("domain")),
        *named[3:],
    )

"""How likely it is that two of like names are one, measured in the set itself.

Of pairs whose names are alike in one way, some are one firm and the others strangers. How many are one shows
in what else they say: one firm has one telephone and one city as often as surely matched pairs have,
strangers only by chance. Nobody has to say of any pair what it is. A set too small to tell is judged by what
is usual.
"""

from collections.abc import Mapping

import polars as pl

FACTS = ("mobile", "email", "domain", "contact", "place")

_AGREE = {"mobile": 0.6, "email": 0.6, "domain": 0.8, "contact": 0.6, "place": 0.95}
"""How often two entries of one firm that both say something agree, where the set cannot tell."""

_CHANCE = {"mobile": 0.001, "email": 0.001, "domain": 0.01, "contact": 0.01, "place": 0.05}
"""How often two strangers do."""

_USUAL = {
    "full": (0.99, 0.99, 0.99),
    "core": (0.9, 0.9, 0.9),
    "sound": (0.5, 0.6, 0.7),
    "near": (0.02, 0.15, 0.3),
    "short": (0.3, 0.4, 0.5),
    "spelled": (0.2, 0.4, 0.5),
}
"""Tie of two names -> how many of such pairs are one firm, for short, middling and long brands."""

_WEIGHT = 20
"""What is usual counts like so many pairs."""

_CERTAIN = 0.98
_MOST_KIN = 5

Rates = Mapping[str, float]


def with_odds(known: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with ``odds``, the logarithm of one against strangers, and ``kin``.

    Args:
        known: the parties.
        pairs: as compared, with ``rule`` where an identity key has decided.
    """
    rare = {fact: _shares(known, fact) for fact in FACTS}
    agree, chance = _agreement(pairs), {fact: _chance(known, fact) for fact in FACTS}
    kinned = _with_kin(known, pairs).with_columns(usual=_usual())
    shared = _one_share(kinned, agree, chance)
    ties = kinned.join(shared, on=_CLASS, how="left", maintain_order="left").with_columns(
        pl.coalesce("one", "usual").alias("one")
    )
    said = [_said(fact, agree[fact], chance[fact]) for fact in FACTS]
    frequent = [rare[fact][pairs["a"]].alias(f"share.{fact}") for fact in FACTS]
    odds = (pl.col("one") / (1 - pl.col("one"))).log() + sum(said, pl.lit(0.0))
    return (
        ties.with_columns(frequent)
        .with_columns(odds=odds)
        .drop("one", "usual", *(f"share.{fact}" for fact in FACTS))
    )


def _shares(known: pl.DataFrame, fact: str) -> pl.Series:
    """Return, party by party, what share of the set says what it says."""
    told = pl.col(fact).is_not_null().sum()
    same = pl.len().over(fact) / (told + 1 / _CHANCE[fact])
    return known.select(pl.max_horizontal(same, 1e-6).alias(fact))[fact]


def _chance(known: pl.DataFrame, fact: str) -> float:
    """Return how often two parties taken at random agree in a fact."""
    counts = known.drop_nulls(fact).group_by(fact).len()["len"]
    total = float(counts.sum())
    usual = 1 / _CHANCE[fact]
    pairs = float((counts.cast(pl.Float64) * (counts.cast(pl.Float64) - 1)).sum())
    return (pairs + _CHANCE[fact] * usual**2) / (max(total * (total - 1), 0.0) + usual**2)


def _agreement(pairs: pl.DataFrame) -> Rates:
    """Return how often entries of one firm agree in a fact: as often as pairs that something else decides."""
    found = {}
    for fact in FACTS:
        others = [rule for rule in ("uscc", "mobile", "email", "full") if rule != fact]
        sure = pairs.filter(
            pl.col("tie").is_in(["full", "core"]), pl.any_horizontal(f"same.{c}" for c in others)
        )
        same, other = (int(sure[f"{side}.{fact}"].sum()) for side in ("same", "other"))
        rate = (same + _WEIGHT * _AGREE[fact]) / (same + other + _WEIGHT)
        found[fact] = min(rate, _CERTAIN)
    return found


_CLASS = ["tie", "chinese", "size", "kin", "anywhere"]


def _with_kin(known: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with ``kin``: how many others, up to five, these names might as well be one with.

    Names alike but for a letter have as many as differ in that letter; a name whose place is not told, as
    there are cities with a firm of that name.
    """
    homes = known.select("party", kin=pl.col("place").drop_nulls().n_unique().over("core"))["kin"]
    sounding = known.select(kin=pl.col("core").n_unique().over("sound"))["kin"]
    counted = pairs.with_columns(
        kin=pl.when(pl.col("tie") == "near")
        .then(pl.col("kin").cast(pl.Int64) - 1)
        .when(pl.col("tie") == "sound")
        .then(sounding[pairs["a"]].cast(pl.Int64) - 1)
        .otherwise(homes[pairs["a"]].cast(pl.Int64))
    )
    return counted.with_columns(pl.col("kin").fill_null(1).clip(1, _MOST_KIN))


def _one_share(pairs: pl.DataFrame, agree: Rates, chance: Rates) -> pl.DataFrame:
    """Return how many of the pairs of each class are one firm: what their agreement tells, and what is usual.

    Were a share t of the pairs one, they would agree in a fact at t * agree + (1 - t) * chance. Cities tell
    only of pairs that would have met in two cities as well.
    """
    met = pairs.filter("by_name").drop_nulls("tie")
    tells = {fact: pl.col("anywhere") if fact == "place" else pl.lit(value=True) for fact in FACTS}
    apart = {fact: max(agree[fact] - chance[fact], 0.01) for fact in FACTS}
    same = {fact: (pl.col(f"same.{fact}") & tells[fact]).sum() for fact in FACTS}
    both = {fact: ((pl.col(f"same.{fact}") | pl.col(f"other.{fact}")) & tells[fact]).sum() for fact in FACTS}
    seen = sum(((same[f] - both[f] * chance[f]) * apart[f] for f in FACTS), pl.lit(0.0))
    weight = sum((both[f] * apart[f] ** 2 for f in FACTS), pl.lit(0.0))
    usual = pl.col("usual").mean()
    shares = met.group_by(_CLASS).agg(one=(seen + _WEIGHT * usual) / (weight + _WEIGHT))
    return shares.with_columns(pl.col("one").clip(0.001, 0.999))


def _usual() -> pl.Expr:
    """Return how many of pairs like this are one firm as a rule; fewer where more might be."""
    levels = [
        pl.col("tie").replace_strict(
            {tie: row[n] for tie, row in _USUAL.items()}, default=0.01, return_dtype=pl.Float64
        )
        for n in range(3)
    ]
    size = pl.col("size")
    usual = pl.when(size == 1).then(levels[0]).when(size == 2).then(levels[1]).otherwise(levels[2])  # noqa: PLR2004  the sizes
    return usual / pl.when(pl.col("same.place") & (pl.col("tie") == "core")).then(1).otherwise("kin")


def _said(fact: str, agree: float, chance: float) -> pl.Expr:
    """Return what a fact adds to the odds: agreeing counts the more the fewer say the same."""
    same = (pl.lit(agree) / pl.col(f"share.{fact}")).log()
    other = pl.lit((1 - agree) / (1 - chance)).log()
    tells = pl.col("anywhere") if fact == "place" else pl.lit(value=True)
    if fact == "email":  # two colleagues have two addresses
        tells = ~pl.col("same.domain") & ~pl.col("other.domain")
    said = pl.when(pl.col(f"same.{fact}")).then(same).when(pl.col(f"other.{fact}")).then(other).otherwise(0.0)
    return pl.when(tells).then(said).otherwise(0.0)

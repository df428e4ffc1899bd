"""Duplicates among companies entered twice: time, memory, and what is found of each class of second entry.

``python benchmarks/duplicates.py [ROWS...]``; without the names beside the project it says so and ends.
"""

import platform
import resource
import statistics
import sys
import time
from importlib.metadata import version

import polars as pl
from company_twins import LEXICON, TWINS, twins

from ltc_xl.rules.duplicates.evidence import suspicions
from ltc_xl.rules.duplicates.parties import told_apart

SIZES = {10_000: 0.5, 100_000: 8.0}
TURNS = 3
PRECISION, RECALL = 0.95, 0.93


def found(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that are told."""
    said = rows.select(
        *("name", "contact", "mobile", "email"),
        _uid=pl.int_range(pl.len()).cast(pl.String),
        kind=pl.lit("leads"),
        city=pl.lit(None, pl.String),
        uscc=pl.lit(None, pl.String),
    )
    return suspicions(told_apart(said)).pairs.select("a", "b", "rule", "band")


def truth(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that are one company, and the class of the second entry."""
    numbered = rows.with_row_index("party").select("party", "entity", "twin")
    both = numbered.join(numbered, on="entity").filter(pl.col("party") < pl.col("party_right"))
    return both.select(a="party", b="party_right", twin=pl.max_horizontal("twin", "twin_right"))


def measured(rows: pl.DataFrame) -> tuple[pl.DataFrame, float]:
    """Return the pairs and the median time of finding them."""
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        pairs = found(rows)
        times.append(time.perf_counter() - start)
    return pairs, statistics.median(times)


def report(count: int, limit: float | None) -> None:
    """Print time and quality for so many rows."""
    rows = twins(count)
    pairs, seconds = measured(rows)
    real = truth(rows)
    hits = pairs.join(real, on=["a", "b"])
    sure = pairs.filter(pl.col("band") == "duplicate")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    goal = f" (limit {limit} s)" if limit else ""
    print(f"\n{count:,} rows: {seconds:.2f} s{goal}, {peak:,.0f} MB at most (limit 1,000)")
    print(
        f"  all pairs     P {hits.height / pairs.height:.3f} (goal {PRECISION})  "
        f"R {hits.height / real.height:.3f} (goal {RECALL})  of {real.height:,}"
    )
    print(f"  duplicates    P {_share(sure, real):.3f}  {sure.height:,} pairs")
    for twin in TWINS:
        of = real.filter(pl.col("twin") == twin)
        print(f"  {twin:<13} R {_share(of, pairs):.3f}  of {of.height:,}")
    for rule in pairs["rule"].unique().sort():
        told = pairs.filter(pl.col("rule") == rule)
        print(f"  by {rule:<12} P {_share(told, real):.3f}  {told.height:,} pairs")


def _share(some: pl.DataFrame, others: pl.DataFrame) -> float:
    return some.join(others, on=["a", "b"]).height / max(some.height, 1)


def main() -> None:
    if not LEXICON.exists():
        print(f"the company names are not at {LEXICON}: nothing measured")
        return
    print(f"Python {platform.python_version()}, polars {version('polars')}, rapidfuzz {version('rapidfuzz')}")
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    for count in sizes:
        report(count, SIZES.get(count))


if __name__ == "__main__":
    main()

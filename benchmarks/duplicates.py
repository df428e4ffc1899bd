"""Duplicates among companies entered twice: time, memory, and what is found of each class of second entry.

``python benchmarks/duplicates.py [ROWS...]`` measures Chinese and English companies, each with their numbers
and with names and cities alone. Without the Chinese names beside the project it says so, and measures the
English.
"""

import platform
import resource
import statistics
import sys
import time
from importlib.metadata import version

import company_twins
import english_twins
import polars as pl

from ltc_xl.rules.duplicates.evidence import suspicions
from ltc_xl.rules.duplicates.parties import told_apart

SIZES = {10_000: 0.5, 100_000: 8.0}
TURNS = 3
SEED = 6
"""Not the one with which the rules were made, 5."""

PRECISION, RECALL = 0.95, 0.93


def found(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that are told."""
    city = pl.col("city") if "city" in rows.columns else pl.lit(None, pl.String)
    said = rows.select(
        *("name", "contact", "mobile", "email"),
        _uid=pl.int_range(pl.len()).cast(pl.String),
        kind=pl.lit("leads"),
        city=city,
        uscc=pl.lit(None, pl.String),
    )
    return suspicions(told_apart(said)).pairs.select("a", "b", "rule", "band")


def truth(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs that are one company, and the class of the second entry."""
    numbered = rows.with_row_index("party").select("party", "entity", "twin")
    both = numbered.join(numbered, on="entity").filter(pl.col("party") < pl.col("party_right"))
    return both.select(a="party", b="party_right", twin=pl.max_horizontal("twin", "twin_right"))


def measured(rows: pl.DataFrame) -> tuple[pl.DataFrame, float, float]:
    """Return the pairs and the median times of finding them: of the clock and of the processor."""
    times = []
    for _ in range(TURNS):
        start = time.perf_counter(), time.process_time()
        pairs = found(rows)
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    clock, processor = (statistics.median(side) for side in zip(*times, strict=True))
    return pairs, clock, processor


def namesakes(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of a company and a stranger of the same name in another city."""
    first = rows.with_row_index("party").filter(pl.col("twin") == "")
    both = first.drop_nulls("like").join(first, left_on="like", right_on="entity")
    return both.select(
        a=pl.min_horizontal("party", "party_right"), b=pl.max_horizontal("party", "party_right")
    )


def report(title: str, rows: pl.DataFrame, limit: float | None) -> None:
    """Print time and quality for a set."""
    pairs, seconds, worked = measured(rows)
    real = truth(rows)
    hits = pairs.join(real, on=["a", "b"])
    sure = pairs.filter(pl.col("band") == "duplicate")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    goal = f" (limit {limit} s)" if limit else ""
    print(
        f"\n{rows.height:,} rows, {title}: {seconds:.2f} s{goal}, {worked:.2f} s of the processor, "
        f"{peak:,.0f} MB at most (limit 1,000)"
    )
    print(
        f"  all pairs     P {hits.height / pairs.height:.3f} (goal {PRECISION})  "
        f"R {hits.height / real.height:.3f} (goal {RECALL})  of {real.height:,}"
    )
    print(f"  duplicates    P {_share(sure, real):.3f}  {sure.height:,} pairs")
    for twin in real["twin"].unique().sort():
        of = real.filter(pl.col("twin") == twin)
        print(f"  {twin:<13} R {_share(of, pairs):.3f}  of {of.height:,}")
    strangers = namesakes(rows)
    told = strangers.join(pairs, on=["a", "b"], how="semi").height
    print(f"  strangers     {told:,} told of {strangers.height:,} of one name in two cities")
    for rule in pairs["rule"].unique().sort():
        told_by = pairs.filter(pl.col("rule") == rule)
        print(f"  by {rule:<12} P {_share(told_by, real):.3f}  {told_by.height:,} pairs")


def _share(some: pl.DataFrame, others: pl.DataFrame) -> float:
    return some.join(others, on=["a", "b"]).height / max(some.height, 1)


def main() -> None:
    print(f"Python {platform.python_version()}, polars {version('polars')}, rapidfuzz {version('rapidfuzz')}")
    sets = {"English": english_twins.twins}
    if company_twins.LEXICON.exists():
        sets = {"Chinese": company_twins.twins} | sets
    else:
        print(f"the company names are not at {company_twins.LEXICON}: English alone")
    sizes = [int(text) for text in sys.argv[1:]] or list(SIZES)
    for count in sizes:
        for title, made in sets.items():
            rows = made(count, SEED)
            report(title, rows, SIZES.get(count))
            blank = pl.lit(None, pl.String)
            bare = rows.with_columns(contact=blank, mobile=blank, email=blank)
            report(f"{title}, names and cities alone", bare, SIZES.get(count))


if __name__ == "__main__":
    main()

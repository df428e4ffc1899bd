"""Overdue ageing: open lines sorted into buckets of days past their due date."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import polars as pl

from ltc_xl.model.money import total

CURRENT = "current"


def bucket_edges(edges: Sequence[int]) -> tuple[int, ...]:
    """Return the last day of each bucket; what is not yet due always has one of its own.

    >>> bucket_edges((60, 30))
    (0, 30, 60)
    """
    return tuple(sorted({0, *edges}))


def bucket_labels(edges: Sequence[int]) -> list[str]:
    """Return the label of each bucket, youngest first; the last one is open at its end.

    >>> bucket_labels((0, 30, 60))
    ['current', '1-30', '31-60', '>60']
    """
    last_days = bucket_edges(edges)
    between = [f"{before + 1}-{last}" for before, last in pairwise(last_days)]
    return [CURRENT, *between, f">{last_days[-1]}"]


def aging_bucket(days_overdue: pl.Expr, edges: Sequence[int]) -> pl.Expr:
    """Return the label of the bucket that holds so many days; every number of days falls into one."""
    passed = pl.sum_horizontal(days_overdue > last_day for last_day in bucket_edges(edges))
    return pl.lit(pl.Series(bucket_labels(edges))).gather(passed).alias("bucket")


def bucket_amounts(labels: Sequence[str]) -> list[pl.Expr]:
    """Return the balance of each bucket, to aggregate by; 0.00 where a bucket is empty."""
    return [total(pl.col("balance").filter(pl.col("bucket") == label)).alias(label) for label in labels]


def aging_totals(lines: pl.DataFrame, edges: Sequence[int]) -> dict[str, Decimal]:
    """Sum open amounts per bucket.

    Args:
        lines: open lines of one currency with ``bucket`` and ``balance``.
        edges: last day of each bucket in days overdue, e.g. (0, 30, 60, 90).

    Returns:
        Bucket label -> amount, every bucket present, youngest first.

    Source: sheet 账龄区间 (cfgBuckets).
    """
    return lines.select(bucket_amounts(bucket_labels(edges))).row(0, named=True)


def aging_rows(lines: pl.DataFrame, edges: Sequence[int], key: str) -> pl.DataFrame:
    """Return one row per key: a column per bucket, ``total``, ``lines``, ``max_days_overdue``; largest first.

    A line without the key counts under ''.
    """
    return (
        lines.group_by(pl.col(key).fill_null("").alias("key"))
        .agg(
            *bucket_amounts(bucket_labels(edges)),
            total(pl.col("balance")).alias("total"),
            pl.len().alias("lines"),
            pl.col("days_overdue").max().alias("max_days_overdue"),
        )
        .sort(["total", "key"], descending=[True, False])
    )

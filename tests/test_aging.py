"""Ageing buckets: where a number of days falls, and that nothing falls between."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltc_xl.rules.aging import aging_bucket, aging_rows, aging_totals, bucket_labels

EDGES = (0, 30, 60, 90, 180, 365)


def test_the_usual_buckets_have_the_names_that_programs_rely_on() -> None:
    assert bucket_labels(EDGES) == ["current", "1-30", "31-60", "61-90", "91-180", "181-365", ">365"]


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-400, "current"),
        (0, "current"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (365, "181-365"),
        (366, ">365"),
    ],
)
def test_a_line_falls_into_the_bucket_of_its_days_overdue(days: int, bucket: str) -> None:
    frame = pl.DataFrame({"days_overdue": [days]})
    assert frame.select(aging_bucket(pl.col("days_overdue"), EDGES)).item() == bucket


def test_a_bucket_table_without_zero_still_tells_what_is_not_due() -> None:
    assert bucket_labels((90,)) == ["current", "1-90", ">90"]


lines = st.lists(
    st.tuples(
        st.integers(-500, 500), st.integers(-10_000_000, 10_000_000), st.sampled_from(["甲", "乙", None])
    ),
    max_size=12,
)
edges = st.sets(st.integers(0, 400), min_size=1, max_size=6).map(lambda found: tuple(sorted(found)))


@given(lines, edges)
def test_buckets_add_up_to_the_total_for_every_key_and_in_all(
    rows: list[tuple[int, int, str | None]], edges: tuple[int, ...]
) -> None:
    amounts = [Decimal(cents) / 100 for _, cents, _ in rows]
    frame = pl.DataFrame(
        {"days_overdue": [row[0] for row in rows], "customer": [row[2] for row in rows], "balance": amounts},
        schema={"days_overdue": pl.Int64, "customer": pl.String, "balance": pl.Decimal(18, 2)},
    ).with_columns(aging_bucket(pl.col("days_overdue"), edges))
    totals, table = aging_totals(frame, edges), aging_rows(frame, edges, "customer")
    assert sum(totals.values()) == sum(amounts)
    assert list(totals) == bucket_labels(edges)
    for row in table.iter_rows(named=True):
        assert sum(row[label] for label in totals) == row["total"]
    for label, amount in totals.items():
        assert sum(table[label]) == amount


def test_the_largest_key_comes_first_and_a_blank_one_is_empty_text() -> None:
    frame = pl.DataFrame(
        {
            "customer": ["乙", None, "甲"],
            "days_overdue": [1, -3, 40],
            "balance": [Decimal(5), Decimal(9), Decimal(5)],
        }
    ).with_columns(aging_bucket(pl.col("days_overdue"), EDGES))
    rows = aging_rows(frame, EDGES, "customer")
    assert rows.select("key", "total", "max_days_overdue").rows() == [
        ("", 9, -3),
        ("乙", 5, 1),
        ("甲", 5, 40),
    ]

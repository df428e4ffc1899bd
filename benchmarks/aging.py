"""Ageing as of any day over 100,000 lines and 150,000 allocations, in process, beside its limit of 0.5 s.

``python benchmarks/aging.py [LINES]``: the ledger is replayed and aged on a day in the middle of its history.
"""

import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from importlib.metadata import version

import polars as pl

from ltc_xl.collect import aging, metrics
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.money import MONEY
from ltc_xl.rules import bind_rulebook, derived
from ltc_xl.rules.ledger import ledger_views

LINES = 100_000
TURNS = 5
LIMIT = 0.5
FIRST = date(2023, 1, 1)
AS_OF = date(2025, 6, 30)


def days(count: int, rng: random.Random) -> list[date]:
    """Return days over four years."""
    return [FIRST + timedelta(days=rng.randrange(1460)) for _ in range(count)]


def ledger_book(lines: int) -> Book:
    """Return a book of lines, as many receipts, and half as many allocations again."""
    rng = random.Random(2026)  # noqa: S311  rows to measure with
    count = lines * 3 // 2
    paid, used = (pl.Series([rng.randrange(lines) for _ in range(count)]) for _ in range(2))
    amounts = pl.Series([rng.randrange(1, 10_000_000) / 100 for _ in range(count)]).cast(MONEY)
    names = pl.Series([f"客户{rng.randrange(2_000)}" for _ in range(lines)])
    numbered = pl.DataFrame({"customer": names, "amount": amounts[:lines]}).with_row_index("n")
    return book_of(
        lines=numbered.select(
            "customer",
            "amount",
            line_id=pl.format("RC-{}", "n"),
            triggered_on=pl.Series(days(lines, rng)),
            days=pl.lit(30),
        ),
        receipts=numbered.select(
            "customer", "amount", receipt_id=pl.format("P-{}", "n"), on=pl.Series(days(lines, rng))
        ),
        allocations=pl.DataFrame({"amount": amounts, "paid": paid, "used": used}).select(
            "amount",
            line=pl.format("RC-{}", "paid"),
            receipt=pl.format("P-{}", "used"),
            effective_on=pl.Series(days(count, rng)),
        ),
    )


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of some work."""
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Print the replay alone, the whole service, and the versions."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    book = ledger_book(lines)
    rulebook = bind_rulebook(book)
    full = derived(book, rulebook, AS_OF)
    replay = seconds(lambda: ledger_views(full, rulebook, AS_OF))
    verdict = "ok" if replay <= LIMIT else "TOO SLOW"
    print(f"replay and buckets   {replay:.3f} s  limit {LIMIT} s  {verdict}")
    print(f"collect.aging        {seconds(lambda: aging(book, rulebook, AS_OF)):.3f} s  both bases, paper")
    print(f"collect.metrics      {seconds(lambda: metrics(book, rulebook, AS_OF)):.3f} s")
    print(f"rules.derived        {seconds(lambda: derived(book, rulebook, AS_OF)):.3f} s")
    print(f"{lines:,} lines, {lines * 3 // 2:,} allocations; python {platform.python_version()}", end="  ")
    print(f"polars {version('polars')}  median of {TURNS}")


if __name__ == "__main__":
    main()

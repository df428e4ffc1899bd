"""Judge 100,000 moved opportunities at once, beside a loop that asks every rule of every row.

``python benchmarks/transitions.py [ROWS]``: the shipped rows of 阶段流转; all moves legal, then one in a
hundred refused with its reasons.
"""

import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib.metadata import version

import polars as pl

from ltc_xl.model.book import Book, book_of
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.moves_sheet import Transition
from ltc_xl.rules.rulesets import transition_rules
from ltc_xl.rules.transitions import judged

ROWS = 100_000
TURNS = 5
LIMIT = 800_000
AS_OF = date(2026, 4, 30)
LEGAL = (
    ("VALIDATING", "APPROVED"),
    ("APPROVED", "PROPOSAL"),
    ("PROPOSAL", "NEGOTIATING"),
    ("NEGOTIATING", "SIGNING"),
    ("SIGNING", "WON"),
    ("HOLD", "VALIDATING"),
    ("PROPOSAL", "LOST"),
)


def moved(rows: int, share: float) -> tuple[Book, Changes]:
    """Return opportunities that have all moved, a share of them without what the move needs."""
    rng = random.Random(2026)  # noqa: S311  rows to measure with
    ways = [rng.choice(LEGAL) for _ in range(rows)]
    lacking = [rng.random() < share for _ in range(rows)]
    frame = pl.DataFrame(
        {
            UID: [f"u{n}x" for n in range(rows)],
            "name": "柜",
            "stage": [after for _, after in ways],
            "amount": [Decimal(120_000)] * rows,
            "expected_close": [date(2026, 8, 1)] * rows,
            "ati_result": ["NO_GO" if lacks else "GO" for lacks in lacking],
            "sr": [None if lacks else "周敏" for lacks in lacking],
            "lost_reason": [None if lacks else "价格" for lacks in lacking],
        }
    )
    cells = frame.select(UID, old=pl.Series([before for before, _ in ways]), new="stage")
    return book_of(opportunities=frame), Changes((SetColumn("opportunities", "stage", cells),))


def by_row(book: Book, typed: Changes, rules: tuple[Transition, ...]) -> int:
    """Return how many moves a plain loop lets pass: every rule that lists one, asked by its row closure."""
    before = dict(typed.sets[0].cells.select(UID, "old").iter_rows())
    own = [rule for rule in rules if rule.object == "OPPORTUNITY"]
    passed = 0
    for row in book.rows("opportunities").iter_rows(named=True):
        passed += any(
            before[row[UID]] in rule.from_
            and row["stage"] in rule.to
            and all(row[code] is not None for code in rule.needs)
            and (rule.condition is None or rule.condition.verdict(row, AS_OF).holds is True)
            for rule in own
        )
    return passed


def seconds(work: Callable[[], object]) -> float:
    """Return the median time the processor spends on some work: other programs do not count."""
    times = []
    for _ in range(TURNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def measure(rows: int, share: float) -> None:
    """Print how long judging takes and how often the loop does it in that time.

    Raises:
        AssertionError: the loop lets other moves pass.
    """
    book, typed = moved(rows, share)
    rulebook = bind_rulebook(book)
    rules = transition_rules(book, rulebook).rows
    passed = judged(typed, book, rulebook, AS_OF, "").accepted.sets[0].cells.height
    if passed != by_row(book, typed, rules):
        raise AssertionError(passed)
    taken = seconds(lambda: judged(typed, book, rulebook, AS_OF, ""))
    loop = seconds(lambda: by_row(book, typed, rules))
    verdict = "ok" if rows / taken >= LIMIT else "TOO SLOW"
    print(f"{rows - passed:>6,} refused  {taken:.3f} s  {rows / taken / 1e6:.2f} M rows/s", end="  ")
    print(f"{loop / taken:.0f}x the loop  {verdict}")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    for share in (0.0, 0.01):
        measure(rows, share)
    print(f"{rows:,} moves; limit {LIMIT / 1e6} M rows/s; python {platform.python_version()}", end="  ")
    print(f"polars {version('polars')}  median of {TURNS}")


if __name__ == "__main__":
    main()

"""Proving decision tables sound: 100 rules of 6 inputs, 200 of 8, beside trying every combination of values.

``python benchmarks/rules_check.py``: seconds, peak memory, whether every case was tried. Trying every
combination would take minutes for 100 rules; it is timed on a small table, and both must find the same.
Seconds are those of the processor.
"""

import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from itertools import product
from random import Random

from ltc_xl.model.book import book_of
from ltc_xl.rules.decisions import DecisionTable, Rule
from ltc_xl.rules.guards import Field, cell_test, fields_of
from ltc_xl.rules.soundness.regions import Regions, regions
from ltc_xl.rules.soundness.witnesses import witnesses

AS_OF = date(2026, 4, 30)
TURNS = 5
LIMITS = {(100, 6): 0.15, (200, 8): 5.0}
SMALL = (40, 4)
BLANK = 0.3
EDGES = (0, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)
WORDS = ("金融", "电信", "能源", "食品", "纺织", "机械")


def fields(inputs: int) -> dict[str, Field]:
    """Return so many fields: numbers, texts and lists in turn."""
    known = {one.code: one for one in fields_of("leads", book_of()).fields}
    kinds = [known["budget"], known["industry"], known["timeline"]]
    return {f"i{n}": replace(kinds[n % 3], code=f"i{n}") for n in range(inputs)}


def table(rules: int, inputs: int, seed: int = 9) -> tuple[DecisionTable, dict[str, Field]]:
    """Return made-up rules as firms write them: about a third of the cells says nothing."""
    chance, known = Random(seed), fields(inputs)  # noqa: S311  made-up rules, no secret
    made = [
        Rule(f"G{n}", None, {c: cell_test(text, f) for c, f in known.items() if (text := cell(f, chance))})
        for n in range(rules)
    ]
    return DecisionTable(tuple(known), {}, tuple(made)), known


def cell(field: Field, chance: Random) -> str:
    """Return a test of a field; '' where anything goes."""
    if chance.random() < BLANK:
        return ""
    if field.kind == "number":
        low, high = sorted(chance.sample(EDGES, 2))
        return chance.choice([f"[{low}..{high})", f">={low}", f"<{high}"])
    names = list(dict.fromkeys(field.words.listed)) if field.words else list(WORDS)
    return chance.choice(["", "<>"]) + ",".join(chance.sample(names, 2))


def naive(decided: DecisionTable, known: dict[str, Field]) -> set[int]:
    """Return which rules can be met together, every combination of values tried."""
    codes = decided.inputs
    values = [
        witnesses(known[code], [rule.tests[code] for rule in decided.rules if code in rule.tests], AS_OF)
        for code in codes
    ]
    met = set()
    for row in product(*values):
        held = dict(zip(codes, row, strict=True))
        met.add(sum(1 << at for at, rule in enumerate(decided.rules) if rule.fits_row(held, AS_OF)))
    return met


def seconds(work: Callable[[], object], turns: int = TURNS) -> float:
    """Return the median time the processor spends on some work: other programs do not count."""
    times = []
    for _ in range(turns):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def peak(work: Callable[[], object]) -> float:
    """Return the most memory some work takes, in MB."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def main() -> None:
    """Print seconds, memory and limits, and how much slower trying everything is.

    Raises:
        AssertionError: trying everything finds something else.
    """
    for (rules, inputs), limit in LIMITS.items():
        decided, known = table(rules, inputs)
        found: Regions = regions(decided, known, AS_OF)
        taken = seconds(lambda d=decided, k=known: regions(d, k, AS_OF))  # type: ignore[misc]  # bound at once
        memory = peak(lambda d=decided, k=known: regions(d, k, AS_OF))  # type: ignore[misc]  # likewise
        verdict = "ok" if taken <= limit else "TOO SLOW"
        told = "proved" if found.proved else "not proved"
        print(
            f"{rules:>4} rules x {inputs}  {taken:.3f} s  {memory:.0f} MB  limit {limit} s  {told}  {verdict}"
        )
    decided, known = table(*SMALL)
    fast = seconds(lambda: regions(decided, known, AS_OF))
    start = time.process_time()
    tried = naive(decided, known)
    slow = time.process_time() - start
    if tried != set(regions(decided, known, AS_OF).trails):
        raise AssertionError(len(tried))
    print(f"{SMALL[0]:>4} rules x {SMALL[1]}  {fast:.4f} s; every combination", end=" ")
    print(f"{slow:.2f} s, {slow / fast:.0f}x, the same")
    print(f"python {platform.python_version()}  polars {version('polars')}  median of {TURNS}")


if __name__ == "__main__":
    main()

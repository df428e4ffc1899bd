"""Deciding 100,000 rows by a table of 12 rules and 5 inputs, beside a loop of closures over the rows.

``python benchmarks/decisions.py [ROWS]``: rows a second, one explanation, the binding of all rule sheets.
"""

import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version

import polars as pl

from ltc_xl.model.book import book_of
from ltc_xl.model.money import MONEY
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.decisions import DecisionTable, Rule
from ltc_xl.rules.guards import Field, Fields, Guard, cell_test, fields_of
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rulesets import assignment_rules, grading_rules, transition_rules

ROWS = 100_000
TURNS = 5
LIMIT = 1_500_000
BINDING = 0.05
BLANK = 0.2
AS_OF = date(2026, 4, 30)
INPUTS = ("budget", "industry", "timeline", "next_on", "city")
TABLE = """
>=100万          | 金融,电信,能源 | 3个月内         | >=TODAY()-30 | -
>=100万          | -              | 3个月内,3-6个月 | -            | <>拉萨
[50万..100万)    | 金融,电信      | 3个月内         | -            | -
[50万..100万)    | -              | 3个月内         | 非空         | 苏州,上海,无锡
[20万..50万)     | 食品,纺织      | 3个月内         | -            | -
[20万..50万)     | 非(食品,纺织)  | 3-6个月         | -            | -
[20万..50万)     | -              | -               | <2026-03-01  | -
<20万            | 金融           | 3个月内         | -            | 空
<20万            | -              | 3个月内         | -            | -
空               | -              | <>一年以后      | -            | 苏州
空               | -              | -               | -            | -
-                | -              | -               | -            | -
"""


def decision_table() -> DecisionTable:
    """Return the table of 12 rules."""
    fields = fields_of("leads", book_of())
    rules = [
        Rule(f"G{place:02}", None, tests_of(line, fields), {"queue": f"Q{place}"})
        for place, line in enumerate(TABLE.strip().splitlines(), 1)
    ]
    return DecisionTable(INPUTS, {"queue": pl.String()}, tuple(rules))


def tests_of(line: str, fields: Fields) -> dict[str, Guard]:
    """Return column -> test of one rule, without those that anything passes."""
    cells = zip(INPUTS, map(str.strip, line.split("|")), strict=True)
    tests = {code: cell_test(text, field_of(code, fields)) for code, text in cells}
    return {code: test for code, test in tests.items() if not test.is_any}


def field_of(code: str, fields: Fields) -> Field:
    """Return a field by its code."""
    found = fields.get(code)
    if found is None:
        raise KeyError(code)
    return found


def lead_rows(count: int) -> pl.DataFrame:
    """Return leads of every kind, blanks among them."""
    rng = random.Random(2026)  # noqa: S311  rows to measure with

    def some(*values: object) -> list[object]:
        return [rng.choice(values) for _ in range(count)]

    budgets = [None if rng.random() < BLANK else rng.randrange(200_000_000) / 100 for _ in range(count)]
    days = [date(2026, rng.randrange(1, 13), rng.randrange(1, 28)) for _ in range(count)]
    return pl.DataFrame(
        {
            "budget": pl.Series(budgets).cast(MONEY),
            "industry": some("金融", "电信", "能源", "食品", "纺织", "机械", None),
            "timeline": some("M0_3", "M3_6", "M6_12", "M12", None),
            "next_on": days,
            "city": some("苏州", "上海", "无锡", "拉萨", "成都", None),
        },
        schema_overrides={"industry": pl.String, "timeline": pl.String, "city": pl.String},
    )


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of some work."""
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def bind_all() -> list[RuleSet]:
    """Return every rule set of a book, its settings and lists read before."""
    book = book_of()
    rulebook = bind_rulebook(book)
    sets = [bind(book, rulebook, AS_OF) for bind in (grading_rules, assignment_rules)]
    return [*sets, transition_rules(book, rulebook)]


def main() -> None:
    """Print rows a second, the ratio to the loop, one explanation, and the versions."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    decided, frame = decision_table(), lead_rows(count)
    rows = frame.to_dicts()
    fast = seconds(lambda: decided.decide(frame, AS_OF))
    slow = seconds(lambda: [decided.decided(row, AS_OF) for row in rows])
    verdict = "ok" if count / fast >= LIMIT else "TOO SLOW"
    print(f"frame      {count / fast / 1e6:.2f} M rows/s  {fast:.3f} s  least {LIMIT / 1e6} M  {verdict}")
    print(f"row loop   {count / slow / 1e6:.2f} M rows/s  {slow:.3f} s  {slow / fast:.0f} times the frame")
    print(f"explain    {seconds(lambda: decided.explain(rows[0], AS_OF)) * 1e3:.2f} ms a row")
    print(f"parse      {seconds(decision_table) * 1e3:.1f} ms  12 rules of 5 cells")
    binding = seconds(bind_all)
    verdict = "ok" if binding <= BINDING else "TOO SLOW"
    print(f"bind       {binding * 1e3:.0f} ms  all rule sheets  limit {BINDING * 1e3:.0f} ms  {verdict}")
    print(f"{count:,} rows; python {platform.python_version()}", end="  ")
    print(f"polars {version('polars')}  median of {TURNS}")


if __name__ == "__main__":
    main()

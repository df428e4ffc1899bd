"""Deciding 100,000 rows by a table of 12 rules and 5 inputs, beside zen row by row and a loop of our own.

``python benchmarks/decisions.py [ROWS]``: rows a second, one explanation, the binding of all rule sheets.
Seconds are those of the processor, of all its cores together. zen (``pip install zen-engine``) decides the
first rows of the same frame by the same table, and must come to the same rules.
"""

import json
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
from ltc_xl.rules.cleaning_sheet import cleaning_rules
from ltc_xl.rules.decisions import DecisionTable, Rule
from ltc_xl.rules.guards import Field, Fields, Guard, cell_test, fields_of
from ltc_xl.rules.ladder import ladder_rules
from ltc_xl.rules.rulesets import assignment_rules, grading_rules, transition_rules
from ltc_xl.rules.scoring import scoring_rules
from ltc_xl.rules.transfer import transfer_criteria

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


ZEN_ROWS = 2_000
ZEN_TIMES = 100
ZEN = """
>= 1000000 | '金融','电信','能源' | 'M0_3' | date($) >= date('2026-03-31') |
>= 1000000 | | 'M0_3','M3_6' | | $ != null and $ != '拉萨'
[500000..1000000) | '金融','电信' | 'M0_3' | |
[500000..1000000) | | 'M0_3' | $ != null | '苏州','上海','无锡'
[200000..500000) | '食品','纺织' | 'M0_3' | |
[200000..500000) | $ != null and not ($ in ['食品','纺织']) | 'M3_6' | |
[200000..500000) | | | date($) < date('2026-03-01') |
< 200000 | '金融' | 'M0_3' | | $ == null
< 200000 | | 'M0_3' | |
$ == null | | $ != null and $ != 'M12' | | '苏州'
$ == null | | | |
| | | |
"""
"""The same rules as zen takes them; a blank is kept from what compares."""


def zen_decision() -> Callable[[dict[str, object]], object] | None:
    """Return the table in zen, which gives the place of a rule; None where zen is not installed."""
    try:
        import zen
    except ImportError:
        return None
    rules = []
    for place, line in enumerate(ZEN.strip().splitlines()):
        cells = dict(zip(INPUTS, map(str.strip, line.split("|")), strict=True))
        cells["budget"] = guarded(cells["budget"])
        rules.append({"_id": str(place), **cells, "place": str(place)})
    columns = [{"id": code, "name": code, "field": code} for code in INPUTS]
    outputs = [{"id": "place", "name": "place", "field": "place"}]
    content = {"hitPolicy": "first", "inputs": columns, "outputs": outputs, "rules": rules}
    at = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": at},
        {"id": "table", "type": "decisionTableNode", "name": "table", "position": at, "content": content},
        {"id": "out", "type": "outputNode", "name": "out", "position": at},
    ]
    ways = [("in", "table"), ("table", "out")]
    edges = [{"id": a + b, "type": "edge", "sourceId": a, "targetId": b} for a, b in ways]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda row: decision.evaluate(row)["result"]["place"]


def guarded(cell: str) -> str:
    """Return a test of amounts that a blank does not break."""
    if cell.startswith("["):
        low, high = cell.strip("[)").split("..")
        return f"$ != null and $ >= {low} and $ < {high}"
    return f"$ != null and $ {cell}" if cell[:1] in {"<", ">"} else cell


def as_zen_takes_it(row: dict[str, object]) -> dict[str, object]:
    """Return a row with amounts as numbers and days as texts."""
    return row | {
        "budget": None if row["budget"] is None else float(str(row["budget"])),
        "next_on": str(row["next_on"]),
    }


def beside_zen(places: list[int], rows: list[dict[str, object]], ours: float) -> None:
    """Print how long zen takes for a row, and how many of ours go into that.

    Raises:
        AssertionError: zen comes to other rules.
    """
    decide = zen_decision()
    if decide is None:
        print("zen        not installed")
        return
    few = [as_zen_takes_it(row) for row in rows[:ZEN_ROWS]]
    if list(map(decide, few)) != places[:ZEN_ROWS]:
        raise AssertionError("zen")
    taken = seconds(lambda: list(map(decide, few))) / len(few)
    verdict = "ok" if taken / ours >= ZEN_TIMES else "TOO SLOW"
    print(f"zen        {1 / taken / 1e3:.1f} k rows/s, a row at a time, the same rules", end="  ")
    print(f"frame {taken / ours:.0f} times as fast  least {ZEN_TIMES}  {verdict}")


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
    """Return the median time the processor spends on some work: other programs do not count."""
    times = []
    for _ in range(TURNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def bind_all() -> list[object]:
    """Return every rule set of a book, its settings and lists read before."""
    book = book_of()
    rulebook = bind_rulebook(book)
    tables = (grading_rules, assignment_rules, scoring_rules, ladder_rules, transfer_criteria)
    sets: list[object] = [bind(book, rulebook, AS_OF) for bind in tables]
    return [*sets, transition_rules(book, rulebook), cleaning_rules(book, rulebook)]


def main() -> None:
    """Print rows a second, the ratio to the loop, one explanation, and the versions."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    decided, frame = decision_table(), lead_rows(count)
    rows = frame.to_dicts()
    fast = seconds(lambda: decided.decide(frame, AS_OF))
    slow = seconds(lambda: [decided.decided(row, AS_OF) for row in rows])
    verdict = "ok" if count / fast >= LIMIT else "TOO SLOW"
    print(f"frame      {count / fast / 1e6:.2f} M rows/s  {fast:.3f} s  least {LIMIT / 1e6} M  {verdict}")
    beside_zen(decided.decide(frame, AS_OF)["rule"].to_list(), rows, fast / count)
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

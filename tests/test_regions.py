"""Regions of decision tables: what is found equals what trying every row finds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import product
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import book_of
from ltc_xl.model.money import RATE
from ltc_xl.rules.decisions import DecisionTable, Rule
from ltc_xl.rules.guards import Field, cell_test, fields_of
from ltc_xl.rules.soundness.regions import Regions, regions

AS_OF = date(2026, 4, 30)
FIELDS = {one.code: one for one in fields_of("leads", book_of()).fields}
INPUTS = ("budget", "timeline", "city", "next_on", "score")
FIELDS |= {
    "share": Field("share", "number", RATE, "", is_share=True),
    "agreed": Field("agreed", "flag", pl.Boolean(), ""),
}
OTHERS = ("share", "agreed", "assigned_at", "idle_days", "industry")


def table_of(lines: Sequence[str], inputs: Sequence[str] = INPUTS) -> DecisionTable:
    """Return a table of rules; a line holds the cells of the inputs."""
    rules = []
    for place, line in enumerate(lines, 1):
        cells = zip(inputs, map(str.strip, line.split("|")), strict=False)
        tests = {code: cell_test(text, FIELDS[code]) for code, text in cells}
        rules.append(Rule(f"G{place:02}", None, {c: t for c, t in tests.items() if not t.is_any}))
    return DecisionTable(tuple(inputs), {}, tuple(rules))


def found(*lines: str) -> Regions:
    return regions(table_of(lines), FIELDS, AS_OF)


def test_a_row_that_no_rule_fits_is_shown() -> None:
    seen = found(">=100万 | - | -", "[20万..100万) | 3个月内 | -", "空 | - | -", "<20万 | - | -")
    assert seen.gap is not None
    assert seen.gap["budget"] == Decimal(200_000)
    assert seen.gap["timeline"] != "M0_3"


def test_rules_that_catch_everything_leave_no_gap() -> None:
    seen = found(">=100万 | - | -", "<100万 | - | 苏州", "<100万 | - | <>苏州", "- | - | 空", "空 | - | -")
    assert seen.gap is None
    assert seen.proved


def test_whole_numbers_leave_nothing_between_neighbours() -> None:
    lines = ("- | - | - | - | <=10", "- | - | - | - | >=11", "- | - | - | - | 空")
    assert found(*lines).gap is None
    gap = found(lines[0], "- | - | - | - | >=12", lines[2]).gap
    assert gap is not None
    assert gap["score"] == 11


def test_a_rule_below_wider_ones_is_never_the_first() -> None:
    seen = found(">=10万 | - | -", "- | 3个月内 | -", ">=20万 | 3个月内 | 苏州", "- | - | -")
    assert seen.first_hits() == {0, 1, 3}


def test_days_count_from_the_day_that_is_asked_about() -> None:
    line = "- | - | - | >=TODAY()-30"
    assert found(line, "- | - | - | <2026-03-31", "- | - | - | 空").gap is None
    gap = found(line, "- | - | - | <2026-03-30", "- | - | - | 空").gap
    assert gap is not None
    assert gap["next_on"] == date(2026, 3, 30)


def test_too_many_combinations_are_not_called_proved() -> None:
    codes = [f"i{n}" for n in range(9)]
    fields = {code: replace(FIELDS["budget"], code=code) for code in codes}
    chance = Random(9)  # noqa: S311  made-up rules, no secret
    rules = []
    for n in range(90):
        ends = {code: sorted(chance.sample(range(1000), 2)) for code in codes}
        tests = {code: cell_test(f"[{low}..{high})", fields[code]) for code, (low, high) in ends.items()}
        rules.append(Rule(str(n), None, tests))
    seen = regions(DecisionTable(tuple(codes), {}, tuple(rules)), fields, AS_OF)
    assert not seen.proved
    assert seen.gap is None


BUDGETS = ["-", ">=10", "<10", "[10..20)", "(10..20]", "空", "非空", "<>10", "10;20", "非(10;20)", ">20"]
TIMES = ["-", "3个月内", "<>3个月内", "空", "3个月内,3-6个月", "非(3个月内)"]
CITIES = ["-", "苏州", "<>苏州", "苏州,无锡", "空", "非空"]
DAYS = ["-", ">=TODAY()", "<2026-05-02", "[2026-04-30..2026-05-02]", "空"]
SCORES = ["-", ">=5", "<=6", "5", "空"]
LINES = st.tuples(*map(st.sampled_from, (BUDGETS, TIMES, CITIES, DAYS, SCORES))).map(" | ".join)

EVERY_BUDGET = [None, *(Decimal(n) / 100 for n in (-100, 999, 1000, 1001, 1500, 1999, 2000, 2001, 9900))]
EVERY_TIME = [None, *dict.fromkeys(FIELDS["timeline"].words.by_key.values())]  # type: ignore[union-attr]  # a list
EVERY_CITY = [None, "苏州", "无锡", "南京"]
EVERY_DAY = [None, *(date(2026, 4, day) for day in (29, 30)), *(date(2026, 5, day) for day in (1, 2, 3))]
EVERY_SCORE = [None, 4, 5, 6, 7]


SHARES = ["-", ">=80%", "<80%", "[60%..80%)", "<>80%", "空", ">0.8", "80%;90%", "<=0%", "非(100%)"]
FLAGS = ["-", "是", "否", "空", "<>是"]
MOMENTS = ["-", ">=TODAY()-2", "2026-04-28", "<2026-04-28", "空", "非(2026-04-28)"]
IDLE = ["-", ">5", "[0..5]", "<=5", "6", ">=6 且 <8", "<>6", "空", "非空", "(5..7)"]
TRADES = ["-", "金融,电信", "非(金融,电信)", "<>金融", "not(空)", "金融,空", "空"]
OTHER_LINES = st.tuples(*map(st.sampled_from, (SHARES, FLAGS, MOMENTS, IDLE, TRADES))).map(" | ".join)

EVERY = {
    "budget": EVERY_BUDGET, "timeline": EVERY_TIME, "city": EVERY_CITY, "next_on": EVERY_DAY,
    "score": EVERY_SCORE,
    "share": [None, *(Decimal(n) / 10**8 for n in (0, 1, 59999999, 6 * 10**7, 7 * 10**7, 79999999, 8 * 10**7,
              80000001, 85 * 10**6, 9 * 10**7, 95 * 10**6, 10**8))],
    "agreed": [None, True, False],
    "assigned_at": [None, *(datetime(2026, 4, day, hour) for day in (27, 28, 29) for hour in (0, 23))],  # noqa: DTZ001  sheets know no zones
    "idle_days": [None, -1, 0, 4, 5, 6, 7, 8, 9],
    "industry": [None, "金融", "电信", "食品"],
}  # fmt: skip
"""Values at, beside and between all constants of the tests."""


@given(
    st.one_of(
        st.tuples(st.just(INPUTS), st.lists(LINES, min_size=1, max_size=5)),
        st.tuples(st.just(OTHERS), st.lists(OTHER_LINES, min_size=1, max_size=5)),
    )
)
@settings(max_examples=100, deadline=None)
def test_regions_are_what_trying_every_row_finds(case: tuple[tuple[str, ...], list[str]]) -> None:
    """Numbers, whole numbers, percents, days, moments, flags, words and texts, with blanks."""
    inputs, lines = case
    decided = table_of(lines, inputs)
    seen = regions(decided, FIELDS, AS_OF)
    used = [any(code in rule.tests for rule in decided.rules) for code in inputs]
    values = [EVERY[code] if tested else EVERY[code][:1] for code, tested in zip(inputs, used, strict=True)]
    schema = {code: FIELDS[code].dtype for code in inputs}
    frame = pl.DataFrame(list(product(*values)), schema=schema, orient="row")
    answers = frame.select(rule.fits(AS_OF).fill_null(value=False).alias(rule.no) for rule in decided.rules)
    tried = {
        sum(1 << place for place, holds in enumerate(row) if holds) for row in answers.unique().iter_rows()
    }
    assert set(seen.trails) == tried
    for met in seen.trails:
        row = seen.row(met)
        fitting = [place for place, rule in enumerate(decided.rules) if rule.fits_row(row, AS_OF)]
        assert met == sum(1 << place for place in fitting)


@pytest.mark.parametrize(
    ("code", "low", "high", "between"),
    [
        ("idle_days", "<=5", ">5", None), ("idle_days", "<=5", ">=6", None),
        ("idle_days", "<=5", ">6", 6), ("idle_days", "<5", ">5", 5), ("score", "<=10", ">=11", None),
        ("next_on", "<=2026-04-29", ">=2026-04-30", None),
        ("next_on", "<2026-04-29", ">=2026-04-30", date(2026, 4, 29)),
        ("next_on", "<TODAY()", ">TODAY()", AS_OF), ("budget", "<=5", ">=5.01", None),
        ("budget", "<=5", ">=6", Decimal("5.5")), ("budget", "<5", ">5", Decimal(5)),
        ("share", "<80%", ">80%", Decimal("0.8")), ("share", "<80%", ">=80%", None),
        ("share", "<=79.999999%", ">=80%", None),
    ],
)  # fmt: skip
def test_between_two_tests_lies_what_a_column_can_hold(
    code: str, low: str, high: str, between: object
) -> None:
    """Whole numbers, days, cents and percents go by steps: nothing lies between neighbours."""
    gap = regions(table_of((low, high, "空"), (code,)), FIELDS, AS_OF).gap
    assert (gap or {code: None})[code] == between

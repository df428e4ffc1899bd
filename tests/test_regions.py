"""Regions of decision tables: what is found equals what trying every row finds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import book_of
from ltc_xl.rules.decisions import DecisionTable, Rule
from ltc_xl.rules.guards import cell_test, fields_of
from ltc_xl.rules.soundness.regions import Regions, regions

AS_OF = date(2026, 4, 30)
FIELDS = {one.code: one for one in fields_of("leads", book_of()).fields}
INPUTS = ("budget", "timeline", "city", "next_on", "score")


def table_of(lines: Sequence[str]) -> DecisionTable:
    """Return a table of rules; a line holds the cells of the inputs."""
    rules = []
    for place, line in enumerate(lines, 1):
        cells = zip(INPUTS, map(str.strip, line.split("|")), strict=False)
        tests = {code: cell_test(text, FIELDS[code]) for code, text in cells}
        rules.append(Rule(f"G{place:02}", None, {c: t for c, t in tests.items() if not t.is_any}))
    return DecisionTable(INPUTS, {}, tuple(rules))


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


@given(st.lists(LINES, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_regions_are_what_trying_every_row_finds(lines: list[str]) -> None:
    """The values tried by hand lie at, beside and between all constants of the tests."""
    decided = table_of(lines)
    seen = regions(decided, FIELDS, AS_OF)
    used = [any(code in rule.tests for rule in decided.rules) for code in INPUTS]
    every: tuple[Sequence[object], ...] = (EVERY_BUDGET, EVERY_TIME, EVERY_CITY, EVERY_DAY, EVERY_SCORE)
    values = [list_ if tested else list_[:1] for tested, list_ in zip(used, every, strict=True)]
    schema = {code: FIELDS[code].dtype for code in INPUTS}
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

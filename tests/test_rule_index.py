"""规则目录: what it says of a rule table is honoured on the day, and told by every run."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import typed_rows, written_book
from desk import typing
from shell import ltc

from ltc_xl import rollout
from ltc_xl.leads import assign, clean, grade, recycle
from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Outcome
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.decisions import Hit
from ltc_xl.rules.rule_index import rest_of
from ltc_xl.rules.rulesets import grading_rules
from ltc_xl.rules.transfer import transfer_criteria
from ltc_xl.rules.transitions import judged
from ltc_xl.session import new_book

DAY = date(2026, 4, 30)
FIRM = """
    grading
    | no  | budget  | grade | score | queue |
    | G01 | >=100万 | A     | 95    | 直销  |
    assignment
    | no  | queue | team |
    | A01 | 直销  | 一组 |
    members
    | member | team |
    | 张三   | 一组 |
    leads
    | lead_id | company | budget     | state    | grade | score | created_on |
    | L-1     | 甲厂    | 2000000.00 | QUALIFIED | B    | 50    | 2026-04-29 |
    | L-2     | 乙厂    | 100000.00  | QUALIFIED | B    | 50    | 2026-04-29 |
"""


def firm(*index: str) -> Book:
    """Return the firm's book with rows of the index: table, no match, first day, last day, status."""
    head = "| rule_table | no_match | valid_from | valid_to | status |"
    return written_book(FIRM + "rule_index\n" + "\n".join([head, *index]))


def grades(book: Book) -> tuple[Outcome, list[tuple[str, str | None]]]:
    """Return what grading answers, and the grades that it sets."""
    outcome = grade(book, bind_rulebook(book), DAY)
    set_ = [
        entry.cells.select("_uid", "new").rows() for entry in outcome.changes.sets if entry.column == "grade"
    ]
    return outcome, [row for rows in set_ for row in rows]


# ---------------------------------------------------------------- days and switch


@pytest.mark.parametrize(
    ("index", "rest"),
    [
        ([], None),
        (["| 线索评级 | | | | 启用 |"], None),
        (["| 线索评级 | | | | 停用 |"], ("R-47", "status")),
        (["| cfgGrade | | | | off |"], ("R-47", "status")),
        (["| 线索评级 | | 2026-04-30 | 2026-04-30 | |"], None),
        (["| 线索评级 | | 2026-05-01 | | |"], ("R-48", "valid_from")),
        (["| 线索评级 | | | 2026-04-29 | |"], ("R-48", "valid_to")),
        (["| 线索评级 | | | 2026-04-29 | |", "| 线索评级 | | 2026-04-30 | | |"], None),
        (["| 线索评级 | | | 2026-04-01 | |", "| 线索评级 | | 2026-06-01 | | |"], ("R-48", "valid_from")),
        (["| 线索评级 | | | | 停用 |", "| 线索评级 | | | | 启用 |"], None),
        (["| 线索分配 | | | | 停用 |"], None),
    ],
)
def test_a_table_counts_on_its_days_while_it_is_switched_on(
    index: list[str], rest: tuple[str, str] | None
) -> None:
    found = rest_of("grading", bind_rulebook(firm(*index)), DAY)
    assert (found and (found.code, found.column)) == rest


def test_a_table_that_is_off_decides_nothing_and_is_told() -> None:
    outcome, set_ = grades(firm("| 线索评级 | | | | 停用 |"))
    assert (set_, outcome.exit_status, [one.code for one in outcome.findings]) == ([], 0, ["R-47"])
    book = firm("| 线索分配 | | | | 停用 |")
    told: Any = assign(book, bind_rulebook(book), DAY).data
    assert {one["why"] for one in told["unassigned"]} == {"rules_off"}
    assert [one["code"] for one in told["problems"]] == ["R-47"]


def test_the_policy_is_that_of_the_day() -> None:
    """
    rule_index
    | rule_table | hit | valid_from | valid_to   |
    | 线索评级   | U   |            | 2026-03-31 |
    | 线索评级   | A   | 2026-04-01 |            |
    """
    book = written_book(FIRM + str(test_the_policy_is_that_of_the_day.__doc__))
    rulebook = bind_rulebook(book)
    assert grading_rules(book, rulebook, DAY).table.hit is Hit.ANY
    assert grading_rules(book, rulebook, date(2026, 3, 31)).table.hit is Hit.UNIQUE


def test_what_only_guards_is_not_asked_while_it_is_off() -> None:
    """Stages may move, leads be handed over; what puts leads right or takes them back does nothing."""
    from gallery import typed_over

    index = "| rule_table | status |\n|---|---|\n" + "".join(
        f"| {name} | 停用 |\n" for name in ("阶段流转", "移交标准", "清洗规则", "公海规则")
    )
    leads = "| lead_id | company | owner | state | created_on |\n|---|---|---|---|---|\n"
    book, typed = typed_over(
        {"leads": leads + "| L-1 | 甲厂 | 张三 | ASSIGNED → CONVERTED | 2025-01-01 |\n", "rule_index": index}
    )
    rulebook = bind_rulebook(book)
    verdict = judged(typed, book, rulebook, DAY, "wang")
    assert (verdict.refused, verdict.waiting) == ((), ())
    assert [entry.cells["new"].to_list() for entry in verdict.accepted.sets] == [["CONVERTED"]]
    assert [one.code for one in transfer_criteria(book, rulebook, DAY).problems] == ["R-47"]
    back = book.with_rows("leads", book.rows("leads").with_columns(state=pl.lit("FOLLOWING")))
    assert not recycle(back, rulebook, DAY).changes
    cleaned = clean(back, rulebook, DAY)
    assert (bool(cleaned.changes), cleaned.exit_status) == (False, 0)
    on = bind_rulebook(back.with_rows("rule_index", back.rows("rule_index").clear()))
    assert recycle(back, on, DAY).changes


# ---------------------------------------------------------------- rows that no rule fits


@pytest.mark.parametrize(
    ("no_match", "set_", "status"),
    [
        ("保持", [("u0x", "A")], 0),
        ("留空", [("u0x", "A"), ("u1x", None)], 0),
        ("报错", [("u0x", "A")], 1),
        ("error", [("u0x", "A")], 1),
    ],
)
def test_a_lead_that_no_rule_fits_is_kept_blanked_or_an_error(
    no_match: str, set_: list[tuple[str, str | None]], status: int
) -> None:
    outcome, found = grades(firm(f"| 线索评级 | {no_match} | | | |"))
    told: Any = outcome.data
    assert (sorted(found), outcome.exit_status) == (set_, status)
    assert [one["lead_id"] for one in told["ungraded"]] == ["L-2"]


# ---------------------------------------------------------------- a workbook


def test_every_run_tells_what_is_switched_off_and_whose_it_is(tmp_path: Path) -> None:
    rows = {
        "rule_index": typed_rows("rule_index", "| rule_table | owner |\n| 线索评级 | 王总 |"),
        "leads": typed_rows("leads", "| company | state | channel |\n| 甲厂 | NEW | 官网 |"),
    }
    book = tmp_path / "a.xlsx"
    plan = rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, profile="full", rows=rows)
    new_book(book, plan)
    typing(book, "rule_index", "u0x", status="停用")
    line = "“线索评级”在“规则目录”里停用（责任人：王总），这次没有用它。"
    for command in (("leads", "grade"), ("rules", "check"), ("check",)):
        assert ltc(*command, book, "--as-of", DAY).stdout.splitlines().count(line) == 1
    told = json.loads(ltc("leads", "grade", book, "--as-of", DAY, "--json").stdout)
    assert told["rules_off"] == [{"rule_set": "grading", "code": "R-47", "owner": "王总"}]
    assert told["graded"] == []

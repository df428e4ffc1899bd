"""Versions of rule sheets: what makes a new one, what does not, and where they are kept."""

import json
from pathlib import Path

import pytest
from conftest import written_book
from desk import DAY, checked, made, store_of, typing
from shell import ltc

from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.rule_version import rule_version

RULES = """
    grading
    | no  | budget | need_level | grade | score | queue | reason |
    | G01 | >=50万 | 紧急       | A     | 95    | 直销  | 预算足 |
    | G02 | -      | -          | D     | 10    | 培育  |        |
    """


def version(text: str, name: str = "grading") -> str:
    book = written_book(text)
    return rule_version(name, book, bind_rulebook(book))


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        (">=50万", " ＞＝50万 "),
        ("预算足", "预算很足"),
        ("| -      | -    ", "|        |      "),
        ("G01", "g01"),
    ],
)
def test_another_spelling_or_remark_is_the_same_version(typed: str, instead: str) -> None:
    assert version(RULES.replace(typed, instead)) == version(RULES)


@pytest.mark.parametrize(
    ("typed", "instead"),
    [(">=50万", ">50万"), ("| A     |", "| B     |"), ("直销", "大客户"), ("G02", "G03")],
)
def test_what_a_rule_says_makes_the_version(typed: str, instead: str) -> None:
    assert version(RULES.replace(typed, instead)) != version(RULES)


def test_the_order_of_the_rules_and_the_hit_policy_make_the_version() -> None:
    *head, first, last, end = RULES.split("\n")
    index = "rule_index\n| rule_table | hit |\n| 线索评级 | 唯一 |\n"
    told = {version(RULES), version("\n".join([*head, last, first, end])), version(RULES + index)}
    assert len(told) == 3
    other = index.replace("线索评级", "线索分配")
    assert version(RULES + other) == version(RULES)


def test_each_rule_sheet_has_a_version_of_its_own(tmp_path: Path) -> None:
    told = json.loads(ltc("rules", "check", made(tmp_path / "a.xlsx"), "--json").stdout)["sets"]
    assert {len(one["version"]) for one in told} == {64}
    assert len({one["version"] for one in told}) == len(told)


def test_a_commit_keeps_the_versions_it_went_by(tmp_path: Path) -> None:
    book = made(tmp_path / "a.xlsx")
    typing(book, "opportunities", "u0x", stage="赢单", note="来过")
    checked(book)
    typing(book, "opportunities", "u1x", note="又来过")
    checked(book)
    store = store_of(book)
    kept = [json.loads(commit.rules or "{}") for commit in store.commits() if commit.command == "edit"]
    store.close()
    assert [list(one) for one in kept[-2:]] == [["transitions"], []]
    told = json.loads(ltc("history", book, "--json").stdout)["commits"]
    assert [one["rules"] for one in told if one["command"] == "edit"] == kept
    assert DAY.isoformat() == told[-1]["as_of"]


def test_a_daily_run_keeps_those_of_grading_and_assignment(tmp_path: Path) -> None:
    from conftest import typed_rows

    from ltc_xl import rollout
    from ltc_xl.session import new_book
    from ltc_xl.sync import sync

    path = tmp_path / "a.xlsx"
    rows = {
        "leads": typed_rows("leads", "| company | need | state | channel |\n| 甲厂 | 配电 | NEW | 官网 |")
    }
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows=rows))
    sync(path, DAY)
    store = store_of(path)
    (kept,) = [json.loads(commit.rules or "{}") for commit in store.commits() if commit.command == "sync"]
    store.close()
    assert list(kept) == ["assignment", "grading", "transfer_criteria", "transitions"]

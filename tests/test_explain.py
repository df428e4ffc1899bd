"""Why a row got its answer: the rule, what it passed, what it nearly met, and what was decided then."""

from pathlib import Path
from typing import Any, get_args

import pytest
from conftest import typed_rows, written_book
from desk import forgetting, typing
from shell import answered, ltc
from test_leads import DAY, LEADS, PEOPLE, ready

from ltc_xl import rollout
from ltc_xl.messages import topic
from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.lead_desk import Out, Why
from ltc_xl.ruling import explain
from ltc_xl.ruling.owners import IN_TURN, LEAST_OPEN
from ltc_xl.session import new_book
from ltc_xl.sync import sync

Told = dict[str, Any]


def told(book: Book, row: str, rules: str = "grading") -> Told:
    """Return what one rule sheet says of a row."""
    data: Any = explain(book, bind_rulebook(book), DAY, row, actor="wang").data
    return next(one for one in data["rows"][0]["answers"] if one["rules"] == rules)


# ---------------------------------------------------------------- grades


def test_a_grade_names_its_rule_and_every_test_the_lead_passed() -> None:
    why = told(ready(LEADS), "L-1")
    assert (why["rule"]["no"], why["why_not"], why["changes"]) == ("G01", None, False)
    assert [(one["label"], one["shown"], one["test"]) for one in why["passed"]] == [
        ("预算", "1,200,000", ">=100万"),
        ("需求程度", "紧急", "紧急"),
    ]
    assert [(one["column"], one["value"]) for one in why["given"]] == [
        ("grade", "A"),
        ("score", 95),
        ("queue", "大客户"),
    ]


def test_the_nearest_missed_rules_come_with_the_test_that_failed() -> None:
    missed = told(ready(LEADS), "L-2")["missed"]
    assert [
        (one["no"], [(f["column"], f["shown"], f["holds"]) for f in one["failed"]]) for one in missed
    ] == [
        ("G02", [("budget", "300,000", False)]),
        ("G03", [("need_level", "明确", False)]),
        ("G04", [("completeness", "57.1%", False)]),
    ]


def test_a_blank_that_leaves_a_test_open_is_no_failure() -> None:
    missed = told(ready(LEADS), "L-3")["missed"]
    assert {f["holds"] for one in missed for f in one["failed"] if f["column"] == "budget"} == {None}


def test_a_lead_that_says_something_else_now_would_be_graded_anew() -> None:
    book = written_book(LEADS)
    assert told(book, "L-1")["changes"] is True
    assert told(book, "L-1")["stands"] == {"grade": None, "score": None}


def test_a_closed_lead_is_left_alone_by_the_rules() -> None:
    assert told(ready(LEADS), "L-6")["why_not"] == "closed"
    assert told(ready(LEADS, PEOPLE), "L-6", "assignment")["why_not"] == "closed"


BROKEN = """
    grading
    | no  | budget  | need_level | grade | score | queue |
    | G01 | >=10O万 | -          | A     | 95    | 直销  |
    """


def test_a_sheet_with_an_error_explains_nothing_but_its_cells() -> None:
    assert told(written_book(LEADS + BROKEN), "L-1")["why_not"] == "off"
    assert told(written_book(LEADS + PEOPLE + BROKEN), "L-1", "assignment")["why_not"] == "no_grade"


def test_rules_that_contradict_each_other_are_off() -> None:
    rules = """
    grading
    | no  | budget  | need_level | grade | score | queue |
    | G01 | >=100万 | -          | A     | 95    | 直销  |
    | G02 | >=110万 | -          | B     | 80    | 直销  |
    rule_index
    | rule_table | hit  |
    | 线索评级   | 唯一 |
    """
    assert told(written_book(LEADS + rules), "L-1")["why_not"] == "off"


# ---------------------------------------------------------------- owners


def test_an_owner_comes_with_everybody_who_was_asked_and_what_decided() -> None:
    why = told(ready(), "L-1", "assignment")
    assert (why["rule"]["no"], why["group"], why["owner"]) == ("A01", "大客户组", "王磊")
    people = [
        (one["name"], one["in_hand"], one["month"], one["capacity"], one["out"]) for one in why["candidates"]
    ]
    assert people == [("李强", 0, 0, None, "leave"), ("王磊", 0, 1, 20, None), ("陈静", 1, 1, 20, None)]
    assert why["decided_by"] == "in_hand"


def test_a_lead_with_an_owner_is_told_as_if_it_waited_with_the_others() -> None:
    why = told(ready(), "L-4", "assignment")
    assert (why["stands"], why["owner"], why["decided_by"]) == ("陈静", "王磊", "in_hand")
    in_hand = {one["name"]: one["in_hand"] for one in why["candidates"]}
    assert in_hand == {"李强": 0, "王磊": 0, "陈静": 1}


def test_a_group_without_anybody_free_gives_to_the_fallback() -> None:
    people = PEOPLE.replace("| 王磊   | 大客户组 ", "| 王磊   | 别的组   ").replace(
        "大客户组；直销组", "直销组"
    )
    why = told(ready(LEADS, people), "L-1", "assignment")
    assert (why["owner"], why["by_fallback"], why["decided_by"]) == ("周凯", True, "only")
    assert [(one["name"], one["out"]) for one in why["tried"]] == [("李强", "leave")]


def test_nobody_at_all_is_told_with_the_reason() -> None:
    why = told(ready(LEADS), "L-1", "assignment")
    assert (why["owner"], why["why_not"]) == (None, "empty_group")


def test_a_customers_lead_goes_to_its_owner_whatever_the_rules_say() -> None:
    customers = "customers\n| name | owner |\n| 甲厂 | 陈静 |\n"
    why = told(ready(LEADS, PEOPLE, customers), "L-1", "assignment")
    assert (why["owner"], why["decided_by"], why["customer"]) == ("陈静", "customer", "甲厂")


# ---------------------------------------------------------------- stages

DEALS = """
    opportunities
    | name | stage      | amount    | ati_result | expected_close |
    | 柜一 | VALIDATING | 90,000.00 |            | 2026-12-01     |
    | 柜二 | WON        |           |            |                |
    | 柜一 | LOST       |           |            |                |
    """


def moves(book: Book, row: str) -> dict[str, Told]:
    return {one["to"]: one for one in told(book, row, "transitions")["moves"]}


def test_every_move_says_whether_it_may_be_made_and_what_is_missing() -> None:
    found = moves(written_book(DEALS), "u0x")
    assert {to: one["allowed"] for to, one in found.items()} == {
        "APPROVED": False,
        "LOST": False,
        "DROPPED": True,
        "HOLD": True,
    }
    (step,) = found["APPROVED"]["steps"]
    assert (step["no"], step["holds"]) == ("T21", None)
    assert {one["column"]: one["filled"] for one in step["needs"]} == {
        "amount": True,
        "expected_close": True,
        "ati_result": False,
    }
    assert [one["code"] for one in found["LOST"]["reasons"]] == ["T-03"]


def test_a_move_that_may_be_made_names_what_it_read() -> None:
    book = written_book(DEALS.replace("90,000.00 |            ", "90,000.00 | GO         "))
    approved = moves(book, "u0x")["APPROVED"]
    assert approved["allowed"] is True
    assert [(one["label"], one["shown"]) for one in approved["steps"][0]["read"]] == [("立项结论", "同意")]


def test_a_move_for_a_role_asks_for_somebody_who_has_it() -> None:
    rules = """
    transitions
    | no  | object      | from | to   | role   |
    | T01 | OPPORTUNITY | 验证 | 立项 | 总经理 |
    members
    | member | roles  | login |
    | 王总   | 总经理 | wang  |
    | 李工   | 销售   | li    |
    """
    book = written_book(DEALS + rules)
    assert moves(book, "u0x")["APPROVED"]["allowed"] is True
    data: Any = explain(book, bind_rulebook(book), DAY, "u0x", actor="li").data
    (move,) = data["rows"][0]["answers"][0]["moves"]
    assert (move["allowed"], move["steps"][0]["has_role"]) == (False, False)


def test_an_end_has_no_moves() -> None:
    assert told(written_book(DEALS), "柜二", "transitions")["why_not"] == "no_moves"


# ---------------------------------------------------------------- which row


def test_rows_of_one_name_are_all_explained() -> None:
    book = written_book(DEALS)
    data: Any = explain(book, bind_rulebook(book), DAY, "柜一", actor="x").data
    assert [row["uid"] for row in data["rows"]] == ["u0x", "u2x"]


@pytest.mark.parametrize("said", ["没有的", ""])
def test_a_row_that_is_not_there_is_refused(said: str) -> None:
    book = written_book(DEALS)
    with pytest.raises(UsageError, match="explain_no_row"):
        explain(book, bind_rulebook(book), DAY, said, actor="x")


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook whose leads were graded and assigned, and whose rules were changed afterwards."""
    folder = tmp_path_factory.mktemp("explain")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        path = folder / "客户A.xlsx"
        lead = "| company | need | budget | timeline | state | channel |\n"
        lead += "| 甲厂 | 配电 | 1200000.00 | M0_3 | QUALIFIED | 官网 |"
        people = "| member | team |\n| 王磊 | 大客户组 |\n| 陈静 | 大客户组 |"
        rows = {"leads": typed_rows("leads", lead), "members": typed_rows("members", people)}
        new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows=rows))
        sync(path, DAY)
    return folder


@pytest.fixture
def book(firm: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    import shutil

    shutil.copytree(firm, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def test_the_command_tells_what_counts_now_and_what_was_decided_then(book: Path) -> None:
    shown = ltc("rules", "explain", book, "甲厂", "--as-of", DAY, "--lang", "zh")
    assert shown.exit_code == 0, shown.output
    for line in (
        "  命中 G01（线索评级!A4） → 等级 A、分数 95、分配队列 大客户",
        "    预算 1,200,000，要求 >=100万：符合",
        "    陈静  在手 0，30 天接单 0，7 天接单 0/10，上次 还没接过",
        "    必填的还没填：跟进记录",
    ):
        assert line in shown.stdout.splitlines()
    assert shown.stdout.count("规则从那时起没有变") == 3


def test_a_changed_rule_is_told_from_the_one_that_decided_then(book: Path) -> None:
    typing(book, "grading", uid_of(book, "G01"), score="96")
    data: Any = answered("rules", "explain", book, "甲厂", "--as-of", DAY)
    (row,) = data["rows"]
    then = {one["rules"]: one for one in row["history"]}
    now = {one["rules"]: one["version"] for one in row["answers"]}
    assert then["grading"]["version"] != now["grading"]
    assert then["assignment"]["version"] == now["assignment"]
    assert (then["grading"]["command"], then["grading"]["cells"]["grade"]) == ("sync", "A")
    assert then["assignment"]["cells"]["owner"] in {"王磊", "陈静"}
    english = ltc("rules", "explain", book, "甲厂", "--as-of", DAY, "--lang", "en").stdout
    assert "The rules have changed: version" in english
    assert "The sheet says A; the next grading changes that." in english


def test_of_several_decisions_the_last_is_told(book: Path) -> None:
    from ltc_xl.workbook.read import read_book

    typing(book, "leads", read_book(book).rows("leads")["_uid"][0], budget=300000)
    sync(book, DAY)
    data: Any = answered("rules", "explain", book, "甲厂", "--as-of", DAY)
    history = data["rows"][0]["history"]
    (last,) = [one for one in history if one["rules"] == "grading"]
    assert (last["cells"]["grade"], last["cells"]["score"]) == ("B", "75")
    assert [one["commit"] for one in history] == sorted(one["commit"] for one in history)


def uid_of(book: Path, no: str) -> str:
    import polars as pl

    from ltc_xl.workbook.read import read_book

    found: str = read_book(book).rows("grading").row(by_predicate=pl.col("no") == no, named=True)["_uid"]
    return found


def test_a_sheet_that_is_off_is_told_with_its_cells(book: Path) -> None:
    typing(book, "grading", uid_of(book, "G01"), budget=">=10O万")
    forgetting(book, "grading")
    shown = ltc("rules", "explain", book, "甲厂", "--as-of", DAY, "--lang", "zh")
    assert "  “线索评级”有错误，整张停用：线索评级!B4。" in shown.stdout.splitlines()


def test_nothing_is_written(book: Path) -> None:
    before = book.read_bytes()
    ltc("rules", "explain", book, "甲厂")
    assert book.read_bytes() == before


def test_an_unknown_row_is_wrong_usage(book: Path) -> None:
    refused = ltc("rules", "explain", book, "没有的", "--lang", "zh")
    assert (refused.exit_code, "都没有“没有的”" in refused.stderr) == (2, True)


@pytest.mark.parametrize("lang", LANGS)
def test_there_are_words_for_every_reason_why_nobody_gets_a_lead(lang: Lang) -> None:
    words: Any = topic("ruling", lang)
    assert set(get_args(Why)) <= set(words["why_not"])
    assert set(get_args(Out)) <= set(words["out"])
    assert {*LEAST_OPEN, *IN_TURN, "only", "customer"} == set(words["decided"])


def test_both_languages_say_the_same_things() -> None:
    zh, en = topic("ruling", "zh"), topic("ruling", "en")
    assert zh.keys() == en.keys()
    parts = {key for key, value in zh.items() if isinstance(value, dict)}
    assert {key: set(dict(zh[key])) for key in parts} == {key: set(dict(en[key])) for key in parts}  # type: ignore[call-overload]  # tables of the topic

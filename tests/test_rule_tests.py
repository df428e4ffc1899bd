"""Examples of rows with the answers they must get: tried, written beside the rows, and counted."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import typed_rows, written_book
from desk import DAY, made, typing
from shell import answered, ltc

from ltc_xl.check import try_rules
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.workbook.read import read_book

RULES = """
    grading
    | no  | budget        | industry | need_level | completeness | grade | score | queue  |
    | G01 | >=100万       | 电信     | -          | -            | A     | 95    | 大客户 |
    | G02 | >=100万       | -        | 紧急       | >=80%        | B     | 80    | 大客户 |
    | G03 | [20万..100万) | -        | -          | -            | C     | 50    | 直销   |
    assignment
    | no  | queue  | region    | team     | method   |
    | A01 | 大客户 | 华东,华南 | 大客户组 | 最少在手 |
    | A02 | 直销   | -         | 直销组   | 轮流     |
    """


def tried(tests: str, lang: Lang | None = None) -> Outcome:
    book = written_book(RULES + "rule_tests\n" + tests)
    return try_rules(book, bind_rulebook(book), DAY, lang=lang)


def results(tests: str) -> dict[str, str]:
    data: Any = tried(tests).data
    return {one["no"]: one["result"] for one in data["tests"]}


def test_an_example_passes_by_the_rule_or_by_any_of_its_answers() -> None:
    """
    A part may be a number of a rule, a grade, a score, a queue; all parts must hold.
    """
    told = results("""
    | no | rule_table | budget | industry | expected      |
    | C1 | 线索评级   | 150万  | 电信     | G01           |
    | C2 | 线索评级   | 150万  | 电信     | a，大客户；95 |
    | C3 | cfgGrade   | 150万  | 电信     | A、直销       |
    | C4 | 线索评级   | 30万   | -        | C             |
    """)
    assert told == {"C1": "PASSED", "C2": "PASSED", "C3": "FAILED", "C4": "PASSED"}


def test_words_numbers_and_shares_are_read_as_in_a_row() -> None:
    told = results("""
    | no | rule_table   | budget    | need_level | completeness | expected |
    | C1 | Lead grading | 1,000,000 | urgent     | 80%          | G02      |
    | C2 | Lead grading | １００万  | 紧急       | 79.9%        | none     |
    | C3 | grading      |           | 紧急       | 90%          | 无       |
    """)
    assert told == {"C1": "PASSED", "C2": "PASSED", "C3": "PASSED"}


def test_assignment_is_tried_by_queue_and_region() -> None:
    told = results("""
    | no | rule_table | queue  | region | expected          |
    | C1 | 线索分配   | 大客户 | 华南   | 大客户组,最少在手 |
    | C2 | 线索分配   | 大客户 | 华北   | 无                |
    | C3 | 线索分配   | 直销   |        | A02,轮流          |
    """)
    assert told == {"C1": "PASSED", "C2": "PASSED", "C3": "PASSED"}


MOVES = """
    transitions
    | no  | object      | from | to   | condition    | needs | role   |
    | T01 | OPPORTUNITY | 验证 | 立项 | 金额>=100万  | 产品  | 总经理 |
    | T02 | OPPORTUNITY | 验证 | 立项 | 金额<100万   | 产品  |        |
    | T03 | LEAD        | 新建 | 无效 |              | 原因  |        |
    """


def test_a_move_is_tried_with_what_the_row_holds_and_who_moves_it() -> None:
    """金额, 产品 and 原因 are columns that the firm has added to the sheet of examples."""
    book = written_book(
        MOVES
        + """
    rule_tests
    | no | rule_table  | object      | from | to   | role   | expected    |
    | C1 | 阶段流转    | OPPORTUNITY | 验证 | 立项 | 总经理 | 允许，T01   |
    | C2 | 阶段流转    | OPPORTUNITY | 验证 | 立项 | 销售   | 不允许      |
    | C3 | 阶段流转    | OPPORTUNITY | 验证 | 立项 |        | T02         |
    | C4 | Transitions | LEAD        | 新建 | 无效 |        | refused     |
    | C5 | Transitions | LEAD        | 新建 | 无效 |        | allowed     |
    | C6 | 阶段流转    | LEAD        | 新建 | 赢单 |        | 不允许      |
    | C7 | 阶段流转    |             | 新建 | 无效 |        | 不允许      |
    """
    )
    big, small, blank = "200万", "50万", None
    book = with_own(
        book,
        "rule_tests",
        金额=[big, big, small, blank, blank, blank, blank],
        产品=["GTX", "GTX", "GTX", blank, blank, blank, blank],
        原因=[blank, blank, blank, blank, "空号", blank, blank],
    )
    outcome = try_rules(book, bind_rulebook(book), DAY)
    data: Any = outcome.data
    assert {one["no"]: one["result"] for one in data["tests"]} == {
        **dict.fromkeys(("C1", "C2", "C3", "C4", "C5"), "PASSED"),
        **dict.fromkeys(("C6", "C7"), "UNREAD"),
    }
    codes = [(one.code, one.column) for one in outcome.findings if one.table == "rule_tests"]
    assert codes == [("K-01", "object"), ("R-52", "to")]
    assert data["coverage"][2]["untried"] == []


def test_a_column_of_the_firms_own_is_an_input_by_its_header() -> None:
    """The firm grades by channel: a column 渠道 on both sheets."""
    book = written_book(
        RULES + "rule_tests\n| no | rule_table | expected |\n| C1 | 线索评级 | G09 |\n| C2 | 线索评级 | 无 |"
    )
    rules = typed_rows("grading", "| no | grade | score | queue |\n| G09 | A | 95 | 直销 |")
    book = with_own(book.with_rows("grading", rules), "grading", 渠道=["展会"])
    book = with_own(book, "rule_tests", 渠道=["展会", "官网"])
    data: Any = try_rules(book, bind_rulebook(book), DAY).data
    assert [one["result"] for one in data["tests"]] == ["PASSED", "PASSED"]
    stranger = with_own(book, "rule_tests", 渠到=["展会", "官网"])
    found = try_rules(stranger, bind_rulebook(stranger), DAY).findings
    assert ("R-01", "渠到") in {(one.code, one.column) for one in found}


def with_own(book: Book, name: str, **cells: list[str] | list[str | None]) -> Book:
    """Return a book with a column of the firm's own on a rule sheet."""
    held = book.tables[name]
    texts = pl.DataFrame({**cells, UID: held.rows[UID]})
    return replace(book, tables={**book.tables, name: replace(held, texts=texts)})


def test_what_cannot_be_tried_is_told_and_does_not_count() -> None:
    outcome = tried("""
    | no | rule_table | budget | expected |
    | C1 | 线索评估   | 150万  | A        |
    | C2 | 线索评级   | 15O万  | A        |
    | C3 | 线索评级   | 30万   |          |
    | C3 | 线索评级   | 30万   | C        |
    """)
    data: Any = outcome.data
    assert [one["result"] for one in data["tests"]] == ["UNREAD", "UNREAD", "UNREAD", "PASSED"]
    codes = [(one.code, one.column) for one in outcome.findings if one.table == "rule_tests"]
    assert sorted(codes) == [("K-01", "expected"), ("R-06", "no"), ("R-52", "budget"), ("R-52", "rule_table")]
    assert outcome.exit_status == 1


def test_examples_of_a_sheet_that_is_off_are_not_tried() -> None:
    book = written_book(
        RULES.replace(">=100万       | 电信", ">=10O万       | 电信")
        + "rule_tests\n| no | rule_table | budget | expected |\n| C1 | 线索评级 | 30万 | C |"
    )
    outcome = try_rules(book, bind_rulebook(book), DAY)
    data: Any = outcome.data
    assert data["tests"][0]["result"] == "UNREAD"
    assert {one.code for one in outcome.findings} >= {"R-02", "R-52"}


def test_coverage_counts_the_rules_that_examples_come_to() -> None:
    outcome = tried("""
    | no | rule_table | budget | industry | expected |
    | C1 | 线索评级   | 150万  | 电信     | G01      |
    | C2 | 线索评级   | 30万   |          | B        |
    """)
    data: Any = outcome.data
    grading, assignment, _moves, _criteria = data["coverage"]
    assert (grading["rules"], grading["tried"], grading["untried"]) == (3, 2, ["G02"])
    assert grading["coverage_pct"] == pytest.approx(66.7)
    assert (assignment["tests"], assignment["tried"]) == (0, 0)
    assert [(one.code, one.table) for one in outcome.findings] == [
        ("R-50", "rule_tests"),
        ("R-51", "grading"),
    ]


def test_results_stand_beside_the_rows_and_are_written_once() -> None:
    book = written_book(
        RULES + "rule_tests\n| no | rule_table | budget | expected |\n| C1 | 线索评级 | 30万 | B |"
    )
    outcome = try_rules(book, bind_rulebook(book), DAY)
    after = applied(book, outcome.changes)
    row = after.rows("rule_tests").row(0, named=True)
    assert (row["got"], row["result"], row["checked_on"]) == ("G03 C 50 直销", "FAILED", DAY)
    assert not try_rules(after, bind_rulebook(after), DAY).changes


def test_a_book_without_the_sheet_has_no_examples() -> None:
    book = written_book(RULES)
    outcome = try_rules(book, bind_rulebook(book), DAY)
    assert (outcome.data["has_sheet"], outcome.data["tests"], outcome.exit_status) == (False, [], 0)


@pytest.mark.parametrize("lang", LANGS)
def test_the_shipped_examples_pass_and_come_to_every_shipped_grade(lang: Lang) -> None:
    book = Book("new.xlsx", lang)
    for name in ("grading", "assignment", "rule_tests"):
        rows = default_rows(name, lang).with_columns(pl.format("u{}", pl.int_range(pl.len())).alias(UID))
        book = book.with_rows(name, rows)
    data: Any = try_rules(book, bind_rulebook(book), DAY).data
    assert {one["result"] for one in data["tests"]} == {"PASSED"}
    assert data["coverage"][0]["untried"] == []


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rule-tests")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        made(folder / "客户A.xlsx")
    return folder


@pytest.fixture
def book(firm: Path, tmp_path: Path) -> Path:
    """Return a copy of a new firm's workbook for one test."""
    import shutil

    shutil.copytree(firm, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def test_the_command_writes_what_came_of_each_example_and_undo_takes_it_back(book: Path) -> None:
    shown = ltc("rules", "test", book, "--as-of", DAY, "--lang", "zh")
    assert shown.exit_code == 0, shown.output
    assert "试了 8 个例子：通过 8，没通过 0，没法测 0。" in shown.stdout
    assert "线索评级：8 条规则都有例子命中。" in shown.stdout
    rows = read_book(book).rows("rule_tests")
    assert rows["result"].to_list() == ["PASSED"] * 8
    assert ltc("undo", book, "rules").exit_code == 2
    last = answered("history", book)["commits"]
    assert isinstance(last, list)
    assert last[-1]["command"] == "rules test"
    ltc("undo", book, last[-1]["commit"])
    assert read_book(book).rows("rule_tests")["result"].null_count() == 8


def test_a_changed_rule_turns_its_example_red(book: Path) -> None:
    uid = read_book(book).rows("grading").row(0, named=True)["_uid"]
    typing(book, "grading", uid, budget=">=200万")
    told = ltc("rules", "test", book, "--as-of", DAY, "--lang", "en")
    assert told.exit_code == 1
    assert "By “Lead grading” this must give G01,A,大客户, and gives G02 B 80 大客户." in told.stdout
    assert "none comes to G01" in told.stdout
    again: Any = answered("rules", "check", book, "--as-of", DAY)
    assert {one["code"] for one in again["findings"]} >= {"R-50", "R-51"}


def test_a_dry_run_writes_nothing(book: Path) -> None:
    before = book.read_bytes()
    data: Any = answered("rules", "test", book, "--dry-run")
    assert (len(data["tests"]), data["dry_run"]) == (8, True)
    assert book.read_bytes() == before


CRITERIA = """
    transfer_criteria
    | criterion  | condition                  | valid_from |
    | 说清要什么 | 需求 非空                  |            |
    | 预算够     | 预算>=5万 或 需求程度=紧急 |            |
    | 以后才要   | 城市 非空                  | 2099-01-01 |
    """


def test_transfer_criteria_are_tried_like_rules() -> None:
    """
    What counts for an example are the criteria it does not meet; a blank meets none, later ones do not count.
    """
    book = written_book(
        RULES
        + CRITERIA
        + """
    rule_tests
    | no | rule_table        | budget | need_level | expected   |
    | C1 | 移交标准          | 10万   | -          | 说清要什么 |
    | C2 | 移交标准          | 1万    | -          | 不满足     |
    | C3 | Transfer criteria | 1万    | 明确       | 预算够     |
    | C4 | 移交标准          | 1万    | 紧急       | 预算够     |
    | C5 | 移交标准          | 10万   | -          | 满足       |
    | C6 | 移交标准          | 1O万   | -          | 不满足     |
    """
    )
    data: Any = try_rules(book, bind_rulebook(book), DAY).data
    told = {one["no"]: one["result"] for one in data["tests"]}
    assert told == {
        "C1": "PASSED", "C2": "PASSED", "C3": "PASSED", "C4": "FAILED", "C5": "FAILED", "C6": "UNREAD",
    }  # fmt: skip
    coverage = data["coverage"][3]
    assert (coverage["table"], coverage["tests"], coverage["untried"]) == ("transfer_criteria", 5, [])


def test_a_lead_that_meets_all_criteria_is_expected_to() -> None:
    tests = (
        "\n    rule_tests\n    | no | rule_table | budget | expected |\n    | C1 | 移交标准 | 10万 | 满足 |"
    )
    met = CRITERIA.replace(
        "| 说清要什么 | 需求 非空                  |            |", "| 有预算 | 预算 非空 | |"
    )
    book = written_book(met + tests)
    data: Any = try_rules(book, bind_rulebook(book), DAY).data
    assert [one["result"] for one in data["tests"]] == ["PASSED"]
    assert data["coverage"][3]["untried"] == ["有预算", "预算够"]

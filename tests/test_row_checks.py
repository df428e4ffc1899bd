"""行校验: the firm's own conditions on whole rows, what a blank means, and rows that are off alone."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from conftest import typed_rows
from gallery import placed_book
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_cells import DAY
from reading import book_file

from ltc_xl.check import check, check_rules
from ltc_xl.messages import words_of
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.finding import Finding
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks.declared import check_rows_meet_conditions
from ltc_xl.rules.row_checks import row_checks
from ltc_xl.workbook import read_book

DEALS = """
| name | customer | owner | stage      | amount    | cost_est  | expected_close |
| 甲   | 太湖精工 | 王强  | VALIDATING | 100000.00 | 120000.00 | 2026-06-01     |
| 乙   | 太湖精工 | 王强  | VALIDATING | 100000.00 |           | 2026-06-01     |
| 丙   | 太湖精工 | 王强  | WON        | 100000.00 | 20000.00  |                |
"""
HEAD = "| no | table | condition | if_blank | blame | severity | message_zh | message_en | is_on |\n"


def asking(*rows: str, **tables: str) -> Book:
    return placed_book({"opportunities": DEALS, **tables, "row_checks": HEAD + "\n".join(rows)})


def unmet(book: Book) -> list[Finding]:
    return [one for one in check(book, bind_rulebook(book), DAY).findings if one.code.startswith("X-")]


def told(book: Book) -> list[tuple[str, str, str]]:
    """Return code, severity and cell of the rows that fail."""
    return [
        (one.code, one.severity, (book.cell(one.table, one.row_id, one.column) or ("", ""))[1])
        for one in unmet(book)
    ]


def test_a_row_fails_with_the_severity_of_its_check_at_the_cell_to_blame() -> None:
    book = asking("| X1 | OPPORTUNITIES | 预计成本<=金额 | PASS | 预计成本 | WARNING | 亏本 | | YES |")
    assert told(book) == [("X-01", "warning", "V2")]


def test_a_blank_fails_unless_the_row_says_that_it_passes() -> None:
    check_row = "| X1 | OPPORTUNITIES | 预计成本<=金额 | {} | 金额 | | | | |"
    failing = [("X-01", "error", "F2"), ("X-02", "error", "F3")]
    assert told(asking(check_row.format("FAIL"))) == failing
    assert told(asking(check_row.format(""))) == failing
    assert told(asking(check_row.format("PASS"))) == failing[:1]


def test_the_first_field_of_the_condition_is_blamed_where_none_is_named() -> None:
    book = asking("| X1 | OPPORTUNITIES | 金额*0.5>=预计成本 | PASS | | | | | |")
    assert told(book) == [("X-01", "error", "F2")]


def test_a_blank_is_named_with_the_fields_that_leave_it_open() -> None:
    (finding, *_) = unmet(asking("| X1 | OPPORTUNITIES | 预计成本<=金额 或 阶段=赢单 | | | | | | |"))[1:]
    assert finding.code == "X-02"
    assert finding.values["blank"] == ["cost_est"]


def test_a_check_that_is_off_is_neither_read_nor_run() -> None:
    book = asking("| X1 | OPPORTUNITIES | 预计成本<=甲乙丙 | | | | | | NO |")
    assert row_checks(book, bind_rulebook(book)).problems == ()
    assert told(book) == []


def test_the_message_is_that_of_the_language_or_else_the_other_one() -> None:
    book = asking("| X1 | OPPORTUNITIES | 预计成本<=金额 | PASS | | | 亏本 | | |")
    (finding,) = unmet(book)
    assert words_of(finding, "zh").found.endswith("亏本。")
    assert words_of(finding, "en").found.endswith("亏本.")
    assert "C2" in words_of(finding, "en").cure


def test_a_condition_moves_with_the_day_and_reads_words() -> None:
    book = asking("| X1 | OPPORTUNITIES | 阶段=赢单 或 预计签约日>=TODAY()+60 | PASS | | INFO | | | |")
    assert told(book) == [("X-01", "info", "E2"), ("X-01", "info", "E3")]


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        ("| X1 | OPPORTUNITIES | 成本本<=金额 | | | | | | |", "C2", "no_field_near"),
        ("| X1 | OPPORTUNITIES | 金额<= | | | | | | |", "C2", "ends_early"),
        ("| X1 | OPPORTUNITIES | 金额>=北京 | | | | | | |", "C2", "not_number"),
        ("| X1 | OPPORTUNITIES | 1<2 | | | | | | |", "C2", "about_nothing"),
        ("| X1 | OPPORTUNITIES | 金额>0 | | 成本 | | | | |", "E2", "no_field_near"),
        ("| X1 | BILLS | 金额>0 | | | | | | |", "B2", "no_such_sheet"),
        ("| X0 | OPPORTUNITIES | 金额>900万 | | | | | | |", "A3", "number_twice"),
    ],
)
def test_a_row_that_cannot_be_read_is_off_alone(row: str, cell: str, reason: str) -> None:
    sound = "| X0 | OPPORTUNITIES | 预计成本<=金额 | PASS | | | | | |"
    rows = (sound, row) if cell == "A3" else (row, sound)
    book = asking(*rows)
    (problem,) = row_checks(book, bind_rulebook(book)).problems
    assert (book.cell("row_checks", problem.row_id, problem.column) or ("", ""))[1] == cell
    assert dict(problem.values["why"])["key"] == reason  # type: ignore[call-overload]  # a mapping
    assert told(book) == [("X-01", "error", "V2")]
    assert [
        one.code for one in check_rules(book, bind_rulebook(book), DAY).findings if one.table == "row_checks"
    ] == ["R-60"]


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    book = asking(
        "| X1 | OPPORTUNITIES | 金额< | | 成本 | | | | |", "| X1 | OPPORTUNITIES | 金额>0 | | 客户1 | | | | |"
    )
    assert [one.column for one in row_checks(book, bind_rulebook(book)).problems] == [
        "condition", "blame", "no", "blame",
    ]  # fmt: skip


def test_a_check_of_a_column_that_the_sheet_lacks_is_refused_once() -> None:
    """Else every row of the sheet would fail for a blank that nobody can fill in."""
    book = placed_book(
        {"opportunities": DEALS, "row_checks": HEAD + "| X1 | OPPORTUNITIES | 竞争对手 非空 | | | | | | |"}
    )
    held = book.tables["opportunities"]
    assert held.place is not None
    held.place.columns.pop("competitor")  # type: ignore[attr-defined]  # a dict in this book
    (problem,) = row_checks(book, bind_rulebook(book)).problems
    assert dict(problem.values["why"])["key"] == "not_on_sheet"  # type: ignore[call-overload]  # a mapping


def test_a_column_of_the_firm_takes_part_once_it_is_declared(tmp_path: Path) -> None:
    path = book_file(
        tmp_path / "a.xlsx",
        {
            "leads": [
                {"company": "甲", "channel": "官网", "state": "新建", "budget": 100, "已花": 90},
                {"company": "乙", "channel": "官网", "state": "新建", "budget": 100, "已花": 120},
            ],
            "fields": [{"table": "线索", "field": "已花", "type": "金额"}],
            "row_checks": [{"no": "X1", "table": "线索", "condition": "已花<=预算", "severity": "提醒"}],
        },
    )
    book = read_book(path)
    (finding,) = unmet(book)
    assert (finding.column, finding.severity) == ("x_已花", "warning")
    assert words_of(finding, "zh").found == "行校验 X1“已花<=预算”不成立：已花是“120.00”、预算是“100.00”。"


def test_a_cell_that_could_not_be_read_is_not_judged(tmp_path: Path) -> None:
    path = book_file(
        tmp_path / "a.xlsx",
        {
            "leads": [{"company": "甲", "channel": "官网", "state": "新建", "budget": "不少"}],
            "row_checks": [{"no": "X1", "table": "线索", "condition": "预算>0", "blame": "公司"}],
        },
    )
    assert unmet(read_book(path)) == []


CONDITIONS = (
    "预计成本<=金额*0.9",
    "金额>=10万 且 预计成本 非空",
    "预计签约日>=TODAY() 或 阶段=赢单",
    "客户<>名称",
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from((None, Decimal("99999.99"), Decimal(100_000), Decimal(120_000))),
            st.sampled_from((None, Decimal(0), Decimal("90000.00"), Decimal("90000.01"))),
            st.sampled_from((None, date(2026, 4, 29), DAY)),
            st.sampled_from((None, "WON", "VALIDATING")),
        ),
        min_size=1,
        max_size=6,
    ),
    st.lists(st.sampled_from(("PASS", "FAIL")), min_size=len(CONDITIONS), max_size=len(CONDITIONS)),
)
@settings(max_examples=60, deadline=None)
def test_every_row_fails_just_as_its_condition_says_of_it_alone(
    rows: list[tuple[Decimal | None, Decimal | None, date | None, str | None]], policies: list[str]
) -> None:
    """The frame, and the row by itself with its policy."""
    deals = pl.DataFrame(rows, schema=["amount", "cost_est", "expected_close", "stage"], orient="row")
    lines = [
        f"| X{n} | OPPORTUNITIES | {text} | {policies[n]} | | | | | |" for n, text in enumerate(CONDITIONS)
    ]
    book = book_of(
        opportunities=deals.with_columns(name=pl.lit("甲"), customer=pl.lit("乙")),
        row_checks=typed_rows("row_checks", HEAD + "\n".join(lines)),
    )
    case = Case(book, bind_rulebook(book), DAY)
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in book.rows("opportunities").iter_rows(named=True):
        for rule in case.row_checks.checks:
            holds = rule.condition.verdict(row, DAY).holds
            if holds is False or (holds is None and not rule.blank_passes):
                expected[rule.no, row["_uid"], "X-01" if holds is False else "X-02"] += 1
    found = Counter(
        (str(one.values["no"]), str(one.row_id), one.code) for one in check_rows_meet_conditions(case)
    )
    assert found == expected
    assert len(case.row_checks.checks) == len(CONDITIONS)

"""Rule sheets: bound to fields, compiled, and off as a whole while a cell of theirs cannot be read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from conftest import typed_rows
from gallery import placed, placed_book
from reading import Cell, Formula, Styled, book_file

from ltc_xl.check import check
from ltc_xl.model.book import Book, BookTable, book_of
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.money import MONEY, RATE
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rulesets import assignment_rules, grading_rules, transition_rules
from ltc_xl.workbook import build_book, read_book

AS_OF = date(2026, 4, 30)
Bind = Callable[[Book, Rulebook, date], RuleSet]


def moves(book: Book, rulebook: Rulebook, _as_of: date) -> RuleSet:
    return transition_rules(book, rulebook)


SETS: tuple[Bind, ...] = (grading_rules, assignment_rules, moves)


def bound(book: Book, bind: Bind) -> RuleSet:
    return bind(book, bind_rulebook(book), AS_OF)


def sheets(**tables: str) -> Book:
    return placed_book(tables)


def places(book: Book, found: RuleSet) -> list[tuple[str, tuple[str, str] | None]]:
    return [(one.code, book.cell(one.table, one.row_id, one.column)) for one in found.problems]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("profile", ["starter", "full"])
def test_the_shipped_rule_sheets_are_sound(lang: Lang, profile: str) -> None:
    book = Book("x.xlsx", lang, profile=profile)
    assert [bound(book, bind).problems for bind in SETS] == [(), (), ()]
    assert not any(one.code.startswith("R-") for one in check(book, bind_rulebook(book), AS_OF).findings)


@pytest.mark.parametrize(("lang", "profile"), [("zh", "starter"), ("en", "full")])
def test_the_shipped_rule_sheets_are_sound_built_and_read_again(
    lang: Lang, profile: str, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    build_book(path, lang=lang, profile=profile, site="SH", store_id="", rows={}, as_of=AS_OF)
    book = read_book(path)
    rulebook = bind_rulebook(book)
    assert [bind(book, rulebook, AS_OF).problems for bind in SETS] == [(), (), ()]
    assert not any(one.code.startswith("R-") for one in check(book, rulebook, AS_OF).findings)
    assert (
        bind_rulebook(replace(book, tables={}))
        .rows("grading")
        .drop(UID, "_row")
        .equals(book.rows("grading").drop(UID, "_row"))
    )


def leads(*rows: tuple[str | None, str, str]) -> pl.DataFrame:
    budgets, levels, shares = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "budget": [None if text is None else Decimal(text) for text in budgets],
            "industry": [None] * len(rows),
            "need_level": levels,
            "completeness": [Decimal(text) for text in shares],
        },
        schema={"budget": MONEY, "industry": pl.String, "need_level": pl.String, "completeness": RATE},
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_shipped_policy_grades_as_it_says(lang: Lang) -> None:
    found = bound(Book("x.xlsx", lang), grading_rules)
    decided = found.table.decide(
        leads(
            ("1000000", "URGENT", "0.5"), ("1000000", "VAGUE", "1"), ("999999.99", "URGENT", "0.1"),
            ("200000", "CLEAR", "0.8"), ("200000", "CLEAR", "0.79"), ("199999.99", "CLEAR", "1"),
            ("199999.99", "VAGUE", "1"), (None, "CLEAR", "1"), (None, "VAGUE", "1"),
        ),
        AS_OF,
    )  # fmt: skip
    numbers = [found.table.rules[place].no for place in decided["rule"]]
    assert numbers == ["G01", "G02", "G03", "G04", "G05", "G06", "G08", "G07", "G08"]
    assert decided["grade"].to_list() == ["A", "B", "B", "B", "C", "C", "D", "C", "D"]
    assert decided["score"].to_list() == [95, 80, 75, 70, 55, 50, 10, 45, 10]
    assert decided["queue"].n_unique() == 3


BROKEN = {
    "grading": """
    | no  | budget | need_level | grade |
    | G01 | >>=100 | -          | A     |
    | G02 | -      | 紧张       | B     |
    | G03 |        |            | C     |
    """,
    "assignment": "| no | queue | team | method | cap |\n| A01 | - | 直销组 | 随便 | 十个 |",
    "transitions": "| no | object | from | to | condition |\n| T01 | LEAD | 新建 | 已清晰 | 预算>高 |",
}
CELLS = {
    "grading": [("R-02", ("线索评级", "B2")), ("R-04", ("线索评级", "D3"))],
    "assignment": [("R-04", ("线索分配", "F2")), ("R-03", ("线索分配", "G2"))],
    "transitions": [("R-04", ("阶段流转", "D2")), ("R-03", ("阶段流转", "E2"))],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_cell_switches_its_own_rule_set_off_and_no_other(name: str) -> None:
    book = sheets(**{name: BROKEN[name]})
    for bind in SETS:
        found = bound(book, bind)
        assert found.sound == (found.name != name)
        if found.name == name:
            assert places(book, found) == CELLS[name]
            assert (found.table.rules, found.rows) == ((), ())
        else:
            assert found.table.rules or found.rows
    told = check(book, bind_rulebook(book), AS_OF)
    assert told.exit_status == 1
    assert [one.code for one in told.findings if one.table == name] == sorted(code for code, _ in CELLS[name])


def test_a_blank_result_switches_the_rule_set_off_and_is_reported_once() -> None:
    book = sheets(grading="| no | budget | grade |\n| G01 | >=100万 | |\n| G02 | - | D |")
    found = bound(book, grading_rules)
    assert places(book, found) == [("K-01", ("线索评级", "F2"))]
    assert [one.code for one in check(book, bind_rulebook(book), AS_OF).findings] == ["K-01"]


def grading_file(path: Path, codes: list[str], *rows: dict[str, Cell]) -> Book:
    return read_book(book_file(path, {"grading": rows}, codes={"grading": codes}, as_tables=False))


def test_what_the_reader_cannot_take_switches_the_rule_set_off_but_not_in_a_remark(tmp_path: Path) -> None:
    codes = ["no", "budget", "渠道", "grade", "reason"]
    rule: dict[str, Cell] = {"no": "G01", "budget": "-", "渠道": "-", "grade": "A", "reason": "好"}
    error = Formula("Sheet9!A1", "#REF!")
    for column, sound in (("budget", False), ("渠道", False), ("grade", False), ("reason", True)):
        book = grading_file(tmp_path / f"{column}.xlsx", codes, rule | {column: error})
        found = bound(book, grading_rules)
        assert found.sound == sound, column
        if not sound:
            ((code, cell),) = places(book, found)[:1]
            assert (code, cell) == ("V-01", ("线索评级", f"{'ABCDE'[codes.index(column)]}2"))
    twice = grading_file(tmp_path / "twice.xlsx", [*codes, "渠道"], rule)
    assert [one.code for one in bound(twice, grading_rules).problems] == ["V-08"]


def test_columns_that_a_consultant_adds_are_conditions(tmp_path: Path) -> None:
    codes = ["no", "预算", "渠道", "Timeline", "完整度", "grade", "score", "城市", "列1"]
    conditions: dict[str, Cell] = {
        "预算": 1000000,
        "渠道": "官网,转介绍",
        "Timeline": "3个月内",
        "完整度": Styled(0.8, "0%"),
    }
    book = grading_file(
        tmp_path / "book.xlsx",
        codes,
        {"no": 1, **conditions, "grade": "A", "score": 95},
        {"no": 2, "grade": "D", "score": "-", "城市": "<>苏州"},
    )
    found = bound(book, grading_rules)
    assert not found.problems
    usual, added = ("budget", "industry", "need_level", "completeness"), ("channel", "timeline", "city")
    assert found.table.inputs == usual + added
    row: dict[str, object] = {
        "budget": Decimal("1000000.00"),
        "completeness": Decimal("0.8"),
        "channel": "转介绍",
        "timeline": "M0_3",
        "city": "无锡",
    }
    assert [rule.no for rule in found.table.rules] == ["1", "2"]
    assert found.table.explain(row, AS_OF).rule is found.table.rules[0]
    assert found.table.explain(row | {"timeline": None}, AS_OF).rule is found.table.rules[1]
    assert found.table.rules[1].outputs == {"grade": "D", "score": None, "queue": None}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("渠到", "no_column_near"), ("天气预报员", "no_column"), ("Budget", "column_twice"),
        ("预算", "column_twice"), ("→奖金", "no_output"), ("->Bonus", "no_output"),
    ],
)  # fmt: skip
def test_a_header_that_is_no_field_switches_the_rule_set_off(header: str, key: str) -> None:
    held = placed("grading", typed_rows("grading", "| no | grade |\n| G01 | D |"))
    assert held.place is not None
    texts = pl.DataFrame({header: ["-"], UID: held.rows[UID]})
    own = replace(held, place=replace(held.place, extra={header: 12}), texts=texts)
    book = replace(book_of(), tables={"grading": own})
    found = bound(book, grading_rules)
    assert places(book, found) == [("R-01", ("线索评级", "L1"))]
    assert why(found.problems[0])["key"] == key
    assert bound(without_cells(book, own), grading_rules).sound


def without_cells(book: Book, held: BookTable) -> Book:
    """Return the book with nothing in the firm's own columns: Excel adds such ones by itself."""
    assert held.texts is not None
    blank = held.texts.with_columns(pl.lit(None, pl.String).alias(held.texts.columns[0]))
    return replace(book, tables={**book.tables, "grading": replace(held, texts=blank)})


def why(finding: Finding) -> dict[str, object]:
    told = finding.values["why"]
    assert isinstance(told, dict)
    return told


def test_outputs_are_codes_whole_numbers_and_texts() -> None:
    book = sheets(
        assignment="""
        | no  | queue         | region    | team   | method | cap   | fallback |
        | A01 | 大客户，直销  | 华东,华南 | 直销组 | 轮流   | 1,000 | -        |
        | A02 |               |           | 市场组 |        |       | 周敏     |
        """
    )
    found = bound(book, assignment_rules)
    assert found.sound
    assert [rule.outputs for rule in found.table.rules] == [
        {"team": "直销组", "method": "IN_TURN", "cap": 1000, "fallback": None},
        {"team": "市场组", "method": None, "cap": None, "fallback": "周敏"},
    ]
    frame = pl.DataFrame({"queue": ["直销", "培育"], "region": ["华东", None], "industry": [None, "食品"]})
    assert found.table.decide(frame, AS_OF)["team"].to_list() == ["直销组", "市场组"]


def test_moves_are_read_with_stages_fields_and_roles() -> None:
    """A dash stands for every open stage; a stage may hold a comma, a field go by a part of its label."""
    head = "| no | object | from | to | condition | needs | role | gate | message |"
    condition = "金额>=100万 且 赢率>=40%"
    deal_ = (
        f"| 商务谈判,方案/投标 | 待签约 | {condition} | 金额，预计签约日 | 销售经理、财务 | ATC | 先评审 |"
    )
    contract_ = "| Accepted, collecting,Accepted; Signed | 关闭 | 未回款<=0 | - | - | | |"
    book = sheets(
        choices="| set | code | zh | en |\n| opp_stage | NEGOTIATING | 商务谈判 | Talks |",
        members="| member | roles |\n| 周敏 | 销售经理；财务 |",
        transitions=f"""
        {head}
        | T01 | OPPORTUNITY {deal_}
        | T02 | CONTRACT {contract_}
        | T03 | LEAD | - | 无效 | - | Reason | | | |
        """,
    )
    found = bound(book, moves)
    assert found.problems == ()
    deal, contract, lead = found.rows
    assert (deal.table, deal.from_, deal.to) == ("opportunities", ("NEGOTIATING", "PROPOSAL"), ("SIGNING",))
    assert (deal.needs, deal.roles) == (("amount", "expected_close"), ("销售经理", "财务"))
    assert (deal.condition_text, deal.gate, deal.message) == (condition, "ATC", "先评审")
    assert (contract.from_, contract.roles) == (("COLLECTING", "ACCEPTED", "SIGNED"), ())
    assert contract.condition is not None
    assert contract.condition.codes == ("balance",)
    assert (lead.needs, lead.condition, lead.condition_text) == (("reason",), None, "")
    assert set(lead.from_) >= {"NEW", "RETURNED"}
    assert not {"CONVERTED", "INVALID"} & set(lead.from_)


def test_a_move_without_its_stages_or_object_is_no_move() -> None:
    book = sheets(
        transitions="""
        | no  | object | from | to   |
        | T01 | LEAD   | 新建 |      |
        | T02 |        | 新建 | 无效 |
        | T03 | LEAD   | 新建 | -    |
        """
    )
    found = bound(book, moves)
    assert places(book, found) == [(("K-01"), ("阶段流转", cell)) for cell in ("D2", "B3", "D4")]


def test_a_group_may_be_several_teams_and_a_person_in_several() -> None:
    """Where nobody's team is written down, everybody is of every group."""
    rules = "| no | queue | team |\n| A01 | - | 直销组；渠道组 |"
    members = "| member | team |\n| 周敏 | 直销组；市场组 |\n| 陈立 | |"
    found = bound(sheets(assignment=rules, members=members), assignment_rules)
    assert found.sound
    assert [one.values for one in found.problems] == [{"team": "渠道组", "known": ["直销组", "市场组"]}]
    alone = sheets(assignment=rules, members="| member |\n| 周敏 |")
    assert bound(alone, assignment_rules).problems == ()

"""Moves between stages: what they ask in vain, which outdoes another, who approves their own."""

from datetime import date

import pytest
from gallery import placed_book

from ltc_xl.check import check_rules
from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.finding import Finding
from ltc_xl.rules import bind_rulebook

AS_OF = date(2026, 4, 30)
HEAD = "| no | object | from | to | condition | needs | role | gate |"
REST = """
| T90 | OPPORTUNITY | 验证 | 立项,方案/投标,谈判,丢单,终止,搁置 | | | | |
| T91 | OPPORTUNITY | 立项,方案/投标,谈判,搁置 | 丢单,终止,验证,待签约 | | | | |
| T92 | OPPORTUNITY | 待签约 | 谈判 | | | | |
"""


def found(*moves: str, **tables: str) -> list[Finding]:
    """Return what is said of some moves, all others being sound."""
    rows = "\n".join(
        [HEAD, *REST.strip().splitlines(), *(f"| X{n} | {one} |" for n, one in enumerate(moves))]
    )
    book = placed_book({"transitions": rows, **tables})
    return list(check_rules(book, bind_rulebook(book), AS_OF).findings)


def codes(*moves: str, **tables: str) -> list[str]:
    return [one.code for one in found(*moves, **tables)]


WON = "OPPORTUNITY | 待签约 | 赢单"
PEOPLE = {"members": "| member | roles |\n| 周敏 | 销售 |\n| 陈立 | 总经理 |"}


@pytest.mark.parametrize(
    ("one", "other", "times"),
    [
        ("金额>=100万", "赢率>=80%", 1),
        ("金额>=100万", "金额<100万", 0),
        ("金额>=100万", "金额 空", 0),
        ("", "金额 空", 1),
        ("停留天数>5", "停留天数<6", 0),
        ("停留天数>=5", "停留天数<6", 1),
        ("阶段=待签约", "方式=招标", 1),
        ("竞争对手=华为", "竞争对手<>华为", 0),
        ("预计签约日>TODAY()", "预计签约日<=TODAY()", 0),
        ("预计签约日>=TODAY()", "预计签约日<=TODAY()", 1),
        ("预计成本>=金额*50%", "金额>=100万", 1),
        ("金额>=100万 或 方式=招标", "金额<100万 且 方式=直签", 0),
    ],
)
def test_two_lists_of_what_is_required_count_where_both_conditions_can_hold(
    one: str, other: str, times: int
) -> None:
    """Nothing lies between whole numbers or days; what reckons with two columns is tried out."""
    rows = (f"{WON} | {one} | 金额,预计签约日 | |", f"{WON} | {other} | 金额 | |")
    assert codes(*rows) == ["R-28"] * times


def test_the_example_is_a_row_for_which_both_hold() -> None:
    (one,) = found(f"{WON} | 金额>=100万 | 金额,客户 | |", f"{WON} | 金额<=200万 且 停留天数>7 | 金额 | |")
    values = {fact["field"]: fact["value"] for fact in one.values["example"]}  # type: ignore[attr-defined]  # a list of facts
    assert values["opportunities.stage"] == "待签约"
    assert 1_000_000 <= float(str(values["opportunities.amount"]).replace(",", "")) <= 2_000_000
    assert float(str(values["opportunities.days_in_stage"])) > 7


@pytest.mark.parametrize(
    ("roles", "times"),
    [(("", ""), 1), (("销售", "销售,总经理"), 1), (("销售", "总经理"), 0), (("销售", ""), 0)],
)
def test_other_people_may_be_asked_for_other_things(roles: tuple[str, str], times: int) -> None:
    moves = (f"{WON} | | 金额,客户 | {roles[0]} |", f"{WON} | | 金额 | {roles[1]} |")
    assert codes(*moves, **PEOPLE) == ["R-28"] * times


@pytest.mark.parametrize(
    ("brings", "approves", "times"),
    [("销售", "销售", 1), ("销售", "总经理,销售", 1), ("销售", "总经理", 0), ("", "销售", 0)],
)
def test_one_role_does_not_bring_a_row_to_a_review_and_pass_it(
    brings: str, approves: str, times: int
) -> None:
    moves = (
        f"OPPORTUNITY | 谈判 | 合同评审 | | | {brings} |",
        f"OPPORTUNITY | 合同评审 | 赢单 | | | {approves} | ATC",
    )
    assert codes(*moves, **PEOPLE) == ["R-30"] * times


def test_rows_that_may_stay_where_they_are_need_no_move() -> None:
    """A stage nobody names is told once, as what it is; an end is none."""
    deals = "| name | stage |\n| 一期 | BIDDING |\n| 二期 | WON |\n| 三期 | BIDDING |\n| 四期 | |"
    (one,) = found(f"{WON} | | | |", opportunities=deals)
    assert (one.code, one.values["count"]) == ("R-29", 2)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("profile", ["starter", "full"])
def test_the_shipped_rules_have_nothing_to_find(lang: Lang, profile: str) -> None:
    book = Book("x.xlsx", lang, profile=profile)
    assert check_rules(book, bind_rulebook(book), AS_OF).findings == ()

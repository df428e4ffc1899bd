"""A lead becomes an opportunity: the customer found or made, all that is missing named at once."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import written_book
from shell import CHINESE, ltc

from ltc_xl import leads, rollout
from ltc_xl.messages import topic
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.rules import bind_rulebook
from ltc_xl.session import new_book
from ltc_xl.workbook.read import read_book

DAY = date(2026, 11, 21)
PEOPLE = "members\n| member | roles | login |\n| 王磊 | 销售 | wanglei |\n"
LEADS = """
    leads
    | lead_id | company | contact | mobile      | need | product | budget     | state     | owner | uscc     |
    | L-1     | 甲厂    | 王五    | 13800001111 | 柜   | GTX     | 100,000.00 | FOLLOWING | 王磊  |          |
    | L-2     | 乙厂    |         |             |      |         |            | ASSIGNED  |       |          |
    | L-3     | 丙厂    | 赵六    | 13800003333 | 能耗 |         |            | FOLLOWING | 王磊  | 91110A   |
    """
CUSTOMERS = """
    customers
    | name         | aliases  | uscc               |
    | 甲厂有限公司 | 老甲     |                    |
    | 丙集团       |          | 91110a |
    """
CRITERIA = """
    transfer_criteria
    | criterion | condition                 | valid_from |
    | 有预算    | 预算 非空                 |            |
    | 有联系人  | 联系人 非空 且 队列<>培育 |            |
    | 以后才算  | 行业 非空                 | 2027-01-01 |
    """


def converted(book: Book, lead_id: str = "L-1", lang: Lang | None = None) -> Outcome:
    return leads.convert(book, bind_rulebook(book), DAY, lead_id, lang=lang)


def codes(outcome: Outcome) -> list[str]:
    data: Any = outcome.data
    return [one["code"] for one in data["unmet"]]


def after(book: Book, lead_id: str = "L-1") -> Book:
    outcome = converted(book, lead_id)
    assert outcome.exit_status == 0, outcome.data
    return applied(book, outcome.changes)


# ---------------------------------------------------------------- what is made


def test_a_new_company_becomes_a_customer_with_a_contact_and_an_opportunity() -> None:
    book = after(written_book(LEADS + PEOPLE))
    assert book.rows("customers").select("name", "owner").rows() == [("甲厂", "王磊")]
    assert book.rows("contacts").select("customer", "name", "mobile").rows() == [
        ("甲厂", "王五", "13800001111")
    ]
    deal = book.rows("opportunities").row(0, named=True)
    assert (deal["name"], deal["customer"], deal["owner"]) == ("甲厂 GTX", "甲厂", "王磊")
    assert (deal["stage"], deal["lead"], str(deal["amount"])) == ("VALIDATING", "L-1", "100000.00")
    assert deal["created_on"] == deal["stage_since"] == DAY
    lead = book.rows("leads").row(0, named=True)
    assert (lead["state"], lead["customer"]) == ("CONVERTED", "甲厂")


@pytest.mark.parametrize(
    ("lead_id", "more", "name", "by"),
    [
        ("L-1", CUSTOMERS, "甲厂有限公司", "name"),
        ("L-3", CUSTOMERS, "丙集团", "uscc"),
        ("L-1", "customers\n| name | aliases |\n| 甲控股 | 甲厂；老甲 |\n", "甲控股", "name"),
    ],
)
def test_a_known_customer_is_found_by_its_code_its_full_name_or_an_alias(
    lead_id: str, more: str, name: str, by: str
) -> None:
    book = written_book(LEADS + PEOPLE + more)
    data: Any = converted(book, lead_id).data
    assert data["customer"] == {"name": name, "made": False, "by": by}
    made = after(book, lead_id)
    assert made.rows("customers").height == book.rows("customers").height
    assert made.rows("opportunities")["customer"].to_list() == [name]


def test_where_no_company_is_named_the_contact_tells_the_customer() -> None:
    book = written_book(
        "leads\n| lead_id | contact | mobile | need | state | owner |\n"
        "| L-1 | 王五 | 13800001111 | 柜 | FOLLOWING | 王磊 |\n"
        "customers\n| name |\n| 甲厂 |\n"
        "contacts\n| customer | name | mobile |\n| 甲厂 | 王五 | +86 138 0000 1111 |"
    )
    data: Any = converted(book).data
    assert data["customer"] == {"name": "甲厂", "made": False, "by": "contact"}
    assert data["contact"] == {"name": "王五", "made": False}


def test_an_agents_mobile_links_nothing_but_is_pointed_out() -> None:
    book = written_book(
        LEADS + "customers\n| name |\n| 代理 |\n"
        "contacts\n| customer | name | mobile |\n| 代理 | 老王 | 13800001111 |"
    )
    data: Any = converted(book, lang="zh").data
    assert (data["customer"]["name"], data["customer"]["made"]) == ("甲厂", True)
    assert data["notes"] == ["手机或邮箱与“代理”的联系人老王相同，可能是同一个人，请核对。"]


def test_a_contact_the_customer_has_already_is_not_entered_twice() -> None:
    book = written_book(
        LEADS + CUSTOMERS + "contacts\n| customer | name | mobile |\n| 甲厂有限公司 | 王　五 | |"
    )
    assert after(book).rows("contacts").height == 1


# ---------------------------------------------------------------- what stands in the way


def test_everything_that_is_missing_is_named_at_once_and_nothing_changes() -> None:
    outcome = converted(written_book(LEADS + PEOPLE + CRITERIA), "L-2", "zh")
    assert codes(outcome) == ["no_owner", "T-01", "T-03", "criterion", "criterion"]
    assert (bool(outcome.changes), outcome.exit_status) == (False, 1)
    data: Any = outcome.data
    told = [one["message"] for one in data["unmet"]]
    assert told[1] == "状态是“已分配”，不能直接改为“已转化”"
    assert told[2] == "还没有填：需求（流转规则 T07）"
    assert told[3:] == [
        "没有达到移交标准“有预算”（预算 非空）：没问到预算",
        "没有达到移交标准“有联系人”（联系人 非空 且 队列<>培育）：联系人没填、队列 培育",
    ]


def test_a_lead_that_meets_the_criteria_is_converted_and_later_criteria_do_not_count_yet() -> None:
    assert codes(converted(written_book(LEADS + PEOPLE + CRITERIA))) == []


def test_while_the_criteria_have_a_wrong_cell_nothing_is_converted_and_the_cell_is_named() -> None:
    broken = CRITERIA.replace("预算 非空 ", "预算 >> 9 ")
    outcome = converted(written_book(LEADS + PEOPLE + broken))
    assert codes(outcome) == ["criteria_off"]
    assert [(one.code, one.table, one.column) for one in outcome.findings] == [
        ("R-02", "transfer_criteria", "condition")
    ]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("opportunities\n| opp_id | name | lead |\n| O-1 | 旧 | L-1 |", "already"),
        ("customers\n| name |\n| 甲厂 |\n| 甲厂有限公司 |", "several_customers"),
    ],
)
def test_a_lead_is_not_converted_twice_nor_by_guessing(more: str, code: str) -> None:
    assert codes(converted(written_book(LEADS + PEOPLE + more))) == [code]


def test_the_same_name_with_another_code_is_another_company() -> None:
    other = "customers\n| name | uscc |\n| 丙厂 | 11320000MB151840XJ |"
    assert codes(converted(written_book(LEADS + other), "L-3")) == ["other_code"]


def test_a_step_that_takes_a_role_takes_it_of_a_command_too() -> None:
    rules = "transitions\n| no | object | from | to | role |\n| 1 | LEAD | 跟进中 | 已转化 | 销售 |"
    book = written_book(LEADS + PEOPLE + rules)
    rulebook = bind_rulebook(book)
    assert codes(leads.convert(book, rulebook, DAY, "L-1", actor="someone")) == ["T-04"]
    assert codes(leads.convert(book, rulebook, DAY, "L-1", actor="WangLei")) == []


@pytest.mark.parametrize(("text", "key"), [("L-9", "lead_unknown"), ("L 1", "lead_unknown_near")])
def test_a_lead_nobody_knows_is_asked_back_with_the_nearest_number(text: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        converted(written_book(LEADS), text)
    assert refused.value.key == key


# ---------------------------------------------------------------- words, command


def leaves(part: Any, stem: str = "") -> set[str]:  # noqa: ANN401  parsed TOML
    if not isinstance(part, dict):
        return {stem}
    return set().union(*(leaves(value, f"{stem}.{name}") for name, value in part.items()))


def test_both_languages_say_the_same_things() -> None:
    assert leaves(dict(topic("handover", "zh"))) == leaves(dict(topic("handover", "en")))


def made(folder: Path, text: str, lang: Lang = "zh") -> Path:
    path = folder / "客户A.xlsx"
    rows = {name: held.rows for name, held in written_book(text, lang).tables.items()}
    new_book(
        path,
        rollout.new(lang=lang, profile="starter", site="SH", store_id="", rows=rows, as_of=DAY, company="甲"),
    )
    return path


def ran(path: Path, *args: str, env: dict[str, str] = CHINESE) -> tuple[int, str]:
    command, *rest = args
    result = ltc("leads", command, path, *rest, "--as-of", DAY.isoformat(), env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def test_convert_on_a_workbook_then_undone(tmp_path: Path) -> None:
    path = made(tmp_path, LEADS + PEOPLE)
    before = path.read_bytes()
    status, out = ran(path, "convert", "L-1", "--dry-run")
    assert (status, "可以转化" in out, path.read_bytes() == before) == (0, True, True)
    status, out = ran(path, "convert", "L-2")
    assert (status, "还不能转化，差 3 项" in out) == (1, True)

    status, out = ran(path, "convert", "L-1")
    assert (status, "线索 L-1 已转化。" in out, "新建商机 O-SH-0001" in out) == (0, True, True)
    book = read_book(path)
    assert book.rows("leads").filter(pl.col("lead_id") == "L-1")["state"].item() == "CONVERTED"
    assert book.rows("opportunities")["lead"].to_list() == ["L-1"]
    assert book.rows("customers")["customer_id"].null_count() == 0

    status, out = ran(path, "convert", "L-1", "--json")
    document = json.loads(out)
    assert (status, document["converted"], document["command"]) == (1, False, "leads convert")
    assert {one["code"] for one in document["unmet"]} == {"already", "T-01"}

    commits = json.loads(ltc("history", path, "--json").stdout)["commits"]
    assert commits[-1]["command"] == "leads convert"
    undone = ltc("undo", path, str(commits[-1]["commit"]), "--as-of", DAY.isoformat())
    assert undone.exit_code == 0, undone.output
    book = read_book(path)
    assert book.rows("opportunities").height == book.rows("customers").height == 0
    assert book.rows("leads").filter(pl.col("lead_id") == "L-1")["state"].item() == "FOLLOWING"


@pytest.mark.parametrize("lang", LANGS)
def test_help_has_an_example(lang: Lang) -> None:
    assert "ltc-xl leads convert" in ltc("leads", "convert", "--help", "--lang", lang).output


# ---------------------------------------------------------------- with force


def forced(book: Book, lead_id: str, reason: str = "客户口头定标") -> Outcome:
    return leads.convert(book, bind_rulebook(book), DAY, lead_id, force=reason)


def owned(book: Book) -> Book:
    """Return the book whose second lead has an owner."""
    mine = pl.col("lead_id") == "L-2"
    owner = pl.when(mine).then(pl.lit("王磊")).otherwise("owner")
    return book.with_rows("leads", book.rows("leads").with_columns(owner=owner))


def test_criteria_and_conditions_are_passed_with_a_reason_which_stands_in_the_log() -> None:
    book = owned(written_book(LEADS + PEOPLE + CRITERIA))
    outcome = forced(book, "L-2")
    data: Any = outcome.data
    assert [one["code"] for one in data["passed"]] == ["T-01", "T-03", "criterion", "criterion"]
    assert (outcome.exit_status, data["converted"], data["unmet"]) == (0, True, [])
    done = applied(book, outcome.changes)
    assert done.rows("leads").filter(lead_id="L-2")["state"].item() == "CONVERTED"
    (note,) = done.rows("activities").filter(object_id="L-2")["summary"].to_list()
    assert note.startswith("未达条件而转化：客户口头定标（状态是“已分配”，不能直接改为“已转化”")


def test_what_nobody_can_make_up_for_is_not_passed() -> None:
    outcome = forced(written_book(LEADS + PEOPLE + CRITERIA), "L-2")
    assert (codes(outcome), bool(outcome.changes)) == (["no_owner"], False)


def test_force_takes_a_reason(tmp_path: Path) -> None:
    path = made(tmp_path, LEADS + PEOPLE)
    status, out = ran(path, "convert", "L-1", "--force")
    assert (status, "--reason" in out) == (2, True)
    status, out = ran(path, "convert", "L-1", "--force", "--reason", "客户催", "--dry-run")
    assert status == 0, out

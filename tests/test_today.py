"""Today: at most fifteen lines a person, in words, on the sheet and linked to their rows."""

import json
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from conftest import typed_rows
from shell import ltc

from ltc_xl import session
from ltc_xl.messages import topic
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.rollout import new
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.agenda import KINDS
from ltc_xl.today import LIMIT, today
from ltc_xl.workbook import read_book

DAY = date(2026, 6, 30)


def answer(book: Book, member: str | None = None) -> dict[str, Any]:
    return dict(today(book, bind_rulebook(book), DAY, member).data)


def sheet(book: Book) -> list[dict[str, Any]]:
    return today(book, bind_rulebook(book), DAY).changes.puts["today"].to_dicts()


def test_what_to_do_is_the_rows_next_step_or_else_a_sentence(book: Book) -> None:
    """
    leads
    | lead_id | company | state     | owner | next_on    | next_step | budget |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-01 | 送样机    | 50.00  |
    | L-2     | 乙      | FOLLOWING | 陈    | 2026-06-02 |           |        |
    """
    found = answer(book)
    keys = [item.pop("key") for item in found["members"][0]["items"]]
    assert len(set(keys)) == len(keys) == 2
    assert found == {
        "as_of": "2026-06-30",
        "members": [
            {
                "member": "陈",
                "items": [
                    {
                        "due_on": "2026-06-01",
                        "due_at": None,
                        "kind": "lead_follow",
                        "id": "L-1",
                        "about": "甲",
                        "what": "送样机",
                        "amount": "50.00",
                        "currency": "CNY",
                        "place": None,
                    },
                    {
                        "due_on": "2026-06-02",
                        "due_at": None,
                        "kind": "lead_follow",
                        "id": "L-2",
                        "about": "乙",
                        "what": "联系客户，写下结果和下次日期",
                        "amount": None,
                        "currency": "CNY",
                        "place": None,
                    },
                ],
                "more": 0,
            }
        ],
    }


def test_what_nobody_does_says_whom_it_belonged_to(book: Book) -> None:
    """
    members
    | member | left_on    |
    | 李     | 2026-05-01 |
    leads
    | lead_id | company | state     | owner | next_on    | next_step |
    | L-1     | 甲      | FOLLOWING | 李    | 2026-06-01 | 送样机    |
    | L-2     | 乙      | FOLLOWING |       | 2026-06-02 | 打电话    |
    """
    (nobody,) = answer(book)["members"]
    assert nobody["member"] == ""
    assert [item["what"] for item in nobody["items"]] == [
        "原负责人李已离职，请改派。送样机",
        "还没有负责人，请指定。打电话",
    ]
    assert [row["member"] for row in sheet(book)] == ["（没人负责）", "（没人负责）"]


def test_an_amount_in_another_currency_names_it(book: Book) -> None:
    """
    opportunities
    | opp_id | name | stage    | owner | next_on    | next_step | amount | currency |
    | O-1    | 一   | APPROVED | 陈    | 2026-06-01 | 报价      | 50.00  | USD      |
    """
    (member,) = answer(book)["members"]
    assert member["items"][0]["what"] == "报价（USD）"


def test_a_day_that_is_still_to_come_is_told_as_such(book: Book) -> None:
    """
    opportunities
    | opp_id | name | stage    | owner | route | bid_due    |
    | O-1    | 一   | APPROVED | 陈    | BID   | 2026-06-30 |
    | O-2    | 二   | APPROVED | 陈    | BID   | 2026-07-03 |
    | O-3    | 三   | APPROVED | 陈    | BID   | 2026-06-20 |
    """
    (member,) = answer(book)["members"]
    assert [item["what"] for item in member["items"]] == [
        "截标日 2026-06-20 已过：交了就改阶段，没交就改日期",
        "2026-06-30 截标，还有 0 天",
        "2026-07-03 截标，还有 3 天",
    ]


def many(lang: Lang = "zh") -> Book:
    """Return a book in which one person has forty leads to follow up."""
    lines = [f"| L-{n} | 公司{n} | FOLLOWING | 陈 | 2026-05-{n % 28 + 1:02d} |" for n in range(40)]
    head = "| lead_id | company | state | owner | next_on |"
    return book_of("many.xlsx", lang, leads=typed_rows("leads", "\n".join([head, *lines])))


def test_a_person_gets_the_oldest_fifteen_and_how_many_more() -> None:
    (member,) = answer(many())["members"]
    days = [item["due_on"] for item in member["items"]]
    assert (len(days), member["more"], days) == (LIMIT, 40 - LIMIT, sorted(days))
    *_, last = sheet(many())
    assert (last["member"], last["due_on"], last["next_step"]) == (
        "陈",
        None,
        "另有 25 项没有列出，办完上面的再运行一次",
    )


def test_one_persons_answer_leaves_everybody_on_the_sheet(book: Book) -> None:
    """
    members
    | member |
    | 王     |
    | Chen   |
    | 闲     |
    leads
    | lead_id | company | state     | owner | next_on    |
    | L-1     | 甲      | FOLLOWING | Chen  | 2026-06-01 |
    | L-2     | 乙      | FOLLOWING | 王    | 2026-06-20 |
    """
    found = today(book, bind_rulebook(book), DAY, " chen ")
    members: Any = found.data["members"]
    assert [(day["member"], len(day["items"])) for day in members] == [("Chen", 1)]
    assert found.changes.puts["today"]["member"].to_list() == ["王", "Chen"]
    assert answer(book, "闲")["members"] == [{"member": "闲", "items": [], "more": 0}]
    with pytest.raises(UsageError) as refused:
        answer(book, "没这人")
    assert refused.value.values["known"] == ["王", "Chen", "闲"]


def test_what_presses_is_said_before_the_rows_own_next_step(book: Book) -> None:
    """
    leads
    | lead_id | company | state     | owner | next_on    | next_step | touched_on | created_on |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-20 | 送样机    | 2026-06-02 | 2026-05-01 |
    | L-2     | 乙      | FOLLOWING | 陈    |            |           | 2026-05-02 | 2026-05-01 |
    """
    (member,) = answer(book)["members"]
    assert [item["what"] for item in member["items"]] == [
        "没人跟进，已到收回公海的期限：今天就联系并写下跟进记录",
        "再没有跟进，2 天后收回公海；下一步：送样机",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2026-06-26 16:00", "接收时限 2026-06-29 16:00 已过：接收，或写明原因退回"),
        ("2026-06-29 09:30", "请在 2026-06-30 09:30 前接收，或写明原因退回"),
    ],
)
def test_a_lead_is_to_be_accepted_by_a_moment(book: Book, given: str, said: str) -> None:
    """
    leads
    | lead_id | company | state    | owner | next_step  |
    | L-1     | 甲      | ASSIGNED | 陈    | 分配负责人 |
    """
    stamp = pl.lit(datetime.fromisoformat(given)).cast(pl.Datetime("us")).alias("assigned_at")
    waiting = book.with_rows("leads", book.rows("leads").with_columns(stamp))
    (member,) = answer(waiting)["members"]
    assert member["items"][0]["what"] == said


def test_a_thing_keeps_its_key_from_day_to_day_whatever_changes(book: Book) -> None:
    """
    customers
    | name | owner |
    | 甲   | 陈    |
    leads
    | lead_id | company | state     | owner | next_on    | touched_on |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-20 | 2026-06-20 |
    lines
    | line_id | customer | amount | triggered_on | due_override |
    | RC-1    | 甲       | 10.00  | 2026-04-01   | 2026-05-20   |
    | RC-2    | 甲       | 20.00  | 2026-04-01   | 2026-05-21   |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 10.00  | 2026-06-30   |
    """
    rules = bind_rulebook(book)

    def keys(day: date) -> dict[str, str]:
        members: Any = today(book, rules, day).data["members"]
        return {item["kind"]: item["key"] for member in members for item in member["items"]}

    before, after = keys(date(2026, 6, 29)), keys(DAY)
    assert before == after
    assert set(after) == {"collect", "lead_follow"}


def test_every_kind_has_its_words_in_both_languages() -> None:
    for lang in LANGS:
        words = topic("today", lang)
        assert set(words["kinds"]) == set(words["what"]) == set(KINDS)  # type: ignore[call-overload]  # tables of texts
    zh, en = (topic("today", lang) for lang in LANGS)
    assert zh.keys() == en.keys()


# ---------------------------------------------------------------- in a workbook


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a firm's workbook with a late lead and an overdue receivable, of no commit yet."""
    rows: Mapping[str, pl.DataFrame] = {
        "members": typed_rows("members", "| member |\n| Chen |"),
        "customers": typed_rows("customers", "| name | owner |\n| Hengli Parts | Chen |"),
        "leads": typed_rows(
            "leads",
            """| company | state | owner | channel | next_on | next_step | created_on |
            | Suhang Foods | FOLLOWING | Chen | Website | 2026-06-29 | Send the offer | 2026-06-15 |""",
        ),
        "lines": typed_rows(
            "lines",
            """| customer | item | amount | triggered_on | days |
            | Hengli Parts | OTHER | 120.00 | 2026-03-02 | 30 |""",
        ),
    }
    unowned = {name: frame.with_columns(_uid=pl.lit(None, pl.String)) for name, frame in rows.items()}
    path = tmp_path_factory.mktemp("today") / "firm.xlsx"
    session.new_book(path, new(lang="en", site="SH", store_id="", rows=unowned, as_of=DAY))
    return path


@pytest.fixture
def workbook(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it to write into."""
    return Path(shutil.copy(made, tmp_path))


def test_the_sheet_holds_the_list_and_its_links_go_to_the_rows(workbook: Path) -> None:
    first = ltc("today", workbook, "--as-of", DAY.isoformat())
    assert first.exit_code == 0
    assert "Send the offer" in first.stdout
    book = openpyxl.load_workbook(workbook)
    cells: list[list[Any]] = [
        [cell.value for cell in row] for row in book["Today"].iter_rows(min_row=3, max_row=5)
    ]
    head, collect, follow = (dict(zip(cells[0], row, strict=True)) for row in cells)
    assert head["Owner"] == "Owner"
    assert (collect["Kind"], collect["Customer / lead"], collect["Amount"]) == (
        "Collect",
        "Hengli Parts",
        120,
    )
    assert (follow["What to do"], follow["Due"].date()) == ("Send the offer", date(2026, 6, 29))
    for row, column in ((collect, "Due"), (follow, "Next date")):
        name, _, address = row["Place"].partition("!")
        cell = book[name][address]
        assert book[name].cell(3, cell.column).value == column
        assert row["Customer / lead"] in [one.value for one in book[name][cell.row]]
        assert row["Open"].startswith("=IF(tblToday[[#This Row],[Place]]")
    shown = openpyxl.load_workbook(workbook, data_only=True)["Today"]
    assert shown["D4"].value == "→"


def test_a_second_run_on_the_day_writes_nothing_and_a_day_without_work_empties_the_sheet(
    workbook: Path,
) -> None:
    ltc("today", workbook, "--as-of", DAY.isoformat())
    before = workbook.read_bytes()
    ltc("today", workbook, "--as-of", DAY.isoformat())
    assert workbook.read_bytes() == before
    result = ltc("today", workbook, "--as-of", "2026-03-05")
    assert "Nothing is due today." in result.stdout
    assert read_book(workbook).rows("today").is_empty()


def test_the_machine_form_names_places_and_leaves_the_workbook_alone(workbook: Path) -> None:
    before = workbook.read_bytes()
    result = ltc("today", workbook, "--as-of", DAY.isoformat(), "--member", "Chen", "--json")
    document = json.loads(result.stdout)
    assert workbook.read_bytes() == before
    (member,) = document["members"]
    assert [item["place"] for item in member["items"]] == ["Receivables!I4", "Leads!Q4"]


def test_a_name_that_is_not_in_the_firm_is_refused_with_those_who_are(workbook: Path) -> None:
    result = ltc("today", workbook, "--member", "Nobody")
    assert result.exit_code == 2
    assert "Chen" in result.stderr

"""Lead work as a service and as commands: grades and owners with their reasons, what stays and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any, cast

import polars as pl
import pytest
from conftest import typed_rows, written_book
from shell import CHINESE, ltc

from ltc_xl import leads, rollout
from ltc_xl.leads.facts import Facts
from ltc_xl.leads.phrases import Phrases
from ltc_xl.messages import topic
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.session import new_book
from ltc_xl.workbook.read import read_book

DAY = date(2026, 11, 21)

PEOPLE = """
    members
    | member | team             | roles    | capacity_30d | leave_from | leave_to   | left_on    |
    | 王磊   | 大客户组         |          | 20           |            |            |            |
    | 陈静   | 大客户组；直销组 |          | 20           |            |            |            |
    | 李强   | 大客户组         |          |              | 2026-11-18 | 2026-11-30 |            |
    | 周凯   | 直销组           | 销售经理 | 1            |            |            |            |
    | 吴用   | 直销组           |          |              |            |            | 2026-10-01 |
    | 方媛   | 市场组           |          |              |            |            |            |
    | 俞萍   | 市场组           |          |              | 2026-11-18 |            |            |
    """
LEADS = """
    leads
    | lead_id | company | mobile | need | budget       | timeline | city | state     | owner | created_on |
    | L-1     | 甲厂    | 138    | 配电 | 1,200,000.00 | M0_3     | 苏州 | QUALIFIED |       | 2026-11-02 |
    | L-2     | 乙厂    |        | 能耗 | 300,000.00   | M3_6     |      | NEW       |       | 2026-11-03 |
    | L-3     |         | 139    |      |              |          |      | RETURNED  |       | 2026-11-04 |
    | L-4     | 丁厂    |        | 配电 | 2,000,000.00 | M12      |      | FOLLOWING | 陈静  | 2026-11-05 |
    | L-5     | 戊厂    |        | 配电 | 85,500.00    | M0_3     |      | FOLLOWING | 吴用  | 2026-11-06 |
    | L-6     | 己厂    |        | 配电 | 2,000,000.00 | M0_3     |      | CONVERTED | 王磊  | 2026-11-06 |
    """
CUSTOMERS = """
    customers
    | name         | owner | aliases |
    | 甲厂有限公司 | 王磊  |         |
    | 乙厂         | 李强  |         |
    """


def graded(book: Book, lang: Lang | None = None) -> Outcome:
    return leads.grade(book, bind_rulebook(book), DAY, lang=lang)


def assigned(book: Book, lang: Lang | None = None) -> Outcome:
    return leads.assign(book, bind_rulebook(book), DAY, lang=lang)


def ready(*parts: str) -> Book:
    """Return a book of the shipped rules whose leads are graded."""
    book = written_book("".join(parts or (LEADS, PEOPLE)))
    return applied(book, graded(book).changes)


def by_lead(entries: object, key: str) -> dict[str, Any]:
    assert isinstance(entries, list)
    return {entry["lead_id"]: entry[key] for entry in entries}


def only(outcome: Outcome, key: str) -> dict[str, Any]:
    """Return the one entry of a list of the answer."""
    (entry,) = cast("list[dict[str, Any]]", outcome.data[key])
    return entry


def owners(book: Book) -> dict[str, str | None]:
    return dict(book.rows("leads").sort("lead_id").select("lead_id", "owner").iter_rows())


# ---------------------------------------------------------------- grades


def test_a_grade_says_what_counted_and_which_rule_it_was() -> None:
    data: Any = graded(written_book(LEADS)).data
    assert by_lead(data["graded"], "grade") == {"L-1": "A", "L-2": "C", "L-3": "D", "L-4": "B", "L-5": "C"}
    assert by_lead(data["graded"], "reason")["L-1"].startswith("预算 120万、")
    assert by_lead(data["graded"], "rule")["L-1"] == "G01"
    assert (data["changed"], data["ungraded"], data["problems"]) == (5, [], [])


def test_a_rule_that_asks_nothing_tells_what_there_is() -> None:
    reason = by_lead(graded(written_book(LEADS)).data["graded"], "reason")["L-3"]
    assert reason.startswith("没问到预算、")
    assert "需求没写清" in reason


def test_a_grade_that_is_right_already_is_not_written_again() -> None:
    book = written_book(LEADS)
    first = graded(book)
    assert {entry.column for entry in first.changes.sets} == {"grade", "score", "grade_why"}
    again = graded(applied(book, first.changes))
    assert not again.changes
    assert again.data["changed"] == 0


def test_a_lead_that_says_something_else_now_is_graded_anew() -> None:
    book = ready(LEADS)
    told = book.rows("leads").with_columns(
        budget=pl.when(lead_id="L-2").then(pl.lit(5_000_000)).otherwise("budget").cast(pl.Decimal(18, 2))
    )
    data: Any = graded(book.with_rows("leads", told)).data
    moved = [entry for entry in data["graded"] if entry["grade"] != entry["was"] or entry["lead_id"] == "L-2"]
    assert [(e["lead_id"], e["score"]) for e in moved] == [("L-2", 80)]
    assert data["changed"] == 1


RULES = """
    grading
    | no  | budget | grade | score | queue | reason |
    | G01 | >=50万 | A     | 95    | 直销  | 预算足 |
    """


def test_leads_that_no_rule_fits_keep_their_grade_and_are_listed() -> None:
    book = written_book(
        RULES + "leads\n| lead_id | company | budget | state | grade |\n| L-1 | 甲 | 10.00 | NEW | C |"
    )
    outcome = graded(book)
    left = only(outcome, "ungraded")
    assert (left["lead_id"], left["grade"], left["reason"]) == ("L-1", "C", "没有一条评级规则适合（预算 10）")
    assert "兜底" in left["cure"]
    assert not outcome.changes
    assert outcome.exit_status == 0


def test_leads_with_a_cell_nobody_can_read_are_listed_with_the_cell(tmp_path: Path) -> None:
    book = made(tmp_path, LEADS)
    unread = replace(book, unread=frozenset({("leads", book.rows("leads")[UID][0], "budget")}))
    left = only(graded(unread), "ungraded")
    assert left["lead_id"] == "L-1"
    cell = book.cell("leads", left["uid"], "budget")
    assert cell
    assert left["reason"] == f"评级要看的单元格读不懂：{cell[1]}"


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        ({"budget": 85_500}, "预算 8.55万", "budget 85,500"),
        ({"budget": None}, "没问到预算", "budget not known"),
        ({"need_level": "URGENT"}, "需求写明、三个月内要", "need stated and wanted within three months"),
        ({"timeline": "M12"}, "一年以后才要", "not wanted before a year"),
        ({"industry": "食品"}, "食品行业", "industry 食品"),
        ({"channel": "工博会"}, "渠道 工博会", "Channel 工博会"),
        ({"channel": None}, "渠道没填", "Channel blank"),
        ({"state": "NEW"}, "状态 新建", "Status New"),
        ({"created_on": DAY}, "录入日期 11-21", "Created 11-21"),
        ({"touched_on": date(2025, 1, 2)}, "最近跟进日 2025-01-02", "Last touch 2025-01-02"),
    ],
)
def test_facts_are_told_as_people_say_them(row: Mapping[str, Any], zh: str, en: str) -> None:
    plain = {code: Decimal(value) if isinstance(value, int) else value for code, value in row.items()}
    for lang, text in zip(LANGS, (zh, en), strict=True):
        book = written_book(LEADS, lang)
        assert Facts(book, Phrases(lang, DAY)).of(plain, plain) == text


# ---------------------------------------------------------------- owners


def test_leads_that_wait_get_an_owner_a_day_and_the_reason() -> None:
    book = ready()
    after = applied(book, assigned(book).changes)
    columns = ("lead_id", "owner", "state", "assigned_at")
    waited = after.rows("leads").filter(pl.col("lead_id").is_in(["L-1", "L-2", "L-3"])).select(columns)
    at = datetime(2026, 11, 21)  # noqa: DTZ001  a workbook's times have no zone
    assert waited.rows() == [
        ("L-1", "王磊", "ASSIGNED", at),
        ("L-2", "周凯", "ASSIGNED", at),
        ("L-3", "方媛", "ASSIGNED", at),
    ]
    assert after.rows("leads")["assign_why"].null_count() == 3


def test_a_lead_that_a_deal_has_come_from_is_neither_graded_nor_assigned() -> None:
    book = written_book(LEADS + PEOPLE + "opportunities\n| opp_id | lead |\n| O-1 | L-1 |")
    assert set(by_lead(graded(book).data["graded"], "grade")) == {"L-2", "L-3", "L-4", "L-5"}
    after = applied(book, graded(book).changes)
    assert set(by_lead(assigned(after).data["assigned"], "owner")) == {"L-2", "L-3"}


def test_leads_that_have_an_owner_stay_theirs_even_if_the_owner_has_left() -> None:
    book = ready()
    found = owners(applied(book, assigned(book).changes))
    assert (found["L-4"], found["L-5"], found["L-6"]) == ("陈静", "吴用", "王磊")


@pytest.mark.parametrize(
    ("parts", "reasons"),
    [
        (
            (),
            {
                "L-1": "规则 A01：“大客户”→ 大客户组；王磊 在手 0 条，最少"
                "（李强 休假至 11-30；陈静 1 条，30 天 1/20）",
                "L-2": "规则 A02：“直销”→ 直销组；周凯 在手 0 条，最少"
                "（吴用 10-01 已离职；陈静 1 条，30 天 1/20）",
                "L-3": "规则 A03：“培育”→ 市场组；只有 方媛 能接（俞萍 休假中）",
            },
        ),
        (
            (CUSTOMERS,),
            {
                "L-1": "“甲厂有限公司”是老客户，归客户负责人 王磊",
                "L-2": "规则 A02：“直销”→ 直销组；周凯 在手 0 条，最少"
                "（吴用 10-01 已离职；陈静 1 条，30 天 1/20）；客户负责人 李强 休假至 11-30",
            },
        ),
    ],
)
def test_the_reason_names_the_rule_and_everybody_who_came_into_question(
    parts: Sequence[str], reasons: Mapping[str, str]
) -> None:
    found = by_lead(assigned(ready(LEADS, PEOPLE, *parts)).data["assigned"], "reason")
    assert {number: found[number] for number in reasons} == reasons


def test_the_answer_is_in_the_language_asked_for_the_cell_in_the_books() -> None:
    outcome = assigned(ready(), "en")
    assert by_lead(outcome.data["assigned"], "reason")["L-3"].startswith(
        "Rule A03: queue 培育 → 市场组; only 方媛 can take it"
    )
    (why,) = (entry.cells for entry in outcome.changes.sets if entry.column == "assign_why")
    assert all("规则" in text for text in why["new"])


def test_a_customers_lead_is_linked_to_the_customer() -> None:
    book = ready(LEADS, PEOPLE, CUSTOMERS)
    after = applied(book, assigned(book).changes).rows("leads")
    linked = dict(after.select("lead_id", "customer").drop_nulls().iter_rows())
    assert linked == {"L-1": "甲厂有限公司"}


ASSIGN = """
    assignment
    | no  | queue  | region | industry | team     | method   | cap | fallback |
    | A01 | 大客户 | -      | -        | 大客户组 | 轮流     | 1   | 李强     |
    | A02 | 直销   | 苏州   | -        | 直销组   |          |     |          |
    | A03 | 培育   | -      | -        | 没有的组 | 最少在手 |     | 市场组   |
    """


def test_what_finds_nobody_is_listed_with_reason_and_cure() -> None:
    more = """
    | L-7     | 庚厂    |        |      | 1,500,000.00 | M12      |      | NEW       |       | 2026-11-07 |
    | L-8     | 辛厂    |        |      | 1,500,000.00 | M12      |      | NEW       |       | 2026-11-08 |
    """
    outcome = assigned(ready(LEADS.rstrip() + more, PEOPLE, ASSIGN))
    given, kept = outcome.data["assigned"], outcome.data["unassigned"]
    full = (
        "规则 A01：“大客户组”没人能接（李强 休假至 11-30；王磊 7 天已接 1/1；陈静 7 天已接 1/1），"
        "备用“李强”也不在（李强 休假至 11-30）"
    )
    assert by_lead(given, "owner") == {"L-1": "陈静", "L-7": "王磊", "L-3": "方媛"}
    assert by_lead(given, "reason")["L-1"] == (
        "规则 A01：“大客户”→ 大客户组；轮到 陈静，上次 11-05（李强 休假至 11-30；王磊 上次 11-06）"
    )
    assert by_lead(given, "reason")["L-3"] == (
        "规则 A03：“培育”→ 没有的组 里没有人，转备用“市场组”；只有 方媛 能接（俞萍 休假中）"
    )
    assert by_lead(kept, "reason") == {
        "L-2": "没有规则管“直销”队列（地区：没填）",
        "L-8": full,
    }
    assert by_lead(kept, "why") == {"L-2": "no_rule", "L-8": "nobody_free"}
    assert all(by_lead(kept, "cure").values())


def test_where_nobody_has_a_team_everybody_takes_leads() -> None:
    people = "members\n| member |\n| 王磊 |\n| 陈静 |\n"
    outcome = assigned(ready(LEADS, people))
    assert outcome.data["unassigned"] == []
    assert by_lead(outcome.data["assigned"], "reason")["L-1"] == (
        "规则 A01：“大客户”→ 大客户组（没人填团队，人人都接）；王磊 在手 0 条，最少（陈静 1 条）"
    )


def test_a_region_nobody_typed_is_looked_for_by_the_city() -> None:
    book = ready(
        "leads\n| lead_id | company | budget | city | state |\n| L-1 | 甲 | 300,000.00 | 苏州 | NEW |",
        PEOPLE,
        ASSIGN,
    )
    assert by_lead(assigned(book).data["assigned"], "rule") == {"L-1": "A02"}


def test_a_lead_without_a_grade_waits_for_one() -> None:
    book = written_book("leads\n| lead_id | company | state |\n| L-1 | 甲 | NEW |")
    kept = only(assigned(book), "unassigned")
    assert (kept["why"], kept["reason"]) == ("no_grade", "还没有分级")
    assert "leads grade" in kept["cure"]


def test_an_owner_cell_nobody_can_read_is_left_alone() -> None:
    book = ready()
    unread = replace(book, unread=frozenset({("leads", book.rows("leads")[UID][0], "owner")}))
    outcome = assigned(unread)
    assert by_lead(outcome.data["unassigned"], "why") == {"L-1": "owner_unread"}


@pytest.mark.parametrize("column", ["region", "city", "budget"])
def test_a_lead_of_which_the_rules_cannot_read_a_cell_goes_to_nobody(column: str) -> None:
    book = ready(LEADS, PEOPLE, ASSIGN)
    unread = replace(book, unread=frozenset({("leads", book.rows("leads")[UID][1], column)}))
    assert by_lead(assigned(unread).data["unassigned"], "why") == {"L-2": "unread"}


# ---------------------------------------------------------------- always the same


def test_a_second_run_changes_nothing() -> None:
    book = ready()
    after = applied(book, assigned(book).changes)
    again = assigned(after)
    assert not again.changes
    assert (again.data["assigned"], again.data["unassigned"]) == ([], [])


def many(count: int = 60) -> Book:
    """Return a book with many leads that wait, of all kinds."""
    budgets = (None, 50_000, 300_000, 1_500_000)
    rows = [
        f"| L-{n:02d} | 公司{n} | {budgets[n % 4] or ''} | 2026-11-{n % 20 + 1:02d} | NEW | 配电 |"
        for n in range(count)
    ]
    head = "leads\n| lead_id | company | budget | created_on | state | need |\n"
    return ready(head + "\n".join(rows), PEOPLE)


@pytest.mark.parametrize("seed", range(3))
def test_two_machines_give_the_same_owners_and_reasons(seed: int) -> None:
    book = many()
    moved = book.rows("leads").sample(fraction=1, shuffle=True, seed=seed)
    renamed = moved.with_columns(pl.format("v{}x", pl.int_range(pl.len())).alias(UID))
    people = book.rows("members").sample(fraction=1, shuffle=True, seed=seed)
    other = book.with_rows("leads", renamed).with_rows("members", people)
    for key in ("owner", "rule", "reason"):
        assert by_lead(assigned(other).data["assigned"], key) == by_lead(assigned(book).data["assigned"], key)
    assert owners(applied(other, assigned(other).changes)) == owners(applied(book, assigned(book).changes))


def test_leads_that_come_in_two_parts_on_a_day_get_the_owners_they_would_together() -> None:
    book = many()
    whole = owners(applied(book, assigned(book).changes))
    order = [entry["lead_id"] for entry in assigned(book).data["assigned"]]  # type: ignore[attr-defined]  # a list
    rows = book.rows("leads")
    late = pl.col("lead_id").is_in(order[25:])
    early = book.with_rows("leads", rows.filter(~late))
    first = applied(early, assigned(early).changes).rows("leads")
    both = book.with_rows("leads", pl.concat([first, rows.filter(late)]))
    assert owners(applied(both, assigned(both).changes)) == whole


def test_nobody_gets_more_than_their_limits_in_a_row_of_runs() -> None:
    book = many()
    after = applied(book, assigned(book).changes).rows("leads").drop_nulls("owner")
    counts = dict(after.group_by("owner").len().iter_rows())
    assert counts["周凯"] >= 1
    assert "李强" not in counts
    assert "吴用" not in counts


# ---------------------------------------------------------------- broken sheets


BROKEN_GRADING = RULES.replace(">=50万", ">>50万")
BROKEN_ASSIGN = ASSIGN.replace("| 1   |", "| 多少 |")


def test_a_broken_grading_sheet_leaves_grades_alone_and_customers_still_find_their_owner() -> None:
    book = ready(LEADS, PEOPLE, CUSTOMERS)
    broken = book.with_rows("grading", typed_rows("grading", BROKEN_GRADING.split("grading")[1]))
    grades, found = graded(broken), assigned(broken)
    assert (grades.exit_status, bool(grades.changes)) == (1, False)
    assert {finding.table for finding in grades.findings} == {"grading"}
    assert by_lead(found.data["assigned"], "rule") == {"L-1": "customer"}
    assert set(by_lead(found.data["unassigned"], "why").values()) == {"grading_off"}
    assert found.exit_status == 1


def test_a_broken_assignment_sheet_assigns_nothing_and_grades_go_on() -> None:
    book = written_book(LEADS + PEOPLE + CUSTOMERS + BROKEN_ASSIGN)
    grades = graded(book)
    assert (grades.exit_status, grades.data["changed"]) == (0, 5)
    found = assigned(applied(book, grades.changes))
    assert found.exit_status == 1
    assert not found.changes
    assert set(by_lead(found.data["unassigned"], "why").values()) == {"rules_off"}
    assert {finding.table for finding in found.findings} == {"assignment"}


def test_the_state_moves_only_by_a_listed_step_that_is_anybodys() -> None:
    steps = """
    transitions
    | no  | object | from   | to     | condition | needs | role     |
    | T01 | LEAD   | 待分配 | 已分配 |           | 负责人 | 销售经理 |
    | T02 | LEAD   | 退回   | 已分配 | 预算>0    | 负责人 |          |
    | T03 | LEAD   | 新建   | 已分配 |           | 负责人 |          |
    """
    book = ready(LEADS, PEOPLE, steps)
    after = applied(book, assigned(book).changes).rows("leads")
    states = dict(after.select("lead_id", "state").iter_rows())
    assert (states["L-1"], states["L-2"], states["L-3"]) == ("QUALIFIED", "ASSIGNED", "RETURNED")


# ---------------------------------------------------------------- words


def fields(texts: Mapping[str, object]) -> dict[str, object]:
    """Return the keys of a topic with the values each text names."""
    return {
        key: fields(text)
        if isinstance(text, Mapping)
        else sorted(name for _, name, _, _ in Formatter().parse(str(text)) if name)
        for key, text in texts.items()
    }


def test_both_languages_say_the_same_things() -> None:
    assert set(fields(topic("leads", "zh"))) == set(fields(topic("leads", "en")))
    for part in ("grade", "given", "standing", "kept", "spare", "shown", "ungraded"):
        assert fields(topic("leads", "zh"))[part] == fields(topic("leads", "en"))[part], part


# ---------------------------------------------------------------- commands


def made(folder: Path, *parts: str, lang: Lang = "zh") -> Book:
    """Make a real workbook of a book's rows; return it as read."""
    path = folder / "客户A.xlsx"
    written = written_book("".join(parts), lang)
    rows = {name: held.rows for name, held in written.tables.items()}
    plan = rollout.new(
        lang=lang, profile="starter", site="SH", store_id="", rows=rows, as_of=DAY, company="甲"
    )
    new_book(path, plan)
    return read_book(path)


def run(folder: Path, *args: str, env: dict[str, str] = CHINESE) -> tuple[int, str]:
    result = ltc("leads", *args, folder / "客户A.xlsx", "--as-of", DAY.isoformat(), env=env)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def test_grade_then_assign_on_a_workbook(tmp_path: Path) -> None:
    made(tmp_path, LEADS, PEOPLE)
    path = tmp_path / "客户A.xlsx"

    status, out = run(tmp_path, "grade", "--json")
    document = json.loads(out)
    assert (status, document["schema"], document["command"]) == (0, "ltc-xl/1", "leads grade")
    assert {"lead_id", "grade", "score", "queue", "rule", "reason"} <= set(document["graded"][0])
    assert (document["changed"], document["ungraded"]) == (5, [])

    before = path.read_bytes()
    status, out = run(tmp_path, "assign", "--dry-run", "--lang", "en")
    assert (status, "Would assign 3 leads; 0 find nobody." in out) == (0, True)
    assert path.read_bytes() == before

    status, out = run(tmp_path, "assign")
    assert (status, "已分配 3 条线索，0 条没有分出去。" in out) == (0, True)
    assert "L-1  甲厂 → 王磊  规则 A01" in out
    book = read_book(path)
    assert list(owners(book).values())[:3] == ["王磊", "周凯", "方媛"]
    assert book.rows("leads")["assigned_at"].count() == book.rows("leads")["assign_why"].count() == 3

    before = path.read_bytes()
    assert run(tmp_path, "assign") == (0, "没有等待分配的线索。\n")
    status, out = run(tmp_path, "grade")
    assert (status, "评级 5 条在跟的线索，0 条有变化。" in out) == (0, True)
    assert path.read_bytes() == before


def test_the_assignment_document_is_what_programs_rely_on() -> None:
    data: Any = assigned(ready(LEADS, PEOPLE, ASSIGN)).data
    assert {"lead_id", "owner", "rule", "reason"} <= set(data["assigned"][0])
    assert {"lead_id", "reason"} <= set(data["unassigned"][0])
    json.dumps(data)


@pytest.mark.parametrize(("lang", "sheet"), [("zh", "线索评级!"), ("en", "Lead grading!")])
def test_a_broken_cell_is_named_with_its_sheet_in_both_languages(
    tmp_path: Path, lang: Lang, sheet: str
) -> None:
    made(tmp_path, LEADS, PEOPLE, BROKEN_GRADING, lang=lang)
    status, out = run(tmp_path, "grade")
    assert status == 1
    assert ("没有评级" if lang == "zh" else "nothing was graded") in out
    assert f"{sheet}B4" in out
    assert ">>50万" in out


@pytest.mark.parametrize("lang", LANGS)
def test_help_has_an_example(lang: Lang) -> None:
    for command in ("grade", "assign"):
        result = ltc("leads", command, "--help", "--lang", lang)
        assert f"ltc-xl leads {command}" in result.output

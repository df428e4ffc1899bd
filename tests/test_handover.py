"""Hand-over: criteria before, acceptance within work hours, returns with reason and cooldown, recycling."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import written_book
from hypothesis import given, settings
from hypothesis import strategies as st
from shell import CHINESE, ltc

from ltc_xl import leads, rollout
from ltc_xl.check import check
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.handover import waiting_for_acceptance
from ltc_xl.rules.worktime import WorkTime, spans_in, work_time
from ltc_xl.session import new_book
from ltc_xl.workbook.read import read_book

FRIDAY, MONDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 24)
NINE_TO_SIX = ((540, 720), (780, 1080))

PEOPLE = """
    members
    | member | team   | left_on    |
    | 王磊   | 直销组 |            |
    | 陈静   | 直销组 |            |
    | 吴用   | 直销组 | 2026-10-01 |
    """
LEADS = """
    leads
    | lead_id | company | need | budget     | state     | owner | assigned_at      | created_on | grade |
    | L-1     | 甲厂    | 柜   | 300,000.00 | ASSIGNED  | 王磊  | 2026-11-20 09:00 | 2026-11-02 | B     |
    | L-2     | 乙厂    | 柜   | 300,000.00 | FOLLOWING | 陈静  | 2026-10-01 09:00 | 2026-09-03 | B     |
    | L-3     | 丙厂    | 柜   |            | NEW       |       |                  | 2026-11-04 | C     |
    | L-4     | 丁厂    | 柜   | 300,000.00 | FOLLOWING | 吴用  | 2026-11-05 00:00 | 2026-11-05 | B     |
    """


def row(book: Book, lead_id: str) -> dict[str, Any]:
    return book.rows("leads").row(by_predicate=pl.col("lead_id") == lead_id, named=True)


def codes(data: Any, key: str = "unmet") -> list[str]:  # noqa: ANN401  what a service answers
    return [one["code"] for one in data[key]]


# ---------------------------------------------------------------- work time


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9:00-12:00 13:00-18:00", NINE_TO_SIX),
        ("13：00—18：00；9：00至12：00", NINE_TO_SIX),
        ("8:30~17:30", ((510, 1050),)),
        ("0:00-24:00", ((0, 1440),)),
        ("9:00-12:00 11:00-13:00", None),
        ("18:00-9:00", None),
        ("9-18", None),
        ("9:00-12:00 或者晚上", None),
        ("", None),
    ],
)
def test_work_hours_are_read_as_people_write_them(text: str, spans: object) -> None:
    assert spans_in(text) == spans


def test_holidays_make_up_days_and_days_with_their_own_hours_count_as_the_calendar_says() -> None:
    book = written_book(
        "calendar\n| day | workday | hours |\n| 2026-11-21 | YES | 9:00-12:00 |\n| 2026-11-23 | NO | |\n"
    )
    work = work_time(bind_rulebook(book))
    days = [date(2026, 11, day) for day in (20, 21, 22, 23, 24)]
    assert [sum(to - from_ for from_, to in work.spans(day)) // 60 for day in days] == [8, 3, 0, 0, 8]
    assert work.due(datetime(2026, 11, 20, 17), 4 * 60) == datetime(2026, 11, 21, 12)  # noqa: DTZ001  a workbook's times have no zone
    assert work.due(datetime(2026, 11, 20, 17), 5 * 60) == datetime(2026, 11, 24, 10)  # noqa: DTZ001  likewise


MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 1))  # noqa: DTZ001  likewise


@settings(max_examples=60, deadline=None)
@given(MOMENTS, MOMENTS)
def test_work_minutes_are_the_minutes_of_a_minute_by_minute_count(one: datetime, other: datetime) -> None:
    begin, end = (moment.replace(second=0, microsecond=0) for moment in sorted((one, other)))
    work = WorkTime(NINE_TO_SIX, frozenset({date(2026, 11, 10)}), frozenset({date(2026, 11, 14)}))
    minutes = pl.datetime_range(begin, end, "1m", eager=True, closed="left")
    working = sum(
        any(first <= at.hour * 60 + at.minute < last for first, last in work.spans(at.date()))
        for at in minutes
    )
    frame = pl.DataFrame({"a": [begin], "b": [end]})
    assert work.minutes(frame, "a", "b").item() == working
    if working:
        due = work.due(begin, working)
        assert due is not None
        assert work.minutes(frame.with_columns(b=pl.lit(due)), "a", "b").item() == working


@pytest.mark.parametrize(
    ("day", "hours", "late"), [(FRIDAY, 0, False), (MONDAY, 8, False), (TUESDAY, 16, True)]
)
def test_a_lead_nobody_accepts_is_late_once_the_work_hours_agreed_are_over(
    day: date,
    hours: int,
    late: bool,  # noqa: FBT001  a row of the table above
) -> None:
    book = written_book(LEADS + PEOPLE)
    (lead,) = waiting_for_acceptance(book, bind_rulebook(book), day).iter_rows(named=True)
    assert (lead["lead_id"], lead["waited_minutes"] // 60, lead["is_late"]) == ("L-1", hours, late)
    assert lead["accept_by"] == datetime(2026, 11, 20, 18)  # noqa: DTZ001  likewise


# ---------------------------------------------------------------- acceptance


def accepted(book: Book, day: date, **more: Any) -> tuple[Any, Book]:  # noqa: ANN401  options of the service
    outcome = leads.accept(book, bind_rulebook(book), day, "L-1", **more)
    return outcome.data, applied(book, outcome.changes)


def test_a_lead_is_accepted_in_time_and_followed_up_once_a_note_is_written() -> None:
    data, book = accepted(written_book(LEADS + PEOPLE), FRIDAY, at=time(14), note="已通电话")
    assert (data["late"], data["waited_hours"], data["state"]) == (False, 4.0, "FOLLOWING")
    lead = row(book, "L-1")
    assert (lead["state"], lead["note"], lead["touched_on"]) == ("FOLLOWING", "已通电话", FRIDAY)
    assert lead["accepted_at"] == datetime(2026, 11, 20, 14)  # noqa: DTZ001  likewise
    assert book.rows("activities")["summary"].to_list() == ["已通电话"]


def test_a_late_acceptance_counts_and_says_how_late() -> None:
    data, book = accepted(written_book(LEADS + PEOPLE), TUESDAY, at=time(10), lang="zh")
    assert (data["accepted"], data["late"], data["waited_hours"]) == (True, True, 17.0)
    assert (data["accept_by"], codes(data, "still")) == ("2026-11-20T18:00", ["T-03"])
    assert (row(book, "L-1")["state"], row(book, "L-1")["accepted_at"].day) == ("ASSIGNED", 24)
    rulebook = bind_rulebook(book)
    assert waiting_for_acceptance(book, rulebook, TUESDAY).is_empty()


def test_what_is_nobodys_closed_or_accepted_is_not_accepted_again() -> None:
    _, book = accepted(written_book(LEADS + PEOPLE), FRIDAY)
    assert codes(accepted(book, MONDAY)[0]) == ["accepted"]
    rulebook = bind_rulebook(book)
    assert codes(leads.accept(book, rulebook, FRIDAY, "L-3").data) == ["nobodys"]
    closed = written_book(LEADS.replace("ASSIGNED ", "INVALID  "))
    assert codes(accepted(closed, MONDAY)[0]) == ["not_open"]


# ---------------------------------------------------------------- leads given back


def returned(book: Book, lead_id: str = "L-1", reason: str | None = "空号") -> tuple[Any, Book]:
    outcome = leads.give_back(book, bind_rulebook(book), MONDAY, lead_id, reason=reason)
    return outcome.data, applied(book, outcome.changes)


def test_a_returned_lead_is_nobodys_and_keeps_reason_count_and_former_owner() -> None:
    data, book = returned(written_book(LEADS + PEOPLE))
    assert (data["returned"], data["return_count"], data["cooldown_to"]) == (True, 1, "2026-12-23")
    lead = row(book, "L-1")
    assert (lead["state"], lead["owner"], lead["reason"], lead["return_count"]) == (
        "RETURNED",
        None,
        "空号",
        1,
    )
    assert (lead["returned_from"], lead["assigned_at"]) == ("王磊", None)
    assert book.rows("activities").select("member", "object_id", "summary").rows() == [
        ("王磊", "L-1", "退回：空号")
    ]


def test_its_former_owner_does_not_get_it_again_within_the_cooldown() -> None:
    _, book = returned(written_book(LEADS + PEOPLE))
    outcome = leads.assign(book, bind_rulebook(book), MONDAY)
    data: Any = outcome.data
    (given_,) = (one for one in data["assigned"] if one["lead_id"] == "L-1")
    assert given_["owner"] == "陈静"
    assert "王磊 退回过这条，冷却至 12-23" in given_["reason"]
    later = leads.assign(book, bind_rulebook(book), date(2026, 12, 24)).data
    assert {one["owner"] for one in later["assigned"] if one["lead_id"] == "L-1"} == {"王磊"}  # type: ignore[attr-defined]  # data is read as JSON


def test_a_lead_returned_too_often_waits_for_a_person() -> None:
    book = written_book(
        "leads\n| lead_id | need | state | return_count | grade |\n| L-1 | 柜 | RETURNED | 3 | B |" + PEOPLE
    )
    data: Any = leads.assign(book, bind_rulebook(book), MONDAY).data
    assert [one["why"] for one in data["unassigned"]] == ["returned_often"]


@pytest.mark.parametrize(("lead_id", "found"), [("L-3", ["nobodys", "T-01"])])
def test_what_cannot_be_returned_names_every_reason(lead_id: str, found: list[str]) -> None:
    data, book = returned(written_book(LEADS + PEOPLE), lead_id)
    assert (codes(data), data["returned"]) == (found, False)
    assert row(book, lead_id)["state"] == "NEW"


def test_a_return_without_a_reason_is_refused() -> None:
    with pytest.raises(UsageError):
        returned(written_book(LEADS), reason=" ")


# ---------------------------------------------------------------- transfer criteria


def test_a_lead_that_misses_a_criterion_is_not_handed_over_and_the_criterion_is_named() -> None:
    criteria = (
        "transfer_criteria\n| criterion | condition |\n| 问到预算 | 预算 非空 |\n| 写明需求 | 需求 非空 |\n"
    )
    book = written_book(LEADS + PEOPLE + criteria)
    data: Any = leads.assign(book, bind_rulebook(book), MONDAY).data
    (kept,) = data["unassigned"]
    assert (kept["why"], kept["reason"]) == ("not_ready", "没有达到移交标准：问到预算")


def test_while_a_criterion_is_wrong_nothing_is_handed_over() -> None:
    book = written_book(LEADS + PEOPLE + "transfer_criteria\n| criterion | condition |\n| 甲 | 预箅 非空 |\n")
    outcome = leads.assign(book, bind_rulebook(book), MONDAY)
    data: Any = outcome.data
    assert [one["why"] for one in data["unassigned"]] == ["criteria_off"]
    assert (outcome.exit_status, [one.code for one in outcome.findings][-1]) == (1, "R-02")


def test_check_names_the_wrong_cell_of_a_criterion() -> None:
    book = written_book(LEADS + PEOPLE + "transfer_criteria\n| criterion | condition |\n| 甲 | 预算 >> 9 |\n")
    data: Any = check(book, bind_rulebook(book), MONDAY).data
    found = [one for one in data["findings"] if one["table"] == "transfer_criteria"]
    assert [(one["code"], one["column"]) for one in found] == [("R-02", "condition")]


# ---------------------------------------------------------------- recycling


def recycled(book: Book, day: date, lang: Lang = "zh") -> tuple[Any, Book]:
    outcome = leads.recycle(book, bind_rulebook(book), day, lang=lang)
    return outcome.data, applied(book, outcome.changes)


def test_leads_nobody_accepts_or_works_on_and_those_of_people_who_left_go_back() -> None:
    data, book = recycled(written_book(LEADS + PEOPLE), date(2026, 11, 25))
    assert {one["lead_id"]: one["reason"] for one in data["recycled"]} == {
        "L-1": "公海规则 P01：分到后 24 个工时没有接收（上限 16）",
        "L-2": "公海规则 P02：55 天没有跟进（上限 30 天）",
        "L-4": "负责人 吴用 已离职，收回重新分配",
    }
    assert book.rows("leads")["owner"].null_count() == 4
    assert (row(book, "L-2")["returned_from"], row(book, "L-4")["returned_from"]) == ("陈静", None)
    assert row(book, "L-2")["reason"] == "公海规则 P02：超过 30 天没有跟进"
    assert "公海规则 P02：55 天没有跟进（上限 30 天）" in book.rows("activities")["summary"].to_list()
    again, _ = recycled(book, date(2026, 11, 25))
    assert again == {"recycled": [], "kept": []}


def test_a_lead_just_given_to_somebody_is_not_idle_however_old_it_is() -> None:
    fresh = LEADS.replace("2026-10-01 09:00", "2026-11-20 09:00")
    data, _ = recycled(written_book(fresh + PEOPLE), MONDAY)
    assert [one["lead_id"] for one in data["recycled"]] == ["L-4"]


def test_a_lead_returned_on_the_sheet_is_taken_back_with_what_was_typed() -> None:
    text = "leads\n| lead_id | state | owner | reason | return_count |\n| L-1 | RETURNED | 王磊 | 空号 | 1 |"
    data, book = recycled(written_book(text + PEOPLE), MONDAY)
    lead = row(book, "L-1")
    assert data["recycled"][0]["why"] == "returned"
    assert (lead["owner"], lead["reason"], lead["return_count"], lead["returned_from"]) == (
        None,
        "空号",
        1,
        "王磊",
    )


def test_where_the_steps_do_not_allow_a_return_the_lead_stays_and_says_why() -> None:
    steps = "transitions\n| no | object | from | to |\n| 1 | LEAD | 新建 | 已清洗 |\n"
    data, book = recycled(written_book(LEADS + PEOPLE + steps), date(2026, 11, 25))
    assert (data["recycled"], {code for one in data["kept"] for code in codes(one)}) == ([], {"T-01"})
    assert row(book, "L-1")["owner"] == "王磊"


# ---------------------------------------------------------------- commands


def ran(path: Path, command: str, *args: str, day: date = TUESDAY) -> tuple[int, str]:
    result = ltc("leads", command, path, *args, "--as-of", day.isoformat(), env=CHINESE)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def test_accept_return_recycle_on_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "客户A.xlsx"
    rows = {name: held.rows for name, held in written_book(LEADS + PEOPLE).tables.items()}
    new_book(
        path,
        rollout.new(
            lang="zh", profile="starter", site="SH", store_id="", rows=rows, as_of=FRIDAY, company="甲"
        ),
    )
    before = path.read_bytes()
    status, out = ran(path, "recycle", "--dry-run", day=date(2026, 11, 25))
    assert (status, "将收回 3 条线索到公海。" in out, path.read_bytes() == before) == (0, True, True)

    status, out = ran(path, "accept", "L-1", "--note", "已通电话")
    assert (status, "王磊 已接收线索 L-1（甲厂），状态“跟进中”。" in out) == (0, True)
    assert "已过接收时限（应在 2026-11-20 18:00 前）" in out
    status, out = ran(path, "return", "L-1")
    assert (status, "--reason" in out) == (2, True)
    status, out = ran(path, "return", "L-1", "--reason", "空号", "--json")
    assert (status, json.loads(out)["returned"]) == (0, True)
    lead = row(read_book(path), "L-1")
    assert (lead["state"], lead["owner"], lead["returned_from"], lead["return_count"]) == (
        "RETURNED", None, "王磊", 1,
    )  # fmt: skip
    status, out = ran(path, "recycle", day=date(2026, 11, 25))
    assert (status, "收回 2 条线索到公海" in out) == (0, True)
    assert row(read_book(path), "L-2")["owner"] is None

    commits = json.loads(ltc("history", path, "--json").stdout)["commits"]
    assert [one["command"] for one in commits][-3:] == ["leads accept", "leads return", "leads recycle"]
    undone = ltc("undo", path, str(commits[-1]["commit"]), "--as-of", "2026-11-25")
    assert undone.exit_code == 0, undone.output
    assert row(read_book(path), "L-2")["owner"] == "陈静"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", ["accept", "return", "recycle"])
def test_help_has_an_example(command: str, lang: Lang) -> None:
    assert f"ltc-xl leads {command}" in ltc("leads", command, "--help", "--lang", lang).output

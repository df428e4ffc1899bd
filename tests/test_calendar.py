"""Calendar files: what is to be done, as other programs read it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from shell import ltc

from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import WorldError
from ltc_xl.render.calendar import KEPT_DAYS, LONGEST, Entry, calendar
from ltc_xl.session.calendar import write_calendar

DAY = date(2026, 11, 20)
CALL = Entry("k1", "跟进线索：太湖精工", "联系客户\n位置：线索!Q4", "跟进线索", DAY)
ACCEPT = Entry(
    "k2", "接收线索：园区", "请在 16:00 前接收", "接收线索", DAY, datetime.fromisoformat("2026-11-20 16:00")
)


def events(text: str) -> dict[str, Any]:
    """Return the events by UID, as icalendar reads them."""
    read = Calendar.from_ical(text)
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def test_two_programs_read_the_same_entries_out_of_a_file() -> None:
    text = calendar([CALL, ACCEPT], "今日 · 客户A", DAY)
    first, second = events(text).values()
    assert (first["SUMMARY"], first["DESCRIPTION"]) == (CALL.title, CALL.text)
    assert (first.decoded("DTSTART"), first.decoded("DTEND")) == (DAY, DAY + timedelta(days=1))
    assert (second.decoded("DTSTART"), second.decoded("DURATION")) == (ACCEPT.at, timedelta(minutes=15))
    assert [alarm.decoded("TRIGGER") for alarm in Calendar.from_ical(text).walk("VALARM")] == [
        timedelta(hours=9),
        timedelta(minutes=-30),
    ]
    other = vobject.readOne(text)
    assert other.x_wr_calname.value == "今日 · 客户A"
    told = [(one.summary.value, one.dtstart.value, one.uid.value) for one in other.vevent_list]
    assert told == [(CALL.title, DAY, "k1@ltc-xl"), (ACCEPT.title, ACCEPT.at, "k2@ltc-xl")]


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters=",;\\"), max_size=120
        ),
        max_size=4,
    )
)
def test_no_line_is_longer_than_75_octets_and_every_text_comes_back(texts: list[str]) -> None:
    whole = "\n".join(["今天" * 50, *texts])
    text = calendar([Entry("k", whole, whole, "催收", DAY)], "x", DAY)
    assert all(len(line) <= LONGEST for line in text.encode().split(b"\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    (event,) = events(text).values()
    assert event["SUMMARY"] == event["DESCRIPTION"] == whole


def test_marks_with_a_meaning_of_their_own_come_back_as_they_were() -> None:
    text = "\\new\\network; 3,800 × 2\n第二行"
    made = calendar([Entry("k", "t", text, "催收", DAY)], "x", DAY)
    (event,) = events(made).values()
    assert event["DESCRIPTION"] == vobject.readOne(made).vevent.description.value == text


def test_a_later_file_overrides_an_earlier_one_under_the_same_uid() -> None:
    later = DAY + timedelta(days=1)
    (old,) = events(calendar([CALL], "x", DAY)).values()
    (new,) = events(calendar([CALL], "x", later)).values()
    assert old["UID"] == new["UID"]
    assert new["SEQUENCE"] == old["SEQUENCE"] + 1
    assert new.decoded("DTSTAMP") == datetime(2026, 11, 21, tzinfo=UTC) > old.decoded("DTSTAMP")


def test_what_is_no_more_to_be_done_comes_back_as_cancelled_for_a_month() -> None:
    before = calendar([CALL, ACCEPT], "x", DAY)
    day = DAY + timedelta(days=1)
    after = calendar([ACCEPT], "x", day, before, "（已办）{}")
    gone = events(after)["k1@ltc-xl"]
    assert (gone["STATUS"], gone["SUMMARY"]) == ("CANCELLED", "（已办）跟进线索：太湖精工")
    assert gone.decoded("DTSTART") == DAY
    assert not gone.walk("VALARM")
    again = calendar([ACCEPT], "x", day + timedelta(days=KEPT_DAYS), after, "（已办）{}")
    assert events(again)["k1@ltc-xl"].to_ical() == gone.to_ical()
    assert list(events(calendar([ACCEPT], "x", day + timedelta(days=KEPT_DAYS + 1), again))) == ["k2@ltc-xl"]
    assert events(calendar([CALL], "x", day, after))["k1@ltc-xl"]["STATUS"] == "CONFIRMED"


def test_a_file_of_another_person_withdraws_nothing() -> None:
    before = calendar([CALL], "今日 · 陈", DAY)
    assert list(events(calendar([ACCEPT], "今日 · 王", DAY, before))) == ["k2@ltc-xl"]


# ---------------------------------------------------------------- the answer of today

ITEM = {
    "due_on": "2026-11-01",
    "due_at": None,
    "kind": "lead_follow",
    "id": "L-SH-0001H",
    "about": "太湖精工",
    "what": "送样机",
    "amount": "1200.00",
    "currency": "CNY",
    "place": "线索!Q4",
    "key": "k1",
}


def written(path: Path, *members: tuple[str, list[dict[str, Any]]]) -> list[Any]:
    days = [{"member": name, "items": items, "more": 0} for name, items in members]
    write_calendar(path, {"as_of": "2026-11-20", "members": days}, "客户A.xlsx", "zh")
    return list(events(path.read_bytes().decode()).values())


def test_what_is_late_stands_on_the_day_and_says_since_when_and_where(tmp_path: Path) -> None:
    (event,) = written(tmp_path / "new" / "a.ics", ("陈", [ITEM]))
    assert event.decoded("DTSTART") == DAY
    assert event["SUMMARY"] == "跟进线索：太湖精工"
    assert str(event["DESCRIPTION"]).splitlines() == [
        "送样机",
        "应办日：2026-11-01",
        "金额：CNY 1,200.00",
        "编号：L-SH-0001H",
        "位置：客户A.xlsx › 线索!Q4",
    ]


def test_in_a_file_of_several_people_each_entry_says_whose_it_is(tmp_path: Path) -> None:
    soon = ITEM | {"key": "k2", "due_on": "2026-11-25", "due_at": "2026-11-25T16:00"}
    late, ahead = written(tmp_path / "a.ics", ("陈", [ITEM | {"due_at": "2026-11-01T16:00"}]), ("", [soon]))
    assert [late["SUMMARY"], ahead["SUMMARY"]] == [
        "[陈] 跟进线索：太湖精工",
        "[（没人负责）] 跟进线索：太湖精工",
    ]
    assert late.decoded("DTSTART") == DAY
    assert ahead.decoded("DTSTART") == datetime.fromisoformat("2026-11-25T16:00")


def test_a_calendar_of_another_program_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.ics"
    path.write_text("BEGIN:VCALENDAR\r\nPRODID:-//Mine//EN\r\nEND:VCALENDAR\r\n")
    with pytest.raises(WorldError, match="ics_not_ours"):
        written(path, ("陈", [ITEM]))
    assert "Mine" in path.read_text()


def test_a_file_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorldError, match="ics_unwritable"):
        written(tmp_path / "file" / "a.ics", ("陈", [ITEM]))


def test_the_command_writes_the_same_list_and_a_second_time_the_same_file(
    synced_firm: Callable[[Lang], Path], tmp_path: Path
) -> None:
    book, ics = synced_firm("zh"), tmp_path / "today.ics"
    asked = ("today", book, "--as-of", "2026-11-20", "--ics", ics)
    document = json.loads(ltc(*asked, "--json").stdout)
    first = ics.read_bytes()
    keys = [item["key"] for day in document["members"] for item in day["items"]]
    assert list(events(first.decode())) == [f"{key}@ltc-xl" for key in keys]
    assert (len(keys), document["ics"]) == (document["entries"], str(ics))
    assert len(set(keys)) == len(keys)
    result = ltc(*asked)
    assert ics.read_bytes() == first
    assert f"{len(keys)} 条" in result.stdout

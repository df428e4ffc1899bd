"""Nurturing: leads that are not ready enter a track, are due its content day by day, and leave it in time."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from conftest import written_book

from ltc_xl import leads
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.outcome import Outcome
from ltc_xl.rules import bind_rulebook

DAY = date(2026, 11, 2)
TRACKS = """
    nurture_tracks
    | track | tag        | day | content  | kind   | owner | verdict | exit_score | exit_days |
    | 节能  | 节能；节电 | 0   | 节能手册 | WECHAT | 方媛  |         | 60         | 20        |
    | 节能  | 节能       | 7   | 案例     | MAIL   | 方媛  | GOOD    |            |           |
    | 节能  |            | 8   | 旧案例   | MAIL   | 方媛  | STOP    |            |           |
    | 节能  |            | 9   | 新案例   | MAIL   | 方媛  | REVISE  |            |           |
    | 通用  |            | 3   | 简介     |        |       |         |            |           |
    """
LEADS = """
    leads
    | lead_id | company | need | tags       | state     | owner | score | created_on |
    | L-1     | 甲厂    | 配电 | 沙龙；节能 | CLEAN     |       | 35    | 2026-11-01 |
    | L-2     | 乙厂    | 配电 |            | NEW       | 王磊  | 10    | 2026-11-01 |
    | L-3     | 丙厂    | 配电 | 节能       | NEW       |       | 80    | 2026-11-01 |
    | L-4     | 丁厂    | 配电 | 节能       | FOLLOWING | 陈静  | 10    | 2026-11-01 |
    | L-5     | 戊厂    | 配电 | 节能       | NURTURE   |       | 80    | 2026-11-01 |
    | L-6     | 己厂    | 配电 | 节能       | INVALID   |       | 10    | 2026-11-01 |
    """
CRITERIA = """
    transfer_criteria
    | criterion  | condition  |
    | 有联系方式 | 手机 <> "" |
    """


def nurtured(book: Book, as_of: date = DAY) -> Outcome:
    return leads.nurture(book, bind_rulebook(book), as_of)


def after(book: Book, as_of: date = DAY) -> Book:
    return applied(book, nurtured(book, as_of).changes)


def told(outcome: Outcome, key: str, *codes: str) -> list[tuple[Any, ...]]:
    data: Any = outcome.data
    return [tuple(one[code] for code in codes) for one in data[key]]


def states(book: Book) -> dict[str, str]:
    return dict(book.rows("leads").select("lead_id", "state").iter_rows())


def with_lead(book: Book, lead: str, **cells: object) -> Book:
    """Return the book with some cells of a lead changed."""
    mine = pl.col("lead_id") == lead
    rows = book.rows("leads").with_columns(
        pl.when(mine).then(pl.lit(value)).otherwise(pl.col(code)).alias(code) for code, value in cells.items()
    )
    return book.with_rows("leads", rows)


def marked(book: Book, content: str, day: date) -> Book:
    """Return the book in which somebody has entered on the list when some content was sent."""
    mine = pl.col("content") == content
    rows = book.rows("nurture").with_columns(sent_on=pl.when(mine).then(pl.lit(day)).otherwise("sent_on"))
    return book.with_rows("nurture", rows)


# ---------------------------------------------------------------- ways in


def test_leads_of_too_low_a_score_enter_the_track_of_their_tag_and_those_of_no_tag_the_general_one() -> None:
    outcome = nurtured(written_book(TRACKS + LEADS))
    assert told(outcome, "entered", "lead_id", "track", "why") == [
        ("L-1", "节能", "SCORE"),
        ("L-2", "通用", "SCORE"),
        ("L-5", "节能", "HAND"),
    ]
    book = applied(written_book(TRACKS + LEADS), outcome.changes)
    assert states(book) | {"L-1": "NURTURE", "L-2": "NURTURE"} == states(book)
    assert states(book)["L-4"] == "FOLLOWING"


def test_leads_that_miss_a_transfer_criterion_enter_unless_somebody_owns_them() -> None:
    rich = LEADS.replace("| 10    |", "| 90    |").replace("| 35    |", "| 90    |")
    outcome = nurtured(written_book(TRACKS + rich + CRITERIA))
    assert told(outcome, "entered", "lead_id", "why") == [
        ("L-1", "CRITERIA"),
        ("L-3", "CRITERIA"),
        ("L-5", "CRITERIA"),
    ]


def test_while_the_criteria_are_wrong_nobody_enters_and_nobody_leaves() -> None:
    wrong = CRITERIA.replace('手机 <> ""', "手机 <>> 3")
    outcome = nurtured(written_book(TRACKS + LEADS + wrong))
    assert (outcome.exit_status, told(outcome, "entered", "lead_id")) == (1, [])
    assert not outcome.changes


def test_a_lead_without_a_track_is_listed_with_what_to_do() -> None:
    tagged = TRACKS.replace("| 通用  |            |", "| 通用  | 别的       |")
    outcome = nurtured(written_book(tagged + LEADS))
    ((lead, cure),) = told(outcome, "without_track", "lead_id", "cure")
    assert lead == "L-2"
    assert "培育路径" in cure


def test_a_firm_without_tracks_has_nothing_to_nurture() -> None:
    outcome = nurtured(written_book(LEADS))
    assert not outcome.changes
    assert outcome.data["tracks"] == []


def test_the_line_stands_in_the_settings() -> None:
    low = "settings\n| key | value |\n| nurture_below | 20 |\n"
    assert told(nurtured(written_book(low + TRACKS + LEADS)), "entered", "lead_id") == [("L-2",), ("L-5",)]


# ---------------------------------------------------------------- the list


def test_content_is_due_on_its_day_to_whoever_owns_the_lead_or_makes_the_content() -> None:
    book = after(written_book(TRACKS + LEADS))
    week = nurtured(book, DAY + timedelta(days=9))
    assert told(week, "due", "lead_id", "content", "owner", "due_on", "days_late") == [
        ("L-1", "节能手册", "方媛", "2026-11-02", 9),
        ("L-5", "节能手册", "方媛", "2026-11-02", 9),
        ("L-2", "简介", "王磊", "2026-11-05", 6),
        ("L-1", "案例", "方媛", "2026-11-09", 2),
        ("L-5", "案例", "方媛", "2026-11-09", 2),
    ]
    assert told(week, "held", "track", "content", "maker", "leads") == [("节能", "新案例", "方媛", 2)]


def test_the_list_stands_in_the_book_and_a_second_run_of_the_day_changes_nothing() -> None:
    book = after(written_book(TRACKS + LEADS))
    assert book.rows("nurture")["content"].to_list() == ["节能手册", "节能手册"]
    again = nurtured(book)
    assert applied(book, again.changes).rows("nurture").equals(book.rows("nurture"))
    assert not again.changes.sets
    assert not again.changes.inserts


def test_a_day_on_the_list_makes_a_touch_and_takes_the_content_off_it() -> None:
    book = marked(after(written_book(TRACKS + LEADS)), "节能手册", DAY)
    outcome = nurtured(book, DAY + timedelta(days=1))
    assert told(outcome, "sent", "lead_id", "content", "on") == [
        ("L-1", "节能手册", "2026-11-02"),
        ("L-5", "节能手册", "2026-11-02"),
    ]
    later = applied(book, outcome.changes)
    assert later.rows("touches").select("lead", "on", "content", "track").rows() == [
        ("L-1", DAY, "节能手册", "节能"),
        ("L-5", DAY, "节能手册", "节能"),
    ]
    assert later.rows("nurture").height == 0
    assert not nurtured(later, DAY + timedelta(days=1)).changes.inserts


def test_a_day_to_come_is_a_plan_and_stays_on_the_list() -> None:
    book = marked(after(written_book(TRACKS + LEADS)), "节能手册", DAY + timedelta(days=2))
    outcome = nurtured(book, DAY + timedelta(days=1))
    assert told(outcome, "sent", "lead_id") == []
    assert told(outcome, "due", "lead_id", "planned_on") == [("L-1", "2026-11-04"), ("L-5", "2026-11-04")]
    assert applied(book, outcome.changes).rows("nurture")["sent_on"].null_count() == 0


# ---------------------------------------------------------------- ways out


def left(book: Book, as_of: date) -> dict[str, str]:
    return dict(told(nurtured(book, as_of), "left", "lead_id", "outcome"))


def test_a_lead_leaves_once_its_score_is_the_tracks_and_waits_for_an_owner() -> None:
    book = after(written_book(TRACKS + LEADS))
    tomorrow = DAY + timedelta(days=1)
    assert left(with_lead(book, "L-1", score=59), tomorrow) == {}
    ready = with_lead(book, "L-1", score=60)
    assert left(ready, tomorrow) == {"L-1": "READY"}
    later = after(ready, tomorrow)
    assert states(later)["L-1"] == "QUALIFIED"
    (row,) = later.rows("nurturing").filter(lead="L-1").rows(named=True)
    assert (row["left_on"], row["outcome"]) == (tomorrow, "READY")


def test_a_lead_of_low_score_and_unmet_criteria_leaves_when_both_are_met() -> None:
    book = after(written_book(TRACKS + LEADS + CRITERIA))
    tomorrow = DAY + timedelta(days=1)
    assert left(with_lead(book, "L-1", score=60), tomorrow) == {}
    assert left(with_lead(book, "L-1", score=60, mobile="138"), tomorrow) == {"L-1": "READY"}
    assert left(with_lead(book, "L-3", mobile="138"), tomorrow) == {"L-3": "READY"}


def test_a_lead_leaves_by_date_and_does_not_enter_the_same_track_again() -> None:
    book = after(written_book(TRACKS + LEADS))
    end = DAY + timedelta(days=20)
    assert left(book, end - timedelta(days=1)) == {}
    outcome = nurtured(book, end)
    assert told(outcome, "left", "lead_id", "outcome") == [("L-1", "EXPIRED"), ("L-5", "EXPIRED")]
    assert told(outcome, "entered", "lead_id", "track") == [("L-1", "通用"), ("L-5", "通用")]
    none = TRACKS.replace("| 通用  |            |", "| 通用  | 别的       |")
    alone = after(written_book(none + LEADS))
    assert told(nurtured(alone, end), "entered", "lead_id") == []
    assert "培育路径走完了" in told(nurtured(alone, end), "without_track", "reason")[0][0]


def test_a_track_without_an_end_ends_with_its_last_content() -> None:
    book = after(written_book(TRACKS + LEADS), DAY)
    day = DAY + timedelta(days=3)
    listed = after(book, day)
    assert left(listed, day) == {}
    assert left(marked(listed, "简介", day), day) == {"L-2": "DONE"}


def test_a_lead_that_is_converted_invalid_taken_up_merged_or_gone_leaves_at_once() -> None:
    book = after(written_book(TRACKS + LEADS))
    tomorrow = DAY + timedelta(days=1)
    found = {
        state: left(with_lead(book, "L-1", state=state), tomorrow).get("L-1")
        for state in ("CONVERTED", "INVALID", "FOLLOWING", "DUPLICATE")
    }
    assert found == {
        "CONVERTED": "CONVERTED",
        "INVALID": "INVALID",
        "FOLLOWING": "TAKEN",
        "DUPLICATE": "GONE",
    }
    rows = book.rows("leads").filter(pl.col("lead_id") != "L-1")
    assert left(book.with_rows("leads", rows), tomorrow) == {"L-1": "GONE"}


def test_a_lead_put_there_by_hand_stays_whatever_its_score_until_somebody_takes_it_back() -> None:
    book = after(written_book(TRACKS + LEADS))
    tomorrow = DAY + timedelta(days=1)
    assert left(with_lead(book, "L-5", score=99), tomorrow) == {}
    assert left(with_lead(book, "L-5", state="QUALIFIED"), tomorrow) == {"L-5": "READY"}


def test_a_track_that_is_no_more_lets_its_leads_go() -> None:
    book = after(written_book(TRACKS + LEADS))
    rows = book.rows("nurture_tracks").filter(pl.col("track") != "通用")
    assert left(book.with_rows("nurture_tracks", rows), DAY + timedelta(days=1)) == {"L-2": "STOPPED"}


def test_a_ready_lead_whose_state_may_not_change_stays_on_its_track_and_says_why() -> None:
    book = with_lead(after(written_book(TRACKS + LEADS)), "L-1", score=70, need=None)
    outcome = nurtured(book, DAY + timedelta(days=1))
    ((lead, (unmet,)),) = told(outcome, "stuck", "lead_id", "unmet")
    assert (lead, unmet["code"]) == ("L-1", "T-03")
    later = applied(book, outcome.changes)
    assert states(later)["L-1"] == "NURTURE"
    assert later.rows("nurturing").filter(lead="L-1")["left_on"].to_list() == [None]
    filled = with_lead(later, "L-1", need="配电")
    assert left(filled, DAY + timedelta(days=2)) == {"L-1": "READY"}


# ---------------------------------------------------------------- what it is worth


def test_each_track_tells_how_many_of_its_leads_became_ready() -> None:
    book = after(written_book(TRACKS + LEADS))
    tomorrow = DAY + timedelta(days=1)
    outcome = nurtured(with_lead(book, "L-1", score=60), tomorrow)
    columns = ("track", "entered", "active", "qualified", "ended", "lost", "qualified_rate")
    assert told(outcome, "tracks", *columns) == [("节能", 2, 1, 1, 0, 0, 0.5), ("通用", 1, 1, 0, 0, 0, 0.0)]

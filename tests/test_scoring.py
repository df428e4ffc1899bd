"""Points of leads: rows that fit are added up, capped per group, and halved as contact goes stale."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
from conftest import written_book
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl import leads
from ltc_xl.check.rules import check_rules
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.grading import grading
from ltc_xl.rules.scoring import scoring_rules
from ltc_xl.ruling import explain

DAY = date(2026, 11, 21)
POINTS = """
    scoring
    | no  | channel | need | touch_count | points | group | cap | half_life | reason     |
    | S01 | 转介绍  | -    | -           | 15     |       |     |           | 老客户推荐 |
    | S02 | -       | 非空 | -           | 10     |       |     |           |            |
    | S03 | -       | -    | >=1         | 20     | 互动  | 30  | 10        | 有过互动   |
    | S04 | -       | -    | >=3         | 25     | 互动  |     |           | 常互动     |
    | S05 | 展会    | -    | -           | -5     |       |     |           |            |
    """
LEADS = """
    leads
    | lead_id | company | channel | need | state | created_on | touched_on |
    | L-1     | 甲厂    | 转介绍  | 配电 | NEW   | 2026-11-01 | 2026-11-11 |
    | L-2     | 乙厂    | 展会    |      | NEW   | 2026-11-01 |            |
    | L-3     | 丙厂    |         |      | NEW   | 2026-11-21 |            |
    | L-4     | 丁厂    | 转介绍  | 配电 | INVALID | 2026-11-21 |          |
    """
TOUCHES = """
    touches
    | touch_id | lead | on         | content | track |
    | H-1      | L-1  | 2026-11-02 | 样本    |       |
    | H-2      | L-1  | 2026-11-03 | 样本    |       |
    | H-3      | L-1  | 2026-11-05 | 样本    |       |
    | H-4      | L-1  | 2026-11-20 | 案例    | 节能  |
    | H-5      | L-3  | 2026-11-25 | 以后    |       |
    """


def scores(book: Book, as_of: date = DAY) -> Mapping[str, int]:
    found = grading(book, bind_rulebook(book), as_of)
    return dict(found.leads.select("lead_id", "new_score").iter_rows())


def problems(book: Book) -> list[tuple[str, str | None, str | None]]:
    found = scoring_rules(book, bind_rulebook(book), DAY).problems
    return [(one.code, one.row_id, one.column) for one in found]


def graded(book: Book) -> Outcome:
    return leads.grade(book, bind_rulebook(book), DAY)


def left(outcome: Outcome) -> list[dict[str, Any]]:
    """Return the leads without a grade."""
    data: Any = outcome.data
    found: list[dict[str, Any]] = data["ungraded"]
    return found


def answers(book: Book) -> dict[str, Any]:
    """Return number -> what is told of a graded lead."""
    data: Any = graded(book).data
    return {one["lead_id"]: one for one in data["graded"]}


def test_points_add_up_to_the_cap_of_their_group_and_halve_with_every_half_life_since_the_last_contact() -> (
    None
):
    """L-1: 15 + 10 + half of 30, for its last contact is ten days old; L-2: -5; L-3: nothing."""
    assert scores(written_book(POINTS + LEADS + TOUCHES)) == {"L-1": 40, "L-2": -5, "L-3": 0}


def test_a_half_counts_as_one_more() -> None:
    half = POINTS.replace("| 25 ", "| 11 ")
    assert scores(written_book(half + LEADS + TOUCHES))["L-1"] == 15 + 10 + 15
    assert scores(written_book(half.replace("| 11 ", "| 5  ") + LEADS + TOUCHES))["L-1"] == 15 + 10 + 13
    assert scores(written_book(half.replace("| 11 ", "| 7  ") + LEADS + TOUCHES))["L-1"] == 15 + 10 + 14


def test_content_that_we_sent_is_no_contact_and_keeps_no_lead_fresh() -> None:
    theirs = TOUCHES.replace("| 案例    | 节能  |", "| 来访    |       |")
    fresh = scores(written_book(POINTS + LEADS + theirs))
    assert fresh["L-1"] == 15 + 10 + round(30 * 0.5**0.1)


def test_a_contact_entered_by_hand_keeps_a_lead_fresh_and_what_the_program_noted_does_not() -> None:
    calls = """
    activities
    | activity_id | on         | object_id | kind | summary |
    | V-1         | 2026-11-21 | L-1       | {}   | 电话    |
    """
    assert scores(written_book(POINTS + LEADS + TOUCHES + calls.format("CALL")))["L-1"] == 55
    assert scores(written_book(POINTS + LEADS + TOUCHES + calls.format("")))["L-1"] == 40


def test_a_day_later_the_score_is_lower_and_nothing_else_has_changed() -> None:
    book = written_book(POINTS + LEADS + TOUCHES)
    days = [scores(book, date(2026, 11, day))["L-1"] for day in (11, 12, 16, 21)]
    assert days == [55, 53, 46, 40]


def test_a_firm_without_points_has_the_scores_of_its_grades() -> None:
    found = scores(written_book(LEADS))
    assert set(found.values()) <= {10, 45, 50, 55, 70, 75, 80, 95}
    assert answers(written_book(LEADS))["L-1"]["points"] == []


GRADES = """
    grading
    | no  | budget | grade | score | queue |
    | G01 | -      | A     | 99    | 直销  |
    | G02 | -      | D     | 1     | 培育  |
    """


def by_score() -> Book:
    """Return a book whose grading sheet has a column 得分 of the firm's own."""
    book = written_book(GRADES + POINTS + LEADS + TOUCHES)
    held = book.tables["grading"]
    texts = held.rows.select(UID, pl.Series("得分", [">=40", "<40"]))
    return replace(book, tables={**book.tables, "grading": replace(held, texts=texts)})


def test_rules_of_grades_may_ask_for_the_score_which_takes_the_place_of_their_own() -> None:
    told = {no: (one["grade"], one["score"], one["rule"]) for no, one in answers(by_score()).items()}
    assert told == {"L-1": ("A", 40, "G01"), "L-2": ("D", -5, "G02"), "L-3": ("D", 0, "G02")}


def test_the_reason_lists_the_rules_that_gave_points_with_caps_and_staleness() -> None:
    answer = answers(by_score())
    assert answer["L-1"]["reason"].endswith(
        "；得分 40：S01 老客户推荐 +15，S02 +10，"
        "互动 +15（S03 有过互动 +20，S04 常互动 +25；最多 30；10 天没联系，按 50% 计）"
    )
    assert answer["L-3"]["reason"].endswith("；得分 0：没有打分规则适合")
    (group,) = (one for one in answer["L-1"]["points"] if one["group"])
    assert (group["points"], group["cap"], group["rate"], group["counted"]) == (45, 30, 0.5, 15.0)
    assert [one["no"] for one in group["rules"]] == ["S03", "S04"]


def test_a_second_grading_of_the_day_changes_nothing() -> None:
    book = by_score()
    first = graded(book)
    assert {one.column for one in first.changes.sets} == {"grade", "score", "grade_why"}
    assert not graded(applied(book, first.changes)).changes


def test_a_lead_without_a_grade_has_a_score_all_the_same() -> None:
    book = written_book(GRADES.replace("| -      |", "| >100   |") + POINTS + LEADS + TOUCHES)
    outcome = graded(book)
    assert [one["lead_id"] for one in left(outcome)] == ["L-1", "L-2", "L-3"]
    assert {one.column for one in outcome.changes.sets} == {"score"}


def test_points_that_cannot_be_read_leave_scores_alone_and_grades_that_ask_for_them_too() -> None:
    broken = POINTS.replace("| 15     |", "| 很多   |")
    assert problems(written_book(broken)) == [("R-03", "u0x", "points")]
    plain = graded(written_book(broken + LEADS))
    assert plain.exit_status == 1
    assert {one.column for one in plain.changes.sets} == {"grade", "grade_why"}
    book = by_score()
    asked = book.with_rows("scoring", written_book(broken).rows("scoring"))
    outcome = graded(asked)
    assert not outcome.changes
    assert {one["reason"] for one in left(outcome)} == {"评级要看得分，而“线索打分”表有错"}


def test_a_cell_that_cannot_be_read_keeps_the_score_of_its_lead() -> None:
    book = replace(by_score(), unread=frozenset({("leads", "u0x", "channel")}))
    outcome = graded(book)
    assert [one["lead_id"] for one in left(outcome)] == ["L-1"]
    (cells,) = (one.cells for one in outcome.changes.sets if one.column == "score")
    assert "u0x" not in set(cells[UID])


def test_what_a_group_says_twice_differently_or_too_small_is_a_problem_of_the_cell() -> None:
    torn = POINTS.replace("| 互动  |     |           |", "| 互动  | 20  |           |")
    assert problems(written_book(torn)) == [("R-16", "u3x", "cap")]
    small = POINTS.replace("| 30  | 10        |", "| -1  | 0         |")
    assert problems(written_book(small)) == [("V-11", "u2x", "cap"), ("V-11", "u2x", "half_life")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-50, 50), st.sampled_from(["", "a", "b"])), min_size=1, max_size=6),
    st.integers(0, 60),
    st.integers(1, 90),
    st.integers(0, 400),
)
def test_the_score_is_what_one_row_after_the_other_adds_up_to(
    rows: list[tuple[int, str]], cap: int, half_life: int, days: int
) -> None:
    lines = [
        f"| S{place} | {points} | {group} | {f'{cap} | {half_life}' if group == 'a' else ' | '} |"
        for place, (points, group) in enumerate(rows)
    ]
    sheet = "\n".join(["scoring", "| no | points | group | cap | half_life |", *lines])
    begun = DAY - timedelta(days=days)
    book = written_book(f"{sheet}\nleads\n| lead_id | state | created_on |\n| L-1 | NEW | {begun} |")
    capped = min(sum(points for points, group in rows if group == "a"), cap)
    share = (Decimal("0.5") ** (Decimal(days) / half_life)).quantize(Decimal("1e-8"))
    rest = sum(points for points, group in rows if group != "a")
    fresh = capped * share if any(group == "a" for _, group in rows) else Decimal(0)
    assert scores(book)["L-1"] == int((rest + fresh).quantize(Decimal(1), ROUND_HALF_UP))


def test_explain_tells_every_rule_that_gave_points_and_those_that_nearly_did() -> None:
    book = by_score()
    row: Any = explain(book, bind_rulebook(book), DAY, "L-1", actor="").data["rows"]
    (told,) = (one for one in row[0]["answers"] if one["rules"] == "scoring")
    assert (told["score"], told["hit"], told["changes"]) == (40, "C+", True)
    assert [one["no"] for one in told["hits"]] == ["S01", "S02", "S03", "S04"]
    assert [one["counted"] for one in told["groups"]] == [15.0, 10.0, 15.0]
    assert told["missed"][0]["no"] == "S05"
    (grade,) = (one for one in row[0]["answers"] if one["rules"] == "grading")
    assert (grade["rule"]["no"], grade["passed"][0]["shown"]) == ("G01", "40")


def test_explain_says_nothing_of_points_where_the_firm_gives_none() -> None:
    book = written_book(LEADS)
    row: Any = explain(book, bind_rulebook(book), DAY, "L-1", actor="").data["rows"]
    assert [one["rules"] for one in row[0]["answers"]] == ["grading", "assignment", "transitions"]


def test_of_shipped_assignment_a_firm_with_own_grades_is_told_alone_which_queue_no_rule_takes() -> None:
    own = """
    grading
    | no | budget | grade | queue |
    | G1 | >=50万 | A     | 大单  |
    | G2 | -      | B     | 其他  |
    """
    book = written_book(own)
    found = check_rules(book, bind_rulebook(book), DAY).findings
    assert [(one.code, one.table) for one in found if one.table == "assignment"] == [("R-10", "assignment")]

"""Grades: how clear and complete a lead is, and which rule of the sheet fits it first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from conftest import written_book

from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.grading import grading, sources, with_inputs

DAY = date(2026, 11, 21)


def graded(book: Book) -> dict[str, tuple[object, ...]]:
    found = grading(book, bind_rulebook(book), DAY).leads
    return {
        row[0]: row[1:] for row in found.select("lead_id", "new_grade", "new_score", "queue", "doubt").rows()
    }


def test_a_need_is_urgent_clear_or_vague(book: Book) -> None:
    """
    leads
    | lead_id | need     | timeline |
    | L-1     | 配电监控 | M0_3     |
    | L-2     | 配电监控 | M3_6     |
    | L-3     | 配电监控 |          |
    | L-4     |          | M0_3     |
    """
    levels = with_inputs(book.rows("leads"))["need_level"].to_list()
    assert levels == ["URGENT", "CLEAR", "CLEAR", "VAGUE"]


def test_a_lead_is_complete_when_seven_things_are_known_and_one_way_to_reach_somebody_is_enough(
    book: Book,
) -> None:
    """
    leads
    | lead_id | company | contact | mobile | wechat | email | need | budget    | timeline | city |
    | L-1     |         |         |        |        |       |      |           |          |      |
    | L-2     | 甲厂    |         | 138    | wx_1   | a@b.c |      |           |          |      |
    | L-3     | 甲厂    | 张三    |        | wx_1   |       | 配电 | 50,000.00 | M0_3     | 苏州 |
    | L-4     | 甲厂    | 张三    |        |        |       | 配电 | 0.00      | M0_3     | 苏州 |
    """
    shares = with_inputs(book.rows("leads"))["completeness"].to_list()
    assert shares == [Decimal(text) for text in ("0E-8", "0.28571429", "1.00000000", "0.85714286")]


def test_blank_texts_fill_nothing() -> None:
    book = written_book("leads\n| lead_id | need |\n| L-1 | x |")
    blank = book.rows("leads").with_columns(need=pl.lit(" "), company=pl.lit(""))
    told = with_inputs(blank).row(0, named=True)
    assert (told["need_level"], told["completeness"]) == ("VAGUE", Decimal("0E-8"))


OWN_RULES = """
    grading
    | no  | budget   | industry | need_level | completeness | grade | score | queue  | reason   |
    | G01 | >=100万  | -        | 紧急,明确  | >=80%        | A     | 95    | 大客户 | 预算充足 |
    | G02 | >=100万  | -        | -          | -            | B     | 80    | 大客户 |          |
    | G03 | <100万   | 食品     | -          | -            | C     |       |        |          |
    """


def test_the_first_rule_that_fits_gives_grade_score_and_queue() -> None:
    book = written_book(
        OWN_RULES
        + """
    leads
    | lead_id | company | contact | mobile | need | budget       | timeline | city | industry | state |
    | L-1     | 甲厂    | 张三    | 138    | 配电 | 1,000,000.00 | M3_6     |      |          | NEW   |
    | L-2     | 甲厂    |         |        | 配电 | 1,000,000.00 | M3_6     |      |          | NEW   |
    | L-3     |         |         |        |      | 999,999.99   |          |      | 食品     | NEW   |
    | L-4     |         |         |        |      | 10,000.00    |          |      | 纺织     | NEW   |
    | L-5     |         |         |        |      | 10,000.00    |          |      |          | NEW   |
    | L-6     |         |         |        |      |              |          |      | 食品     | NEW   |
    """
    )
    assert graded(book) == {
        "L-1": ("A", 95, "大客户", None),
        "L-2": ("B", 80, "大客户", None),
        "L-3": ("C", None, None, None),
        "L-4": (None, None, None, "no_fit"),
        "L-5": (None, None, None, "no_fit"),
        "L-6": (None, None, None, "no_fit"),
    }


def test_only_leads_that_somebody_may_still_work_on_are_graded(book: Book) -> None:
    """
    leads
    | lead_id | budget       | state     |
    | L-1     | 2,000,000.00 | NEW       |
    | L-2     | 2,000,000.00 | FOLLOWING |
    | L-3     | 2,000,000.00 | CONVERTED |
    | L-4     | 2,000,000.00 | INVALID   |
    | L-5     | 2,000,000.00 | DUPLICATE |
    | L-6     | 2,000,000.00 |           |
    """
    assert list(graded(book)) == ["L-1", "L-2"]


@pytest.mark.parametrize("column", ["budget", "need", "mobile"])
def test_a_lead_with_a_cell_nobody_can_read_is_not_taken_for_one_that_is_blank(column: str) -> None:
    book = written_book(OWN_RULES + "leads\n| lead_id | budget | state |\n| L-1 | 2,000,000.00 | NEW |")
    assert graded(book)["L-1"] == ("B", 80, "大客户", None)
    unread = replace(book, unread=frozenset({("leads", book.rows("leads")[UID][0], column)}))
    assert graded(unread)["L-1"] == (None, None, None, "unread")


def test_a_cell_that_no_rule_asks_for_may_be_unreadable() -> None:
    book = written_book(OWN_RULES + "leads\n| lead_id | budget | state |\n| L-1 | 2,000,000.00 | NEW |")
    unread = replace(book, unread=frozenset({("leads", book.rows("leads")[UID][0], "next_on")}))
    assert graded(unread)["L-1"] == ("B", 80, "大客户", None)
    assert sources(["need_level", "budget"]) == {"need", "timeline", "budget"}


def test_a_broken_cell_switches_the_sheet_off() -> None:
    book = written_book(
        OWN_RULES.replace("<100万 ", ">>100万")
        + "leads\n| lead_id | budget | state |\n| L-1 | 2,000,000.00 | NEW |"
    )
    found = grading(book, bind_rulebook(book), DAY)
    assert not found.rules.sound
    assert found.leads.is_empty()
    assert ("grading", "budget") in {(problem.table, problem.column) for problem in found.rules.problems}

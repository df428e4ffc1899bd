"""Back-test: what became of the leads of each grade, once enough ends are known."""

from datetime import date
from typing import Any

import pytest
from conftest import written_book

from ltc_xl import leads
from ltc_xl.cli.leads import print_grades
from ltc_xl.cli.options import Asked
from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.report import funnel
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.back_test import NEEDED, back_test

DAY = date(2026, 11, 21)


def firm(*ends: tuple[str, str, int]) -> Book:
    """Return a book with so many leads of a grade and an end: a stage, INVALID, OPEN or NONE."""
    lead_rows: list[str] = []
    deal_rows: list[str] = []
    for grade, end, count in ends:
        for _ in range(count):
            number = f"L-{len(lead_rows) + 1}"
            state = {"INVALID": "INVALID", "NONE": "FOLLOWING"}.get(end, "CONVERTED")
            lead_rows.append(f"| {number} | 厂 | {grade} | {state} | 2026-01-05 |")
            stage = {"OPEN": "PROPOSAL"}.get(end, end)
            if end not in {"INVALID", "NONE"}:
                closed = "" if end == "OPEN" else "2026-06-01"
                deal_rows.append(f"| 商机 | {number} | {stage} | 2026-02-01 | {closed} |")
    return written_book(
        "\n".join(
            [
                "leads\n| lead_id | company | grade | state | created_on |",
                *lead_rows,
                "opportunities\n| name | lead | stage | created_on | closed_on |",
                *deal_rows,
            ]
        )
    )


KNOWN = (("A", "WON", 9), ("A", "LOST", 3), ("B", "WON", 4), ("B", "DROPPED", 4), ("", "INVALID", 10))


def test_grade_stands_against_won_rate_best_grade_first() -> None:
    found = back_test(firm(*KNOWN, ("A", "OPEN", 5), ("D", "NONE", 7)), DAY)
    assert found.outcomes == 30
    assert found.rows.rows() == [
        ("A", 12, 9, 3, 0, 0.75),
        ("B", 8, 4, 4, 0, 0.5),
        ("", 10, 0, 0, 10, 0.0),
    ]


def test_one_end_too_few_says_nothing() -> None:
    found = back_test(firm(*KNOWN[:-1], ("", "INVALID", 9)), DAY)
    assert (found.outcomes, found.rows.height) == (NEEDED - 1, 0)


def test_what_was_closed_later_was_still_open_on_the_day() -> None:
    assert back_test(firm(*KNOWN), date(2026, 5, 1)).outcomes == 10


def test_a_lead_of_which_one_deal_is_won_is_won_and_one_with_a_deal_under_way_has_no_end() -> None:
    book = written_book(
        """
        leads
        | lead_id | company | grade | state     |
        | L-1     | 甲      | A     | CONVERTED |
        | L-2     | 乙      | A     | CONVERTED |
        opportunities
        | name | lead | stage    |
        | 一   | L-1  | LOST     |
        | 二   | L-1  | WON      |
        | 三   | L-2  | LOST     |
        | 四   | L-2  | PROPOSAL |
        """
    )
    assert back_test(book, DAY).outcomes == 1


@pytest.mark.parametrize("lang", LANGS)
def test_grading_and_the_funnel_tell_it_with_its_definition(
    lang: Lang, capsys: pytest.CaptureFixture[str]
) -> None:
    book = firm(*KNOWN, ("D", "NONE", 1))
    data: Any = leads.grade(book, bind_rulebook(book), DAY, lang=lang).data
    assert [one["won_rate"] for one in data["backtest"]["rows"]] == [0.75, 0.5, 0.0]
    print_grades(Asked(DAY, lang), data, lang)
    told = capsys.readouterr().out
    assert "75%" in told
    assert data["backtest"]["definition"] in told
    report = funnel(book, bind_rulebook(book), DAY)
    document: Any = report.data
    assert document["backtest"]["rows"] == data["backtest"]["rows"]
    (paper,) = report.papers
    shown: Any = paper.data["report"]
    assert [row["won_pct"] for row in shown.grids["grades"].rows] == [75.0, 50.0, 0.0]
    assert "grades" in shown.definitions


@pytest.mark.parametrize("lang", LANGS)
def test_with_few_ends_known_grading_says_so(lang: Lang, capsys: pytest.CaptureFixture[str]) -> None:
    book = firm(("A", "WON", 3), ("D", "NONE", 1))
    data: Any = leads.grade(book, bind_rulebook(book), DAY, lang=lang).data
    assert (data["backtest"]["rows"], data["backtest"]["outcomes"]) == ([], 3)
    print_grades(Asked(DAY, lang), data, lang)
    told = capsys.readouterr().out
    assert "30" in told
    assert "3" in told

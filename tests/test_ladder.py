"""The dunning ladder: read like any decision table, and it must rise."""

from datetime import date
from decimal import Decimal

from gallery import placed_book

from ltc_xl.check import check_rules
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.ladder import ladder_rules

AS_OF = date(2026, 4, 30)
HEAD = "| no | days_overdue | balance | disputed | level | template | cc | min_gap |"


def told(*steps: str) -> list[tuple[str, str, object]]:
    """Return what is said of a ladder: code, column, and the day it is about."""
    book = placed_book(
        {"dunning_levels": "\n".join([HEAD, *(f"| D{n} | {one} |" for n, one in enumerate(steps))])}
    )
    found = check_rules(book, bind_rulebook(book), AS_OF).findings
    return [(one.code, str(one.column), one.values.get("why", {}).get("days")) for one in found]  # type: ignore[attr-defined]  # a problem


def test_a_line_gets_the_letter_of_its_days() -> None:
    text = f"""{HEAD}
    | D1 | [1..30]  | -     | 否 | 1 | letter_1 |      | 7  |
    | D2 | [31..60] | >=1万 | 否 | 2 | letter_2 | 销售 | 14 |
    """
    book = placed_book({"dunning_levels": text})
    ladder = ladder_rules(book, bind_rulebook(book), AS_OF)
    assert ladder.problems == ()
    line = {"days_overdue": 31, "balance": Decimal(10_000), "disputed": False}
    found = ladder.table.decided(line, AS_OF)
    assert found is not None
    assert found.outputs == {"level": 2, "template": "letter_2", "cc": "销售", "min_gap": 14}
    for other in ({"days_overdue": 0}, {"balance": Decimal("9999.99")}, {"disputed": True}):
        assert ladder.table.decided(line | other, AS_OF) is None


def test_a_ladder_that_rises_to_its_end_is_sound() -> None:
    """Days before the first letter are no hole, nor are lines nobody writes about."""
    assert (
        told("[5..30] | - | 否 | 1 | a | |", "[31..60] | - | 否 | 2 | b | |", ">60 | - | 否 | 3 | c | |")
        == []
    )


def test_a_hole_is_told_at_the_row_before_it() -> None:
    steps = ("[1..30] | - | | 1 | a | |", "[35..60] | - | | 2 | b | |", ">60 | - | | 3 | c | |")
    assert told(*steps) == [("R-40", "days_overdue", 31)]
    assert told("[1..30] | - | | 1 | a | |") == [("R-40", "days_overdue", 31)]


def test_a_hole_for_small_balances_is_one() -> None:
    steps = ("[1..30] | - | | 1 | a | |", "[31..60] | >=1万 | | 2 | b | |", ">60 | - | | 3 | c | |")
    assert told(*steps) == [("R-40", "days_overdue", 31)]


def test_a_level_that_falls_is_told_at_its_row() -> None:
    steps = ("[1..30] | - | | 2 | a | |", "[31..60] | - | | 1 | b | |", ">60 | - | | 3 | c | |")
    assert told(*steps) == [("R-40", "level", 31)]


def test_a_letter_without_template_is_none() -> None:
    assert ("K-01", "template", None) in told(">0 | - | | 1 | | |")

"""Rows that people type get the day they were entered."""

from datetime import date

from conftest import typed_rows

from ltc_xl.model.change import Changes
from ltc_xl.rules.entered import entered

TODAY = date(2026, 11, 20)


def test_an_open_row_without_a_day_begins_today_and_a_closed_one_keeps_its_secret() -> None:
    leads = typed_rows(
        "leads",
        """
        | company | state     | created_on |
        | 太湖    | NEW       |            |
        | 澄湖    | FOLLOWING | 2026-03-01 |
        | 石湖    | CONVERTED |            |
        """,
    )
    deals = typed_rows("opportunities", "| name | stage | created_on |\n| 柜 | PROPOSAL | 2026-02-01 |")

    sets = entered(Changes(inserts={"leads": leads, "opportunities": deals}), TODAY).sets

    assert [(s.table, s.column, s.cells.rows()) for s in sets] == [
        ("leads", "created_on", [("u0x", None, TODAY)]),
        ("opportunities", "stage_since", [("u0x", None, TODAY)]),
    ]


def test_rows_that_came_from_a_command_are_left_alone() -> None:
    assert not entered(Changes(), TODAY)

"""What follows from typing: days that begin or end with it, and an activity for every note."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import polars as pl
from gallery import placed_book, typed_over

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.tables import UID
from ltc_xl.rules.follow_ups import follow_ups

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20)  # noqa: DTZ001  a day of the book, as its sheets hold it


def after(
    tables: dict[str, str], member: str | None = None
) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """Return what follows from the cells typed over, by table and column."""
    book, typed = typed_over(tables)
    return told(follow_ups(typed, book, TODAY, member))


def told(changes: Changes) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    return {(entry.table, entry.column): entry.cells.rows() for entry in changes.sets}


def entered(name: str, text: str) -> tuple[Changes, Book]:
    """Return rows that were typed as new, and the book they stand in."""
    book = placed_book({name: text})
    return Changes(inserts={name: book.rows(name)}), book


# ---------------------------------------------------------------- new rows


def test_an_open_row_without_a_day_begins_today_and_a_closed_one_keeps_its_secret() -> None:
    leads = """
        | company | state     | created_on |
        | 太湖    | NEW       |            |
        | 澄湖    | FOLLOWING | 2026-03-01 |
        | 石湖    | CONVERTED |            |
        """
    deals = "| name | stage | created_on |\n| 柜 | PROPOSAL | 2026-02-01 |"
    book = placed_book({"leads": leads, "opportunities": deals})
    typed = Changes(inserts={name: book.rows(name) for name in ("leads", "opportunities")})
    assert told(follow_ups(typed, book, TODAY, None)) == {
        ("leads", "created_on"): [("u0x", None, TODAY)],
        ("opportunities", "stage_since"): [("u0x", None, TODAY)],
    }


def test_a_new_lead_is_assigned_and_touched_on_the_day_it_begins_but_not_one_that_began_elsewhere() -> None:
    typed, book = entered(
        "leads",
        """
        | company | state    | owner | note | created_on |
        | 太湖    | ASSIGNED | 周敏  | 已电 |            |
        | 澄湖    | ASSIGNED | 周敏  | 旧的 | 2026-03-01 |
        | 石湖    | INVALID  | 周敏  | 旧的 |            |
        """,
    )
    changes = follow_ups(typed, book, TODAY, None)
    assert told(changes) == {
        ("leads", "created_on"): [("u0x", None, TODAY)],
        ("leads", "assigned_at"): [("u0x", None, NOON)],
        ("leads", "touched_on"): [("u0x", None, TODAY)],
    }
    assert changes.inserts["activities"]["summary"].to_list() == ["已电"]


def test_a_new_row_that_names_no_stage_begins_at_the_first_one() -> None:
    tables = {
        "leads": "| company | state |\n| 太湖 | |\n| 澄湖 | FOLLOWING |",
        "opportunities": "| name | stage |\n| 柜 | |",
        "contracts": "| title | state |\n| 改造 | |",
    }
    book = placed_book(tables)
    changes = follow_ups(Changes(inserts={name: book.rows(name) for name in tables}), book, TODAY, None)
    assert told(changes) == {
        ("leads", "state"): [("u0x", None, "NEW")],
        ("opportunities", "stage"): [("u0x", None, "VALIDATING")],
        ("contracts", "state"): [("u0x", None, "DRAFT")],
        ("leads", "created_on"): [("u0x", None, TODAY), ("u1x", None, TODAY)],
        ("opportunities", "created_on"): [("u0x", None, TODAY)],
        ("opportunities", "stage_since"): [("u0x", None, TODAY)],
    }


def test_a_stage_that_nobody_could_read_is_not_blank_and_the_row_waits_for_it() -> None:
    typed, book = entered("leads", "| company | state |\n| 太湖 | |")
    unread = replace(book, unread=frozenset({("leads", "u0x", "state")}))
    assert not follow_ups(typed, unread, TODAY, None)


def test_nothing_follows_from_nothing() -> None:
    assert not follow_ups(Changes(), Book("x.xlsx"), TODAY, "周敏")


# ---------------------------------------------------------------- stages


def test_a_move_starts_the_days_in_the_stage_anew_and_an_end_is_dated_once() -> None:
    deals = """
        | stage                  | stage_since | closed_on  |
        | VALIDATING → APPROVED  | 2026-03-01  |            |
        | SIGNING → WON          | 2026-03-01  |            |
        | LOST → DROPPED         | 2026-03-01  | 2026-05-05 |
        | LOST → VALIDATING      | 2026-03-01  | 2026-05-05 |
        | VALIDATING → HOLD      | 2026-11-20  |            |
        """
    old = date(2026, 3, 1)
    assert after({"opportunities": deals}) == {
        ("opportunities", "stage_since"): [(f"u{n}x", old, TODAY) for n in range(4)],
        ("opportunities", "closed_on"): [("u1x", None, TODAY), ("u3x", date(2026, 5, 5), None)],
    }


def test_a_lead_counts_when_it_was_taken_up_and_how_often_it_came_back() -> None:
    leads = """
        | state                | return_count |
        | ASSIGNED → FOLLOWING |              |
        | ASSIGNED → RETURNED  |              |
        | FOLLOWING → RETURNED | 2            |
        """
    assert after({"leads": leads}) == {
        ("leads", "accepted_at"): [("u0x", None, NOON)],
        ("leads", "return_count"): [("u1x", None, 1), ("u2x", 2, 3)],
    }


def test_a_typed_owner_is_assigned_today_and_the_reason_for_the_last_one_is_past() -> None:
    leads = """
        | company | owner       | assigned_at         | assign_why |
        | 甲      |  → chen     |                     |            |
        | 乙      | zhou → chen | 2026-03-01 00:00:00 | 线索最少   |
        | 丙      | zhou →      | 2026-03-01 00:00:00 |            |
        """
    book, typed = typed_over({"leads": leads.replace("2026-03-01 00:00:00", "")})
    long_ago = datetime(2026, 3, 1)  # noqa: DTZ001  likewise
    rows = book.rows("leads").with_columns(
        assigned_at=pl.when(pl.col(UID) != "u0x").then(pl.lit(long_ago)).cast(pl.Datetime("us"))
    )
    assert told(follow_ups(typed, book.with_rows("leads", rows), TODAY, None)) == {
        ("leads", "assigned_at"): [("u0x", None, NOON), ("u1x", long_ago, NOON), ("u2x", long_ago, None)],
        ("leads", "assign_why"): [("u1x", "线索最少", None)],
    }


# ---------------------------------------------------------------- notes


NOTES = {
    "leads": """
        | lead_id    | company | owner | note      | next_on    | touched_on |
        | L-SH-0001H | 甲      | 周敏  | 旧 → 新的 | 2026-12-01 | 2026-03-01 |
        |            | 乙      |       |  → 初次   |            |            |
        | L-SH-0003W | 丙      | 周敏  | 旧 →      |            |            |
        | L-SH-0004F | 丁      | 周敏  | 旧        |            |            |
        """,
    "opportunities": """
        | opp_id     | owner | note    |
        | O-SH-0001A | 陈立  |  → 报价 |
        """,
}


def test_a_note_that_is_new_or_changed_becomes_an_activity_and_a_cleared_one_does_not() -> None:
    book, typed = typed_over(NOTES)
    changes = follow_ups(typed, book, TODAY, None)
    made = changes.inserts["activities"]
    assert made.select("on", "member", "object_id", "summary", "next_on").rows() == [
        (TODAY, "周敏", "L-SH-0001H", "新的", date(2026, 12, 1)),
        (TODAY, None, "u1x", "初次", None),
        (TODAY, "陈立", "O-SH-0001A", "报价", None),
    ]
    assert "kind" not in made.columns
    assert made[UID].n_unique() == made.height
    assert told(changes) == {
        ("leads", "touched_on"): [("u0x", date(2026, 3, 1), TODAY), ("u1x", None, TODAY)]
    }


def test_the_activity_is_of_whoever_typed_the_note_if_people_says_who_that_is() -> None:
    book, typed = typed_over(NOTES)
    made = follow_ups(typed, book, TODAY, "李伟").inserts["activities"]
    assert made["member"].to_list() == ["李伟"] * 3


def test_other_typing_has_no_consequences() -> None:
    cells = pl.DataFrame({UID: ["u0x"], "old": [None], "new": [Decimal(5)]})
    typed = Changes((SetColumn("leads", "budget", cells),))
    assert not follow_ups(typed, placed_book({"leads": "| budget |\n| 5 |"}), TODAY, None)

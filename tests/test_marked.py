"""From problems to marks: which cells have a note, what it says, and when a table's edges are put back."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from conftest import typed_rows

from ltc_xl.model.book import Book, BookTable, Place
from ltc_xl.model.change import Changes
from ltc_xl.model.tables import ROW, UID, table
from ltc_xl.workbook import mark_edits
from ltc_xl.workbook.marks import MOST_NOTES

COLUMNS = {"lead_id": 1, "company": 2, "budget": 4, UID: 9}
LEADS = Place("线索", "tblLeads", 3, 4, 6, COLUMNS, {"自用": 5}, {"budget": "预算", "company": "公司"})
PROBLEMS = Place("问题", "tblFindings", 3, 4, 4, {"mark": 10}, headers={"mark": "标记"})


def problems(*rows: tuple[str | None, str, str]) -> pl.DataFrame:
    """Return the body of the Problems sheet: marks with what was found and what to do."""
    columns = dict(zip(("mark", "found", "cure"), zip(*rows, strict=True), strict=True)) if rows else {}
    body = pl.DataFrame(columns, schema_overrides=dict.fromkeys(columns, pl.String))
    missing = [pl.lit(None, t).alias(c) for c, t in table("findings").schema.items() if c not in columns]
    return body.with_columns(missing)


def book_with(found: pl.DataFrame, *, leads: Place = LEADS, lang: str = "zh") -> Book:
    rows = typed_rows(
        "leads",
        """
        | _uid | company | budget |
        | a1   | 甲      |  10.00 |
        | b2   | 乙      |        |
        """,
    ).with_columns(pl.Series(ROW, [4, 5], dtype=pl.UInt32))
    return Book(
        "book.xlsx",
        "en" if lang == "en" else "zh",
        tables={
            "leads": BookTable(table("leads"), rows, leads),
            "findings": BookTable(table("findings"), found, PROBLEMS),
        },
    )


def notes_of(book: Book, *rows: tuple[str | None, str, str]) -> dict[str, str]:
    """Return the notes of the leads once the Problems sheet has some rows."""
    (edit,) = mark_edits(book, Changes(puts={"findings": problems(*rows)}))
    return dict(edit.notes)


def test_a_book_whose_tables_have_their_edges_needs_nothing_until_its_problems_change() -> None:
    book = book_with(problems(("a1|budget", "太小", "改大")))
    assert mark_edits(book) == []
    assert mark_edits(book, Changes()) == []


def test_a_table_that_lost_its_edges_gets_them_back_with_its_notes() -> None:
    book = book_with(problems(("a1|budget", "太小", "改大")), leads=replace(LEADS, marked=False))
    (edit,) = mark_edits(book)
    assert (edit.table, edit.key, edit.marks) == ("tblLeads", UID, "tblFindings[标记]")
    assert edit.columns == (
        ("lead_id", ""),
        ("lead_id", "lead_id"),
        ("公司", "company"),
        ("预算", "budget"),
    )
    assert list(edit.notes) == ["D4"]


def test_a_note_says_what_was_found_what_to_do_and_that_it_goes_away() -> None:
    said = notes_of(book_with(problems()), ("b2|budget", "“预算”太小。", "请核对。"))
    assert said == {"D5": "“预算”太小。\n请核对。\n\n改好后再检查一次，这条批注会自动消失。"}
    english = notes_of(book_with(problems(), lang="en"), ("b2|budget", "Too small.", "Look again."))
    assert english == {"D5": "Too small.\nLook again.\n\nOnce cured, this note goes away at the next check."}


def test_two_problems_of_a_cell_stand_in_one_note() -> None:
    rows = [("a1|budget", "太小", "改大"), ("a1|budget", "没有依据", "补充")]
    assert notes_of(book_with(problems()), *rows)["D4"].startswith("太小\n改大\n\n没有依据\n补充\n\n")


def test_a_problem_of_the_whole_row_is_noted_at_its_first_cell() -> None:
    assert list(notes_of(book_with(problems()), ("b2|", "重复", "合并"))) == ["A5"]


@pytest.mark.parametrize("mark", ["zz|budget", "zz|", None])
def test_a_problem_whose_row_is_not_in_the_file_has_no_note(mark: str | None) -> None:
    assert notes_of(book_with(problems()), (mark, "没有", "补上")) == {}


def test_cured_problems_leave_no_note() -> None:
    book = book_with(problems(("a1|budget", "太小", "改大")))
    assert notes_of(book) == {}


def test_the_first_cells_have_the_notes_and_no_more_than_two_hundred() -> None:
    count = MOST_NOTES + 5
    rows = typed_rows("leads", "| _uid | company |\n" + "\n".join(f"| u{n} | 甲 |" for n in range(count)))
    book = book_with(problems())
    many = replace(
        book.tables["leads"], rows=rows.with_columns(_row=pl.int_range(4, count + 4).cast(pl.UInt32))
    )
    held = replace(book, tables={**book.tables, "leads": many})
    said = notes_of(held, *((f"u{n}|company", "缺", "补") for n in range(count)))
    assert list(said) == [f"B{n + 4}" for n in range(MOST_NOTES)]


def without(book: Book, name: str, place: Place | None) -> Book:
    held = book.tables[name]
    return replace(book, tables={**book.tables, name: replace(held, place=place)})


LOST: Sequence[tuple[str, Place | None]] = [
    ("findings", None),
    ("findings", replace(PROBLEMS, excel_table=None)),
    ("leads", None),
    ("leads", replace(LEADS, excel_table=None, marked=False)),
    ("leads", replace(LEADS, columns={"company": 2}, marked=False)),
]


@pytest.mark.parametrize(("name", "place"), LOST)
def test_where_a_sheet_its_table_or_its_identities_are_missing_nothing_is_marked(
    name: str, place: Place | None
) -> None:
    book = without(book_with(problems()), name, place)
    assert mark_edits(book, Changes(puts={"findings": problems(("a1|budget", "太小", "改大"))})) == []


def test_a_header_with_marks_of_its_own_is_named_as_excel_wants_it() -> None:
    odd = replace(PROBLEMS, headers={"mark": "标记 [内部]"})
    book = without(book_with(problems(), leads=replace(LEADS, marked=False)), "findings", odd)
    assert mark_edits(book)[0].marks == "tblFindings[[标记 '[内部']]]"

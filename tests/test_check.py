"""Check as a service: what it answers, what it writes on the Problems sheet, and when it writes nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from conftest import typed_rows
from gallery import placed, placed_book

from ltc_xl.check import SHEET_LIMIT, check
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.finding import Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import CheckRule
from ltc_xl.rules import bind_rulebook

DAY = date(2026, 4, 30)


@pytest.fixture
def book(request: pytest.FixtureRequest) -> Book:
    """Return the leads of the test's docstring, on their sheet."""
    return placed_book({"leads": request.function.__doc__})


def checked(book: Book, **options: str | tuple[str, ...]) -> Outcome:
    return check(book, bind_rulebook(book), DAY, **options)  # type: ignore[arg-type]  # one helper for all options


def written(book: Book, outcome: Outcome) -> Book:
    """Return the book as it stands after the outcome was written."""
    for name, rows in outcome.changes.puts.items():
        numbered = rows.with_columns(_uid=pl.format("p{}", pl.int_range(pl.len())))
        body = Book("").with_rows(name, numbered).rows(name)
        book = replace(book, tables={**book.tables, name: placed(name, body)})
    return book


def test_the_problems_sheet_says_where_what_and_how(book: Book) -> None:
    """
    | company  | channel | state | budget |
    | 太湖精工 | 官网    | NEW   | 50.00  |
    """
    row = checked(book).changes.puts["findings"].row(0, named=True)
    assert row == {
        "rule": "预算可能按万元填了",
        "severity": "WARNING",
        "place": "线索!H2",
        "about": "太湖精工",
        "column": "预算",
        "found": "预算只有 50.00 元，可能是按万元填的。",
        "cure": "预算以元为单位：如果是 50.00 万元，请改为 500,000.00。",
        "code": "L-04",
        "mark": "u0x|budget",
    }


def test_json_names_cell_value_and_words_in_the_language_asked_for(book: Book) -> None:
    """
    | company  | channel | state | budget |
    | 太湖精工 | 官网    | NEW   | 50.00  |
    """
    data = checked(book, lang="en").data
    assert data["rows"] == {"leads": 1}
    assert data["counts"] == {"error": 0, "warning": 1, "info": 0}
    assert data["findings"] == [
        {
            "code": "L-04",
            "severity": "warning",
            "table": "leads",
            "row_id": "u0x",
            "uid": "u0x",
            "sheet": "线索",
            "cell": "H2",
            "column": "budget",
            "value": "50.00",
            "message": "The budget is only 50.00; ten thousands (万) were probably meant.",
            "cure": "Budgets are in full units: if 50.00 万 is meant, type 500,000.00.",
        }
    ]


def test_json_names_a_row_by_its_number_as_in_the_workbook(book: Book) -> None:
    """
    | lead_id    | company  | channel | state |
    | L-SH-0001H | 太湖精工 |         | NEW   |
    """
    found = checked(book).data["findings"]

    assert [(f["row_id"], f["uid"]) for f in found] == [("L-SH-0001H", "u0x")]  # type: ignore[attr-defined]  # dicts


def test_the_value_of_a_blank_cell_is_null(book: Book) -> None:
    """
    | company  | channel | state |
    | 太湖精工 |         | NEW   |
    """
    assert [f["value"] for f in checked(book).data["findings"]] == [None]  # type: ignore[attr-defined]  # dicts


def test_a_second_check_has_nothing_to_write(book: Book) -> None:
    """
    | company  | channel | state | budget |
    | 太湖精工 | 官网    | NEW   | 50.00  |
    |          | 官网    |       |        |
    """
    first = checked(book)
    assert len(first.findings) == 3
    assert first.changes
    assert not checked(written(book, first)).changes


def test_a_cured_row_leaves_the_problems_sheet(book: Book) -> None:
    """
    | company  | channel | state | budget |
    | 太湖精工 | 官网    | NEW   | 50.00  |
    """
    marked = written(book, checked(book))
    budget = marked.rows("leads").with_columns(budget=pl.lit(Decimal(500_000)))
    assert checked(marked.with_rows("leads", budget)).changes.puts["findings"].height == 0


def test_a_clean_book_has_nothing_to_write(book: Book) -> None:
    """
    | company  | channel | state |
    | 太湖精工 | 官网    | NEW   |
    """
    assert checked(book) == Outcome(
        data={"rows": {"leads": 1}, "counts": {"error": 0, "warning": 0, "info": 0}, "findings": []}
    )


def test_findings_stand_by_severity_then_code_then_row(book: Book) -> None:
    """
    | company  | channel | state | budget | mobile |
    | 太湖精工 | 官网    | NEW   | 50.00  | 123    |
    | 园区     |         |       | -1.00  |        |
    | 南通纺织 |         | NEW   |        |        |
    """
    said = [(f.code, f.row_id, f.column) for f in checked(book).findings]
    assert said == [
        ("V-11", "u1x", "budget"),
        ("V-14", "u0x", "mobile"),
        ("K-01", "u1x", "channel"),
        ("K-01", "u1x", "state"),
        ("K-01", "u2x", "channel"),
        ("L-04", "u0x", "budget"),
    ]


def test_only_narrows_the_answer_and_not_the_sheet(book: Book) -> None:
    """
    | company  | channel | state | budget | mobile |
    | 太湖精工 | 官网    | NEW   | 50.00  | 123    |
    """
    outcome = checked(book, only=("L-04",))
    assert [f.code for f in outcome.findings] == ["L-04"]
    assert outcome.exit_status == 0
    assert outcome.changes.puts["findings"]["code"].to_list() == ["V-14", "L-04"]


def test_strict_adds_checks_that_basic_leaves_out(book: Book) -> None:
    """
    | company  | channel | state | created_on |
    | 太湖精工 | 官网    | NEW   | 2026-03-01 |
    """
    assert checked(book).findings == ()
    assert [f.code for f in checked(book, level="strict").findings] == ["L-01", "L-10"]


def test_the_rule_sheet_sets_severity_and_switches_checks_off(book: Book) -> None:
    """
    | company  | channel | state | budget | mobile |
    | 太湖精工 | 官网    | NEW   | 50.00  | 123    |
    """
    rules = bind_rulebook(book)
    own = {**rules.checks, "L-04": CheckRule("error"), "V-14": CheckRule("error", active=False)}
    outcome = check(book, replace(rules, checks=own), DAY)
    assert [(f.code, f.severity) for f in outcome.findings] == [("L-04", "error")]
    assert outcome.exit_status == 1


def test_a_cell_nobody_could_read_is_reported_once(book: Book) -> None:
    """
    | company  | channel | state |
    | 太湖精工 | 官网    |       |
    """
    unreadable = Finding("V-06", "leads", "u0x", "state", {"found": "在谈"})
    read = replace(book, findings=(unreadable,), unread=frozenset({("leads", "u0x", "state")}))
    outcome = checked(read)
    assert outcome.findings == (unreadable,)
    assert outcome.data["findings"][0]["value"] == "在谈"  # type: ignore[index]  # a list of dicts


def test_what_stands_beside_an_unreadable_cell_is_not_taken_for_missing(book: Book) -> None:
    """
    | company | mobile | channel | state |
    |         |        | 官网    | NEW   |
    """
    assert [f.code for f in checked(book).findings] == ["K-04"]
    assert checked(replace(book, unread=frozenset({("leads", "u0x", "mobile")}))).findings == ()


def test_the_sheet_says_loudly_how_many_problems_it_leaves_out() -> None:
    count = SHEET_LIMIT + 7
    rows = pl.DataFrame({"company": [f"客户{n}" for n in range(count)], "channel": "官网"})
    outcome = checked(book_of(leads=rows))
    body = outcome.changes.puts["findings"]
    assert len(outcome.findings) == count
    assert body.height == SHEET_LIMIT
    assert body["found"][-1].startswith("还有 8 条没有列在这里")


def test_grey_cells_are_brought_up_to_date() -> None:
    customers = typed_rows("customers", "| name |\n| 太湖精工 |")
    lines = typed_rows(
        "lines",
        """
        | line_id    | customer | item  | amount | days | triggered_on | due_on     |
        | RC-SH-0001 | 太湖精工 | OTHER | 100.00 | 30   | 2026-03-02   | 2026-01-01 |
        """,
    )
    outcome = checked(book_of(customers=customers, lines=lines))
    changed = {(s.table, s.column): s.cells.row(0)[1:] for s in outcome.changes.sets}
    assert changed["lines", "due_on"] == (date(2026, 1, 1), date(2026, 4, 1))
    assert changed["lines", "received"] == (None, Decimal("0.00"))
    assert changed["customers", "overdue_amount"] == (None, Decimal("100.00"))


def test_the_place_of_a_sheet_with_blanks_is_quoted_for_the_link() -> None:
    rows = typed_rows("campaigns", "| campaign | channel |\n| Spring fair | |")
    held = placed("campaigns", rows, "en")
    assert held.place
    spaced = replace(held, place=replace(held.place, sheet="Our campaigns"))
    book = Book("client.xlsx", "en", tables={"campaigns": spaced})
    assert checked(book).changes.puts["findings"]["place"].to_list() == ["'Our campaigns'!B2"]

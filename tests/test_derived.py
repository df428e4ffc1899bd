"""Computed columns: what stands in the grey cells as of a day."""

from datetime import date
from decimal import Decimal

import polars as pl
from conftest import typed_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import Book, book_of
from ltc_xl.model.calendar import is_workday
from ltc_xl.rules import bind_rulebook, derived
from ltc_xl.rules.derived import rolled

DAY = date(2026, 4, 30)


def book(**tables: str) -> Book:
    held = Book("client.xlsx")
    for name, text in tables.items():
        held = held.with_rows(name, typed_rows(name, text))
    return held


def column(held: Book, table: str, name: str, as_of: date = DAY) -> list[object]:
    return derived(held, bind_rulebook(held), as_of).rows(table)[name].to_list()


def test_a_line_falls_due_its_days_after_the_trigger_on_a_workday() -> None:
    """What is typed by hand wins; 月结 counts from the month's end; no days, no due date."""
    held = book(
        lines="""
        | amount | trigger     | days | triggered_on | due_override |
        | 1.00   | ACCEPTANCE  | 30   | 2026-02-04   |              |
        | 1.00   | ACCEPTANCE  | 30   | 2026-02-05   |              |
        | 1.00   | INVOICE_EOM | 60   | 2026-02-05   |              |
        | 1.00   | ACCEPTANCE  | 30   | 2026-02-05   | 2026-03-08   |
        | 1.00   | ACCEPTANCE  |      | 2026-02-05   |              |
        | 1.00   | ACCEPTANCE  | 30   |              |              |
        """
    )
    assert column(held, "lines", "due_on") == [
        date(2026, 3, 6),
        date(2026, 3, 9),
        date(2026, 4, 29),
        date(2026, 3, 8),
        None,
        None,
    ]


def test_a_make_up_saturday_is_a_workday_and_a_holiday_is_none() -> None:
    held = book(
        lines="""
        | amount | days | triggered_on |
        | 1.00   | 1    | 2026-05-08   |
        | 1.00   | 1    | 2026-04-30   |
        """,
        calendar="| day | workday |\n| 2026-05-09 | YES |\n| 2026-05-01 | NO |\n| 2026-05-04 | NO |",
    )
    assert column(held, "lines", "due_on") == [date(2026, 5, 9), date(2026, 5, 5)]


@given(st.lists(st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2027, 12, 31))), max_size=20))
@settings(max_examples=30, deadline=None)
def test_a_rolled_day_is_the_first_workday_from_it_on(days: list[date | None]) -> None:
    rules = bind_rulebook(book_of())
    for before, after in zip(days, rolled(pl.Series(days, dtype=pl.Date), rules), strict=True):
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert is_workday(after, rules.holidays, rules.make_up_days)
            assert before <= after
            passed = pl.date_range(before, after, closed="left", eager=True)
            assert not any(is_workday(day, rules.holidays, rules.make_up_days) for day in passed)


PAID = {
    "customers": "| name | owner |\n| 太湖精工 | 周敏 |\n| 园区 | 陈立 |",
    "contracts": """
        | contract_no | customer | owner |
        | HT-1        | 太湖精工 | 吴凡  |
        """,
    "lines": """
        | line_id | customer | contract_no | amount | days | triggered_on |
        | A       |          | HT-1        | 100.00 | 0    | 2026-03-02   |
        | B       | 园区     |             | 50.10  | 0    | 2026-03-02   |
        | C       | 太湖精工 | HT-1        | 30.00  | 0    |              |
        """,
    "receipts": "| receipt_id | on | amount | customer |\n| P | 2026-03-10 | 130.00 | 太湖精工 |",
    "allocations": """
        | receipt | line | amount | effective_on |
        | P       | A    | 60.00  | 2026-03-10   |
        | P       | A    | 39.99  | 2026-03-12   |
        | P       | B    | 30.00  | 2026-05-01   |
        """,
    "adjustments": "| line | amount | effective_on |\n| A | 0.01 | 2026-03-12 |\n| B | 0.10 | 2026-03-12 |",
}


def test_received_and_adjusted_are_what_is_effective_by_the_day() -> None:
    held = book(**PAID)
    assert column(held, "lines", "received") == [Decimal("99.99"), Decimal("0.00"), Decimal("0.00")]
    assert column(held, "lines", "received", date(2026, 3, 11))[0] == Decimal("60.00")
    assert column(held, "lines", "received", date(2026, 5, 1))[1] == Decimal("30.00")
    assert column(held, "lines", "adjusted") == [Decimal("0.01"), Decimal("0.10"), Decimal("0.00")]
    assert column(held, "receipts", "allocated") == [Decimal("99.99")]


def test_a_line_has_the_customer_and_owner_of_its_contract_else_the_owner_of_its_customer() -> None:
    held = book(**PAID)
    assert column(held, "lines", "customer") == ["太湖精工", "园区", "太湖精工"]
    assert column(held, "lines", "owner") == ["吴凡", "陈立", "吴凡"]
    stale = held.with_rows("lines", held.rows("lines").with_columns(owner=pl.lit("离职的人")))
    assert column(stale, "lines", "owner") == ["吴凡", "陈立", "吴凡"]
    loose = stale.with_rows("contracts", held.rows("contracts").head(0))
    assert column(loose, "lines", "owner") == ["离职的人", "陈立", "周敏"]


def test_contracts_and_customers_show_what_their_lines_add_up_to() -> None:
    held = book(**PAID)
    assert column(held, "contracts", "collected") == [Decimal("99.99")]
    assert column(held, "contracts", "adjusted") == [Decimal("0.01")]
    assert column(held, "contracts", "overdue_amount") == [Decimal("0.00")]
    assert column(held, "contracts", "overdue_amount", date(2026, 3, 11)) == [Decimal("40.00")]
    assert column(held, "contracts", "overdue_amount", date(2026, 3, 3)) == [Decimal("100.00")]
    assert column(held, "contracts", "overdue_amount", date(2026, 3, 2)) == [Decimal("0.00")]
    assert column(held, "customers", "overdue_amount") == [Decimal("0.00"), Decimal("50.00")]


def test_days_late_are_those_from_due_date_to_full_payment_of_paid_lines() -> None:
    assert column(book(**PAID), "customers", "days_late_mean") == [Decimal("10.0000"), None]


def test_overdue_amounts_of_a_customer_are_in_its_own_currency() -> None:
    held = book(
        customers="| name | currency |\n| Hanoi Plant | USD |",
        lines="""
        | customer    | amount | days | triggered_on | currency |
        | Hanoi Plant | 10.00  | 0    | 2026-03-02   | USD      |
        | Hanoi Plant | 99.00  | 0    | 2026-03-02   |          |
        """,
    )
    assert column(held, "customers", "overdue_amount") == [Decimal("10.00")]


BILLED = {
    "contracts": "| contract_no | customer |\n| HT-1 | 太湖精工 |",
    "lines": """
        | line_id | customer | contract_no | amount | triggered_on | invoice_no |
        | A       | 太湖精工 | HT-1        | 100.00 | 2026-03-02   |            |
        | B       | 太湖精工 |             | 60.00  | 2026-03-02   | 22222222   |
        | C       | 太湖精工 |             | 40.00  | 2026-03-02   | 22222222   |
        """,
    "invoices": """
        | invoice_no | issued_on  | customer | line | gross   | red_of   |
        | 11111111   | 2026-03-20 | 太湖精工 | A    | 100.00  |          |
        | 11111112   | 2026-03-25 | 太湖精工 |      | -100.00 | 11111111 |
        | 11111113   | 2026-03-26 | 太湖精工 | A    | 90.00   |          |
        | 22222222   | 2026-02-10 | 太湖精工 |      | 100.00  |          |
        """,
}


def test_invoiced_is_net_of_credit_notes_and_shared_by_lines_of_one_invoice() -> None:
    held = book(**BILLED)
    assert column(held, "lines", "invoiced") == [Decimal("90.00"), Decimal("60.00"), Decimal("40.00")]
    assert column(held, "lines", "invoiced", date(2026, 3, 21))[0] == Decimal("100.00")
    assert column(held, "contracts", "invoiced") == [Decimal("90.00")]
    assert column(held, "contracts", "invoiced", date(2026, 3, 21)) == [Decimal("100.00")]


def test_a_line_is_recognised_on_the_day_of_its_invoice_else_of_its_trigger() -> None:
    held = book(**BILLED)
    assert column(held, "lines", "recognised_on") == [
        date(2026, 3, 20),
        date(2026, 2, 10),
        date(2026, 2, 10),
    ]
    assert column(held, "lines", "recognised_on", date(2026, 2, 1)) == [date(2026, 3, 2)] * 3


def test_the_probability_of_an_opportunity_is_the_win_rate_of_its_stage() -> None:
    held = book(
        opportunities="| name | stage |\n| a | NEGOTIATING |\n| b | LOST |\n| c | |",
        stages="| object | stage | probability |\n| OPPORTUNITY | 谈判 | 0.65 |",
    )
    assert column(held, "opportunities", "probability") == [Decimal("0.65"), Decimal(0), None]


def test_filling_twice_changes_nothing() -> None:
    held = book(**PAID)
    rules = bind_rulebook(held)
    once = derived(held, rules, DAY)
    twice = derived(once, rules, DAY)
    assert all(twice.rows(name).equals(once.rows(name)) for name in once.tables)


def test_a_key_that_stands_twice_adds_no_row_and_counts_once() -> None:
    held = book(
        customers="| name | owner |\n| 太湖精工 | 周敏 |\n| 太湖精工 | 陈立 |",
        lines="| customer | amount |\n| 太湖精工 | 1.00 |",
    )
    assert column(held, "lines", "owner") == ["周敏"]

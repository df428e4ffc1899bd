"""Cash to come: each open amount in one tier and at most one week, and all of it ties to the ledger."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from oracle import NOTHING, added, balances, ibm, week_of, weeks_after
from test_ledger import Firm, days, firms

from ltc_xl.demo.firm import firm
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules import bind_rulebook, derived
from ltc_xl.rules.forecast import TIERS, WEEKS, Forecast, forecast
from ltc_xl.rules.headline import ledger_on

DAY = date(2026, 6, 30)


def cash(book: Book, day: date = DAY, currency: str = "CNY") -> Forecast:
    rules = bind_rulebook(book)
    full = derived(book, rules, day)
    return forecast(ledger_on(full, rules, day, currency), full, rules)


def tiers(found: Forecast) -> dict[str, list[tuple[str, str, int | None, str]]]:
    """Return tier -> line, day, week and amount of each part."""
    parts: dict[str, list[tuple[str, str, int | None, str]]] = {}
    for row in found.parts.iter_rows(named=True):
        on = f"{row['on'] or ''}"
        parts.setdefault(row["tier"], []).append((row["line_id"], on, row["week"], f"{row['amount']}"))
    return parts


def test_an_open_line_stands_in_the_week_it_falls_due_and_the_due_day_is_not_overdue(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_override |
    | RC-1    | 1.00   | 2026-06-01   | 2026-06-29   |
    | RC-2    | 2.00   | 2026-06-01   | 2026-06-30   |
    | RC-3    | 4.00   | 2026-06-01   | 2026-07-06   |
    | RC-4    | 8.00   | 2026-06-01   | 2026-07-07   |
    | RC-5    | 16.00  | 2026-06-01   | 2026-09-28   |
    | RC-6    | 32.00  | 2026-06-01   | 2026-09-29   |
    """
    found = cash(book)
    assert tiers(found) == {
        "overdue": [("RC-1", "2026-06-29", None, "1.00")],
        "due": [
            ("RC-2", "2026-06-30", 1, "2.00"),
            ("RC-3", "2026-07-06", 1, "4.00"),
            ("RC-4", "2026-07-07", 2, "8.00"),
            ("RC-5", "2026-09-28", 13, "16.00"),
            ("RC-6", "2026-09-29", None, "32.00"),
        ],
    }
    assert found.amount("due", later=True) == 32
    assert found.weeks["expected"].to_list()[:3] == [6, 8, 0]
    assert found.weeks["cumulative"][12] == 30


def test_a_live_promise_stands_at_its_day_and_the_rest_at_the_due_day(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_override | promised_on | promised_amount |
    | RC-1    | 100.00 | 2026-01-01   | 2026-02-01   | 2026-07-08  | 40.00           |
    | RC-2    | 100.00 | 2026-06-01   | 2026-07-01   | 2026-07-08  |                 |
    | RC-3    | 100.00 | 2026-01-01   | 2026-02-01   | 2026-06-29  |                 |
    | RC-4    | 100.00 | 2026-01-01   | 2026-02-01   | 2026-06-30  | 500.00          |
    """
    assert tiers(cash(book)) == {
        "overdue": [("RC-1", "2026-02-01", None, "60.00"), ("RC-3", "2026-02-01", None, "100.00")],
        "promised": [
            ("RC-4", "2026-06-30", 1, "100.00"),
            ("RC-1", "2026-07-08", 2, "40.00"),
            ("RC-2", "2026-07-08", 2, "100.00"),
        ],
    }


def test_what_is_not_triggered_is_planned_only_where_a_plan_names_a_day(book: Book) -> None:
    """
    contracts
    | contract_no | customer | planned_delivery | accepted_on | warranty_months |
    | H-1         | 甲       | 2026-07-10       | 2025-08-01  | 12              |
    | H-2         | 甲       | 2026-03-10       |             | 12              |
    lines
    | line_id | contract_no | trigger      | amount | days | triggered_on | due_override |
    | RC-1    | H-1         | DELIVERY     | 1.00   | 20   |              |              |
    | RC-2    | H-1         | WARRANTY_END | 2.00   | 30   |              |              |
    | RC-3    | H-2         | DELIVERY     | 4.00   | 30   |              |              |
    | RC-4    | H-2         | ACCEPTANCE   | 8.00   | 30   |              |              |
    | RC-5    | H-2         | ACCEPTANCE   | 16.00  | 30   |              | 2026-07-03   |
    | RC-6    |             | FIXED        | 32.00  | 10   | 2026-07-01   |              |
    """
    assert tiers(cash(book)) == {
        "planned": [
            ("RC-5", "2026-07-03", 1, "16.00"),
            ("RC-6", "2026-07-13", 2, "32.00"),
            ("RC-1", "2026-07-30", 5, "1.00"),
            ("RC-2", "2026-08-31", 9, "2.00"),
        ],
        "plan_passed": [("RC-3", "2026-04-09", None, "4.00")],
        "unplanned": [("RC-4", "", None, "8.00")],
    }
    assert cash(book).weeks["expected"].sum() == 0


def test_an_advance_lowers_what_is_planned(book: Book) -> None:
    """
    lines
    | line_id | trigger    | amount | due_override |
    | RC-1    | ACCEPTANCE | 100.00 | 2026-07-03   |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-06-01 | 30.00  |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 30.00  | 2026-06-01   |
    """
    assert tiers(cash(book)) == {"planned": [("RC-1", "2026-07-03", 1, "70.00")]}


@given(firms(), days)
@settings(max_examples=40, deadline=None)
def test_the_tiers_in_the_ledger_are_its_open_amount(firm: Firm, day: date) -> None:
    book, rules = firm.book(), Rulebook()
    for currency in ("CNY", "USD"):
        view = ledger_on(book, rules, day, currency)
        found = forecast(view, book, rules)
        tiers_held = ("overdue", "due", "promised")
        assert found.amount(*tiers_held) + found.amount(*tiers_held, later=True) == view.open_amount
        expected = found.weeks["expected"].sum()
        assert expected == found.amount("due", "promised")
        assert found.weeks.height == WEEKS


# ---------------------------------------------------------------- worked out again


def by_hand(book: Book, day: date, currency: str) -> tuple[Decimal, list[Decimal], Decimal]:
    """Return overdue without promise, what comes in each week, and what comes later."""
    full = derived(book, bind_rulebook(book), day)
    overdue, weeks, later = NOTHING, [NOTHING] * 13, NOTHING
    for line, left in balances(full, day, currency, "CNY"):
        live = line["promised_on"] is not None and line["promised_on"] >= day
        promised = min(line["promised_amount"] or left, left) if live else NOTHING
        for on, amount in ((line["promised_on"], promised), (line["due_on"], left - promised)):
            if not amount:
                continue
            if on < day:
                overdue += amount
            elif week_of(on, day):
                weeks[week_of(on, day) - 1] += amount
            else:
                later += amount
    return overdue, weeks, later


def test_the_demo_firms_weeks_are_what_its_lines_add_up_to() -> None:
    day = date(2026, 11, 20)
    book = book_of("demo.xlsx", "zh", **firm(day, "zh"))
    for currency in ("CNY", "USD"):
        found = cash(book, day, currency)
        overdue, weeks, later = by_hand(book, day, currency)
        assert found.amount("overdue") == overdue
        assert found.weeks["expected"].to_list() == weeks
        assert found.amount("due", "promised", later=True) == later
        assert found.weeks["first_day"].to_list() == weeks_after(day)
    assert added(weeks) > 0


@pytest.mark.needs_data("ibm_ar")
@pytest.mark.parametrize("ago", [0, 100, 300])
def test_a_service_centres_weeks_are_what_its_invoices_add_up_to(data_dir: Path, ago: int) -> None:
    book = ibm(data_dir / "ibm_ar" / "WA_Fn-UseC_-Accounts-Receivable.csv")
    day = date(2013, 6, 30) - timedelta(days=ago)
    found = cash(book, day, "USD")
    overdue, weeks, later = by_hand(book, day, "USD")
    assert (found.amount("overdue"), found.weeks["expected"].to_list()) == (overdue, weeks)
    assert found.amount("due", later=True) == later
    assert overdue > 0
    assert found.parts.filter(pl.col("tier").is_in(TIERS[:2]))["amount"].sum() == added(weeks) + later

"""DSO, CEI and their kin: golden numbers, and that the months roll forward."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from test_ledger import Firm, days, firms

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.ledger import BASES
from ltc_xl.rules.metrics import Metrics, cei, dso_countback, dso_simple, ledger_metrics
from ltc_xl.rules.rollforward import Month

D = Decimal
SALES = (D(100_000), D(80_000), D(70_000))


def test_dso_is_receivables_in_days_of_sales() -> None:
    assert dso_simple(D(212_000), sum(SALES, D(0)), 90) == D("76.3200")


@pytest.mark.parametrize(("month_days", "dso"), [((30, 30, 30), "73.7143"), ((31, 28, 31), "73.1714")])
def test_dso_counted_back_takes_the_latest_months_first(month_days: tuple[int, ...], dso: str) -> None:
    assert dso_countback(D(212_000), zip(SALES, month_days, strict=True)).days == D(dso)


def test_dso_counted_back_says_when_receivables_outlast_all_sales() -> None:
    counted = dso_countback(D(300_000), zip(SALES, (31, 28, 31), strict=True))
    assert (counted.days, counted.outlasts) == (D("90.0000"), True)


def test_a_month_without_sales_counts_its_days() -> None:
    assert dso_countback(D(50), [(D(0), 30), (D(100), 31)]).days == D("45.5000")


def test_cei_adds_months_up_before_it_divides() -> None:
    months = [
        Month(date(2026, 5, 31), D(100), D(50), D(70), D(0), closing=D(80), not_due=D(30)),
        Month(date(2026, 6, 30), D(80), D(60), D(90), D(0), closing=D(50), not_due=D(50)),
    ]
    assert cei(months) == D("76.1905")


def one(book: Book, day: date, window: int = 90) -> Metrics:
    (found,) = ledger_metrics(book, Rulebook(), day, window)
    return found


def test_the_golden_quarter_comes_out_of_a_ledger(book: Book) -> None:
    """
    lines
    | line_id | amount     | triggered_on | due_on     |
    | RC-1    | 70,000.00  | 2026-01-15   | 2026-02-14 |
    | RC-2    | 80,000.00  | 2026-02-15   | 2026-03-17 |
    | RC-3    | 100,000.00 | 2026-03-15   | 2026-04-14 |
    receipts
    | receipt_id | on         | amount    |
    | P-1        | 2026-03-20 | 38,000.00 |
    allocations
    | receipt | line | amount    | effective_on |
    | P-1     | RC-1 | 38,000.00 | 2026-03-20   |
    """
    found = one(book, date(2026, 3, 31))
    assert found.dso_simple == D("76.3200")
    assert found.dso_countback is not None
    assert found.dso_countback.days == D("73.1714")
    assert (found.bpdso, found.add) == (D("36.0000"), D("40.3200"))
    assert found.overdue_pct == D("52.8302")
    assert [month.closing for month in found.months] == [70_000, 150_000, 212_000]


def test_the_collection_rate_counts_the_same_lines_above_and_below(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_on     |
    | RC-1    | 100.00 | 2026-01-01   | 2026-01-31 |
    | RC-2    | 200.00 | 2026-05-01   | 2026-05-31 |
    | RC-3    | 400.00 | 2026-06-01   | 2026-09-30 |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-06-10 | 60.00  |
    | P-2        | 2026-06-11 | 90.00  |
    | P-3        | 2026-06-12 | 400.00 |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 60.00  | 2026-06-10   |
    | P-2     | RC-2 | 90.00  | 2026-06-11   |
    | P-3     | RC-3 | 400.00 | 2026-06-12   |
    """
    found = one(book, date(2026, 6, 30))
    assert (found.collected.due_amount, found.collected.collected_amount) == (D(300), D(150))
    assert found.collected.rate == D("0.5000")
    assert found.collected_due.rate == D("0.4500")


def test_nothing_to_divide_by_is_no_figure() -> None:
    found = one(Book("empty.xlsx"), date(2026, 6, 30))
    rates = (found.dso_simple, found.dso_countback, found.bpdso, found.add, found.cei, found.overdue_pct)
    assert rates == (None,) * 6
    assert found.collected.rate is None


@given(firms(), days)
@settings(max_examples=25, deadline=None)
def test_every_month_rolls_forward_from_the_last(firm: Firm, day: date) -> None:
    for basis in BASES:
        for found in ledger_metrics(firm.book(), Rulebook(), day, 90, basis):
            assert [month.difference for month in found.months] == [0] * len(found.months)
            for before, after in zip(found.months, found.months[1:], strict=False):
                assert before.closing == after.opening

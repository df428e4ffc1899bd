"""The ledger as of a day: what is in it, what is open, and that three ways of counting agree."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from conftest import written_book
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import Book, book_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.ledger import (
    BASES,
    Basis,
    LedgerView,
    balances,
    journal,
    ledger_views,
    open_lines,
    untriggered_lines,
)

RULEBOOK = Rulebook()
D = Decimal


def balance(book: Book, day: str, basis: Basis = "contract") -> dict[str, Decimal]:
    rows = open_lines(book, RULEBOOK, date.fromisoformat(day), basis)
    return dict(rows.select("line_id", "balance").iter_rows())


def sides(view: LedgerView) -> list[Decimal]:
    return [view.open_amount, view.unapplied_amount, view.ledger, view.tie_out]


def test_a_line_is_open_from_its_trigger_until_it_is_paid(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_on     |
    | RC-1    | 100.00 | 2026-03-01   | 2026-03-31 |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-04-10 | 40.00  |
    | P-2        | 2026-05-20 | 60.00  |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 40.00  | 2026-04-10   |
    | P-2     | RC-1 | 60.00  | 2026-05-20   |
    """
    assert balance(book, "2026-02-28") == {}
    assert balance(book, "2026-03-01") == {"RC-1": D("100.00")}
    assert balance(book, "2026-04-10") == {"RC-1": D("60.00")}
    assert balance(book, "2026-05-19") == {"RC-1": D("60.00")}
    assert balance(book, "2026-05-20") == {}


def test_an_adjustment_lowers_the_line_from_its_day(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on |
    | RC-1    | 100.00 | 2026-03-01   |
    adjustments
    | line | kind    | amount | effective_on |
    | RC-1 | QUALITY | 3.20   | 2026-04-01   |
    """
    assert balance(book, "2026-03-31") == {"RC-1": D("100.00")}
    assert balance(book, "2026-04-01") == {"RC-1": D("96.80")}


def test_a_line_that_is_not_triggered_is_shown_apart(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on |
    | RC-1    | 100.00 |              |
    | RC-2    | 50.00  | 2026-05-01   |
    """
    day = date(2026, 4, 30)
    assert open_lines(book, RULEBOOK, day).is_empty()
    assert untriggered_lines(book, RULEBOOK, day)["line_id"].to_list() == ["RC-1", "RC-2"]


def test_the_booked_basis_counts_invoices_less_credit_notes(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | invoice_no |
    | RC-1    | 100.00 | 2026-03-01   |            |
    | RC-2    | 30.00  | 2026-03-01   | F-2        |
    | RC-3    | 70.00  | 2026-03-01   | F-2        |
    | RC-4    | 10.00  | 2026-03-01   |            |
    invoices
    | invoice_no | issued_on  | line | gross  | red_of |
    | F-1        | 2026-03-20 | RC-1 | 80.00  |        |
    | F-1R       | 2026-04-20 |      | -15.00 | F-1    |
    | F-2        | 2026-04-01 |      | 100.00 |        |
    """
    assert balance(book, "2026-03-19", "booked") == {}
    assert balance(book, "2026-03-31", "booked") == {"RC-1": D("80.00")}
    assert balance(book, "2026-04-30", "booked") == {
        "RC-1": D("65.00"),
        "RC-2": D("30.00"),
        "RC-3": D("70.00"),
    }
    assert untriggered_lines(book, RULEBOOK, date(2026, 4, 30), "booked")["line_id"].to_list() == ["RC-4"]


def test_a_credit_note_follows_its_invoice_to_the_lines_that_name_it(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | invoice_no |
    | RC-1    | 30.00  | 2026-03-01   | F-1        |
    | RC-2    | 70.00  | 2026-03-01   | F-1        |
    invoices
    | invoice_no | issued_on  | gross  | red_of |
    | F-1        | 2026-03-20 | 100.00 |        |
    | F-1R       | 2026-04-20 | -50.00 | F-1    |
    """
    assert balance(book, "2026-03-31", "booked") == {"RC-1": D("30.00"), "RC-2": D("70.00")}
    assert balance(book, "2026-04-20", "booked") == {"RC-1": D("15.00"), "RC-2": D("35.00")}


def test_an_invoice_of_several_lines_is_split_to_the_cent(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | invoice_no |
    | RC-1    | 1.00   | 2026-03-01   | F-1        |
    | RC-2    | 1.00   | 2026-03-01   | F-1        |
    | RC-3    | 1.00   | 2026-03-01   | F-1        |
    invoices
    | invoice_no | issued_on  | gross  |
    | F-1        | 2026-03-20 | 100.00 |
    """
    assert sum(balance(book, "2026-03-31", "booked").values()) == D("100.00")


def test_cash_that_came_before_the_trigger_is_unapplied_until_then(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on |
    | RC-1    | 100.00 | 2026-05-01   |
    receipts
    | receipt_id | on         | amount | customer |
    | P-1        | 2026-04-10 | 100.00 | 恒立     |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 100.00 | 2026-04-10   |
    """
    (april,) = ledger_views(book, RULEBOOK, date(2026, 4, 30))
    assert sides(april) == [0, 100, -100, 0]
    (may,) = ledger_views(book, RULEBOOK, date(2026, 5, 1))
    assert sides(may) == [0, 0, 0, 0]


BROKEN = {
    "the receipt is not there": ("P-9", "RC-1", "2026-04-10", -40),
    "the line is not there": ("P-1", "RC-9", "2026-04-10", 40),
    "the currencies differ": ("P-1", "RC-2", "2026-04-10", 40),
    "it takes effect before the money came": ("P-1", "RC-1", "2026-03-31", -40),
}


@pytest.mark.parametrize("allocation", BROKEN.values(), ids=BROKEN.keys())
def test_the_tie_out_tells_when_an_allocation_is_wrong(allocation: tuple[str, str, str, int]) -> None:
    receipt, line, effective_on, missed = allocation
    book = written_book(f"""
        lines
        | line_id | amount | triggered_on | currency |
        | RC-1    | 100.00 | 2026-03-01   | CNY      |
        | RC-2    | 100.00 | 2026-03-01   | USD      |
        receipts
        | receipt_id | on         | amount |
        | P-1        | 2026-04-10 | 40.00  |
        allocations
        | receipt   | line   | amount | effective_on   |
        | {receipt} | {line} | 40.00  | {effective_on} |
    """)
    day = date(2026, 4, 5) if effective_on < "2026-04-01" else date(2026, 4, 30)
    assert ledger_views(book, RULEBOOK, day)[0].tie_out == missed


def test_currencies_are_never_mixed_and_a_blank_one_is_the_firms(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | currency |
    | RC-1    | 100.00 | 2026-03-01   |          |
    | RC-2    | 100.00 | 2026-03-01   | USD      |
    """
    views = ledger_views(book, Rulebook(settings={"base_currency": "EUR"}), date(2026, 4, 30))
    assert {view.currency: view.open_amount for view in views} == {"EUR": D(100), "USD": D(100)}


def test_dispute_promise_and_retention_are_told_apart(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_on     | item      | disputed_amount | promised_on |
    | RC-1    | 100.00 | 2026-03-01   | 2026-03-31 | DELIVERY  | 120.00          | 2026-05-01  |
    | RC-2    | 100.00 | 2026-03-01   | 2026-03-31 | DELIVERY  | 0.00            | 2026-04-29  |
    | RC-3    | 100.00 | 2026-03-01   | 2027-03-01 | RETENTION |                 |             |
    | RC-4    | 100.00 | 2025-03-01   | 2026-03-01 | RETENTION |                 |             |
    """
    rows = open_lines(book, RULEBOOK, date(2026, 4, 30))
    told = rows.select("line_id", "disputed", "promised", "contract_asset", "days_overdue", "bucket")
    assert told.rows() == [
        ("RC-1", 100, 100, False, 30, "1-30"),
        ("RC-2", None, None, False, 30, "1-30"),
        ("RC-3", None, None, True, -305, "current"),
        ("RC-4", None, None, False, 60, "31-60"),
    ]


# ---------------------------------------------------------------- laws

FIRST = date(2026, 1, 1)
days = st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n))
amounts = st.integers(1, 99_999_999).map(lambda cents: D(cents) / 100)
currencies = st.sampled_from([None, "USD"])


def by(row: dict[str, object], column: str, day: date) -> bool:
    """Return whether the day in a column has come."""
    on = row[column]
    return isinstance(on, date) and on <= day


@dataclass
class Firm:
    """A ledger in plain Python: lists of rows, as a clerk would keep them."""

    lines: list[dict[str, object]] = field(default_factory=list)
    receipts: list[dict[str, object]] = field(default_factory=list)
    allocations: list[dict[str, object]] = field(default_factory=list)
    adjustments: list[dict[str, object]] = field(default_factory=list)

    def book(self) -> Book:
        rows = {name: table for name, table in vars(self).items() if table}
        frames = {name: pl.DataFrame(table, infer_schema_length=None) for name, table in rows.items()}
        return book_of("client.xlsx", "zh", **frames)

    def open_amounts(self, day: date) -> dict[object, Decimal]:
        """Return line -> balance by the definition, one row at a time, in Decimal."""
        left: dict[object, Decimal] = {}
        for line in self.lines:
            if by(line, "triggered_on", day):
                rows = [
                    row for row in (*self.allocations, *self.adjustments) if row["line"] == line["line_id"]
                ]
                lowered = [row["amount"] for row in rows if by(row, "effective_on", day)]
                left[line["line_id"]] = D(str(line["amount"])) - sum(D(str(a)) for a in lowered)
        return {name: amount for name, amount in left.items() if amount}


@st.composite
def firms(draw: st.DrawFn) -> Firm:
    """Return lines, and receipts allocated on their day to lines of their currency, triggered or not."""
    firm = Firm()
    for n in range(draw(st.integers(1, 6))):
        triggered = draw(st.one_of(st.none(), days))
        kept = {"line_id": f"RC-{n}", "amount": draw(amounts), "currency": draw(currencies)}
        firm.lines.append({**kept, "triggered_on": triggered, "due_on": triggered, "invoice_no": None})
    for n in range(draw(st.integers(0, 6))):
        on, currency = draw(days), draw(currencies)
        receipt = {
            "receipt_id": f"P-{n}",
            "on": on,
            "amount": draw(amounts),
            "currency": currency,
            "customer": "甲",
        }
        firm.receipts.append(receipt)
        for line in draw(st.lists(st.sampled_from(firm.lines), max_size=2)):
            if line["currency"] == currency:
                paid = {"receipt": f"P-{n}", "line": line["line_id"], "amount": draw(amounts)}
                firm.allocations.append({**paid, "effective_on": on})
    for line in draw(st.lists(st.sampled_from(firm.lines), max_size=2)):
        firm.adjustments.append(
            {"line": line["line_id"], "amount": draw(amounts), "effective_on": draw(days)}
        )
    return firm


@given(firms(), days)
@settings(max_examples=60, deadline=None)
def test_balances_are_those_of_a_clerk_with_a_pencil(firm: Firm, day: date) -> None:
    rows = open_lines(firm.book(), RULEBOOK, day)
    assert dict(rows.select("line_id", "balance").iter_rows()) == firm.open_amounts(day)


@given(firms(), days, st.sampled_from(BASES))
@settings(max_examples=60, deadline=None)
def test_open_lines_less_unapplied_cash_are_the_ledger_to_the_cent(
    firm: Firm, day: date, basis: Basis
) -> None:
    views = ledger_views(firm.book(), RULEBOOK, day, basis)
    assert [view.tie_out for view in views] == [0] * len(views)


@given(firms(), days)
@settings(max_examples=40, deadline=None)
def test_what_happens_later_does_not_change_an_earlier_day(firm: Firm, day: date) -> None:
    def until(rows: list[dict[str, object]], column: str) -> list[dict[str, object]]:
        return [row for row in rows if by(row, column, day)]

    lines = [line if by(line, "triggered_on", day) else {**line, "triggered_on": None} for line in firm.lines]
    known = Firm(
        lines,
        until(firm.receipts, "on"),
        until(firm.allocations, "effective_on"),
        until(firm.adjustments, "effective_on"),
    )
    then, now = (balances(journal(each.book()), day).sort("_uid") for each in (known, firm))
    assert then.equals(now)

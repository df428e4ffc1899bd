"""What may be asked of whom: each reason for holding a part back, and that the parts add up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from conftest import written_book
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.book import Book, book_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.derived import derived
from ltc_xl.rules.dunning import REASONS, claims, missing_day, pay_by, receipts_complete_to
from ltc_xl.rules.ledger import ledger_views

DAY = date(2026, 4, 30)


def split(book: Book, as_of: date = DAY) -> pl.DataFrame:
    rulebook = bind_rulebook(book)
    full = derived(book, rulebook, as_of)
    return claims(full, ledger_views(full, rulebook, as_of), as_of)


def parts(book: Book, line: str, as_of: date = DAY) -> dict[str, str]:
    """Return what of a line is asked and what is held, by reason; parts of nothing left out."""
    row = split(book, as_of).row(by_predicate=pl.col("line_id") == line, named=True)
    return {name: str(row[name]) for name in ("asked", *REASONS) if row[name]}


# ---------------------------------------------------------------- what a line holds by itself


def test_an_overdue_line_is_asked_for_in_full(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   |
    """
    assert parts(book, "RC-1") == {"asked": "100.00"}


def test_what_is_due_on_the_day_is_no_claim_yet(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | due_override |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 2026-04-30   |
    """
    assert split(book).is_empty()
    assert parts(book, "RC-1", DAY + timedelta(days=1)) == {"asked": "100.00"}


def test_a_disputed_part_is_held_and_the_rest_is_asked(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days | disputed_amount |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   | 20.00           |
    | RC-2    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   | 500.00          |
    """
    assert parts(book, "RC-1") == {"asked": "80.00", "disputed": "20.00"}
    assert parts(book, "RC-2") == {"disputed": "100.00"}


@pytest.mark.parametrize(
    ("as_of", "found"),
    [
        (date(2026, 5, 7), {"promised": "60.00", "asked": "40.00"}),
        (date(2026, 5, 8), {"promised": "60.00", "asked": "40.00"}),
        (date(2026, 5, 9), {"asked": "100.00"}),
    ],
)
def test_a_promise_holds_until_its_day_has_passed(as_of: date, found: Mapping[str, str]) -> None:
    book = written_book("""
    lines
    | line_id | customer | item     | amount | triggered_on | days | promised_on | promised_amount |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   | 2026-05-08  | 60.00           |
    """)
    assert parts(book, "RC-1", as_of) == found


def test_a_promise_without_an_amount_covers_what_is_not_in_dispute(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days | promised_on | disputed_amount |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   | 2026-05-08  | 30.00           |
    """
    assert parts(book, "RC-1") == {"disputed": "30.00", "promised": "70.00"}


INVOICED = """
    lines
    | line_id | customer | item     | amount | triggered_on | days | promised_on |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   |             |
    | RC-2    | 乙       | DELIVERY | 100.00 | 2026-03-02   | 30   |             |
    | RC-3    | 丙       | OPENING  | 100.00 | 2026-03-02   | 30   |             |
    | RC-4    | 丁       | DELIVERY | 100.00 | 2026-03-02   | 30   | 2026-05-08  |
    adjustments
    | line | kind    | amount | effective_on |
    | RC-1 | QUALITY | 10.00  | 2026-04-01   |
"""
INVOICE = """
    invoices
    | invoice_no | issued_on  | line | gross |
    | F-1        | 2026-03-02 | RC-1 | 60.00 |
    | F-2        | 2026-05-02 | RC-2 | 99.00 |
"""


def test_a_firm_that_records_invoices_asks_only_for_what_is_invoiced_by_the_day() -> None:
    book = written_book(INVOICED + INVOICE)
    assert parts(book, "RC-1") == {"asked": "60.00", "uninvoiced": "30.00"}
    assert parts(book, "RC-2") == {"uninvoiced": "100.00"}


def test_an_opening_balance_was_invoiced_in_the_books_it_comes_from() -> None:
    assert parts(written_book(INVOICED + INVOICE), "RC-3") == {"asked": "100.00"}


def test_a_promised_line_without_an_invoice_stays_on_the_list_of_what_to_invoice() -> None:
    lines = split(written_book(INVOICED + INVOICE))
    row = lines.row(by_predicate=pl.col("line_id") == "RC-4", named=True)
    assert (row["promised"], row["uninvoiced"], row["to_invoice"]) == (100, 0, 100)


def test_a_firm_that_records_no_invoices_asks_for_everything() -> None:
    assert parts(written_book(INVOICED), "RC-1") == {"asked": "90.00"}


def test_a_red_flushed_invoice_is_not_named_and_its_line_is_to_be_invoiced_again(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   |
    invoices
    | invoice_no | issued_on  | line | gross   | red_of |
    | F-1        | 2026-03-02 | RC-1 | 100.00  |        |
    | F-2        | 2026-03-09 |      | -100.00 | F-1    |
    | F-3        | 2026-03-10 | RC-1 | 70.00   |        |
    | F-4        | 2026-03-11 | RC-1 | 10.00   |        |
    """
    assert split(book)["invoices"].to_list() == [["F-3", "F-4"]]
    assert parts(book, "RC-1") == {"asked": "80.00", "uninvoiced": "20.00"}


def test_a_line_names_the_invoice_that_is_typed_on_it(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days | invoice_no |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   | F-9        |
    """
    assert split(book)["invoices"].to_list() == [["F-9"]]


# ---------------------------------------------------------------- what holds the whole letter

OWING = """
    lines
    | line_id | customer     | contract_no | item     | amount | triggered_on | days |
    | RC-1    | 甲有限公司   | HY-1        | DELIVERY | 100.00 | 2026-03-02   | 30   |
    contracts
    | contract_no | customer   |
    | HY-1        | 甲有限公司 |
    | HY-2        | 甲有限公司 |
    customers
    | name       |
    | 甲有限公司 |
    receipts
    | receipt_id | on         | amount | customer   | payer        | contract_no |
"""


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        ("| P-1 | 2026-04-29 | 5.00 | 甲有限公司 |              |      |", "unapplied"),
        ("| P-1 | 2026-04-29 | 5.00 |            | 甲 有限公司  |      |", "unapplied"),
        ("| P-1 | 2026-04-29 | 5.00 |            |              | HY-1 |", "unapplied"),
        ("| P-1 | 2026-04-29 | 5.00 | 甲有限公司 |              | HY-1 |", "unapplied"),
        ("| P-1 | 2026-04-29 | 5.00 | 甲有限公司 |              | HY-2 |", "asked"),
        ("| P-1 | 2026-04-29 | 5.00 |            | 丙           |      |", "asked"),
        ("| P-1 | 2026-05-01 | 5.00 | 甲有限公司 |              |      |", "asked"),
    ],
)
def test_money_of_a_customer_that_pays_nothing_yet_holds_the_letter(receipt: str, reason: str) -> None:
    """An advance on another contract, an unknown payer, or a receipt of tomorrow does not."""
    assert parts(written_book(OWING + receipt), "RC-1") == {reason: "100.00"}


def test_money_that_is_matched_holds_nothing(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   |
    | RC-2    | 甲       | DELIVERY | 40.00  | 2026-06-02   | 30   |
    receipts
    | receipt_id | on         | amount | customer |
    | P-1        | 2026-04-29 | 70.00  | 甲       |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 30.00  | 2026-04-29   |
    | P-1     | RC-2 | 40.00  | 2026-04-29   |
    """
    assert parts(book, "RC-1") == {"asked": "70.00"}


def test_an_overpaid_line_holds_the_letter_and_counts_less_than_nothing(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   |
    | RC-2    | 甲       | DELIVERY | 40.00  | 2026-03-02   | 30   |
    receipts
    | receipt_id | on         | amount | customer |
    | P-1        | 2026-04-29 | 50.00  | 甲       |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-2 | 50.00  | 2026-04-29   |
    """
    assert parts(book, "RC-1") == {"unapplied": "100.00"}
    assert parts(book, "RC-2") == {"credit": "-10.00"}


def test_a_line_of_nobody_is_held(book: Book) -> None:
    """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    |          | DELIVERY | 100.00 | 2026-03-02   | 30   |
    """
    assert parts(book, "RC-1") == {"no_customer": "100.00"}


UNREAD = """
    lines
    | line_id | customer | item     | amount | triggered_on | days |
    | RC-1    | 甲       | DELIVERY | 100.00 | 2026-03-02   | 30   |
    | RC-2    | 乙       | DELIVERY | 100.00 | 2026-03-02   | 30   |
    receipts
    | receipt_id | on         | amount | customer |
    | P-1        | 2026-04-29 |        | 甲       |
    | P-2        | 2026-04-29 | 10.00  | 丙       |
    allocations
    | receipt | line | amount | effective_on |
    | P-2     | RC-2 |        | 2026-04-29   |
"""


@pytest.mark.parametrize(
    ("cell", "line"), [(("receipts", "u0x", "amount"), "RC-1"), (("allocations", "u0x", "amount"), "RC-2")]
)
def test_a_cell_that_cannot_be_read_holds_the_letter_of_its_customer(
    cell: tuple[str, str, str], line: str
) -> None:
    book = replace(written_book(UNREAD), unread=frozenset({cell}))
    other = {"RC-1": "RC-2", "RC-2": "RC-1"}[line]
    assert parts(book, line) == {"unread": "100.00"}
    assert parts(book, other) == {"asked": "100.00"}


# ---------------------------------------------------------------- laws

_MONEY = st.decimals(min_value=Decimal(-50), max_value=Decimal(500), places=2)
_LINE = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["甲", "乙", None]),
        "currency": st.sampled_from(["CNY", "USD", None]),
        "amount": _MONEY,
        "triggered_on": st.dates(date(2025, 12, 1), date(2026, 5, 10)),
        "promised_on": st.none() | st.dates(date(2026, 4, 20), date(2026, 5, 10)),
        "promised_amount": st.none() | _MONEY.map(abs),
        "disputed_amount": st.none() | _MONEY.map(abs),
    }
)
_PAID = st.fixed_dictionaries({"amount": _MONEY, "line": st.integers(0, 5)})
_BILL = st.fixed_dictionaries({"gross": _MONEY, "line": st.integers(0, 5)})


@settings(max_examples=40, deadline=None)
@given(st.lists(_LINE, min_size=1, max_size=6), st.lists(_PAID, max_size=5), st.lists(_BILL, max_size=4))
def test_the_parts_of_every_line_add_up_to_its_balance(
    lines: list[dict[str, object]], paid: list[dict[str, object]], bills: list[dict[str, object]]
) -> None:
    receipt = {"receipt_id": "P", "on": date(2026, 4, 1), "amount": Decimal(100_000), "customer": "乙"}
    made: dict[str, list[dict[str, object]]] = {
        "lines": [row | {"line_id": f"RC-{n}", "days": 10} for n, row in enumerate(lines)],
        "receipts": [receipt],
        "allocations": [
            row | {"line": f"RC-{row['line']}", "receipt": "P", "effective_on": DAY} for row in paid
        ],
        "invoices": [
            row | {"line": f"RC-{row['line']}", "invoice_no": f"F{n}", "issued_on": DAY}
            for n, row in enumerate(bills)
        ],
    }
    book = book_of()
    for name, rows in made.items():
        book = book.with_rows(name, typed(name, rows))
    found = split(book)
    sums = found.select(total=pl.sum_horizontal("asked", *REASONS))["total"]
    assert sums.to_list() == found["balance"].to_list()
    assert (found["asked"] >= 0).all()
    assert not found.filter((pl.col("asked") > 0) & pl.col("customer").is_in(["乙"])).height


def typed(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {code: kind for code, kind in table(name).schema.items() if code != "_row"}
    numbered = [row | {"_uid": f"u{n}x"} for n, row in enumerate(rows)]
    return pl.DataFrame(
        {code: pl.Series([row.get(code) for row in numbered], dtype=kind) for code, kind in schema.items()}
    )


# ---------------------------------------------------------------- days


def rules(**typed_settings: str) -> Rulebook:
    usual = bind_rulebook(Book("b.xlsx"))
    return replace(usual, settings={**usual.settings, **typed_settings})


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        (date(2026, 11, 20), date(2026, 11, 27)),
        (date(2026, 11, 21), date(2026, 11, 30)),
        (date(2026, 9, 24), date(2026, 10, 8)),
    ],
)
def test_payment_is_asked_for_by_a_workday_a_week_on(as_of: date, day: date) -> None:
    """A Saturday and the National Day holidays move it on."""
    assert pay_by(rules(), as_of) == day


def test_the_days_to_pay_are_the_firms_own() -> None:
    assert pay_by(rules(letter_pay_days="10"), date(2026, 11, 20)) == date(2026, 11, 30)


def test_receipts_are_booked_up_to_the_typed_day_or_else_the_newest_one(book: Book) -> None:
    """
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-04-21 | 10.00  |
    | P-2        | 2026-05-09 | 10.00  |
    """
    assert receipts_complete_to(book, rules(), DAY) == date(2026, 4, 21)
    assert receipts_complete_to(book, rules(receipts_complete_to="2026-04-28"), DAY) == date(2026, 4, 28)
    assert receipts_complete_to(book, rules(receipts_complete_to="2026-05-30"), DAY) == DAY
    assert receipts_complete_to(Book("b.xlsx"), rules(), DAY) is None


@pytest.mark.parametrize(
    ("confirmed", "missing"),
    [
        ("", None),
        ("2026-04-30", None),
        ("2026-04-26", None),
        ("2026-04-24", None),
        ("2026-04-23", date(2026, 4, 24)),
        ("2026-04-01", date(2026, 4, 2)),
    ],
)
def test_receipts_confirmed_too_long_ago_name_the_first_missing_workday(
    confirmed: str, missing: date | None
) -> None:
    """Thursday 30 April: three workdays may lie between; Friday the 24th leaves Monday to Wednesday."""
    assert missing_day(rules(receipts_complete_to=confirmed), DAY) == missing

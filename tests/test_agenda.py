"""Agendas: what is overdue and due, whose it is, and what is not."""

from datetime import date

import polars as pl
from oracle import NOTHING, added, balances, rows

from ltc_xl.demo.firm import firm
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.rules import bind_rulebook, derived
from ltc_xl.rules.agenda import KINDS, agenda

DAY = date(2026, 6, 30)


def listed(book: Book, day: date = DAY) -> list[tuple[str, str, str, str]]:
    """Return member, day, kind and number of every line."""
    rules = bind_rulebook(book)
    found = agenda(derived(book, rules, day), rules, day).select("member", "due_on", "kind", "id")
    return [(member, on.isoformat(), kind, no) for member, on, kind, no in found.iter_rows()]


def test_leads_are_due_on_their_next_date_and_new_ones_until_they_are_touched(book: Book) -> None:
    """
    leads
    | lead_id | company | state     | owner | next_on    | touched_on | created_on |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-30 | 2026-06-01 | 2026-05-01 |
    | L-2     | 乙      | FOLLOWING | 陈    | 2026-07-01 | 2026-06-01 | 2026-05-01 |
    | L-3     | 丙      | CONVERTED | 陈    | 2026-06-01 | 2026-06-01 | 2026-05-01 |
    | L-4     | 丁      | ASSIGNED  | 陈    |            |            | 2026-06-10 |
    | L-5     | 戊      | ASSIGNED  | 陈    |            | 2026-06-11 | 2026-06-10 |
    | L-6     | 己      | ASSIGNED  | 陈    | 2026-07-09 |            | 2026-06-10 |
    | L-7     | 庚      | NEW       |       |            |            | 2026-06-10 |
    """
    assert listed(book) == [
        ("陈", "2026-06-10", "lead_new", "L-4"),
        ("陈", "2026-06-30", "lead_follow", "L-1"),
    ]


def test_a_new_lead_waits_since_the_day_it_was_given(book: Book) -> None:
    """
    leads
    | lead_id | company | state    | owner | created_on |
    | L-1     | 甲      | ASSIGNED | 陈    | 2026-05-01 |
    """
    given = pl.lit(date(2026, 6, 20)).cast(pl.Datetime("us")).alias("assigned_at")
    book = book.with_rows("leads", book.rows("leads").with_columns(given))
    assert listed(book) == [("陈", "2026-06-20", "lead_new", "L-1")]


def test_deals_are_due_for_a_next_step_a_bid_and_a_signing(book: Book) -> None:
    """
    opportunities
    | opp_id | name | owner | stage      | next_on    | route  | bid_due    | expected_close |
    | O-1    | 一   | 陈    | APPROVED   | 2026-06-29 | DIRECT |            | 2026-07-30     |
    | O-2    | 二   | 陈    | PROPOSAL   |            | BID    | 2026-07-07 | 2026-08-30     |
    | O-3    | 三   | 陈    | PROPOSAL   |            | BID    | 2026-07-08 | 2026-08-30     |
    | O-4    | 四   | 陈    | PROPOSAL   |            | BID    | 2026-06-29 | 2026-08-30     |
    | O-5    | 五   | 陈    | APPROVED   |            | BID    | 2026-06-28 | 2026-08-30     |
    | O-6    | 六   | 陈    | SIGNING    |            | DIRECT |            | 2026-06-29     |
    | O-7    | 七   | 陈    | HOLD       |            | DIRECT |            | 2026-06-29     |
    | O-8    | 八   | 陈    | WON        | 2026-06-01 | BID    | 2026-06-01 | 2026-06-01     |
    """
    assert listed(book) == [
        ("陈", "2026-06-28", "bid_due", "O-5"),
        ("陈", "2026-06-29", "signing_late", "O-6"),
        ("陈", "2026-06-29", "deal_follow", "O-1"),
        ("陈", "2026-07-07", "bid_due", "O-2"),
    ]


def test_a_customers_overdue_lines_are_one_line_of_whoever_owns_it(book: Book) -> None:
    """
    customers
    | name | owner |
    | 甲   | 陈    |
    | 乙   | 王    |
    lines
    | line_id | customer | amount | triggered_on | due_override | currency |
    | RC-1    | 甲       | 10.00  | 2026-04-01   | 2026-05-20   |          |
    | RC-2    | 甲       | 20.00  | 2026-04-01   | 2026-05-01   |          |
    | RC-3    | 甲       | 40.00  | 2026-04-01   | 2026-06-30   |          |
    | RC-4    | 甲       | 80.00  | 2026-04-01   | 2026-05-02   | USD      |
    | RC-5    | 乙       | 99.00  |              | 2026-05-02   |          |
    """
    assert listed(book) == [("陈", "2026-05-01", "collect", "RC-2"), ("陈", "2026-05-02", "collect", "RC-4")]
    rules = bind_rulebook(book)
    first = agenda(derived(book, rules, DAY), rules, DAY).row(0, named=True)
    assert (first["amount"], first["count"], first["row_id"], first["about"]) == (30, 2, "u1x", "甲")


def test_promises_are_due_on_their_day_and_broken_after_it_while_anything_is_open(book: Book) -> None:
    """
    customers
    | name | owner |
    | 甲   | 陈    |
    lines
    | line_id | customer | amount | triggered_on | due_override | promised_on | promised_amount |
    | RC-1    | 甲       | 10.00  | 2026-06-01   | 2026-07-20   | 2026-06-30  |                 |
    | RC-2    | 甲       | 20.00  | 2026-06-01   | 2026-07-20   | 2026-06-29  | 5.00            |
    | RC-3    | 甲       | 40.00  | 2026-06-01   | 2026-07-20   | 2026-07-01  |                 |
    | RC-4    | 甲       | 80.00  | 2026-06-01   | 2026-07-20   | 2026-06-01  |                 |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-06-02 | 80.00  |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-4 | 80.00  | 2026-06-02   |
    """
    assert listed(book) == [
        ("陈", "2026-06-29", "promise_broken", "RC-2"),
        ("陈", "2026-06-30", "promise_due", "RC-1"),
    ]


def test_contracts_are_due_for_delivery_acceptance_and_the_end_of_warranty(book: Book) -> None:
    """
    contracts
    | contract_no | owner | fr | state      | planned_delivery | delivered_on | accepted_on | warranty_months|
    | H-1         | 陈    | 丁 | DELIVERING | 2026-06-29       |              |             |                |
    | H-2         | 陈    |    | SIGNED     | 2026-06-29       |              |             |                |
    | H-3         | 陈    | 丁 | DELIVERING | 2026-06-30       |              |             |                |
    | H-4         | 陈    | 丁 | DELIVERING | 2026-05-29       | 2026-06-10   |             |                |
    | H-5         | 陈    | 丁 | DRAFT      | 2026-05-29       |              |             |                |
    | H-6         | 陈    | 丁 | COLLECTING | 2025-05-29       | 2025-06-01   | 2025-07-07  | 12             |
    | H-7         | 陈    | 丁 | COLLECTING | 2025-05-29       | 2025-06-01   | 2025-07-08  | 12             |
    lines
    | line_id | contract_no | trigger      | amount |
    | RC-6    | H-6         | WARRANTY_END | 10.00  |
    | RC-7    | H-7         | WARRANTY_END | 10.00  |
    """
    assert listed(book) == [
        ("丁", "2026-06-10", "accept_late", "H-4"),
        ("丁", "2026-06-29", "deliver_late", "H-1"),
        ("陈", "2026-06-29", "deliver_late", "H-2"),
        ("陈", "2026-07-07", "warranty_end", "RC-6"),
    ]


def test_deposits_and_bills_are_due_a_week_ahead(book: Book) -> None:
    """
    members
    | member | roles        |
    | 陈     | 客户责任人   |
    | 朱     | 财务；会计   |
    customers
    | name | owner |
    | 甲   | 陈    |
    opportunities
    | opp_id | stage | owner |
    | O-1    | LOST  | 陈    |
    receipts
    | receipt_id | customer | on         | amount |
    | P-1        | 甲       | 2026-01-01 | 5.00   |
    bills
    | bill_no | receipt | due_on     | amount | status    |
    | B-1     | P-1     | 2026-07-07 | 5.00   | HELD      |
    | B-2     | P-1     | 2026-07-08 | 5.00   | HELD      |
    | B-3     | P-1     | 2026-06-01 | 5.00   | COLLECTED |
    deposits
    | deposit_id | object_id | payee | amount | due_back_on | returned_on |
    | Z-1        | O-1       | 招标办 | 5.00   | 2026-05-01  |             |
    | Z-2        | O-1       | 招标办 | 5.00   | 2026-05-01  | 2026-06-30  |
    """
    assert listed(book) == [
        ("陈", "2026-05-01", "deposit_due", "Z-1"),
        ("朱", "2026-07-07", "bill_due", "B-1"),
    ]


def test_people_stand_in_the_order_of_their_sheet_and_what_nobody_does_at_the_end(book: Book) -> None:
    """
    members
    | member | left_on    |
    | 王     |            |
    | 陈     |            |
    | 李     | 2026-06-30 |
    leads
    | lead_id | company | state     | owner | next_on    |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-01 |
    | L-2     | 乙      | FOLLOWING | 王    | 2026-06-20 |
    | L-3     | 丙      | FOLLOWING | 李    | 2026-05-01 |
    | L-4     | 丁      | FOLLOWING |       | 2026-04-01 |
    | L-5     | 戊      | FOLLOWING | 外援  | 2026-04-01 |
    """
    assert [(member, no) for member, _, _, no in listed(book)] == [
        ("王", "L-2"),
        ("陈", "L-1"),
        ("外援", "L-5"),
        ("", "L-4"),
        ("", "L-3"),
    ]
    assert ("李", "L-3") in [(member, no) for member, _, _, no in listed(book, date(2026, 6, 29))]


def test_the_demo_firms_overdue_money_is_on_somebodys_list_to_the_cent() -> None:
    day = date(2026, 11, 20)
    book = book_of("demo.xlsx", "zh", **firm(day, "zh"))
    rules = bind_rulebook(book)
    found = agenda(derived(book, rules, day), rules, day)
    for currency in ("CNY", "USD"):
        collect = found.filter((pl.col("kind") == "collect") & (pl.col("currency") == currency))
        late = [left for line, left in balances(book, day, currency, "CNY") if line["due_on"] < day]
        assert added(collect["amount"]) == added(late)
    due = [
        row
        for row in rows(book, "leads")
        if row["state"] in codes_of_kind("lead_state", "open") and row["next_on"] and row["next_on"] <= day
    ]
    assert found.filter(kind="lead_follow").height == len(due)
    assert set(found["kind"]) <= set(KINDS)
    assert added(collect["amount"]) == NOTHING

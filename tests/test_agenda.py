"""Agendas: what is overdue and due, whose it is, and what is not."""

from datetime import date, datetime

import polars as pl
from oracle import NOTHING, added, balances, rows

from ltc_xl.demo.firm import firm
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.rules import bind_rulebook, derived
from ltc_xl.rules.agenda import KINDS, agenda

DAY = date(2026, 6, 30)


def listed(book: Book, day: date = DAY) -> list[tuple[str, str, str, str | None]]:
    """Return member, day, kind and number of every line."""
    rules = bind_rulebook(book)
    found = agenda(derived(book, rules, day), rules, day).select("member", "due_on", "kind", "id")
    return [(member, on.isoformat(), kind, no) for member, on, kind, no in found.iter_rows()]


def test_leads_are_due_on_their_next_date_and_new_ones_until_they_are_touched(book: Book) -> None:
    """
    leads
    | lead_id | company | state     | owner | next_on    | touched_on | created_on |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-30 | 2026-06-20 | 2026-05-01 |
    | L-2     | 乙      | FOLLOWING | 陈    | 2026-07-01 | 2026-06-20 | 2026-05-01 |
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


def given_at(book: Book, at: datetime) -> Book:
    """Return the book with its leads given to their owners at a moment."""
    stamp = pl.lit(at).cast(pl.Datetime("us")).alias("assigned_at")
    return book.with_rows("leads", book.rows("leads").with_columns(stamp))


def test_a_lead_that_was_given_waits_to_be_accepted_within_the_work_hours_agreed(book: Book) -> None:
    """
    leads
    | lead_id | company | state    | owner | created_on | touched_on | next_on    |
    | L-1     | 甲      | ASSIGNED | 陈    | 2026-05-01 |            | 2026-06-01 |
    | L-2     | 乙      | ASSIGNED | 陈    | 2026-05-01 | 2026-06-29 |            |
    """
    late = given_at(book, datetime.fromisoformat("2026-06-26 16:00"))
    assert listed(late) == [("陈", "2026-06-29", "lead_accept", "L-1")]
    rules = bind_rulebook(late)
    first = agenda(derived(late, rules, DAY), rules, DAY).row(0, named=True)
    assert (first["due_at"], first["column"]) == (datetime.fromisoformat("2026-06-29 16:00"), "state")


def test_a_lead_left_idle_is_told_three_days_before_it_goes_back_to_the_pool(book: Book) -> None:
    """
    members
    | member | left_on    |
    | 陈     |            |
    | 李     | 2026-06-01 |
    leads
    | lead_id | company | state     | owner | next_on    | touched_on | created_on |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-10 | 2026-06-02 | 2026-05-01 |
    | L-2     | 乙      | FOLLOWING | 陈    |            | 2026-06-03 | 2026-05-01 |
    | L-3     | 丙      | FOLLOWING | 陈    |            | 2026-06-04 | 2026-05-01 |
    | L-4     | 丁      | FOLLOWING | 陈    |            | 2026-05-01 | 2026-05-01 |
    | L-5     | 戊      | FOLLOWING | 李    |            | 2026-05-01 | 2026-05-01 |
    """
    assert listed(book) == [
        ("陈", "2026-05-31", "lead_recycle", "L-4"),
        ("陈", "2026-06-10", "lead_recycle", "L-1"),
        ("陈", "2026-07-03", "lead_recycle", "L-2"),
    ]
    rules = bind_rulebook(book)
    assert agenda(derived(book, rules, DAY), rules, DAY)["count"].to_list() == [-30, 2, 3]


def test_a_lead_that_became_a_deal_is_the_deals(book: Book) -> None:
    """
    leads
    | lead_id | company | state     | owner | next_on    | created_on |
    | L-1     | 甲      | FOLLOWING | 陈    | 2026-06-10 | 2026-06-20 |
    opportunities
    | opp_id | name | owner | stage    | next_on    | lead |
    | O-1    | 一   | 陈    | APPROVED | 2026-06-29 | L-1  |
    """
    assert listed(book) == [("陈", "2026-06-29", "deal_follow", "O-1")]


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


def test_a_deal_stuck_in_its_stage_is_told_where_nothing_else_is(book: Book) -> None:
    """
    opportunities
    | opp_id | name | owner | stage    | next_on    | stage_since | expected_close |
    | O-1    | 一   | 陈    | APPROVED |            | 2026-05-31  | 2026-08-30     |
    | O-2    | 二   | 陈    | APPROVED |            | 2026-05-30  | 2026-08-30     |
    | O-3    | 三   | 陈    | APPROVED | 2026-06-30 | 2026-05-01  | 2026-08-30     |
    | O-4    | 四   | 陈    | APPROVED | 2026-07-09 | 2026-05-01  | 2026-08-30     |
    """
    assert listed(book) == [
        ("陈", "2026-05-31", "deal_stuck", "O-4"),
        ("陈", "2026-06-29", "deal_stuck", "O-2"),
        ("陈", "2026-06-30", "deal_follow", "O-3"),
    ]


def test_who_was_named_to_decide_on_a_deal_is_asked_else_its_owner(book: Book) -> None:
    """
    members
    | member | roles |
    | 陈     |       |
    | 王总   |       |
    | 李总   |       |
    opportunities
    | opp_id | name | owner | stage      | ati_by     | ati_result | stage_since |
    | O-1    | 一   | 陈    | ATI_REVIEW |            |            | 2026-06-28  |
    | O-2    | 二   | 陈    | VALIDATING | 王总、李总 |            | 2026-06-27  |
    | O-3    | 三   | 陈    | VALIDATING | 顾问       |            | 2026-06-26  |
    | O-4    | 四   | 陈    | VALIDATING |            |            | 2026-06-25  |
    | O-5    | 五   | 陈    | APPROVED   | 王总       | GO         | 2026-06-24  |
    | O-6    | 六   | 陈    | ATB_REVIEW | 王总       | GO         | 2026-06-29  |
    | O-7    | 七   | 陈    | LOST       | 王总       |            | 2026-06-24  |
    """
    assert listed(book) == [
        ("陈", "2026-06-26", "gate_open", "O-3"),
        ("陈", "2026-06-28", "gate_open", "O-1"),
        ("王总", "2026-06-27", "gate_open", "O-2"),
        ("王总", "2026-06-29", "gate_open", "O-6"),
        ("李总", "2026-06-27", "gate_open", "O-2"),
    ]


def test_a_review_waits_for_votes_and_a_decision(book: Book) -> None:
    """
    opportunities
    | opp_id | name | owner | stage      |
    | O-1    | 一   | 陈    | ATB_REVIEW |
    reviews
    | review_id | object_id | gate | packet_on  | decision | reviewed_amount |
    | G-1       | O-1       | ATB  | 2026-06-20 |          | 50.00           |
    | G-2       | O-1       | ATI  | 2026-05-20 | GO       | 50.00           |
    | G-3       | O-1       | ATC  | 2026-07-20 |          | 50.00           |
    review_votes
    | review | role | member | vote |
    | G-1    | FIN  | 朱     |      |
    | G-1    | HEAD | 王     | GO   |
    | G-2    | FIN  | 朱     |      |
    """
    assert listed(book) == [
        ("朱", "2026-06-20", "review_vote", "O-1"),
        ("陈", "2026-06-20", "review_open", "O-1"),
    ]


def test_an_adjustment_nobody_approved_waits_for_the_head_of_sales(book: Book) -> None:
    """
    members
    | member | roles      |
    | 王总   | 销售负责人 |
    customers
    | name | owner |
    | 甲   | 陈    |
    lines
    | line_id | customer | amount |
    | RC-1    | 甲       | 10.00  |
    adjustments
    | line | amount | effective_on | approved_by |
    | RC-1 | 3.00   | 2026-06-01   |             |
    | RC-1 | 2.00   | 2026-06-01   | 王总        |
    """
    assert listed(book) == [("王总", "2026-06-01", "adjustment_open", "RC-1")]


def test_what_was_undertaken_is_due_a_week_ahead_until_it_is_closed(book: Book) -> None:
    """
    contracts
    | contract_no | name   | owner | state  |
    | H-1         | 一期   | 陈    | SIGNED |
    reviews
    | review_id | object_id | gate | decision           |
    | G-1       | H-1       | ATC  | GO_WITH_CONDITIONS |
    conditions
    | review | condition | owner | due_on     | closed_on  |
    | G-1    | 补授权书  | 陈    | 2026-07-07 |            |
    | G-1    | 补担保    | 陈    | 2026-07-08 |            |
    | G-1    | 补图纸    | 陈    | 2026-06-01 | 2026-06-02 |
    risks
    | object_id | risk   | owner | due_on     |
    | H-1       | 缺芯片 | 丁    | 2026-06-10 |
    lines
    | line_id | customer | amount |
    | RC-1    | 甲       | 10.00  |
    disputes
    | line | amount | owner | due_on     |
    | RC-1 | 4.00   | 丁    | 2026-06-11 |
    retro_actions
    | action   | owner | due_on     |
    | 开培训会 | 丁    | 2026-06-12 |
    rollout_tasks
    | task     | owner | due_on     |
    | 装新表   | 丁    | 2026-06-13 |
    """
    assert listed(book) == [
        ("丁", "2026-06-10", "risk_due", "H-1"),
        ("丁", "2026-06-11", "dispute_due", "RC-1"),
        ("丁", "2026-06-12", "action_due", None),
        ("丁", "2026-06-13", "task_due", None),
        ("陈", "2026-07-07", "condition_due", "H-1"),
    ]


def test_a_contract_with_a_term_is_told_a_month_before_it_ends(book: Book) -> None:
    """
    contracts
    | contract_no | owner | state      | kind  | ends_on    |
    | H-1         | 陈    | SIGNED     | FRAME | 2026-07-30 |
    | H-2         | 陈    | SIGNED     | FRAME | 2026-07-31 |
    | H-3         | 陈    | SIGNED     | FRAME | 2026-06-01 |
    | H-4         | 陈    | CLOSED     | FRAME | 2026-06-01 |
    | H-5         | 陈    | DRAFT      | FRAME | 2026-06-01 |
    """
    assert listed(book) == [
        ("陈", "2026-06-01", "contract_ends", "H-3"),
        ("陈", "2026-07-30", "contract_ends", "H-1"),
    ]


def test_a_registered_promise_is_kept_by_cash_that_came_after_it(book: Book) -> None:
    """
    customers
    | name | owner |
    | 甲   | 陈    |
    | 乙   | 王    |
    lines
    | line_id | customer | amount | triggered_on | due_override | promised_on |
    | RC-1    | 甲       | 100.00 | 2026-06-01   | 2026-07-20   | 2026-06-05  |
    | RC-2    | 甲       | 100.00 | 2026-06-01   | 2026-07-20   |             |
    | RC-3    | 乙       | 100.00 | 2026-06-01   | 2026-07-20   |             |
    | RC-4    | 乙       | 100.00 | 2026-06-01   | 2026-07-20   |             |
    promises
    | customer | line | made_on    | amount | by_on      | result |
    | 甲       | RC-1 | 2026-06-10 | 60.00  | 2026-06-20 |        |
    | 甲       | RC-2 | 2026-06-10 | 60.00  | 2026-06-20 |        |
    | 乙       |      | 2026-06-10 | 60.00  | 2026-06-30 |        |
    | 乙       | RC-4 | 2026-06-10 |        | 2026-06-30 | KEPT   |
    | 乙       | RC-3 | 2026-07-10 | 60.00  | 2026-07-11 |        |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-06-02 | 500.00 |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 30.00  | 2026-06-10   |
    | P-1     | RC-1 | 40.00  | 2026-06-11   |
    | P-1     | RC-2 | 60.00  | 2026-06-11   |
    | P-1     | RC-3 | 10.00  | 2026-06-15   |
    """
    assert listed(book) == [
        ("王", "2026-06-30", "promise_due", None),
        ("陈", "2026-06-20", "promise_broken", "RC-1"),
    ]
    rules = bind_rulebook(book)
    assert agenda(derived(book, rules, DAY), rules, DAY)["amount"].to_list() == [50, 20]


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
    told = found.filter(pl.col("kind").str.starts_with("lead_"))
    assert {row["_uid"] for row in due} <= set(told["row_id"])
    assert told["row_id"].is_unique().all()
    assert set(found["kind"]) <= set(KINDS)
    assert added(collect["amount"]) == NOTHING

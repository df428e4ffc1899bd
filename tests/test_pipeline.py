"""The pipeline: what is open on a day, weighted, stuck, late; stages of the past only where dates tell."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from oracle import OPEN, WIN, added, cents, maven, open_deals, weighted

from ltc_xl.demo.firm import firm
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.paper import Figure, Grid, Phrase, Report
from ltc_xl.report import pipeline
from ltc_xl.rules import bind_rulebook, derived
from ltc_xl.rules.pipeline import open_deals as told
from ltc_xl.rules.pipeline import velocity

DAY = date(2026, 6, 30)


def answer(book: Book, day: date = DAY) -> dict[str, Any]:
    return dict(pipeline(book, bind_rulebook(book), day).data)


def grid(book: Book, name: str, day: date = DAY) -> Grid:
    (paper,) = pipeline(book, bind_rulebook(book), day).papers
    report = paper.data["report"]
    assert isinstance(report, Report)
    return report.grids[name]


def test_a_stage_has_its_deals_their_amounts_and_the_mean_of_their_days(book: Book) -> None:
    """
    opportunities
    | opp_id | stage      | amount | stage_since | created_on |
    | O-1    | VALIDATING | 100.00 | 2026-06-20  | 2026-06-20 |
    | O-2    | VALIDATING | 50.05  | 2026-06-25  | 2026-06-25 |
    | O-3    | SIGNING    | 10.00  |             | 2026-06-01 |
    | O-4    | WON        | 999.00 |             | 2026-06-01 |
    """
    assert answer(book)["stages"] == [
        {
            "stage": "VALIDATING",
            "count": 2,
            "amount": "150.05",
            "weighted_amount": "15.01",
            "mean_days_in_stage": 7.5,
            "stuck": 0,
            "late": 0,
            "max_days": 30,
        },
        {
            "stage": "SIGNING",
            "count": 1,
            "amount": "10.00",
            "weighted_amount": "8.50",
            "mean_days_in_stage": None,
            "stuck": 0,
            "late": 0,
            "max_days": 30,
        },
    ]


def test_a_deal_is_stuck_past_the_limit_of_its_stage_and_late_past_its_expected_signing(book: Book) -> None:
    """
    opportunities
    | opp_id | stage       | amount | stage_since | expected_close |
    | O-30   | APPROVED    | 1.00   | 2026-05-31  | 2026-06-30     |
    | O-31   | APPROVED    | 2.00   | 2026-05-30  | 2026-07-01     |
    | O-32   | NEGOTIATING | 3.00   | 2026-06-01  | 2026-06-29     |
    | O-33   | HOLD        | 4.00   | 2026-01-01  | 2026-01-31     |
    | O-34   | APPROVED    | 5.00   | 2026-01-01  | 2026-01-31     |
    """
    deals = {deal["id"]: (deal["stuck"], deal["late"]) for deal in answer(book)["deals"]}
    assert deals == {
        "O-30": (False, False),
        "O-31": (True, False),
        "O-32": (False, True),
        "O-33": (True, False),
        "O-34": (True, True),
    }
    marks = {row["opp_id"]: row["mark"] for row in grid(book, "deals").rows}
    assert marks["O-30"] is None
    assert marks["O-34"] == Phrase("mark_late_and_stuck", {"max_days": 30})


def test_the_limit_of_a_stage_is_the_firms_own(book: Book) -> None:
    """
    opportunities
    | opp_id | stage    | amount | stage_since |
    | O-1    | APPROVED | 1.00   | 2026-06-20  |
    stages
    | object      | stage | max_days |
    | OPPORTUNITY | 立项  | 5        |
    """
    assert answer(book)["total"]["stuck"] == 1


def test_a_past_day_shows_what_was_open_then_and_the_stage_only_where_it_is_known(book: Book) -> None:
    """
    opportunities
    | opp_id | stage      | amount | created_on | closed_on  | stage_since |
    | O-1    | WON        | 100.00 | 2026-01-10 | 2026-06-10 | 2026-06-10  |
    | O-2    | SIGNING    | 200.00 | 2026-01-10 |            | 2026-06-01  |
    | O-3    | PROPOSAL   | 400.00 | 2026-01-10 |            | 2026-03-01  |
    | O-4    | VALIDATING | 800.00 | 2026-05-01 |            | 2026-05-01  |
    """
    then = {row["stage"]: row for row in answer(book, date(2026, 4, 30))["stages"]}
    assert {stage: (row["count"], row["amount"]) for stage, row in then.items()} == {
        "PROPOSAL": (1, "400.00"),
        "": (2, "300.00"),
    }
    assert then[""]["weighted_amount"] == "0.00"
    (weighted_figure,) = [f for f in _figures(book, date(2026, 4, 30)) if f.name == "weighted_amount"]
    assert weighted_figure.floor


def _figures(book: Book, day: date) -> Sequence[Figure]:
    (paper,) = pipeline(book, bind_rulebook(book), day).papers
    report = paper.data["report"]
    assert isinstance(report, Report)
    return report.figures


def test_deals_in_another_currency_count_and_stand_apart(book: Book) -> None:
    """
    opportunities
    | opp_id | name | stage      | amount | currency |
    | O-1    | a    | VALIDATING | 100.00 |          |
    | O-2    | b    | VALIDATING | 900.00 | USD      |
    """
    found = answer(book)
    assert (found["total"]["count"], found["total"]["amount"], found["currency"]) == (2, "100.00", "CNY")
    assert found["other_currencies"] == [
        {"currency": "USD", "count": 1, "amount": "900.00", "weighted_amount": "90.00"}
    ]
    (foreign,) = [row for row in grid(book, "deals").rows if row["deal"] == "b"]
    assert foreign["mark"] == Phrase("mark_other_currency", {"amount": Decimal(900), "currency": "USD"})


def test_velocity_is_the_open_amount_at_last_years_win_rate_and_pace(book: Book) -> None:
    """
    opportunities
    | opp_id | stage      | amount   | created_on | closed_on  |
    | O-1    | VALIDATING | 1,000.00 | 2026-06-01 |            |
    | O-2    | WON        | 5.00     | 2026-01-01 | 2026-03-02 |
    | O-3    | WON        | 5.00     | 2025-01-01 | 2025-01-02 |
    | O-4    | LOST       | 5.00     | 2026-01-01 | 2026-02-01 |
    | O-5    | DROPPED    | 5.00     | 2026-01-01 | 2026-02-01 |
    """
    rules = bind_rulebook(book)
    found = velocity(book, told(derived(book, rules, DAY), rules, DAY), DAY)
    assert (found.won, found.lost, found.cycle_days) == (1, 1, Decimal(60))
    assert found.per_month == Decimal("250.00")


def test_without_history_there_is_no_velocity() -> None:
    book = Book("empty.xlsx")
    figures = {figure.name: figure.value for figure in _figures(book, DAY)}
    assert (figures["velocity"], figures["open_deals_amount"]) == (None, Decimal("0.00"))


# ---------------------------------------------------------------- worked out again


def demo() -> Book:
    return book_of("demo.xlsx", "zh", **firm(date(2026, 11, 20), "zh"))


def test_the_demo_firms_pipeline_is_what_its_rows_add_up_to() -> None:
    book, day = demo(), date(2026, 11, 20)
    found, deals = answer(book, day), open_deals(demo(), "CNY", "CNY")
    assert Decimal(found["total"]["amount"]) == added(deal["amount"] for deal in deals)
    assert Decimal(found["total"]["weighted_amount"]) == added(map(weighted, deals))
    for key, name in (("owners", "owner"), ("stages", "stage")):
        for row in found[key]:
            own = [deal for deal in deals if deal[name] == row[name]]
            assert (row["count"], Decimal(row["amount"])) == (len(own), added(d["amount"] for d in own))
    for row in found["months"]:
        own = [deal for deal in deals if f"{deal['expected_close'] or '':%Y-%m}" == row["month"]]
        assert Decimal(row["weighted_amount"]) == added(map(weighted, own))


@pytest.mark.needs_data("maven_crm")
def test_a_sales_teams_pipeline_is_what_its_rows_add_up_to(data_dir: Path) -> None:
    book, day = maven(data_dir / "maven_crm" / "sales_pipeline.csv"), date(2017, 12, 31)
    found, deals = answer(book, day), book.rows("opportunities").to_dicts()
    still_open = [deal for deal in deals if deal["stage"] in OPEN]
    assert found["currency"] == "USD"
    assert found["total"]["count"] == len(still_open) > 1000
    amounts = {stage: added(d["amount"] for d in still_open if d["stage"] == stage) for stage in OPEN}
    assert {row["stage"]: Decimal(row["amount"]) for row in found["stages"]} == {
        stage: amount for stage, amount in amounts.items() if amount
    }
    exact = added(cents(deal["amount"] * (WIN[deal["stage"]] or 0)) for deal in still_open)
    assert Decimal(found["total"]["weighted_amount"]) == exact
    won = [deal for deal in deals if deal["stage"] == "WON"]
    lost = [deal for deal in deals if deal["stage"] == "LOST"]
    assert found["figures"]["win_rate_year_pct"] == round(100 * len(won) / (len(won) + len(lost)), 4)

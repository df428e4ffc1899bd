"""The funnel: what counts as a lead, qualified, open, won, lost, and by which key."""

from datetime import date

import pytest

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.report import funnel
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.funnel import FunnelKey

DAY = date(2026, 6, 30)


def rows(book: Book, by: FunnelKey = "channel", day: date = DAY) -> dict[object, dict[str, object]]:
    data = funnel(book, bind_rulebook(book), day, by).data["rows"]
    assert isinstance(data, list)
    return {row["key"]: row for row in data}


def test_a_deal_belongs_to_the_channel_of_its_lead_by_either_number(book: Book) -> None:
    """
    leads
    | lead_id | source_id | channel | state |
    | L-1     | m-1       | 工博会  | NEW   |
    | L-2     | m-2       | 官网    | NEW   |
    | L-3     | m-3       |         | NEW   |
    opportunities
    | opp_id | stage | amount | lead | lead_source_id |
    | O-1    | WON   | 10.00  | L-1  |                |
    | O-2    | WON   | 20.00  |      | m-2            |
    | O-3    | LOST  | 30.00  |      | m-2            |
    | O-4    | WON   | 40.00  |      |                |
    """
    found = rows(book)
    assert {key: (row["leads"], row["won"], row["won_amount"]) for key, row in found.items()} == {
        "": (1, 1, "40.00"),
        "官网": (1, 1, "20.00"),
        "工博会": (1, 1, "10.00"),
    }
    assert found["官网"]["win_rate_pct"] == 50.0
    assert found["官网"]["conversion_pct"] == 100.0


def test_a_lead_is_qualified_by_its_state_or_by_its_deal(book: Book) -> None:
    """
    leads
    | lead_id | channel | state     |
    | L-1     | 官网    | NEW       |
    | L-2     | 官网    | NURTURE   |
    | L-3     | 官网    | QUALIFIED |
    | L-4     | 官网    | CONVERTED |
    | L-5     | 官网    | INVALID   |
    | L-6     | 官网    | DUPLICATE |
    opportunities
    | opp_id | stage      | lead |
    | O-1    | VALIDATING | L-1  |
    """
    row = rows(book)["官网"]
    assert (row["leads"], row["qualified"]) == (5, 3)


def test_a_deal_without_amount_counts_at_list_price_in_one_column_only(book: Book) -> None:
    """
    products
    | product | list_price |
    | GTX     | 3,800.00   |
    opportunities
    | opp_id | stage       | amount    | product | list_price | owner |
    | O-1    | APPROVED    | 10,000.00 |         | 99.00      | 陈晓  |
    | O-2    | NEGOTIATING |           | GTX     |            | 陈晓  |
    | O-3    | NEGOTIATING |           | GTX     | 500.00     | 陈晓  |
    | O-4    | LOST        |           | GTX     |            | 陈晓  |
    """
    row = rows(book, "owner")["陈晓"]
    amounts = (row["open_amount"], row["open_amount_at_list"], row["weighted_amount"])
    assert amounts == ("10000.00", "14300.00", "2000.00")


def test_the_cycle_is_the_median_of_won_deals_and_dropped_deals_are_no_loss(book: Book) -> None:
    """
    opportunities
    | opp_id | stage   | owner | created_on | closed_on  |
    | O-1    | WON     | 陈晓  | 2026-01-01 | 2026-01-11 |
    | O-2    | WON     | 陈晓  | 2026-01-01 | 2026-01-16 |
    | O-3    | LOST    | 陈晓  | 2026-01-01 | 2026-06-01 |
    | O-4    | DROPPED | 陈晓  | 2026-01-01 | 2026-06-01 |
    """
    row = rows(book, "owner")["陈晓"]
    assert (row["median_cycle_days_won"], row["win_rate_pct"]) == (12.5, 66.6667)
    assert (row["opportunities"], row["lost"], row["conversion_pct"]) == (4, 1, None)


def test_months_follow_the_lead_and_teams_follow_the_owner(book: Book) -> None:
    """
    members
    | member | team |
    | 陈晓   | 华东 |
    leads
    | lead_id | state | owner | created_on |
    | L-1     | NEW   | 陈晓  | 2026-01-20 |
    opportunities
    | opp_id | stage | owner | lead | created_on | team |
    | O-1    | WON   | 陈晓  | L-1  | 2026-02-01 |      |
    | O-2    | WON   | 陈晓  |      | 2026-02-01 | 集团 |
    """
    assert {key: (row["leads"], row["won"]) for key, row in rows(book, "month").items()} == {
        "2026-01": (1, 1),
        "2026-02": (0, 1),
    }
    assert {key: (row["leads"], row["won"]) for key, row in rows(book, "team").items()} == {
        "华东": (1, 1),
        "集团": (0, 1),
    }


def test_what_came_after_the_day_is_not_known_on_the_day(book: Book) -> None:
    """
    leads
    | lead_id | state | channel | created_on |
    | L-1     | NEW   | 官网    | 2026-01-20 |
    | L-2     | NEW   | 官网    | 2026-07-01 |
    opportunities
    | opp_id | stage | amount | lead | created_on | closed_on  |
    | O-1    | WON   | 10.00  | L-1  | 2026-02-01 | 2026-07-02 |
    | O-2    | WON   | 10.00  | L-2  | 2026-07-01 | 2026-07-02 |
    """
    june, july = rows(book)["官网"], rows(book, day=date(2026, 7, 31))["官网"]
    assert (june["leads"], june["open"], june["won"], june["weighted_amount"]) == (1, 1, 0, "0.00")
    assert (july["leads"], july["open"], july["won"]) == (2, 0, 2)


def test_deals_in_another_currency_are_counted_and_their_amounts_stand_apart(book: Book) -> None:
    """
    opportunities
    | opp_id | stage | amount | owner | currency |
    | O-1    | WON   | 10.00  | 陈晓  |          |
    | O-2    | WON   | 99.00  | 陈晓  | USD      |
    """
    data = funnel(book, Rulebook(), DAY, "owner").data
    assert data["currency"] == "CNY"
    assert data["total"]["won"] == 2  # type: ignore[index]  # JSON
    assert data["total"]["won_amount"] == "10.00"  # type: ignore[index]  # JSON
    assert [(row["currency"], row["won_amount"]) for row in data["other_currencies"]] == [("USD", "99.00")]  # type: ignore[attr-defined]  # JSON


def test_stages_come_in_the_order_of_the_sale(book: Book) -> None:
    """
    leads
    | lead_id | state     |
    | L-1     | NEW       |
    | L-2     | QUALIFIED |
    opportunities
    | opp_id | stage    | amount |
    | O-1    | WON      | 10.00  |
    | O-2    | APPROVED | 20.00  |
    | O-3    | APPROVED |        |
    """
    assert funnel(book, Rulebook(), DAY).data["stages"] == [
        {"stage": "LEAD", "count": 2, "amount": "0.00"},
        {"stage": "QUALIFIED", "count": 1, "amount": "0.00"},
        {"stage": "APPROVED", "count": 2, "amount": "20.00"},
        {"stage": "WON", "count": 1, "amount": "10.00"},
    ]


@pytest.mark.parametrize("by", ["channel", "owner", "month", "team"])
def test_an_empty_book_has_a_funnel_of_zeros(by: FunnelKey) -> None:
    data = funnel(Book("empty.xlsx"), Rulebook(), DAY, by).data
    assert data["rows"] == []
    assert data["total"]["won_amount"] == "0.00"  # type: ignore[index]  # JSON


def test_returns_and_invalid_leads_are_told_by_channel_with_their_reasons(book: Book) -> None:
    """
    leads
    | lead_id | channel | state     | reason | return_count |
    | L-1     | 工博会  | RETURNED  | 空号   | 1            |
    | L-2     | 工博会  | ASSIGNED  | 空号   | 2            |
    | L-3     | 工博会  | INVALID   | 同行   | 1            |
    | L-4     | 工博会  | NEW       |        |              |
    | L-5     | 官网    | INVALID   |        |              |
    | L-6     | 官网    | DUPLICATE | 同行   |              |
    """
    data = funnel(book, bind_rulebook(book), DAY).data["exits"]
    assert isinstance(data, list)
    assert [tuple(row.values()) for row in data] == [
        ("官网", "invalid", "", 1, 100.0),
        ("工博会", "returned", "空号", 2, 50.0),
        ("工博会", "invalid", "同行", 1, 25.0),
    ]

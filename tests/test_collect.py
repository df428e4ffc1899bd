"""Collection as a service: the machine form that programs read, papers, the result sheet, the exit status."""

from datetime import date
from typing import Any

import pytest
from firms import DAY, firm, rulebook

from ltc_xl.collect import aging, metrics
from ltc_xl.collect.aging_table import AGING_KEYS, AgingKey
from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.ledger import BASES, Basis


def test_the_aging_document_is_what_programs_rely_on() -> None:
    data = dict(aging(firm("zh"), rulebook("zh"), DAY).data)
    rows: Any = data.pop("rows")
    assert data == {
        "as_of": "2026-04-30",
        "currency": "CNY",
        "basis": "contract",
        "buckets": ["current", "1-30", "31-60", "61-90", "91-180", "181-365", ">365"],
        "total": {
            "current": "63000.00",
            "1-30": "97000.50",
            "31-60": "42800.00",
            "61-90": "105000.00",
            "91-180": "0.00",
            "181-365": "168000.00",
            ">365": "0.00",
        },
        "open_lines": 7,
        "open_amount": "475800.50",
        "overdue_amount": "412800.50",
        "unapplied_amount": "42000.00",
        "ledger_amount": "433800.50",
        "tie_out": "0.00",
        "apart": {
            "waiting": "310000.00",
            "contract_asset": "21000.00",
            "disputed": "20000.00",
            "promised": "0.00",
        },
    }
    assert rows[0] == {
        "key": "恒立汽配",
        "name": "恒立汽配",
        "current": "21000.00",
        "1-30": "0.00",
        "31-60": "0.00",
        "61-90": "105000.00",
        "91-180": "0.00",
        "181-365": "168000.00",
        ">365": "0.00",
        "total": "294000.00",
        "max_days_overdue": 203,
    }
    assert [row["key"] for row in rows] == ["恒立汽配", "市第一医院", "苏杭食品"]


@pytest.mark.parametrize("by", AGING_KEYS)
@pytest.mark.parametrize("basis", BASES)
def test_every_way_of_grouping_adds_up_to_the_same_total(by: AgingKey, basis: Basis) -> None:
    data: Any = aging(firm("zh"), rulebook("zh"), DAY, by, basis).data
    assert f"{sum(float(row['total']) for row in data['rows']):.2f}" == data["open_amount"]
    assert data["tie_out"] == "0.00"


def test_contracts_and_lines_have_names_beside_their_numbers(book: Book) -> None:
    """
    contracts
    | contract_no | name     | customer |
    | HT-1        | 配电改造 | 恒立     |
    lines
    | line_id | amount | triggered_on | contract_no | days |
    | RC-1    | 100.00 | 2026-03-01   | HT-1        | 30   |
    """
    by_contract: Any = aging(book, Rulebook(), DAY, "contract").data["rows"]
    by_line: Any = aging(book, Rulebook(), DAY, "line").data["rows"]
    assert [(row["key"], row["name"]) for row in by_contract] == [("HT-1", "配电改造")]
    assert [(row["key"], row["name"]) for row in by_line] == [("RC-1", "恒立")]


def test_each_currency_has_its_own_document_and_paper(book: Book) -> None:
    """
    lines
    | line_id | customer | amount | triggered_on | currency | days |
    | RC-1    | 恒立     | 100.00 | 2026-03-01   |          | 30   |
    | RC-2    | Vina     | 70.00  | 2026-03-01   | USD      | 30   |
    """
    outcome = aging(book, Rulebook(), DAY)
    documents: Any = outcome.data["currencies"]
    assert [(d["currency"], d["open_amount"]) for d in documents] == [("CNY", "100.00"), ("USD", "70.00")]
    assert [paper.name for paper in outcome.papers] == ["aging-2026-04-30-CNY", "aging-2026-04-30-USD"]
    figures: Any = metrics(book, Rulebook(), DAY).data["currencies"]
    assert [d["currency"] for d in figures] == ["CNY", "USD"]


def test_the_result_sheet_has_a_row_per_customer_and_bucket_in_the_language_of_the_book() -> None:
    sheet = aging(firm("zh"), rulebook("zh"), DAY, "owner").changes.puts["aging"]
    assert sheet.filter(key="恒立汽配").select("bucket", "amount", "lines", "max_days_overdue").rows() == [
        ("未到期", 21000, 1, -250),
        ("61-90 天", 105000, 1, 85),
        ("181-365 天", 168000, 1, 203),
    ]
    assert set(sheet["as_of"]) == {DAY}
    assert set(aging(firm("en"), rulebook("en"), DAY).changes.puts["aging"]["bucket"]) > {"Not yet due"}


def test_a_tie_out_that_fails_is_an_error(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | days |
    | RC-1    | 100.00 | 2026-03-01   | 30   |
    allocations
    | receipt | line | amount | effective_on |
    | P-9     | RC-1 | 40.00  | 2026-04-10   |
    """
    outcome = aging(book, Rulebook(), DAY)
    assert (outcome.data["tie_out"], outcome.exit_status) == ("-40.00", 1)
    assert metrics(book, Rulebook(), DAY).exit_status == 1


def test_an_empty_book_ages_to_nothing_in_the_firms_currency() -> None:
    outcome = aging(Book("empty.xlsx"), Rulebook(settings={"base_currency": "EUR"}), DAY)
    assert (outcome.data["currency"], outcome.data["open_amount"], outcome.exit_status) == ("EUR", "0.00", 0)
    assert outcome.data["rows"] == []


def test_metrics_come_with_their_definitions_in_the_language_of_the_book() -> None:
    data: Any = metrics(firm("en"), rulebook("en"), DAY, 60).data
    names = ("dso_simple", "dso_countback", "bpdso", "add", "cei", "overdue_pct", "collection_rate")
    assert tuple(data["definitions"]) == names
    assert "60 days" in data["definitions"]["dso_simple"]
    assert {name: type(data[name]) for name in names} == dict.fromkeys(names, float)
    assert data["dso_simple"] == 205.3808
    assert [month["end"] for month in data["months"]] == ["2026-03-31", "2026-04-30"]
    assert [month["difference"] for month in data["months"]] == ["0.00", "0.00"]


def test_dso_of_a_window_counts_the_last_day_and_not_the_one_before_the_first(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | days |
    | RC-1    | 100.00 | 2026-04-30   | 30   |
    | RC-2    | 100.00 | 2026-04-21   | 30   |
    | RC-3    | 100.00 | 2026-04-20   | 30   |
    """
    data = metrics(book, Rulebook(), date(2026, 4, 30), 10).data
    assert (data["sales_amount"], data["dso_simple"]) == ("200.00", 15.0)

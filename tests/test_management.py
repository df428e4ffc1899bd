"""The director's page: one figure in every form, compared with the month end before, or honestly not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from firms import firm as small_firm
from firms import rulebook as small_rules
from oracle import added, balances, ibm, maven, open_deals, received, rows, weighted
from seen import numbers_in, texts_of

from ltc_xl.demo.firm import firm
from ltc_xl.messages.papers import cell_words, change_words
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.paper import Change, Figure, Report
from ltc_xl.render import render_paper
from ltc_xl.report import management
from ltc_xl.rules import bind_rulebook

DAY = date(2026, 11, 20)


def outcome(book: Book, day: date = DAY) -> Outcome:
    return management(book, bind_rulebook(book), day)


def answer(book: Book, day: date = DAY) -> dict[str, Any]:
    return dict(outcome(book, day).data)


def report_of(found: Outcome) -> Report:
    (paper,) = found.papers
    report = paper.data["report"]
    assert isinstance(report, Report)
    return report


def demo(lang: Lang = "zh") -> Book:
    return book_of("demo.xlsx", lang, **firm(DAY, lang))


# ---------------------------------------------------------------- worked out again


def by_hand(book: Book, day: date, currency: str, home: str = "CNY") -> Mapping[str, Decimal]:
    """Return the figures that stand on their rows alone."""
    held = [(line, left, due(book, line)) for line, left in balances(book, day, currency, home)]
    month, quarter = day.replace(day=1), day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    deals = [d for d in rows(book, "opportunities") if (d["currency"] or home) == currency]
    won = [(d["closed_on"], d["amount"]) for d in deals if d["stage"] == "WON" and d["closed_on"]]
    return {
        "weighted_amount": added(map(weighted, open_deals(book, currency, home))),
        "open_deals_amount": added(d["amount"] for d in open_deals(book, currency, home)),
        "won_month_amount": added(amount for on, amount in won if month <= on <= day),
        "won_quarter_amount": added(amount for on, amount in won if quarter <= on <= day),
        "collected_month_amount": received(book, month, day, currency, home),
        "collected_quarter_amount": received(book, quarter, day, currency, home),
        "overdue_amount": added(left for _, left, due_on in held if due_on < day),
        "open_receivables": added(left for _, left, _ in held),
    }


def due(book: Book, line: Mapping[str, Any]) -> date:
    """Return the day a line falls due as it stands on its row; for one without, the day it was triggered."""
    del book
    on: date = line["due_override"] or line["due_on"] or line["triggered_on"]
    return on


def figures(data: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(str(one["value"])) for name, one in data["figures"].items()}


def test_the_demo_firms_figures_are_what_its_rows_add_up_to() -> None:
    found = figures(answer(demo()))
    expected = by_hand(demo(), DAY, "CNY")
    assert {name: found[name] for name in expected} == expected
    assert found["overdue_pct"] == round(100 * expected["overdue_amount"] / expected["open_receivables"], 4)


@pytest.mark.needs_data("ibm_ar")
def test_a_service_centres_figures_are_what_its_invoices_add_up_to(data_dir: Path) -> None:
    book, day = ibm(data_dir / "ibm_ar" / "WA_Fn-UseC_-Accounts-Receivable.csv"), date(2013, 6, 30)
    data = answer(book, day)
    expected = by_hand(book, day, "USD")
    assert data["currency"] == "USD"
    assert {name: figures(data)[name] for name in expected} == expected
    assert Decimal(data["cash"]["ledger_amount"]) == expected["open_receivables"]
    assert data["cash"]["tie_out"] == "0.00"


@pytest.mark.needs_data("maven_crm")
def test_a_sales_teams_figures_are_what_its_deals_add_up_to(data_dir: Path) -> None:
    book, day = maven(data_dir / "maven_crm" / "sales_pipeline.csv"), date(2017, 12, 31)
    expected = by_hand(book, day, "USD")
    found = figures({"figures": {k: v for k, v in answer(book, day)["figures"].items() if k in expected}})
    assert found == expected
    assert expected["won_month_amount"] > 0


@pytest.mark.parametrize("lang", LANGS)
def test_every_total_is_one_figure_in_json_page_and_workbook(lang: Lang, tmp_path: Path) -> None:
    found = outcome(demo(lang))
    data: Any = found.data
    (paper,) = found.papers
    paths = {
        path.suffix: path for path in render_paper(replace(paper, formats=("html", "xlsx")), lang, tmp_path)
    }
    page = texts_of(paths[".html"].read_text("utf-8"))
    cells = {Decimal(str(value)) for _, _, value in numbers_in(paths[".xlsx"])}
    expected = by_hand(demo(lang), DAY, "CNY")
    amounts = [
        *expected.values(),
        *(Decimal(data["cash"][name]) for name in ("open_amount", "ledger_amount", "cash_due")),
        *(Decimal(amount) for amount in data["aging"].values()),
        *(Decimal(week["expected"]) for week in data["cash"]["weeks"]),
        *(Decimal(row["weighted_amount"]) for row in data["pipeline"]["stages"]),
    ]
    for amount in amounts:
        assert any(cell_words(amount, "money", lang) in text for text in page)
        assert amount in cells
    json.dumps(data)


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_has_a_definition_and_the_rows_it_is_made_of(lang: Lang) -> None:
    found = outcome(demo(lang))
    report, data = report_of(found), found.data
    definitions: Any = data["definitions"]
    assert set(definitions) == {figure.name for figure in report.all_figures}
    assert len(report.all_figures) == 10
    for figure in report.all_figures:
        assert figure.rows is not None
        name, count = figure.rows
        assert 0 < count <= len(report.grids[name].rows)
        assert report.grids[name].where == "sheet"


# ---------------------------------------------------------------- the month end before


def test_the_figures_of_a_month_end_are_those_of_a_report_made_then(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_override |
    | RC-1    | 100.00 | 2026-08-01   | 2026-09-01   |
    | RC-2    | 50.00  | 2026-10-05   | 2026-11-05   |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-10-20 | 30.00  |
    | P-2        | 2026-11-10 | 20.00  |
    allocations
    | receipt | line | amount | effective_on |
    | P-1     | RC-1 | 30.00  | 2026-10-20   |
    | P-2     | RC-1 | 20.00  | 2026-11-10   |
    """
    now, then = answer(book), answer(book, date(2026, 10, 31))
    names = ("collected_month_amount", "overdue_amount", "overdue_pct", "dso_simple", "open_receivables")
    for name in names:
        assert now["figures"][name]["before"] == then["figures"][name]["value"]
    assert (now["compared_with"], now["figures"]["overdue_amount"]) == (
        "2026-10-31",
        {"value": "100.00", "before": "70.00"},
    )


def test_before_the_first_day_on_record_nothing_is_compared(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on |
    | RC-1    | 100.00 | 2026-11-01   |
    receipts
    | receipt_id | on         | amount |
    | P-1        | 2026-11-02 | 30.00  |
    opportunities
    | opp_id | stage   | amount | created_on | stage_since |
    | O-1    | SIGNING | 10.00  | 2026-11-03 | 2026-11-03  |
    """
    assert {one["before"] for one in answer(book)["figures"].values()} == {None}


def test_deals_of_then_are_told_by_their_dates_and_their_weight_only_when_every_stage_is_known(
    book: Book,
) -> None:
    """
    opportunities
    | opp_id | stage   | amount | created_on | closed_on  | stage_since |
    | O-1    | SIGNING | 10.00  | 2026-09-01 |            | 2026-09-20  |
    | O-2    | WON     | 20.00  | 2026-09-01 | 2026-10-10 | 2026-10-10  |
    | O-3    | SIGNING | 40.00  | 2026-11-02 |            | 2026-11-02  |
    """
    found = answer(book)["figures"]
    assert found["weighted_amount"] == {"value": "42.50", "before": "8.50"}
    assert found["open_deals_amount"] == {"value": "50.00", "before": "10.00"}
    assert found["won_month_amount"] == {"value": "0.00", "before": "20.00"}
    moved = book.rows("opportunities").with_columns(stage_since=date(2026, 11, 5))
    later = answer(book.with_rows("opportunities", moved))["figures"]
    assert later["weighted_amount"]["before"] is None
    assert later["open_deals_amount"]["before"] == "10.00"
    unsaid = book.with_rows("opportunities", moved.with_columns(stage_since=None))
    assert answer(unsaid)["figures"]["weighted_amount"]["before"] is None
    undated = moved.with_columns(created_on=None)
    unknown = answer(book.with_rows("opportunities", undated))["figures"]
    assert {unknown[name]["before"] for name in ("open_deals_amount", "won_month_amount")} == {None}


@pytest.mark.parametrize(
    ("figure", "zh", "en", "news"),
    [
        (
            Figure("x", Decimal(90), "money", change=Change(date(2026, 10, 31), Decimal(100), "less")),
            "较 10-31 −10.0%",
            "−10.0% vs 10-31",
            "good",
        ),
        (
            Figure(
                "x", Decimal(30), "money", change=Change(date(2026, 10, 31), Decimal(20), "more", whole=True)
            ),
            "较 10 月全月 +50.0%",
            "+50.0% vs all of 2026-10",
            "good",
        ),
        (
            Figure("x", Decimal(42), "percent", change=Change(date(2026, 10, 31), Decimal("40.5"), "less")),
            "较 10-31 +1.5 个百分点",
            "+1.5 points vs 10-31",
            "bad",
        ),
        (
            Figure("x", Decimal(42), "days", change=Change(date(2026, 10, 31), Decimal(42), "less")),
            "较 10-31 持平",
            "unchanged vs 10-31",
            "plain",
        ),
        (
            Figure("x", Decimal(5), "money", change=Change(date(2026, 10, 31), Decimal(0), "more")),
            "较 10-31：当时为 0",
            "vs 10-31: was 0",
            "plain",
        ),
        (
            Figure("x", Decimal(5), "money", change=Change(date(2026, 10, 31), None, "more")),
            "较 10-31：无从比较",
            "vs 10-31: n/a",
            "plain",
        ),
    ],
)
def test_a_change_is_said_in_the_unit_of_its_figure(figure: Figure, zh: str, en: str, news: str) -> None:
    assert (change_words(figure, "zh"), change_words(figure, "en"), figure.news) == (zh, en, news)


# ---------------------------------------------------------------- what changed, whom to call


def test_what_changed_counts_from_the_day_after_the_month_end(book: Book) -> None:
    """
    leads
    | lead_id | company | state | budget | created_on |
    | L-1     | 甲      | NEW   | 5.00   | 2026-10-31 |
    | L-2     | 乙      | NEW   | 7.00   | 2026-11-01 |
    opportunities
    | opp_id | name | stage   | amount | created_on | closed_on  | stage_since |
    | O-1    | 一   | WON     | 10.00  | 2026-01-01 | 2026-11-01 | 2026-11-01  |
    | O-2    | 二   | WON     | 20.00  | 2026-01-01 | 2026-11-20 | 2026-11-20  |
    | O-3    | 三   | WON     | 40.00  | 2026-01-01 | 2026-10-31 | 2026-10-31  |
    | O-4    | 四   | SIGNING | 80.00  | 2026-01-01 |            | 2026-11-02  |
    | O-5    | 五   | LOST    | 5.00   | 2026-01-01 | 2026-11-02 | 2026-11-02  |
    lines
    | line_id | customer | amount | triggered_on | due_override |
    | RC-1    | 甲       | 100.00 | 2026-11-05   | 2026-11-19   |
    | RC-2    | 乙       | 300.00 | 2026-08-05   | 2026-10-31   |
    | RC-3    | 丙       | 200.00 | 2026-08-05   | 2026-10-30   |
    receipts
    | receipt_id | on         | amount | customer |
    | P-1        | 2026-11-10 | 20.00  | 丙       |
    """
    found = {row["event"]: (row["count"], row["amount"], row["largest"]) for row in answer(book)["changes"]}
    assert found == {
        "leads_new": (1, "7.00", "乙"),
        "deals_new": (0, "0.00", None),
        "deals_moved": (1, "80.00", "四"),
        "deals_won": (2, "30.00", "二"),
        "deals_lost": (1, "5.00", "五"),
        "deals_dropped": (0, "0.00", None),
        "ledger_recognised": (1, "100.00", "甲"),
        "ledger_adjusted": (0, "0.00", None),
        "ledger_collected": (1, "20.00", "丙"),
        "newly_overdue": (2, "400.00", "乙"),
    }


def test_who_owes_comes_first_and_whom_to_ask_there_is_named(book: Book) -> None:
    """
    customers
    | name | owner | billing_contact |
    | 甲   | 陈    |                 |
    | 乙   | 王    | 小李            |
    | 丙   | 王    | 老张            |
    contacts
    | customer | name | role      | mobile | title |
    | 甲       | 用户 | USER      | 111    |       |
    | 甲       | 会计 | FINANCE   | 222    |       |
    | 乙       | 小李 | TECHNICAL | 333    |       |
    | 乙       | 财务 | FINANCE   | 444    |       |
    | 丁       | 经理 | DECISION  | 555    | 总经理 |
    lines
    | line_id | customer | amount | triggered_on | due_override | promised_on | disputed_amount |
    | RC-1    | 甲       | 100.00 | 2026-08-01   | 2026-09-01   |             |                 |
    | RC-2    | 乙       | 300.00 | 2026-08-01   | 2026-10-01   | 2026-11-10  |                 |
    | RC-3    | 丙       | 50.00  | 2026-08-01   | 2026-10-11   |             | 20.00           |
    | RC-4    | 戊       | 900.00 | 2026-08-01   | 2026-10-11   | 2026-11-25  |                 |
    opportunities
    | opp_id | customer | owner | stage       | amount | expected_close | decision_maker | stage_since |
    | O-1    | 丁       | 陈    | NEGOTIATING | 70.00  | 2026-11-01     | 总经理         | 2026-11-01  |
    | O-2    | 甲       | 陈    | NEGOTIATING | 90.00  | 2026-11-01     |                | 2026-11-01  |
    | O-3    | 庚       | 陈    | HOLD        | 90.00  | 2026-11-01     |                | 2026-11-01  |
    | O-4    | 辛       | 陈    | SIGNING     | 10.00  | 2026-12-01     | 王总           | 2026-11-01  |
    leads
    | lead_id | company | state    | grade | budget | created_on | mobile |
    | L-1     | 壬      | ASSIGNED | A     | 5.00   | 2026-11-01 | 666    |
    | L-2     | 癸      | ASSIGNED | C     | 9.00   | 2026-11-01 | 777    |
    """
    calls = answer(book)["calls"]
    assert [(c["kind"], c["reason"], c["name"], c["amount"], c["contact"], c["phone"]) for c in calls] == [
        ("customer", "promise_broken", "乙", "300.00", "小李", "333"),
        ("customer", "overdue", "甲", "100.00", "会计", "222"),
        ("customer", "overdue", "丙", "30.00", "老张", None),
        ("deal", "signing_late", "丁", "70.00", "经理", "555"),
        ("deal", "signing_soon", "辛", "10.00", "王总", None),
        ("lead", "untouched", "壬", "5.00", None, "666"),
    ]
    assert [(c["on"], c["days"]) for c in calls[:2]] == [("2026-11-10", 10), ("2026-09-01", 80)]


def test_ten_names_at_most_and_what_one_kind_leaves_free_goes_to_the_others() -> None:
    calls = answer(demo())["calls"]
    kinds = [call["kind"] for call in calls]
    assert len(calls) == 10
    assert len({call["name"] for call in calls}) == 10
    assert kinds == sorted(kinds, key=["customer", "deal", "lead"].index)


# ---------------------------------------------------------------- what must be loud


def test_cash_that_does_not_tie_to_the_ledger_is_an_error() -> None:
    book, rules = small_firm("zh"), small_rules("zh")
    allocations = book.rows("allocations")
    missing = allocations.with_columns(receipt=allocations["receipt"].replace("P-02", "P-99"))
    found = management(book.with_rows("allocations", missing), rules, date(2026, 4, 30))
    data: Any = found.data
    assert (found.exit_status, data["cash"]["tie_out"]) == (1, "-40000.00")
    assert management(book, rules, date(2026, 4, 30)).exit_status == 0


def test_what_is_in_another_currency_stands_apart(book: Book) -> None:
    """
    lines
    | line_id | amount | triggered_on | due_override | currency |
    | RC-1    | 100.00 | 2026-08-01   | 2026-09-01   |          |
    | RC-2    | 999.00 | 2026-08-01   | 2026-09-01   | USD      |
    opportunities
    | opp_id | stage   | amount | currency | created_on |
    | O-1    | SIGNING | 500.00 | USD      | 2026-08-01 |
    """
    found = answer(book)
    assert (found["figures"]["open_receivables"]["value"], found["currency"]) == ("100.00", "CNY")
    assert found["other_receivables"] == {"USD": "999.00"}
    assert [row["currency"] for row in found["other_currencies"]] == ["USD"]
    (row,) = report_of(outcome(book)).grids["foreign"].rows
    assert (row["count"], row["deals_amount"], row["overdue_amount"]) == (1, 500, 999)

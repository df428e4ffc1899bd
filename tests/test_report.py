"""The funnel as a service: its machine form and its paper."""

from typing import Any

from firms import DAY, firm, rulebook

from ltc_xl.model.paper import Report
from ltc_xl.report import funnel
from ltc_xl.rules.funnel import FunnelKey


def test_the_funnel_document_is_what_programs_rely_on() -> None:
    data: Any = funnel(firm("zh"), rulebook("zh"), DAY).data
    assert data["rows"][1:] == [
        {
            "key": "官网",
            "leads": 2,
            "qualified": 2,
            "opportunities": 2,
            "open": 1,
            "won": 1,
            "lost": 0,
            "conversion_pct": 50.0,
            "win_rate_pct": 100.0,
            "won_amount": "210000.00",
            "open_amount": "86000.00",
            "open_amount_at_list": "86000.00",
            "weighted_amount": "51600.00",
            "median_cycle_days_won": 61.0,
        },
        {
            "key": "工博会",
            "leads": 3,
            "qualified": 2,
            "opportunities": 2,
            "open": 1,
            "won": 0,
            "lost": 1,
            "conversion_pct": 0.0,
            "win_rate_pct": 0.0,
            "won_amount": "0.00",
            "open_amount": "0.00",
            "open_amount_at_list": "280000.00",
            "weighted_amount": "0.00",
            "median_cycle_days_won": None,
        },
    ]
    assert (data["as_of"], data["by"], data["currency"]) == ("2026-04-30", "channel", "CNY")
    assert {name: data["total"][name] for name in ("leads", "won", "lost", "open", "conversion_pct")} == {
        "leads": 5,
        "won": 1,
        "lost": 1,
        "open": 3,
        "conversion_pct": 20.0,
    }


def test_rows_add_up_to_the_total() -> None:
    data: Any = funnel(firm("zh"), rulebook("zh"), DAY, "owner").data
    for name in ("leads", "qualified", "opportunities", "open", "won", "lost"):
        assert sum(row[name] for row in data["rows"]) == data["total"][name]
    for name in ("won_amount", "open_amount", "open_amount_at_list", "weighted_amount"):
        assert f"{sum(float(row[name]) for row in data['rows']):.2f}" == data["total"][name]


def test_the_paper_shows_the_best_channel_first_and_months_in_order() -> None:
    orders: dict[FunnelKey, list[str]] = {
        "channel": ["官网", "工博会", ""],
        "month": ["2026-01", "2026-02", "2026-04"],
    }
    for by, keys in orders.items():
        (paper,) = funnel(firm("zh"), rulebook("zh"), DAY, by).papers
        report = paper.data["report"]
        assert isinstance(report, Report)
        assert [row[by] for row in report.grids["keys"].rows] == keys

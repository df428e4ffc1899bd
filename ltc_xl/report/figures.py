"""The tiles of the director's page: each figure, the one beside it, and what both were a month end ago."""

from collections.abc import Mapping

from ltc_xl.model.paper import Better, Change, Figure, Kind, Tone
from ltc_xl.rules.headline import SALES_DAYS, Headline

SALES_WINDOW = SALES_DAYS
Rows = Mapping[str, tuple[str, int]]
"""Figure -> the grid that holds its rows, and how many of them are its."""

_TILES: tuple[tuple[str, str], ...] = (
    ("weighted_amount", "open_deals_amount"),
    ("won_month_amount", "won_quarter_amount"),
    ("collected_month_amount", "collected_quarter_amount"),
    ("overdue_amount", "overdue_pct"),
    ("dso_simple", "open_receivables"),
)
_KINDS: Mapping[str, Kind] = {"overdue_pct": "percent", "dso_simple": "days"}
_LESS_IS_BETTER = ("overdue_amount", "overdue_pct", "dso_simple")
_SINCE_MONTH_BEGAN = ("won_month_amount", "collected_month_amount")


def headline_figures(now: Headline, then: Headline, rows: Rows | None = None) -> tuple[Figure, ...]:
    """Return the tiles in the order they are read."""
    return tuple(_figure(now, then, rows or {}, *pair) for pair in _TILES)


def _figure(now: Headline, then: Headline, rows: Rows, name: str, beside: str = "") -> Figure:
    value = getattr(now, name)
    change = Change(then.as_of, getattr(then, name), _better(name), whole=name in _SINCE_MONTH_BEGAN)
    return Figure(
        name,
        value,
        _KINDS.get(name, "money"),
        _tone(name, value),
        beside=_figure(now, then, rows, beside) if beside else None,
        change=change,
        rows=rows.get(name),
    )


def _better(name: str) -> Better:
    if name in _LESS_IS_BETTER:
        return "less"
    return "neither" if name == "open_receivables" else "more"


def _tone(name: str, value: object) -> Tone:
    return "bad" if name == "overdue_amount" and value else "plain"

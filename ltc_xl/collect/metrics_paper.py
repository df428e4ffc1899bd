"""The paper of collection figures: each number with its definition, and the ledger month by month."""

from collections.abc import Mapping
from decimal import Decimal

from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Paper
from ltc_xl.model.paper import Chart, Field, Figure, Grid, Report, TieOut, paper_of
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.ledger import TABLES
from ltc_xl.rules.metrics import Metrics
from ltc_xl.rules.rollforward import Month

DEFINED = ("dso_simple", "dso_countback", "bpdso", "add", "cei", "overdue_pct", "collection_rate")
"""The figures that need a definition, in the order they are printed."""


def metrics_paper(found: Metrics, book: Book, rulebook: Rulebook, *, several: bool) -> Paper:
    """Return the figures of one currency as a paper."""
    grids = (_months(found), _measures(found))
    report = Report(
        name="metrics",
        firm=rulebook.settings.get("company", ""),
        source=book.name,
        as_of=found.as_of,
        currency=found.currency,
        basis=found.basis,
        figures=_figures(found),
        grids={grid.name: grid for grid in grids},
        charts=_CHARTS,
        tie_out=_tie_out(found),
        unread=book.unread_places(*TABLES),
        definitions=(*DEFINED, f"basis_{found.basis}", "roll_forward"),
        values={"days": found.days},
    )
    return paper_of(report, *([found.currency] if several else []))


def _figures(found: Metrics) -> tuple[Figure, ...]:
    rate = found.collected.rate
    return (
        Figure("dso_simple", found.dso_simple, "days"),
        _countback(found),
        Figure("cei", found.cei, "percent"),
        Figure("overdue_pct", found.overdue_pct, "percent", "bad" if found.overdue_amount > 0 else "good"),
        Figure("collection_rate", None if rate is None else rate * 100, "percent"),
    )


def _countback(found: Metrics) -> Figure:
    counted = found.dso_countback
    if counted is None:
        return Figure("dso_countback", None, "days")
    return Figure("dso_countback", counted.days, "days", floor=counted.outlasts)


def _measures(found: Metrics) -> Grid:
    """Return what the figures are made of."""
    fields = (Field("measure", "entry"), Field("amount", "money"))
    amounts = {
        "open_amount": found.open_amount,
        "not_due": found.open_amount - found.overdue_amount,
        "overdue_amount": found.overdue_amount,
        "sales_amount": found.sales_amount,
        "due_amount": found.collected.due_amount,
        "collected_amount": found.collected.collected_amount,
        "due_in_window": found.collected_due.due_amount,
        "collected_in_window": found.collected_due.collected_amount,
    }
    return Grid("measures", fields, [{"measure": name, "amount": amount} for name, amount in amounts.items()])


_FLOWS = ("opening", "recognised", "received", "adjusted", "closing", "not_due", "difference")


def _months(found: Metrics) -> Grid:
    fields = (Field("month", "text"), *(Field(name, "money") for name in _FLOWS))
    rows = [{"month": f"{month.end:%Y-%m}", **_amounts(month)} for month in found.months]
    flows = {name: _sum(found, name) for name in ("recognised", "received", "adjusted", "difference")}
    ends = {"opening": found.months[0].opening, "closing": found.open_amount}
    return Grid("months", fields, rows, {**ends, **flows}, where="sheet")


def _amounts(month: Month) -> Mapping[str, Decimal]:
    return {name: getattr(month, name) for name in _FLOWS}


def _sum(found: Metrics, name: str) -> Decimal:
    return sum((_amounts(month)[name] for month in found.months), Decimal(0))


def _tie_out(found: Metrics) -> TieOut:
    sides = {
        "opening": found.months[0].opening,
        "recognised": _sum(found, "recognised"),
        "received": -_sum(found, "received"),
        "adjusted": -_sum(found, "adjusted"),
    }
    return TieOut(sides, "closing", found.open_amount)


_CHARTS: Mapping[str, Chart] = {
    "months": Chart("months", "months", "grouped", "month", ("recognised", "received", "closing")),
}

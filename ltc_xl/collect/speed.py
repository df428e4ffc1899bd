"""How fast money comes in: DSO in its kinds, CEI, overdue share, collection rate, each with a definition."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from ltc_xl.collect.metrics_paper import DEFINED, metrics_paper
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.money import money_text
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.derived import derived
from ltc_xl.rules.ledger import Basis
from ltc_xl.rules.metrics import Metrics, ledger_metrics
from ltc_xl.rules.rollforward import Month


def metrics(
    book: Book, rulebook: Rulebook, as_of: date, days: int = 90, basis: Basis = "contract"
) -> Outcome:
    """Return the figures of collection over the last ``days`` days; one document and paper per currency.

    The exit status is 1 where a month does not roll forward (opening + recognised - received - adjusted is
    not closing).
    """
    full = derived(book, rulebook, as_of)
    found = ledger_metrics(full, rulebook, as_of, days, basis)
    documents = [_document(each, book.lang) for each in found]
    several = {"as_of": as_of.isoformat(), "currencies": documents}
    return Outcome(
        papers=tuple(metrics_paper(each, full, rulebook, several=len(found) > 1) for each in found),
        data=documents[0] if len(documents) == 1 else several,
        exit_status=int(any(month.difference for each in found for month in each.months)),
    )


def _document(found: Metrics, lang: Lang) -> dict[str, object]:
    countback = found.dso_countback
    return {
        "as_of": found.as_of.isoformat(),
        "currency": found.currency,
        "basis": found.basis,
        "days": found.days,
        "open_amount": money_text(found.open_amount),
        "overdue_amount": money_text(found.overdue_amount),
        "sales_amount": money_text(found.sales_amount),
        "dso_simple": _number(found.dso_simple),
        "dso_countback": _number(countback.days) if countback else None,
        "dso_countback_outlasts": bool(countback and countback.outlasts),
        "bpdso": _number(found.bpdso),
        "add": _number(found.add),
        "cei": _number(found.cei),
        "overdue_pct": _number(found.overdue_pct),
        "collection_rate": _number(found.collected.rate),
        "collection_rate_due_in_window": _number(found.collected_due.rate),
        "months": [_month(month) for month in found.months],
        "definitions": {name: say(f"reports.definitions.{name}", lang, days=found.days) for name in DEFINED},
    }


def _number(value: Decimal | None) -> float | None:
    """Return a rate or a number of days for JSON."""
    return None if value is None else float(value)


def _month(month: Month) -> Mapping[str, str]:
    amounts = asdict(month) | {"difference": month.difference}
    return {
        name: value.isoformat() if name == "end" else money_text(value) for name, value in amounts.items()
    }

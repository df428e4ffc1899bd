"""Reports as data: amounts as text, days in ISO form, codes as they are."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.money import money_text
from ltc_xl.model.paper import Figure, Number

Texts = dict[str, object]


def plain(value: object) -> object:
    """Return a value as JSON holds it.

    >>> plain(Decimal("5")), plain(date(2026, 4, 30)), plain(None)
    ('5.00', '2026-04-30', None)
    """
    if isinstance(value, Decimal):
        return money_text(value)
    return value.isoformat() if isinstance(value, date) else value


def texts(row: Mapping[str, object]) -> Texts:
    """Return a row as JSON holds it."""
    return {name: plain(value) for name, value in row.items()}


def records(rows: pl.DataFrame) -> list[Texts]:
    """Return rows as JSON holds them."""
    return [texts(row) for row in rows.iter_rows(named=True)]


def figure_data(figure: Figure) -> Texts:
    """Return a figure: ``value``, and ``before`` where an earlier day is compared."""
    change = {"before": _number(figure, figure.change.before)} if figure.change else {}
    return {"value": _number(figure, figure.value), **change}


def _number(figure: Figure, value: Number | None) -> object:
    if value is None:
        return None
    return money_text(Decimal(value)) if figure.kind == "money" else _short(value)


def _short(value: Number) -> float | int:
    """Return a rate or a number of days; at most four decimals."""
    return value if isinstance(value, int) else round(float(value), 4)


def definitions(names: Sequence[str], lang: Lang, **values: object) -> dict[str, str]:
    """Return name -> definition in a language."""
    return {name: say(f"reports.definitions.{name}", lang, **values) for name in names}

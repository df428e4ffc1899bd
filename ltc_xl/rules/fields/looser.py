"""Rows of 字段 about the model's own columns: they may ask for more, never for less."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import Column, Table
from ltc_xl.rules.fields.demand import Bound
from ltc_xl.rules.guards import GuardError

_TYPES: Mapping[str, frozenset[str]] = {
    "text": frozenset({"TEXT", "CODE", "CHOICE"}),
    "id": frozenset({"TEXT", "CODE"}),
    "enum": frozenset({"TEXT", "CHOICE", "YES_NO"}),
    "money": frozenset({"MONEY", "NUMBER"}),
    "number": frozenset({"NUMBER"}),
    "rate": frozenset({"RATE", "NUMBER"}),
    "tax": frozenset({"RATE", "TEXT"}),
    "int": frozenset({"INTEGER", "NUMBER"}),
    "date": frozenset({"DATE"}),
    "datetime": frozenset({"DATETIME"}),
    "flag": frozenset({"YES_NO"}),
}
"""Type of a column of the model -> what a firm may call it."""


def too_loose(
    row: Mapping[str, str | None], owner: Table, column: Column
) -> Iterator[tuple[str, GuardError]]:
    """Yield the cells of a row that ask less of a column than the model does, and what is wrong."""
    if is_own(column.code):
        return
    place = f"{owner.name}.{column.code}"
    if row["required"] == "NO" and (column.required or column.required_when):
        yield "required", GuardError("looser_required", 1, field=place)
    if row["is_unique"] == "NO" and column.code in {owner.key, owner.numbered}:
        yield "is_unique", GuardError("looser_unique", 1, field=place)
    if row["type"] and row["type"] not in _TYPES.get(column.type, ()):
        yield "type", GuardError("other_type", 1, field=place)


def within(found: Bound, column: Column, *, least: bool) -> Bound:
    """Return a bound that asks for more than the model's own.

    Raises:
        GuardError: it asks for less.
    """
    own = column.min if least else column.max
    if own is not None and found.value is not None and not isinstance(found.value, date):
        below = found.value < Decimal(own) if least else found.value > Decimal(own)
        if below:
            raise GuardError("looser_least" if least else "looser_most", 1, limit=own)
    return found

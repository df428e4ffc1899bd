"""A row as a message shows it: fields by their places, values as people write them in rules."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from ltc_xl.rules.decisions import Row
from ltc_xl.rules.guards import Field
from ltc_xl.rules.soundness.witnesses import OTHER_TEXT


def facts(row: Row, fields: Iterable[Field]) -> list[dict[str, object]]:
    """Return the place of each field, what the row holds there, and whether that is a text no rule names."""
    return [
        {
            "field": field.place,
            "value": _worded(row[field.code], field),
            "is_other": row[field.code] == OTHER_TEXT,
        }
        for field in fields
    ]


def _worded(value: object, field: Field) -> str | None:
    """Return a value as people write it in a rule; None for a blank."""
    if value is None:
        return None
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{Decimal(value) * 100:f}".rstrip("0").rstrip(".") + "%" if field.is_share else f"{value:,f}"
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    return _word(str(value), field)


def _word(code: str, field: Field) -> str:
    names: Mapping[str, str] = {}
    if field.words is not None:
        listed = dict.fromkeys(field.words.by_key.values())
        names = dict(zip(listed, field.words.listed, strict=True))
    return names.get(code, code)

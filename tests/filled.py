"""A few dozen rows in every table, made from the model: all codes, some blanks, a second currency."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import polars as pl

from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import words
from ltc_xl.model.tables import Column, Ref, Table, table, tables_of

ROWS = 24


def _value(owner: Table, column: Column, place: int, as_of: date) -> object:
    """Return the value of a cell; every seventh is blank unless the column is the key or required."""
    wanted = column.required or column.code in (owner.key, owner.label, "recognised_on", "due_on")
    if place % 7 == len(column.code) % 7 and not wanted:
        return None
    if column.enum:
        codes = [word.code for word in words(column.enum, "starter")]
        return codes[place % min(len(codes), 10)]
    if column.ref and column.ref.table != owner.name:
        return _referred(column.ref, place, as_of)
    return _plain(owner, column, place, as_of)


def _referred(ref: Ref, place: int, as_of: date) -> object:
    target = table(ref.table)
    named = default_rows(target.name)[ref.column].to_list() if target.group == "rule" else []
    if named:
        return named[place % len(named)]
    return _value(target, target.by_code[ref.column], place * 5 % ROWS, as_of)


def _plain(owner: Table, column: Column, place: int, as_of: date) -> object:
    small = column.code in {"received", "adjusted", "invoiced", "collected", "allocated"}
    day = as_of - timedelta(days=(place * 13 + len(column.code) * 7) % 400 - 40)
    by_type: dict[str, object] = {
        "money": Decimal(place * 301) + Decimal("0.37") if small else Decimal(place * 7919 + 38),
        "rate": Decimal(place % 5) / 8,
        "number": Decimal(place) / 4,
        "int": place * 3,
        "date": day,
        "datetime": datetime.combine(day, time(9, 30)),
        "flag": place % 2 == 0,
        "id": f"{owner.number or 'X'}-SH-{place:04d}",
    }
    return by_type.get(column.type, f"{column.zh} <{place}&>")


def filled_rows(as_of: date) -> dict[str, pl.DataFrame]:
    """Return rows for every table that is no rule table, typed as the model."""
    return {
        owner.name: pl.DataFrame(
            {
                column.code: pl.Series(
                    [_value(owner, column, place, as_of) for place in range(ROWS)],
                    dtype=column.dtype,
                    strict=False,
                )
                for column in owner.columns
                if not column.live
            }
        )
        for owner in tables_of("starter")
        if owner.group not in {"rule", "tech"}
    }

"""What is wrong with a cell, read off the model in plain Python, and cells to try it on."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from ltc_xl.model.calendar import add_months
from ltc_xl.model.enums import words
from ltc_xl.model.tables import Column, Table
from ltc_xl.rules.cell_checks import FIRST_DAY
from ltc_xl.rules.formats import is_account, is_email, is_mobile, is_telephone, is_uscc, rounded_by_excel

DAY = date(2026, 4, 30)
TYPED: Mapping[str, tuple[object, ...]] = {
    "text": ("太湖精工", "li.na@taihu.com.cn", "li.na@taihu"),
    "id": ("91110000600037341L", "913205051234567000", "13800138000", "021-58881234", "123", "x"),
    "money": (Decimal("-0.01"), Decimal(0), Decimal("999999.99")),
    "number": (Decimal("1.5"),),
    "rate": (Decimal("-0.5"), Decimal(0), Decimal(1), Decimal("1.5")),
    "int": (-1, 0, 30, 2000),
    "date": (date(1926, 5, 1), FIRST_DAY, DAY, date(2036, 4, 30), date(2036, 5, 1)),
    "tax": ("13%",),
}
HOLDS: Mapping[str, Mapping[str, Callable[[str], bool]]] = {
    "uscc": {
        "V-13": lambda text: is_uscc(text) or rounded_by_excel(text),
        "V-17": lambda text: not rounded_by_excel(text),
    },
    "mobile": {"V-14": is_telephone, "V-15": is_mobile},
    "email": {"V-16": is_email},
    "account": {"V-19": is_account},
}


def wrongs(model: Table, column: Column, row: Mapping[str, object]) -> Iterator[str]:
    """Yield the codes of what is wrong with one cell, read off the model in plain Python."""
    value = row[column.code]
    if value is None:
        yield from missing(column, row)
    else:
        yield from unfit(model, column, value)


def missing(column: Column, row: Mapping[str, object]) -> Iterator[str]:
    if column.required:
        yield "K-01"
    when = column.required_when
    if when is None:
        return
    beside = [row[other] for other in when.columns]
    if when.test == "in" and beside[0] in when.codes:
        yield "K-02"
    if when.test == "filled" and beside[0] is not None:
        yield "K-03"
    if when.test == "blank" and beside == [None] * len(beside):
        yield "K-04"


def unfit(model: Table, column: Column, value: object) -> Iterator[str]:
    if column.min is not None and value < column.min:  # type: ignore[operator]  # bounds are of numbers only
        yield "V-11"
    if column.max is not None and value > column.max:  # type: ignore[operator]  # likewise
        yield "V-12"
    if column.enum and value not in [word.code for word in words(column.enum)]:
        yield "V-06"
    judged = model.group == "work" and column.typed and isinstance(value, date)
    if judged and not FIRST_DAY <= value <= add_months(DAY, 120):  # type: ignore[operator]  # a date
        yield "V-18"
    yield from (c for c, holds in HOLDS.get(column.format or "", {}).items() if not holds(str(value)))

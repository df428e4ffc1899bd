"""Values as people write them: shares in percent, numbers without idle zeros."""

from decimal import Decimal

from ltc_xl.model.tables import Column

IN_PERCENT = frozenset({"rate"})
_PLAIN = frozenset({"number"})


def as_written(column: Column, value: object) -> object:
    """Return what people write for a value of a column; all but shares and plain numbers as it is.

    >>> from ltc_xl.model.tables import table
    >>> share = table("terms").by_code["share"]
    >>> as_written(share, Decimal("0.30000000")), as_written(share, 1), as_written(share, None)
    ('30%', '100%', None)
    """
    if value is None or column.type not in IN_PERCENT | _PLAIN:
        return value
    number = Decimal(str(value)) * (100 if column.type in IN_PERCENT else 1)
    return f"{number.normalize():f}{'%' if column.type in IN_PERCENT else ''}"

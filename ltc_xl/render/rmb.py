"""Amounts of renminbi in capital characters (大写金额), as cheques and letters write them."""

from decimal import Decimal

import cn2an  # type: ignore[import-untyped]  # it ships no types

from ltc_xl.model.money import cents


def rmb_words(amount: Decimal) -> str:
    """Return an amount in capital characters.

    >>> rmb_words(Decimal("1005.06")), rmb_words(Decimal(100000))
    ('壹仟零伍元零陆分', '壹拾万元整')

    Raises:
        ValueError: it is negative; a letter asks for nothing less than nothing.
    """
    if amount < 0:
        raise ValueError(amount)
    words: str = cn2an.an2cn(f"{cents(amount):f}", "rmb")
    return words

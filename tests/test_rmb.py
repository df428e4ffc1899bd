"""Amounts of renminbi in capital characters: written by hand below, and read back by a reader of our own."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltc_xl.render.rmb import rmb_words

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.01", "壹分"),
        ("0.05", "伍分"),
        ("0.10", "壹角"),
        ("0.50", "伍角"),
        ("0.15", "壹角伍分"),
        ("1.00", "壹元整"),
        ("1.01", "壹元零壹分"),
        ("10.00", "壹拾元整"),
        ("20.30", "贰拾元叁角"),
        ("100.00", "壹佰元整"),
        ("101.11", "壹佰零壹元壹角壹分"),
        ("110.00", "壹佰壹拾元整"),
        ("1000.50", "壹仟元伍角"),
        ("1005.06", "壹仟零伍元零陆分"),
        ("1010.10", "壹仟零壹拾元壹角"),
        ("10000.00", "壹万元整"),
        ("10500.00", "壹万零伍佰元整"),
        ("100000.00", "壹拾万元整"),
        ("100001.00", "壹拾万零壹元整"),
        ("101000.00", "壹拾万壹仟元整"),
        ("1234567.89", "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        ("20000300.40", "贰仟万零叁佰元肆角"),
        ("100000000.00", "壹亿元整"),
        ("100010000.01", "壹亿零壹万元零壹分"),
        ("999999999.99", "玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("4843700", "肆佰捌拾肆万叁仟柒佰元整"),
    ],
)
def test_an_amount_is_written_in_capitals(amount: str, words: str) -> None:
    assert rmb_words(Decimal(amount)) == words


def test_an_amount_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        rmb_words(Decimal("-1.00"))


def read_back(words: str) -> Decimal:
    """Return the amount that some capitals stand for."""
    yuan, _, small = words.rpartition("元")
    jiao, fen = (next((DIGITS.index(a) for a, b in pairwise(small) if b == unit), 0) for unit in "角分")
    whole = 0
    for place, size in (("亿", 10**8), ("万", 10**4), ("", 1)):
        head, found, yuan = yuan.partition(place) if place else (yuan, "", "")
        if place and not found:
            head, yuan = "", head
        whole += group(head) * size
    return Decimal(whole) + Decimal(jiao) / 10 + Decimal(fen) / 100


def group(text: str) -> int:
    """Return a number below 10,000."""
    number, digit = 0, 0
    for char in text:
        if char in UNITS:
            number, digit = number + digit * UNITS[char], 0
        else:
            digit = DIGITS.index(char)
    return number + digit


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_every_amount_reads_back_as_itself(amount: Decimal) -> None:
    assert read_back(rmb_words(amount)) == amount

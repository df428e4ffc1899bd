"""Formats: the quick half of a rule never lets pass what the whole rule refuses."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc

from ltc_xl.rules.formats import FORMATS, Rule, is_uscc, rounded_by_excel, values_that_fail

_RULES = {rule.code: rule for rules in FORMATS.values() for rule in rules}
_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def stems() -> st.SearchStrategy[str]:
    """Return the first seventeen characters of credit codes."""
    office = st.text(_CODE_LETTERS, min_size=9, max_size=9)
    return st.builds("91{:06d}{}".format, st.integers(0, 999_999), office)


PHONES = st.builds(
    "{}{}".format, st.sampled_from(["1", "13", "166", "199", "021-", "+84 ", "+8613"]), st.integers(0, 10**10)
)


@given(st.lists(st.one_of(PHONES, stems(), st.text("0123456789-+ ", max_size=12)), max_size=20))
@settings(max_examples=60, deadline=None)
def test_quick_and_slow_halves_agree(values: list[str]) -> None:
    for rule in _RULES.values():
        slow = Rule(rule.code, rule.holds)
        series = pl.Series(values, dtype=pl.String)
        assert values_that_fail(series, rule).to_list() == values_that_fail(series, slow).to_list()


@given(stems())
def test_exactly_one_check_character_makes_a_credit_code(stem: str) -> None:
    right = [letter for letter in _CODE_LETTERS if is_uscc(stem + letter)]
    assert right == [uscc.calc_check_digit(stem)]
    assert pl.DataFrame({"value": [stem + right[0]]}).select(_RULES["V-13"].plain()).item()


@pytest.mark.parametrize("code", ["91110000600037341L", "11320000MB151840XJ", "N2440106MF0000000X"])
def test_codes_of_companies_and_institutions_are_judged_by_their_check_character(code: str) -> None:
    assert is_uscc(code) == (uscc.calc_check_digit(code[:17]) == code[17])


def test_a_right_code_of_digits_that_ends_in_000_was_not_rounded() -> None:
    rounded = [f"9132050512345{n:02d}000" for n in range(40)]
    assert any(is_uscc(code) for code in rounded)
    assert [code for code in rounded if is_uscc(code) == rounded_by_excel(code)] == []


def test_blank_values_are_no_concern_of_a_format() -> None:
    assert all(
        values_that_fail(pl.Series([None, None], dtype=pl.String), rule).is_empty()
        for rule in _RULES.values()
    )

"""Formats of single values: tax number, mobile, e-mail, bank account. Each distinct value is judged once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import phonenumbers
import polars as pl
from stdnum.cn import uscc

_HOME = "CN"
_MOBILE_KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
_ACCOUNT = re.compile(r"[A-Z]{0,2}\d[0-9A-Z]{6,33}")
_MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[0-9ANY][{_MARKS}][0-9]{{6}}[{_MARKS}]{{10}}")
"""GB 32100-2015: registering body, kind of entity, region, organisation; python-stdnum has the check sum."""
_ROUNDED = re.compile(r"\d{15}000")


def rounded_by_excel(text: str) -> bool:
    """Return whether an 18-digit number went through a number cell, which keeps 15 digits.

    >>> rounded_by_excel("913205051234567000"), rounded_by_excel("91110000600037341L")
    (True, False)
    """
    return bool(_ROUNDED.fullmatch(text)) and not is_uscc(text)


def is_uscc(text: str) -> bool:
    """Return whether a credit code has 18 right characters and the right check character.

    >>> is_uscc("91110000600037341L"), is_uscc("91110000600037341M"), is_uscc("9111 0000 6000 3734 1l")
    (True, False, True)
    """
    code = uscc.compact(text)
    return _USCC.fullmatch(code) is not None and bool(uscc.calc_check_digit(code[:17]) == code[17])


def _telephone(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def is_telephone(text: str) -> bool:
    """Return whether a telephone has this number: in China unless it starts with +.

    >>> is_telephone("13800138000"), is_telephone("12300138000"), is_telephone("+84 912 345 678")
    (True, False, True)
    """
    return _telephone(text) is not None


def is_mobile(text: str) -> bool:
    """Return whether a number is no landline; what is no telephone at all is judged elsewhere.

    >>> is_mobile("13800138000"), is_mobile("021-58881234")
    (True, False)
    """
    number = _telephone(text)
    return number is None or phonenumbers.number_type(number) in _MOBILE_KINDS


def is_email(text: str) -> bool:
    """Return whether the text has the shape of an e-mail address.

    >>> is_email("li.na@hengyuan.com.cn"), is_email("li.na@hengyuan"), is_email("li na@hengyuan.com")
    (True, False, False)
    """
    return _EMAIL.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """Return whether the text can be a bank account: digits, or IBAN, blanks and hyphens aside.

    >>> is_account("3225 0198 8236 0000 1234"), is_account("见合同")
    (True, False)
    """
    return _ACCOUNT.fullmatch(re.sub(r"[\s-]", "", text).upper()) is not None


def _plain_uscc() -> pl.Expr:
    marks = pl.Series(list(_MARKS))
    values = pl.Series(range(len(_MARKS)), dtype=pl.Int32)
    weighed = (
        pl.col("value").str.slice(place, 1).replace_strict(marks, values, default=None) * (3**place % 31)
        for place in range(17)
    )
    check = pl.col("value").str.slice(17, 1).replace_strict(marks, values, default=None)
    shaped = pl.col("value").str.contains(f"^{_USCC.pattern}$")
    return shaped & ((31 - pl.sum_horizontal(*weighed) % 31) % 31 == check)


def _plain_mobile() -> pl.Expr:
    home = phonenumbers.PhoneMetadata.metadata_for_region(_HOME)
    pattern = home.mobile.national_number_pattern if home and home.mobile else "$."
    return pl.col("value").str.contains(f"^(?:{pattern})$")


def _plain_email() -> pl.Expr:
    return pl.col("value").str.contains(f"^(?:{_EMAIL.pattern})$")


@dataclass(frozen=True)
class Rule:
    """What must hold of a value, and its quick half: an expression over ``value`` that is never wrongly true.

    A hundred thousand numbers take seconds one by one; the quick half leaves few of them to judge.
    """

    code: str
    holds: Callable[[str], bool]
    plain: Callable[[], pl.Expr] = lambda: pl.col("value").is_null()


FORMATS: Mapping[str, tuple[Rule, ...]] = {
    "uscc": (
        Rule("V-13", lambda text: is_uscc(text) or rounded_by_excel(text), _plain_uscc),
        Rule("V-17", lambda text: not rounded_by_excel(text), _plain_uscc),
    ),
    "mobile": (Rule("V-14", is_telephone, _plain_mobile), Rule("V-15", is_mobile, _plain_mobile)),
    "email": (Rule("V-16", is_email, _plain_email),),
    "account": (Rule("V-19", is_account),),
}
"""Format of a column -> what must hold of each value."""


def values_that_fail(values: pl.Series, rule: Rule) -> pl.Series:
    """Return the distinct values for which a rule does not hold."""
    distinct = pl.DataFrame({"value": values.drop_nulls().unique(maintain_order=True)})
    doubtful = distinct.filter(~rule.plain().fill_null(value=False))["value"]
    return doubtful.filter(pl.Series([not rule.holds(value) for value in doubtful], dtype=pl.Boolean))

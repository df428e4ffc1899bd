"""What people type beside a company's name in its cell, and the names they type for it: taken apart."""

import polars as pl

from ltc_xl.rules.duplicates.common_words import common_words
from ltc_xl.rules.duplicates.trades import is_trade_only

_MOBILE = r"(1[3-9]\d{9})"
_NUMBERED = r"[\s,;:]*(电话|手机|tel|mobile)?[:\s]*1[3-9]\d{9}.*$"
_TITLE = "(总|经理|先生|女士|小姐|老师|主任|处长|科长|部长|厂长|医生|老板)"
_PERSON = rf"[\s(,]+\p{{Han}}{{1,3}}{_TITLE}\)?\s*$"
_FORMER = r"(?i)[(\[](?:原名|曾用名|更名前|前身|原|formerly|former|fka)\s*[:为是]?\s*([^)\]]+)[)\]]"
_CHINESE_FIRST = r"^(.*\p{Han}\)?)\s*[\s/|,(-]\s*([A-Za-z][A-Za-z0-9 .,&'-]{3,})\)?$"
_LATIN_FIRST = r"^([A-Za-z][A-Za-z0-9 .,&'-]{2,}?)\s*[\s/|,(-]\s*\(?(\p{Han}[\p{Han}()]+?)\)?$"
_TITLED = rf"^(\p{{Han}}{{1,2}}{_TITLE}|\p{{Han}}[生工])$"
_EXTENSION = r"\s*(?:[-#x]|转|ext\.?|分机)\s*\d{1,5}\s*$"
_SWITCHBOARD = r"^(0|400|800)\d{9,}$"


def taken_apart(said: pl.DataFrame) -> pl.DataFrame:
    """Return parties as typed, each with the name alone, and after them one row more per further name.

    恒远科技 张经理 13812345678 is a name, a person and a number; 华瑞机械（原华锐机械） and 恒远 Hengyuan are
    two names each; 待确认 is none.
    """
    cell = pl.col("name").str.normalize("NFKC").str.strip_chars()
    alone = cell.str.replace(_NUMBERED, "").str.replace(_PERSON, "")
    is_none = alone.str.to_lowercase().is_in(common_words("no_names"))
    typed = said.with_columns(
        name=pl.when(~is_none).then(alone.str.replace(_FORMER, "").str.strip_chars()),
        mobile=pl.coalesce("mobile", cell.str.extract(_MOBILE)),
        former=alone.str.extract(_FORMER),
    )
    split = typed.with_columns(chinese=_part(1, 2), latin=_part(2, 1))
    is_two = split["chinese"].is_not_null() & split.select(~is_trade_only(pl.col("chinese")))["chinese"]
    main = split.with_columns(name=pl.when(is_two).then("chinese").otherwise("name"))
    more = [
        split.filter(is_two).with_columns(name="latin"),
        split.drop_nulls("former").with_columns(name="former"),
    ]
    return pl.concat([main, *more]).select(said.columns)


def _part(chinese_first: int, latin_first: int) -> pl.Expr:
    """Return a part of a name in two scripts: the group of the pattern that fits."""
    name = pl.col("name")
    return pl.coalesce(
        name.str.extract(_CHINESE_FIRST, chinese_first), name.str.extract(_LATIN_FIRST, latin_first)
    )


def full_name(contact: pl.Expr) -> pl.Expr:
    """Return who is meant; null for 王先生 and 李总, of whom there are many."""
    return pl.when(~contact.str.contains(_TITLED)).then(contact)


def without_extension(number: pl.Expr) -> pl.Expr:
    """Return a telephone number without the extension behind a switchboard's: 0510-85012345转802."""
    text = number.str.normalize("NFKC").str.to_lowercase()
    short = text.str.replace(_EXTENSION, "")
    return pl.when(short.str.replace_all(r"\D", "").str.contains(_SWITCHBOARD)).then(short).otherwise(text)

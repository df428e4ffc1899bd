"""What a company's name is made of: place, core, branch. 苏州恒远科技有限公司 is 恒远科技 of 苏州."""

import re
from collections.abc import Callable

import polars as pl

from ltc_xl.rules.duplicates.common_words import common_words
from ltc_xl.rules.duplicates.places import (
    cities,
    cities_in_letters,
    city_of,
    is_part,
    leading_place,
    lies_in,
    province_of,
)
from ltc_xl.rules.duplicates.trades import is_trade_only
from ltc_xl.rules.name_keys import name_key

_HAN = r"\p{Han}"
_LEGAL_ZH = (
    "((集团)?(股份|控股)?(有限责任|有限)?(总公司|公司)|(集团|股份)(有限责任|有限)?|有限合伙|有限责任|有限)$"
)
_LEGAL_INSIDE = "(集团)?(股份)?有限(责任)?公司|总公司"
_LEGAL_EN = (
    "( (co|company|limited|ltd|incorporated|inc|llc|corp|corporation"
    "|gmbh|group|holdings?|plc|kg|ag|sa|bv|pte))+$"
)
_BRANCH = f"公司({_HAN}{{2,8}}(分公司|分行|分店|分厂|营业部|办事处))$"
_UNIT = rf"(?:医院|大学|学院|学校|研究院)({_HAN}{{1,8}}(?:科|部|处|系|室|中心|学院|分院|院区))$"
_BRACKETS = r"[()\[\]<>{}【】《》]"
_IN_BRACKETS = r"[(\[【]([^)\]】]*)[)\]】]"
_SHORTEST_CORE = 2
_MOST_PLACES = 3


def with_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with what their ``name`` says: its core, where it is, and which part of a house.

    ``full`` is the name without what is only typing; ``core`` is free of place and legal form, too; ``place``
    is the city, taken from ``city`` where the name has none; ``branch`` tells a branch from its house, and
    ``unit`` is the department of a hospital or a university.
    """
    plain = pl.col("name").str.normalize("NFKC").str.to_lowercase().str.strip_chars()
    is_chinese = pl.col("name").str.contains(_HAN)
    text = rows.with_columns(full=name_key(pl.col("name")), plain=plain)
    chinese = _chinese(text.filter(is_chinese))
    other = _in_letters(text.filter(~is_chinese.fill_null(value=False)))
    both = pl.concat([chinese, other.select(chinese.columns)])
    typed = pl.col("city").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s", "")
    return both.with_columns(
        core=pl.when(pl.col("core") != "").then("core"),
        place=pl.coalesce(_each(pl.col("said"), _city), _each(typed, _city)),
        province=pl.coalesce(_each(pl.col("said"), province_of), _each(typed, province_of)),
    ).drop("plain", "said")


def _chinese(rows: pl.DataFrame) -> pl.DataFrame:
    """Return Chinese names taken apart; a place stands in front, in brackets, or after the core in them."""
    tidy = rows.with_columns(plain=pl.col("plain").str.replace_all(r"\s|^中国|[(]中国[)]", ""))
    inside = pl.col("plain").str.extract(_IN_BRACKETS).fill_null("")
    held = tidy.with_columns(inside=inside, bracketed=pl.lit(""), rest=pl.col("plain"))
    shut = pl.concat([_bracketed(held.filter(pl.col("inside") != "")), held.filter(pl.col("inside") == "")])
    whole = shut.with_columns(rest=name_key(pl.col("rest").str.replace_all(_BRACKETS, "")))
    apart = _without_places(whole, "rest", "bracketed").with_columns(
        branch=pl.col("rest").str.extract(_BRANCH)
    )
    core = pl.col("rest_rest").str.replace(_LEGAL_ZH, "").str.replace_all(_LEGAL_INSIDE, "")
    is_core = (core.str.len_chars() >= _SHORTEST_CORE) & ~is_trade_only(core)
    said = pl.coalesce(pl.when(pl.col(column) != "").then(column) for column in ("bracketed", "rest_places"))
    named = apart.with_columns(
        core=pl.when(is_core).then(core).otherwise(pl.col("rest").str.replace(_LEGAL_ZH, "")), said=said
    ).with_columns(unit=pl.col("core").str.extract(_UNIT))
    house = pl.col("core").str.strip_suffix(pl.col("unit").fill_null(""))
    return named.with_columns(core=house).select(*rows.columns, "core", "said", "branch", "unit")


def _bracketed(held: pl.DataFrame) -> pl.DataFrame:
    """Return names with brackets, without them where they hold places and nothing else."""
    apart = _without_places(held, "inside", "bracketed")
    is_place = pl.col("inside_rest") == ""
    return apart.with_columns(
        bracketed=pl.when(is_place).then("inside_places").otherwise("bracketed"),
        rest=pl.when(is_place).then(pl.col("plain").str.replace(_IN_BRACKETS, "")).otherwise("rest"),
    ).select(held.columns)


def _without_places(rows: pl.DataFrame, column: str, around: str) -> pl.DataFrame:
    """Return the rows with the places a text begins with and the rest of it, beside it.

    A place counts after another one that it lies in: 江苏苏州昆山 is three places, 杭州海东 one and a brand.
    """
    rest = pl.col(f"{column}_rest")
    apart = rows.with_columns(pl.col(column).alias(f"{column}_rest"), _around=pl.col(around))
    for turn in range(_MOST_PLACES):
        place = leading_place(rest, bare=turn > 0 or column == "inside").fill_null("")
        fits = lies_in(place, pl.col("_around")) | ((pl.col("_around") == "") & pl.lit(turn == 0))
        apart = apart.with_columns(_next=pl.when(fits).then(place).otherwise(pl.lit("")))
        apart = apart.with_columns(
            rest.str.strip_prefix(pl.col("_next")),
            _around=pl.when(pl.col("_next") != "").then("_next").otherwise("_around"),
        )
    placed = pl.col(column).str.strip_suffix(rest).alias(f"{column}_places")
    return apart.with_columns(placed).drop("_around", "_next")


def _in_letters(rows: pl.DataFrame) -> pl.DataFrame:
    """Return names in letters taken apart; a city stands in brackets, or in front of more than a trade."""
    inside = pl.col("plain").str.extract(_IN_BRACKETS).str.strip_chars()
    is_place = (inside == pl.col("city").str.to_lowercase()) | inside.is_in(list(cities_in_letters()))
    named = pl.when(is_place).then(pl.col("plain").str.replace(_IN_BRACKETS, " ")).otherwise("plain")
    apart = rows.with_columns(core=_latin(named), bracketed=pl.when(is_place).then(inside))
    first, rest = pl.col("core").str.extract(r"^(\w+) "), pl.col("core").str.replace(r"^\w+ ", "")
    is_city = first.is_in(list(cities_in_letters())) & ~rest.is_in(common_words("trades_en"))
    none = (pl.lit(None, pl.String).alias(column) for column in ("branch", "unit"))
    return apart.with_columns(
        core=pl.when(is_city).then(rest).otherwise("core"),
        said=pl.coalesce("bracketed", pl.when(is_city).then(first)),
    ).with_columns(none)


def _latin(plain: pl.Expr) -> pl.Expr:
    """Return a name in letters as words with one blank between them, without article and legal form."""
    words = plain.str.replace_all("&", " and ").str.replace_all(r"[.'’]", "").str.replace_all(r"[^\w]+", " ")
    whole = words.str.strip_chars().str.replace("^the ", "")
    core = whole.str.replace(_LEGAL_EN, "")
    return pl.when(core != "").then(core).otherwise(whole)


def _each(texts: pl.Expr, told: Callable[[str], str | None]) -> pl.Expr:
    """Return what a function says of each text; it is asked once for each that differs."""

    def answers(column: pl.Series) -> pl.Series:
        known = {text: told(text) for text in column.unique() if text}
        return column.replace_strict(known, default=None, return_dtype=pl.String)

    return texts.map_batches(answers, return_dtype=pl.String)


def _city(text: str) -> str | None:
    """Return the city that a text of places names; what is no place of ours is a city by its own name."""
    if text.isascii():
        return cities_in_letters().get(re.sub(r"city$|[^a-z]", "", text), text)
    known = city_of(text)
    return known if known or text in cities() or is_part(text) else text

"""What a company's name is made of: place, core, branch. 苏州恒远科技有限公司 is 恒远科技 of 苏州."""

import polars as pl

from ltc_xl.rules.duplicates.places import cities, city_of, leading_place
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
_BRACKETS = r"[()\[\]<>{}【】《》]"
_IN_BRACKETS = r"[(\[【]([^)\]】]*)[)\]】]"
_SHORTEST_CORE = 2
_MOST_PLACES = 3


def with_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with what their ``name`` says: ``full``, ``core``, ``place`` and ``branch``.

    ``full`` is the name without what is only typing; ``core`` is free of place and legal form, too; ``place``
    is the city, taken from ``city`` where the name has none; ``branch`` tells a branch from its house.
    """
    plain = pl.col("name").str.normalize("NFKC").str.to_lowercase().str.strip_chars()
    is_chinese = pl.col("name").str.contains(_HAN)
    text = rows.with_columns(full=name_key(pl.col("name")), plain=plain)
    chinese = _chinese(text.filter(is_chinese))
    other = text.filter(~is_chinese.fill_null(value=False)).with_columns(
        core=_latin(pl.col("plain")), named=pl.lit(None, pl.String), branch=pl.lit(None, pl.String)
    )
    both = pl.concat([chinese, other.select(chinese.columns)])
    typed = _city_of(pl.col("city").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"\s", ""))
    return both.with_columns(
        core=pl.when(pl.col("core") != "").then("core"),
        place=pl.coalesce("named", typed),
    ).drop("plain", "named")


def _chinese(rows: pl.DataFrame) -> pl.DataFrame:
    """Return Chinese names taken apart; a place stands in front, in brackets, or after the core in them."""
    held = rows.with_columns(plain=pl.col("plain").str.replace_all(r"\s|^中国", "")).with_columns(
        inside=pl.col("plain").str.extract(_IN_BRACKETS)
    )
    shut = _without_places(held, "inside").with_columns(
        bracketed=pl.when(pl.col("inside_rest") == "").then("inside_places"),
        rest=pl.when(pl.col("inside_rest") == "").then(pl.col("plain").str.replace(_IN_BRACKETS, "")),
    )
    whole = shut.with_columns(rest=name_key(pl.coalesce("rest", "plain").str.replace_all(_BRACKETS, "")))
    apart = _without_places(whole, "rest").with_columns(branch=pl.col("rest").str.extract(_BRANCH))
    core = pl.col("rest_rest").str.replace(_LEGAL_ZH, "").str.replace_all(_LEGAL_INSIDE, "")
    return apart.with_columns(
        core=pl.when(core.str.len_chars() >= _SHORTEST_CORE)
        .then(core)
        .otherwise(pl.col("rest").str.replace(_LEGAL_ZH, "")),
        named=pl.coalesce(_city_of(pl.col("bracketed")), _city_of(pl.col("rest_places"))),
    ).select(*rows.columns, "core", "named", "branch")


def _without_places(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the rows with the places a text begins with and the rest of it, beside it."""
    rest = f"{column}_rest"
    apart = rows.with_columns(pl.col(column).alias(rest))
    for _ in range(_MOST_PLACES):
        place = leading_place(pl.col(rest)).fill_null("")
        apart = apart.with_columns(pl.col(rest).str.strip_prefix(place))
    return apart.with_columns(pl.col(column).str.strip_suffix(pl.col(rest)).alias(f"{column}_places"))


def _latin(plain: pl.Expr) -> pl.Expr:
    """Return a name in letters as words with one blank between them, without article and legal form."""
    words = plain.str.replace_all("&", " and ").str.replace_all(r"[.'’]", "").str.replace_all(r"[^\w]+", " ")
    whole = words.str.strip_chars().str.replace("^the ", "")
    core = whole.str.replace(_LEGAL_EN, "")
    return pl.when(core != "").then(core).otherwise(whole)


def _city_of(text: pl.Expr) -> pl.Expr:
    """Return the city that a text of places names; what is no place of ours is a city by its own name."""
    return text.map_batches(_cities, return_dtype=pl.String)


def _cities(texts: pl.Series) -> pl.Series:
    known = {
        text: city_of(text) if text in cities() or city_of(text) else text for text in texts.unique() if text
    }
    return texts.replace_strict(known, default=None, return_dtype=pl.String)

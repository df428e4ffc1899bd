"""Words of trades: what half of all firms are called tells no two apart. 恒远电子 is of the brand 恒远."""

import polars as pl

from ltc_xl.rules.duplicates.common_words import common_words

_EN = frozenset(common_words("trades_en"))
_ZH = "|".join(common_words("trades_zh"))
_TAIL = f"^(.{{2,}}?)(?:{_ZH})+$"
_ALL = f"^(?:{_ZH})+$"
_HAN = r"\p{Han}"
_SHARE, _LEAST = 0.005, 20
"""A word that is in so many names of a set, and in no fewer than these, is a trade's there."""


def is_trade_only(core: pl.Expr) -> pl.Expr:
    """Return whether nothing of a Chinese name would be left without its trades."""
    return core.str.contains(_ALL)


def with_brands(known: pl.DataFrame) -> pl.DataFrame:
    """Return the parties with ``brand``: the core name without words of trades, a list's and this set's own.

    A name that is nothing else keeps all of it.
    """
    core = pl.col("core")
    chinese = known.filter(core.str.contains(_HAN)).with_columns(
        brand=core.str.extract(_TAIL).fill_null(core)
    )
    other = known.filter(~core.str.contains(_HAN).fill_null(value=False))
    return pl.concat([_without_own_trades(chinese), _latin(other)])


def _without_own_trades(rows: pl.DataFrame) -> pl.DataFrame:
    """Return Chinese names, their brands without the endings that many brands of the set have."""
    brand = pl.col("brand")
    brands = rows.select("brand").unique()
    ends = pl.concat(
        brands.filter(brand.str.len_chars() >= length + 2).select(end=brand.str.tail(length))
        for length in (4, 3, 2)
    )
    common = ends.group_by("end").len().filter(pl.col("len") > _common(brands.height))["end"]
    cut = [
        pl.when(brand.str.tail(length).is_in(common.implode()) & (brand.str.len_chars() >= length + 2)).then(
            brand.str.head(brand.str.len_chars() - length)
        )
        for length in (4, 3, 2)
    ]
    return rows.with_columns(brand=pl.coalesce(*cut, brand))


def _latin(rows: pl.DataFrame) -> pl.DataFrame:
    """Return names in letters, their brands without words of trades and words that many of them have."""
    words = rows.select("party", word=pl.col("core").str.split(" ")).explode("word").drop_nulls()
    names = words["party"].n_unique()
    seen = words.unique(["party", "word"]).group_by("word").len()
    common = seen.filter((pl.col("len") > _common(names)) | pl.col("word").is_in(_EN))["word"]
    left = words.filter(~pl.col("word").is_in(common.implode()))
    brands = left.group_by("party", maintain_order=True).agg(brand=pl.col("word").str.join(" "))
    return rows.join(brands, on="party", how="left").with_columns(brand=pl.coalesce("brand", "core"))


def _common(names: int) -> float:
    return max(_LEAST, names * _SHARE)

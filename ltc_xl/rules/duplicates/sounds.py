"""How a Chinese name sounds: 恒远 and 衡源 are typed alike."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl


@cache
def syllables() -> Mapping[str, str]:
    """Return each Chinese character -> its first reading, without tone."""
    text = files("ltc_xl.rules.duplicates").joinpath("syllables.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {letter: said for said, letters in lines for letter in letters}


def sound(name: pl.Expr) -> pl.Expr:
    """Return a name's syllables, so that homophones are equal; null where it has no Chinese character."""
    return name.map_batches(sounds, return_dtype=pl.String)


def spelled(brand: pl.Expr) -> pl.Expr:
    """Return how a brand is written in letters: 恒远 and Heng Yuan are both hengyuan."""
    return pl.coalesce(sound(brand), brand).str.replace_all(r"[^a-z0-9]", "")


def sounds(names: pl.Series) -> pl.Series:
    """Return the syllables of names, each character by its first reading and without tone.

    >>> sounds(pl.Series(["恒远科技", "衡源 科技", "Acme"])).to_list()
    ['heng yuan ke ji ', 'heng yuan  ke ji ', None]
    """
    letters = names.str.extract_all(r"\p{Han}").explode().drop_nulls().unique(maintain_order=True).to_list()
    known = [letter for letter in letters if letter in syllables()]
    spoken = [f"{syllables()[letter]} " for letter in known]
    is_chinese = names.str.contains(r"\p{Han}").fill_null(value=False)
    none = pl.Series([None], dtype=pl.String)
    return (names.str.replace_many(known, spoken) if known else names).zip_with(is_chinese, none)

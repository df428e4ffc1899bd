"""How a Chinese name sounds: 恒远 and 衡源 are typed alike."""

import polars as pl


def sound(name: pl.Expr) -> pl.Expr:
    """Return a name's syllables, so that homophones are equal; null where it has no Chinese character."""
    return name.map_batches(sounds, return_dtype=pl.String)


def sounds(names: pl.Series) -> pl.Series:
    """Return the syllables of names, each character by its first reading and without tone.

    >>> sounds(pl.Series(["恒远科技", "衡源 科技", "Acme"])).to_list()
    ['heng yuan ke ji ', 'heng yuan  ke ji ', None]
    """
    chars = names.str.extract_all(r"\p{Han}").explode().drop_nulls().unique(maintain_order=True).to_list()
    if not chars:
        return pl.Series(names.name, [None] * len(names), dtype=pl.String)
    from pypinyin import Style, pinyin  # half a second that only Chinese names are worth

    spoken = [f"{readings[0]} " for readings in pinyin(chars, style=Style.NORMAL)]
    is_chinese = names.str.contains(r"\p{Han}")
    return names.str.replace_many(chars, spoken).zip_with(
        is_chinese.fill_null(value=False), pl.Series([None], dtype=pl.String)
    )

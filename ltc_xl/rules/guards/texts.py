"""Texts as rules compare them: width, case and outer blanks do not matter, as Excel does it."""

import unicodedata

import polars as pl

_BLANKS = "\t\n\v\f\r \x85\u1680\u2028\u2029"  # what width folding leaves of them
_FEW = 8  # a column in which each text stands so often is quicker folded text by text


def text_key(text: str) -> str:
    """Return what is compared of a text.

    >>> text_key(" ＫＡ-S ")
    'ka-s'
    """
    return unicodedata.normalize("NFKC", text).strip(_BLANKS).lower()


def same_text(texts: pl.Expr) -> pl.Expr:
    """Return what is compared of every text of a column."""
    return texts.map_batches(text_keys, return_dtype=pl.String, is_elementwise=True)


def text_keys(texts: pl.Series) -> pl.Series:
    """Return what is compared of each text; columns of rules hold few texts, most of them folded already.

    >>> text_keys(pl.Series([" Ａ", "a", None])).to_list()
    ['a', 'a', None]
    """
    different = texts.unique()
    if different.len() * _FEW > texts.len():
        return _folded(texts)
    keys = _folded(different)
    other = keys.ne_missing(different)
    return texts.replace(different.filter(other), keys.filter(other)) if other.any() else texts


def _folded(texts: pl.Series) -> pl.Series:
    return texts.str.normalize("NFKC").str.strip_chars(_BLANKS).str.to_lowercase()

"""Texts as rules compare them: width, case and outer blanks do not matter, as Excel does it."""

import unicodedata

import polars as pl


def text_key(text: str) -> str:
    """Return what is compared of a text.

    >>> text_key(" ＫＡ-S ")
    'ka-s'
    """
    return unicodedata.normalize("NFKC", text).strip().lower()


def same_text(texts: pl.Expr) -> pl.Expr:
    """Return what is compared of every text of a column."""
    return texts.str.normalize("NFKC").str.strip_chars().str.to_lowercase()

"""Whose a thing is that names no owner of its own: by the deal or contract it belongs to, or by a role."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import words
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.ledger import currency_of


def deals_and_contracts(book: Book, rulebook: Rulebook) -> pl.DataFrame:
    """Return ``object_id``, ``owner``, ``about``, ``amount`` and ``currency`` of every deal and contract."""
    return pl.concat(
        [
            first_rows(book.rows(name), key).select(
                "owner",
                currency_of(rulebook),
                object_id=key,
                about=pl.coalesce("name", "customer"),
                amount=amount,
            )
            for name, key, amount in (
                ("opportunities", "opp_id", "amount"),
                ("contracts", "contract_no", "gross"),
            )
        ]
    ).unique("object_id", keep="first", maintain_order=True)


def first_in_role(rulebook: Rulebook, as_of: date, role: str) -> str | None:
    """Return the first member of 人员 who has a role and has not left."""
    word = next(word for word in words("team_role") if word.code == role)
    named = pl.col("roles").str.contains_any([word.zh, word.en, word.code], ascii_case_insensitive=True)
    here = pl.col("left_on").is_null() | (pl.col("left_on") > as_of)
    found = rulebook.rows("members").filter(named & here)["member"].drop_nulls()
    return str(found[0]) if found.len() else None

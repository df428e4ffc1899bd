"""People on file twice: one number or address and one name, or one name at one customer."""

import polars as pl

from ltc_xl.model.tables import UID
from ltc_xl.rules.name_keys import name_key, phone_key

_RULES = (("mobile", "duplicate", 98), ("email", "duplicate", 97), ("person", "suspect", 80))


def people_met(contacts: pl.DataFrame) -> pl.DataFrame:
    """Return ``a``, ``b`` (places among the contacts), ``rule``, ``band`` and ``score`` of who may be one.

    A number that two people share is their office's; with one name it is one person. Two of one name at one
    customer may be one, unless both have a mobile and they differ.
    """
    known = contacts.with_row_index("at").select(
        "at",
        at_customer=name_key(pl.col("customer")),
        person=name_key(pl.col("name")),
        mobile=phone_key(pl.col("mobile")),
        email=pl.col("email").str.to_lowercase().str.strip_chars(),
        gone=pl.col("merged_into").is_not_null(),
    )
    known = known.filter(~pl.col("gone"), pl.col("person") != "")
    both = known.join(known, on="person", suffix="_b").filter(pl.col("at") < pl.col("at_b"))
    same = {column: pl.col(column) == pl.col(f"{column}_b") for column in ("mobile", "email", "at_customer")}
    proposed = same["at_customer"] & (pl.col("mobile") != pl.col("mobile_b")).not_().fill_null(value=True)
    rule = (
        pl.when(same["mobile"])
        .then(pl.lit("mobile"))
        .when(same["email"])
        .then(pl.lit("email"))
        .when(proposed)
        .then(pl.lit("person"))
    )
    found = both.with_columns(rule=rule).drop_nulls("rule").sort("at", "at_b")
    names, bands, scores = zip(*_RULES, strict=True)
    return found.select(
        "rule",
        a="at",
        b="at_b",
        band=pl.col("rule").replace_strict(names, bands, return_dtype=pl.String),
        score=pl.col("rule").replace_strict(names, scores, return_dtype=pl.Int64),
    )


def uid_pairs(contacts: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs by ``_uid`` instead of place."""
    return met.with_columns(contacts[UID][met["a"]].alias("a"), contacts[UID][met["b"]].alias("b"))

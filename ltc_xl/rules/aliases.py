"""Other names of customers, as one cell lists them."""

import polars as pl

_BETWEEN_ALIASES = r"[;；,，、|]"


def aliases(customers: pl.DataFrame) -> pl.DataFrame:
    """Return ``name`` and ``alias``, one row per alias of a customer."""
    listed = customers.select(
        "name", alias=pl.col("aliases").str.replace_all(_BETWEEN_ALIASES, ";").str.split(";")
    )
    each = (
        listed.drop_nulls()
        .explode("alias", empty_as_null=False)
        .with_columns(pl.col("alias").str.strip_chars())
    )
    return each.filter(pl.col("alias") != "")

"""The leads that wait for an owner, in the order in which they are served, and the customers among them."""

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.rules.aliases import aliases
from ltc_xl.rules.name_keys import company_key


def open_leads(book: Book) -> pl.DataFrame:
    """Return the leads that somebody may still work on.

    One that an opportunity has come from is done with, whatever its state says: ledgers that are brought in
    know the deal and not the state.
    """
    is_open = pl.col("state").is_in(codes_of_kind("lead_state", "open"))
    grown = book.rows("opportunities").select(lead_id="lead")
    return book.rows("leads").filter(is_open).join(grown, on="lead_id", how="anti", maintain_order="left")


def waiting_leads(book: Book) -> pl.DataFrame:
    """Return the open leads without an owner in the order in which they are served.

    The best score comes first, then the oldest, then the lowest number; what is alike in all three goes by
    what the rows say, never by their identity or place. ``known_customer`` and ``customer_owner`` are filled
    where the company is a customer of ours.
    """
    blank = pl.col("owner").fill_null("").str.strip_chars() == ""
    leads = _with_customers(open_leads(book).filter(blank), book.rows("customers"))
    content = (column.code for column in book.table("leads").columns if not column.live)
    order = list(dict.fromkeys(("score", "created_on", "lead_id", *content)))
    return leads.sort(order, descending=[code == "score" for code in order], nulls_last=True)


def _with_customers(leads: pl.DataFrame, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the leads with the customer they are linked to, else the one of the same name.

    A name is the same without legal form, width and case; a customer is also known by its aliases.
    """
    known = _customer_keys(customers)
    for column in ("customer", "company"):
        named = known.select(
            "key", pl.col("name").alias(f"{column}.name"), pl.col("owner").alias(f"{column}.owner")
        )
        leads = leads.with_columns(key=company_key(pl.col(column))).join(
            named, on="key", how="left", maintain_order="left"
        )
    return leads.with_columns(
        known_customer=pl.coalesce("customer.name", "company.name"),
        customer_owner=pl.when(pl.col("customer.name").is_not_null())
        .then("customer.owner")
        .otherwise("company.owner"),
    )


def _customer_keys(customers: pl.DataFrame) -> pl.DataFrame:
    """Return ``key``, ``name`` and ``owner``: one row per way to name a customer, names before aliases."""
    owned = customers.drop_nulls(["name", "owner"]).sort("name", "owner").unique("name", maintain_order=True)
    named = owned.select("name", alias="name")
    keyed = pl.concat([named, aliases(customers)]).with_columns(key=company_key(pl.col("alias")))
    return (
        keyed.filter(pl.col("key") != "")
        .join(owned.select("name", "owner"), on="name", maintain_order="left")
        .unique("key", keep="first", maintain_order=True)
    )

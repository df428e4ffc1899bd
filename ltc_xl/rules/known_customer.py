"""Which customer a lead speaks of: by link, credit code, full name or alias.

A contact tells the customer only where the lead names no company: an agent has one mobile and many customers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.rules.aliases import aliases
from ltc_xl.rules.name_keys import company_key, name_key, phone_key

Key = Literal["link", "uscc", "name", "contact"]
Lead = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """The customers that the first key that fits any names; of several nobody can tell which is meant."""

    names: tuple[str, ...]
    by: Key


def known_customer(lead: Lead, book: Book) -> Known | None:
    """Return the customer a lead speaks of; None where the firm does not know it yet."""
    customers = book.rows("customers").drop_nulls("name")
    ways = (
        ("link", customers.filter(pl.col("name") == pl.lit(lead["customer"], pl.String))["name"]),
        ("uscc", _by_code(customers, lead)),
        ("name", _by_name(customers, lead)),
        ("contact", _by_contact(book, lead)),
    )
    for key, names in ways:
        found = tuple(names.unique().sort())
        if found:
            return Known(found, key)  # type: ignore[arg-type]  # the keys above are those of Key
    return None


def contacts_like(lead: Lead, book: Book) -> pl.DataFrame:
    """Return the contacts with the mobile or the e-mail of a lead, at whichever customer."""
    mobile = pl.lit(lead["mobile"], pl.String)
    email = pl.lit(lead["email"], pl.String)
    same_phone = phone_key(pl.col("mobile")) == phone_key(mobile)
    same_mail = name_key(pl.col("email")) == name_key(email)
    return book.rows("contacts").filter(same_phone.fill_null(value=False) | same_mail.fill_null(value=False))


def other_code(lead: Lead, name: str, book: Book) -> str | None:
    """Return the credit code of a customer where the lead has another one: then they are two companies."""
    mine = _code(lead["uscc"])
    theirs = book.rows("customers").filter(pl.col("name") == name)["uscc"].drop_nulls()
    return next((code for code in theirs if mine and _code(code) != mine), None)


def _by_code(customers: pl.DataFrame, lead: Lead) -> pl.Series:
    code = _code(lead["uscc"])
    same = pl.col("uscc").str.strip_chars().str.to_uppercase() == pl.lit(code, pl.String)
    return customers.filter(same.fill_null(value=False))["name"]


def _by_name(customers: pl.DataFrame, lead: Lead) -> pl.Series:
    """Return the customers of the same full name or alias, without legal form, width, case and blanks."""
    named = pl.concat([customers.select("name", alias="name"), aliases(customers)])
    mine = company_key(pl.lit(lead["company"], pl.String))
    return named.filter((company_key(pl.col("alias")) == mine) & (mine != ""))["name"]


def _by_contact(book: Book, lead: Lead) -> pl.Series:
    """Return the customers of the same person; an agent's mobile decides nothing where a company is named."""
    found = contacts_like(lead, book)["customer"].drop_nulls()
    return found if lead["company"] is None else found.clear()


def _code(text: object) -> str | None:
    return str(text).strip().upper() if text is not None else None

"""Conversion: the customer, contact and opportunity a lead becomes, and what stands in the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.known_customer import Key, contacts_like, known_customer, other_code
from ltc_xl.rules.name_keys import name_key

Lead = Mapping[str, object]
NEED_SHOWN = 20
"""So many characters of the need go into the name of an opportunity."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in the way, and what its sentence names."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Conversion:
    """What a lead becomes.

    Attributes:
        customer: name of the customer, None where nobody can tell.
        by: the key it was found by; None where it is made.
        contact: name of the contact; ``contact_made`` whether it is new.
        opportunity: ``_uid`` and name of the new opportunity.
        changes: all rows that are made, and the lead's link; its state is not among them.
        obstacles: why it may not be.
        elsewhere: contacts of other customers who have the lead's mobile or e-mail, as (name, customer).
    """

    customer: str | None
    by: Key | None
    contact: str | None
    contact_made: bool
    opportunity: tuple[str, str]
    changes: Changes
    obstacles: tuple[Obstacle, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()


def conversion(lead: Lead, book: Book, as_of: date) -> Conversion:
    """Return what a lead becomes on a day."""
    obstacles = list(_obstacles(lead, book))
    known = known_customer(lead, book)
    if known and len(known.names) > 1:
        obstacles.append(Obstacle("several_customers", {"customers": list(known.names), "by": known.by}))
    customer = known.names[0] if known else lead["company"]
    if customer is None:
        obstacles.append(Obstacle("no_company"))
    name = str(customer or "")
    theirs = other_code(lead, name, book)
    if theirs:
        told = {"customer": name, "uscc": lead["uscc"], "theirs": theirs}
        obstacles.append(Obstacle("other_code", told))
    met = _contact(lead, name, book)
    deal = _opportunity(lead, name, book, as_of)
    inserts = {"opportunities": deal}
    if known is None:
        inserts["customers"] = _customer(lead, name)
    if lead["contact"] is not None and met is None:
        inserts["contacts"] = _new_contact(lead, name)
    link = pl.DataFrame([(lead[UID], lead["customer"], name)], schema=_CELLS, orient="row")
    return Conversion(
        name or None,
        known.by if known else None,
        met or (str(lead["contact"]) if lead["contact"] is not None else None),
        "contacts" in inserts,
        (deal[UID][0], deal["name"][0]),
        Changes((SetColumn("leads", "customer", link),), inserts),
        tuple(obstacles),
        tuple(_elsewhere(lead, name, book)),
    )


_CELLS = {UID: pl.String(), "old": pl.String(), "new": pl.String()}


def _obstacles(lead: Lead, book: Book) -> Iterator[Obstacle]:
    numbers = [lead[key] for key in ("lead_id", UID) if lead[key] is not None]
    made = book.rows("opportunities").filter(pl.col("lead").is_in(numbers))
    if made.height:
        yield Obstacle("already", {"opportunity": made["opp_id"][0] or made["name"][0]})
    if lead["owner"] is None:
        yield Obstacle("no_owner")
    unread = [column for name, uid, column in book.unread if (name, uid) == ("leads", lead[UID])]
    if unread:
        yield Obstacle("unread", {"columns": sorted(unread)})


def _row(name: str, /, **values: object) -> pl.DataFrame:
    """Return one new row of a table."""
    schema = table(name).schema
    uid = mint_uids(1)
    return pl.DataFrame({UID: uid, **{code: [value] for code, value in values.items()}}).select(
        pl.col(code).cast(schema[code]) for code in (UID, *values)
    )


def _customer(lead: Lead, name: str) -> pl.DataFrame:
    same = {code: lead[code] for code in ("owner", "city", "uscc", "industry", "region")}
    return _row("customers", name=name, **same)


def _new_contact(lead: Lead, customer: str) -> pl.DataFrame:
    same = {code: lead[code] for code in ("mobile", "wechat", "email", "role")}
    return _row("contacts", customer=customer, name=lead["contact"], **same)


def _contact(lead: Lead, customer: str, book: Book) -> str | None:
    """Return the customer's contact that the lead speaks of: by mobile, e-mail or name."""
    mine = pl.col("customer") == customer
    called = name_key(pl.col("name")) == name_key(pl.lit(lead["contact"], pl.String))
    by_name = book.rows("contacts").filter(mine, called.fill_null(value=False))
    found = pl.concat([contacts_like(lead, book).filter(mine), by_name])["name"].drop_nulls()
    return str(found[0]) if found.len() else None


def _elsewhere(lead: Lead, customer: str, book: Book) -> Iterator[tuple[str, str]]:
    others = contacts_like(lead, book).filter(pl.col("customer") != customer)
    yield from others.select(pl.col("name").fill_null(""), "customer").iter_rows()


def _opportunity(lead: Lead, customer: str, book: Book, as_of: date) -> pl.DataFrame:
    """Return the new opportunity: it begins where opportunities begin, with what the lead knows."""
    product = lead["product"] if lead["product"] in set(book.rows("products")["product"]) else None
    about = lead["product"] or str(lead["need"] or "")[:NEED_SHOWN]
    same = {code: lead[code] for code in ("owner", "next_step", "next_on", "note")}
    return _row(
        "opportunities",
        name=f"{customer} {about}".strip(),
        customer=customer,
        stage=table("opportunities").by_code["stage"].default,
        amount=lead["budget"],
        product=product,
        lead=lead["lead_id"] or lead[UID],
        created_on=as_of,
        stage_since=as_of,
        **same,
    )

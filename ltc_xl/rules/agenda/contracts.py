"""What is due on contracts: delivery and acceptance past plan, ends of warranty and term, deposits back."""

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda.item import SOON_DAYS, item
from ltc_xl.rules.agenda.parties import deals_and_contracts
from ltc_xl.rules.billing import first_rows
from ltc_xl.rules.ledger import currency_of

_IN_WORK = ("SIGNED", "HANDED_OVER", "DELIVERING", "CHANGING")
_NOT_BINDING = ("DRAFT", "VOID", "TERMINATED")

RENEWAL_DAYS = 30
"""The end of a contract is told so many days ahead: a renewal takes longer than a reminder."""


def items(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield the lines of contracts and deposits."""
    yield from _of_contracts(book, rulebook, as_of)
    yield _warranties(book, rulebook, as_of)
    yield _endings(book, rulebook, as_of)
    yield _deposits(book, rulebook, as_of)


def _of_contracts(book: Book, rulebook: Rulebook, as_of: date) -> Iterator[pl.DataFrame]:
    """Yield contracts that should be delivered, or are delivered and should be accepted, by now."""
    contracts = book.rows("contracts").filter(pl.col("state").is_in(_IN_WORK))
    about = {
        "id": pl.col("contract_no"),
        "about": pl.coalesce("customer", "name"),
        "owner": pl.coalesce("fr", "owner"),
        "amount": pl.col("gross"),
        "currency": currency_of(rulebook),
    }
    late = contracts.filter(pl.col("delivered_on").is_null() & (pl.col("planned_delivery") < as_of))
    yield item(late, "deliver_late", "contracts", "planned_delivery", due_on="planned_delivery", **about)
    by_plan = pl.max_horizontal("delivered_on", "planned_delivery")
    waiting = contracts.filter(
        pl.col("accepted_on").is_null() & (pl.col("delivered_on") <= as_of) & (by_plan < as_of)
    )
    yield item(waiting, "accept_late", "contracts", "accepted_on", due_on=by_plan, **about)


def _endings(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return the contracts that end soon, in time to renew them, or have ended and still stand as running."""
    running = pl.col("state").is_in(codes_of_kind("contract_state", "open")) & (pl.col("state") != "DRAFT")
    told_from = pl.lit(as_of + timedelta(days=RENEWAL_DAYS))
    return item(
        book.rows("contracts").filter(running & (pl.col("ends_on") <= told_from)),
        "contract_ends",
        "contracts",
        "ends_on",
        owner="owner",
        due_on="ends_on",
        id="contract_no",
        about=pl.coalesce("name", "customer"),
        amount="gross",
        currency=currency_of(rulebook),
    )


def _warranties(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return retention to be asked for: the warranty has ended or ends soon, and nobody has triggered it."""
    contracts = first_rows(book.rows("contracts"), "contract_no").filter(~pl.col("state").is_in(_NOT_BINDING))
    months = pl.format("{}mo", pl.col("warranty_months"))
    ended = contracts.drop_nulls(["accepted_on", "warranty_months"]).select(
        "contract_no", ended_on=pl.col("accepted_on").dt.offset_by(months)
    )
    lines = book.rows("lines").filter(
        (pl.col("trigger") == "WARRANTY_END") & pl.col("triggered_on").is_null() & (pl.col("amount") > 0)
    )
    due = lines.join(ended, on="contract_no").filter(pl.col("ended_on") <= as_of + timedelta(days=SOON_DAYS))
    return item(
        due,
        "warranty_end",
        "lines",
        "triggered_on",
        owner="owner",
        due_on="ended_on",
        id="line_id",
        about="customer",
        amount="amount",
        currency=currency_of(rulebook),
    )


def _deposits(book: Book, rulebook: Rulebook, as_of: date) -> pl.DataFrame:
    """Return deposits that should be back, or soon are; whose deal or contract it is asks for them."""
    soon = as_of + timedelta(days=SOON_DAYS)
    back = pl.col("returned_on").is_null() | (pl.col("returned_on") > as_of)
    due = book.rows("deposits").filter((pl.col("due_back_on") <= soon) & back)
    owners = deals_and_contracts(book, rulebook).select("object_id", "owner")
    return item(
        due.join(owners, on="object_id", how="left", maintain_order="left"),
        "deposit_due",
        "deposits",
        "returned_on",
        owner="owner",
        due_on="due_back_on",
        id="deposit_id",
        about="payee",
        amount="amount",
        currency=pl.lit(rulebook.currency),
    )

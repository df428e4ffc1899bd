"""The demo firm as frames: every table told for a day, computed columns as a check would leave them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.demo import people
from ltc_xl.demo.activities import Activities
from ltc_xl.demo.billing import Billing
from ltc_xl.demo.cash import Cash
from ltc_xl.demo.contracts import Contracts, Lines
from ltc_xl.demo.customers import contacts, customers
from ltc_xl.demo.deals import Deals
from ltc_xl.demo.faults import plant
from ltc_xl.demo.garden import Garden, Planted
from ltc_xl.demo.leads import Leads
from ltc_xl.demo.marketing import nurture_tracks, scoring
from ltc_xl.demo.promises import deposits, handovers
from ltc_xl.demo.settling import open_amounts, story
from ltc_xl.demo.telling import Row, Telling, facts, frame, without_asides
from ltc_xl.leads import grade
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.change import applied
from ltc_xl.model.enums import Lang
from ltc_xl.rules.derived import derived
from ltc_xl.rules.rulebook import bind_rulebook


def firm(as_of: date, lang: Lang, *, faults: bool = False) -> Mapping[str, pl.DataFrame]:
    """Return the firm's tables, computed columns as a check leaves them; without faults it finds none."""
    return faulty_firm(as_of, lang).frames if faults else _computed(_clean(as_of, lang), as_of, lang)


def planted(as_of: date, lang: Lang) -> tuple[Planted, ...]:
    """Return the planted faults: code, table, row and column where a check must find each."""
    return tuple(faulty_firm(as_of, lang).planted)


def faulty_firm(as_of: date, lang: Lang) -> Garden:
    """Return the firm with every fault planted, and where each must be found."""
    garden = plant(_clean(as_of, lang), as_of, lang)
    garden.frames = _computed(garden.frames, as_of, lang)
    return garden


def _clean(as_of: date, lang: Lang) -> dict[str, pl.DataFrame]:
    told = Telling(as_of, lang)
    staff = people.staff(told)
    customer_rows = customers(told, staff)
    contact_rows = contacts(told, customer_rows)
    deal_rows = Deals(told, staff, customer_rows).rows()
    lead_rows = Leads(told, staff, customer_rows).rows(deal_rows)
    contract_rows = Contracts(told, staff, customer_rows).rows(deal_rows)
    line_rows = Lines(told, contract_rows).rows()
    open_of = open_amounts(told, customer_rows, line_rows)
    cash = Cash(told, customer_rows, line_rows, open_of)
    receipts, allocations = cash.receipts()
    adjustments = cash.adjustments()
    invoices = Billing(told, customer_rows, contract_rows).rows(line_rows)
    _annotate(told, open_of, line_rows)
    _close_paid(contract_rows, line_rows, open_of)
    activities = Activities(told, staff.of("marketing", 0)).rows(lead_rows, deal_rows, line_rows)
    rows = {
        "members": staff.rows,
        "assignment": people.assignment(told),
        "scoring": scoring(told),
        "nurture_tracks": nurture_tracks(told, staff),
        "products": people.products(told),
        "channels": people.channels(told, staff),
        "customers": list(customer_rows.values()),
        "contacts": contact_rows,
        "leads": lead_rows,
        "opportunities": deal_rows,
        "contracts": list(contract_rows.values()),
        "lines": line_rows,
        "receipts": receipts,
        "allocations": allocations,
        "adjustments": adjustments,
        "invoices": invoices,
        "activities": activities,
        "bills": cash.bills(receipts),
        "deposits": deposits(told, deal_rows),
        "handovers": handovers(told, contract_rows),
    }
    frames = {name: frame(name, [without_asides(name, row) for row in held]) for name, held in rows.items()}
    return {**frames, "settings": people.settings(told)}


def _computed(frames: Mapping[str, pl.DataFrame], as_of: date, lang: Lang) -> dict[str, pl.DataFrame]:
    book = _graded(book_of("demo.xlsx", lang, **frames), as_of)
    filled = derived(book, bind_rulebook(book), as_of)
    return {name: filled.rows(name) for name in frames}


def _graded(book: Book, as_of: date) -> Book:
    """Return the book with the leads graded; those that were converted as they were before."""
    leads = book.rows("leads")
    before = pl.when(pl.col("state") == "CONVERTED").then(pl.lit("FOLLOWING")).otherwise("state")
    asked = book.with_rows("leads", leads.with_columns(state=before)).with_rows(
        "opportunities", book.rows("opportunities").clear()
    )
    graded = applied(asked, grade(asked, bind_rulebook(asked), as_of).changes).rows("leads")
    return book.with_rows("leads", graded.with_columns(leads["state"]))


def _annotate(told: Telling, open_of: Mapping[str, Decimal], lines: Sequence[Row]) -> None:
    """Write on open lines what the clerk knows: why, what was promised, what is disputed."""
    for line in lines:
        if not line["due_on"] or not open_of.get(line["line_id"]):
            continue
        late = line["due_on"] < told.as_of
        note = facts()["open_lines"].get(story(line))
        line["note"] = (
            told.word("stories", note) if note else told.pick("line_notes", "overdue" if late else "current")
        )
        if late:
            line["next_on"] = told.day(-told.dice.randint(1, 8))
        if late and not note and told.chance(0.5):
            line["promised_on"] = told.day(-told.dice.randint(3, 12))
        if story(line) == "college_labs/ACCEPTANCE":
            line |= {
                "disputed_amount": Decimal(24_800),
                "dispute_reason": told.word("stories", "dispute_reason"),
            }


def _close_paid(contracts: Mapping[str, Row], lines: Sequence[Row], open_of: Mapping[str, Decimal]) -> None:
    """Close the accepted contracts of which nothing is open any more."""
    unpaid = {line["contract"] for line in lines if open_of.get(line["line_id"])}
    for key, contract in contracts.items():
        if contract["state"] == "COLLECTING" and key not in unpaid:
            contract["state"] = "CLOSED"

"""Figures worked out again in plain Python, row by row, from the typed columns alone."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import words
from ltc_xl.model.tables import table

Row = Mapping[str, Any]
OPEN = {word.code for word in words("opp_stage") if word.kind == "open"}
WIN = {word.code: word.win for word in words("opp_stage")}
NOTHING = Decimal("0.00")


def rows(book: Book, name: str) -> list[dict[str, Any]]:
    return book.rows(name).to_dicts()


def added(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), NOTHING)


def cents(amount: Decimal) -> Decimal:
    """Return an amount to the cent; a half is rounded away from zero."""
    return Decimal(int(amount * 100 + Decimal("0.5"))) / 100


def balances(book: Book, day: date, currency: str, home: str) -> list[tuple[dict[str, Any], Decimal]]:
    """Return the lines of a currency in the ledger on a day, each with what is open of it."""
    paid: dict[str, Decimal] = {}
    for name in ("allocations", "adjustments"):
        for row in rows(book, name):
            if row["effective_on"] <= day:
                paid[row["line"]] = paid.get(row["line"], NOTHING) + row["amount"]
    known = [
        line
        for line in rows(book, "lines")
        if (line["currency"] or home) == currency and line["triggered_on"] and line["triggered_on"] <= day
    ]
    left = [(line, line["amount"] - paid.get(line["line_id"], NOTHING)) for line in known]
    return [(line, amount) for line, amount in left if amount]


def open_deals(book: Book, currency: str, home: str) -> list[dict[str, Any]]:
    return [
        deal
        for deal in rows(book, "opportunities")
        if deal["stage"] in OPEN and (deal["currency"] or home) == currency
    ]


def weighted(deal: Row) -> Decimal:
    return cents((deal["amount"] or NOTHING) * (WIN[deal["stage"]] or NOTHING))


def received(book: Book, first: date, last: date, currency: str, home: str) -> Decimal:
    within = [row for row in rows(book, "receipts") if row["on"] and first <= row["on"] <= last]
    return added(row["amount"] for row in within if (row["currency"] or home) == currency)


def week_of(day: date, as_of: date) -> int:
    """Return 1 to 13, 0 beyond."""
    week = (day - as_of).days // 7 + 1
    return week if week <= 13 else 0


# ---------------------------------------------------------------- real rows, without the import


def typed(name: str, records: list[dict[str, object]]) -> pl.DataFrame:
    schema = {code: kind for code, kind in table(name).schema.items() if code in records[0]}
    return pl.DataFrame(records, schema=schema)


def ibm(source: Path) -> Book:
    """Return the invoices of a shared-service centre and the cash that settled them."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))

    def day(text: str) -> date:
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007  a day has no zone

    amounts = [Decimal(row["InvoiceAmount"]) for row in found]
    lines = [
        {
            "line_id": row["invoiceNumber"],
            "customer": row["customerID"],
            "item": "OTHER",
            "amount": amount,
            "triggered_on": day(row["InvoiceDate"]),
            "due_override": day(row["DueDate"]),
            "currency": "USD",
        }
        for row, amount in zip(found, amounts, strict=True)
    ]
    settled = [(row["invoiceNumber"], day(row["SettledDate"]), row["customerID"]) for row in found]
    cash = [
        {"receipt_id": f"P-{no}", "on": on, "amount": amount, "customer": who, "currency": "USD"}
        for (no, on, who), amount in zip(settled, amounts, strict=True)
    ]
    applied = [
        {"receipt": f"P-{no}", "line": no, "amount": amount, "effective_on": on}
        for (no, on, _), amount in zip(settled, amounts, strict=True)
    ]
    frames = {"lines": lines, "receipts": cash, "allocations": applied}
    return book_of("ibm.xlsx", "en", **{name: typed(name, held) for name, held in frames.items()})


_STAGES = {"Prospecting": "VALIDATING", "Engaging": "PROPOSAL", "Won": "WON", "Lost": "LOST"}


def maven(source: Path) -> Book:
    """Return the deals of a sales team; open ones, which carry no amount there, get one."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    deals = [
        {
            "source_id": row["opportunity_id"],
            "name": row["product"],
            "customer": row["account"] or None,
            "owner": row["sales_agent"],
            "stage": _STAGES[row["deal_stage"]],
            "amount": Decimal(row["close_value"])
            if row["close_value"]
            else Decimal(len(row["product"]) * 100),
            "created_on": date.fromisoformat(row["engage_date"]) if row["engage_date"] else None,
            "closed_on": date.fromisoformat(row["close_date"]) if row["close_date"] else None,
            "currency": "USD",
        }
        for row in found
    ]
    return book_of("maven.xlsx", "en", opportunities=typed("opportunities", deals))


def weeks_after(as_of: date) -> list[date]:
    return [as_of + timedelta(days=7 * week) for week in range(13)]

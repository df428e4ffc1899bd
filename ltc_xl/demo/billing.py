"""Invoices: VAT to the cent, two rates where there is installation, one credited and issued again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ltc_xl.demo.settling import story
from ltc_xl.demo.telling import Row, Telling, facts
from ltc_xl.model.money import cents

_UNBILLED_DAYS = 5
_GOODS, _INSTALLATION = "13%", "9%"
_WRONG_TITLE = "kangda_gmp/DELIVERY"
_PUBLIC = {"GOV", "INSTITUTION"}


def vat(gross: Decimal, rate: str) -> Decimal:
    """Return the tax in a gross amount.

    >>> vat(Decimal("100.00"), "13%")
    Decimal('11.50')
    """
    share = Decimal(rate.removesuffix("%")) / 100
    return gross - cents(gross / (1 + share))


@dataclass
class Billing:
    """Tells the invoices of the lines that fell due."""

    told: Telling
    customers: Mapping[str, Row]
    contracts: Mapping[str, Row]
    serial: int = 81_470_200

    def rows(self, lines: Sequence[Row]) -> list[Row]:
        """Return the invoices, oldest first."""
        rows = [invoice for line in lines if self._is_billed(line) for invoice in self._invoices(line)]
        rows.sort(key=lambda row: row["issued_on"])
        for row in rows:
            row["invoice_no"] = self._number(row["issued_on"])
        for row in rows:
            row["red_of"] = row["red_of"]["invoice_no"] if row.get("red_of") else None
        return rows

    def _number(self, day: date) -> str:
        """Return a 20-digit number: year, region, channel, serial."""
        self.serial += self.told.dice.randint(3, 900)
        return f"{day:%y}322{self.serial:015d}"

    def _is_billed(self, line: Row) -> bool:
        """Return whether there is an invoice: not for what is not due, or came just now."""
        if not line["due_on"]:
            return False
        fresh = (self.told.as_of - line["triggered_on"]).days <= _UNBILLED_DAYS
        return "paid_on" in line or not (fresh or line["item"] == "PREPAY")

    def _invoices(self, line: Row) -> Iterator[Row]:
        day = self.told.after(line["triggered_on"], self.told.dice.randint(0, 4))
        day = min(day, line.get("paid_on", day))
        if story(line) == _WRONG_TITLE:
            yield from self._issued_again(line, day)
            return
        for gross, rate in self._parts(line):
            yield self._invoice(line, day, gross, rate)

    def _parts(self, line: Row) -> Iterator[tuple[Decimal, str]]:
        """Return gross and rate; installation is billed with acceptance, at its own rate."""
        fact = next(fact for fact in facts()["contracts"] if fact["key"] == line["contract"])
        work = Decimal(fact.get("installation", "0")) if line["item"] == "ACCEPTANCE" else Decimal(0)
        yield line["amount"] - work, fact.get("tax_rate", _GOODS)
        if work:
            yield work, _INSTALLATION

    def _invoice(self, line: Row, day: date, gross: Decimal, rate: str) -> Row:
        customer = next(row for row in self.customers.values() if row["name"] == line["customer"])
        special = customer["kind"] not in _PUBLIC and customer["currency"] == "CNY"
        return {
            "kind": "E_SPECIAL" if special else "E_GENERAL",
            "issued_on": day,
            "customer": line["customer"],
            "contract_no": line["contract_no"],
            "line": line["line_id"],
            "gross": gross,
            "tax_rate": rate,
            "tax": vat(gross, rate),
            "currency": line["currency"],
        }

    def _issued_again(self, line: Row, day: date) -> Iterator[Row]:
        """Return the invoice with the wrong buyer, its credit note, and the right one."""
        wrong = self._invoice(line, day, line["amount"], _GOODS)
        again = self.told.after(day, 6)
        wrong["note"] = self.told.word("stories", "wrong_title_note")
        red = wrong | {"issued_on": again, "gross": -wrong["gross"], "tax": -wrong["tax"], "red_of": wrong}
        right = wrong | {"issued_on": self.told.after(again, 1)}
        yield wrong
        yield red | {"note": self.told.word("stories", "red_note")}
        yield right | {"note": self.told.word("stories", "reissued_note")}

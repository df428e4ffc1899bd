"""Who paid what and when: receipts, allocations, bills, and what was deducted."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from ltc_xl.demo.settling import story
from ltc_xl.demo.telling import Row, Telling, facts
from ltc_xl.model.calendar import add_months

_BILL_MONTHS, _BILL_WAIT_DAYS = 6, 22
_BILL_FLOOR = Decimal(50_000)
_BILL_SHARE = 0.2


@dataclass
class Cash:
    """Tells the money that came in for the lines that are not open; each paid line gets its ``paid_on``."""

    told: Telling
    customers: Mapping[str, Row]
    lines: Sequence[Row]
    open_of: Mapping[str, Decimal]
    habits: dict[str, int] = field(init=False)
    accounts: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Find out how late each customer usually pays, and from which account."""
        held = self.customers.values()
        self.habits = {row["name"]: self.told.dice.randint(-4, 16) for row in held}
        self.accounts = {row["name"]: re.sub(r"\D", "", row["invoice_details"]) for row in held}

    def adjustments(self) -> list[Row]:
        """Return what lowered a line without cash."""
        by_story = {story(line): line for line in self.lines}
        rows = [self._adjustment(fact, by_story[fact["line"]]) for fact in facts()["deductions"]]
        self.told.numbered("adjustments", rows)
        return rows

    def _adjustment(self, fact: Row, line: Row) -> Row:
        return {
            "line": line["line_id"],
            "kind": fact["kind"],
            "amount": Decimal(fact["amount"]),
            "effective_on": line["paid_on"],
            "approved_by": self.told.word("adjusted_by", fact["by"]),
            "note": self.told.word("stories", fact["note"]),
        }

    def receipts(self) -> tuple[list[Row], list[Row]]:
        """Return receipts and allocations, oldest first; one receipt may pay several lines."""
        payments = sorted(self._payments(), key=lambda paid: (paid["on"], paid["line"]["line_id"]))
        receipts, allocations = [self._advance()], []
        for _, group in groupby(payments, key=lambda paid: (paid["on"], paid["line"]["contract"])):
            held = list(group)
            receipt = self._receipt(held)
            receipts.append(receipt)
            allocations += [self._allocation(receipt, paid) for paid in held]
        receipts.sort(key=lambda row: row["on"])
        self.told.numbered("receipts", receipts)
        for allocation in allocations:
            allocation["receipt"] = allocation["receipt"]["receipt_id"]
        self.told.numbered("allocations", allocations)
        return receipts, allocations

    def _payments(self) -> Iterator[Row]:
        deducted = {fact["line"]: Decimal(fact["amount"]) for fact in facts()["deductions"]}
        for line in self.lines:
            paid = line["amount"] - self.open_of.get(line["line_id"], Decimal(0))
            if paid > 0:
                line["paid_on"] = self._pay_day(line)
                amount = paid - deducted.get(story(line), Decimal(0))
                yield {"line": line, "on": line["paid_on"], "amount": amount}

    def _pay_day(self, line: Row) -> date:
        """Return the due day moved by the customer's habit, between the trigger and yesterday."""
        told = self.told
        triggered: date = line["triggered_on"]
        late = self.habits[line["customer"]] + told.dice.randint(-4, 7)
        recent = told.day(told.dice.randint(1, 6))
        if story(line) in facts()["paid"]:
            return told.day(facts()["paid"][story(line)])
        if story(line) in facts()["bills"]:
            return told.after(triggered, _BILL_WAIT_DAYS)
        usual = told.after(line["due_on"], late)
        return max(usual if usual < told.day(1) else recent, triggered)

    def _receipt(self, payments: Sequence[Row]) -> Row:
        """Return the receipt of what one customer paid in one go."""
        told, line = self.told, payments[0]["line"]
        on, amount = payments[0]["on"], sum((paid["amount"] for paid in payments), Decimal(0))
        return {
            "on": on,
            "amount": amount,
            "customer": line["customer"],
            "contract_no": line["contract_no"],
            "match_why": told.word("allocation_why", "contract" if told.chance(0.7) else "manual"),
            "currency": line["currency"],
            "note": told.pick("receipt_notes") or None,
            **self._payer(line["customer"]),
            **self._method(line, on, amount),
            **self._bank_line(on),
        }

    def _payer(self, customer: str) -> Row:
        return {"payer": customer, "payer_account": self.accounts[customer]}

    def _method(self, line: Row, on: date, amount: Decimal) -> Row:
        by_bill = self.told.chance(_BILL_SHARE) and amount >= _BILL_FLOOR and line["currency"] == "CNY"
        method = facts()["bills"].get(story(line)) or ("BILL_BANK" if by_bill else "TRANSFER")
        return {
            "method": method,
            "bill_due_on": None if method == "TRANSFER" else add_months(on, _BILL_MONTHS),
        }

    def _bank_line(self, on: date) -> Row:
        return {"bank_ref": f"{on:%Y%m%d}{self.told.dice.randint(10**5, 10**6 - 1)}"}

    def _allocation(self, receipt: Row, payment: Row) -> Row:
        told_no = receipt["match_why"] == self.told.word("allocation_why", "contract")
        return {
            "receipt": receipt,
            "line": payment["line"]["line_id"],
            "amount": payment["amount"],
            "effective_on": payment["on"],
            "by": "AUTO" if told_no else "MANUAL",
            "why": receipt["match_why"],
        }

    def _advance(self) -> Row:
        """Return a deposit for a contract that is still being signed: cash not applied to any line."""
        customer, on = self.customers["puren"]["name"], self.told.day(2)
        return {
            "on": on,
            "amount": Decimal(50_000),
            "customer": customer,
            "currency": "CNY",
            "method": "TRANSFER",
            "note": self.told.word("stories", "advance_note"),
            **self._payer(customer),
            **self._bank_line(on),
        }

    def bills(self, receipts: Sequence[Row]) -> list[Row]:
        """Return the register of the bills taken: drawn a few days before, held until they mature."""
        return [self._bill(receipt) for receipt in receipts if receipt.get("bill_due_on")]

    def _bill(self, receipt: Row) -> Row:
        told, matured = self.told, receipt["bill_due_on"] < self.told.as_of
        bank = told.pick("customer_accounts", "banks")
        commercial = receipt["method"] == "BILL_COMMERCIAL"
        return {
            "bill_no": f"{told.dice.randint(10**29, 10**30 - 1)}",
            "kind": receipt["method"],
            "receipt": receipt["receipt_id"],
            "drawer": receipt["payer"],
            "acceptor": receipt["payer"] if commercial else bank,
            "issued_on": add_months(receipt["bill_due_on"], -_BILL_MONTHS),
            "due_on": receipt["bill_due_on"],
            "amount": receipt["amount"],
            "status": "COLLECTED" if matured else "HELD",
            "status_on": receipt["bill_due_on"] if matured else None,
        }

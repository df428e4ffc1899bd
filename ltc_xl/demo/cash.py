"""Who paid what and when: which lines stay open, receipts, allocations and what was deducted."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from ltc_xl.demo.telling import Row, Telling, facts, frame
from ltc_xl.model.calendar import add_months
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.derived import due_days

_ROUND = Decimal(1000)
_BILL_MONTHS = 6
_BILL_FLOOR = Decimal(50_000)


def story(line: Row) -> str:
    """Return the name of a line in the facts: contract/item."""
    return f"{line['contract']}/{line['item']}"


def kept_open(lines: Sequence[Row], target: Decimal) -> dict[str, Decimal]:
    """Return ``line_id`` -> what stays open, so that it adds up to the target; the youngest stay open.

    The line that would go beyond is paid in part, a round thousand left.
    """
    held: dict[str, Decimal] = {}
    for line in sorted(lines, key=lambda row: (row["due_on"], row["line_id"]), reverse=True):
        room = target - sum(held.values())
        keep = line["amount"] if line["amount"] <= room else max(room, Decimal(0)) // _ROUND * _ROUND
        held[line["line_id"]] = keep
    return held


@dataclass
class Cash:
    """Tells the money: ``open_of`` what stays open of each line, and the rows that follow from it."""

    told: Telling
    customers: Mapping[str, Row]
    lines: Sequence[Row]
    open_of: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Decide what stays open."""
        days = frame("lines", [{k: v for k, v in line.items() if k != "contract"} for line in self.lines])
        for line, due_on in zip(self.lines, due_days(days, _calendar()), strict=True):
            line["due_on"] = due_on
        self.open_of = self._settled()
        self.temper = {row["name"]: self.told.dice.randint(-4, 16) for row in self.customers.values()}
        self.by_name = {row["name"]: row for row in self.customers.values()}

    def _settled(self) -> dict[str, Decimal]:
        """Return what stays open of every line, so that the shares the facts name come out."""
        aims = facts()["receivables"]
        untriggered = {line["line_id"]: line["amount"] for line in self.lines if not line["due_on"]}
        pinned = [line for line in self.lines if story(line) in facts()["open_lines"]]
        free = [
            line for line in self.lines if line["due_on"] and line not in pinned and line["currency"] == "CNY"
        ]
        biggest = self.customers[aims["biggest_customer"]]["name"]
        home = [line for line in pinned if line["currency"] == "CNY"]
        big = _sum(line for line in home if line["customer"] == biggest)
        total = big / Decimal(aims["biggest"])
        overdue = total * Decimal(aims["overdue"])
        late = [line for line in free if self._recent(line) and line["due_on"] < self.told.as_of]
        current = [line for line in free if line["due_on"] >= self.told.as_of]
        return {
            **untriggered,
            **{line["line_id"]: line["amount"] for line in pinned},
            **kept_open(late, overdue - _sum(home) + big),
            **kept_open(current, total - overdue - big),
        }

    def _recent(self, line: Row) -> bool:
        return bool(line["due_on"] > self.told.as_of - timedelta(days=facts()["receivables"]["window"]))

    # ------------------------------------------------------------ deductions

    def adjustments(self) -> list[Row]:
        """Return what lowered a line without cash."""
        by_story = {story(line): line for line in self.lines}
        rows = []
        for fact in facts()["deductions"]:
            line = by_story[fact["line"]]
            rows.append(
                {
                    "line": line["line_id"],
                    "kind": fact["kind"],
                    "amount": Decimal(fact["amount"]),
                    "effective_on": line["paid_on"],
                    "approved_by": self.told.word("adjusted_by", fact["by"]),
                    "note": self.told.word("stories", fact["note"]),
                }
            )
        self.told.numbered("adjustments", rows)
        return rows

    # ------------------------------------------------------------ receipts

    def receipts(self) -> tuple[list[Row], list[Row]]:
        """Return receipts and allocations, oldest first; one receipt may pay several lines."""
        payments = [*self._payments(), *self._bounced()]
        payments.sort(key=lambda paid: (paid["on"], paid["line"]["line_id"], paid["amount"] < 0))
        receipts, allocations = [], []
        for _, group in groupby(
            payments, key=lambda paid: (paid["on"], paid["line"]["customer"], paid["amount"] > 0)
        ):
            held = list(group)
            receipt = self._receipt(held)
            receipts.append(receipt)
            allocations += [self._allocation(receipt, paid) for paid in held]
        receipts.append(self._advance())
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
                yield {
                    "line": line,
                    "on": line["paid_on"],
                    "amount": paid - deducted.get(story(line), Decimal(0)),
                }

    def _pay_day(self, line: Row) -> date:
        """Return the due day and the customer's habit, between the trigger and yesterday."""
        late = self.temper[line["customer"]] + self.told.dice.randint(-4, 7)
        recent = self.told.day(self.told.dice.randint(1, 6))
        usual = self.told.after(line["due_on"], late)
        paid = min(usual, recent) if usual >= self.told.day(1) else usual
        triggered: date = line["triggered_on"]
        return max(paid, triggered)

    def _bounced(self) -> Iterator[Row]:
        """Return the commercial bill: taken, and reversed when it bounced."""
        line = next(line for line in self.lines if story(line) == "fangda_cabinets/DELIVERY")
        taken = self.told.after(line["triggered_on"], 22)
        matures = add_months(taken, _BILL_MONTHS)
        bill = {"method": "BILL_COMMERCIAL", "bill_due_on": matures, "line": line}
        yield bill | {"on": taken, "amount": line["amount"], "note": self.told.word("stories", "bill_note")}
        reversed_on = self.told.after(matures, 1)
        note = self.told.word("stories", "dishonour_note")
        yield bill | {"on": reversed_on, "amount": -line["amount"], "note": note}

    def _receipt(self, payments: Sequence[Row]) -> Row:
        """Return the receipt of what one customer paid in one go."""
        told, first = self.told, payments[0]
        line, amount = first["line"], sum((paid["amount"] for paid in payments), Decimal(0))
        return {
            "on": first["on"],
            "amount": amount,
            "customer": line["customer"],
            "contract_no": line.get("contract_no"),
            "match_why": told.word("allocation_why", "contract" if told.chance(0.7) else "manual"),
            "currency": line["currency"],
            "note": first.get("note") or told.pick("receipt_notes") or None,
            **self._payer(line),
            **self._method(first, amount),
            **self._bank_line(first["on"], line.get("contract_no") or ""),
        }

    def _payer(self, line: Row) -> Row:
        details = self.by_name[line["customer"]]["invoice_details"]
        account = re.search(r"\d{18}", details)
        return {"payer": line["customer"], "payer_account": account[0] if account else None}

    def _method(self, payment: Row, amount: Decimal) -> Row:
        by_bill = self.told.chance(0.2)
        if "method" in payment:
            return {"method": payment["method"], "bill_due_on": payment["bill_due_on"]}
        if by_bill and amount >= _BILL_FLOOR and payment["line"]["currency"] == "CNY":
            return {"method": "BILL_BANK", "bill_due_on": add_months(payment["on"], _BILL_MONTHS)}
        return {"method": "TRANSFER"}

    def _bank_line(self, on: date, summary: str) -> Row:
        return {
            "bank_ref": f"{on:%Y%m%d}{self.told.dice.randint(10**7, 10**8 - 1)}",
            "summary": summary or None,
        }

    def _allocation(self, receipt: Row, payment: Row) -> Row:
        return {
            "receipt": receipt,
            "line": payment["line"]["line_id"],
            "amount": payment["amount"],
            "effective_on": payment["on"],
            "by": "AUTO"
            if receipt["match_why"] == self.told.word("allocation_why", "contract")
            else "MANUAL",
            "why": receipt["match_why"],
        }

    def _advance(self) -> Row:
        """Return a deposit for a contract that is still being signed: cash not applied to any line."""
        customer, on = self.customers["puren"], self.told.day(2)
        return {
            "on": on,
            "amount": Decimal(50_000),
            "customer": customer["name"],
            "currency": "CNY",
            "method": "TRANSFER",
            "note": self.told.word("stories", "advance_note"),
            **self._payer({"customer": customer["name"]}),
            **self._bank_line(on, ""),
        }


def _sum(lines: Iterable[Row]) -> Decimal:
    return sum((line["amount"] for line in lines), Decimal(0))


def _calendar() -> Rulebook:
    days = default_rows("calendar")
    off, on = (frozenset(days.filter(workday=answer)["day"]) for answer in ("NO", "YES"))
    return Rulebook(holidays=off, make_up_days=on)

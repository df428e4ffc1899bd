"""What was promised at handover, and the deposits of tenders."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from ltc_xl.demo.telling import Row, Telling, facts

_DEPOSIT_RATE = Decimal("0.02")
_LEAST_DEPOSIT = Decimal(5_000)


def handovers(told: Telling, contracts: Mapping[str, Row]) -> list[Row]:
    """Return what sales handed over to delivery: every promise, and whether the contract says so."""
    rows = []
    for key, count in facts()["handovers"].items():
        signed = told.after(contracts[key]["signed_on"], 7)
        items = told.dice.sample(told.words["handovers"]["items"], count)
        if key == "hengsi_retrofit":
            items[-1] = told.word("handovers", "written")
        rows += [
            {
                "contract_no": contracts[key]["contract_no"],
                "item": item,
                "in_contract": "YES",
                "sales_signed_on": signed,
                "delivery_signed_on": signed,
            }
            for item in items
        ]
    return rows


def deposits(told: Telling, opportunities: Sequence[Row]) -> list[Row]:
    """Return the bid deposits of lost and running tenders; what was due back has come back."""
    tenders = [
        opp
        for opp in opportunities
        if opp["route"] == "BID" and opp["stage"] in {"LOST", "NEGOTIATING", "SIGNING"}
    ]
    rows = list(_deposits(told, tenders))
    told.numbered("deposits", rows)
    return rows


def _deposits(told: Telling, tenders: Sequence[Row]) -> Iterator[Row]:
    for opp in tenders:
        back: date | None = opp["bid_due"] + timedelta(days=30)
        lost = opp["stage"] == "LOST"
        yield {
            "kind": "BID",
            "object_id": opp["opp_id"],
            "payee": opp["customer"],
            "amount": _deposit(told, opp),
            "paid_on": opp["bid_due"] - timedelta(days=6),
            "due_back_on": back if lost else None,
            "returned_on": told.after(back, 5) if lost and back else None,
        }


def _deposit(told: Telling, opp: Row) -> Decimal:
    """Return the deposit of a tender: two in a hundred, but for the one the story names."""
    tender = facts()["tender"]
    if opp["customer"] == told.words["customers"][tender["customer"]][0] and opp["stage"] == "LOST":
        return Decimal(tender["deposit"])
    usual: Decimal = (opp["amount"] * _DEPOSIT_RATE).quantize(Decimal("1E+3"))
    return max(usual, _LEAST_DEPOSIT)

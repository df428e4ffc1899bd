"""Eighty opportunities: those behind the contracts, and what else is open, lost, dropped or on hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ltc_xl.demo.people import Staff
from ltc_xl.demo.telling import Row, Telling, facts

_FROM_LEADS = 20
"""So many of the deals that are not won came from a lead; each that was won did."""
_UNPRICED = 3
_REVIEW_FLOOR = Decimal(100_000)
_DECIDED = {"APPROVED", "PROPOSAL", "NEGOTIATING", "SIGNING", "WON", "LOST", "HOLD"}
_CLOSED = {"LOST", "DROPPED"}
_TENDERING = {"park", "hospital", "school"}
_PARTS = {"platforms": "platform", "cabinets": "cabinet", "gateways": "gtx_pro", "service": "service"}


def list_price(product: str) -> Decimal:
    """Return the list price of a product."""
    return Decimal(facts()["products"][product]["price"])


def deal_amount(deal: Row) -> Decimal:
    """Return what a deal is worth: its parts at list price, and installation."""
    goods = sum((list_price(key) * deal.get(part, 0) for part, key in _PARTS.items()), Decimal(0))
    return goods + Decimal(deal.get("installation", "0.00"))


def main_product(deal: Row) -> str:
    """Return the product a deal is named after: the biggest thing in it."""
    return next(key for part, key in _PARTS.items() if part in deal)


def spread(place: int, share: int, whole: int) -> bool:
    """Return whether this place of ``whole`` is one of ``share`` spread evenly.

    >>> [spread(place, 2, 6) for place in range(6)]
    [False, False, True, False, False, True]
    """
    return place * share // whole != (place + 1) * share // whole


@dataclass(frozen=True)
class Deals:
    """Tells opportunities; until both exist, ``contract_no`` is a contract's key and ``lead`` a yes or no."""

    told: Telling
    people: Staff
    customers: Mapping[str, Row]

    def rows(self) -> list[Row]:
        """Return the opportunities, oldest first, numbered."""
        rows = [*self._won(), *self._others()]
        rows.sort(key=lambda row: row["created_on"])
        self.told.numbered("opportunities", rows)
        return rows

    def _won(self) -> Iterator[Row]:
        """Return the opportunity behind every contract that is no call-off."""
        signed = [fact for fact in facts()["contracts"] if fact.get("kind") != "ORDER"]
        for place, fact in enumerate(signed):
            closed = self.told.day(fact["signed"])
            row = self._opportunity(fact["customer"], fact["product"], place) | {
                "name": self.told.word("contracts", fact["key"]),
                "stage": "WON",
                "amount": Decimal(fact.get("gross") or fact["volume"]),
                "expected_close": closed + timedelta(days=self.told.dice.randint(-20, 10)),
                "created_on": self.told.day(fact["signed"] + self.told.dice.randint(45, 140)),
                "stage_since": closed,
                "closed_on": closed,
                "note": self.told.pick("opp_notes", "WON"),
                "contract_no": fact["key"],
                "lead": True,
            }
            yield row | self._costed(row)

    def _others(self) -> Iterator[Row]:
        """Return what is open, lost, dropped or on hold; the first lost one is the tender of the deposit."""
        deals = [deal for deal in facts()["deals"] for _ in range(deal["times"])]
        self.told.dice.shuffle(deals)
        keys = [key for key, fact in facts()["customers"].items() if "currency" not in fact]
        self.told.dice.shuffle(keys)
        stages = [stage for stage, fact in facts()["opportunities"].items() for _ in range(fact["count"])]
        for place, stage in enumerate(stages):
            deal = None if place < _UNPRICED else deals.pop()
            tender = facts()["tender"] if place == stages.index("LOST") else {}
            customer = tender.get("customer", keys[place % len(keys)])
            row = self._other(stage, deal, customer, place, tender.get("lost"))
            row["lead"] = spread(place, _FROM_LEADS, len(stages))
            yield row

    def _other(self, stage: str, deal: Row | None, customer: str, place: int, ago: int | None) -> Row:
        told, fact = self.told, facts()["opportunities"][stage]
        product = main_product(deal) if deal else "platform"
        ago = ago or told.dice.randint(fact["from"], fact["to"])
        since = told.day(ago)
        row = self._opportunity(customer, product, place) | {
            "name": f"{told.words['customers'][customer][1]} {told.pick('schemes', product)}",
            "stage": stage,
            "amount": deal_amount(deal) if deal else None,
            "created_on": since if stage == "VALIDATING" else told.day(ago + told.dice.randint(30, 110)),
            "stage_since": since,
            "note": told.pick("opp_notes", stage),
        }
        row |= self._closing(stage, since) if stage in _CLOSED else self._opening(stage)
        return row | self._costed(row)

    def _closing(self, stage: str, since: date) -> Row:
        reason = self.told.pick("lost_reasons")
        return {
            "closed_on": since,
            "expected_close": since + timedelta(days=self.told.dice.randint(-15, 30)),
            "lost_reason": reason if stage == "LOST" else None,
        }

    def _opening(self, stage: str) -> Row:
        return {
            "expected_close": self.told.day(-self.told.dice.randint(20, 150)),
            "next_step": self.told.pick("opp_steps", stage),
            "next_on": self.told.ahead(self.told.dice.randint(0, 18)),
        }

    def _opportunity(self, customer: str, product: str, place: int) -> Row:
        held = self.customers[customer]
        return {
            "customer": held["name"],
            "owner": held["owner"],
            "product": self.told.word("products", product),
            "list_price": list_price(product),
            "decision_maker": self.told.pick("titles", "DECISION"),
            "competitor": self.told.pick("competitors") if self.told.chance(0.6) else None,
            "route": "BID" if facts()["customers"][customer]["trade"] in _TENDERING else "DIRECT",
            "sr": self.people.of("solutions", place),
            "fr": self.people.of("delivery", place),
            "currency": held["currency"],
            "team": self.people.team_of(held["owner"]),
        }

    def _costed(self, row: Row) -> Row:
        """Return what follows from amount and route: cost, decision to go for it, day of the tender."""
        share = Decimal(self.told.dice.randint(58, 71)) / 100
        due = row["expected_close"] - timedelta(days=14)
        return {
            "cost_est": (row["amount"] * share).quantize(Decimal("1E+2")) if row["amount"] else None,
            "bid_due": due if row["route"] == "BID" else None,
            **(self._decision(row) if row["stage"] in _DECIDED else {}),
        }

    def _decision(self, row: Row) -> Row:
        condition = self.told.pick("conditions")
        result = self.told.dice.choice(("GO", "GO", "GO", "GO_WITH_CONDITIONS"))
        small = row["amount"] < _REVIEW_FLOOR
        return {
            "ati_result": "NOT_REQUIRED" if small else result,
            "ati_on": self.told.after(row["created_on"], self.told.dice.randint(5, 20)),
            "ati_by": self.told.word("adjusted_by", "sales"),
            "ati_conditions": condition if result == "GO_WITH_CONDITIONS" and not small else None,
        }

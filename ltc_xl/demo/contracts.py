"""Forty contracts and their receivable lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ltc_xl.demo.people import Staff
from ltc_xl.demo.telling import Row, Telling, facts, frame, without_asides, work_calendar
from ltc_xl.model.calendar import add_months, month_end
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.money import cents, split
from ltc_xl.rules.derived import due_days

_FRESH_DAYS, _STARTING_DAYS = 7, 60
_LARGE = Decimal(500_000)
_TWO_BATCHES = [Decimal("0.6"), Decimal("0.4")]
_THREE_BATCHES = [Decimal("0.4"), Decimal("0.35"), Decimal("0.25")]
_DAY_OF = {"SIGN": "signed_on", "DELIVERY": "delivered_on", "ACCEPTANCE": "accepted_on"}


@dataclass(frozen=True)
class Contracts:
    """Tells contracts; ``opportunity`` is filled from the opportunities that name the contract's key."""

    told: Telling
    people: Staff
    customers: Mapping[str, Row]

    def rows(self, opportunities: Sequence[Row]) -> Mapping[str, Row]:
        """Return key -> contract, oldest first, numbered within their year of signing."""
        rows = {fact["key"]: self._contract(fact, place) for place, fact in enumerate(facts()["contracts"])}
        in_year: dict[int, int] = {}
        for row in rows.values():
            year = row["signed_on"].year
            in_year[year] = in_year.get(year, 0) + 1
            row["contract_no"] = f"HY-{year}-{in_year[year]:03d}"
        for row in rows.values():
            row["frame_no"] = rows[row["frame_no"]]["contract_no"] if row["frame_no"] else None
        for opp in opportunities:
            if key := opp.get("contract_no"):
                opp["contract_no"] = rows[key]["contract_no"]
                rows[key]["opportunity"] = opp["opp_id"]
        return rows

    def _contract(self, fact: Row, place: int) -> Row:
        told, customer = self.told, self.customers[fact["customer"]]
        kind = fact.get("kind", "ONE_OFF")
        row = {
            "customer": customer["name"],
            "name": told.word("contracts", fact["key"]),
            "kind": kind,
            "gross": Decimal(fact["gross"]) if "gross" in fact else None,
            "tax_rate": self._tax_rate(fact),
            "terms": told.word(
                "terms", "instalments" if kind == "ONE_OFF" and "terms" not in fact else "monthly"
            ),
            "owner": customer["owner"],
            "fr": self.people.of("delivery", place),
            "warranty_months": fact.get("warranty"),
            "note": told.word("contract_notes", fact["key"]) or None,
            "frame_no": fact.get("frame"),
            "currency": customer["currency"],
        }
        return row | self._days(fact)

    def _tax_rate(self, fact: Row) -> str:
        if "installation" in fact:
            return str(default_rows("taxes", self.told.lang)["rate"][-1])
        return str(fact.get("tax_rate", "13%"))

    def _days(self, fact: Row) -> Row:
        """Return what happened when, and the state that follows from it."""
        signed = self.told.day(fact["signed"])
        delivered, accepted = (
            self.told.day(fact[k]) if k in fact else None for k in ("delivered", "accepted")
        )
        late = self.told.dice.randint(-6, 9)
        planned = self.told.day(-self.told.dice.randint(12, 55))
        goes_on = fact.get("kind") == "FRAME" or "terms" in fact
        return {
            "signed_on": signed,
            "delivered_on": delivered,
            "accepted_on": accepted,
            "planned_delivery": None
            if goes_on
            else delivered - timedelta(days=late)
            if delivered
            else planned,
            "state": self._state(fact),
        }

    def _state(self, fact: Row) -> str:
        if "accepted" in fact:
            return "ACCEPTED" if fact["accepted"] <= _FRESH_DAYS else "COLLECTING"
        if fact["signed"] <= _FRESH_DAYS:
            return "SIGNED"
        return "HANDED_OVER" if fact["signed"] <= _STARTING_DAYS and "delivered" not in fact else "DELIVERING"


@dataclass(frozen=True)
class Lines:
    """Tells receivable lines: what falls due under each contract, and when."""

    told: Telling
    contracts: Mapping[str, Row]

    def rows(self) -> list[Row]:
        """Return the lines of every contract, numbered; ``contract`` is the contract's key."""
        rows = [line for fact in facts()["contracts"] for line in self._lines(fact)]
        self.told.numbered("lines", rows)
        told = frame("lines", [without_asides("lines", row) for row in rows])
        for row, due_on in zip(rows, due_days(told, work_calendar()), strict=True):
            row["due_on"] = due_on
        return rows

    def _lines(self, fact: Row) -> Iterator[Row]:
        if "months" in fact:
            yield from self._months(fact)
        elif fact.get("kind") == "ORDER":
            yield from self._batches(fact)
        elif "terms" in fact:
            yield self._monthly(fact, Decimal(fact["gross"]), month_end(self.told.day(fact["signed"])))
        elif "gross" in fact:
            yield from self._instalments(fact)

    def _line(self, fact: Row, **values: object) -> Row:
        contract = self.contracts[fact["key"]]
        return {
            "contract": fact["key"],
            "customer": contract["customer"],
            "contract_no": contract["contract_no"],
            "owner": contract["owner"],
            "currency": contract["currency"],
            **values,
        }

    def _instalments(self, fact: Row) -> Iterator[Row]:
        """Return the instalments of 3-4-2.5-0.5; the last one takes the cent."""
        contract = self.contracts[fact["key"]]
        terms = default_rows("terms").filter(terms="3-4-2.5-0.5").to_dicts()
        amounts = split(contract["gross"], [Decimal(term["share"]) for term in terms])
        for term, amount in zip(terms, amounts, strict=True):
            happened = self._trigger_day(contract, term["trigger"])
            yield self._line(
                fact,
                item=term["item"],
                amount=amount,
                trigger=term["trigger"],
                days=term["days"],
                triggered_on=happened if happened and happened <= self.told.as_of else None,
            )

    def _trigger_day(self, contract: Row, trigger: str) -> date | None:
        if trigger in _DAY_OF:
            day: date | None = contract[_DAY_OF[trigger]]
            return day
        accepted = contract["accepted_on"]
        return add_months(accepted, contract["warranty_months"]) if accepted else None

    def _months(self, fact: Row) -> Iterator[Row]:
        """Return what a partner took in each of the last months, at partner price."""
        price = Decimal(facts()["products"][fact["product"]]["price"]) * Decimal(facts()["firm"]["discount"])
        most, least = fact["pieces"]
        for back in range(fact["months"], 0, -1):
            pieces = self.told.dice.randint(least, most)
            yield self._monthly(fact, cents(price * pieces), month_end(add_months(self.told.as_of, -back)))

    def _batches(self, fact: Row) -> Iterator[Row]:
        """Return the batches of a call-off, settled at the end of the month they came."""
        gross = Decimal(fact["gross"])
        shares = _THREE_BATCHES if gross >= _LARGE else _TWO_BATCHES
        first, last = self.told.day(fact["delivered"]), self.told.day(fact["accepted"])
        for place, part in enumerate(split(gross, shares)):
            came = first + (last - first) * place // (len(shares) - 1)
            yield self._monthly(fact, part, month_end(came))

    def _monthly(self, fact: Row, amount: Decimal, day: date) -> Row:
        settled = day <= self.told.as_of
        return self._line(
            fact,
            item="MONTHLY",
            amount=amount,
            trigger="INVOICE_EOM",
            days=60,
            triggered_on=day if settled else None,
        )

"""Three hundred leads: where they came from, what they need, who follows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ltc_xl.demo.customers import person
from ltc_xl.demo.people import Staff, mobile
from ltc_xl.demo.telling import Row, Telling, facts

_OWNED = {"ASSIGNED", "FOLLOWING", "CONVERTED"}
_WITH_MARKETING = {"NURTURE", "RETURNED"}
_OPEN_STEP_DAYS = {"NURTURE": 60, "RETURNED": 20}
_LAST_TOUCH_DAYS = 11
_OWN_NEED = 0.6
_BUDGET_STEP = Decimal(10_000)
_BUDGETS = (
    30_000,
    50_000,
    80_000,
    100_000,
    150_000,
    200_000,
    300_000,
    500_000,
    800_000,
    1_200_000,
    2_000_000,
)
_TIMELINES = ("M0_3", "M3_6", "M6_12", "M12", None)


@dataclass(frozen=True)
class Leads:
    """Tells leads: one for each opportunity that came from a lead, and the others."""

    told: Telling
    people: Staff
    customers: Mapping[str, Row]

    def rows(self, opportunities: Sequence[Row]) -> list[Row]:
        """Return the leads, oldest first, numbered; opportunities and duplicates then name them."""
        born = [opp for opp in opportunities if opp["lead"]]
        converted = [self._converted(opp) for opp in born]
        others = list(self._others())
        copies = list(self._copies(others))
        rows = [*converted, *others, *copies]
        rows.sort(key=lambda row: row["created_on"])
        self.told.numbered("leads", rows)
        for opp in opportunities:
            opp["lead"] = None
        for opp, lead in zip(born, converted, strict=True):
            opp["lead"] = lead["lead_id"]
        for lead in copies:
            lead["dup_of"] = lead["dup_of"]["lead_id"]
        return rows

    def _converted(self, opp: Row) -> Row:
        """Return the lead an opportunity came from."""
        key, customer = next((k, c) for k, c in self.customers.items() if c["name"] == opp["customer"])
        fact = facts()["customers"][key]
        product = next(k for k in facts()["products"] if self.told.word("products", k) == opp["product"])
        row = self._lead("CONVERTED", fact["trade"], fact["city"], product)
        before = (self.told.as_of - opp["created_on"]).days + self.told.dice.randint(1, 15)
        row |= {
            "company": customer["name"],
            "customer": customer["name"],
            "uscc": customer["uscc"],
            "owner": opp["owner"],
            "created_on": self.told.day(before),
            "touched_on": opp["created_on"],
            "budget": opp["amount"] // _BUDGET_STEP * _BUDGET_STEP if opp["amount"] else None,
        }
        return row

    def _others(self) -> Iterator[Row]:
        """Return every lead that is neither converted nor a copy of another."""
        brands = self._brands()
        for state, fact in facts()["leads"].items():
            if state in {"CONVERTED", "DUPLICATE"}:
                continue
            for place in range(fact["count"]):
                row = self._other(state, fact, *next(brands))
                if state in _WITH_MARKETING:
                    row["owner"] = self.people.of("marketing", place)
                yield row | self._of_customer(fact.get("customer") if place == 0 else None)

    def _brands(self) -> Iterator[tuple[int, int]]:
        """Return pairs of syllables, each once, so that no two companies share a name."""
        names = self.told.words["company_names"]
        pairs = [(a, b) for a in range(len(names["first"])) for b in range(len(names["second"]))]
        self.told.dice.shuffle(pairs)
        return iter(pairs)

    def _other(self, state: str, fact: Row, first: int, second: int) -> Row:
        told = self.told
        trade = told.dice.choice(list(told.words["company_trades"]))
        city = told.dice.choice([key for key in facts()["cities"] if key != "haiphong"])
        row = self._lead(state, trade, city, self._product())
        row["created_on"] = told.day_between(fact["from"], fact["to"])
        row["budget"] = Decimal(told.dice.choice(_BUDGETS)) if told.chance(0.65) else None
        if told.chance(0.94):
            row["company"] = self._company(trade, city, first, second)
        if state in _OWNED:
            row["owner"] = self.people.owner(trade, city, told.dice.randrange(6))
        return row | self._step(state, row)

    def _of_customer(self, key: str | None) -> Row:
        """Return what a lead says that comes from a customer."""
        if key is None:
            return {}
        told, fact = self.told, facts()["customers"][key]
        return {
            "company": self.customers[key]["name"],
            "city": told.word("cities", fact["city"]),
            "region": told.word("regions", facts()["cities"][fact["city"]]["region"]),
            "industry": told.word("trades", fact["trade"]),
        }

    def _company(self, trade: str, city: str, first: int, second: int) -> str:
        names = self.told.words["company_names"]
        return str(names["form"]).format(
            city=self.told.word("cities", city),
            first=names["first"][first],
            second=names["second"][second],
            trade=self.told.pick("company_trades", trade),
        )

    def _product(self) -> str:
        weights = {"gtx": 2, "gtx_pro": 4, "cabinet": 5, "platform": 5, "service": 1}
        return self.told.dice.choices(list(weights), list(weights.values()))[0]

    def _lead(self, state: str, trade: str, city: str, product: str) -> Row:
        """Return what every lead has: a person, a need, a channel."""
        told = self.told
        name, login = person(told)
        number = mobile(told)
        row = {
            "contact": name,
            "mobile": number,
            "wechat": f"wx_{number[-6:]}" if told.chance(0.35) else None,
            "email": f"{login}@mail.example" if told.chance(0.2) else None,
            "need": self._need(trade, product),
            "product": told.word("products", product),
            "timeline": told.dice.choice(_TIMELINES),
            "city": told.word("cities", city),
            "region": told.word("regions", facts()["cities"][city]["region"]),
            "industry": told.word("trades", trade),
            "state": state,
            "note": told.pick("lead_notes", state),
        }
        return row | self._channel()

    def _need(self, trade: str, product: str) -> str:
        """Return what a trade says about a product, or what any of them could say."""
        common = self.told.pick("needs", product)
        own = self.told.words["trade_needs"].get(trade, {}).get(product)
        return str(own) if own and self.told.chance(_OWN_NEED) else common

    def _channel(self) -> Row:
        told, shares = self.told, facts()["channels"]
        key = told.dice.choices(list(shares), [channel["share"] for channel in shares.values()])[0]
        referrer, _ = person(told)
        return {
            "channel": told.word("channels", key),
            "referrer": referrer if key == "referral" else None,
            "campaign": told.pick("campaigns", key) if key in told.words["campaigns"] else None,
        }

    def _step(self, state: str, row: Row) -> Row:
        """Return the next step of an open lead and its last touch; the reason of one that is not."""
        told = self.told
        touched = max(told.as_of - timedelta(days=told.dice.randint(0, _LAST_TOUCH_DAYS)), row["created_on"])
        if state == "INVALID":
            return {
                "reason": told.pick("lead_reasons", state),
                "touched_on": told.after(row["created_on"], 3),
            }
        return {
            "touched_on": None if state == "NEW" else touched,
            "next_step": told.pick("lead_steps", state),
            "next_on": told.ahead(told.dice.randint(0, _OPEN_STEP_DAYS.get(state, 10))),
            "reason": told.pick("lead_reasons", state) if state == "RETURNED" else None,
        }

    def _copies(self, others: Sequence[Row]) -> Iterator[Row]:
        """Return the leads that came in twice: the same person through another channel."""
        fact = facts()["leads"]["DUPLICATE"]
        named = [row for row in others if row["state"] in {"FOLLOWING", "NURTURE"} and "company" in row]
        for first in self.told.dice.sample(named, fact["count"]):
            again = {
                key: first.get(key) for key in ("company", "contact", "mobile", "city", "region", "industry")
            }
            yield (
                self._channel()
                | again
                | {
                    "need": first["need"],
                    "product": first["product"],
                    "state": "DUPLICATE",
                    "note": self.told.pick("lead_notes", "DUPLICATE"),
                    "created_on": self.told.after(first["created_on"], self.told.dice.randint(1, 20)),
                    "dup_of": first,
                }
            )

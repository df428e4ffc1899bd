"""English companies, and some of them entered a second time: what ``duplicates.py`` measures with, too.

Names are an invented word, for every second company one of forty adjectives, one of twenty trades and a
legal form: ``Lorane Summit Logistics Ltd``, in one of thirty cities. The mix is that of ``company_twins``: 70
of 100 companies of their own, 10 strangers of the same name in another city, 20 second entries.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

_STARTS = (
    "b",
    "br",
    "c",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_FIRST = """
north south blue green silver prime apex summit delta omega nova river stone iron oak cedar falcon lion orbit
vector zenith atlas pioneer liberty harbor crown royal first union central metro pacific alpine coastal modern
classic rapid bright solid
"""
_TRADES = """
logistics foods energy pharma motors steel textiles media software analytics robotics networks chemicals
trading consulting builders devices instruments packaging interiors
"""
_PLACES = """
London Leeds Bristol Glasgow Dublin Boston Chicago Houston Denver Seattle Toronto Montreal Sydney Perth Berlin
Hamburg Munich Paris Lyon Madrid Milan Vienna Zurich Oslo Stockholm Singapore Mumbai Dubai Cairo Lagos
"""
_CITIES = tuple(_PLACES.split())
_LEGAL = ("Ltd", "Limited", "Inc.", "LLC", "Corp.", "Co., Ltd", "GmbH", "plc")
_PEOPLE = ("Smith", "Jones", "Brown", "Miller", "Davis", "Wilson", "Moore", "Clark", "Lewis", "Walker")
_GIVEN = ("Ann", "Bob", "Carl", "Dora", "Eve", "Fred", "Gina", "Hans", "Iris", "Jack")
_FREE = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com")
_SAME, _BLANK, _OWN_DOMAIN = 0.6, 0.15, 0.5  # shares of what is typed the second time


@dataclass(frozen=True)
class Company:
    """One entry; ``entity`` is whom it speaks of, ``twin`` the class of a second one."""

    entity: int
    words: tuple[str, ...]
    legal: str
    name: str
    city: str | None
    contact: str
    mobile: str | None
    email: str | None
    twin: str = ""
    like: int | None = None  # whose name a stranger bears


class Maker:
    """Makes companies; the same ones for the same number."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  made-up rows, no secret

    def company(self, entity: int, words: tuple[str, ...] | None = None) -> Company:
        """Return a company of its own."""
        pick = self.chance.choice
        invented = "".join(pick(_STARTS) + pick(_VOWELS) for _ in range(pick((2, 3, 3))))
        middle = (pick(_FIRST.split()),) if pick((True, False)) else ()
        named = words or tuple(word.title() for word in (invented, *middle, pick(_TRADES.split())))
        legal = pick(_LEGAL)
        domain = f"firm{entity}.com" if self.chance.random() < _OWN_DOMAIN else pick(_FREE)
        email = f"user{self.chance.randint(1, 10**8)}@{domain}"
        name = " ".join((*named, legal))
        return Company(entity, named, legal, name, pick(_CITIES), self.person(), self.mobile(), email)

    def stranger(self, entity: int, known: Company) -> Company:
        """Return another company of the same name in another city."""
        other = self.chance.choice([city for city in _CITIES if city != known.city])
        return replace(self.company(entity, known.words), city=other, like=known.entity)

    def second(self, known: Company, twin: str) -> Company:
        """Return a company entered again in one of the ways of ``TWINS``."""
        one = replace(TWINS[twin](self, known), twin=twin)
        mobile, email, drawn = one.mobile or "", one.email or "", [self.chance.random() for _ in range(2)]
        another = f"{self.chance.choice('abcdefghij')}{self.chance.randint(1, 999)}@{email.partition('@')[2]}"
        return replace(
            one,
            contact=one.contact if drawn[0] < _SAME else self.person(),
            mobile=self.mobile() if twin == "phone" else _drawn(drawn[0], mobile, self.mobile()),
            email=_drawn(drawn[1], email.upper(), another),
        )

    def person(self) -> str:
        """Return a person's name."""
        return f"{self.chance.choice(_GIVEN)} {self.chance.choice(_PEOPLE)}"

    def mobile(self) -> str:
        """Return a telephone number."""
        return f"+1 {self.chance.randint(200, 999)} {self.chance.randint(0, 9_999_999):07d}"

    def typo(self, text: str) -> str:
        """Return a word with two letters swapped, or one left out or doubled."""
        at = self.chance.randrange(1, len(text) - 1)
        swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return self.chance.choice([swapped, text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]])

    def renamed(self, one: Company, words: tuple[str, ...], legal: str) -> Company:
        """Return an entry under another spelling."""
        return replace(one, name=" ".join((*words, legal)).strip())


TWINS: Mapping[str, Callable[[Maker, Company], Company]] = {
    "suffix": lambda make, one: make.renamed(one, one.words, make.chance.choice([*_LEGAL, ""])),
    "city moved": lambda make, one: make.renamed(one, one.words, f"({one.city}) {one.legal}"),
    "city dropped": lambda _make, one: replace(one, city=None),
    "brackets": lambda make, one: make.renamed(one, ("The", "-".join(one.words).upper()), one.legal),
    "typo": lambda make, one: make.renamed(one, (make.typo(one.words[0]), *one.words[1:]), one.legal),
    "phone": lambda _make, one: one,
}


def twins(count: int, seed: int = 5) -> pl.DataFrame:
    """Return the entries in a random order: ``entity``, ``like``, ``twin`` and what a lead says."""
    make = Maker(seed)
    own = [make.company(entity) for entity in range(count * 7 // 10)]
    strangers = [make.stranger(len(own) + n, make.chance.choice(own)) for n in range(count // 10)]
    first, classes = own + strangers, list(TWINS)
    again = make.chance.sample(first, count - len(first))
    rows = first + [make.second(known, classes[n % len(classes)]) for n, known in enumerate(again)]
    make.chance.shuffle(rows)
    shown = ("entity", "like", "twin", "name", "city", "contact", "mobile", "email")
    columns = {code: [getattr(row, code) for row in rows] for code in shown}
    return pl.DataFrame(columns, schema_overrides={"like": pl.Int64})


def _drawn(drawn: float, same: str, other: str) -> str | None:
    """Return the same value for 60 of 100, none for 15, another for 25."""
    return same if drawn < _SAME else None if drawn < _SAME + _BLANK else other

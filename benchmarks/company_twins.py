"""Companies, and some of them entered a second time: what ``duplicates.py`` measures with.

The names are made of real short names, trades, places and legal forms (companynameparser's lexicons, beside
the project): ``苏州 + 恒远 + 电子科技 + 有限公司``. The mix is fixed:

- 70 of 100 rows are companies of their own: a city of 120, a short name of 10,000, a trade, a legal form,
  a person, a mobile, and for half of them an address at a domain of their own, else of a free mailer.
- 10 of 100 are strangers: a company's short name and trade in another city, with other numbers.
- 20 of 100 are second entries of one of these, in equal parts of the classes of ``TWINS``; the person, the
  mobile and the address of the first entry stay with 60, are missing in 15 and are others in 25 of 100; of
  class ``phone`` the mobile is always another and the name is the same.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
from pypinyin import Style, pinyin

LEXICON = Path(__file__).parents[2] / "shared" / "data" / "cn_company_names"
_LEGAL = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司")
_FAMILY = "张王李赵陈刘杨黄周吴徐孙马朱胡郭何林高罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉玲"


@dataclass(frozen=True)
class Company:
    """One entry; ``entity`` is whom it speaks of, ``twin`` the class of a second one."""

    entity: int
    city: str
    brand: str
    trade: str
    legal: str
    contact: str
    mobile: str | None
    email: str | None
    name: str = ""
    twin: str = ""
    like: int | None = None  # whose name a stranger bears

    @property
    def plain(self) -> str:
        """Return the name as it is registered."""
        return f"{self.city}{self.brand}{self.trade}{self.legal}"


class Maker:
    """Makes companies; the same ones for the same number."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  made-up rows, no secret
        brands = _lines("brand_sample_open.txt")
        self.brands = [one for one in brands if len(one) in _BRAND and _is_han(one)]
        self.trades = [one for one in _lines("lexicon/trade.txt") if len(one) in _TRADE and _is_han(one)]
        places = pl.read_csv(LEXICON / "lexicon/pca.csv")["shi"].drop_nulls().unique(maintain_order=True)
        cities = [one.removesuffix("市") for one in places if one.endswith("市")]
        self.cities = self.chance.sample(cities, 120)
        self.letters = sorted({letter for brand in self.brands for letter in brand})
        self.homophones: dict[str, list[str]] = {}
        for letter, (said,) in zip(self.letters, pinyin(self.letters, style=Style.NORMAL), strict=True):
            self.homophones.setdefault(said, []).append(letter)
        self.said = {letter: said for said, letters in self.homophones.items() for letter in letters}

    def company(self, entity: int) -> Company:
        """Return a company of its own."""
        pick = self.chance.choice
        one = Company(
            entity,
            pick(self.cities),
            pick(self.brands),
            pick(self.trades),
            pick(_LEGAL),
            self.person(),
            None,
            None,
        )
        one = replace(one, mobile=self.mobile(), email=self.email(entity))
        return replace(one, name=one.plain)

    def stranger(self, entity: int, known: Company) -> Company:
        """Return another company of the same name in another city."""
        other = self.chance.choice([city for city in self.cities if city != known.city])
        one = replace(
            self.company(entity), city=other, brand=known.brand, trade=known.trade, like=known.entity
        )
        return replace(one, name=one.plain)

    def second(self, known: Company, twin: str) -> Company:
        """Return a company entered again in one of the ways of ``TWINS``."""
        entered = replace(known, name=TWINS[twin](self, known), twin=twin)
        return (
            replace(self._reached(entered), mobile=self.mobile())
            if twin == "phone"
            else self._reached(entered)
        )

    def _reached(self, one: Company) -> Company:
        """Return an entry with numbers as they are typed the second time."""
        mobile, email = one.mobile or "", one.email or ""
        drawn = self.chance.random(), self.chance.random()
        same = self.chance.choice([mobile, f"+86 {mobile}", f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"])
        another = f"{self.chance.choice('abcdefghij')}{self.chance.randint(1, 999)}@{email.partition('@')[2]}"
        return replace(
            one,
            contact=one.contact if drawn[0] < _SAME else self.person(),
            mobile=_drawn(drawn[0], same, self.mobile()),
            email=_drawn(drawn[1], email.upper(), another),
        )

    def person(self) -> str:
        """Return a person's name."""
        return self.chance.choice(_FAMILY) + "".join(self.chance.sample(_GIVEN, 2))

    def mobile(self) -> str:
        """Return a mobile number."""
        return f"1{self.chance.choice('3578')}{self.chance.randint(0, 10**9 - 1):09d}"

    def email(self, entity: int) -> str:
        """Return an address: every second one at a domain of the company's own."""
        domain = f"firm{entity}.com" if self.chance.random() < _OWN_DOMAIN else self.chance.choice(_FREE)
        return f"user{self.chance.randint(1, 10**8)}@{domain}"

    def typo(self, text: str) -> str:
        """Return a name with one character replaced, doubled, swapped or left out."""
        at = self.chance.randrange(len(text))
        other = self.chance.choice(self.letters)
        return self.chance.choice(
            [
                text[:at] + other + text[at + 1 :],
                text[:at] + text[at] + text[at:],
                text[: at + 1] + other + text[at + 1 :],
                text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
            ]
        )

    def homophone(self, text: str) -> str:
        """Return a short name with one character, where it has one, replaced by one that sounds like it."""
        places = [at for at, letter in enumerate(text) if len(self.homophones[self.said[letter]]) > 1]
        if not places:
            return text
        at = self.chance.choice(places)
        others = [letter for letter in self.homophones[self.said[text[at]]] if letter != text[at]]
        return text[:at] + self.chance.choice(others) + text[at + 1 :]

    def suffixed(self, one: Company) -> str:
        """Return a name with another legal form, or none."""
        legal = self.chance.choice([*(form for form in set(_LEGAL) if form != one.legal), "公司", ""])
        return f"{one.city}{one.brand}{one.trade}{legal}"


_BRAND, _TRADE = range(2, 5), range(2, 7)  # characters
_SAME, _BLANK, _OWN_DOMAIN = 0.6, 0.15, 0.5  # shares of what is typed the second time
_FREE = ("qq.com", "163.com", "126.com", "gmail.com")

TWINS: Mapping[str, Callable[[Maker, Company], str]] = {
    "suffix": lambda make, one: make.suffixed(one),
    "city moved": lambda _make, one: f"{one.brand}（{one.city}）{one.trade}{one.legal}",
    "city dropped": lambda _make, one: f"{one.brand}{one.trade}{one.legal}",
    "brackets": lambda _make, one: f"（{one.city}）{one.brand} {one.trade}{one.legal}",
    "typo": lambda make, one: f"{one.city}{make.typo(one.brand)}{one.trade}{one.legal}",
    "homophone": lambda make, one: f"{one.city}{make.homophone(one.brand)}{one.trade}{one.legal}",
    "phone": lambda _make, one: one.plain,
}


def twins(count: int, seed: int = 5) -> pl.DataFrame:
    """Return the entries in a random order: ``entity``, ``like``, ``twin`` and what a lead says."""
    make = Maker(seed)
    own = [make.company(entity) for entity in range(count * 7 // 10)]
    strangers = [make.stranger(len(own) + n, make.chance.choice(own)) for n in range(count // 10)]
    first, classes = own + strangers, list(TWINS)
    again = make.chance.sample(first, count - len(first))
    seconds = [make.second(known, classes[n % len(classes)]) for n, known in enumerate(again)]
    rows = first + seconds
    make.chance.shuffle(rows)
    shown = ("entity", "like", "twin", "name", "contact", "mobile", "email")
    columns = {code: [getattr(row, code) for row in rows] for code in shown}
    return pl.DataFrame(columns, schema_overrides={"like": pl.Int64})


def _drawn(drawn: float, same: str, other: str) -> str | None:
    """Return the same value for 60 of 100, none for 15, another for 25."""
    return same if drawn < _SAME else None if drawn < _SAME + _BLANK else other


def _lines(name: str) -> list[str]:
    return list(dict.fromkeys((LEXICON / name).read_text("utf-8").split()))


def _is_han(text: str) -> bool:
    return all("\u4e00" <= letter <= "\u9fff" for letter in text)

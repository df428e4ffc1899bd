"""What of a lead counted for its grade, as a sales person would say it: 预算 120万、三个月内要."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from ltc_xl.leads.phrases import Phrases
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.money import RATE

_TEN_THOUSAND = 10_000
_SHORTEST_STEP = 100


def amount_words(amount: Decimal, lang: Lang) -> str:
    """Return an amount as people say it: in 万 in Chinese where that is shorter.

    >>> [amount_words(Decimal(amount), "zh") for amount in (1_200_000, 85_500, 800)]
    ['120万', '8.55万', '800']
    >>> amount_words(Decimal(1_200_000), "en"), amount_words(Decimal("12345.67"), "zh")
    ('1,200,000', '12,345.67')
    """
    if lang == "zh" and amount >= _TEN_THOUSAND and amount % _SHORTEST_STEP == 0:
        return f"{(amount / _TEN_THOUSAND).normalize():f}万"
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


class Facts:
    """Puts the inputs of a grade into words, in a language, with the lists and headers of a book."""

    def __init__(self, book: Book, say: Phrases) -> None:
        self.book, self.say = book, say
        self._labels = {
            column.code: book.labels(column.enum) for column in book.table("leads").columns if column.enum
        }
        self._said: dict[tuple[str, object], str] = {}

    def of(self, codes: Iterable[str], row: Mapping[str, object]) -> str:
        """Return what a lead says in some inputs of the rules."""
        return self.say.listed(dict.fromkeys(self._once(code, row.get(code)) for code in codes))

    def _once(self, code: str, value: object) -> str:
        """Return one input in words; thousands of leads say the same few things."""
        said = self._said.get((code, value))
        if said is None:
            said = self._said[code, value] = self._fact(code, value)
        return said

    def _fact(self, code: str, value: object) -> str:
        own = f"grade.{code}.{value}"
        if self.say.has(own):
            return self.say(own)
        kind = "blank" if value is None else "filled"
        key = f"grade.{kind}.{code}"
        words = {"label": self.label(code), "value": self.worded(code, value)}
        return self.say(key if self.say.has(key) else f"grade.{kind}.other", **words)

    def label(self, code: str) -> str:
        """Return the header of a column: the sheet's own, in the language of the book."""
        place, column = self.book.place("leads"), self.book.table("leads").by_code.get(code)
        if place and code in place.headers and self.say.lang == self.book.lang:
            return place.headers[code]
        return column.label(self.say.lang) if column else code

    def worded(self, code: str, value: object) -> str:
        """Return a value as a person reads it."""
        column = self.book.table("leads").by_code.get(code)
        if isinstance(value, Decimal):
            is_rate = code == "completeness" or (column is not None and column.dtype == RATE)
            return f"{value:.0%}" if is_rate else amount_words(value, self.say.lang)
        if isinstance(value, date | datetime):
            return self.say.day(value)
        return self._labels.get(code, {}).get(str(value), str(value))

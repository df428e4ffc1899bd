"""The texts of ``messages/leads.toml``, filled in fast: a book has as many reasons as it has leads."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ltc_xl.messages import topic
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import table

_SHEETS = ("grading", "scoring", "assignment", "members", "transfer_criteria")


class Phrases:
    """The texts of one language; every text may name the rule sheets."""

    def __init__(self, lang: Lang, as_of: date) -> None:
        self.lang, self.as_of = lang, as_of
        self._texts = dict(_flat(topic("leads", lang), ""))
        self._sheets = {name: table(name).sheet(lang) for name in _SHEETS}

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in; they are words already."""
        return self._texts[key].format(**self._sheets, **values)

    def has(self, key: str) -> bool:
        """Return whether there is such a text."""
        return key in self._texts

    def listed(self, texts: Iterable[str]) -> str:
        """Return several texts as one."""
        return self("grade.between").join(texts)

    def day(self, day: date | None) -> str:
        """Return a day in short: without the year where it is this year's."""
        if day is None:
            return ""
        return f"{day:%m-%d}" if day.year == self.as_of.year else day.isoformat()


def _flat(texts: Mapping[str, object], stem: str) -> Iterator[tuple[str, str]]:
    for name, text in texts.items():
        if isinstance(text, Mapping):
            yield from _flat(text, f"{stem}{name}.")
        else:
            yield f"{stem}{name}", str(text)

"""What stands in the way of a step, in words: criteria, conditions and blanks, each with its cure."""

from collections.abc import Iterable, Mapping

from ltc_xl.leads.facts import Facts
from ltc_xl.leads.phrases import Phrases
from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.rules.refusals import Refusal
from ltc_xl.rules.transfer import Criterion

Entry = dict[str, object]


class Unmet:
    """Words for what is not met yet, in one language."""

    def __init__(self, book: Book, phrases: Phrases) -> None:
        self.book, self.lang, self.facts = book, phrases.lang, Facts(book, phrases)

    def criteria(self, missed: Iterable[Criterion], lead: Mapping[str, object]) -> list[Entry]:
        """Return the transfer criteria that a lead does not meet, with what it says instead."""
        return [
            self.entry(
                "criterion",
                name=one.name,
                condition=one.guard.text,
                facts=self.facts.of(one.guard.codes, lead),
            )
            for one in missed
        ]

    def steps(self, refusals: Iterable[Refusal]) -> list[Entry]:
        """Return why the state may not change."""
        return [self.entry(one.code, **self._values(one)) for one in refusals]

    def entry(self, key: str, **values: object) -> Entry:
        """Return one thing that is not met."""
        listed = {name: self._listed(value) for name, value in values.items()}
        message, cure = (
            say(f"handover.unmet.{key}.{part}", self.lang, **listed) for part in ("found", "cure")
        )
        return {"code": key, "message": message, "cure": cure}

    def _values(self, refusal: Refusal) -> dict[str, object]:
        told = dict(refusal.values)
        message = str(told.get("message") or "")
        told["message"] = say("handover.unmet.remark", self.lang, message=message) if message else ""
        for name in ("missing", "read"):
            told[name] = self._cells(told.get(name))
        return told

    def _cells(self, cells: object) -> list[str]:
        """Return columns by their headers, or cells with what stands in them."""
        if isinstance(cells, Mapping):
            return [
                say(
                    "check.cell_blank" if text is None else "check.cell",
                    self.lang,
                    header=self.facts.label(code),
                    value=text,
                )
                for code, text in cells.items()
            ]
        return [self.facts.label(str(code)) for code in cells] if isinstance(cells, list) else []

    def _listed(self, value: object) -> object:
        return value if value != [] else say("check.no_stage", self.lang)

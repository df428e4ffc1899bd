"""What a rule looked at, as a person reads it: headers, values, cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from ltc_xl.model.address import place_text
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang, enums, label
from ltc_xl.model.tables import table, tables
from ltc_xl.rules.decisions import Explanation, Rule, Trial, Tried
from ltc_xl.rules.guards import Field
from ltc_xl.rules.guards.marks import name_key
from ltc_xl.rules.rule_set import RuleSet

Told = dict[str, object]
_LISTS = {"grade": "grade", "method": "assign_method"}
"""Output of a rule -> the list whose codes it gives."""


@dataclass(frozen=True)
class Teller:
    """Tells of rules and rows in a language."""

    book: Book
    lang: Lang

    def label(self, place: str) -> str:
        """Return the header of ``table.column``, as the book has it in its own language."""
        name, _, code = place.partition(".")
        held = self.book.place(name)
        if held and self.lang == self.book.lang and code in held.headers:
            return held.headers[code]
        column = self.book.table(name).by_code.get(code) if name in tables() else None
        return column.label(self.lang) if column else code

    def shown(self, value: object, field: Field) -> str | None:
        """Return a value as people write it; None for a blank."""
        if value is None:
            return None
        if isinstance(value, Decimal):
            return _percent(value) if field.is_share else _plain(value)
        if isinstance(value, datetime | date):
            return f"{value:%Y-%m-%d}"
        return self.word(str(value), field.place)

    def word(self, code: str, place: str) -> str:
        """Return a code of a list as the book, or else the language, calls it."""
        name, _, column = place.partition(".")
        held = self.book.table(name).by_code.get(column) if name in tables() else None
        return self._listed(code, held.enum if held and held.enum else column)

    def _listed(self, code: str, list_: str) -> str:
        if list_ not in enums():
            return code
        return (
            self.book.labels(list_).get(code, code)
            if self.lang == self.book.lang
            else label(list_, code, self.lang)
        )

    def cell(self, name: str, row_id: str | None, column: str | None = None) -> str | None:
        """Return where a cell stands, or the first of its row; None where the rules are the shipped ones."""
        found = self.book.cell(name, row_id, column) if row_id else None
        return place_text(*found) if found else None

    # ------------------------------------------------------------ decision tables

    def explained(self, rules: RuleSet, why: Explanation) -> Told:
        """Return an explanation as data."""
        return {
            "rule": self._rule(rules, why.rule) if why.rule else None,
            "passed": self._trials(rules, why.hits[0]) if why.hits else [],
            "clash": [self._rule(rules, rule) for rule, _ in why.clash],
            "missed": [
                {**self._rule(rules, rule), "failed": self._trials(rules, (rule, failed))}
                for rule, failed in why.missed
            ],
        }

    def hits(self, rules: RuleSet, why: Explanation) -> list[Told]:
        """Return every rule that counts, each with what the row passed for it and what it gives."""
        return [
            {
                **self._rule(rules, tried[0]),
                "passed": self._trials(rules, tried),
                "given": self.given(rules, tried[0].outputs),
            }
            for tried in why.hits
        ]

    def _rule(self, rules: RuleSet, rule: Rule) -> Told:
        return {"no": rule.no, "cell": self.cell(rules.name, rule.row_id), "note": rule.note}

    def _trials(self, rules: RuleSet, tried: Tried) -> list[Told]:
        rule, trials = tried
        return [self._trial(rules, rule, trial) for trial in trials]

    def _trial(self, rules: RuleSet, rule: Rule, trial: Trial) -> Told:
        field = rules.fields[trial.column]
        return {
            "column": trial.column,
            "label": self.label(field.place),
            "value": trial.value,
            "shown": self.shown(trial.value, field),
            "test": trial.text,
            "holds": trial.holds,
            "cell": self.cell(rules.name, rule.row_id, self._header(rules.name, field)),
        }

    def _header(self, name: str, field: Field) -> str:
        """Return the column of a rule sheet that tests a field: its code, or a header of the firm's own."""
        held = self.book.place(name)
        known = {name_key(text) for text in (*field.labels, field.code)}
        own = (header for header in (held.extra if held else ()) if name_key(header) in known)
        return field.code if field.code in table(name).by_code else next(own, field.code)

    def given(self, rules: RuleSet, outputs: Mapping[str, object]) -> list[Told]:
        """Return what a rule gives."""
        return [
            {
                "column": code,
                "label": self.label(f"{rules.name}.{code}").lstrip("→"),
                "value": value,
                "shown": None if value is None else self._listed(str(value), _LISTS.get(code, "")),
            }
            for code, value in ((code, outputs.get(code)) for code in rules.table.outputs)
        ]

    def off(self, rules: RuleSet) -> list[str]:
        """Return the cells for which a rule sheet is off."""
        errors = (one for one in rules.problems if one.severity == "error")
        return list(dict.fromkeys(filter(None, (self.cell(p.table, p.row_id, p.column) for p in errors))))

    def unread(self, name: str, uid: str, columns: Iterable[str]) -> list[str]:
        """Return the cells of a row that nobody could read, of some columns."""
        mine: Sequence[str] = sorted(
            column for table_, row, column in self.book.unread if (table_, row) == (name, uid)
        )
        wanted = set(columns)
        return [cell for column in mine if column in wanted and (cell := self.cell(name, uid, column))]


def _plain(value: Decimal) -> str:
    """Return a number with thousands marks and no zeros that say nothing.

    >>> _plain(Decimal("1200000.00")), _plain(Decimal("12.50"))
    ('1,200,000', '12.5')
    """
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"


def _percent(share: Decimal) -> str:
    """Return a share in percent, never rounded up: 79.96 % is not 80 %.

    >>> _percent(Decimal("0.57142857")), _percent(Decimal("0.8"))
    ('57.1%', '80%')
    """
    return f"{_plain((share * 100).quantize(Decimal('0.1'), ROUND_DOWN))}%"

"""Refusals: why a typed stage does not count yet, each reason with what its sentence names."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.money import RATE
from ltc_xl.model.tables import UID, table
from ltc_xl.model.wish import Wish
from ltc_xl.rules.guards import Guard
from ltc_xl.rules.moves import STAGES, Steps
from ltc_xl.rules.moves_sheet import Transition

Row = Mapping[str, object]
Reason = tuple[str, Mapping[str, object]]
"""A finding's code and what fills its words."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a move is not made.

    Attributes:
        table, row_id, column: the cell of the stage.
        from_: the stage that stands, as code.
        wanted: the stage that was typed, as code; '' when the cell was cleared.
        code: ``T-01`` to ``T-06``.
        values: what fills the words: texts, lists of texts, and texts by column; all fit for JSON.
        actor: who typed it.
        wish: id of the open wish that this continues; None for a new one.
    """

    table: str
    row_id: str
    column: str
    from_: str
    wanted: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    actor: str = ""
    wish: str | None = None

    def finding(self) -> Finding:
        """Return what ``check`` says of it."""
        return Finding(self.code, self.table, self.row_id, self.column, self.values)


def continued(refusal: Refusal, wishes: Sequence[Wish]) -> Refusal:
    """Return the refusal as the continuation of the open wish of its cell and reason, if there is one."""
    mine = (refusal.table, refusal.row_id, refusal.code)
    same = (wish.id for wish in wishes if (wish.table, wish.row_id, wish.code) == mine)
    return replace(refusal, wish=next(same, None))


@dataclass(frozen=True)
class Judge:
    """What the sentences of a table's refusals lean on: its steps, the words of the book, who asks."""

    name: str
    book: Book
    steps: Steps
    actor: str
    roles: frozenset[str]
    _lists: dict[str | None, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def refusals(self, row: Row) -> Iterator[Refusal]:
        """Yield every reason why a row, with ``from_`` and ``wanted`` beside its columns, must not move."""
        before, wanted = str(row["from_"]), str(row["wanted"] or "")
        named = {"from": self._word(before), "wanted": self._word(wanted)}
        allowed = [self._word(code) for code in self.steps.after(before)]
        for code, values in self._reasons(row, before, wanted):
            told = {**named, "allowed": allowed, **values}
            yield Refusal(self.name, str(row[UID]), STAGES[self.name], before, wanted, code, told, self.actor)

    def waiting(self, row: Row) -> Refusal:
        """Return that a row waits because nobody can tell what is allowed (T-05)."""
        before, wanted = str(row["from_"] or ""), str(row["wanted"] or "")
        told = {"from": self._word(before), "wanted": self._word(wanted)}
        return Refusal(self.name, str(row[UID]), STAGES[self.name], before, wanted, "T-05", told, self.actor)

    def _reasons(self, row: Row, before: str, wanted: str) -> Sequence[Reason]:
        """Return the reasons of the listed step that is nearest to being allowed."""
        if not wanted:
            return [("T-06", {})]
        steps = self.steps.between(before, wanted)
        if not steps:
            return [("T-01", {})]
        return min((list(self._unmet(step, row)) for step in steps), key=len)

    def _unmet(self, step: Transition, row: Row) -> Iterator[Reason]:
        told = {"no": step.no, "message": step.message or ""}
        missing = [code for code in step.needs if row[code] is None] if self.steps.asks("T-03") else []
        if step.condition and self.steps.asks("T-02") and self._fails(step.condition, row, missing):
            read = {code: self._shown(code, row[code]) for code in step.condition.codes}
            yield "T-02", {**told, "condition": step.condition.text, "read": read}
        if missing:
            yield "T-03", {**told, "missing": missing}
        if not self.steps.may(step, self.roles):
            yield "T-04", {**told, "role": list(step.roles), "actor": self.actor}

    def _fails(self, condition: Guard, row: Row, missing: Collection[str]) -> bool:
        """Return whether a condition fails for more than blanks that must be filled anyhow."""
        verdict = condition.verdict(row, self.steps.as_of)
        return verdict.holds is not True and (
            verdict.holds is False or not set(verdict.blank) <= set(missing)
        )

    def _word(self, code: str) -> str:
        return self._words(table(self.name).by_code[STAGES[self.name]].enum).get(code, code)

    def _words(self, list_: str | None) -> Mapping[str, str]:
        if list_ not in self._lists:
            self._lists[list_] = self.book.labels(list_) if list_ else {}
        return self._lists[list_]

    def _shown(self, code: str, value: object) -> str | None:
        """Return a value as the sheet shows it."""
        column = self.book.table(self.name).by_code[code]
        if isinstance(value, Decimal):
            return f"{value:.2%}" if column.dtype == RATE else f"{value:,.2f}"
        if isinstance(value, date):
            return value.isoformat()
        return None if value is None else self._words(column.enum).get(str(value), str(value))

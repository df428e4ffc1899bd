"""What a row of 字段 asks of a column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ltc_xl.model.finding import Finding
from ltc_xl.model.own_columns import FIELDS
from ltc_xl.model.tables import Column, Ref
from ltc_xl.rules.guards import Guard

__all__ = ["FIELDS", "Bound", "Choices", "Demand", "FieldRules"]


@dataclass(frozen=True, slots=True)
class Bound:
    """The least or greatest value: as typed, as a test, and by itself unless it moves with the day."""

    text: str
    test: Guard
    value: Decimal | date | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a column may hold: words as the firm lists them, and what counts as one of them in a cell."""

    listed: tuple[str, ...]
    taken: tuple[str, ...]


@dataclass(frozen=True)
class Demand:
    """What a row of 字段 asks of a column, over and above what the model asks of it.

    Attributes:
        row: the row on its sheet; None in a book made in memory.
        column: the column, of the model or of the firm's own.
        ref: the column of another table whose values it must hold.
        hint: language -> what to type, in the firm's words.
    """

    row: int | None
    column: Column
    required: bool = False
    is_unique: bool = False
    choices: Choices | None = None
    pattern: str | None = None
    least: Bound | None = None
    most: Bound | None = None
    ref: Ref | None = None
    hint: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, object]:
        """Return where it is asked, and the hint: the value ``asked`` of a finding."""
        return {"row": self.row, "hint": dict(self.hint)}


@dataclass(frozen=True)
class FieldRules:
    """The demands of a book by table and column, what is wrong with the sheet; a wrong cell asks nothing."""

    problems: tuple[Finding, ...] = ()
    demands: Mapping[str, Mapping[str, Demand]] = field(default_factory=dict)

    def of(self, name: str) -> Mapping[str, Demand]:
        """Return column -> what is asked of it, for one table."""
        return self.demands.get(name, {})

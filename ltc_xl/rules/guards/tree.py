"""The typed syntax tree of a rule: what every reading of it (frames, rows, later regions) is made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from ltc_xl.rules.guards.fields import Field, Kind

Order = Literal["=", "<>", ">=", "<=", ">", "<"]
Sum = Literal["+", "-", "*", "/"]
Function = Literal["ABS", "MIN", "MAX", "LEN", "ROUND", "LEFT"]
MOST_DIGITS = 38
QUOTIENT_PLACES = 8


@dataclass(frozen=True, slots=True)
class Size:
    """Room a number needs: digits before and behind its point."""

    whole: int
    places: int

    @property
    def fits(self) -> bool:
        """Return whether such numbers can be worked with exactly."""
        return self.whole + self.places <= MOST_DIGITS


NO_SIZE = Size(0, 0)


@dataclass(frozen=True, slots=True)
class Const:
    """A value that stands in the rule; ``written`` as typed."""

    value: Decimal | date | str | bool
    kind: Kind
    written: str
    at: int
    size: Size = NO_SIZE


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a field."""

    field: Field
    at: int
    size: Size = NO_SIZE

    @property
    def kind(self) -> Kind:
        """Return what it holds."""
        return self.field.kind


@dataclass(frozen=True, slots=True)
class Today:
    """The day the rule is asked about."""

    at: int
    kind: Kind = "date"
    size: Size = NO_SIZE


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Two values reckoned up; a day and a number make a day, two days a number."""

    sign: Sum
    left: "Value"
    right: "Value"
    kind: Kind
    at: int
    size: Size = NO_SIZE


@dataclass(frozen=True, slots=True)
class Called:
    """A function of numbers; the length or the beginning of a text."""

    name: Function
    parts: tuple["Value", ...]
    at: int
    size: Size
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of two values of one kind; unknown where the test is."""

    test: "Condition"
    yes: "Value"
    no: "Value"
    at: int
    kind: Kind
    size: Size = NO_SIZE


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one kind compared; unknown where one is blank."""

    order: Order
    left: "Value"
    right: "Value"


@dataclass(frozen=True, slots=True)
class Among:
    """A text or word that is one of several."""

    left: Column
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """A field with nothing in it; never unknown."""

    left: Column


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; the opposite of unknown is unknown."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; none at all always holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One part holds."""

    parts: tuple["Condition", ...]


Value = Const | Column | Today | Reckoned | Called | Chosen
Condition = Compare | Among | Blank | Not | Every | Either
Node = Value | Condition


def decimal_of(value: Value) -> Decimal:
    """Return the number of a constant one; the parser lets nothing else stand where this is asked."""
    if isinstance(value, Const) and isinstance(value.value, Decimal):
        return value.value
    raise TypeError(value)


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return what a node is made of."""
    match node:
        case Compare(_, left, right) | Reckoned(_, left, right):
            return (left, right)
        case Among(left, _) | Blank(left):
            return (left,)
        case Not(part):
            return (part,)
        case Every(parts) | Either(parts) | Called(_, parts):
            return parts
        case Chosen(test, yes, no):
            return (test, yes, no)
        case _:
            return ()


def columns_in(node: Node) -> Iterator[Column]:
    """Yield every column a node reads, as it stands in the rule."""
    if isinstance(node, Column):
        yield node
    for part in parts_of(node):
        yield from columns_in(part)

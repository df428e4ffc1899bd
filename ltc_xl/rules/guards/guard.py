"""A guard: one condition, ready for a whole frame and for one row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from ltc_xl.rules.guards.cells import cell_condition
from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field, Fields
from ltc_xl.rules.guards.frames import expression
from ltc_xl.rules.guards.guard_slips import named_slip
from ltc_xl.rules.guards.parser import parsed
from ltc_xl.rules.guards.rows import blanks, row_test
from ltc_xl.rules.guards.tree import Condition, Every, columns_in


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a guard holds for a row; None while a blank leaves it open, and ``blank`` names the fields."""

    holds: bool | None
    blank: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guard:
    """A condition as it stands in a cell, and what it means."""

    text: str
    tree: Condition = field(repr=False)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the columns it reads."""
        return tuple(dict.fromkeys(column.field.code for column in columns_in(self.tree)))

    @property
    def is_any(self) -> bool:
        """Return whether every row passes."""
        return self.tree == Every(())

    def expr(self, as_of: date) -> pl.Expr:
        """Return it for a frame: true, false, or null where a blank leaves it open."""
        return expression(self.tree, as_of)

    @cached_property
    def test(self) -> Callable[[Mapping[str, object], date], bool | None]:
        """Return it for a row, without reasons."""
        return row_test(self.tree)

    def verdict(self, row: Mapping[str, object], as_of: date) -> Verdict:
        """Return whether it holds for a row, and which blanks leave it open."""
        holds = self.test(row, as_of)
        open_for = dict.fromkeys(blanks(self.tree, row, as_of)) if holds is None else ()
        return Verdict(holds, tuple(open_for))


def guard(text: str, fields: Fields) -> Guard:
    """Return the condition over several fields that a text means.

    Raises:
        GuardError: it means none.

    >>> from ltc_xl.model.book import book_of
    >>> from ltc_xl.rules.guards import fields_of
    >>> found = guard("金额>=100万 且 阶段=谈判", fields_of("opportunities", book_of()))
    >>> found.verdict({"amount": None, "stage": "WON"}, date.min)
    Verdict(holds=False, blank=())
    >>> found.verdict({"amount": None, "stage": "NEGOTIATING"}, date.min)
    Verdict(holds=None, blank=('amount',))
    """
    try:
        return Guard(text, parsed(text, fields))
    except GuardError as error:
        raise named_slip(error, text, fields) from error


def cell_test(text: str, tested: Field) -> Guard:
    """Return the test that a cell of a decision table means for the field of its column.

    Raises:
        GuardError: it means none for such a field.
    """
    return Guard(text, cell_condition(text, tested))

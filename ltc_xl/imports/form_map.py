"""What a map says: which header is which column, and what the values mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from ltc_xl.imports.forms import Form, forms
from ltc_xl.imports.raw import Layout, RawTable
from ltc_xl.model.enums import folded
from ltc_xl.model.tables import Column


@dataclass(frozen=True, slots=True)
class Lookup:
    """A value taken from another file: where its column ``key`` is this row's ``source`` column."""

    file: str
    key: str
    value: str
    source: str


@dataclass(frozen=True)
class FormMap:
    """A map, held to its form.

    Attributes:
        form: the form's name.
        columns: canonical column -> header in the file.
        layout: what it says about the file.
        date: format of days as ``strptime`` writes it, None when they speak for themselves.
        unit: what an amount of 1 in the file is worth; 10000 for 万元.
        decimal: the decimal mark.
        values: canonical column -> (value found, folded) -> value meant.
        blank: canonical column, or ``any`` -> what stands for nothing, folded.
        constants: canonical column -> value where the file has none.
        lookups: canonical column -> where its value comes from.
        own: columns that the firm added to the table of the form.
    """

    form: str
    columns: Mapping[str, str] = field(default_factory=dict)
    layout: Layout = field(default_factory=Layout)
    date: str | None = None
    unit: Decimal = Decimal(1)
    decimal: str = "."
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank: Mapping[str, frozenset[str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    own: tuple[Column, ...] = ()

    @cached_property
    def held_to(self) -> Form:
        """Return the form, with the firm's own columns."""
        return forms()[self.form].with_own(self.own)

    @property
    def filled(self) -> tuple[str, ...]:
        """Return the canonical columns that get a value, in the form's order."""
        named = {*self.columns, *self.constants, *self.lookups}
        return tuple(c for c in self.held_to.columns if c in named)


def header_in(raw: RawTable, header: str) -> str | None:
    """Return a header as the file writes it: width, case and outer blanks do not matter."""
    return next((h for h in raw.header if folded(h) == folded(header)), None)

"""The forms of an import. The data stand in ``forms.toml``."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import polars as pl

from ltc_xl.model.enums import LANGS
from ltc_xl.model.own_columns import header_names
from ltc_xl.model.tables import DTYPES, Column, table


@dataclass(frozen=True)
class Form:
    """One form; the comment on top of ``forms.toml`` says what each entry means.

    ``needs`` holds, per requirement, the alternatives; each is a set of columns needed together. ``own`` are
    the columns that the firm added to the table, by code.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    needs: tuple[tuple[tuple[str, ...], ...], ...]
    strict: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    same_if: tuple[str, ...] = ()
    together: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, Column] = field(default_factory=dict)

    def with_own(self, columns: Iterable[Column]) -> "Form":
        """Return the form with columns that a firm added to the table, known by their names and labels."""
        own = {column.code: column for column in columns}
        names = {name: column.code for column in own.values() for name in header_names(column)}
        known = {name: code for name, code in names.items() if name not in self.columns}
        return replace(
            self, columns=(*self.columns, *own), own={**self.own, **own}, aliases={**known, **self.aliases}
        )

    def canonical(self, column: str) -> str:
        """Return the canonical name of a column that a map may call otherwise."""
        return self.aliases.get(column, column)

    def column(self, name: str) -> Column:
        """Return the column of the model whose type, list of words and reference a value has."""
        if name in self.own:
            return self.own[name]
        kind = self.kinds.get(name, f"{self.table}.{name}")
        owner, _, code = kind.partition(".")
        return table(owner).by_code[code] if code else Column("", "", "", kind)

    def dtype(self, name: str) -> pl.DataType:
        """Return the type of a canonical column; a type of the form's own is text."""
        return DTYPES.get(self.column(name).type, pl.String())

    @cached_property
    def must_read(self) -> frozenset[str]:
        """Return the columns whose unreadable value rejects the row."""
        return frozenset(self.strict) | {c for need in self.needs for way in need for c in way}


@cache
def _data() -> dict[str, dict[str, object]]:
    return tomllib.loads(files("ltc_xl.imports").joinpath("forms.toml").read_text("utf-8"))


def _ways(need: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(way.strip().split("+")) for way in need.split("|"))


def _form(name: str, entry: Mapping[str, object]) -> Form:
    parts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    needs = tuple(_ways(need) for need in parts.pop("needs"))
    keys = tuple(tuple(key.split("+")) for key in parts.pop("keys"))
    return Form(name, needs=needs, keys=keys, **parts)


@cache
def forms() -> Mapping[str, Form]:
    """Return every form by name, in the order of ``forms.toml``."""
    return {name: _form(name, entry) for name, entry in _data().items() if name != "headers"}


def known_headers(form: Form, column: str) -> tuple[str, ...]:
    """Return the headers that a canonical column of a form is known by, best first.

    >>> known_headers(forms()["products"], "list_price")
    ('目录价', 'List price', 'list_price', '标准价', '单价', 'Price')
    """
    if column in form.own:
        return tuple(dict.fromkeys(header_names(form.own[column])))
    model = form.column(column)
    labels = [model.label(lang) for lang in LANGS if model.code == column]
    more = _data()["headers"].get(column, [])
    assert isinstance(more, list)  # noqa: S101  narrowing of parsed TOML
    return (*labels, column, *more)

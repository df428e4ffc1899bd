"""The fields a rule may name: columns of a table by code, by label in either language, or by their header."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import LANGS
from ltc_xl.model.own_columns import is_own, own_name
from ltc_xl.model.tables import Column, table
from ltc_xl.rules.guards.lexicon import Lexicon, lexicon
from ltc_xl.rules.guards.names import Names, names_of

Kind = Literal["number", "date", "text", "word", "flag", "condition"]

_KINDS: Mapping[str, Kind] = {
    "money": "number", "rate": "number", "number": "number", "int": "number", "date": "date",
    "datetime": "date", "enum": "word", "flag": "flag",
}  # fmt: skip
_BRACKETED = re.compile(r"\s*[(（].*[)）]\s*$")


@dataclass(frozen=True)
class Field:
    """Something a rule can test.

    Attributes:
        code: its column in a frame.
        kind: what its values are; a ``word`` is one of a closed list and compared by code.
        dtype: polars type of the column.
        place: ``table.column`` of the model, for its label in a message.
        labels: the names people know it by.
        words: what its list calls each value; a text with words may be none but these.
        is_share: whether it runs from 0 to 1 and people write it in percent.
    """

    code: str
    kind: Kind
    dtype: pl.DataType
    place: str
    labels: tuple[str, ...] = ()
    words: Names[str] | None = None
    is_share: bool = False

    @property
    def is_yes_no(self) -> bool:
        """Return whether it is a condition by itself."""
        return self.kind == "flag" or (
            self.words is not None and set(self.words.by_key.values()) == {"YES", "NO"}
        )


@dataclass(frozen=True)
class Fields:
    """The fields of one table, found by what people call them."""

    fields: tuple[Field, ...] = field(default=())

    @cached_property
    def names(self) -> Names[Field]:
        """Return every name; a label without its bracketed part counts where it is the only one."""
        full = [(name, one) for one in self.fields for name in (*one.labels, one.code)]
        short: dict[str, list[Field]] = {}
        for name, one in full:
            bare = _BRACKETED.sub("", name)
            if bare != name and one not in short.setdefault(bare, []):
                short[bare].append(one)
        return names_of([*full, *((name, found[0]) for name, found in short.items() if len(found) == 1)])

    def get(self, name: str) -> Field | None:
        """Return the field of a name, or None."""
        return self.names.get(name)

    def with_more(self, more: Iterable[Field]) -> "Fields":
        """Return these fields and some that are worked out; of two with one name the new one counts."""
        return Fields((*more, *self.fields))


def fields_of(name: str, book: Book) -> Fields:
    """Return the fields of a table: codes, labels in both languages, the headers on the book's own sheet."""
    place, known = book.place(name), lexicon(book)
    headers = place.headers if place else {}
    columns = book.table(name).columns
    return Fields(tuple(_field(name, column, book, known, headers.get(column.code)) for column in columns))


def field_of(name: str, code: str, book: Book) -> Field:
    """Return the field of one column, without regard to its header on the sheet."""
    return _field(name, book.table(name).by_code[code], book, lexicon(book))


def _field(name: str, column: Column, book: Book, known: Lexicon, header: str | None = None) -> Field:
    labels = [header] if header else []
    labels += [own_name(column.code)] if is_own(column.code) else []
    labels += [column.label(lang) for lang in (book.lang, *LANGS)]
    return Field(
        column.code,
        _KINDS.get(column.type, "text"),
        column.dtype,
        f"{name}.{column.code}",
        tuple(dict.fromkeys(labels)),
        _words(column, book, known),
        column.type == "rate",
    )


def _words(column: Column, book: Book, known: Lexicon) -> Names[str] | None:
    """Return the values a column may hold: a list as the book calls them, choices, rows of a rule table."""
    if column.enum:
        return known.words(column.enum)
    if column.choices:
        return names_of((choice, choice) for choice in column.choices)
    if column.ref and table(column.ref.table).group == "rule":
        listed = book.rows(column.ref.table)[column.ref.column].drop_nulls()
        return names_of((name, name) for name in listed) if listed.len() else None
    return None

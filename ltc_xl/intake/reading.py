"""The rows of an import as they were understood, and those that were not."""

from dataclasses import dataclass

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.items import footers, reasons
from ltc_xl.imports.typed import AT, typed_rows
from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError


@dataclass(frozen=True)
class Reading:
    """The rows as they were understood.

    Attributes:
        values: ``_at`` and what the files say, typed; of the rows that are taken.
        constants: ``_at`` and what the map says of each of them.
        rejects: ``_at``, ``why``, ``column``, ``value`` of the others.
        unread: ``_at``, ``column``, ``value`` of cells that stay blank.
        footers: how many rows were totals.
    """

    values: pl.DataFrame
    constants: pl.DataFrame
    rejects: pl.DataFrame
    unread: pl.DataFrame
    footers: int

    @property
    def whole(self) -> pl.DataFrame:
        """Return the rows that are taken, with what the map alone says of them."""
        return pl.concat([self.values, _only(self.constants, self.values)], how="horizontal")


def constant_texts(form_map: FormMap) -> pl.DataFrame:
    """Return the constants of a map as one row of texts."""
    return pl.DataFrame({AT: [0], **{c: [v or None] for c, v in form_map.constants.items()}}, strict=False)


def read_rows(book: Book, form_map: FormMap, texts: pl.DataFrame, fixed: pl.DataFrame) -> Reading:
    """Return the rows typed, without those that are turned away."""
    form = form_map.held_to
    words = _own_words(book)
    values, unread = typed_rows(texts, form_map, words)
    constant, wrong = typed_rows(fixed, form_map, words)
    for column, value in wrong.select("column", "value").iter_rows():
        raise UsageError("map_constant", column=column, found=value)
    constants = values.select(AT).join(constant.drop(AT), how="cross", maintain_order="left")
    why = reasons(form, _filled(values, constants), unread)
    totals = footers(texts, why)
    gone = pl.concat([why.select(AT), totals])
    return Reading(
        _without(values, gone),
        _without(constants, gone),
        _without(why, totals),
        _without(unread, gone),
        totals.height,
    )


def _without(rows: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    return rows.join(gone, on=AT, how="anti", maintain_order="left")


def _own_words(book: Book) -> dict[str, dict[str, str]]:
    """Return what the book calls its codes, by list."""
    words: dict[str, dict[str, str]] = {}
    for name, code, *texts in book.rows("choices").select("set", "code", "zh", "en").iter_rows():
        words.setdefault(name, {}).update({folded(text): code for text in texts if text})
    return words


def _filled(values: pl.DataFrame, constants: pl.DataFrame) -> pl.DataFrame:
    """Return the values with constants where a row has none."""
    both = [pl.coalesce(values[c], constants[c]).alias(c) for c in constants.columns if c in values.columns]
    return pl.concat([values.with_columns(both), _only(constants, values)], how="horizontal")


def _only(constants: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    return constants.select(c for c in constants.columns if c not in values.columns)

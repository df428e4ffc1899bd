"""Import: rows of foreign files become rows of the book, each new, changed, unchanged or rejected.

Nothing is guessed: what cannot be read, names that are almost known and columns nobody mapped are told.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from ltc_xl.imports.form_map import FormMap
from ltc_xl.imports.items import items_of
from ltc_xl.imports.raw import RawTable
from ltc_xl.imports.typed import AT
from ltc_xl.intake.answer import batch_of, document, told_values
from ltc_xl.intake.extra import extra_columns
from ltc_xl.intake.names import named_texts, new_names, with_lookups
from ltc_xl.intake.parts import Part, parts
from ltc_xl.intake.preview import preview
from ltc_xl.intake.reading import constant_texts, read_rows
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.upsert import Upsert, upsert

__all__ = ["intake", "preview"]


def intake(  # noqa: PLR0913, PLR0917  every service starts with book, rulebook and day
    book: Book,
    rulebook: Rulebook,  # noqa: ARG001  every service is called alike
    as_of: date,
    form_map: FormMap,
    files: Mapping[str, RawTable],
    lookups: Mapping[str, RawTable] | None = None,
) -> Outcome:
    """Return what the files change in the book, and everything that is doubtful about them.

    Args:
        book: the book.
        rulebook: its rules.
        as_of: the day of the import.
        form_map: what the columns mean.
        files: the data by file name.
        lookups: the files of ``[lookup.…]`` by column.

    Raises:
        UsageError: a constant of the map cannot be read.
    """
    other = lookups or {}
    items = items_of(files, form_map)
    named = with_lookups(named_texts(book, form_map, items.texts, other), form_map, other)
    fixed = named_texts(book, form_map, constant_texts(form_map), {})
    reading = read_rows(book, form_map, named.texts, fixed.texts)
    done = _upserts(book, parts(book, as_of, form_map, reading.values, reading.constants))
    also = new_names(book, form_map.held_to, reading.whole, named.near)
    extra = extra_columns(items, named, reading.unread, form_map, done)
    changes = sum((one.changes for one in done.values()), Changes()) + Changes(inserts=also, extra=extra)
    data = document(items, form_map, reading, done, also)
    told = [*named.told, *fixed.told, *told_values(items, form_map, reading, done)]
    batch = batch_of(form_map, {**files, **other}, as_of)
    return Outcome(
        changes,
        data={**data, "batch": batch, "unmatched": told},
        exit_status=1 if reading.rejects.height else 0,
    )


def _upserts(book: Book, made: Sequence[Part]) -> dict[str, Upsert]:
    """Return what each part changes, by table; a part may refer to rows of those before it."""
    done: dict[str, Upsert] = {}
    for part in made:
        refs = {column: _numbers(book, name, done[name]) for column, name in part.refs.items()}
        rows = part.rows.with_columns(
            pl.col(column).replace_strict(known[AT], known["ref"], default=None, return_dtype=pl.String)
            for column, known in refs.items()
        )
        done[part.table] = upsert(
            book.table(part.table), book.rows(part.table), rows, part.keys, part.defaults
        )
    return done


def _numbers(book: Book, name: str, found: Upsert) -> pl.DataFrame:
    """Return ``_at`` -> ``ref``: the number of the row it became, its ``_uid`` while it has none."""
    numbers = book.rows(name).select(UID, number=table(name).numbered or UID)
    return found.rows.join(numbers, on=UID, how="left").select(AT, ref=pl.coalesce("number", UID))

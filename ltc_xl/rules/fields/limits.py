"""The cells of a row of 字段, taken for what they mean: choices, a pattern, bounds, the table referred to."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import enums, words
from ltc_xl.model.own_columns import choices_in, table_called
from ltc_xl.model.tables import Ref
from ltc_xl.rules.fields.demand import Bound, Choices
from ltc_xl.rules.guards import Field, GuardError, cell_test
from ltc_xl.rules.guards.texts import text_key
from ltc_xl.rules.guards.tree import Compare, Const, decimal_of

_MOST_SHOWN = 8


def choices(text: str, field: Field, book: Book) -> Choices:
    """Return the choices that a cell lists, or those of the list of 选项 that it names.

    Raises:
        GuardError: it lists none, the column holds no text, or its own list lacks one of them.
    """
    if field.kind not in {"text", "word"}:
        raise GuardError("no_choices", 1, field=field.place)
    named = choices_in(text)
    listed = tuple(_list_called(named[0], book)) if len(named) == 1 else ()
    if not named or (listed and not any(listed)):
        raise GuardError("empty_choices", 1)
    if field.kind == "word":
        shown = tuple(each[0] for each in listed) or named
        return Choices(shown, tuple(_word(name, field) for name in shown))
    shown = tuple(each[0] for each in listed) or named
    return Choices(
        shown, tuple(text_key(name) for each in listed or [(name,) for name in named] for name in each)
    )


def _list_called(name: str, book: Book) -> Iterator[tuple[str, ...]]:
    """Yield the entries of a list by its name, each with its word in the book's language first; or none."""
    own = book.rows("choices").filter(pl.col("set") == name).drop_nulls("code")
    for row in own.select(word=book.lang, zh="zh", en="en", code="code").iter_rows():
        yield tuple(filter(None, row))
    known = set(own["code"])
    for word in words(name) if name in enums() else ():
        if word.code not in known:
            yield word.label(book.lang), word.zh, word.en, *word.also, word.code


def _word(name: str, field: Field) -> str:
    """Return the code of a word of the column's own list."""
    code = field.words.get(name) if field.words else None
    if field.words is None or code is not None:
        return code or name
    near, shown = field.words.near(name), field.words.listed
    told: dict[str, object] = {
        "found": name,
        "field": field.place,
        "words": shown[:_MOST_SHOWN] + ["…"] * (len(shown) > _MOST_SHOWN),
    }
    raise GuardError("no_word_near", 1, near=near, **told) if near else GuardError("no_word", 1, **told)


def pattern(text: str, field: Field) -> str:
    """Return a pattern, as it stands in a cell, once it is sure to work on the column.

    Raises:
        GuardError: the engine cannot read it, or the column holds no text.
    """
    if field.kind != "text":
        raise GuardError("no_pattern_here", 1, field=field.place)
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.ComputeError as error:
        raise GuardError("no_pattern", 1, found=text) from error
    return text


def bound(text: str, order: str, field: Field) -> Bound:
    """Return the least (``>=``) or greatest (``<=``) value that a cell says: a number, a share or a day.

    Raises:
        GuardError: it says no such value of the column.
    """
    try:
        test = cell_test(f"{order}{text}", field)
    except GuardError as error:
        raise GuardError(error.key, max(error.position - len(order), 1), **error.values) from error
    if not isinstance(test.tree, Compare):
        raise GuardError("one_value", 1)
    return Bound(text, test, _fixed(test.tree))


def _fixed(test: Compare) -> Decimal | date | None:
    """Return the value a column is compared with; None where it moves with the day."""
    if not isinstance(test.right, Const):
        return None
    if test.right.kind == "number":
        return decimal_of(test.right)
    return test.right.value if isinstance(test.right.value, date) else None


def reference(code: str, field: Field, book: Book) -> Ref:
    """Return the key column of the table that a column refers to.

    Raises:
        GuardError: the column holds no text, or the table has no column that names its rows.
    """
    there = table_called(code)
    if field.kind != "text":
        raise GuardError("no_reference_here", 1, field=field.place)
    if there is None or there.key is None:
        raise GuardError("no_key", 1, owner=there.name if there else code)
    if book.tables and there.name not in book.tables:
        raise GuardError("no_such_sheet", 1, owner=there.name)
    return Ref(there.name, there.key)

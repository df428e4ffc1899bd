"""Columns that a firm added to a work sheet and declared in the table 字段 (fields).

A declared column is a column: it stands in the ``Table`` of that book, is read typed, checked, kept and
known to rules like one of the model. Its code is ``x_`` and the declared name; the header on the sheet is
that name or one of its labels. What a field must hold is said by its row in 字段, and checked from there.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import polars as pl

from ltc_xl.model.enums import LANGS, enums
from ltc_xl.model.headers import header_key
from ltc_xl.model.tables import Column, Table, tables

FIELDS = "fields"

_PREFIX = "x_"
_TYPES: Mapping[str, str] = {
    "TEXT": "text", "CODE": "id", "NUMBER": "number", "INTEGER": "int", "MONEY": "money", "RATE": "rate",
    "DATE": "date", "DATETIME": "datetime", "YES_NO": "flag", "CHOICE": "text",
}  # fmt: skip
_BETWEEN_CHOICES = re.compile(r"[、，,;；|\n]")


def is_own(code: str) -> bool:
    """Return whether a code is that of a column which a firm added.

    >>> is_own("x_微信等级"), is_own("wechat")
    (True, False)
    """
    return code.startswith(_PREFIX)


def own_name(code: str) -> str:
    """Return the name a firm declared its column by; any other code as it is.

    >>> own_name("x_微信等级"), own_name("wechat")
    ('微信等级', 'wechat')
    """
    return code.removeprefix(_PREFIX)


def can_have_own(owner: Table) -> bool:
    """Return whether a firm can add columns that count: to the sheets it works on."""
    return owner.group == "work" and not owner.by_program


def column_named(owner: Table, name: str) -> Column | None:
    """Return the column that people call by a name: its label in either language, its code, its own name.

    >>> leads = tables()["leads"]
    >>> column_named(leads, "手机").code, column_named(leads, "MOBILE ").code
    ('mobile', 'mobile')
    """
    return next((column for column in owner.columns if header_key(name) in _keys(column)), None)


def own_columns(
    fields: pl.DataFrame, choices: pl.DataFrame | None = None
) -> Mapping[str, tuple[Column, ...]]:
    """Return table -> the columns of its own that a firm declared; of two of one name the first counts.

    Args:
        fields: the rows of 字段.
        choices: the rows of 选项; a declaration may name one of its lists instead of single words.
    """
    rows = fields.drop_nulls(["table", "field"]).rows(named=True)
    lists = _lists(choices) if rows else {}
    found: dict[str, dict[str, Column]] = {}
    for row in rows:
        owner = table_called(row["table"])
        if owner is not None and can_have_own(owner) and column_named(owner, row["field"]) is None:
            found.setdefault(owner.name, {}).setdefault(header_key(row["field"]), _column(row, lists))
    return {name: tuple(columns.values()) for name, columns in found.items()}


def table_called(name: str) -> Table | None:
    """Return the table that people call by a name: of the sheet in either language, in Excel, in code.

    >>> [table_called(name).name for name in ("线索", "leads", "tblLeads")]
    ['leads', 'leads', 'leads']
    """
    return _tables_by_name().get(header_key(name))


@cache
def _tables_by_name() -> Mapping[str, Table]:
    held = reversed(list(tables().values()))
    return {header_key(name): one for one in held for name in (one.excel, one.en, one.zh, one.name)}


def header_names(column: Column) -> Iterator[str]:
    """Yield what may stand above a column on its sheet."""
    if is_own(column.code):
        yield own_name(column.code)
    yield from (column.zh, column.en)


def _keys(column: Column) -> frozenset[str]:
    return frozenset(header_key(name) for name in (*header_names(column), column.code))


def _lists(choices: pl.DataFrame | None) -> Mapping[str, tuple[str, ...]]:
    """Return list -> its words in both languages: those of the model, and as the firm calls them."""
    found = {
        name: [word.label(lang) for word in listed for lang in LANGS] for name, listed in enums().items()
    }
    if choices is not None:
        for name, *labels in choices.drop_nulls("set").select("set", *LANGS).iter_rows():
            found.setdefault(name, []).extend(filter(None, labels))
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def _column(row: Mapping[str, object], lists: Mapping[str, tuple[str, ...]]) -> Column:
    """Return the column of a row of 字段: what it is called and of which type, not what it must hold."""
    name, choices = str(row["field"]).strip(), choices_in(_text(row["choices"]))
    return Column(
        _PREFIX + name,
        zh=str(row["label_zh"] or name),
        en=str(row["label_en"] or name),
        type=_TYPES.get(str(row["type"] or "TEXT"), "text"),
        pii="personal" if row["is_personal"] == "YES" else None,
        hint_zh=_text(row["hint_zh"]),
        hint_en=_text(row["hint_en"]),
        choices=lists.get(choices[0], choices) if len(choices) == 1 else choices,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def choices_in(text: str | None) -> tuple[str, ...]:
    """Return the words that a cell lists.

    >>> choices_in("A、B， C")
    ('A', 'B', 'C')
    """
    words = (word.strip() for word in _BETWEEN_CHOICES.split(text or ""))
    return tuple(dict.fromkeys(word for word in words if word))

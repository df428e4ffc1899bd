"""Where the tables of a new workbook stand: sheets in order, header row, body, columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from unicodedata import east_asian_width

import polars as pl

from ltc_xl.messages import say
from ltc_xl.model.book import column_letters
from ltc_xl.model.enums import Lang, words
from ltc_xl.model.tables import UID, Column, Table, tables_of

START, DASHBOARD = "start", "dashboard"
LISTS = "_lists"
"""The sheet behind dropdowns and formulas, of one name in either language; nobody sees it."""
LOOKS = (START, DASHBOARD, LISTS)
FIRST_SHEETS = (
    START,
    "today",
    "leads",
    "opportunities",
    "customers",
    "contracts",
    "lines",
    "receipts",
    "findings",
    DASHBOARD,
)
SHOWN_RULES = ("settings", "members", "choices")

HEADER_ROW = 3
FIRST_ROW = HEADER_ROW + 1
FROZEN_WIDTH = 60
HEADER_ROOM = 4  # inset and filter button
SHORT_HEADER = 12
INSET = 3
CHINESE, LATIN = 1.9, 0.95  # width of a character beside a digit's
STRETCH = 1.4  # how much wider than the model says a column of long texts may become
WIDEST_PAGE = 265  # characters across one A4 page


def sheet_order(profile: str) -> tuple[str, ...]:
    """Return tables and looks in the order of their sheets: look and work, results, rules, technical."""
    by_group: dict[str, list[str]] = {"work": [], "look": [], "result": [], "rule": [], "tech": []}
    for owner in tables_of(profile):
        if owner.name not in FIRST_SHEETS + SHOWN_RULES:
            by_group[owner.group].append(owner.name)
    prepared = (*by_group["work"], *by_group["look"], *by_group["result"])
    return (*FIRST_SHEETS, *prepared, *SHOWN_RULES, *by_group["rule"], *by_group["tech"], LISTS)


def look_sheet(name: str, lang: Lang) -> str:
    """Return the name of a sheet that is no table's."""
    return name if name == LISTS else say(f"sheets.{name}.sheet", lang)


def text_width(text: str) -> int:
    """Return the width of a text in characters; a Chinese one is two wide.

    >>> text_width("ATI 评审")
    8
    """
    return len(text) + sum(east_asian_width(char) in "WF" for char in text)


def wide_text(code: str) -> pl.Expr:
    """Return the width of a column's texts in characters; a Chinese one is nearly two wide."""
    text = pl.col(code).fill_null("")
    chinese = (text.str.len_bytes() - text.str.len_chars()) / 2
    return chinese * CHINESE + (text.str.len_chars() - chinese) * LATIN


def header_width(label: str) -> int:
    """Return the width a header needs beside its filter button: on one line when short, else on two.

    >>> header_width("Fulfilment responsible"), header_width("No."), header_width("平均拖延天数")
    (15, 7, 16)
    """
    if text_width(label) <= SHORT_HEADER:
        return text_width(label) + HEADER_ROOM
    longest = max((text_width(word) for word in label.split() if word.isascii()), default=0)
    return max(longest, -(-text_width(label) // 2)) + HEADER_ROOM


@dataclass(frozen=True)
class TableArea:
    """One Excel Table of the new workbook; ``rows`` has at least one row, ``blank`` in an empty table."""

    model: Table
    lang: Lang
    profile: str
    rows: pl.DataFrame
    blank: bool

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Return the model's columns as they stand on the sheet, without ``_uid``."""
        return self.model.columns_of(self.profile)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Return column code -> column number on the sheet, from 1; ``_uid`` is the last."""
        codes = [c.code for c in self.columns] + ([UID] if self.model.tracked else [])
        return {code: number for number, code in enumerate(codes, 1)}

    @property
    def sheet(self) -> str:
        """Return the sheet's name."""
        return self.model.sheet(self.lang)

    @property
    def last_row(self) -> int:
        """Return the last row of the body, from 1."""
        return HEADER_ROW + self.rows.height

    @property
    def shown(self) -> tuple[Column, ...]:
        """Return the columns a person sees."""
        return tuple(c for c in self.columns if not c.hidden)

    def letters(self, code: str) -> str:
        """Return the letters of a column."""
        return column_letters(self.numbers[code])

    def body(self, code: str) -> str:
        """Return the cells of a column without its header, e.g. ``C4:C9``."""
        letters = self.letters(code)
        return f"{letters}{FIRST_ROW}:{letters}{self.last_row}"

    def first_cell(self, code: str) -> str:
        """Return the first cell of a column, its column fixed: ``$C4``."""
        return f"${self.letters(code)}{FIRST_ROW}"

    def width(self, column: Column) -> float:
        """Return a column's width in characters: the model's, or what header, words or texts need."""
        return self._widths[column.code]

    @cached_property
    def _widths(self) -> Mapping[str, float]:
        return {
            column.code: max(column.width, header_width(column.label(self.lang)), self._needed(column))
            for column in self.columns
        }

    def _needed(self, column: Column) -> float:
        """Return the width of the longest word of a list, or of the longest text within bounds."""
        if column.enum:
            return max(text_width(word.label(self.lang)) for word in words(column.enum, self.profile)) + 2
        if column.type not in {"text", "id", "rule"} or column.live:
            return 0
        longest = self.rows.select(wide_text(column.code).max()).item() or 0
        return min(longest + INSET, column.width * STRETCH)

    @property
    def total_width(self) -> float:
        """Return the width of all columns a person sees."""
        return sum(map(self.width, self.shown))

    @property
    def pages_across(self) -> int:
        """Return over how many A4 pages side by side the table prints: on one, a wide one is unreadable."""
        return 1 if self.total_width <= WIDEST_PAGE else 2

    @cached_property
    def frozen(self) -> int:
        """Return how many leading columns stay in view: up to key and label, as far as they are narrow."""
        names = (self.model.key, self.model.label)
        wanted = max((self.numbers.get(n or "", 1) for n in names), default=1)
        width, count = 0.0, 0
        for column in self.shown[:wanted]:
            width += self.width(column)
            count += width <= FROZEN_WIDTH
        return count

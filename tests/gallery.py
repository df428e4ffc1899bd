"""The pages of ``findings/``: tables that fail, what the check says of them, and how they look when cured."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from conftest import typed_rows
from openpyxl import Workbook

from ltc_xl.model.book import Book, BookTable, Place
from ltc_xl.model.change import Changes, SetColumn, applied, differences
from ltc_xl.model.enums import Lang
from ltc_xl.model.rulebook import RuleVersion
from ltc_xl.model.tables import table
from ltc_xl.model.tables import tables as all_tables
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.in_force import InForce
from ltc_xl.rules.transitions import judged
from ltc_xl.workbook import read_book

FOLDER = Path(__file__).parent / "findings"
_AS_OF = re.compile(r"^As of (\d{4}-\d\d-\d\d)", re.MULTILINE)
_TYPED_BY = re.compile(r"Typed by (\w+)")
_BESIDE = re.compile(r"Beside ([A-Z]+-\d\d)")
_BEFORE = date(2026, 4, 1)
_MOVED = re.compile(r"(\w*) → (\w*)")
_TABLE = re.compile(r"^\*\*([a-z_]+)\*\*\n\n((?:\|.*\n)+)", re.MULTILINE)
_RULE = re.compile(r"^[|:-]+$")
_TEXT = re.compile(r"^```(zh|en)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page: the day, the tables that fail, the tables that cure them, the findings in both languages."""

    code: str
    as_of: date
    tables: dict[str, str] = field(default_factory=dict)
    cured: dict[str, str] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)

    typed: bool = False
    of_rules: bool = False
    actor: str = ""
    beside: tuple[str, ...] = ()
    before: dict[str, str] = field(default_factory=dict)

    @property
    def book(self) -> Book:
        """Return the tables as they fail."""
        return self._book(self.tables)

    @property
    def known(self) -> Mapping[str, RuleVersion]:
        """Return the rules as they were when they last were sound; none where the page does not say."""
        was = self._book(self.tables | self.before)
        return InForce(was, bind_rulebook(was), _BEFORE, {}).new if self.before else {}

    @property
    def cured_book(self) -> Book:
        """Return the tables with those of the cure in place."""
        return self._book(self.tables | self.cured)

    def _book(self, tables: dict[str, str]) -> Book:
        if self.typed:
            return typed_book(tables)
        return judged_book(tables, self.as_of, self.actor)


def page_of(path: Path) -> Page:
    """Return a page as it is written."""
    text = path.read_text("utf-8")
    whole, _, cured = text.partition("\n## ")
    failing, _, before = whole.partition("\nIn force since 2026-04-01:\n")
    day, actor = (pattern.search(text) for pattern in (_AS_OF, _TYPED_BY))
    return Page(
        path.stem,
        date.fromisoformat(day[1]) if day else date(2026, 4, 30),
        dict(_TABLE.findall(failing)),
        dict(_TABLE.findall(cured)),
        {lang: body.splitlines() for lang, body in _TEXT.findall(text)},
        "as typed into Excel" in failing,
        "Asked by `rules check`" in failing,
        actor[1] if actor else "",
        tuple(_BESIDE.findall(failing)),
        dict(_TABLE.findall(before)),
    )


def pages() -> list[Page]:
    """Return every page."""
    return [page_of(path) for path in sorted(FOLDER.glob("*.md"))]


def placed_book(tables: dict[str, str], lang: Lang = "zh") -> Book:
    """Return a book of pipe tables, each on its own sheet with the header in row 1."""
    rows = {name: typed_rows(name, text) for name, text in tables.items()}
    return replace(Book("client.xlsx", lang), tables={n: placed(n, frame, lang) for n, frame in rows.items()})


def typed_over(tables: dict[str, str], lang: Lang = "zh") -> tuple[Book, Changes]:
    """Return a book as typed and what was typed: ``old → new`` in a cell of its tables."""
    was, book = (
        placed_book({name: _MOVED.sub(part, text) for name, text in tables.items()}, lang)
        for part in (r"\1", r"\2")
    )
    typed = Changes()
    for name, held in was.tables.items():
        typed += differences(name, held.rows, book.rows(name), held.table.by_code)
    return book, typed


def judged_book(tables: dict[str, str], as_of: date, actor: str) -> Book:
    """Return what services see of a book in which somebody typed over some stages."""
    book, typed = typed_over(tables)
    verdict = judged(typed, book, bind_rulebook(book), as_of, actor)
    told = verdict.refused + verdict.waiting
    cells = [entry.cells.filter(pl.col("_uid").is_in([one.row_id for one in told])) for entry in typed.sets]
    back = [SetColumn(e.table, e.column, c).reversed() for e, c in zip(typed.sets, cells, strict=True)]
    return replace(applied(book, Changes(tuple(back))), findings=tuple(one.finding() for one in told))


def placed(name: str, rows: pl.DataFrame, lang: Lang = "zh") -> BookTable:
    """Return rows of a table as if read from a sheet that has every column."""
    model = table(name)
    numbers = {column.code: number for number, column in enumerate(model.columns, start=1)}
    place = Place(model.sheet(lang), model.excel, 1, 2, rows.height + 1, numbers)
    return BookTable(model, rows, place)


def typed_book(tables: dict[str, str]) -> Book:
    """Return what the reader makes of these cells: ``'1`` is text, ``=…`` a formula nobody has calculated."""
    workbook = Workbook()
    starter = (t.name for t in all_tables().values() if t.group == "work" and t.profile == "starter")
    for name in dict.fromkeys((*starter, *tables)):
        model = table(name)
        sheet = workbook.create_sheet(model.zh)
        codes = (column.code for column in model.columns_of("starter"))
        typed = tables[name].splitlines() if name in tables else ["|".join(("", *codes, ""))]
        lines = (line for line in typed if not _RULE.match(line))
        head, *body = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines)
        sheet.append([model.by_code[code].zh if code in model.by_code else code for code in head])
        for cells in body:
            sheet.append([_as_typed(cell) for cell in cells])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "client.xlsx"
        workbook.remove(workbook.worksheets[0])
        workbook.save(path)
        return read_book(path)


def _as_typed(cell: str) -> str | int | None:
    if cell.startswith("'"):
        return cell[1:]
    return int(cell) if cell.isdecimal() else cell or None

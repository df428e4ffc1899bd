"""Where the model's tables stand in a workbook: by Excel Table, else by sheet name and header row."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import polars as pl

from ltc_xl.model.enums import LANGS, Lang, folded
from ltc_xl.model.headers import header_key
from ltc_xl.model.own_columns import header_names
from ltc_xl.model.tables import UID, Column, Table, table
from ltc_xl.workbook.package import Package, Sheet, TablePart

SEARCHED_ROWS = 30
_ENOUGH_HEADERS = 3


@dataclass(frozen=True)
class Headers:
    """What the cells of a header row are.

    Attributes:
        columns: code -> column number on the sheet.
        extra: the firm's own headers -> column number.
        twice: codes whose header stands there again; in a rule table also headers of the firm's own.
    """

    columns: Mapping[str, int]
    extra: Mapping[str, int]
    twice: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bound:
    """A table of the model and the place it was found at.

    ``last_row`` is the last row of the Excel Table without its totals, or None where only a header row was
    found: then the rows reach as far as there are any. ``open_end`` says that rows typed right below
    belong to it. ``names`` maps column number -> name in the Excel Table, else the header cell's text.
    """

    table: Table
    sheet: Sheet
    headers: Headers
    header_row: int
    first_row: int
    last_row: int | None = None
    excel_table: str | None = None
    open_end: bool = True
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def key(self) -> Hashable:
        """Return all of it as one value that can be compared."""
        columns, extra, names = (
            tuple(held.items()) for held in (self.headers.columns, self.headers.extra, self.names)
        )
        place = (self.header_row, self.first_row, self.last_row, self.excel_table, self.open_end)
        own = self.table.columns[len(table(self.table.name).columns) :]
        return self.table.name, own, self.sheet.name, columns, extra, names, self.headers.twice, *place


@cache
def codes_of(name: str, table: Table) -> Mapping[str, str]:  # noqa: ARG001  the name keys the cache
    """Return header key -> code of a table's columns, in either language."""
    codes = {
        header_key(column.label(lang)): column.code for lang in LANGS for column in reversed(table.columns)
    }
    return {**codes, UID: UID}


def headers_of(table: Table, texts: Mapping[int, str]) -> Headers:
    """Return what the cells of a header row are; of a header that stands there twice the first counts."""
    codes = codes_of(table.name, table)
    columns: dict[str, int] = {}
    extra: dict[str, int] = {}
    twice = []
    for number, text in sorted(texts.items()):
        code = codes.get(header_key(text))
        if code is None and table.group == "rule" and text in extra:
            twice.append(text)
        elif code is None:
            extra.setdefault(text, number)
        elif code in columns:
            twice.append(code)
        else:
            columns[code] = number
    return Headers(columns, extra, tuple(twice))


def with_own_columns(bound: Bound, own: tuple[Column, ...]) -> Bound:
    """Return a place whose table has columns that the firm declared, each where its header stands."""
    codes = {header_key(name): column.code for column in reversed(own) for name in header_names(column)}
    columns, extra = dict(bound.headers.columns), {}
    for header, number in bound.headers.extra.items():
        code = codes.get(header_key(header))
        if code is None or code in columns:
            extra[header] = number
        else:
            columns[code] = number
    headers = replace(bound.headers, columns=columns, extra=extra)
    return replace(bound, table=bound.table.with_more(own), headers=headers)


def table_part(package: Package, table: Table) -> TablePart | None:
    """Return the Excel Table of a table of the model, or None."""
    return next((part for part in package.tables if part.name.casefold() == table.excel.casefold()), None)


def named_sheet(package: Package, table: Table) -> Sheet | None:
    """Return the worksheet that has the table's name in either language, or None."""
    names = {folded(table.sheet(lang)) for lang in LANGS}
    return next((s for s in package.sheets if s.kind == "worksheet" and folded(s.name) in names), None)


def bound_by_part(table: Table, part: TablePart, sheet: Sheet, head: pl.DataFrame) -> Bound:
    """Return the place of an Excel Table; ``head`` has the cells of its header row."""
    area, rows = part.area, part.header_rows
    written = dict(enumerate(part.headers, area.left))
    inside = head.filter(pl.col("column").is_between(area.left, area.right))
    texts = {**written, **_texts_of(inside, area.top)} if rows else written
    return Bound(
        table,
        sheet,
        headers_of(table, texts),
        header_row=area.top,
        first_row=area.top + rows,
        last_row=area.bottom - part.totals_rows,
        excel_table=part.name,
        open_end=not part.totals_rows,
        names=written,
    )


def bound_by_header(table: Table, sheet: Sheet, head: pl.DataFrame) -> Bound | None:
    """Return the place below the row that has most of the table's headers, or None when none has enough."""
    rows = head["row"].unique().sort().to_list()
    found = {row: headers_of(table, _texts_of(head, row)) for row in rows}
    best = max(found, key=lambda row: (len(found[row].columns), -row), default=None)
    if best is None or len(found[best].columns) < min(_ENOUGH_HEADERS, len(table.columns)):
        return None
    names = _texts_of(head, best)
    return Bound(table, sheet, found[best], header_row=best, first_row=best + 1, names=names)


def _texts_of(head: pl.DataFrame, row: int) -> dict[int, str]:
    cells = head.filter((pl.col("row") == row) & pl.col("text").is_not_null())
    return dict(cells.select("column", "text").iter_rows())


def language_of(bound: Sequence[Bound], heads: Mapping[str, pl.DataFrame]) -> Lang:
    """Return the language most headers are written in."""
    votes: dict[Lang, int] = dict.fromkeys(LANGS, 0)
    for place in bound:
        texts = _texts_of(heads[place.sheet.name], place.header_row)
        written = {header_key(text) for text in texts.values()}
        for lang in LANGS:
            votes[lang] += len(written & {header_key(c.label(lang)) for c in place.table.columns})
    return max(LANGS, key=lambda lang: votes[lang])

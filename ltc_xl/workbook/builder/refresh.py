"""The figures of 开始 and 看板 after the rows have changed, for programs that show a formula's last value."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from math import isclose
from pathlib import Path

from xlsxwriter import Workbook

from ltc_xl.messages import say
from ltc_xl.model.book import Book, column_letters
from ltc_xl.model.tables import tables_of
from ltc_xl.workbook.builder.book import options, write_look
from ltc_xl.workbook.builder.canvas import Canvas
from ltc_xl.workbook.builder.layout import LOOKS
from ltc_xl.workbook.builder.measures import frames_of
from ltc_xl.workbook.builder.styles import Styles
from ltc_xl.workbook.edits import CachedValue, CellEdit
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.source import Source

WIDEST = range(1, 40)
Standing = dict[tuple[int, int], tuple[str, str | None]]


def look_edits(path: Path, book: Book, as_of: date) -> list[CellEdit]:
    """Return the edits that bring the values of our formulas on the look sheets up to the book's rows.

    A formula that the firm has changed is left alone, as is a sheet that it renamed.

    Args:
        path: the workbook file.
        book: its rows as they shall be.
        as_of: the day the figures are for.
    """
    source = Source(Package.open(path))
    return [
        edit for name, canvas in _drawn(book, as_of).items() for edit in _stale(source, book, name, canvas)
    ]


def _drawn(book: Book, as_of: date) -> dict[str, Canvas]:
    """Return the look sheets as they would be built now."""
    frames = frames_of({owner.name: book.rows(owner.name) for owner in tables_of(book.profile)}, as_of)
    with Workbook(BytesIO(), options(book.lang)) as scratch:
        styles = Styles(scratch, book.lang)
        return {name: write_look(scratch, styles, name, frames, book.profile) for name in LOOKS}


def _standing(source: Source, sheet: str) -> Standing:
    """Return (row, column), from 0 -> formula and last value."""
    found = source.package.sheet(sheet)
    if found is None:
        return {}
    cells = source.body(found, WIDEST).drop_nulls("formula").select("row", "column", "formula", "text")
    return {(row - 1, column - 1): (formula, text) for row, column, formula, text in cells.iter_rows()}


def _stale(source: Source, book: Book, name: str, canvas: Canvas) -> Iterator[CellEdit]:
    sheet = say(f"sheets.{name}.sheet", book.lang)
    standing = _standing(source, sheet)
    for (row, column), (formula, value) in canvas.figures.items():
        ours, shown = standing.get((row, column), ("", None))
        if ours == formula and not _same(shown, value):
            yield CellEdit(sheet, f"{column_letters(column + 1)}{row + 1}", CachedValue(value))


def _same(shown: str | None, value: float | str) -> bool:
    if isinstance(value, str):
        return (shown or "") == value
    try:
        return isclose(float(shown or "nan"), value, abs_tol=1e-9)
    except ValueError:
        return False

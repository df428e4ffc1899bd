"""The figures of 开始 and 看板 after the rows have changed, for programs that show a formula's last value."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
from xlsxwriter import Workbook

from ltc_xl.model.book import Book, column_letters
from ltc_xl.model.tables import tables_of
from ltc_xl.workbook.builder.book import options, write_look
from ltc_xl.workbook.builder.canvas import Canvas
from ltc_xl.workbook.builder.layout import LISTS, LOOKS, look_sheet
from ltc_xl.workbook.builder.measures import frames_of
from ltc_xl.workbook.builder.picks import ITEM, KEY, TABLE, picks
from ltc_xl.workbook.builder.styles import Styles
from ltc_xl.workbook.edits import CachedValue, CellEdit, Edit, PutRows
from ltc_xl.workbook.package import Package, Sheet
from ltc_xl.workbook.source import Source

WIDEST = range(1, 40)


def look_edits(path: Path, book: Book, as_of: date) -> list[Edit]:
    """Return the edits that bring our figures on the look sheets and the sorted lists up to the book's rows.

    A formula that the firm has changed is left alone, as is a sheet that it renamed.

    Args:
        path: the workbook file.
        book: its rows as they shall be.
        as_of: the day the figures are for.
    """
    source = Source(Package.open(path))
    drawn = _drawn(book, as_of).items()
    figures = [edit for name, canvas in drawn for edit in _figures(source, book, name, canvas)]
    return [*figures, *_stale_lists(source, book)]


def _stale_lists(source: Source, book: Book) -> Iterator[PutRows]:
    """Yield the sorted lists behind dropdowns, if they are no longer those of the book."""
    sheet = source.package.sheet(LISTS)
    standing = _pairs(source, sheet) if sheet else []
    wanted = picks(book_rows(book), book.profile)
    if standing and standing[0] == (KEY, ITEM) and standing[1:] != wanted:
        yield PutRows(TABLE, [{KEY: key, ITEM: item} for key, item in wanted])


def _pairs(source: Source, sheet: Sheet) -> list[tuple[str, str]]:
    """Return what stands in the first two columns of a sheet, row by row."""
    cells = source.body(sheet, (1, 2)).drop_nulls("text")
    keys, items = (cells.filter(pl.col("column") == column).select("row", "text") for column in (1, 2))
    return keys.join(items, on="row", maintain_order="left").select("text", "text_right").rows()


def book_rows(book: Book) -> dict[str, pl.DataFrame]:
    """Return the rows of every table of the book's profile."""
    return {owner.name: book.rows(owner.name) for owner in tables_of(book.profile)}


def _drawn(book: Book, as_of: date) -> dict[str, Canvas]:
    """Return the look sheets as they would be built now."""
    frames = frames_of(book_rows(book), as_of, book.lang)
    with Workbook(BytesIO(), options(book.lang)) as scratch:
        styles = Styles(scratch, book.lang)
        return {name: write_look(scratch, styles, name, frames, book.profile) for name in LOOKS}


def _standing(source: Source, sheet: str) -> dict[tuple[int, int], str]:
    """Return (row, column), from 0 -> formula."""
    found = source.package.sheet(sheet)
    if found is None:
        return {}
    cells = source.body(found, WIDEST).drop_nulls("formula").select("row", "column", "formula")
    return {(row - 1, column - 1): formula for row, column, formula in cells.iter_rows()}


def _figures(source: Source, book: Book, name: str, canvas: Canvas) -> Iterator[CellEdit]:
    """Yield every figure of ours that stands; one that stays as it is tells the patcher that it is right."""
    sheet = look_sheet(name, book.lang)
    standing = _standing(source, sheet)
    for (row, column), (formula, value) in canvas.figures.items():
        if standing.get((row, column)) == formula:
            yield CellEdit(sheet, f"{column_letters(column + 1)}{row + 1}", CachedValue(value))

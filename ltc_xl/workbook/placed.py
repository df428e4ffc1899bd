"""Changes, placed: which cells and rows of the file must differ so that it shows what a command wants."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book, BookTable, Place
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import CannotPatch
from ltc_xl.model.tables import ROW, UID, Column, Table, with_live_columns
from ltc_xl.workbook.edits import (
    AppendRows,
    CachedValue,
    CellEdit,
    DeleteRows,
    Edit,
    PutRows,
    Row,
    ShowSheet,
    Value,
)


def edits_of(book: Book, changes: Changes, as_of: date) -> list[Edit]:
    """Return the edits that make the file show the changes.

    Codes become words of the book's language. Columns and tables that the sheet lacks are left out, and so
    are cells whose content could not be read: they keep what somebody typed. Live columns of the rows
    that change get their value as of the day; their formulas stay.

    Raises:
        CannotPatch: rows of a table come or go whose rows were found by their headers alone.
    """
    after = applied(book, Changes(changes.sets))
    edits: list[Edit] = []
    for change in changes.sets:
        edits += _cells(book, change)
    for name in dict.fromkeys(change.table for change in changes.sets if change.column != UID):
        edits += _live_cells(after, name, changes, as_of)
    for name, gone in changes.deletes.items():
        edits += _deleted(book, name, gone)
    for name, rows in changes.inserts.items():
        edits += _appended(book, name, rows, as_of)
    for name, body in changes.puts.items():
        edits += _put(book, name, body, as_of)
    return edits


def rearranged(book: Book, changes: Changes) -> Book:
    """Return the book as its file stands once the changes are patched in: every row with its number."""
    after = applied(book, changes)
    for name in (*changes.deletes, *changes.inserts, *changes.puts):
        place, rows = after.place(name), after.rows(name)
        if place is not None:
            gone = book.rows(name).join(rows, on=UID, how="anti")[ROW].drop_nulls().sort()
            standing = rows[ROW] - gone.search_sorted(rows[ROW].fill_null(0)).cast(pl.UInt32)
            last = max(standing.max() or 0, place.first_row - 1)
            below = last + standing.is_null().cum_sum().cast(pl.UInt32)
            after = after.with_rows(name, rows.with_columns(pl.coalesce(standing, below).alias(ROW)))
    return after


def fresh_uids(book: Book) -> Changes:
    """Return the change that writes the identities which the reader minted."""
    minted = (
        (name, held.rows.filter(pl.col(UID).is_in(list(held.fresh)))) for name, held in book.tables.items()
    )
    return Changes(
        tuple(
            SetColumn(name, UID, rows.select(UID, old=pl.lit(None, pl.String), new=pl.col(UID)))
            for name, rows in minted
            if rows.height
        )
    )


def in_words(values: pl.Series, column: Column | None, book: Book) -> pl.Series:
    """Return values as the book's sheets show them: its words for codes and flags, all else as it is."""
    if column is None or not (column.enum or column.type == "flag"):
        return values
    codes = values
    if values.dtype == pl.Boolean:
        codes = values.replace_strict({True: "YES", False: "NO"}, return_dtype=pl.String)
    return codes.replace(book.labels(column.enum or "yes_no"))


def _standing(book: Book, name: str) -> tuple[BookTable, Place] | None:
    held = book.tables.get(name)
    return (held, held.place) if held and held.place else None


def _cells(book: Book, change: SetColumn) -> Iterator[Edit]:
    """Yield the cells of a column; rows that get their identity may stand below the range of their table."""
    standing = _standing(book, change.table)
    if standing is None or change.column not in standing[1].columns:
        return
    held, place = standing
    if change.column == UID and place.excel_table:
        yield AppendRows(place.excel_table, (), place.last_row)
    column = held.table.by_code.get(change.column)
    letters = column_letters(place.columns[change.column])
    rows = change.cells.join(held.rows.select(UID, ROW), on=UID, maintain_order="left").drop_nulls(ROW)
    shown = in_words(rows["new"], column, book)
    for uid, row, value in zip(rows[UID], rows[ROW], shown, strict=True):
        if (change.table, uid, change.column) not in book.unread:
            yield CellEdit(place.sheet, f"{letters}{row}", value)


def _live_cells(after: Book, name: str, changes: Changes, as_of: date) -> Iterator[CellEdit]:
    """Yield the values of live columns in the rows that change."""
    standing = _standing(after, name)
    if standing is None:
        return
    held, place = standing
    touched = pl.concat([s.cells[UID] for s in changes.sets if s.table == name and s.column != UID])
    rows = held.rows.filter(pl.col(UID).is_in(touched.implode()), pl.col(ROW).is_not_null())
    live = [c.code for c in held.table.columns if c.live and c.code in place.columns]
    computed = with_live_columns(held.table, rows, as_of) if live else rows
    for code in live:
        letters = column_letters(place.columns[code])
        for row, value in zip(computed[ROW], computed[code], strict=True):
            yield CellEdit(place.sheet, f"{letters}{row}", _live_value(value))


def _live_value(value: object) -> CachedValue:
    """Return a live column's value; our formulas show '' where there is none."""
    return CachedValue("" if value is None else value)  # type: ignore[arg-type]  # a cell of a typed frame


def _deleted(book: Book, name: str, gone: pl.DataFrame) -> Iterator[Edit]:
    standing = _standing(book, name)
    rows = [standing[0].row_of.get(uid) for uid in gone[UID]] if standing else []
    if standing and rows:
        yield AppendRows(_excel_table(standing[1]), (), standing[1].last_row)
        yield DeleteRows(_excel_table(standing[1]), [row for row in rows if row is not None])


def _appended(book: Book, name: str, rows: pl.DataFrame, as_of: date) -> Iterator[Edit]:
    standing = _standing(book, name)
    if standing and rows.height:
        _, place = standing
        yield from _first_used(book, name, place)
        new = sheet_rows(book, name, place, rows, as_of)
        yield AppendRows(_excel_table(place), new, place.last_row)


def _put(book: Book, name: str, body: pl.DataFrame, as_of: date) -> Iterator[Edit]:
    standing = _standing(book, name)
    if standing:
        _, place = standing
        if body.height:
            yield from _first_used(book, name, place)
        yield PutRows(_excel_table(place), sheet_rows(book, name, place, body, as_of))


def _first_used(book: Book, name: str, place: Place) -> Iterator[ShowSheet]:
    """Yield the sheet of a prepared table that gets its first rows; one that somebody hid stays hidden."""
    owner = book.table(name)
    if owner.profile == "prepared" and owner.group in {"work", "result"} and book.rows(name).is_empty():
        yield ShowSheet(place.sheet)


def _excel_table(place: Place) -> str:
    if place.excel_table is None:
        raise CannotPatch("patch_no_table", place=place.sheet)
    return place.excel_table


def sheet_rows(book: Book, name: str, place: Place, rows: pl.DataFrame, as_of: date) -> Sequence[Row]:
    """Return rows as the sheet holds them: by header, in words, live columns with their value."""
    owner = book.table(name)
    missing = [pl.lit(None, t).alias(c) for c, t in owner.schema.items() if c not in rows.columns]
    known = {c: t for c, t in owner.schema.items() if c in rows.columns}
    computed = with_live_columns(owner, rows.cast(known).with_columns(missing), as_of)  # type: ignore[arg-type]  # polars' stubs know no Mapping here
    shown: Mapping[str, list[Value]] = {
        place.headers.get(code, _label(owner, code, book.lang)): _shown(book, owner, code, computed)
        for code in place.columns
        if code in owner.schema
    }
    return [dict(zip(shown, values, strict=True)) for values in zip(*shown.values(), strict=True)]


def _label(owner: Table, code: str, lang: Lang) -> str:
    column = owner.by_code.get(code)
    return column.label(lang) if column else code


def _shown(book: Book, owner: Table, code: str, rows: pl.DataFrame) -> list[Value]:
    column = owner.by_code.get(code)
    values = in_words(rows[code], column, book).to_list()
    return [_live_value(value) for value in values] if column and column.live else values

"""What a book has missed: the commits after its base token, as changes to make to it.

A command that was stopped between its commit and the swap of the file leaves exactly this. A cell that
somebody has changed in the book since such a stop is left to them: it differs from the state, so the next
commit takes it as typed. A cell that was changed here and in another copy waits for a person. A stage that
was refused meanwhile gives way to the one that stands; the sheets that the program owns are as it last
wrote them.
"""

from collections.abc import Iterable

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.errors import ConflictError
from ltc_xl.model.own_columns import is_own
from ltc_xl.model.tables import UID, Column, Table
from ltc_xl.store.history import WHOLE_ROW
from ltc_xl.store.schema import followed
from ltc_xl.store.store import Store
from ltc_xl.store.values import recalled

_ROW = pl.col("column") == WHOLE_ROW


def missed_changes(book: Book, store: Store, seq: int, workbook_id: str) -> Changes:
    """Return what must be done to a book of commit ``seq`` so that it shows the store's state.

    Raises:
        ConflictError: a cell was changed here and, since, from another workbook.
    """
    since = store.since(seq).with_columns(theirs=~_interrupted(store, workbook_id))
    changes = Changes()
    for owner in followed(book):
        records = since.filter(pl.col("entity") == owner.name)
        if records.height:
            changes += _rows(book, owner, store.rows(owner), records.filter(_ROW))
            changes += _cells(book, owner, records.filter(~_ROW))
    changes += Changes(tuple(_refused(book, store, seq)))
    return changes + Changes(puts=store.bodies_since(workbook_id, seq))


def _refused(book: Book, store: Store, seq: int) -> Iterable[SetColumn]:
    """Yield the cells that still show what was refused since: each gets what stands in the store."""
    names = {owner.name for owner in followed(book)}
    cells = {(wish.table, wish.row_id, wish.column): wish for wish in store.open_wishes() if wish.seq > seq}
    for wish in cells.values():
        if wish.table in names:
            here = book.rows(wish.table).select(UID, old=wish.column)
            state = store.rows(wish.table).select(UID, new=wish.column)
            mine = here.filter(pl.col(UID) == wish.row_id, pl.col("old").eq_missing(wish.wanted or None))
            cell = mine.join(state, on=UID)
            if cell.height:
                yield SetColumn(wish.table, wish.column, cell)


def _interrupted(store: Store, workbook_id: str) -> pl.Expr:
    """Return whether a record is of a commit of this workbook that its file never came to show."""
    return (pl.col("workbook_id") == workbook_id) & (pl.col("seq") > store.left_at(workbook_id))


def _rows(book: Book, owner: Table, state: pl.DataFrame, records: pl.DataFrame) -> Changes:
    """Return the rows that came and went; one that is gone from the book was deleted by a person."""
    rows = book.rows(owner.name)
    came = records.filter(pl.col("old").is_null())["row_id"].unique().implode()
    went = records.filter(pl.col("new").is_null())["row_id"].unique().implode()
    new = state.filter(pl.col(UID).is_in(came)).join(rows, on=UID, how="anti", maintain_order="left")
    new = new.sort(owner.numbered, nulls_last=True, maintain_order=True) if owner.numbered else new
    gone = rows.filter(pl.col(UID).is_in(went)).join(state, on=UID, how="anti", maintain_order="left")
    return Changes(
        inserts={owner.name: new} if new.height else {},
        deletes={owner.name: gone} if gone.height else {},
    )


def _cells(book: Book, owner: Table, records: pl.DataFrame) -> Changes:
    place = book.place(owner.name)
    sets = []
    for column in owner.columns:
        mine = records.filter(pl.col("column") == column.code)
        if mine.height and place and column.code in place.columns:
            here = _beside(book.rows(owner.name), column, mine)
            _refuse_conflict(here, owner, column, book)
            moved = here.filter(_untouched() & pl.col("here").ne_missing(pl.col("new")))
            sets.append(
                SetColumn(owner.name, column.code, moved.select(UID, pl.col("here").alias("old"), "new"))
            )
    return Changes(tuple(entry for entry in sets if entry.cells.height))


def _untouched() -> pl.Expr:
    """Return whether a cell is as the stopped run found it: as it was before, or as it was typed."""
    as_typed = pl.col("was_typed") & pl.col("here").eq_missing(pl.col("typed"))
    return pl.col("here").eq_missing(pl.col("old")) | as_typed


def _beside(rows: pl.DataFrame, column: Column, records: pl.DataFrame) -> pl.DataFrame:
    """Return ``here`` (the book), ``old`` and ``new`` (the store's way) of each cell, and what was typed.

    A cell that somebody typed over and the program then set, in a run that was stopped, still shows what was
    typed: ``typed``, where ``was_typed``.
    """
    own, strict = (pl.col("kind") == "typed") & ~pl.col("theirs"), not is_own(column.code)
    way = records.group_by("row_id", maintain_order=True).agg(
        recalled(pl.col("old").first(), column.dtype, strict=strict),
        recalled(pl.col("new").last(), column.dtype, strict=strict),
        recalled(pl.col("new").filter(own).last().alias("typed"), column.dtype, strict=strict),
        own.any().alias("was_typed"),
        pl.col("theirs").any(),
    )
    here = rows.select(UID, here=column.code)
    return here.join(way, left_on=UID, right_on="row_id", maintain_order="left")


def _refuse_conflict(here: pl.DataFrame, owner: Table, column: Column, book: Book) -> None:
    both = here.filter(~_untouched() & pl.col("here").ne_missing(pl.col("new")) & pl.col("theirs"))
    if both.height:
        cell = book.cell(owner.name, both[UID][0], column.code)
        raise ConflictError("both_changed", path=book.name, cell="!".join(cell or ()), count=both.height)

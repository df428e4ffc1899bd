"""What follows from typing: where new rows begin, days that begin or end, an activity for every note."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.moves import STAGES

BEGINNINGS = {
    "leads": ("state", "lead_state", ("created_on",)),
    "opportunities": ("stage", "opp_stage", ("created_on", "stage_since")),
}
"""Table -> the column that says whether a row is open, its list, and the days that begin with the row."""

NOTED = {"leads": "lead_id", "opportunities": "opp_id"}
"""Table whose notes become activities -> the column of its number."""


def follow_ups(accepted: Changes, book_after: Book, as_of: date, member: str | None) -> Changes:
    """Return what the program notes down about typing.

    Args:
        accepted: what people typed and what counts of it.
        book_after: the book with that in place.
        as_of: the day it counts as typed on.
        member: who typed it, if 人员 says so.
    """
    first = tuple(_first_stages(accepted, book_after))
    counts = replace(accepted, inserts=_in_place(accepted.inserts, first))
    steps = (_begun, _stages, _owners, _lead_states, _touched)
    sets = [entry for step in steps for entry in step(counts, book_after, as_of)]
    activities = _activities(counts, book_after, as_of, member)
    return Changes((*first, *sets), {"activities": activities} if activities.height else {})


def _typed(accepted: Changes, name: str, column: str) -> pl.DataFrame:
    """Return ``_uid``, ``old`` and ``new`` of a column's cells in rows that were there before."""
    cells = [entry.cells for entry in accepted.sets if (entry.table, entry.column) == (name, column)]
    return pl.concat([table(name).empty().select(UID, old=column, new=column), *cells])


def _beginners(accepted: Changes, name: str, column: str = "created_on") -> pl.DataFrame:
    """Return the new open rows without a day: they begin now.

    Closed rows are history typed in later, dated ones come from elsewhere; nobody knows what was when.
    """
    state, words, _ = BEGINNINGS[name]
    rows = accepted.inserts.get(name, table(name).empty())
    return rows.filter(pl.col(column).is_null(), pl.col(state).is_in(codes_of_kind(words, "open")))


def _set(book: Book, name: str, column: str, new: pl.DataFrame) -> Iterator[SetColumn]:
    """Yield the cells of a column that are not yet as ``new`` (of ``_uid`` and ``new``) has them."""
    here = book.rows(name).select(UID, old=column)
    cells = new.select(UID, pl.col("new").cast(here.schema["old"])).join(here, on=UID, maintain_order="left")
    moved = cells.filter(pl.col("old").ne_missing(pl.col("new")))
    if moved.height:
        yield SetColumn(name, column, moved.select(UID, "old", "new"))


# ---------------------------------------------------------------- new rows


def _first_stages(accepted: Changes, book: Book) -> Iterator[SetColumn]:
    """Yield the stage at which new rows begin that name none: nobody pastes a column of 新建.

    A word that nobody could read is not blank: it waits for its cure.
    """
    for name, stage in STAGES.items():
        unread = [uid for where, uid, column in book.unread if (where, column) == (name, stage)]
        rows = accepted.inserts.get(name, table(name).empty())
        blank = rows.filter(pl.col(stage).is_null(), ~pl.col(UID).is_in(unread))
        yield from _set(book, name, stage, blank.select(UID, new=pl.lit(table(name).by_code[stage].default)))


def _in_place(inserts: Mapping[str, pl.DataFrame], first: Iterable[SetColumn]) -> dict[str, pl.DataFrame]:
    """Return new rows with their first stages."""
    begun = {entry.table: entry.cells.select(UID, pl.col("new").alias(entry.column)) for entry in first}
    return {
        name: rows.update(begun[name], on=UID) if name in begun else rows for name, rows in inserts.items()
    }


# ---------------------------------------------------------------- days


def _begun(accepted: Changes, book: Book, as_of: date) -> Iterator[SetColumn]:
    for name, (_, _, columns) in BEGINNINGS.items():
        for column in columns:
            begun = _beginners(accepted, name, column)
            yield from _set(book, name, column, begun.select(UID, new=pl.lit(as_of)))


def _stages(accepted: Changes, book: Book, as_of: date) -> Iterator[SetColumn]:
    """Yield since when opportunities stand in the stage they moved to, and when they were closed."""
    moved = _typed(accepted, "opportunities", "stage")
    yield from _set(book, "opportunities", "stage_since", moved.select(UID, new=pl.lit(as_of)))
    known = book.rows("opportunities").select(UID, "closed_on")
    closed = pl.col("new").is_in(codes_of_kind("opp_stage", "won", "lost", "off"))
    day = pl.when(closed).then(pl.coalesce("closed_on", pl.lit(as_of)))
    days = moved.join(known, on=UID, maintain_order="left").select(UID, new=day)
    yield from _set(book, "opportunities", "closed_on", days)


def _owners(accepted: Changes, book: Book, as_of: date) -> Iterator[SetColumn]:
    """Yield when leads were given to the owner typed; why the program chose an earlier one is past."""
    typed = _typed(accepted, "leads", "owner")
    given = pl.when(pl.col("new").is_not_null()).then(pl.lit(as_of))
    begun = _beginners(accepted, "leads").drop_nulls("owner").select(UID, new=pl.lit(as_of))
    days = pl.concat([typed.select(UID, new=given), begun])
    yield from _set(book, "leads", "assigned_at", days)
    yield from _set(book, "leads", "assign_why", typed.select(UID, new=pl.lit(None)))


def _lead_states(accepted: Changes, book: Book, as_of: date) -> Iterator[SetColumn]:
    """Yield when leads were taken up, unless accepted before, and how often they were returned."""
    moved = _typed(accepted, "leads", "state")
    days = book.rows("leads").select(UID, "accepted_at", "assigned_at")
    taken = moved.filter(pl.col("new") == "FOLLOWING").join(days, on=UID, maintain_order="left")
    known = pl.when(pl.col("accepted_at") >= pl.col("assigned_at")).then("accepted_at")
    now = pl.lit(as_of).cast(pl.Datetime("us"))
    yield from _set(book, "leads", "accepted_at", taken.select(UID, new=pl.coalesce(known, now)))
    returned = moved.filter(pl.col("new") == "RETURNED").select(UID)
    counted = returned.join(book.rows("leads").select(UID, "return_count"), on=UID, maintain_order="left")
    times = pl.col("return_count").fill_null(0) + 1
    yield from _set(book, "leads", "return_count", counted.select(UID, new=times))


# ---------------------------------------------------------------- notes


def _notes(accepted: Changes, name: str) -> pl.DataFrame:
    """Return ``_uid`` and ``new`` of the notes typed; in a new row only if it begins now."""
    typed = _typed(accepted, name, "note").select(UID, "new")
    return pl.concat([typed, _beginners(accepted, name).select(UID, new="note")]).drop_nulls()


def _touched(accepted: Changes, book: Book, as_of: date) -> Iterator[SetColumn]:
    touched = _notes(accepted, "leads").select(UID, new=pl.lit(as_of))
    yield from _set(book, "leads", "touched_on", touched)


def _activities(accepted: Changes, book: Book, as_of: date, member: str | None) -> pl.DataFrame:
    """Return one row of 跟进 per note; it names the row by its number, else by its identity."""
    rows = [
        _notes(accepted, name)
        .join(book.rows(name).select(UID, "owner", "next_on", number=number), on=UID, maintain_order="left")
        .select(
            on=pl.lit(as_of),
            member=pl.coalesce(pl.lit(member, pl.String), "owner"),
            object_id=pl.coalesce("number", UID),
            summary="new",
            next_on="next_on",
        )
        for name, number in NOTED.items()
    ]
    told = pl.concat(rows)
    return told.with_columns(pl.Series(UID, mint_uids(told.height), pl.String))

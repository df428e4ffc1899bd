"""Undo: a new commit that takes earlier ones back, unless a later change stands on them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.errors import ConflictError, LtcError, StoreAway, UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.derived import COMPUTED
from ltc_xl.session.how import How, Job, Past, Result, Service
from ltc_xl.session.peeking import past_of
from ltc_xl.session.rewinding import Obstacle, Selection, rewound
from ltc_xl.session.rows import called_as, described_as, named_rows
from ltc_xl.session.running import run_job
from ltc_xl.store import Commit, Identity, Store, WishTold, Writing
from ltc_xl.workbook.read import read_book

TOLD = 40
"""So many things that stand in the way are named one by one."""


def undo(path: Path, target: str, as_of: date, how: How | None = None) -> Result:
    """Take back a commit, a batch, or the last change of a row; the answer says what.

    Raises:
        UsageError: there is no such commit, batch or row, or nothing of it is left.
        ConflictError: later changes stand on it; all of them are named, nothing is taken back.
    """
    how = how or How()
    book = read_book(path)
    with past_of(book, how) as (store, _):
        if store is None:
            raise UsageError("undo_no_target", found=target, file=path.name)
        selection = _selected(book, store, target)
    return run_job(
        path, Job("undo", lambda past, known: _service(past, known, selection), as_of, how, _settled)
    )


def _selected(book: Book, store: Store, target: str) -> Selection:
    """Return what a person means: a commit's number, a batch, a row."""
    commits = store.commits()
    if target.isdecimal():
        named = [commit for commit in commits if commit.seq == int(target)]
        if named:
            return _standing(named, target)
    batch = [commit for commit in commits if commit.batch == target]
    if batch:
        return _standing(batch, target)
    rows = named_rows(store, target)
    if len(rows) > 1:
        raise UsageError("undo_which_row", found=target, rows=_listed(book, store, rows))
    if not rows:
        raise UsageError("undo_no_target", found=target, file=book.name)
    return Selection((_last_change(store, *rows[0], target),), rows[0])


def _standing(commits: list[Commit], target: str) -> Selection:
    """Return the commits that nobody has taken back."""
    standing = [commit.seq for commit in commits if commit.undone_by is None]
    if not standing:
        raise UsageError("undo_done", found=target, by=commits[-1].undone_by)
    return Selection(tuple(standing))


def _last_change(store: Store, name: str, uid: str, target: str) -> int:
    """Return the last commit that changed a row; grey columns that follow from others do not count."""
    records = store.records_of(name, [uid]).filter(~pl.col("column").is_in(COMPUTED.get(name, ())))
    if records.is_empty():
        raise UsageError("undo_nothing", found=target)
    return int(records["seq"][-1])


def _listed(book: Book, store: Store, rows: list[tuple[str, str]]) -> list[str]:
    return [f"{table(name).sheet(book.lang)} {described_as(store, name)[uid]}" for name, uid in rows]


def _service(past: Past | None, known: Identity | None, selection: Selection) -> Service:
    """Return what takes the selection back in a book."""

    def service(book: Book, _rulebook: Rulebook) -> Outcome:
        if past is None or known is None:
            raise StoreAway("store_unknown", store=book.name)  # taken away since it was looked into
        changes, obstacles = rewound(book, past, known.workbook_id, selection)
        if obstacles:
            raise ConflictError(
                "undo_stands",
                commits=list(selection.seqs),
                count=len(obstacles),
                problems=_told(book, past, obstacles),
            )
        wishes = _wishes(past, selection)
        if not (changes or changes.extra or wishes):
            raise UsageError("undo_nothing", found=selection.undoes)
        return Outcome(changes, data=_document(past, selection, changes))

    return service


def _document(past: Past, selection: Selection, changes: Changes) -> Mapping[str, object]:
    """Return what ``undo --json`` prints."""
    row = selection.row
    return {
        "undone": list(selection.seqs),
        "row": {"table": row[0], "row_id": called_as(past, row[0])[row[1]], "uid": row[1]} if row else None,
        "undoes": selection.undoes,
        "new": {name: rows.height for name, rows in changes.inserts.items()},
        "deleted": {name: rows.height for name, rows in changes.deletes.items()},
        "cells": _cells(changes),
    }


def _cells(changes: Changes) -> Mapping[str, int]:
    counted: dict[str, int] = {}
    for entry in changes.sets:
        counted[entry.table] = counted.get(entry.table, 0) + entry.cells.height
    return counted


def _wishes(past: Past, selection: Selection) -> list[WishTold]:
    """Return the wishes that the commits opened and that are open, and those they closed without granting."""
    return [
        told
        for told in past.wishes()
        if selection.row in {None, (told.wish.table, told.wish.row_id)}
        and (
            (told.closed_seq is None and told.wish.seq in selection.seqs)
            or (told.closed_seq in selection.seqs and told.closed_why != "granted")
        )
    ]


def _settled(writing: Writing, data: Mapping[str, Any]) -> None:
    """Say in the store what was taken back."""
    row = data["row"]
    selection = Selection(tuple(data["undone"]), (row["table"], row["uid"]) if row else None)
    writing.take_back_wishes(_wishes(writing, selection))
    if row is None:
        writing.mark_undone(selection.seqs)


# ---------------------------------------------------------------- what stands in the way


def _told(book: Book, past: Past, obstacles: tuple[Obstacle, ...]) -> list[LtcError]:
    """Return a sentence for each thing that stands in the way."""
    commits = {commit.seq: commit for commit in past.commits()}
    names = {name: described_as(past, name) for one in obstacles for name in (one.table, one.row[0])}
    told = [_sentence(book, names, one, commits.get(one.seq or 0)) for one in dict.fromkeys(obstacles)]
    if len(told) > TOLD:
        return [*told[:TOLD], LtcError("undo_more", count=len(told) - TOLD)]
    return told


def _sentence(
    book: Book, names: Mapping[str, Mapping[str, str]], one: Obstacle, commit: Commit | None
) -> LtcError:
    owner = book.table(one.table)
    column = owner.by_code.get(one.column or "")
    cell = book.cell(one.table, one.row_id, one.column) if column else None
    return LtcError(
        f"undo_{one.kind}" if commit else f"undo_{one.kind}_now",
        place="!".join(cell) if cell else owner.sheet(book.lang),
        row=names[one.table].get(one.row_id, one.row_id),
        column=column.label(book.lang) if column else "",
        gone=names[one.row[0]].get(one.row[1], one.row[1]),
        commit=commit.seq if commit else None,
        actor=commit.actor if commit else None,
        command=commit.command if commit else None,
        on=commit.at.date() if commit else None,
    )

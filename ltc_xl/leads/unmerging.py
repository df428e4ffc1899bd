"""The service: a row that was merged is itself again, and what it gave away is taken back."""

from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.own_columns import own_name
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.merging import unmerge as unmerged


def unmerge(
    book: Book, _rulebook: Rulebook, _as_of: date, lead_id: str, *, actor: str = "", lang: Lang | None = None
) -> Outcome:
    """Return what takes a merge back, exactly; cells that somebody has changed since stay, and are named.

    Args:
        book: as read; its 合并记录 says what the merge changed.
        lead_id: number of the lead (or customer, or contact) that was merged.
        actor: who asks.
        lang: language of the answer.

    Raises:
        UsageError: no merge of such a row is on record.
    """
    del actor
    found = unmerged(book, lead_id)
    if found is None:
        raise UsageError("no_merge", found=lead_id)
    spoken = lang or book.lang
    rows = {name: gone.height for name, gone in found.changes.deletes.items() if name != "merges"}
    kept = [
        {
            "place": "!".join(book.cell(name, uid, column) or (table(name).sheet(spoken),)),
            "column": _header(book, name, column, spoken),
        }
        for name, uid, column in found.kept
    ]
    data = {
        "lead_id": lead_id.strip().upper(),
        "from": found.into,
        "cells": sum(entry.cells.height for entry in found.changes.sets),
        "rows": sum(rows.values()),
        "kept": kept,
    }
    return Outcome(changes=found.changes + _kept_apart(book, str(data["lead_id"]), found.into), data=data)


def _header(book: Book, name: str, code: str, lang: Lang) -> str:
    """Return what a column is called; one that is declared no more by the name it had."""
    column = book.table(name).by_code.get(code)
    return column.label(lang) if column else own_name(code)


def _kept_apart(book: Book, merged: str, into: str) -> Changes:
    """Return 查重 with the decision to keep both, lest the next run proposes the merge again."""
    body = book.rows("duplicates")
    others = body.filter(~(pl.concat_list("a", "b").list.set_difference([merged, into]).list.len() == 0))
    stood = body.join(others, on=["a", "b"], how="anti", maintain_order="left").head(1)
    named = pl.DataFrame({"a": [into], "b": [merged]})
    apart = (stood if stood.height else named).with_columns(decision=pl.lit("KEEP"))
    return Changes(puts={"duplicates": pl.concat([others, apart], how="diagonal").select(body.columns)})

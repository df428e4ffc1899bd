"""Changes applied to a book in memory."""

from datetime import date
from decimal import Decimal

import polars as pl
from conftest import typed_rows

from ltc_xl.model.book import book_of
from ltc_xl.model.change import Changes, SetColumn, applied
from ltc_xl.model.tables import UID


def leads() -> pl.DataFrame:
    return typed_rows(
        "leads",
        """
        | company | mobile      | budget | created_on |
        | 恒远    | 13812345678 | 100.00 | 2026-01-02 |
        | 衡达    |             |        |            |
        """,
    )


def test_a_set_changes_its_cell_and_no_other() -> None:
    cells = pl.DataFrame({UID: ["u0x"], "old": [Decimal("100.00")], "new": [None]}, strict=False)
    after = applied(book_of(leads=leads()), Changes((SetColumn("leads", "budget", cells),)))
    assert after.rows("leads").equals(leads().with_columns(budget=pl.lit(None, pl.Decimal(18, 2))))


def test_inserted_rows_stand_below_and_deleted_ones_are_gone() -> None:
    new = pl.DataFrame({UID: ["n"], "company": ["新华"], "created_on": [date(2026, 3, 1)]})
    gone = leads().head(1)
    after = applied(book_of(leads=leads()), Changes(inserts={"leads": new}, deletes={"leads": gone}))
    assert after.rows("leads")["company"].to_list() == ["衡达", "新华"]
    assert after.rows("leads").schema == leads().schema


def test_a_change_taken_back_leaves_the_book_as_it_was() -> None:
    cells = pl.DataFrame({UID: ["u1x"], "old": [None], "new": ["13900000000"]})
    change = SetColumn("leads", "mobile", cells)
    there = applied(book_of(leads=leads()), Changes((change,)))
    assert there.rows("leads")["mobile"].to_list() == ["13812345678", "13900000000"]
    assert applied(there, Changes((change.reversed(),))).rows("leads").equals(leads())

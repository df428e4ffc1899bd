"""Changes applied to a book in memory."""

from datetime import date
from decimal import Decimal

import polars as pl
from conftest import typed_rows

from ltc_xl.model.book import book_of
from ltc_xl.model.change import Changes, SetColumn, applied, cells_beside, net, size
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


def city(uid: str, old: str | None, new: str | None) -> Changes:
    cells = pl.DataFrame(
        {UID: [uid], "old": [old], "new": [new]}, {UID: pl.String, "old": pl.String, "new": pl.String}
    )
    return Changes((SetColumn("leads", "city", cells),))


def test_what_came_of_many_changes_names_each_cell_and_row_once() -> None:
    """A new row's cells belong to it; what went back to where it was is nothing."""
    book = book_of(leads=leads())
    new = pl.DataFrame({UID: ["n", "m"], "company": ["新华", "新新"]})
    steps = [
        Changes(inserts={"leads": new}),
        city("n", None, "苏州"),
        city("u0x", None, "无锡"),
        city("u0x", "无锡", "常州"),
        city("u1x", None, "南通"),
        city("u1x", "南通", None),
        Changes(deletes={"leads": new.tail(1)}),
    ]
    after, made = book, Changes()
    for step in steps:
        after, made = applied(after, step), made + step
    left = net(book, after, made)
    assert [(s.column, s.cells.rows()) for s in left.sets] == [("city", [("u0x", None, "常州")])]
    assert left.inserts["leads"].select(UID, "company", "city").rows() == [("n", "新华", "苏州")]
    assert (left.deletes, size(left)) == ({}, 2)
    assert applied(book, left).rows("leads").equals(after.rows("leads"))


def test_cells_that_only_one_of_two_sets() -> None:
    typed = city("u0x", "苏州", "无锡") + city("u1x", None, "常州")
    counted = city("u0x", "苏州", "无锡") + city("u1x", None, "南通")
    assert [s.cells.rows() for s in cells_beside(typed, Changes())] == [s.cells.rows() for s in typed.sets]
    assert cells_beside(typed, typed) == ()
    assert [s.cells.rows() for s in cells_beside(typed, counted)] == [[("u1x", None, "常州")]]

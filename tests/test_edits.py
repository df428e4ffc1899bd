"""From changes to edits: codes become words, columns find their place, formulas keep theirs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from conftest import typed_rows

from ltc_xl.model.book import Book, BookTable, Place, book_of
from ltc_xl.model.change import Changes, SetColumn
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import CannotPatch
from ltc_xl.model.tables import UID, table
from ltc_xl.workbook import AppendRows, CachedValue, CellEdit, DeleteRows, PutRows, edits_of, fresh_uids
from ltc_xl.workbook.placed import in_words

AS_OF = date(2026, 4, 30)
COLUMNS = {"company": 2, "state": 3, "budget": 4, "idle_days": 5, "created_on": 6, UID: 28}


def leads_of(text: str, lang: Lang = "zh", headers: Mapping[str, str] | None = None) -> Book:
    """Return a book whose leads stand on their sheet from row 2 on, in the columns of COLUMNS."""
    place = Place("线索", "tblLeads", 1, 2, 20, COLUMNS, headers=headers or {})
    rows = typed_rows("leads", text)
    return Book("book.xlsx", lang, tables={"leads": BookTable(table("leads"), rows, place)})


@pytest.fixture
def book() -> Book:
    return leads_of("""
    | company | state | budget | created_on |
    | 甲      | NEW   |  10.00 | 2026-04-20 |
    | 乙      | NEW   |        |            |
    """)


def set_of(column: str, **new: object) -> Changes:
    """Return the change of one column of leads, ``_uid`` by ``_uid``."""
    dtype = table("leads").schema[column]
    cells = pl.DataFrame({UID: list(new)}).with_columns(
        old=pl.lit(None, dtype), new=pl.Series(list(new.values()), dtype=dtype)
    )
    return Changes((SetColumn("leads", column, cells),))


def test_a_value_goes_to_its_column_and_row(book: Book) -> None:
    edits = edits_of(book, set_of("budget", u1x=Decimal("12.50")), AS_OF)
    assert edits[0] == CellEdit("线索", "D3", Decimal("12.50"))


@pytest.mark.parametrize(("lang", "word"), [("zh", "培育"), ("en", "Nurturing")])
def test_a_code_becomes_the_word_of_the_book_s_language(book: Book, lang: Lang, word: str) -> None:
    assert edits_of(replace(book, lang=lang), set_of("state", u0x="NURTURE"), AS_OF)[0] == CellEdit(
        "线索", "C2", word
    )


def test_live_columns_of_a_changed_row_get_the_value_they_then_have(book: Book) -> None:
    refreshed = edits_of(book, set_of("created_on", u1x=date(2026, 4, 27)), AS_OF)
    assert refreshed == [
        CellEdit("线索", "F3", date(2026, 4, 27)),
        CellEdit("线索", "E3", CachedValue(3)),
    ]


def test_a_live_column_without_a_value_shows_an_empty_text(book: Book) -> None:
    assert CellEdit("线索", "E3", CachedValue("")) in edits_of(book, set_of("company", u1x="丙"), AS_OF)


def test_a_column_that_the_sheet_lacks_is_left_out(book: Book) -> None:
    edits = edits_of(book, set_of("email", u0x="a@b.cn"), AS_OF)
    assert edits == [CellEdit("线索", "E2", CachedValue(10))]


def test_a_cell_that_could_not_be_read_keeps_what_was_typed(book: Book) -> None:
    unread = replace(book, unread=frozenset({("leads", "u0x", "budget")}))
    edits = edits_of(unread, set_of("budget", u0x=Decimal(1), u1x=Decimal(2)), AS_OF)
    assert CellEdit("线索", "D3", Decimal(2)) in edits
    assert CellEdit("线索", "D2", Decimal(1)) not in edits


def test_a_table_that_the_workbook_lacks_takes_no_edits(book: Book) -> None:
    rows = pl.DataFrame({UID: ["x"], "name": ["甲"]})
    nowhere = Changes(inserts={"customers": rows}, puts={"findings": table("findings").empty()})
    assert edits_of(book, nowhere, AS_OF) == []


def test_a_new_row_carries_its_identity_words_and_live_values(book: Book) -> None:
    new = pl.DataFrame({UID: ["nx"], "company": ["丁"], "state": ["NEW"], "created_on": [date(2026, 4, 1)]})
    (append,) = edits_of(book, Changes(inserts={"leads": new}), AS_OF)
    assert append == AppendRows(
        "tblLeads",
        [
            {
                "公司": "丁",
                "状态": "新建",
                "预算": None,
                "未跟进天数": CachedValue(29),
                "录入日期": date(2026, 4, 1),
                UID: "nx",
            }
        ],
        last_row=20,
    )


def test_a_row_is_keyed_by_the_headers_as_they_stand() -> None:
    english = leads_of("| company |\n| 甲 |", headers={"company": "Company name", UID: "_uid"})
    (append,) = edits_of(english, Changes(inserts={"leads": pl.DataFrame({UID: ["n"]})}), AS_OF)
    assert isinstance(append, AppendRows)
    assert list(append.rows[0])[:2] == ["Company name", "状态"]


def test_deleted_rows_are_named_by_their_row_on_the_sheet(book: Book) -> None:
    gone = book.rows("leads").filter(pl.col("company") == "乙")
    assert edits_of(book, Changes(deletes={"leads": gone}), AS_OF) == [
        AppendRows("tblLeads", (), last_row=20),
        DeleteRows("tblLeads", [3]),
    ]


def test_a_body_is_put_in_words() -> None:
    place = Place("问题", "tblFindings", 1, 2, 2, {"rule": 1, "severity": 2, "place": 3, "link": 4})
    empty = BookTable(table("findings"), table("findings").empty(), place)
    body = typed_rows("findings", "| rule | severity | place |\n| 重复 | ERROR | '线索'!B7 |")
    book = Book("book.xlsx", tables={"findings": empty})
    (put,) = edits_of(book, Changes(puts={"findings": body}), AS_OF)
    assert put == PutRows(
        "tblFindings",
        [{"规则": "重复", "级别": "错误", "位置": "'线索'!B7", "打开": CachedValue("→")}],
    )


def test_rows_are_not_added_where_there_is_no_excel_table(book: Book) -> None:
    held = book.tables["leads"]
    assert held.place
    bare = replace(book, tables={"leads": replace(held, place=replace(held.place, excel_table=None))})
    with pytest.raises(CannotPatch, match="patch_no_table"):
        edits_of(bare, Changes(inserts={"leads": pl.DataFrame({UID: ["n"]})}), AS_OF)


def test_identities_that_were_minted_are_written(book: Book) -> None:
    fresh = replace(book, tables={"leads": replace(book.tables["leads"], fresh=frozenset({"u1x"}))})
    edits = edits_of(fresh, fresh_uids(fresh), AS_OF)
    assert edits == [AppendRows("tblLeads", (), last_row=20), CellEdit("线索", "AB3", "u1x")]


def test_a_word_that_the_firm_renamed_is_written_as_the_firm_calls_it() -> None:
    renamed = typed_rows("choices", "| set | code | zh | en |\n| grade | A | 重点 | Key |")
    book = book_of(choices=renamed)

    assert book.labels("grade") == {"A": "重点", "B": "B", "C": "C", "D": "D"}
    assert in_words(pl.Series(["A", "D", None]), table("leads").by_code["grade"], book).to_list() == [
        "重点",
        "D",
        None,
    ]

"""The comparison of patched files: silent where only the targets differ, and never silent about damage."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from compare import cell_differences
from damage import PACKAGE_DAMAGES, SHEET_DAMAGES, damages, left_behind
from opened import Opened, OpenedTable
from sample_books import HEADERS, leads_book, rewritten
from table_change import Change, Deletion, Growth, lists_agree, texts_agree
from table_compare import appended_differences, deleted_differences

from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, patch
from ltc_xl.workbook.edits import Row, Value

CELLS: dict[tuple[str, str], Value] = {("线索", "B5"): "改名", ("线索", "J20"): 12.5}
TEXTS = ["新0", "新1", "新2"]
ROWS: list[Row] = [{"编号": text} for text in TEXTS]
DOES_NOT_APPLY = {"lost_text", "lost_root_attribute"}
"""Kinds of damage for which the sample has nothing to spoil."""

TABLE = OpenedTable("T", "甲", "", (3, 2, 10, 5), ("a", "b", "c", "d"), frozenset(), 1, 0)
GROWTH = Growth(TABLE, added=3, blank=0)
STRICT = Growth(TABLE, added=3, blank=0, strict=True)
WHOLE, OWN = Deletion(TABLE, row=5, whole=True), Deletion(TABLE, row=5, whole=False)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook with a table, a merge, a row of its own height, columns of their own width."""
    path = leads_book(tmp_path / "book.xlsx")
    dressed = '<cols><col min="9" max="10" width="9" style="1" customWidth="1"/></cols><sheetData>'
    merge = '</sheetData><mergeCells count="1"><mergeCell ref="L1:M2"/></mergeCells>'
    return rewritten(
        path,
        sheet1=lambda xml: (
            xml.replace("<sheetData>", dressed)
            .replace('<row r="5"', '<row r="5" ht="33" customHeight="1"')
            .replace("</sheetData>", merge)
        ),
    )


def patched(book: Path, *edits: Edit) -> Path:
    new = book.with_name("new.xlsx")
    patch(book, new, edits)
    return new


def test_nothing_is_said_of_a_file_in_which_only_the_targets_differ(book: Path) -> None:
    new = patched(book, *(CellEdit(sheet, spot, value) for (sheet, spot), value in CELLS.items()))
    assert cell_differences(book, new, CELLS) == []
    assert cell_differences(book, new, {("线索", "B5"): "改名"})


def test_every_kind_of_damage_is_caught(book: Path, tmp_path: Path) -> None:
    new = patched(book, *(CellEdit(sheet, spot, value) for (sheet, spot), value in CELLS.items()))
    bad = tmp_path / "bad.xlsx"
    dice = Random(1)  # noqa: S311  what to spoil, no secret
    done = damages(new, bad, "线索", {(5, 2), (20, 10)}, dice)
    caught = {kind: cell_differences(book, bad, CELLS) for kind in done}
    assert [kind for kind, found in caught.items() if not found] == []
    assert caught.keys() == {d.__name__ for d in (*SHEET_DAMAGES, *PACKAGE_DAMAGES)} - DOES_NOT_APPLY


def test_nothing_is_said_of_a_table_that_grew_or_shrank_with_all_that_follows_it(book: Path) -> None:
    new = patched(book, AppendRows("tblLeads", ROWS))
    assert appended_differences(book, new, "tblLeads", TEXTS) == []
    new = patched(book, DeleteRows("tblLeads", [5]))
    assert deleted_differences(book, new, "tblLeads", 5) == []


@pytest.mark.parametrize(
    ("edit", "differences"),
    [
        (AppendRows("tblLeads", ROWS), lambda b, n: appended_differences(b, n, "tblLeads", TEXTS)),
        (DeleteRows("tblLeads", [5]), lambda b, n: deleted_differences(b, n, "tblLeads", 5)),
    ],
)
def test_a_part_that_did_not_follow_its_table_is_caught(
    book: Path, tmp_path: Path, edit: Edit, differences: Callable[[Path, Path], list[str]]
) -> None:
    new, bad = patched(book, edit), tmp_path / "bad.xlsx"
    board = "xl/worksheets/sheet2.xml"  # of it a result went that nobody may trust, no more
    caught = {part: differences(book, bad) for part in left_behind(book, new, bad) if part != board}
    assert {"xl/tables/table1.xml", "xl/worksheets/sheet1.xml", "xl/charts/chart1.xml"} <= caught.keys()
    assert [kind for kind, found in caught.items() if not found] == []


def test_damage_to_a_table_that_grew_is_caught(book: Path, tmp_path: Path) -> None:
    new, bad = patched(book, AppendRows("tblLeads", ROWS)), tmp_path / "bad.xlsx"
    written = {(row, column) for row in range(8, 11) for column in range(1, len(HEADERS) + 1)}
    dice = Random(1)  # noqa: S311  likewise
    caught = {
        kind: appended_differences(book, bad, "tblLeads", TEXTS)
        for kind in damages(new, bad, "线索", written, dice)
        if not kind.startswith("target_")
    }
    assert [kind for kind, found in caught.items() if not found] == []
    assert len(caught) >= 14


def test_damage_to_a_table_that_shrank_is_caught(book: Path, tmp_path: Path) -> None:
    new, bad = patched(book, DeleteRows("tblLeads", [5])), tmp_path / "bad.xlsx"
    dice = Random(1)  # noqa: S311  likewise
    done = damages(new, bad, "线索", set(), dice)
    caught = {kind: deleted_differences(book, bad, "tblLeads", 5) for kind in done}
    assert [kind for kind, found in caught.items() if not found] == []
    assert len(caught) >= 14


@pytest.mark.parametrize(
    ("old", "new", "change", "agree"),
    [
        ("SUM(B4:B10)", "SUM(B4:B13)", GROWTH, True),
        ("SUM(B4:B10)", "SUM(B4:B10)", GROWTH, True),
        ("SUM(B4:B10)", "SUM(B4:B10)", STRICT, False),
        ("SUM(B4:B10)", "SUM(B4:B14)", GROWTH, False),
        ("SUM(Z4:Z10)", "SUM(Z4:Z13)", GROWTH, False),
        ("'乙'!B4:B10", "'乙'!B4:B13", GROWTH, False),
        ("'甲'!$B$4:$B$10", "'甲'!$B$4:$B$13", STRICT, True),
        ('"B4:B10"&T[B4]', '"B4:B10"&T[B4]', STRICT, True),
        ("B6+B4", "B5+B4", OWN, True),
        ("B6+B4", "B6+B4", OWN, False),
        ("B5*2", "#REF!*2", OWN, True),
        ("甲!B5*2", "甲!#REF!*2", WHOLE, True),
        ("Z6+B12", "Z5+B11", WHOLE, True),
        ("Z6+B12", "Z6+B12", OWN, True),
        ("LOG10(B6)", "LOG10(B5)", OWN, True),
        ("[1]甲!B6", "[1]甲!B6", WHOLE, True),
        ("SUM(6:8)", "SUM(5:7)", WHOLE, True),
    ],
)
def test_a_formula_that_names_cells_agrees_with_where_they_stand(
    old: str, new: str, change: Change, *, agree: bool
) -> None:
    assert texts_agree(old, new, "甲", change) is agree


@pytest.mark.parametrize(
    ("old", "new", "change", "agree"),
    [
        ("B4:B10 D4", "B4:B13 D4", STRICT, True),
        ("B4:B10 D4", "B4:B10 D4", STRICT, False),
        ("B4 B5 B6", "B4 B5", OWN, True),
        ("B4 B5 B6", "B4 B6", OWN, False),
        ("A1:F20", "A1:F19", WHOLE, True),
        ("no area", "no area", WHOLE, True),
    ],
)
def test_a_list_of_areas_agrees_with_where_they_stand(
    old: str, new: str, change: Change, *, agree: bool
) -> None:
    assert lists_agree(old, new, change) is agree


def test_the_second_pair_of_eyes_sees_what_was_made(book: Path) -> None:
    opened = Opened(book)
    (table,) = opened.tables
    assert (table.name, table.sheet, table.box, table.headers) == ("tblLeads", "线索", (3, 1, 7, 6), HEADERS)
    assert table.calculated == {"翻倍"}
    assert (4, 5) in opened.formulas["线索"]
    assert opened.bad_entries() == []

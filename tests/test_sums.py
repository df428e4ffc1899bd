"""Formulas in cells that name a whole column of a table by address take in its new rows."""

from pathlib import Path

import openpyxl
import pytest
from growing_books import BOARD, NEW, SHEET, deals_book
from ooxml import new_faults
from sample_books import packed_parts, rewritten

from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, Formula, patch

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")  # of openpyxl


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblDeals has the data rows 4 to 6."""
    return deals_book(tmp_path / "book.xlsx")


def patched(book: Path, *edits: Edit) -> Path:
    """Return the file that the edits make, found whole by the judge of packages."""
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    assert not new_faults(book, target)
    return target


def formula_after(book: Path, text: str, *edits: Edit, sheet: str = BOARD, cell: str = "A20") -> object:
    """Return what becomes of a formula; it shows 60 before."""
    with_sum = book.with_name("sum.xlsx")
    patch(book, with_sum, [CellEdit(sheet, cell, Formula(text, 60))])
    return openpyxl.load_workbook(patched(with_sum, *edits))[sheet][cell].value


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("SUM('线索 2026'!$C$4:$C$6)", "=SUM('线索 2026'!$C$4:$C$8)"),
        (
            "SUM('线索 2026'!C4:C6)/COUNT('线索 2026'!C$4:C6)",
            "=SUM('线索 2026'!C4:C8)/COUNT('线索 2026'!C$4:C8)",
        ),
        ("COUNTA('线索 2026'!B3:B6)", "=COUNTA('线索 2026'!B3:B8)"),
        ("SUM('线索 2026'!C5:C6)", None),
        ("SUM('线索 2026'!C4:C5)", None),
        ("'线索 2026'!C6", None),
        ("SUM('线索 2026'!C4:H6)", None),
        ("SUM(C4:C6)", None),
        ("SUM('线索 2026'!C4:C60)", None),
        ("\"'线索 2026'!C4:C6\"", None),
    ],
)
def test_a_formula_over_the_whole_body_takes_in_new_rows(book: Path, text: str, after: str | None) -> None:
    assert formula_after(book, text, AppendRows("tblDeals", [NEW, NEW])) == (after or f"={text}")


def test_a_formula_beside_the_table_takes_them_in_too(book: Path) -> None:
    assert (
        formula_after(book, "SUM(C4:C6)", AppendRows("tblDeals", [NEW]), sheet=SHEET, cell="H4")
        == "=SUM(C4:C7)"
    )
    assert (
        formula_after(book, "SUM(C4:C6)", AppendRows("tblDeals", [NEW]), sheet=SHEET, cell="H7")
        == "=SUM(C4:C7)"
    )


def test_a_running_total_in_the_table_goes_on_ending_in_its_own_row(book: Path) -> None:
    live = "<f>tblDeals[[#This Row],[金额]]*2</f>"

    def running(xml: str) -> str:
        for row in range(4, 7):
            xml = xml.replace(live, f"<f>SUM($C$4:C{row})</f>", 1)
        return xml

    rewritten(
        book, sheet1=running, table1=lambda x: x.replace("tblDeals[[#This Row],[金额]]*2", "SUM($C$4:C4)")
    )
    sheet = openpyxl.load_workbook(patched(book, AppendRows("tblDeals", [NEW])))[SHEET]
    assert [sheet[f"E{row}"].value for row in range(4, 8)] == [f"=SUM($C$4:C{row})" for row in range(4, 8)]


def test_a_sum_that_grew_shows_no_old_value(book: Path) -> None:
    formula_after(book, "SUM('线索 2026'!$C$4:$C$6)", AppendRows("tblDeals", [NEW]))
    new = openpyxl.load_workbook(book.with_name("new.xlsx"), data_only=True)
    assert new[BOARD]["A20"].value is None


def test_rows_that_go_and_rows_that_come_in_one_patch(book: Path) -> None:
    edits: list[Edit] = [DeleteRows("tblDeals", [4]), AppendRows("tblDeals", [NEW, NEW])]
    assert formula_after(book, "SUM('线索 2026'!$C$4:$C$6)", *edits) == "=SUM('线索 2026'!$C$4:$C$7)"


def test_rows_taken_in_count_as_well(book: Path) -> None:
    row = '<row r="7"><c r="C7"><v>40</v></c></row></sheetData>'
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", row))
    edit = AppendRows("tblDeals", [NEW], last_row=7)
    assert formula_after(book, "SUM('线索 2026'!$C$4:$C$6)", edit) == "=SUM('线索 2026'!$C$4:$C$8)"


def test_a_group_of_cells_shares_only_what_holds_for_all(book: Path) -> None:
    def shared(text: str) -> object:
        cells = (
            f'<row r="1"><c r="J1"><f t="shared" ref="J1:K1" si="7">{text}</f><v>1</v></c>'
            '<c r="K1"><f t="shared" si="7"/><v>1</v></c></row></sheetData>'
        )
        path = deals_book(book.with_name("shared.xlsx"))
        rewritten(path, sheet2=lambda xml: xml.replace("<sheetData/>", f"<sheetData>{cells}"))
        return openpyxl.load_workbook(patched(path, AppendRows("tblDeals", [NEW])))[BOARD]["J1"].value

    assert shared("SUM('线索 2026'!C4:C6)") == "=SUM('线索 2026'!C4:C6)"
    assert shared("SUM('线索 2026'!C$4:C$6)") == "=SUM('线索 2026'!C$4:C$7)"


def test_sheets_without_such_formulas_stay_byte_for_byte(book: Path) -> None:
    other = book.with_name("other.xlsx")
    patch(book, other, [CellEdit(BOARD, "A20", Formula("SUM('线索 2026'!$C$4:$C$5)", 30))])
    rewritten(other, sheet2=lambda xml: xml[: xml.index("<conditionalFormatting")] + "</worksheet>")
    before, after = packed_parts(other), packed_parts(patched(other, AppendRows("tblDeals", [NEW])))
    assert before["xl/worksheets/sheet2.xml"] == after["xl/worksheets/sheet2.xml"]

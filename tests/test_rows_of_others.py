"""Rows that other programs left at a table's end get the formulas, styles and formats of its own."""

import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from growing_books import NEW, SHEET, deals_book
from openpyxl.worksheet.worksheet import Worksheet
from sample_books import leads_book, rewritten, xml_of

from ltc_xl.workbook import AppendRows, CachedValue, CellEdit, Edit, patch
from ltc_xl.workbook.edits import Row

LEADS = "线索"
LIVE = "=tblLeads[[#This Row],[金额]]*2"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblLeads has the data rows 4 to 7, and two rows of another program below.

    | 编号 | 公司  | 金额 | 日期       | 翻倍 | 备注 |
    |      | 甲    |   50 | 2026-05-01 |      |      |
    |      | 乙    |   60 |            |      | 急   |
    """
    path = leads_book(tmp_path / "book.xlsx")
    rows = (
        '<row r="8"><c r="B8" t="inlineStr"><is><t>甲</t></is></c><c r="C8"><v>50</v></c>'
        '<c r="D8"><v>46143</v></c><c r="E8" s="0"/></row>'
        '<row r="9"><c r="B9" t="inlineStr"><is><t>乙</t></is></c><c r="C9"><v>60</v></c>'
        '<c r="F9" t="inlineStr"><is><t>急</t></is></c></row></sheetData>'
    )
    return rewritten(path, sheet1=lambda xml: xml.replace("</sheetData>", rows))


def patched(book: Path, *edits: Edit) -> Worksheet:
    """Return the sheet of the leads that the edits make."""
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    sheet = openpyxl.load_workbook(target)[LEADS]
    assert isinstance(sheet, Worksheet)
    return sheet


def test_rows_taken_in_get_the_formulas_they_lack(book: Path) -> None:
    sheet = patched(book, AppendRows("tblLeads", [], last_row=9))
    assert [sheet[f"E{row}"].value for row in range(7, 10)] == [LIVE] * 3
    assert sheet.tables["tblLeads"].ref == "A3:F9"


def test_rows_taken_in_get_the_formats_of_the_rows_above(book: Path) -> None:
    sheet = patched(book, AppendRows("tblLeads", [], last_row=9))
    for row in (8, 9):
        assert [cell.number_format for cell in sheet[row]] == [cell.number_format for cell in sheet[7]]
    assert sheet["D8"].value == datetime(2026, 5, 1)  # noqa: DTZ001  sheets know no zones
    assert (sheet["B9"].value, sheet["C9"].value, sheet["F9"].value) == ("乙", 60, "急")


def test_an_id_written_into_such_a_row_is_text_as_in_the_rows_above(book: Path) -> None:
    edits = [CellEdit(LEADS, "A8", "N-8"), CellEdit(LEADS, "D9", date(2026, 5, 2))]
    sheet = patched(book, AppendRows("tblLeads", [], last_row=9), *edits)
    assert (sheet["A8"].value, sheet["A8"].number_format) == ("N-8", "@")
    assert sheet["D9"].number_format == "yyyy-mm-dd"


def test_the_value_of_a_live_column_goes_into_the_formula_that_the_row_gets(book: Path) -> None:
    sheet = patched(book, AppendRows("tblLeads", [], last_row=9), CellEdit(LEADS, "E8", CachedValue(100)))
    assert sheet["E8"].value == LIVE
    new = openpyxl.load_workbook(book.with_name("new.xlsx"), data_only=True)[LEADS]
    assert new["E8"].value == 100


def test_what_somebody_typed_over_a_formula_stays(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace('<c r="E8" s="0"/>', '<c r="E8"><v>7</v></c>'))
    assert patched(book, AppendRows("tblLeads", [], last_row=9))["E8"].value == 7


def test_a_style_that_the_row_brings_stays(book: Path) -> None:
    text = re.search(r'<c r="A7" s="(\d+)"', xml_of(book, "xl/worksheets/sheet1.xml"))
    assert text
    rewritten(book, sheet1=lambda xml: xml.replace('<c r="D8">', f'<c r="D8" s="{text[1]}">'))
    assert patched(book, AppendRows("tblLeads", [], last_row=9))["D8"].number_format == "@"


def test_rows_appended_below_them_look_like_the_table_s_own(book: Path) -> None:
    row: Row = {"编号": "N-10", "公司": "丙", "日期": date(2026, 5, 3), "翻倍": 0}
    sheet = patched(book, AppendRows("tblLeads", [row], last_row=9))
    assert [cell.number_format for cell in sheet[10]] == [cell.number_format for cell in sheet[7]]
    assert sheet["E10"].value == LIVE


def test_a_new_row_is_as_high_as_the_table_s_own_not_as_one_left_below(book: Path) -> None:
    def high(xml: str) -> str:
        xml = xml.replace('<row r="9">', '<row r="9" ht="99" customHeight="1">')
        return re.sub(r'<row r="7"', '<row r="7" ht="30" customHeight="1"', xml)

    rewritten(book, sheet1=high)
    sheet = patched(book, AppendRows("tblLeads", [{"编号": "N-10"}], last_row=9))
    assert (sheet.row_dimensions[9].height, sheet.row_dimensions[10].height) == (99, 30)


def test_rows_within_the_range_that_lack_every_formula_get_them_with_their_id(book: Path) -> None:
    rewritten(book, table1=lambda xml: xml.replace("A3:F7", "A3:F9"))
    edits: list[Edit] = [AppendRows("tblLeads", [], last_row=9), CellEdit(LEADS, "A9", "N-9")]
    sheet = patched(book, *edits)
    assert [sheet[f"E{row}"].value for row in range(7, 10)] == [LIVE, None, LIVE]
    assert sheet["D9"].number_format == "yyyy-mm-dd"


def test_a_formula_by_address_is_filled_down_into_rows_taken_in(book: Path) -> None:
    def relative(xml: str) -> str:
        for row in range(4, 8):
            xml = xml.replace("tblLeads[[#This Row],[金额]]*2", f"C{row}*2", 1)
        return xml

    rewritten(book, sheet1=relative, table1=lambda x: x.replace("tblLeads[[#This Row],[金额]]*2", "C4*2"))
    sheet = patched(book, AppendRows("tblLeads", [], last_row=9))
    assert [sheet[f"E{row}"].value for row in range(7, 10)] == ["=C7*2", "=C8*2", "=C9*2"]


@pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")  # of openpyxl
def test_rows_that_openpyxl_added_are_drawn_once_they_are_taken_in(tmp_path: Path) -> None:
    book = deals_book(tmp_path / "deals.xlsx")
    rows = (
        '<row r="7"><c r="B7" t="inlineStr"><is><t>丁</t></is></c><c r="C7"><v>40</v></c></row></sheetData>'
    )
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", rows))
    new = tmp_path / "new.xlsx"
    patch(book, new, [AppendRows("tblDeals", [NEW], last_row=7)])
    chart = xml_of(new, "xl/charts/chart1.xml")
    assert "$C$4:$C$8" in chart
    assert re.findall(r"<c:v>([^<]*)", chart)[1:6] == ["甲", "乙", "丙", "丁", "丁"]
    assert openpyxl.load_workbook(new)[SHEET]["E7"].value == "=tblDeals[[#This Row],[金额]]*2"

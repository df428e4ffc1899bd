"""The patcher: what an edit names changes, everything else stays as it is, byte for byte."""

import csv
import io
import re
import subprocess
import tempfile
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from sample_books import HEADERS, leads_book, packed_parts, rewritten, sheet_without, with_part, xml_of

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook import (
    AppendRows,
    CachedValue,
    CellEdit,
    DeleteRows,
    Edit,
    Formula,
    PatchReport,
    PutRows,
    patch,
)
from ltc_xl.workbook.edits import Row, Value

SHEET = "xl/worksheets/sheet1.xml"
BOARD = "xl/worksheets/sheet2.xml"
TABLE = "xl/tables/table1.xml"
BOOK = "xl/workbook.xml"
CHART = "xl/charts/chart1.xml"
NEW: Row = {"编号": "N-9", "公司": "新公司", "金额": Decimal("99.50"), "日期": date(2026, 5, 1), "翻倍": 199}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblLeads has the data rows 4 to 7."""
    return leads_book(tmp_path / "book.xlsx")


def patched(book: Path, *edits: Edit) -> Path:
    """Return the file that the edits make."""
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    return target


def sheet(path: Path, name: str = "线索", *, values: bool = False) -> Worksheet:
    """Return a sheet as openpyxl sees it."""
    found = openpyxl.load_workbook(path, data_only=values)[name]
    assert isinstance(found, Worksheet)
    return found


def body(path: Path) -> list[tuple[object, ...]]:
    """Return the table's data rows as openpyxl sees their values."""
    ws = sheet(path, values=True)
    rows = ws.iter_rows(4, ws.max_row, 1, len(HEADERS), values_only=True)
    return [tuple(unescape(v) if isinstance(v, str) else v for v in row) for row in rows]


def refused(book: Path, *edits: Edit) -> CannotPatch:
    """Return the refusal of the edits; nothing may have been written."""
    before = book.read_bytes()
    target = book.with_name("refused.xlsx")
    with pytest.raises(CannotPatch) as refusal:
        patch(book, target, edits)
    assert not target.exists()
    assert book.read_bytes() == before
    return refusal.value


# cells


def test_no_edits_give_the_identical_file(book: Path) -> None:
    assert patched(book).read_bytes() == book.read_bytes()


def test_every_part_that_no_edit_names_is_copied_packed_as_it_stands(book: Path) -> None:
    before, after = packed_parts(book), packed_parts(patched(book, CellEdit("线索", "B5", "改名")))
    assert list(after) == list(before)
    assert {part for part in before if after[part] != before[part]} == {SHEET}


def test_only_the_target_cells_of_a_sheet_differ(book: Path) -> None:
    new = patched(book, CellEdit("线索", "B5", "改名"), CellEdit("线索", "J9", 1))
    before, after = (xml_of(path, SHEET).encode() for path in (book, new))
    assert before != after
    assert sheet_without(after, {"B5", "J9"}) == sheet_without(before, {"B5", "J9"})
    assert sheet_without(after, {"J9"}) != sheet_without(before, {"J9"})


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("文字 <&>", "文字 <&>"),
        (" 两头有空格 ", " 两头有空格 "),
        ("两行\n文字", "两行\n文字"),
        ("=不是公式", "=不是公式"),
        ("00123", "00123"),
        (True, True),
        (12, 12),
        (-0.1, -0.1),
        (Decimal("1200.00"), 1200),
        (Decimal("0.00000001"), 1e-8),
        (None, None),
        ("", None),
    ],
)
def test_a_value_reads_back_as_it_was_written(book: Path, value: Value, shown: object) -> None:
    cell = sheet(patched(book, CellEdit("线索", "B5", value)))["B5"]
    assert cell.value == shown
    assert cell.data_type != "f"


def test_a_day_keeps_the_format_of_its_cell(book: Path) -> None:
    cell = sheet(patched(book, CellEdit("线索", "D5", date(2026, 12, 31))))["D5"]
    assert cell.value == datetime(2026, 12, 31)  # noqa: DTZ001  sheets know no zones
    assert cell.number_format == "yyyy-mm-dd"


def test_a_day_counts_from_1904_where_the_file_does(book: Path) -> None:
    rewritten(book, workbook=lambda xml: xml.replace("<workbookPr", '<workbookPr date1904="1"'))
    cell = sheet(patched(book, CellEdit("线索", "D5", date(2026, 12, 31))))["D5"]
    assert cell.value == datetime(2026, 12, 31)  # noqa: DTZ001  likewise


def test_control_characters_and_lookalikes_of_their_escapes_survive(book: Path) -> None:
    new = patched(book, CellEdit("线索", "B5", "铃\x07 回车\r 字面_x0041_"))
    assert "铃_x0007_ 回车_x000D_ 字面_x005F_x0041_" in xml_of(new, SHEET)
    assert unescape(str(sheet(new)["B5"].value)) == "铃\x07 回车\r 字面_x0041_"


def test_a_new_cell_takes_the_style_of_its_column(book: Path) -> None:
    day = re.search(r'<c r="D4" s="(\d+)"', xml_of(book, SHEET))
    assert day
    columns = f'<cols><col min="9" max="9" width="9" style="{day[1]}"/></cols><sheetData>'
    rewritten(book, sheet1=lambda xml: xml.replace("<sheetData>", columns))
    assert (
        sheet(patched(book, CellEdit("线索", "I20", date(2026, 1, 2))))["I20"].number_format == "yyyy-mm-dd"
    )


def test_a_formula_gets_its_value(book: Path) -> None:
    new = patched(book, CellEdit("线索", "H5", Formula('=HYPERLINK("#看板!A1","看板 & 图")', "看板 & 图")))
    assert sheet(new)["H5"].value == '=HYPERLINK("#看板!A1","看板 & 图")'
    assert sheet(new, values=True)["H5"].value == "看板 & 图"


def test_a_cached_value_changes_and_the_formula_stays(book: Path) -> None:
    new = patched(book, CellEdit("线索", "E5", CachedValue("")), CellEdit("线索", "E6", CachedValue(7)))
    assert sheet(new)["E6"].value == sheet(book)["E6"].value
    assert (sheet(new, values=True)["E5"].value or "", sheet(new, values=True)["E6"].value) == ("", 7)


def test_a_cached_value_leaves_a_cell_without_formula_alone(book: Path) -> None:
    edits = [CellEdit("线索", "B5", CachedValue(7)), CellEdit("线索", "Z99", CachedValue(7))]
    assert patched(book, *edits).read_bytes() == book.read_bytes()


def test_an_empty_sheet_takes_cells(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(path)
    new = patched(path, CellEdit("Sheet", "C3", "甲"), CellEdit("Sheet", "A1", 1))
    assert (sheet(new, "Sheet")["C3"].value, sheet(new, "Sheet")["A1"].value) == ("甲", 1)


# rows


def test_new_rows_stand_below_the_last_one_with_its_look_and_formulas(book: Path) -> None:
    new = patched(book, AppendRows("tblLeads", [NEW, {"编号": "N-10"}]))
    ws = sheet(new)
    assert [c.value for c in ws[8]][:4] == ["N-9", "新公司", 99.5, datetime(2026, 5, 1)]  # noqa: DTZ001  likewise
    assert [c.number_format for c in ws[8]] == [c.number_format for c in ws[7]]
    assert ws["E8"].value == ws["E7"].value == ws["E9"].value
    assert sheet(new, values=True)["E8"].value == 199
    assert ws.tables["tblLeads"].ref == "A3:F9"
    assert len(body(book)) == 4


def test_a_table_made_empty_takes_its_first_row_in_the_blank_one(tmp_path: Path) -> None:
    path = leads_book(tmp_path / "empty.xlsx", rows=1)
    blank = [CellEdit("线索", f"{c}4", None) for c in "ABCDF"]
    emptied = patched(path, *blank)
    new = emptied.with_name("filled.xlsx")
    report = patch(emptied, new, [AppendRows("tblLeads", [NEW])])
    ws = sheet(new)
    assert ws.tables["tblLeads"].ref == "A3:F4"
    assert (ws["A4"].value, sheet(new, values=True)["E4"].value) == ("N-9", 199)
    assert (report.rows_added, ws["D4"].number_format) == (0, "yyyy-mm-dd")


def test_a_new_row_takes_the_commonest_look_not_that_of_one_coloured_row(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: re.sub(r'<c r="D7" s="\d+"', '<c r="D7" s="0"', xml))
    ws = sheet(patched(book, AppendRows("tblLeads", [NEW])))
    assert [ws[f"D{row}"].number_format for row in (6, 7, 8)] == ["yyyy-mm-dd", "General", "yyyy-mm-dd"]


def test_everything_that_ends_with_the_table_grows_with_it(book: Path) -> None:
    new = patched(book, AppendRows("tblLeads", [NEW, NEW]))
    ws, wb = sheet(new), openpyxl.load_workbook(new)
    assert ws.tables["tblLeads"].autoFilter.ref == "A3:F9"
    assert [str(v.sqref) for v in ws.data_validations.dataValidation] == ["B4:B9"]
    assert sorted(str(f.sqref) for f in ws.conditional_formatting) == ["C4:C9", "H1:H2"]
    assert wb.defined_names["companies"].attr_text == "'线索'!$B$4:$B$9"
    assert wb.defined_names["first_company"].attr_text == "'线索'!$B$4"
    assert ws.print_area == "'线索'!$A$1:$F$9"
    assert ws.dimensions == "A1:F9"
    assert 'sqref="A4:A9"' in xml_of(new, SHEET)


def test_formats_and_validations_of_the_newer_kind_grow_too(book: Path) -> None:
    extension = (
        '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" '
        'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1">'
        '<x14:dataValidation type="list"><x14:formula1><xm:f>看板!$A$1:$A$7</xm:f></x14:formula1>'
        "<xm:sqref>F4:F7 H4:H5</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    rewritten(book, sheet1=lambda xml: xml.replace("</worksheet>", f"{extension}</worksheet>"))
    grown = xml_of(patched(book, AppendRows("tblLeads", [NEW])), SHEET)
    assert "<xm:sqref>F4:F8 H4:H5</xm:sqref>" in grown
    assert "<xm:f>看板!$A$1:$A$7</xm:f>" in grown


def test_a_calculated_column_that_names_cells_by_address_is_filled_down(book: Path) -> None:
    def relative(xml: str) -> str:
        for row in range(4, 8):
            xml = xml.replace("tblLeads[[#This Row],[金额]]*2", f"C{row}*2", 1)
        return xml

    rewritten(book, sheet1=relative, table1=lambda x: x.replace("tblLeads[[#This Row],[金额]]*2", "C4*2"))
    ws = sheet(patched(book, AppendRows("tblLeads", [NEW])))
    assert (ws["E7"].value, ws["E8"].value) == ("=C7*2", "=C8*2")


BELOW = '<row r="8"><c r="A8" t="str"><v>N-5</v></c></row></sheetData>'


def test_a_shared_formula_is_filled_down_from_where_its_text_stands(book: Path) -> None:
    def shared(xml: str) -> str:
        live = "<f>tblLeads[[#This Row],[金额]]*2</f>"
        xml = xml.replace(live, '<f t="shared" ref="E4:E7" si="0">C4*2</f>', 1)
        return xml.replace(live, '<f t="shared" si="0"/>')

    rewritten(book, sheet1=shared, table1=lambda x: x.replace("tblLeads[[#This Row],[金额]]*2", "C4*2"))
    assert sheet(patched(book, AppendRows("tblLeads", [NEW])))["E8"].value == "=C8*2"


def test_rows_left_below_the_range_that_count_to_the_table_are_taken_in(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", BELOW))
    new = patched(book, AppendRows("tblLeads", [NEW], last_row=8))
    assert [row[0] for row in body(new)][3:] == ["N-4", "N-5", "N-9"]
    assert sheet(new)["E8"].value == sheet(book)["E7"].value
    assert sheet(new).tables["tblLeads"].ref == "A3:F9"
    assert [str(v.sqref) for v in sheet(new).data_validations.dataValidation] == ["B4:B9"]


def test_a_row_left_below_the_range_can_go(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", BELOW))
    new = patched(book, AppendRows("tblLeads", [], last_row=8), DeleteRows("tblLeads", [4, 8]))
    assert [row[0] for row in body(new)] == ["N-2", "N-3", "N-4"]
    assert sheet(new).tables["tblLeads"].ref == "A3:F6"


def test_taking_in_no_rows_leaves_the_bytes_alone(book: Path) -> None:
    assert patched(book, AppendRows("tblLeads", [], last_row=7)).read_bytes() == book.read_bytes()


def test_deleted_rows_go_and_later_ones_move_up(book: Path) -> None:
    new = patched(book, DeleteRows("tblLeads", [4, 6]))
    ws = sheet(new)
    assert [row[0] for row in body(new)] == ["N-2", "N-4"]
    assert [row[4] for row in body(new)] == [40, 80]
    assert ws.tables["tblLeads"].ref == "A3:F5"
    assert [str(v.sqref) for v in ws.data_validations.dataValidation] == ["B4:B5"]
    assert openpyxl.load_workbook(new).defined_names["companies"].attr_text == "'线索'!$B$4:$B$5"


def test_a_table_that_loses_all_rows_keeps_a_blank_one(book: Path) -> None:
    new = patched(book, DeleteRows("tblLeads", [4, 5, 6, 7]))
    ws = sheet(new)
    assert ws.tables["tblLeads"].ref == "A3:F4"
    assert [ws[f"{c}4"].value for c in "ABCDF"] == [None] * 5
    assert ws["E4"].value == sheet(book)["E4"].value


def test_the_only_row_of_a_table_is_blanked_when_it_goes(tmp_path: Path) -> None:
    path = leads_book(tmp_path / "one.xlsx", rows=1)
    new = patched(path, DeleteRows("tblLeads", [4]))
    assert body(new)[0] == (None,) * len(HEADERS)
    assert sheet(new).tables["tblLeads"].ref == "A3:F4"


def test_a_link_moves_with_its_row_and_goes_with_it(book: Path) -> None:
    links = '<hyperlink ref="B5" location="看板!A1"/><hyperlink ref="B6" location="看板!A2"/>'
    linked = f"<hyperlinks>{links}</hyperlinks><pageMargins"
    rewritten(book, sheet1=lambda xml: xml.replace("<pageMargins", linked))
    moved = xml_of(patched(book, DeleteRows("tblLeads", [5])), SHEET)
    assert '<hyperlinks><hyperlink ref="B5" location="看板!A2"/></hyperlinks>' in moved
    assert "hyperlink" not in xml_of(patched(book, DeleteRows("tblLeads", [5, 6])), SHEET)


def test_a_deletion_and_an_addition_and_a_cell_in_one_patch(book: Path) -> None:
    edits: list[Edit] = [
        CellEdit("线索", "B7", "四"),
        DeleteRows("tblLeads", [5]),
        AppendRows("tblLeads", [NEW]),
    ]
    assert [row[:2] for row in body(patched(book, *edits))] == [
        ("N-1", "公司1"),
        ("N-3", "公司3"),
        ("N-4", "四"),
        ("N-9", "新公司"),
    ]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 9])
def test_a_put_body_is_exactly_the_rows_put(book: Path, count: int) -> None:
    rows: list[Row] = [{"编号": f"P-{i}", "金额": i} for i in range(count)]
    new = patched(book, PutRows("tblLeads", rows))
    assert [row[0] for row in body(new)] == [f"P-{i}" for i in range(count)] or [None]
    last = 3 + max(count, 1)
    column = f"B4:B{last}" if last > 4 else "B4"
    assert sheet(new).tables["tblLeads"].ref == f"A3:F{last}"
    assert [str(v.sqref) for v in sheet(new).data_validations.dataValidation] == [column]
    assert sheet(new)[f"E{last}"].value == sheet(book)["E4"].value


def test_a_column_that_no_put_row_names_stays(book: Path) -> None:
    new = patched(book, PutRows("tblLeads", [{"编号": "P-0"}, {"编号": "P-1"}]))
    assert [(row[0], row[5]) for row in body(new)] == [("P-0", "备注1"), ("P-1", "备注2")]


def test_putting_the_same_body_again_leaves_the_bytes_alone(book: Path) -> None:
    rows: list[Row] = [
        {"编号": f"P-{i}", "公司": "甲", "金额": i, "日期": date(2026, 1, 1)} for i in range(6)
    ]
    first = patched(book, PutRows("tblLeads", rows))
    again = first.with_name("again.xlsx")
    patch(first, again, [PutRows("tblLeads", rows)])
    assert again.read_bytes() == first.read_bytes()


def test_the_report_says_what_was_done(book: Path) -> None:
    report = patch(
        book, book.with_name("n.xlsx"), [CellEdit("线索", "B4", "甲"), AppendRows("tblLeads", [NEW])]
    )
    assert report == PatchReport(
        cells=6,
        rows_added=1,
        parts=(SHEET, TABLE, BOARD, CHART, BOOK),
        uncalculated=(("看板", "A1"),),
    )


# calculation


def test_excel_is_told_to_compute_anew_where_there_are_formulas(book: Path) -> None:
    rewritten(book, workbook=lambda xml: xml.replace(' fullCalcOnLoad="1"', ""))
    assert 'fullCalcOnLoad="1"' in xml_of(patched(book, CellEdit("线索", "B4", "甲")), BOOK)


def test_a_workbook_without_formulas_is_not_told_to_compute(tmp_path: Path) -> None:
    path = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(path)
    rewritten(path, workbook=lambda xml: xml.replace(' fullCalcOnLoad="1"', ""))
    assert "fullCalcOnLoad" not in xml_of(patched(path, CellEdit("Sheet", "A1", "=1+1")), BOOK)
    assert "fullCalcOnLoad" in xml_of(patched(path, CellEdit("Sheet", "A1", Formula("1+1", 2))), BOOK)


def with_chain(book: Path) -> Path:
    """Return the workbook with a calculation chain, as Excel saves it."""
    relation = '<Relationship Id="rIdC" Type="http://x/calcChain" Target="calcChain.xml"/></Relationships>'
    override = '<Override PartName="/xl/calcChain.xml" ContentType="application/x-calcChain+xml"/></Types>'
    rewritten(
        book,
        workbookxmlrels=lambda xml: xml.replace("</Relationships>", relation),
        Content_Types=lambda xml: xml.replace("</Types>", override),
    )
    return with_part(book, "xl/calcChain.xml", '<calcChain><c r="E4" i="1"/></calcChain>')


def test_the_chain_of_formulas_stays_while_their_set_does(book: Path) -> None:
    chained = with_chain(book)
    new = patched(chained, CellEdit("线索", "B4", "甲"), CellEdit("线索", "E4", CachedValue(1)))
    assert packed_parts(new)["xl/calcChain.xml"] == packed_parts(chained)["xl/calcChain.xml"]


def test_the_chain_of_formulas_goes_without_trace_when_their_set_changes(book: Path) -> None:
    new = patched(with_chain(book), AppendRows("tblLeads", [NEW]))
    assert "xl/calcChain.xml" not in packed_parts(new)
    assert "calcChain" not in xml_of(new, "xl/_rels/workbook.xml.rels") + xml_of(new, "[Content_Types].xml")
    assert sheet(new)["A8"].value == "N-9"


# the file's own grammar


def test_the_hint_of_a_row_s_columns_widens(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: re.sub(r'<row r="5"[^>]*>', '<row r="5" spans="1:6">', xml))
    assert '<row r="5" spans="1:8">' in xml_of(patched(book, CellEdit("线索", "H5", 1)), SHEET)
    assert '<row r="5" spans="1:6">' in xml_of(patched(book, CellEdit("线索", "B5", 1)), SHEET)


def test_entries_that_were_streamed_get_their_sizes_up_front(book: Path) -> None:
    class Stream(io.BytesIO):
        def seek(self, *_: int) -> int:
            raise OSError

    stream = Stream()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    book.write_bytes(stream.getvalue())
    with zipfile.ZipFile(book) as package:
        assert all(info.flag_bits & 8 for info in package.infolist())
    after = patched(book, CellEdit("线索", "B5", "改名"))
    with zipfile.ZipFile(after) as package:
        assert package.testzip() is None
        assert not any(info.flag_bits & 8 for info in package.infolist())
    assert sheet(after)["B5"].value == "改名"


def test_namespace_prefixes_are_kept(book: Path) -> None:
    def prefixed(xml: str) -> str:
        named = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)
        return named.replace("xmlns=", "xmlns:x=")

    rewritten(book, sheet1=prefixed)
    new = patched(book, CellEdit("线索", "B5", "改名"), AppendRows("tblLeads", [NEW]))
    assert '<x:c r="B5" t="inlineStr"><x:is><x:t>改名</x:t></x:is></x:c>' in xml_of(new, SHEET)
    assert (sheet(new)["B5"].value, sheet(new)["A8"].value) == ("改名", "N-9")


# refusals


@pytest.mark.parametrize(
    ("edit", "key", "place"),
    [
        (CellEdit("线索", "E5", 7), "patch_formula", "线索!E5"),
        (CellEdit("没有", "A1", 7), "patch_no_such_sheet", "book.xlsx"),
        (CellEdit("线索", "A1048577", 7), "patch_off_grid", "线索!A1048577"),
        (CellEdit("线索", "XFE1", 7), "patch_off_grid", "线索!XFE1"),
        (CellEdit("线索", "B5", "长" * 32_768), "patch_text_too_long", "线索!B5"),
        (CellEdit("线索", "B5", 12345678901234567), "patch_number", "线索!B5"),
        (CellEdit("线索", "B5", float("nan")), "patch_number", "线索!B5"),
        (CellEdit("线索", "D5", date(1899, 12, 31)), "patch_number", "线索!D5"),
        (AppendRows("tblNone", [NEW]), "patch_no_such_table", "book.xlsx"),
        (AppendRows("tblLeads", [{"没有": 1}]), "patch_no_such_column", "线索!A3"),
        (DeleteRows("tblLeads", [8]), "patch_no_such_row", "线索!A8"),
        (DeleteRows("tblLeads", [3]), "patch_no_such_row", "线索!A3"),
    ],
)
def test_an_edit_that_would_lose_something_is_refused(book: Path, edit: Edit, key: str, place: str) -> None:
    refusal = refused(book, CellEdit("线索", "B4", "这一处也不写"), edit)
    assert (refusal.key, refusal.values["place"]) == (key, place)


ROW_9 = '<row r="9"><c r="B9"><v>1</v></c></row></sheetData>'
ARRAY = '<row r="9"><c r="H9"><f t="array" ref="H9:H11">C4:C6</f><v>1</v></c></row></sheetData>'
MERGED = '</sheetData><mergeCells count="1"><mergeCell ref="B6:C7"/></mergeCells>'


@pytest.mark.parametrize(
    ("cut", "edit", "refusal"),
    [
        (("</sheetData>", ROW_9), AppendRows("tblLeads", [NEW, NEW]), ("patch_below_table", "线索!B9")),
        (("</sheetData>", MERGED), CellEdit("线索", "C6", 1), ("patch_merged", "线索!C6")),
        (("</sheetData>", ARRAY), CellEdit("线索", "H10", 1), ("patch_array", "线索!H10")),
        (("<sheetData>", "<sheetData><!-- odd -->"), CellEdit("线索", "B4", 1), ("patch_odd_sheet", "线索")),
        (('encoding="UTF-8"', 'encoding="GBK"'), CellEdit("线索", "B4", 1), ("patch_encoding", "线索")),
        (("</sheetData>", MERGED), DeleteRows("tblLeads", [7]), ("patch_rows_tied", "线索!B6")),
    ],
)
def test_a_sheet_that_would_lose_something_is_refused(
    book: Path, cut: tuple[str, str], edit: Edit, refusal: tuple[str, str]
) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace(*cut, 1))
    raised = refused(book, edit)
    assert (raised.key, raised.values["place"]) == refusal


def test_a_blank_cell_with_a_look_below_the_table_does_not_matter(book: Path) -> None:
    rewritten(
        book, sheet1=lambda xml: xml.replace("</sheetData>", '<row r="8"><c r="D8" s="2"/></row></sheetData>')
    )
    assert sheet(patched(book, AppendRows("tblLeads", [NEW])))["D8"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize(
    "edit", [AppendRows("tblUpper", [{"甲": 1}]), AppendRows("tblUpper", [], last_row=4)]
)
def test_a_table_right_below_is_neither_covered_nor_taken_in(tmp_path: Path, edit: Edit) -> None:
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as two:
        stacked = two.add_worksheet("线索")
        for name, top in (("tblUpper", 0), ("tblLower", 3)):
            stacked.add_table(top, 0, top + 2, 0, {"name": name, "columns": [{"header": "甲"}]})
            stacked.write_column(top + 1, 0, [1, 2])
    assert refused(path, edit).key == "patch_below_table"


def test_a_signed_workbook_is_refused(book: Path) -> None:
    with_part(book, "_xmlsignatures/sig1.xml", "<Signature/>")
    assert refused(book, CellEdit("线索", "B4", 1)).key == "patch_signed"


# laws

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.decimals(-(10**6), 10**6, places=2),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20),
)
ROW = st.fixed_dictionaries({}, optional={"编号": PLAIN, "公司": PLAIN, "金额": PLAIN, "备注": PLAIN})


def as_read(value: object) -> object:
    """Return a value as openpyxl gives it back."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return None if value == "" else value


@settings(max_examples=60, deadline=None)
@given(
    cells=st.dictionaries(st.tuples(st.sampled_from("ABCF"), st.integers(4, 7)), PLAIN, max_size=6),
    gone=st.sets(st.integers(4, 7), max_size=3),
    new=st.lists(ROW, max_size=4),
)
def test_what_was_edited_is_what_is_read(
    cells: dict[tuple[str, int], Value], gone: set[int], new: list[Row]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = leads_book(Path(folder) / "book.xlsx")
        expected = {r: dict(zip(HEADERS, row, strict=True)) for r, row in enumerate(body(source), 4)}
        for (column, row), value in cells.items():
            if column == "C" and as_read(value) != expected[row]["金额"]:
                expected[row]["翻倍"] = None
            expected[row][HEADERS["ABCDEF".index(column)]] = as_read(value)
        edits: list[Edit] = [CellEdit("线索", f"{c}{r}", v) for (c, r), v in cells.items() if r not in gone]
        edits += [DeleteRows("tblLeads", sorted(gone))] if gone else []
        edits += [AppendRows("tblLeads", new)] if new else []
        kept = [expected[row] for row in sorted(expected.keys() - gone)]
        kept += [{h: as_read(row.get(h)) for h in HEADERS} for row in new]
        after = patched(source, *edits)
        assert body(after) == [tuple(row.values()) for row in kept]
        assert sheet(after).tables["tblLeads"].ref == f"A3:F{3 + len(kept)}"
        assert not [part for part, data in untouched(source, after) if data]


def untouched(before: Path, after: Path) -> list[tuple[str, bool]]:
    """Return the parts that no edit of the test may touch, and whether they differ."""
    old, new = packed_parts(before), packed_parts(after)
    touched = {SHEET, BOARD, TABLE, CHART, BOOK}
    return [(part, old[part] != new[part]) for part in old if part not in touched]


def test_growth_past_4_gib_is_written_with_64_bit_sizes(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ltc_xl.workbook.zipcopy._LARGE", 100)
    new = patched(book, CellEdit("线索", "B4", "甲"))
    with zipfile.ZipFile(new) as package:
        assert package.testzip() is None
    assert sheet(new)["B4"].value == "甲"


# other programs, real files


@pytest.mark.needs_program("soffice")
def test_libreoffice_opens_a_patched_file_and_shows_the_new_values(book: Path, tmp_path: Path) -> None:
    new = patched(book, CellEdit("线索", "B5", "改名"), AppendRows("tblLeads", [NEW]))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1"]
    subprocess.run(  # noqa: S603  a fixed command on a file of our own
        [*command, "--outdir", str(tmp_path), str(new)], check=True, capture_output=True, timeout=120
    )
    lines = list(csv.reader((tmp_path / "new.csv").read_text("utf-8").splitlines()))
    assert lines[4][:3] == ["N-2", "改名", "20"]
    assert lines[7][:5] == ["N-9", "新公司", "99.5", "2026-05-01", "199"]

"""Rows that go from a table: what speaks of later rows follows, what stands beside or below stays."""

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet
from sample_books import packed_parts, rewritten, with_part, xml_of

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, MarkCells, PutRows, patch
from ltc_xl.workbook.delete import rows_gone
from ltc_xl.workbook.package import Package

SHEET, BOARD, TABLE = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/tables/table1.xml"
Change = Callable[[str], str]


def made_book(path: Path, *, beside: bool = True, totals: bool = False) -> Path:
    """Make a workbook with the table tblA in B3:D7 of Leads: no, amount, double.

    With ``beside``, a note is typed in F6 and a figure below the table, in C12.
    """
    with xlsxwriter.Workbook(path) as book:
        sheet, board = book.add_worksheet("Leads"), book.add_worksheet("Board")
        columns: list[dict[str, object]] = [{"header": h} for h in ("no", "amount", "double")]
        columns[1] |= {"total_function": "sum"} if totals else {}
        last = 7 + totals
        sheet.add_table(2, 1, last - 1, 3, {"name": "tblA", "columns": columns, "total_row": totals})
        for row in range(4, 8):
            sheet.write_row(row - 1, 1, [f"N-{row}", row * 10])
            sheet.write_formula(row - 1, 3, f"=C{row}*2", None, row * 20)
        if beside:
            sheet.write("F6", "beside")
            sheet.write("C12", 99)
        sheet.write_formula("H1", "=SUM(C4:C7)+C6+F6", None, 0)
        board.write_formula("A1", "=Leads!C6*2", None, 120)
        board.write_formula("A2", "=SUM(Leads!C4:C7,Leads!C12)", None, 0)
        book.define_name("third", "=Leads!$C$6")
        book.define_name("amounts", "=Leads!$C$4:$C$7")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook in which something stands beside and below the table."""
    return made_book(tmp_path / "book.xlsx")


def after(book: Path, *edits: Edit) -> Path:
    """Return the file that the edits make."""
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    return target


def sheet(path: Path, name: str = "Leads") -> Worksheet:
    """Return a sheet as openpyxl sees it."""
    found = openpyxl.load_workbook(path)[name]
    assert isinstance(found, Worksheet)
    return found


def refused(book: Path, *edits: Edit) -> tuple[str, object]:
    """Return key and place of the refusal."""
    with pytest.raises(CannotPatch) as refusal:
        patch(book, book.with_name("refused.xlsx"), edits)
    return refusal.value.key, refusal.value.values["place"]


def body(path: Path) -> list[list[object]]:
    """Return what stands in the table's columns, from its first data row to row 8."""
    return [[cell.value for cell in row] for row in sheet(path).iter_rows(4, 8, 2, 4)]


# what moves, what stays


def test_only_the_table_s_cells_move_up_where_something_stands_beside_or_below(book: Path) -> None:
    new = after(book, DeleteRows("tblA", [5]))
    assert body(new) == [
        ["N-4", 40, "=C4*2"],
        ["N-6", 60, "=C5*2"],
        ["N-7", 70, "=C6*2"],
        [None] * 3,
        [None] * 3,
    ]
    assert (sheet(new)["F6"].value, sheet(new)["C12"].value) == ("beside", 99)
    assert sheet(new).tables["tblA"].ref == "B3:D6"


def test_whole_sheet_rows_go_where_the_table_stands_alone(tmp_path: Path) -> None:
    alone = made_book(tmp_path / "alone.xlsx", beside=False)
    rewritten(alone, sheet1=lambda xml: xml.replace('<row r="7"', '<row r="7" ht="40" customHeight="1"'))
    new = after(alone, DeleteRows("tblA", [5]))
    assert [row[0] for row in body(new)] == ["N-4", "N-6", "N-7", None, None]
    assert re.findall(r'<row r="(\d+)"[^>]* ht="40"', xml_of(new, SHEET)) == ["6"]
    assert not re.search(r'<row r="7"', xml_of(new, SHEET))


def test_rows_keep_their_height_where_only_cells_move(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace('<row r="7"', '<row r="7" ht="40" customHeight="1"'))
    assert re.findall(
        r'<row r="(\d+)"[^>]* ht="40"', xml_of(after(book, DeleteRows("tblA", [5])), SHEET)
    ) == ["7"]


def test_rows_that_a_filter_hides_are_hidden_where_their_cells_stand(book: Path) -> None:
    filtered = '<filterColumn colId="0"><filters><filter val="N-4"/></filters></filterColumn></autoFilter>'
    rewritten(
        book,
        sheet1=lambda xml: xml.replace('<row r="6"', '<row r="6" hidden="1"'),
        table1=lambda xml: re.sub(r"(<autoFilter[^>]*)/>", rf"\1>{filtered}", xml),
    )
    hidden = re.findall(
        r'<row r="(\d+)"[^>]* hidden="1"', xml_of(after(book, DeleteRows("tblA", [5])), SHEET)
    )
    assert hidden == ["5"]


def test_several_rows_of_two_tables_of_a_sheet_go_at_once(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as two:
        ws = two.add_worksheet("Leads")
        for name, column in (("tblLeft", 0), ("tblRight", 4)):
            ws.add_table(0, column, 5, column, {"name": name, "columns": [{"header": "x"}]})
            ws.write_column(1, column, [1, 2, 3, 4, 5])
    new = after(path, DeleteRows("tblLeft", [2, 4]), DeleteRows("tblRight", [6]))
    columns = [[ws[f"{letter}{row}"].value for row in range(2, 7)] for ws in [sheet(new)] for letter in "AE"]
    assert columns == [[2, 4, 5, None, None], [1, 2, 3, 4, None]]
    assert {table.name: table.ref for table in sheet(new).tables.values()} == {
        "tblLeft": "A1:A4",
        "tblRight": "E1:E5",
    }


def test_a_totals_row_moves_up_with_its_table(tmp_path: Path) -> None:
    path = made_book(tmp_path / "totals.xlsx", totals=True)
    new = after(path, DeleteRows("tblA", [4]))
    assert sheet(new).tables["tblA"].ref == "B3:D7"
    assert sheet(new)["C7"].value == "=SUBTOTAL(109,[amount])"
    assert body(new)[-1] == [None] * 3


def test_a_totals_formula_of_the_table_says_what_its_cell_says(tmp_path: Path) -> None:
    path = made_book(tmp_path / "totals.xlsx", totals=True)
    own = "<totalsRowFormula>SUM(C4:C7)+C6</totalsRowFormula></tableColumn>"
    rewritten(path, table1=lambda xml: re.sub(r'(<tableColumn id="3"[^>]*)/>', rf"\1>{own}", xml))
    assert "SUM(C4:C6)+C5<" in xml_of(after(path, DeleteRows("tblA", [4])), TABLE)


# what follows


@pytest.mark.parametrize("beside", [True, False])
def test_formulas_and_names_anywhere_follow_their_cells(tmp_path: Path, *, beside: bool) -> None:
    new = after(made_book(tmp_path / "book.xlsx", beside=beside), DeleteRows("tblA", [5]))
    below, note = ("C12", "F6") if beside else ("C11", "F5")
    assert sheet(new)["H1"].value == f"=SUM(C4:C6)+C5+{note}"
    assert sheet(new, "Board")["A1"].value == "=Leads!C5*2"
    assert sheet(new, "Board")["A2"].value == f"=SUM(Leads!C4:C6,Leads!{below})"
    names = openpyxl.load_workbook(new).defined_names
    assert (names["third"].attr_text, names["amounts"].attr_text) == ("Leads!$C$5", "Leads!$C$4:$C$6")


def test_a_formula_says_so_when_the_row_it_names_went(book: Path) -> None:
    new = after(book, DeleteRows("tblA", [6]))
    assert sheet(new, "Board")["A1"].value == "=#REF!*2"
    assert openpyxl.load_workbook(new).defined_names["third"].attr_text == "#REF!"


def test_sheets_that_do_not_speak_of_the_table_stay_as_they_are(book: Path) -> None:
    rewritten(book, sheet2=lambda xml: xml.replace("Leads!", "Deals!"))
    assert packed_parts(after(book, DeleteRows("tblA", [5])))[BOARD] == packed_parts(book)[BOARD]


def shared_formula(xml: str) -> str:
    """Return a sheet whose doubled amounts share one formula, as Excel saves it."""
    first, later = '<f t="shared" ref="D4:D7" si="0">C4*2</f>', '<f t="shared" si="0"/>'
    return re.sub(r"<f>C[567]\*2</f>", later, xml.replace("<f>C4*2</f>", first))


@pytest.mark.parametrize("gone", [4, 5, 7])
def test_a_formula_that_rows_share_is_written_out_one_by_one(book: Path, gone: int) -> None:
    rewritten(book, sheet1=shared_formula)
    new = after(book, DeleteRows("tblA", [gone]))
    assert [row[2] for row in body(new)[:3]] == ["=C4*2", "=C5*2", "=C6*2"]
    assert "shared" not in xml_of(new, SHEET)


def test_a_formula_shared_elsewhere_that_names_no_moving_row_stays(book: Path) -> None:
    shared = '<row r="20"><c r="A20"><f t="shared" ref="A20:A21" si="0">B20</f></c></row>'
    shared += '<row r="21"><c r="A21"><f t="shared" si="0"/></c></row></sheetData>'
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", shared))
    assert shared in xml_of(after(book, DeleteRows("tblA", [5])), SHEET)


def test_a_formula_shared_on_another_sheet_that_names_moving_rows_is_written_out(book: Path) -> None:
    shared = '<row r="20"><c r="A20"><f t="shared" ref="A20:A21" si="0">Leads!C5</f></c></row>'
    shared += '<row r="21"><c r="A21"><f t="shared" si="0"/></c></row></sheetData>'
    rewritten(book, sheet2=lambda xml: xml.replace("</sheetData>", shared))
    board = sheet(after(book, DeleteRows("tblA", [5])), "Board")
    assert (board["A20"].value, board["A21"].value) == ("=#REF!", "=Leads!C5")


def test_the_formula_of_a_column_names_fixed_cells_where_they_stand_now(book: Path) -> None:
    filled = "<calculatedColumnFormula>C4*$C$7*2</calculatedColumnFormula></tableColumn>"
    rewritten(book, table1=lambda xml: re.sub(r'(<tableColumn id="3"[^>]*)/>', rf"\1>{filled}", xml))
    xml = xml_of(after(book, DeleteRows("tblA", [5])), TABLE)
    assert "<calculatedColumnFormula>C4*$C$6*2</calculatedColumnFormula>" in xml


def test_an_array_of_one_cell_moves_with_its_row(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace("<f>C6*2</f>", '<f t="array" ref="D6">SUM(C6:C7*2)</f>'))
    assert '<c r="D5"><f t="array" ref="D5">SUM(C5:C6*2)</f>' in xml_of(
        after(book, DeleteRows("tblA", [5])), SHEET
    )


def test_notes_move_with_their_cells_and_go_with_them(tmp_path: Path) -> None:
    path = tmp_path / "notes.xlsx"
    with xlsxwriter.Workbook(path) as made:
        ws = made.add_worksheet("Leads")
        ws.add_table("B3:C7", {"name": "tblA", "columns": [{"header": "no"}, {"header": "amount"}]})
        for cell in ("B3", "B5", "B6", "E6"):
            ws.write_comment(cell, f"note of {cell}")
    new = after(path, DeleteRows("tblA", [5]))
    found = {c.coordinate: c.comment.text for row in sheet(new).iter_rows() for c in row if c.comment}
    assert found == {"B3": "note of B3", "B5": "note of B6", "E6": "note of E6"}
    boxes = xml_of(new, "xl/drawings/vmlDrawing1.vml")
    places = zip(re.findall(r"<x:Row>(\d+)<", boxes), re.findall(r"<x:Column>(\d+)<", boxes), strict=True)
    assert sorted(places) == [("2", "1"), ("4", "1"), ("5", "4")]


def test_threads_of_comments_move_with_their_cells_and_go_with_them(book: Path) -> None:
    main = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    threads = "".join(
        f'<threadedComment ref="{cell}" id="{{{i}}}" personId="{{P}}"><text>{cell}</text></threadedComment>'
        for i, cell in enumerate(("B5", "B6", "F6"))
    )
    relation = '<Relationship Id="rIdT" Type="http://x/threadedComment" Target="../threadedComments/t1.xml"/>'
    rewritten(book, sheet1xmlrels=lambda xml: xml.replace("</Relationships>", f"{relation}</Relationships>"))
    part = "xl/threadedComments/t1.xml"
    with_part(book, part, f'<ThreadedComments xmlns="{main}">{threads}</ThreadedComments>')
    left = re.findall(r'ref="(\w+)"[^>]*><text>(\w+)', xml_of(after(book, DeleteRows("tblA", [5])), part))
    assert left == [("B5", "B6"), ("F6", "F6")]


def merged(*areas: str) -> Change:
    """Return what merges cells of a sheet."""
    cells = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    xml = f'</sheetData><mergeCells count="{len(areas)}">{cells}</mergeCells>'
    return lambda sheet: sheet.replace("</sheetData>", xml)


def test_merged_cells_move_with_their_row_and_go_with_it(book: Path) -> None:
    rewritten(book, sheet1=merged("B5:C5", "C7:D7", "F6:G7"))
    assert sorted(map(str, sheet(after(book, DeleteRows("tblA", [5]))).merged_cells.ranges)) == [
        "C6:D6",
        "F6:G7",
    ]
    rewritten(book, sheet1=lambda xml: re.sub(r"<mergeCells.*</mergeCells>", "", xml))
    rewritten(book, sheet1=merged("B5:C5"))
    assert "mergeCells" not in xml_of(after(book, DeleteRows("tblA", [5])), SHEET)


def test_page_breaks_stay_between_the_same_rows_where_sheet_rows_go(tmp_path: Path) -> None:
    path = made_book(tmp_path / "breaks.xlsx", beside=False)
    breaks = (
        '<rowBreaks count="2" manualBreakCount="2"><brk id="4" man="1"/><brk id="6" man="1"/></rowBreaks>'
    )
    rewritten(path, sheet1=lambda xml: xml.replace("<tableParts", f"{breaks}<tableParts"))
    assert re.findall(r'<brk id="(\d+)"', xml_of(after(path, DeleteRows("tblA", [5])), SHEET)) == ["4", "5"]


# with other edits


def test_edits_name_cells_as_they_stood(book: Path) -> None:
    edits: list[Edit] = [
        DeleteRows("tblA", [5]),
        CellEdit("Leads", "C6", 66),
        CellEdit("Leads", "F6", "still beside"),
    ]
    new = after(book, *edits, AppendRows("tblA", [{"no": "N-8"}]))
    assert [row[:2] for row in body(new)][:4] == [["N-4", 40], ["N-6", 66], ["N-7", 70], ["N-8", None]]
    assert sheet(new)["F6"].value == "still beside"


def test_notes_for_marks_go_along_and_those_of_rows_that_went_are_dropped(book: Path) -> None:
    marks = MarkCells("tblA", "no", [("amount", "amount")], "marks", {"C5": "gone", "C6": "kept"})
    left = rows_gone(Package.open(book), [marks, DeleteRows("tblA", [5])]).edits
    assert [edit.notes for edit in left if isinstance(edit, MarkCells)] == [{"C5": "kept"}]


def test_nothing_to_delete_leaves_the_file_as_it_is(book: Path) -> None:
    assert after(book, DeleteRows("tblA", [])).read_bytes() == book.read_bytes()


def test_a_body_that_is_put_anew_loses_no_rows_before(book: Path) -> None:
    new = after(book, DeleteRows("tblA", [5]), PutRows("tblA", [{"no": "P-1", "amount": 1}] * 4))
    assert [row[:2] for row in body(new)][:4] == [["P-1", 1]] * 4


def test_the_report_counts_rows_that_went(book: Path) -> None:
    report = patch(book, book.with_name("n.xlsx"), [DeleteRows("tblA", [5, 6])])
    assert (report.rows_deleted, report.rows_added, report.cells) == (2, 0, 0)
    assert {SHEET, TABLE, BOARD} <= set(report.parts)


def test_where_rows_went_is_told(book: Path) -> None:
    gone = rows_gone(Package.open(book), [DeleteRows("tblA", [5, 6])])
    assert {name: [area.text for area in areas] for name, areas in gone.seams.items()} == {"Leads": ["B4:D5"]}
    assert {name: [area.text for area in areas] for name, areas in gone.shifted.items()} == {
        "Leads": ["B5:D7"]
    }


# refusals


@pytest.mark.parametrize(
    ("change", "edit", "refusal"),
    [
        (merged("C5:C6"), DeleteRows("tblA", [5]), ("patch_rows_tied", "Leads!C5")),
        (merged("D6:F6"), DeleteRows("tblA", [5]), ("patch_rows_tied", "Leads!D6")),
        (
            lambda xml: xml.replace("<f>C5*2</f>", '<f t="array" ref="D5:D6">C5:C6*2</f>'),
            DeleteRows("tblA", [6]),
            ("patch_array", "Leads!D5"),
        ),
        (
            lambda xml: xml.replace("<f>SUM(C4:C7)+C6+F6</f>", '<f t="dataTable" ref="H1" r1="C6"/>'),
            DeleteRows("tblA", [5]),
            ("patch_array", "Leads!H1"),
        ),
        (
            lambda xml: xml.replace("SUM(C4:C7)", "SUM(Leads:Board!C7)"),
            DeleteRows("tblA", [5]),
            ("patch_rows_pointed_at", "Leads"),
        ),
        (
            lambda xml: xml.replace('<row r="6"', "<row"),
            DeleteRows("tblA", [5]),
            ("patch_odd_sheet", "Leads"),
        ),
        (lambda xml: xml, DeleteRows("tblA", [8]), ("patch_no_such_row", "Leads!A8")),
        (lambda xml: xml, DeleteRows("tblZ", [5]), ("patch_no_such_table", "book.xlsx")),
    ],
)
def test_what_would_be_torn_is_refused(
    book: Path, change: Change, edit: Edit, refusal: tuple[str, str]
) -> None:
    rewritten(book, sheet1=change)
    assert refused(book, edit) == refusal


def test_a_cell_of_a_row_that_goes_is_not_written(book: Path) -> None:
    edits: list[Edit] = [DeleteRows("tblA", [5]), CellEdit("Leads", "C5", 1)]
    assert refused(book, *edits) == ("patch_no_such_row", "Leads!C5")

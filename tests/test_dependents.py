"""Formulas whose inputs a patch changed have no value until Excel computes them; all others keep theirs."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from desk import checked, made
from made_books.arrays import cell_image_book, dynamic_array_book
from ooxml import new_faults
from openpyxl.worksheet.worksheet import Worksheet
from sample_books import leads_book, packed_parts, rewritten, with_part, xml_of

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
    read_book,
)

SHEET = "xl/worksheets/sheet1.xml"
KEPT = 4711


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblLeads has the data rows 4 to 7, 金额 in C, its double in E."""
    return leads_book(tmp_path / "book.xlsx")


def with_formulas(book: Path, **formulas: str) -> Path:
    """Return the workbook with formulas in 看板 (``A5``) or 线索 (``leads_H5``), all yielding 4711."""
    edits = [
        CellEdit("线索" if "_" in cell else "看板", cell.removeprefix("leads_"), Formula(text, KEPT))
        for cell, text in formulas.items()
    ]
    target = book.with_name("formulas.xlsx")
    patch(book, target, edits)
    return target


def after(book: Path, *edits: Edit) -> tuple[Path, PatchReport]:
    """Return the patched file and what the patch says of itself."""
    target = book.with_name("after.xlsx")
    report = patch(book, target, edits)
    assert not new_faults(book, target)
    return target, report


def shown(path: Path, sheet: str, address: str) -> object:
    """Return what a cell shows without being computed."""
    held = openpyxl.load_workbook(path, data_only=True)[sheet]
    assert isinstance(held, Worksheet)
    return held[address].value


def stale(book: Path, formula: str, *edits: Edit, at: str = "A5") -> bool:
    """Return whether a formula on 看板 lost its value; what the patch reports must be the same."""
    new, report = after(with_formulas(book, **{at: formula}), *edits)
    gone = shown(new, "看板", at) is None
    assert gone == (("看板", at) in report.uncalculated)
    return gone


C5 = CellEdit("线索", "C5", 99)


@pytest.mark.parametrize(
    "formula",
    [
        "线索!C5*2",
        "'线索'!$C$5",
        "SUM(线索!C4:C7)",
        "SUM(线索!C:C)",
        "SUM(线索!5:5)",
        "SUM(线索!$A$1:F9)",
        "SUM(线索:看板!C5)",
        "SUM(tblLeads[金额])",
        "ROWS(tblLeads)",
        "SUM(tblLeads[[金额]:[日期]])",
        "tblleads[[#All],[金额]]",
        "INDEX(线索!B4:B7,1):INDEX(线索!D4:D7,1)",
        "线索!B4:INDEX(线索!D4:D7,1)",
        'INDIRECT("线索!C"&5)',
        "SUM(OFFSET(线索!A1,4,2))",
        'HYPERLINK("#线索!A1",线索!C5)',
        "线索!E5",
        "SUM(tblLeads[翻倍])",
        "IF(TRUE,_xlfn.SINGLE(线索!C5),0)",
    ],
)
def test_a_formula_that_reads_a_changed_cell_has_no_value(book: Path, formula: str) -> None:
    assert stale(book, formula, C5)


@pytest.mark.parametrize(
    "formula",
    [
        "线索!C4*2",
        "SUM(线索!C6:C7)",
        "SUM(线索!F:F)",
        "C5*2",
        '"线索!C5"&"x"',
        "SUM(tblLeads[日期])",
        "tblLeads[[#Headers],[金额]]",
        "TODAY()-NOW()+RAND()",
        'HYPERLINK("#线索!A"&线索!C5,"→")',
        'HYPERLINK("#线索!A"&SUM({1,2},线索!C5),IF(TRUE,"→"))',
        "SUM([1]线索!C5)",
        "LOG10(5)+C5C",
    ],
)
def test_a_formula_that_reads_no_changed_cell_keeps_its_value(book: Path, formula: str) -> None:
    assert not stale(book, formula, C5)


def test_a_cell_that_gets_what_it_holds_makes_nothing_stale(book: Path) -> None:
    assert not stale(book, "线索!C5*2", CellEdit("线索", "C5", 20), CellEdit("线索", "B6", "改名"))


def test_what_names_stand_for_is_read(book: Path) -> None:
    """
    | companies     | '线索'!$B$4:$B$7 |
    | first_company | '线索'!$B$4      |
    """
    names = CellEdit("线索", "B6", "改名")
    assert stale(book, "COUNTA(companies)", names)
    assert not stale(book, "first_company", names)
    assert stale(book, "COUNTA(companies)", AppendRows("tblLeads", [{"备注": "新"}]))


def test_a_chain_of_formulas_goes_as_far_as_it_reaches(book: Path) -> None:
    chain = {"A5": "线索!C5", "A6": "A5+1", "A7": "SUM(A6:A6)", "A8": "A9", "A9": "线索!C4"}
    new, report = after(with_formulas(book, **chain), C5)
    assert [shown(new, "看板", cell) for cell in chain] == [None, None, None, KEPT, KEPT]
    assert set(report.uncalculated) == {("线索", "E5"), *(("看板", c) for c in ("A1", "A5", "A6", "A7"))}


def test_a_value_that_the_edits_carry_stays_and_passes_nothing_on(book: Path) -> None:
    new, _ = after(
        with_formulas(book, A5="线索!E5", A6="A5"),
        C5,
        CellEdit("线索", "E5", CachedValue(40)),
        CellEdit("看板", "A1", CachedValue(179)),
    )
    assert [shown(new, "看板", cell) for cell in ("A1", "A5", "A6")] == [179, KEPT, KEPT]
    assert shown(new, "线索", "E5") == 40


def test_a_cached_value_that_stands_already_is_not_written(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace("<v>40</v>", "<v>40.0</v>", 1))
    new, report = after(book, CellEdit("线索", "E5", CachedValue(40)))
    assert new.read_bytes() == book.read_bytes()
    assert report == PatchReport()


def test_only_the_rows_of_a_column_that_changed_lose_their_values(book: Path) -> None:
    new, report = after(book, C5, CellEdit("线索", "B6", "改名"))
    assert [shown(new, "线索", f"E{row}") for row in range(4, 8)] == [20, None, 60, 80]
    assert report.uncalculated == (("线索", "E5"), ("看板", "A1"))


def test_formulas_that_name_their_row_by_address_are_told_apart(book: Path) -> None:
    filled = {f"leads_H{row}": f"C{row}*2+线索!C{row}" for row in range(4, 8)}
    running = {f"leads_I{row}": f"SUM($C$4:C{row})" for row in range(4, 8)}
    balance = {f"leads_J{row}": f"N(J{row - 1})+C{row}" for row in range(4, 8)}
    new, _ = after(with_formulas(book, **filled, **running, **balance), C5)
    kept = [[shown(new, "线索", f"{c}{r}") == KEPT for r in range(4, 8)] for c in "HIJ"]
    assert kept == [[True, False, True, True], [True, False, False, False], [True, False, False, False]]


def test_cells_that_share_a_formula_are_told_apart(book: Path) -> None:
    """H4:I7 share C4*2: H reads the column C, I reads the column D."""
    cells = {row: f'<c r="H{row}"><f t="shared" si="3"/><v>1</v></c>' for row in range(4, 8)}
    cells[4] = '<c r="H4"><f t="shared" ref="H4:I7" si="3">C4*2</f><v>1</v></c>'

    def shared(xml: str) -> str:
        for row, cell in cells.items():
            beside = f'<c r="I{row}"><f t="shared" si="3"/><v>1</v></c>'
            at = xml.index("</row>", xml.index(f'<row r="{row}"'))
            xml = xml[:at] + cell + beside + xml[at:]
        return xml

    new, report = after(rewritten(book, sheet1=shared), C5, CellEdit("线索", "D6", 1))
    assert {cell for sheet, cell in report.uncalculated if sheet == "线索"} == {"E5", "H5", "I6"}
    assert '<c r="H5"><f t="shared" si="3"/></c>' in xml_of(new, SHEET)


def test_new_rows_are_read_by_whoever_reads_the_table(book: Path) -> None:
    new = AppendRows("tblLeads", [{"金额": 5}])
    assert stale(book, "SUM(tblLeads[金额])", new)
    assert stale(book, "SUM(线索!C4:C7)", new)
    assert not stale(book, "SUM(线索!C4:C6)", new)


def test_rows_that_go_are_missed_by_whoever_read_over_them(book: Path) -> None:
    gone = DeleteRows("tblLeads", [5])
    assert stale(book, "SUM(线索!C4:C7)", gone)
    assert stale(book, "SUM(tblLeads[金额])", gone)
    assert stale(book, "线索!C5", gone)
    assert stale(book, "ROW(线索!C6)", gone)
    assert not stale(book, "线索!C6*2", gone)
    assert not stale(book, "线索!C4*2", gone)


def test_a_body_that_is_put_again_makes_nothing_stale(book: Path) -> None:
    rows = [{"编号": f"P-{i}", "公司": "甲", "金额": i, "日期": None, "翻倍": 2 * i} for i in range(4)]
    first, _ = after(with_formulas(book, A5="SUM(tblLeads[金额])"), PutRows("tblLeads", rows))
    known = with_formulas(Path(shutil.move(first, book)), A5="SUM(tblLeads[金额])")
    assert after(known, PutRows("tblLeads", rows))[1] == PatchReport()


def test_a_column_as_long_as_a_sheet_is_no_deeper_than_one_step(book: Path) -> None:
    """Five hundred balances, each the one above and what came in: not as many steps."""
    count = 500
    with_chain = {f"C{row}": f"C{row - 1}+线索!C5" for row in range(10, count)}
    new, report = after(with_formulas(book, C9="线索!C5", **with_chain), C5)
    assert len(report.uncalculated) == count - 9 + 2
    assert shown(new, "看板", f"C{count - 1}") is None


# arrays, images in cells


def test_what_an_array_spills_over_is_not_written(tmp_path: Path) -> None:
    book = dynamic_array_book(tmp_path / "arrays.xlsx")
    for address in ("C1", "C2", "C3"):
        with pytest.raises(CannotPatch) as refusal:
            patch(book, tmp_path / "new.xlsx", [CellEdit("报表", address, Formula("1+1", 2))])
        assert refusal.value.key == "patch_array"


def test_an_array_whose_inputs_changed_keeps_its_mark_and_passes_it_on(tmp_path: Path) -> None:
    book = dynamic_array_book(tmp_path / "arrays.xlsx")
    new, report = after(book, CellEdit("数据", "C2", "西北"))
    assert {("报表", "C1"), ("报表", "E1")} <= set(report.uncalculated)
    anchor = xml_of(new, "xl/worksheets/sheet2.xml").partition('<c r="C1"')[2]
    assert 'cm="1"' in anchor[:30]
    assert "<v>" not in anchor.partition("</c>")[0]


def sheets_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]


def test_an_array_of_one_cell_gives_way_to_another_formula_and_its_mark_goes(book: Path) -> None:
    array = (
        '<row r="9"><c r="H9" cm="1"><f t="array" ref="H9">SUM(C4:C7*2)</f><v>200</v></c></row></sheetData>'
    )
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", array))
    assert shown(after(book, C5)[0], "线索", "H9") is None
    new, _ = after(book, CellEdit("线索", "H9", Formula("1+1", 2)))
    assert '<c r="H9"><f>1+1</f><v>2</v></c>' in xml_of(new, SHEET)


def test_a_picture_in_a_cell_goes_with_the_value_that_carried_it(tmp_path: Path) -> None:
    book = cell_image_book(tmp_path / "image.xlsx")
    new, _ = after(book, CellEdit("报表", "C3", "文字"))
    assert shown(new, "报表", "C3") == "文字"
    assert not any('r="C3" vm=' in xml_of(new, part) for part in sheets_of(new))


# the chain of formulas


def test_the_chain_goes_from_every_list_even_oddly_written(book: Path) -> None:
    relation = (
        '<Relationship Id="rIdC" Type="http://x/calcChain" Target="/xl/calcChain.xml"/></Relationships>'
    )
    override = '<Override PartName="/XL/calcChain.xml" ContentType="application/x-calcChain+xml"/></Types>'
    rewritten(
        book,
        workbookxmlrels=lambda xml: xml.replace("</Relationships>", relation),
        Content_Types=lambda xml: xml.replace("</Types>", override),
    )
    with_part(book, "xl/calcChain.xml", '<calcChain><c r="E4" i="1"/></calcChain>')
    kept = book.with_name("kept.xlsx")
    patch(book, kept, [C5])
    assert "xl/calcChain.xml" in packed_parts(kept)
    gone = book.with_name("gone.xlsx")
    patch(book, gone, [CellEdit("线索", "H4", Formula("1+1", 2))])
    assert "xl/calcChain.xml" not in packed_parts(gone)
    assert "alcChain" not in xml_of(gone, "xl/_rels/workbook.xml.rels") + xml_of(gone, "[Content_Types].xml")


# a day's work


def test_a_formula_in_a_typed_cell_is_read_until_its_input_changes(tmp_path: Path) -> None:
    """
    | name | amount          |
    | 柜一 | =cost*1.3 = 130 |
    """
    book = made(tmp_path / "book.xlsx")
    held = read_book(book)
    uid = held.rows("opportunities")["_uid"][0]
    amount, cost = (held.cell("opportunities", uid, code) for code in ("amount", "est_cost"))
    assert amount
    assert cost
    typed = tmp_path / "typed.xlsx"
    patch(book, typed, [CellEdit(*cost, 100), CellEdit(*amount, Formula(f"{cost[1]}*1.3", 130))])
    shutil.move(typed, book)
    checked(book)
    known = book.read_bytes()
    checked(book)
    assert book.read_bytes() == known
    again = read_book(book)
    assert again.rows("opportunities")["amount"][0] == 130
    assert not again.unread
    patch(book, typed, [CellEdit(*cost, 200)])
    found = read_book(typed)
    assert ("opportunities", uid, "amount") in found.unread
    assert ("V-02", uid, "amount") in {(f.code, f.row_id, f.column) for f in found.findings}


# other programs


@pytest.mark.needs_program("soffice")
def test_libreoffice_shows_what_it_would_compute_itself(book: Path, tmp_path: Path) -> None:
    """It trusts the values of a file that comes from Excel; so those must be right, or not be there."""
    filled = {"A5": "SUM(线索!C4:C7)", "A6": "A5*2", "A7": "线索!C5", "A8": "COUNTA(companies)"}
    new, _ = after(with_formulas(book, **filled), C5, AppendRows("tblLeads", [{"公司": "新", "金额": 1}]))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(new)], check=True, capture_output=True, timeout=120)  # noqa: S603  a fixed command on a file of our own
    result = tmp_path / "out" / new.name
    assert [shown(result, "看板", cell) for cell in ("A1", *filled)] == [180, 180, 360, 99, 5]
    assert [shown(result, "线索", f"E{row}") for row in range(4, 9)] == [20, 198, 60, 80, 2]

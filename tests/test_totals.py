"""The totals row goes down and up with its table, and is never written over."""

import re
from pathlib import Path

import openpyxl
import pytest
from growing_books import NEW, SHEET, deals_book
from ooxml import new_faults
from sample_books import rewritten, xml_of

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook import AppendRows, DeleteRows, Edit, PutRows, patch
from ltc_xl.workbook.edits import Row
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.totals import Totals

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")  # of openpyxl
DEALS = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblDeals has the data rows 4 to 6 and its totals in row 7."""
    return deals_book(tmp_path / "book.xlsx", totals=True)


def patched(book: Path, *edits: Edit) -> Path:
    """Return the file that the edits make, found whole by the judge of packages."""
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    assert not new_faults(book, target)
    return target


def refused(book: Path, *edits: Edit) -> tuple[str, object]:
    """Return the refusal of the edits and its place."""
    with pytest.raises(CannotPatch) as refusal:
        patch(book, book.with_name("refused.xlsx"), edits)
    return refusal.value.key, refusal.value.values["place"]


def column(path: Path, letter: str = "C") -> list[object]:
    """Return a column of the sheet from the first data row on, formulas as such."""
    sheet = openpyxl.load_workbook(path)[SHEET]
    return [sheet[f"{letter}{row}"].value for row in range(4, sheet.max_row + 1)]


def test_the_totals_stand_below_the_new_rows(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW, NEW]))
    assert column(new) == [10, 20, 30, 40, 40, "=SUBTOTAL(109,[金额])"]
    assert column(new, "A")[-2:] == ["华南", "合计"]
    sheet = openpyxl.load_workbook(new)[SHEET]
    assert (sheet.tables["tblDeals"].ref, sheet.tables["tblDeals"].autoFilter.ref) == ("A3:F9", "A3:F8")
    assert sheet.print_area == f"'{SHEET}'!$A$1:$F$9"


def test_totals_that_moved_show_no_old_sum(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert openpyxl.load_workbook(new, data_only=True)[SHEET]["C8"].value is None
    assert openpyxl.load_workbook(book, data_only=True)[SHEET]["C7"].value == 60


def test_a_formula_of_the_totals_is_written_without_a_value(book: Path) -> None:
    package = Package.open(book)
    moved = Totals(SheetScan(package.read(DEALS), SHEET), package.tables[0], 2).moved()
    assert '<c r="C9"><f>SUBTOTAL(109,[金额])</f></c>'.encode() in moved


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_the_totals_stand_below_a_put_body(book: Path, count: int) -> None:
    rows: list[Row] = [{"金额": k} for k in range(count)]
    new = patched(book, PutRows("tblDeals", rows))
    shown: list[object] = list(range(count)) or [None]
    assert column(new) == [*shown, "=SUBTOTAL(109,[金额])"]
    assert openpyxl.load_workbook(new)[SHEET].tables["tblDeals"].ref == f"A3:F{4 + max(count, 1)}"


def test_the_totals_go_up_with_deleted_rows(book: Path) -> None:
    new = patched(book, DeleteRows("tblDeals", [5]), AppendRows("tblDeals", []))
    assert column(new) == [10, 30, "=SUBTOTAL(109,[金额])"]


def test_a_sum_by_address_goes_on_summing_the_whole_column(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace("SUBTOTAL(109,[金额])", "SUM(C4:C6)+C4+C$7"))
    assert column(patched(book, AppendRows("tblDeals", [NEW])))[-1] == "=SUM(C4:C7)+C4+C$8"


def test_names_charts_and_rules_end_above_the_totals(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert openpyxl.load_workbook(new).defined_names["companies"].attr_text == f"'{SHEET}'!$B$4:$B$7"
    assert "$C$4:$C$7<" in xml_of(new, "xl/charts/chart1.xml")
    assert '<conditionalFormatting sqref="C4:C7">' in xml_of(new, DEALS)


def test_the_row_of_the_totals_keeps_its_height_and_what_stands_beside_it_its_place(book: Path) -> None:
    def dressed(xml: str) -> str:
        xml = re.sub(r'<row r="7"[^>]*>', '<row r="7" spans="1:8" ht="30" customHeight="1">', xml)
        return xml.replace("</row></sheetData>", '<c r="H7"><v>5</v></c></row></sheetData>')

    new = patched(rewritten(book, sheet1=dressed), AppendRows("tblDeals", [NEW]))
    sheet = openpyxl.load_workbook(new)[SHEET]
    assert sheet.row_dimensions[8].height == 30
    assert (sheet["H7"].value, sheet["H8"].value) == (5, None)


def test_the_totals_join_a_row_that_stands_there_already(book: Path) -> None:
    beside = '<row r="8" spans="8:8"><c r="H8"><v>5</v></c></row><row r="9"/></sheetData>'
    rewritten(book, sheet1=lambda xml: xml.replace("</sheetData>", beside))
    new = patched(book, AppendRows("tblDeals", [NEW]))
    sheet = openpyxl.load_workbook(new)[SHEET]
    assert (sheet["A8"].value, sheet["C8"].value, sheet["H8"].value) == ("合计", "=SUBTOTAL(109,[金额])", 5)
    assert '<row r="8" spans="1:8">' in xml_of(new, DEALS)
    twice = patched(book, AppendRows("tblDeals", [NEW, NEW]))
    assert openpyxl.load_workbook(twice)[SHEET]["A9"].value == "合计"


@pytest.mark.parametrize(
    ("cut", "key", "place"),
    [
        (("</sheetData>", '<row r="8"><c r="B8"><v>1</v></c></row></sheetData>'), "patch_below_table", "B8"),
        (
            ("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A7:B7"/></mergeCells>'),
            "patch_totals_tied",
            "A7",
        ),
        (
            ("<f>SUBTOTAL(109,[金额])</f>", '<f t="shared" ref="C7:D7" si="0">SUM(C4:C6)</f>'),
            "patch_totals_tied",
            "C7",
        ),
    ],
)
def test_totals_that_cannot_move_are_refused(book: Path, cut: tuple[str, str], key: str, place: str) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace(*cut))
    assert refused(book, AppendRows("tblDeals", [NEW])) == (key, f"{SHEET}!{place}")


def test_rows_below_the_totals_are_not_taken_in(book: Path) -> None:
    assert refused(book, AppendRows("tblDeals", [], last_row=8))[0] == "patch_totals_row"


def test_a_blank_row_is_filled_before_the_totals_move(book: Path) -> None:
    def without_last(xml: str) -> str:
        row = re.search(r'<row r="6".*?</row>', xml)
        assert row
        return xml.replace(
            row[0], re.sub(r"(<c r=\"[A-D]6\"[^>]*?)(?: t=\"s\")?><v>[^<]*</v></c>", r"\1/>", row[0])
        )

    rewritten(book, sheet1=without_last)
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert column(new) == [10, 20, 40, "=SUBTOTAL(109,[金额])"]

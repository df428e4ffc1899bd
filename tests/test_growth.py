"""What speaks of a table goes along with it: names, rules of every sheet, sparklines, pivot tables."""

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from growing_books import BOARD, NEW, SHEET, deals_book, with_pivot_cache
from made_books.controls import control_book
from ooxml import new_faults
from sample_books import packed_parts, rewritten, xml_of

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, PutRows, patch
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.extensions import moved_extensions, start_of_extensions
from ltc_xl.workbook.movement import Movement
from ltc_xl.workbook.names import moved_text
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.pivots import refreshed_pivot
from ltc_xl.workbook.pointers import pointers, repointed
from ltc_xl.workbook.reshape import Reshape
from ltc_xl.workbook.rules import moved_rules
from ltc_xl.workbook.shapes import moved_shapes, shapes_following

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported:UserWarning")  # of openpyxl
DEALS, OTHER, BOOK = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"
PIVOT = "xl/pivotCache/pivotCacheDefinition1.xml"


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


def formulas(path: Path, part: str) -> list[str]:
    """Return the formulas of formats, validations and sparklines of a sheet."""
    return re.findall(r"<(?:formula\d?|xm:f)>([^<]*)<", xml_of(path, part))


def sparklines(path: Path, part: str = DEALS) -> dict[str, str]:
    """Return place -> range of the sparklines of a sheet."""
    found = re.findall(r"<xm:f>([^<]*)</xm:f><xm:sqref>([^<]*)<", xml_of(path, part))
    return {place: text.rpartition("!")[2] for text, place in found}


GREW = Reshape(Area(3, 1, 6, 6), last=8)
MOVED = {SHEET: Movement(GREW.moved, GREW.pointed, grown=[GREW], tables={"tblDeals"})}


# names


def test_names_and_the_print_area_end_with_the_table(book: Path) -> None:
    new = openpyxl.load_workbook(patched(book, AppendRows("tblDeals", [NEW, NEW])))
    assert new.defined_names["companies"].attr_text == f"'{SHEET}'!$B$4:$B$8"
    assert new.defined_names["first_company"].attr_text == f"'{SHEET}'!$B$4"
    assert new[SHEET].print_area == f"'{SHEET}'!$A$1:$F$8"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("OFFSET('线索 2026'!$B$4,0,0,COUNTA('线索 2026'!$B$4:$B$6),1)", None),
        ("'线索 2026'!$B$6", "'线索 2026'!$B$6"),
        ("'线索 2026'!$B:$B", "'线索 2026'!$B:$B"),
        ("'线索 2026'!$A$1:$F$6,'线索 2026'!$3:$3", "'线索 2026'!$A$1:$F$8,'线索 2026'!$3:$3"),
        ("\"'线索 2026'!$B$4:$B$6\"", "\"'线索 2026'!$B$4:$B$6\""),
        ("[1]线索!$B$4:$B$6", "[1]线索!$B$4:$B$6"),
        ("'线索 2026:看板'!$B$4:$B$6", "'线索 2026:看板'!$B$4:$B$6"),
    ],
)
def test_of_a_name_s_formula_only_whole_bodies_grow(text: str, after: str | None) -> None:
    assert moved_text(text, "", MOVED) == (after or text.replace("$B$6", "$B$8"))


# rules


def test_rules_of_other_sheets_that_name_the_column_grow(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert formulas(new, OTHER) == [
        f"COUNTIF('{SHEET}'!$B$4:$B$7,A2)&gt;0",
        f"'{SHEET}'!$B$4:$B$7",
        f"'{SHEET}'!C4:C7",
    ]


def test_rules_of_the_table_s_own_column_grow_with_their_formulas(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert formulas(new, DEALS)[:2] == ["COUNTIF($B$4:$B$7,$B4)&gt;1", "COUNTIF($B$4:$B$7,$B4)=1"]
    assert xml_of(new, DEALS).count('sqref="B4:B7"') == 2


def test_rules_shrink_with_deleted_rows_and_still_look_at_their_own(book: Path) -> None:
    new = patched(book, DeleteRows("tblDeals", [4]))
    assert formulas(new, DEALS)[:2] == ["COUNTIF($B$4:$B$5,$B4)&gt;1", "COUNTIF($B$4:$B$5,$B4)=1"]
    assert formulas(new, OTHER)[1] == f"'{SHEET}'!$B$4:$B$5"


def test_a_newer_rule_grows_with_its_range_and_formula() -> None:
    rule = b"<dataValidation><formula1><xm:f>$B$4:$B$6</xm:f></formula1><xm:sqref>C4:C6 H1</xm:sqref>"
    grown = moved_rules(rule + b"</dataValidation>", SHEET, MOVED)
    assert grown.startswith(rule.replace(b"$B$6", b"$B$8").replace(b"C4:C6", b"C4:C8"))


def test_a_rule_that_cannot_follow_deleted_rows_is_refused() -> None:
    gone = Reshape(Area(3, 1, 6, 6), last=5, deleted=(5,))
    formula = "<cfRule><formula>B1&gt;1</formula></cfRule>"
    rule = f'<conditionalFormatting sqref="H1:H9">{formula}</conditionalFormatting>'
    moves = {SHEET: Movement(gone.moved, gone.moved, rows_went=True)}
    assert moved_rules(rule.encode(), BOARD, moves) == rule.encode()
    torn = rule.replace("B1&gt;1", f"'{SHEET}'!B6:B6&gt;1")
    with pytest.raises(CannotPatch):
        moved_rules(torn.encode(), BOARD, moves)


def test_the_threshold_of_a_scale_that_is_a_formula_grows() -> None:
    scale = (
        '<conditionalFormatting sqref="C4:C6"><cfRule><cfvo val="MAX($C$4:$C$6)&quot;&quot;" type="formula"/>'
        '<cfvo type="num" val="6"/></cfRule></conditionalFormatting>'
    )
    grown = moved_rules(scale.encode(), SHEET, MOVED)
    assert grown.decode() == scale.replace("C4:C6", "C4:C8").replace("$C$6", "$C$8")


# shapes and controls


@pytest.mark.parametrize(
    ("xml", "after"),
    [
        ('<xdr:sp macro="" textlink="\'线索 2026\'!$C$4:$C$6">', "$C$8"),
        ('<formControlPr fmlaLink="$B$6" fmlaRange="$B$4:$B$6"/>', "$B$8"),
        ("<x:FmlaRange>$B$4:$B$6</x:FmlaRange>", "$B$8"),
        ('<controlPr linkedCell="H1" listFillRange="B4:B6"/>', "B4:B8"),
    ],
)
def test_a_control_that_is_filled_from_the_column_grows(xml: str, after: str) -> None:
    assert after in moved_shapes(xml.encode(), SHEET, MOVED).decode()
    assert moved_shapes(xml.replace("6", "5").encode(), SHEET, MOVED).decode() == xml.replace("6", "5")


def test_a_check_box_follows_its_cell(tmp_path: Path) -> None:
    book = control_book(tmp_path / "control.xlsx")
    moved = Movement(lambda area: replace(area, top=area.top + 3, bottom=area.bottom + 3), lambda area: area)
    moved = replace(moved, pointed=moved.moved)
    found = shapes_following(Package.open(book), {"报表": moved})
    assert b'fmlaLink="$H$5"' in found["xl/ctrlProps/ctrlProp1.xml"]
    assert b"<x:FmlaLink>$H$5<" in found["xl/drawings/vmlDrawing1.vml"]


# sparklines


def test_a_new_row_gets_the_sparkline_of_the_row_above(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW, NEW]))
    assert sparklines(new) == {f"F{row}": f"C{row}:E{row}" for row in range(4, 9)}
    assert sparklines(new, OTHER) == {"B1": "C4:C8"}


def test_a_deleted_row_takes_its_sparkline_along(book: Path) -> None:
    new = patched(book, DeleteRows("tblDeals", [5]))
    assert sparklines(new) == {"F4": "C4:E4", "F5": "C5:E5"}


def test_a_put_body_has_as_many_sparklines_as_rows(book: Path) -> None:
    new = patched(book, PutRows("tblDeals", [NEW]))
    assert sparklines(new) == {"F4": "C4:E4"}


def test_nothing_is_left_of_a_list_of_extensions_whose_rows_all_went() -> None:
    group = b"<x:sparklineGroup><x:sparklines><x:sparkline><m:f>S!C5</m:f><m:sqref>F5</m:sqref></x:sparkline>"
    group += b"</x:sparklines></x:sparklineGroup>"
    ext = b'<extLst><ext uri="1"><x:sparklineGroups>' + group + b"</x:sparklineGroups></ext></extLst>"
    gone = Movement(lambda _: None, lambda _: None, rows_went=True)
    assert moved_extensions(ext, "S", {"S": gone}) == b""
    kept = ext.replace(b"</extLst>", b'<ext uri="2"><x14:slicerList/></ext></extLst>')
    assert (
        moved_extensions(kept, "S", {"S": gone}) == b'<extLst><ext uri="2"><x14:slicerList/></ext></extLst>'
    )


def test_the_extensions_of_a_sheet_are_not_those_of_a_format_in_it() -> None:
    inner = b"<conditionalFormatting><cfRule><extLst><ext/></extLst></cfRule></conditionalFormatting>"
    assert start_of_extensions(inner + b"</worksheet>") == len(inner) + len(b"</worksheet>")
    assert start_of_extensions(inner + b"<extLst><ext/></extLst></worksheet>") == len(inner)


# pivot tables


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ('name="tblDeals"', 'name="tblDeals"'),
        ('name="companies"', 'name="companies"'),
        (f'ref="A3:F6" sheet="{SHEET}"', f'ref="A3:F7" sheet="{SHEET}"'),
    ],
)
def test_a_pivot_table_of_the_table_is_filled_anew_on_opening(book: Path, source: str, after: str) -> None:
    xml = xml_of(patched(with_pivot_cache(book, source), AppendRows("tblDeals", [NEW])), PIVOT)
    assert f"<worksheetSource {after}/>" in xml
    assert 'refreshOnLoad="1"' in xml


@pytest.mark.parametrize(
    "source", ['name="other"', f'ref="A1:B2" sheet="{BOARD}"', 'name="tblDeals" r:id="rId1"']
)
def test_a_pivot_table_of_something_else_stays(source: str) -> None:
    xml = f"<pivotCacheDefinition><worksheetSource {source}/></pivotCacheDefinition>".encode()
    assert refreshed_pivot(xml, MOVED, {"other": frozenset({"x"})}) == xml


def test_a_pivot_table_stays_byte_for_byte_while_the_table_keeps_its_rows(book: Path) -> None:
    with_pivot_cache(book, 'name="tblDeals"')
    assert packed_parts(patched(book, CellEdit(SHEET, "C5", 21)))[PIVOT] == packed_parts(book)[PIVOT]


# pointers


def test_a_reference_is_cells_or_nothing() -> None:
    assert [p.sheet for p in pointers("('线索 2026'!$A$1:$B$2,Board!C3)")] == ["线索 2026", "board"]
    assert pointers("SUM(Board!C3)") == []
    assert repointed("(S!$A$1:$A$3,S!B1)", lambda _: None) == "(#REF!,#REF!)"


# what goes with its rows


def test_marks_of_a_sheet_go_with_their_rows(book: Path) -> None:
    protected = '<protectedRanges><protectedRange sqref="B5" name="a"/></protectedRanges>'
    ignored = '<ignoredError sqref="A5" evalError="1"/><ignoredError sqref="A6" evalError="1"/>'
    ignored = f"<ignoredErrors>{ignored}</ignoredErrors><tableParts"
    rewritten(
        book,
        sheet1=lambda xml: xml.replace("</sheetData>", "</sheetData>" + protected).replace(
            "<tableParts", ignored
        ),
        table1=lambda xml: xml.replace(
            "<tableColumns", '<sortState ref="A4:F6"><sortCondition ref="C5:C5"/></sortState><tableColumns'
        ),
    )
    new = patched(book, DeleteRows("tblDeals", [5]))
    assert "protectedRange" not in xml_of(new, DEALS)
    left = '<ignoredErrors><ignoredError sqref="A5" evalError="1"/></ignoredErrors>'
    assert left in xml_of(new, DEALS)
    assert '<sortState ref="A4:F5"></sortState>' in xml_of(new, "xl/tables/table1.xml")


# beside the table


def test_what_stands_beside_the_table_stays(book: Path) -> None:
    rewritten(book, sheet1=lambda xml: xml.replace('sqref="C4:C6"', 'sqref="C4:C6 I4:I6"', 1))
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert 'sqref="C4:C7 I4:I6"' in xml_of(new, DEALS)

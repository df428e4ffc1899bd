"""Marks of findings: red edges and notes are put, kept, taken away; what people made stays as it is."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from made_books import SOUND
from made_books.added import OFFICE, Link, Part, before, dressed
from made_books.base import DATA_PART, orders_book
from made_books.threads import THREAD_PART, thread_book
from ooxml import new_faults
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from other_hands import by_openpyxl, saved_by_libreoffice
from sample_books import leads_book, packed_parts, rewritten, xml_of

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook import (
    AppendRows,
    CellEdit,
    ClearMarks,
    DeleteRows,
    Edit,
    MarkCells,
    patch,
)
from ltc_xl.workbook.marks import MOST_NOTES
from ltc_xl.workbook.notes import AUTHOR, is_ours, signed

SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"
MARKED = MarkCells(
    "tblLeads",
    "编号",
    (("公司", "company"), ("公司", ""), ("金额", "budget"), ("备注", 'a "B" c')),
    "tblLeads[备注]",
)
TEXT = "“金额”写着“十二万”，不是数字。\n请填成 120000。"
NOTED = replace(MARKED, notes={"C5": TEXT})


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblLeads has the data rows 4 to 7."""
    return leads_book(tmp_path / "book.xlsx")


def patched(book: Path, *edits: Edit) -> Path:
    """Return the file that the edits make, and look at it as Excel would."""
    target = book.with_name(f"{book.stem}+{len(list(book.parent.iterdir()))}.xlsx")
    patch(book, target, edits)
    assert not new_faults(book, target)
    return target


def sheet(path: Path, name: str = "线索") -> Worksheet:
    found = openpyxl.load_workbook(path)[name]
    assert isinstance(found, Worksheet)
    return found


def notes(path: Path, name: str = "线索") -> dict[str, tuple[str, str]]:
    """Return cell -> author and text of its note, as openpyxl sees them."""
    cells = (cell for row in sheet(path, name).iter_rows() for cell in row)
    return {cell.coordinate: (cell.comment.author, cell.comment.text) for cell in cells if cell.comment}


def edges(path: Path) -> dict[str, list[str]]:
    """Return area -> conditions of red edges, as openpyxl sees them."""
    formats = sheet(path).conditional_formatting
    found = {str(f.sqref): [r.formula[0] for r in f.rules if "ltc_marks" in str(r.formula)] for f in formats}
    return {area: sorted(conditions) for area, conditions in found.items() if conditions}


def xml_bytes(path: Path, part: str) -> bytes:
    """Return the bytes of a part."""
    with zipfile.ZipFile(path) as package:
        return package.read(part)


def same(before: Path, after: Path) -> bool:
    """Return whether two workbooks have the same parts, each with the same bytes."""
    names = [set(packed_parts(path)) for path in (before, after)]
    return names[0] == names[1] and all(xml_bytes(before, p) == xml_bytes(after, p) for p in names[0])


# ---------------------------------------------------------------- edges


def test_every_column_gets_an_edge_that_its_mark_shows(book: Path) -> None:
    """An edge of the row as a whole stands on the first column."""
    assert edges(patched(book, MARKED)) == {
        "B4:B7": ['ISNUMBER(MATCH($A4&"|",ltc_marks,0))', 'ISNUMBER(MATCH($A4&"|company",ltc_marks,0))'],
        "C4:C7": ['ISNUMBER(MATCH($A4&"|budget",ltc_marks,0))'],
        "F4:F7": ['ISNUMBER(MATCH($A4&"|a ""B"" c",ltc_marks,0))'],
    }


def test_the_edge_is_thin_red_and_nothing_else(book: Path) -> None:
    rules = [r for f in sheet(patched(book, MARKED)).conditional_formatting for r in f.rules]
    looks = [rule.dxf for rule in rules if "ltc_marks" in str(rule.formula)]
    sides = {side for look in looks for side in (look.border.left, look.border.bottom)}
    assert {(side.style, side.color.rgb) for side in sides} == {("thin", "FFC62828")}
    assert {(look.fill, look.font, look.numFmt) for look in looks} == {(None, None, None)}


def test_formats_and_rules_of_the_user_s_own_keep_their_bytes_and_come_first(book: Path) -> None:
    own = re.findall("<conditionalFormatting.*?</conditionalFormatting>", xml_of(book, SHEET))
    after = xml_of(patched(book, MARKED), SHEET)
    assert own == re.findall("<conditionalFormatting.*?</conditionalFormatting>", after)[: len(own)]
    numbers = [int(n) for n in re.findall('priority="([0-9]+)"', after)]
    assert len(numbers) == len(set(numbers))
    assert numbers == sorted(numbers)


def test_only_the_sheet_its_formats_and_the_names_change(book: Path) -> None:
    before, after = packed_parts(book), packed_parts(patched(book, MARKED))
    assert list(before) == list(after)
    assert {part for part in before if before[part] != after[part]} == {SHEET, STYLES, BOOK}


def test_the_name_of_the_list_is_given_where_nobody_has_it(book: Path) -> None:
    names = openpyxl.load_workbook(patched(book, MARKED)).defined_names
    assert names["ltc_marks"].attr_text == "tblLeads[备注]"
    assert names["companies"].attr_text == "'线索'!$B$4:$B$7"


@pytest.mark.parametrize(
    ("stands", "then"), [("看板!$A$1:$A$9", "看板!$A$1:$A$9"), ("#REF!", "tblLeads[备注]")]
)
def test_a_name_that_points_somewhere_stays_and_one_that_points_nowhere_is_mended(
    book: Path, stands: str, then: str
) -> None:
    name = f'<definedName name="ltc_marks">{stands}</definedName></definedNames>'
    rewritten(book, workbook=lambda xml: xml.replace("</definedNames>", name))
    marked = openpyxl.load_workbook(patched(book, MARKED))
    assert marked.defined_names["ltc_marks"].attr_text == then


def test_edges_that_stand_there_are_kept_to_the_byte(book: Path) -> None:
    marked = patched(book, NOTED)
    assert patched(marked, NOTED).read_bytes() == marked.read_bytes()


RULE = 'sqref="C4:C7"><cfRule type="exp'
WORN = {
    "rows pasted in between": (RULE, RULE.replace("C4:C7", "C4:C5 C7")),
    "the last rows without": (RULE, RULE.replace("C4:C7", "C4:C5")),
    "another row's mark": ('$A4&amp;"|budget"', '$A9&amp;"|budget"'),
    "another column's mark": ('|budget"', '|state"'),
    "another identity": ('$A4&amp;"|budget"', '$F4&amp;"|budget"'),
}


@pytest.mark.parametrize("how", WORN)
def test_an_edge_that_is_worn_out_is_put_anew(book: Path, how: str) -> None:
    old, new = WORN[how]
    marked = patched(book, MARKED)
    before = edges(marked)
    rewritten(marked, sheet1=lambda xml: xml.replace(old, new))
    assert edges(marked) != before
    assert edges(patched(marked, MARKED)) == before


def test_an_edge_in_pieces_that_cover_the_column_is_no_worse_than_whole(book: Path) -> None:
    marked = patched(book, MARKED)
    rewritten(marked, sheet1=lambda xml: xml.replace(RULE, RULE.replace("C4:C7", "C4:C5 C6:C7")))
    assert patched(marked, MARKED).read_bytes() == marked.read_bytes()


def test_new_rows_have_their_edges_in_the_same_patch(book: Path) -> None:
    once = patched(book, MARKED)
    new = AppendRows("tblLeads", [{"编号": "N-9", "公司": "新公司"}])
    assert set(edges(patched(once, new, MARKED))) == {"B4:B8", "C4:C8", "F4:F8"}
    assert set(edges(patched(book, new, MARKED))) == {"B4:B8", "C4:C8", "F4:F8"}


def test_cleared_marks_leave_the_sheet_as_it_was(book: Path) -> None:
    cleared = patched(patched(book, NOTED), ClearMarks("tblLeads"))
    assert list(packed_parts(cleared)) == list(packed_parts(book))
    assert xml_of(cleared, SHEET) == xml_of(book, SHEET)


def test_a_sheet_with_a_prefix_gets_edges_and_notes_under_it(book: Path) -> None:
    def prefixed(xml: str) -> str:
        named = re.sub(r"<(/?)(?=\w)", r"<\1x:", xml.partition("?>")[2])
        return xml.partition("?>")[0] + "?>" + named.replace("xmlns=", "xmlns:x=")

    rewritten(book, sheet1=prefixed, styles=prefixed)
    marked = patched(book, NOTED)
    assert "<x:cfRule" in xml_of(marked, SHEET)
    assert len(edges(marked)) == len({header for header, _ in MARKED.columns})
    assert notes(marked) == {"C5": (AUTHOR, signed(TEXT))}
    assert xml_of(patched(marked, ClearMarks("tblLeads")), SHEET) == xml_of(book, SHEET)


def test_a_workbook_without_formats_of_its_own_is_refused(book: Path) -> None:
    rewritten(book, workbookxmlrels=lambda xml: re.sub("<Relationship [^>]*/styles[^>]*>", "", xml))
    with pytest.raises(CannotPatch, match="patch_no_styles"):
        patch(book, book.with_name("no.xlsx"), [MARKED])
    assert not book.with_name("no.xlsx").exists()


def test_a_column_that_is_not_there_is_refused(book: Path) -> None:
    with pytest.raises(CannotPatch, match="patch_no_such_column"):
        patch(book, book.with_name("no.xlsx"), [replace(MARKED, key="_uid")])


# ---------------------------------------------------------------- notes


def test_a_note_says_why_beside_its_cell(book: Path) -> None:
    marked = patched(book, NOTED)
    assert notes(marked) == {"C5": (AUTHOR, signed(TEXT))}
    assert TEXT in notes(marked)["C5"][1]
    assert notes(marked, "看板").keys() == {"A2"}


def test_cured_cells_leave_the_file_as_if_there_had_never_been_a_note(book: Path) -> None:
    marked = patched(book, MARKED)
    assert same(patched(patched(marked, NOTED), MARKED), marked)


def test_a_note_whose_text_changes_is_said_anew_and_the_others_keep_their_bytes(book: Path) -> None:
    two = patched(book, replace(MARKED, notes={"C5": TEXT, "F6": "备注太长"}))
    (other,) = re.findall(r"<comment ref=\"F6\"[\s\S]*?</comment>", xml_of(two, "xl/comments2.xml"))
    anew = patched(two, replace(MARKED, notes={"C5": "预算为负", "F6": "备注太长"}))
    assert {ref: text for ref, (_, text) in notes(anew).items()} == {
        "C5": signed("预算为负"),
        "F6": signed("备注太长"),
    }
    assert other in xml_of(anew, "xl/comments2.xml")


def with_own_note(book: Path, by: str) -> Path:
    """Let a colleague write a note into C5, with openpyxl or in a workbook as XlsxWriter makes it."""

    def noted(held: openpyxl.Workbook) -> None:
        held["线索"]["C5"].comment = Comment("周总的同学，别催", "王磊")

    by_openpyxl(book, noted)
    if by == "libreoffice":
        return saved_by_libreoffice(book, book.parent / "profile", book.parent / "lo")
    return book


@pytest.mark.parametrize(
    "by", ["openpyxl", pytest.param("libreoffice", marks=pytest.mark.needs_program("soffice"))]
)
def test_a_cell_with_a_comment_gets_no_note_and_keeps_its_own(book: Path, by: str) -> None:
    own = with_own_note(book, by)
    marked = patched(own, replace(MARKED, notes={"C5": TEXT, "C6": TEXT}))
    assert {ref: text for ref, (_, text) in notes(marked).items()} == {
        "C5": "周总的同学，别催",
        "C6": signed(TEXT),
    }
    bare = patched(marked, MARKED)
    assert same(bare, patched(own, MARKED))


def test_a_note_that_somebody_has_written_into_is_theirs(book: Path) -> None:
    marked = patched(book, NOTED)
    rewritten(marked, comments2=lambda xml: xml.replace("请填成 120000。", "请填成 120000。已问客户"))
    assert "已问客户" in notes(patched(marked, MARKED))["C5"][1]
    assert "已问客户" in notes(patched(marked, NOTED))["C5"][1]
    assert "已问客户" in notes(patched(marked, ClearMarks("tblLeads")))["C5"][1]


def test_no_more_than_two_hundred_notes_are_written_the_first_ones(tmp_path: Path) -> None:
    book = leads_book(tmp_path / "long.xlsx", rows=MOST_NOTES + 50)
    wanted = {f"C{row}": f"第 {row} 行" for row in range(4, 4 + MOST_NOTES + 50)}
    marked = patched(book, replace(MARKED, notes=wanted))
    assert list(notes(marked)) == list(wanted)[:MOST_NOTES]
    boxes = xml_of(marked, "xl/drawings/vmlDrawing2.vml")
    ids = re.findall(r'<v:shape id="(\w+)"', boxes)
    assert len(ids) == len(set(ids)) == MOST_NOTES


ORDERS = MarkCells("tblOrders", "编号", (("编号", ""), ("金额", "amount")), "tblOrders[编号]")


def test_a_conversation_survives_and_its_cell_gets_no_note(tmp_path: Path) -> None:
    book = thread_book(tmp_path / "talk.xlsx")
    marked = patched(book, replace(ORDERS, notes={"C3": TEXT, "D3": TEXT}))
    assert packed_parts(marked)[THREAD_PART] == packed_parts(book)[THREAD_PART]
    before, after = notes(book, "数据"), notes(marked, "数据")
    assert after == {**before, "D3": (AUTHOR, signed(TEXT))}
    assert before.keys() == {"C3", "H2"}
    assert same(patched(marked, ORDERS), patched(book, ORDERS))


BUTTON = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
 xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t201" o:spt="201" path="m,l,xe"/>
<v:shape id="_x0000_s1025" type="#_x0000_t201"><x:ClientData ObjectType="Button">
<x:Anchor>6, 0, 1, 0, 7, 0, 2, 0</x:Anchor></x:ClientData></v:shape></xml>"""


def button_book(path: Path) -> Path:
    """Make the orders with a button beside their table."""
    drawing = "xl/drawings/vmlDrawing1.vml"
    return dressed(
        orders_book(path),
        [Part(drawing, "", BUTTON.encode())],
        [Link(DATA_PART, "rIdButton", f"{OFFICE}/vmlDrawing", drawing)],
        {DATA_PART: before("<tableParts", '<legacyDrawing r:id="rIdButton"/>')},
        {"vml": "application/vnd.openxmlformats-officedocument.vmlDrawing"},
    )


def test_a_button_on_the_sheet_keeps_its_drawing(tmp_path: Path) -> None:
    book = button_book(tmp_path / "button.xlsx")
    marked = patched(book, replace(ORDERS, notes={"D3": TEXT}))
    assert notes(marked, "数据") == {"D3": (AUTHOR, signed(TEXT))}
    drawn = xml_of(marked, "xl/drawings/vmlDrawing1.vml")
    assert re.findall(r'ObjectType="(\w+)"', drawn) == ["Button", "Note"]
    assert re.findall(r'shape id="_x0000_s(\d+)"', drawn) == ["1025", "1026"]
    assert same(patched(marked, ORDERS), patched(book, ORDERS))


@pytest.mark.parametrize("kind", SOUND)
def test_whatever_a_workbook_has_its_marks_come_and_go_and_nothing_else_changes(
    tmp_path: Path, kind: str
) -> None:
    book = SOUND[kind](tmp_path / "book.xlsx")
    edged = patched(book, ORDERS)
    noted = patched(book, replace(ORDERS, notes={"D3": TEXT, "A2": "编号重复"}))
    assert noted.read_bytes() != edged.read_bytes()
    assert same(patched(noted, ORDERS), edged)
    cleared = patched(noted, ClearMarks("tblOrders"))
    differ = {p for p in packed_parts(book) if xml_bytes(book, p) != xml_bytes(cleared, p)}
    assert {part.replace("\\", "/").lower().rpartition("/")[2] for part in differ} == {
        "styles.xml",
        "workbook.xml",
    }


def test_notes_name_cells_of_the_source_whatever_rows_come_and_go(book: Path) -> None:
    marked = patched(
        book,
        DeleteRows("tblLeads", [4]),
        AppendRows("tblLeads", [{"编号": "N-9"}]),
        CellEdit("线索", "B5", "改名"),
        replace(MARKED, notes={"C5": TEXT, "C4": "这一行没有了"}),
    )
    assert notes(marked) == {"C4": (AUTHOR, signed(TEXT))}
    assert sheet(marked)["B4"].value == "改名"
    assert set(edges(marked)) == {"B4:B7", "C4:C7", "F4:F7"}


def test_control_characters_and_blanks_in_a_note_survive(book: Path) -> None:
    said = " 两头有空格 <&> \x07 字面_x0041_"
    xml = xml_of(patched(book, replace(MARKED, notes={"C5": said})), "xl/comments2.xml")
    assert 'xml:space="preserve"> 两头有空格 &lt;&amp;&gt; _x0007_ 字面_x005F_x0041_' in xml
    marked = patched(book, replace(MARKED, notes={"C5": said}))
    assert patched(marked, replace(MARKED, notes={"C5": said})).read_bytes() == marked.read_bytes()


def test_a_note_longer_than_a_cell_holds_is_refused_with_its_cell(book: Path) -> None:
    with pytest.raises(CannotPatch, match="patch_text_too_long") as refusal:
        patch(book, book.with_name("no.xlsx"), [replace(MARKED, notes={"C5": "长" * 32_760})])
    assert refusal.value.values["place"] == "线索!C5"


def test_notes_whose_boxes_are_missing_are_left_alone(book: Path) -> None:
    """Some programs write notes without the drawing that Excel shows them in."""
    noted = patched(book, NOTED)
    rewritten(noted, sheet1=lambda xml: re.sub("<legacyDrawing[^>]*>", "", xml))
    before = xml_of(noted, "xl/comments2.xml")
    assert xml_of(patched(noted, replace(MARKED, notes={"C6": TEXT})), "xl/comments2.xml") == before


def test_a_strict_file_gets_relations_of_its_own_kind(book: Path) -> None:
    def strict(xml: str) -> str:
        return xml.replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ).replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        )

    names = [re.sub(r"\W", "", part.rpartition("/")[2].removesuffix(".xml")) for part in packed_parts(book)]
    rewritten(book, **dict.fromkeys(names, strict))
    marked = patched(book, NOTED)
    relations = xml_of(marked, "xl/worksheets/_rels/sheet1.xml.rels")
    assert "schemas.openxmlformats.org/officeDocument" not in relations
    assert relations.count("purl.oclc.org/ooxml/officeDocument/relationships/comments") == 1
    assert '<comments xmlns="http://purl.oclc.org' in xml_of(marked, "xl/comments2.xml")


@pytest.mark.needs_program("soffice")
def test_libreoffice_shows_every_note_in_its_cell_and_they_still_go_when_cured(book: Path) -> None:
    wanted = {"C5": TEXT, "B4": "编号重复", "F7": "备注太长"}
    marked = patched(book, replace(MARKED, notes=wanted))
    saved = saved_by_libreoffice(marked, book.parent / "profile", book.parent / "lo")
    assert {ref: text for ref, (_, text) in notes(saved).items()} == {
        ref: signed(text) for ref, text in wanted.items()
    }
    assert notes(patched(saved, MARKED)) == {}
    assert edges(patched(saved, MARKED)).keys() == edges(marked).keys()


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        (signed("甲"), True),
        (signed("甲").replace("\n", "\r\n"), True),
        (signed("甲") + "\n", True),
        (signed("甲") + " 乙", False),
        (signed("甲").replace("甲", "乙"), False),
        ("甲", False),
        ("", False),
    ],
)
def test_a_note_is_the_program_s_while_nobody_changed_it(text: str, ours: bool) -> None:  # noqa: FBT001  a table
    assert is_ours(text) is ours

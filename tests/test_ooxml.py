"""The judge of packages: sound files pass, real ones mostly, each kind of damage is named."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ooxml import faults, new_faults
from ooxml.formulas import reading
from sample_books import leads_book, rewritten, with_part
from watch import Watch

from ltc_xl import rollout
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.workbook import CellEdit, build_book, patch
from ltc_xl.workbook.package import Package

PROJECT = Path(__file__).parents[1]
SHEET, BOOK, TABLE, STYLES, TYPES = "sheet1", "workbook", "table1", "styles", "Content_Types"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
ROW_5 = '<row r="5" spans="1:6">'


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a sound workbook: a table, formats, validations, names, a chart, a note, a formula chain."""
    return with_chain(leads_book(tmp_path_factory.mktemp("sound") / "book.xlsx")).read_bytes()


@pytest.fixture
def book(sound: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(sound)
    return path


def with_chain(book: Path) -> Path:
    """Return the workbook with a chain of its formulas."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    chain = f'<Relationship Id="rIdC" Type="{office}/calcChain" Target="calcChain.xml"/></Relationships>'
    kind = f'<Override PartName="/xl/calcChain.xml" ContentType="{main}.calcChain+xml"/></Types>'
    rewritten(
        book,
        workbookxmlrels=lambda xml: xml.replace("</Relationships>", chain),
        Content_Types=lambda xml: xml.replace("</Types>", kind),
    )
    cells = "".join(f'<c r="E{row}" i="1"/>' for row in range(4, 8))
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = f'<calcChain xmlns="{space}">{cells}<c r="A1" i="2"/></calcChain>'
    return with_part(book, "xl/calcChain.xml", content)


def test_a_sound_workbook_has_no_fault(book: Path) -> None:
    assert not faults(book)


@pytest.mark.parametrize("file", sorted((PROJECT / "workbooks").glob("*.xlsx")), ids=lambda p: p.name)
def test_the_shipped_workbooks_have_no_fault(file: Path) -> None:
    assert not faults(file)


@pytest.mark.parametrize("lang", LANGS)
def test_a_workbook_built_today_has_no_fault(lang: Lang, tmp_path: Path) -> None:
    build_book(tmp_path / "built.xlsx", **rollout.template_plan(lang))
    assert not faults(tmp_path / "built.xlsx")


DAMAGES = [
    # part, what stands there, what is put there, the rule that names it
    (
        SHEET,
        "<pageMargins",
        '<mergeCells count="1"><mergeCell ref="H1:I2"/></mergeCells><pageMargins',
        "order",
    ),
    (SHEET, "<dataValidations", "<foo/><dataValidations", "order"),
    (SHEET, '<dimension ref="A1:F7"/>', "<dimension ref='A1:F7'/><dimension ref='A1:F7'/>", "order"),
    (SHEET, "<v>20</v></c>", "<v>20</v><f>1+1</f></c>", "order"),
    (SHEET, ROW_5, '<row r="9">', "row"),
    (SHEET, ROW_5, '<row r="4">', "row"),
    (SHEET, 'r="B5"', 'r="B6"', "cell"),
    (SHEET, 'r="B5"', 'r="G5"', "cell"),
    (SHEET, 'r="F7"', 'r="XFE7"', "cell"),
    (SHEET, '<row r="7"', '<row r="1048577"', "row"),
    (SHEET, "<v>18</v>", "<v>20</v>", "string"),
    (SHEET, "<v>18</v>", "<v>-1</v>", "value"),
    (SHEET, "<v>46025</v>", "<v>2026-01-01</v>", "value"),
    (SHEET, "<v>46025</v>", "<v>nan</v>", "value"),
    (SHEET, '<c r="C4">', '<c r="C4" t="b">', "value"),
    (SHEET, '<c r="C4">', '<c r="C4" t="e">', "value"),
    (SHEET, '<c r="D5" s="2">', '<c r="D5" s="3">', "style"),
    (SHEET, 'dxfId="0"', 'dxfId="1"', "style"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", "<f>tblLeads[[#This Row],[金额]*2</f>", "formula"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", "<f>SUM(A1,,</f>", "formula"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", "<f>没有!A1</f>", "sheet"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", "<f>XLOOKUP(1,A1:A2,B1:B2)</f>", "formula"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", '<f t="shared" si="4"/>', "shared-formula"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", f"<f>{'1+' * 4096}1</f>", "formula"),
    (SHEET, "<f>tblLeads[[#This Row],[金额]]*2</f>", "", "chain"),
    (SHEET, 't="s"><v>18</v>', f't="inlineStr"><is><t>{"长" * 32_768}</t></is>', "limit"),
    (SHEET, 't="s"><v>18</v>', 't="inlineStr"><is><t> 空</t></is>', "space"),
    (SHEET, 'sqref="C4:C7"', 'sqref="C4:C1048577"', "range"),
    (SHEET, 'sqref="B4:B7"', 'sqref=""', "range"),
    (SHEET, '<dataValidations count="1">', '<dataValidations count="2">', "count"),
    (SHEET, "<formula1>50</formula1>", f'<formula1>"{"甲," * 200}"</formula1>', "limit"),
    (SHEET, "<formula>25</formula>", "<formula>25)</formula>", "formula"),
    (SHEET, "<sheetData>", '<cols><col min="3" max="2"/></cols><sheetData>', "column"),
    (SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="B4:C5"/></mergeCells>', "merge"),
    (SHEET, 'r:id="rId1"/></tableParts>', 'r:id="rId7"/></tableParts>', "relation-id"),
    (
        SHEET,
        "<worksheet ",
        f'<worksheet mc:Ignorable="x14" xmlns:mc="{MC}" ',
        "ignorable",
    ),
    (SHEET, "</worksheet>", "", "xml"),
    (SHEET, "<worksheet", "<!DOCTYPE a [<!ENTITY e 'x'>]><worksheet", "doctype"),
    (BOOK, 'sheetId="2"', 'sheetId="1"', "sheet"),
    (BOOK, 'name="看板"', 'name="线索"', "sheet"),
    (BOOK, 'name="看板"', 'name="看:板"', "sheet"),
    (BOOK, 'name="看板"', f'name="{"看" * 32}"', "sheet"),
    (BOOK, 'r:id="rId2"', 'r:id="rId1"', "sheet"),
    (BOOK, 'sheetId="2"', 'sheetId="9"', "chain"),
    (BOOK, "<workbookView ", '<workbookView activeTab="2" ', "sheet"),
    (BOOK, 'name="first_company"', 'name="companies"', "name"),
    (BOOK, 'name="first_company"', 'name="first company"', "name"),
    (BOOK, 'name="first_company"', 'name="TBLLEADS"', "table"),
    (BOOK, "'线索'!$B$4<", "'线索!$B$4<", "name"),
    (BOOK, 'localSheetId="0"', 'localSheetId="2"', "name"),
    (BOOK, "<calcPr", "<sheets/><calcPr", "order"),
    (TABLE, 'ref="A3:F7" totals', 'ref="A3:G7" totals', "table"),
    (TABLE, '<autoFilter ref="A3:F7"/>', '<autoFilter ref="A3:F6"/>', "table"),
    (TABLE, 'name="公司"', 'name="客户"', "table"),
    (TABLE, 'name="公司"', 'name="编号"', "table"),
    (TABLE, '<tableColumns count="6">', '<tableColumns count="5">', "table"),
    (TABLE, 'id="6" name', 'id="5" name', "table"),
    (TABLE, 'displayName="tblLeads"', 'displayName="A1"', "table"),
    (TABLE, "[金额]]*2</calc", "[金额]*2</calc", "formula"),
    (TABLE, '<tableColumn id="1"', '<tableColumn id="1" dataDxfId="5"', "style"),
    (STYLES, 'numFmtId="165" fontId', 'numFmtId="166" fontId', "style"),
    (STYLES, '<cellXfs count="3">', '<cellXfs count="4">', "count"),
    (STYLES, 'fillId="0"', 'fillId="2"', "style"),
    (STYLES, '<cellStyle name="Normal" xfId="0"', '<cellStyle name="Normal" xfId="1"', "style"),
    (TYPES, "/xl/charts/chart1.xml", "/xl/charts/chart2.xml", "content-type"),
    (TYPES, "spreadsheetml.worksheet+xml", "spreadsheetml.chartsheet+xml", "content-type"),
    (TYPES, '<Default Extension="vml"', '<Default Extension="vmlx"', "content-type"),
    ("comments1", 'ref="A2"', 'ref="A9"', "note"),
    ("comments1", 'authorId="0"', 'authorId="1"', "note"),
    ("chart1", "'线索'!$C$4:$C$7", "'线索!$C$4:$C$7", "chart"),
    ("chart1", "'线索'!$C$4:$C$7", "没有!$C$4:$C$7", "sheet"),
    ("chart1", '<c:ptCount val="4"/>', '<c:ptCount val="5"/>', "chart"),
    ("chart1", '<c:ptCount val="4"/>', '<c:ptCount val="2"/>', "chart"),
    ("calcChain", 'r="E7"', 'r="E8"', "chain"),
    ("calcChain", 'i="2"', 'i="3"', "chain"),
    ("sheet1xmlrels", "table1.xml", "table2.xml", "relation"),
    ("sheet2xmlrels", 'Id="rId2"', 'Id="rId1"', "relation"),
    ("workbookxmlrels", "worksheets/sheet2.xml", "worksheets/sheet3.xml", "orphan"),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: " ".join(damage)[:60])
def test_each_kind_of_damage_is_named(sound: bytes, book: Path, damage: tuple[str, str, str, str]) -> None:
    *change, rule = damage
    assert rule in {fault.rule for fault in faults(_damaged(book, *change))}
    assert rule in {fault.rule for fault in new_faults(sound, book)}


def _damaged(book: Path, part: str, old: str, new: str) -> Path:
    def change(xml: str) -> str:
        assert old in xml
        return xml.replace(old, new, 1)

    return rewritten(book, **{part: change})


def _spoil(book: Path) -> None:
    data = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as package:
        info = package.getinfo("xl/styles.xml")
    data[info.header_offset + 60 + len(info.filename)] ^= 0x55
    book.write_bytes(data)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (_spoil, "zip"),
        (lambda book: with_part(book, "XL/workbook.xml", "<workbook/>"), "zip"),
        (lambda book: with_part(book, "xl/media/lost.xml", "<a/>"), "orphan"),
        (lambda book: with_part(book, "xl/unknown.kind", "x"), "content-type"),
        (lambda book: with_part(book, "xl/_rels/gone.xml.rels", "<Relationships/>"), "relation"),
    ],
)
def test_damage_to_the_container_is_named(book: Path, damage: Callable[[Path], object], rule: str) -> None:
    damage(book)
    assert rule in {fault.rule for fault in faults(book)}


@pytest.mark.parametrize(
    "formula",
    [
        "1",
        "-A1%",
        "$A$1:B2",
        "A:A",
        "3:5",
        "SUM(A1:A3,'a b'!C4,,2)",
        "IF(A1>=2,\"a\"\"b\",'O''Hara'!B2)",
        "tblLeads[金额]",
        "SUM(tblLeads[[#This Row],[金额]:[日期]])",
        "tblLeads['#编号]",
        "[1]Sheet1!A1+'[2]a b'!A1+[3]!name",
        "Sheet1:Sheet3!A1",
        "{1,2;3,4}*2",
        "SUM((A1:B2 B2:C3))",
        "#REF!+Sheet1!#REF!",
        "_xlfn.XLOOKUP(1,A1#,@B:B)",
        "_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(2)",
        "1.5E+3/.5",
        "TRUE()",
        "A1:INDEX(A:A,3)",
        "应收[金额]*税率",
    ],
)
def test_formulas_of_every_sort_can_be_read(formula: str) -> None:
    assert not reading(formula).wrong


@pytest.mark.parametrize(
    "formula",
    [
        "1+",
        "*2",
        "SUM(1",
        "SUM)1(",
        '"a',
        "A1 B1)",
        "()",
        "tbl[[a]",
        "A1 'x'",
        "1 2 +",
        "SORT(A1:A2)",
        "=A1,",
        "'a'b!1",
    ],
)
def test_what_is_no_formula_is_told(formula: str) -> None:
    assert reading(formula).wrong


def test_what_the_patcher_writes_in_a_test_is_judged(book: Path, watch: Watch) -> None:
    new, before = book.with_name("new.xlsx"), watch.judged
    patch(book, new, [CellEdit("线索", "B4", "甲")])
    assert watch.judged == before + 1
    assert not watch.told()
    package = Package.open(book)
    spoiled = package.read("xl/workbook.xml").replace(b'sheetId="2"', b'sheetId="1"')
    with new.open("wb") as file:
        watch.write(package, file, {"xl/workbook.xml": [spoiled]})
    assert {fault.rule for fault in watch.told()} == {"sheet", "chain"}


@pytest.mark.needs_data("xlsx_corpus")
def test_files_saved_by_real_programs_break_the_rules_seldom(data_dir: Path) -> None:
    """Of every fourth real file, broken ones on purpose among them, nearly nine in ten keep every rule."""
    files = sorted([*data_dir.glob("xlsx_corpus/*.xls*"), *data_dir.glob("excel_workbooks/*.xl*")])[::4]
    sound = [file for file in files if not faults(file, large=False)]
    assert len(sound) / len(files) >= 0.88

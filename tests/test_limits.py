"""Excel's limits and grammar, which no reader at hand enforces: held by us, or refused with the cell."""

import re
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from made_books.base import DATA_PART, orders_book
from ooxml import faults, new_faults
from ooxml.book import sheet_name_fault
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet
from sample_books import packed_parts, xml_of

from ltc_xl.model.enums import LANGS
from ltc_xl.model.errors import CannotPatch
from ltc_xl.model.tables import tables
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, Formula, MarkCells, patch, zipcopy
from ltc_xl.workbook.area import MAX_COLUMN, MAX_ROW
from ltc_xl.workbook.cells import number_text, serial
from ltc_xl.workbook.edits import Row
from ltc_xl.workbook.escapes import escaped, unescaped
from ltc_xl.workbook.limits import (
    MAX_ARGUMENTS,
    MAX_CONSTANT,
    MAX_DEPTH,
    MAX_FORMULA,
    MAX_TEXT,
    formula_fault,
)
from ltc_xl.workbook.package import Package

ROW: Row = {"编号": "D-5", "下单日": date(2026, 1, 5), "地区": "西", "金额": 500, "含税": 565}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook: sheet 数据 with tblOrders in A1:E5, sheet 报表 with a sum."""
    return orders_book(tmp_path_factory.mktemp("orders") / "orders.xlsx")


def patched(book: Path, folder: Path, *edits: Edit) -> Path:
    """Return the file that the edits make, and look at it as Excel would."""
    target = folder / "new.xlsx"
    patch(book, target, edits)
    assert not new_faults(book, target)
    return target


def refused(book: Path, folder: Path, *edits: Edit) -> tuple[str, object]:
    """Return key and place of the refusal; nothing may have been written."""
    target = folder / "refused.xlsx"
    with pytest.raises(CannotPatch) as refusal:
        patch(book, target, edits)
    assert not target.exists()
    return refusal.value.key, refusal.value.values["place"]


def sheet(path: Path, name: str = "数据") -> Worksheet:
    found = openpyxl.load_workbook(path)[name]
    assert isinstance(found, Worksheet)
    return found


# ---------------------------------------------------------------- rows and columns


def test_the_last_cell_of_the_grid_takes_a_value_and_there_is_none_behind_it(
    orders: Path, tmp_path: Path
) -> None:
    last = f"XFD{MAX_ROW}"
    assert sheet(patched(orders, tmp_path, CellEdit("数据", last, 7)))[last].value == len("a week!")
    for address in (f"XFD{MAX_ROW + 1}", "XFE1", "A0", "AAAA1"):
        edit = CellEdit("数据", address, 7)
        assert refused(orders, tmp_path, edit) == ("patch_off_grid", f"数据!{address}")


def table_at_the_end(path: Path, rows_left: int) -> Path:
    """Make a table tblEnd that has so many rows below it, and stands in the last column."""
    with xlsxwriter.Workbook(path) as book:
        last = MAX_ROW - 1 - rows_left
        column = MAX_COLUMN - 1
        table = {"name": "tblEnd", "columns": [{"header": "值"}], "data": [[1]]}
        book.add_worksheet("数据").add_table(last - 1, column, last, column, table)
    return path


def test_a_table_grows_to_the_last_row_and_not_beyond(tmp_path: Path) -> None:
    book = table_at_the_end(tmp_path / "end.xlsx", rows_left=2)
    grown = patched(book, tmp_path, AppendRows("tblEnd", [{"值": 2}, {"值": 3}]))
    assert sheet(grown)[f"XFD{MAX_ROW}"].value == len("abc")
    assert sheet(grown).tables["tblEnd"].ref.endswith(f"XFD{MAX_ROW}")
    key, _ = refused(book, tmp_path, AppendRows("tblEnd", [{"值": 2}] * 3))
    assert key == "patch_off_grid"


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("字" * MAX_TEXT, True),
        ("字" * (MAX_TEXT + 1), False),
        ("😀" * (MAX_TEXT // 2), True),
        ("😀" * (MAX_TEXT // 2 + 1), False),
        ("\x07" * MAX_TEXT, True),
        ("_x0041_" * (MAX_TEXT // 7), True),
    ],
)
@pytest.mark.parametrize("as_formula", [False, True])
def test_a_cell_holds_32767_characters_as_excel_counts_them(
    orders: Path,
    tmp_path: Path,
    text: str,
    fits: bool,  # noqa: FBT001  a table
    as_formula: bool,  # noqa: FBT001  likewise
) -> None:
    edit = CellEdit("数据", "H5", Formula("REPT(1,9)", text) if as_formula else text)
    if fits:
        shown = openpyxl.load_workbook(patched(orders, tmp_path, edit), data_only=True)["数据"]["H5"].value
        assert unescape(str(shown)) == text
    else:
        assert refused(orders, tmp_path, edit) == ("patch_text_too_long", "数据!H5")


AWKWARD = st.text(
    st.one_of(st.characters(), st.sampled_from("_x0041\x00\x1f\r\n\t\ud83d\ufffe&<>'\" ")), max_size=40
)


@given(AWKWARD)
def test_whatever_is_typed_comes_back_from_its_escapes(text: str) -> None:
    """Half a letter (a lone surrogate), which no file can say, stays as its escape."""
    whole = re.sub("[\ud800-\udfff]", lambda half: f"_x{ord(half[0]):04X}_", text)
    assert unescaped(escaped(text)) == whole


@settings(max_examples=30, deadline=None)
@given(st.lists(AWKWARD, min_size=1, max_size=8))
def test_whatever_is_typed_is_read_back_by_another_program(
    tmp_path_factory: pytest.TempPathFactory, orders: Path, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    edits = [CellEdit("数据", f"H{row}", text) for row, text in enumerate(texts, 1)]
    shown = sheet(patched(orders, folder, *edits))
    for row, text in enumerate(texts, 1):
        whole = re.sub("[\ud800-\udfff]", lambda half: f"_x{ord(half[0]):04X}_", text)
        assert unescape(str(shown[f"H{row}"].value or "")) == unescape(escaped(whole))


def test_a_header_with_line_breaks_and_escapes_is_named_as_it_reads(tmp_path: Path) -> None:
    header = "金额\n(元) _x0041_"
    with xlsxwriter.Workbook(tmp_path / "lines.xlsx") as book:
        columns = [{"header": header.replace("_x", "_x005F_x")}, {"header": "名"}]
        book.add_worksheet("数据").add_table("A1:B2", {"name": "tblLines", "columns": columns})
    table = r'name="金额_x000a_(元) _x005F_x0041_"'
    book_path = changed(
        tmp_path / "lines.xlsx",
        {"xl/tables/table1.xml": lambda xml: re.sub(r'(?<=id="1" )name="[^"]*"', table, xml)},
    )
    (part,) = Package.open(book_path).tables
    assert part.headers == (header, "名")
    target = tmp_path / "appended.xlsx"
    patch(book_path, target, [AppendRows("tblLines", [{header: 7, "名": "甲"}])])
    assert sheet(target)["A2"].value == len("a week!")


# ---------------------------------------------------------------- formulas


NESTED = "ABS(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH
FORMULAS: dict[str, str | None] = {
    "SUM(A1:B2)": None,
    '"' + "x" * MAX_CONSTANT + '"': None,
    '"' + '""' * MAX_CONSTANT + '"': None,
    '"' + "x" * (MAX_CONSTANT + 1) + '"': "patch_formula_text",
    "1+" * (MAX_FORMULA // 2 - 1) + "11": None,
    "1+" * (MAX_FORMULA // 2) + "1": "patch_formula_too_long",
    NESTED: None,
    f"ABS({NESTED})": "patch_formula_deep",
    f"SUM({','.join(['1'] * MAX_ARGUMENTS)})": None,
    f"SUM({','.join(['1'] * (MAX_ARGUMENTS + 1))})": "patch_formula_deep",
    "SUM(A1": "patch_formula_open",
    "SUM)A1(": "patch_formula_open",
    '"offen': "patch_formula_open",
    "'O''Hara (1)'!A1": None,
    "'O'Hara'!A1": "patch_formula_open",
    "'[Big (1).xlsx]S'!A1": None,
    'tblA[[#This Row],[a\'[b]]&"]"': None,
    "tblA[[#This Row],[a]": "patch_formula_open",
    '{1,2;"a)","}"}': None,
    "A1&\0": "patch_formula_too_long",
    "": "patch_formula_open",
}


@pytest.mark.parametrize("text", FORMULAS, ids=lambda text: text[:20])
def test_a_formula_that_excel_would_call_damaged_has_a_fault_and_no_other(text: str) -> None:
    assert formula_fault(text) == FORMULAS[text]


@pytest.mark.parametrize("fault", ["patch_formula_text", "patch_formula_deep", "patch_formula_open"])
def test_such_a_formula_is_refused_with_its_cell(orders: Path, tmp_path: Path, fault: str) -> None:
    text = next(text for text, found in FORMULAS.items() if found == fault)
    assert refused(orders, tmp_path, CellEdit("数据", "H5", Formula("=" + text))) == (fault, "数据!H5")


def test_a_formula_in_lines_keeps_them(orders: Path, tmp_path: Path) -> None:
    edit = CellEdit("数据", "H5", Formula("SUM(\r\n1,2\r\n)", 3))
    assert sheet(patched(orders, tmp_path, edit))["H5"].value == "=SUM(\n1,2\n)"


@pytest.mark.needs_data("xlsx_corpus")
def test_no_formula_that_excel_has_saved_is_refused(data_dir: Path) -> None:
    seen = set()
    for path in sorted((data_dir / "xlsx_corpus").rglob("*.xlsx"))[::4]:
        if zipfile.is_zipfile(path):
            seen |= formulas_of(path)
    refused_ones = {text for text in seen if formula_fault(text.replace("\r\n", "\n"))}
    assert len(seen) > len("many formulas")
    assert not refused_ones


def formulas_of(path: Path) -> set[str]:
    """Return the formulas of a file whose sheets are plain UTF-8."""
    found: set[str] = set()
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                texts = re.findall(rb"<f(?:\s[^>]*)?>([^<]+)</f>", package.read(name))
                found |= {
                    re.sub("&(lt|gt|amp|quot|apos);", entity, t.decode()) for t in texts if b"&#" not in t
                }
    return found


def entity(match: re.Match[str]) -> str:
    return {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}[match[1]]


# ---------------------------------------------------------------- numbers and days


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (999_999_999_999_999, "999999999999999"),
        (9_999_999_999_999_999, None),
        (10**20, "100000000000000000000"),
        (10**400, None),
        (Decimal("1E+307"), "1" + "0" * 307),
        (Decimal("1E+308"), None),
        (Decimal("1E-400"), None),
        (Decimal("NaN"), None),
        (9.99999999999999e307, "9.99999999999999e+307"),
        (1e308, None),
        (float("inf"), None),
        (float("nan"), None),
        (2.2250738585072014e-308, "2.2250738585072014e-308"),
        (5e-324, None),
        (0.1 + 0.2, "0.30000000000000004"),
        (True, "1"),
    ],
)
def test_a_number_is_held_exactly_or_refused(number: float | Decimal, text: str | None) -> None:
    if text is None:
        with pytest.raises(OverflowError):
            number_text(number)
    else:
        assert number_text(number) == text
        assert float(text) == float(number)


@pytest.mark.parametrize(
    ("day", "since_1900", "since_1904"),
    [
        (date(1899, 12, 31), None, None),
        (date(1900, 1, 1), "1", None),
        (date(1900, 2, 28), "59", None),
        (date(1900, 3, 1), "61", None),
        (date(1903, 12, 31), "1461", None),
        (date(1904, 1, 1), "1462", "0"),
        (date(2026, 4, 30), "46142", "44680"),
        (date(9999, 12, 31), "2958465", "2957003"),
        (datetime(2026, 4, 30, 18, tzinfo=UTC), "46142.75", "44680.75"),
    ],
)
def test_a_day_counts_from_the_first_of_its_file_and_there_is_none_before(
    day: date, since_1900: str | None, since_1904: str | None
) -> None:
    for date1904, text in ((False, since_1900), (True, since_1904)):
        if text is None:
            with pytest.raises(OverflowError):
                serial(day, date1904=date1904)
        else:
            assert serial(day, date1904=date1904) == text


def test_a_day_before_1904_is_refused_in_such_a_file_and_others_count_from_there(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "mac.xlsx", {"date_1904": True}) as book:
        book.add_worksheet("数据").write(0, 0, "日")
    book_path = tmp_path / "mac.xlsx"
    assert refused(book_path, tmp_path, CellEdit("数据", "A2", date(1903, 12, 31))) == (
        "patch_number",
        "数据!A2",
    )
    new = patched(book_path, tmp_path, CellEdit("数据", "A2", date(2026, 4, 30)))
    assert '<c r="A2"><v>44680</v></c>' in xml_of(new, DATA_PART)


# ---------------------------------------------------------------- names of sheets and columns


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_and_column_of_the_model_has_a_name_that_excel_takes(lang: str) -> None:
    for model in tables().values():
        assert not sheet_name_fault(model.zh if lang == "zh" else model.en)
        headers = [column.zh if lang == "zh" else column.en for column in model.columns]
        assert len({header.casefold() for header in headers}) == len(headers)
        assert max(map(len, headers)) <= MAX_CONSTANT
        assert re.fullmatch(r"[A-Za-z_]\w{0,254}", model.excel)


@pytest.mark.parametrize("name", ["O'Hara & Söhne", "a b!c", "2026", "R1C1", "账,单;=+", "😀" * 15])
def test_a_sheet_with_an_awkward_name_is_written_into_and_its_names_grow(tmp_path: Path, name: str) -> None:
    assert not sheet_name_fault(name)
    with xlsxwriter.Workbook(tmp_path / "odd.xlsx") as book:
        book.add_worksheet(name).add_table("A1:A3", {"name": "tblOdd", "columns": [{"header": "值"}]})
        quoted = "'" + name.replace("'", "''") + "'"
        book.define_name("values", f"={quoted}!$A$2:$A$3")
        book.worksheets()[0].write_column("A2", [1, 2])
    edits: list[Edit] = [AppendRows("tblOdd", [{"值": 3}]), CellEdit(name, "C1", "旁")]
    new = patched(tmp_path / "odd.xlsx", tmp_path, *edits)
    assert sheet(new, name)["A4"].value == len("abc")
    assert openpyxl.load_workbook(new).defined_names["values"].attr_text == f"{quoted}!$A$2:$A$4"


# ---------------------------------------------------------------- formats

STYLES = 64_000
"""So many cell formats Excel has in a workbook."""

FORMATS = 4_091


def test_a_workbook_that_has_used_up_all_formats_keeps_them_and_needs_no_new_one(
    orders: Path, tmp_path: Path
) -> None:
    def many(xml: str) -> str:
        formats = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        (head, inside, end) = re.split(r"(?<=<cellXfs count=\"2\">)|(?=</cellXfs>)", xml, maxsplit=2)
        head = head.replace('<cellXfs count="2">', f'<cellXfs count="{STYLES}">')
        looks = f'<dxfs count="{FORMATS}">{"<dxf/>" * FORMATS}</dxfs>'
        rest = re.sub(r"<dxfs.*?(?:/>|</dxfs>)", "", end, count=1)
        rest = rest.replace("</cellStyles>", f"</cellStyles>{looks}")
        return head + inside + formats * (STYLES - 2) + rest

    last = f's="{STYLES - 1}"'
    book = changed(
        copied(orders, tmp_path / "full.xlsx"),
        {"xl/styles.xml": many, DATA_PART: lambda xml: xml.replace('<c r="D5"', f'<c r="D5" {last}')},
    )
    assert not faults(book)
    marks = MarkCells("tblOrders", "编号", (("金额", "amount"),), "tblOrders[编号]")
    new = patched(book, tmp_path, AppendRows("tblOrders", [ROW]), CellEdit("数据", "D5", 7), marks)
    assert f'<c r="D5" {last}><v>7</v></c>' in xml_of(new, DATA_PART)
    assert f'<cfRule type="expression" dxfId="{FORMATS}"' in xml_of(new, DATA_PART)
    assert f'<dxfs count="{FORMATS + 1}">' in xml_of(new, "xl/styles.xml")
    assert xml_of(new, "xl/styles.xml").count("<xf ") == xml_of(book, "xl/styles.xml").count("<xf ")


# ---------------------------------------------------------------- how parts are named


def changed(path: Path, changes: dict[str, Callable[[str], str]]) -> Path:
    """Rewrite parts of a workbook."""
    return repacked(
        path, lambda name, data: (name, changes[name](data.decode()).encode() if name in changes else data)
    )


def copied(path: Path, target: Path) -> Path:
    target.write_bytes(path.read_bytes())
    return target


def repacked(path: Path, change: Callable[[str, bytes], tuple[str, bytes]], *, zip64: bool = False) -> Path:
    """Write the entries of a workbook anew, with names and contents changed."""
    with zipfile.ZipFile(path) as old:
        entries = [change(info.filename, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in entries:
            with new.open(name, "w", force_zip64=zip64) as entry:
                entry.write(data)
    return path


NAMES: dict[str, Callable[[str], str]] = {
    "absolute": lambda name: "/" + name,
    "backslashes": lambda name: name.replace("/", "\\"),
    "capitals": lambda name: name if name.startswith(("[", "_rels")) else name.replace("xl/w", "XL/W"),
    "small": lambda name: name.replace("[Content_Types]", "[content_types]").lower(),
}


@pytest.mark.parametrize("how", NAMES)
def test_parts_keep_the_odd_names_they_have(orders: Path, tmp_path: Path, how: str) -> None:
    book = repacked(copied(orders, tmp_path / "odd.xlsx"), lambda name, data: (NAMES[how](name), data))
    target = tmp_path / "new.xlsx"
    edits: list[Edit] = [
        CellEdit("数据", "C3", "改名"),
        AppendRows("tblOrders", [ROW]),
        DeleteRows("tblOrders", [2]),
    ]
    patch(book, target, edits)
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(target) as after:
        old, new = ([info.orig_filename for info in package.infolist()] for package in (before, after))
    assert new == old
    package = Package.open(target)
    assert package.tables[0].area.text == "A1:E5"
    assert "改名" in package.read(package.sheets[0].part).decode()


# ---------------------------------------------------------------- large packages


def with_long_end(path: Path) -> Path:
    """Let the directory end as that of a package beyond 4 GB does: all counts in 64 bits."""
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<H2L", data, end + 10)
    long_end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    short_end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0)
    path.write_bytes(data[:end] + long_end + locator + short_end)
    return path


@pytest.mark.parametrize("long_end", [False, True])
def test_a_package_with_64_bit_headers_is_read_and_written(
    orders: Path,
    tmp_path: Path,
    long_end: bool,  # noqa: FBT001  two kinds
) -> None:
    book = repacked(copied(orders, tmp_path / "long.xlsx"), lambda name, data: (name, data), zip64=True)
    assert b"\x01\x00\x10\x00" in book.read_bytes()
    book = with_long_end(book) if long_end else book
    new = patched(book, tmp_path, CellEdit("数据", "C3", "改名"))
    assert sheet(new)["C3"].value == "改名"
    before, after = packed_parts(book), packed_parts(new)
    assert {part for part in before if before[part] != after[part]} <= {DATA_PART, "xl/workbook.xml"}


def test_parts_beyond_4_gb_get_64_bit_headers_that_others_read(
    orders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size from which they do is set to 1,000 bytes here."""
    monkeypatch.setattr(zipcopy, "_LARGE", 1_000)
    new = patched(orders, tmp_path, CellEdit("数据", "C3", "改名"))
    assert sheet(new)["C3"].value == "改名"
    with zipfile.ZipFile(new) as package:
        assert package.testzip() is None
        large = [info for info in package.infolist() if info.extract_version == 45]
        assert {info.filename for info in large} >= {DATA_PART, "xl/styles.xml"}
    again = tmp_path / "again.xlsx"
    patch(new, again, [CellEdit("数据", "C4", "再改")])
    assert (sheet(again)["C3"].value, sheet(again)["C4"].value) == ("改名", "再改")

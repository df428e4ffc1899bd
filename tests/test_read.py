"""A workbook as people leave it, read into a book."""

import hashlib
import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from filled import filled_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import Cell, Formula, Rows, Styled, book_file, told
from sample_books import rewritten, with_part

from ltc_xl.model.book import Book
from ltc_xl.model.errors import LtcError, NotAWorkbook, WorldError
from ltc_xl.model.tables import ROW, UID, tables
from ltc_xl.workbook import build_book, read_book

AS_OF = date(2026, 4, 30)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LEAD: dict[str, Cell] = {"company": "甲", "channel": "官网", "state": "新建"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def columns(book: Book, name: str, *codes: str) -> list[tuple[object, ...]]:
    return book.rows(name).select(codes).rows()


def replaced(text: str, renamed: dict[str, str]) -> str:
    for old, new in renamed.items():
        text = text.replace(f">{old}<", f">{new}<")
    return text


def same_rows(one: Book, other: Book) -> bool:
    """Return whether two books hold the same rows; result tables have no identities of their own."""
    return all(
        _comparable(one, name).equals(_comparable(other, name)) for name in {*one.tables, *other.tables}
    )


def _comparable(book: Book, name: str) -> pl.DataFrame:
    rows = book.rows(name).drop(ROW)
    return rows.drop(UID) if tables()[name].by_program else rows


# ---------------------------------------------------------------- what is where


def test_rows_are_found_with_their_types_their_rows_and_the_digest_of_the_file(path: Path) -> None:
    row = {**LEAD, "budget": 1200.5, "next_on": date(2026, 5, 1), UID: "BCDFGHJKLMNP"}
    book = read_book(book_file(path, {"leads": [row]}, header_row=3))
    assert columns(book, "leads", "company", "state", "budget", "next_on", UID, ROW) == [
        ("甲", "NEW", Decimal("1200.50"), date(2026, 5, 1), "BCDFGHJKLMNP", 4)
    ]
    assert book.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert book.cell("leads", "BCDFGHJKLMNP", "company") == ("线索", "B4")
    assert book.findings == ()
    assert book.rows("leads").schema == tables()["leads"].schema


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_language_of_a_book_is_that_of_most_headers(path: Path, lang: str) -> None:
    assert read_book(book_file(path, lang=lang)).lang == lang  # type: ignore[arg-type]  # parametrised


def test_headers_are_known_in_either_language_in_full_width_and_with_blanks(path: Path) -> None:
    book_file(
        path, {"opportunities": [{"name": "甲", "amount": 5, "stage": "谈判", "next_on": date(2026, 5, 1)}]}
    )
    renamed = {"金额(含税)": " 金额（含税） ", "阶段": "ＳＴＡＧＥ", "下次跟进": "Next  date"}
    rewritten(path, sharedStrings=lambda text: replaced(text, renamed))
    book = read_book(path)
    assert columns(book, "opportunities", "amount", "stage", "next_on") == [
        (Decimal("5.00"), "NEGOTIATING", date(2026, 5, 1))
    ]


def test_columns_may_move_and_columns_of_the_firm_are_remembered(path: Path) -> None:
    order = ["微信号", UID, "state", "budget", "company", "channel", "lead_id", "老客户?"]
    row = {**LEAD, "budget": 7, "微信号": "wx1", "老客户?": "是"}
    book = read_book(book_file(path, {"leads": [row]}, codes={"leads": order}))
    assert columns(book, "leads", "company", "budget", "state", "mobile") == [
        ("甲", Decimal("7.00"), "NEW", None)
    ]
    place = book.place("leads")
    assert place is not None
    assert place.extra == {"微信号": 1, "老客户?": 8}
    assert place.columns["budget"] == 4
    assert "mobile" not in place.columns


def test_an_excel_table_is_found_on_whatever_sheet_it_stands(path: Path) -> None:
    book_file(path, {"leads": [LEAD]})
    rewritten(path, workbook=lambda text: text.replace('name="线索"', 'name="2026 名单"'))
    book = read_book(path)
    assert columns(book, "leads", "company") == [("甲",)]
    assert book.cell("leads", book.rows("leads")[UID][0], "company") == ("2026 名单", "B2")


def test_without_excel_tables_the_header_row_is_searched_for(path: Path) -> None:
    book = read_book(book_file(path, {"leads": [LEAD, {}, LEAD]}, as_tables=False, header_row=12))
    assert columns(book, "leads", "company", ROW) == [("甲", 13), ("甲", 15)]
    place = book.place("leads")
    assert place is not None
    assert (place.excel_table, place.header_row, place.last_row) == (None, 12, 15)


def test_a_totals_row_is_no_row(path: Path) -> None:
    book_file(path, {"receipts": [{"on": AS_OF, "amount": 5}, {"note": "合计", "amount": 5}]})
    rewritten(path, table6=lambda text: text.replace("<table ", '<table totalsRowCount="1" ', 1))
    book = read_book(path)
    assert columns(book, "receipts", "amount") == [(Decimal("5.00"),)]


def test_rows_typed_right_below_a_table_belong_to_it_down_to_a_blank_row_or_a_total(path: Path) -> None:
    typed = [{"name": name} for name in ("甲", "乙", "丙", "", "丁")]
    book_file(
        path, {"customers": typed, "products": [{"product": "A"}, {"product": "B"}, {"product": "合计"}]}
    )
    rewritten(path, table3=lambda text: re.sub(r':([A-Z]+)6"', r':\g<1>2"', text))
    rewritten(path, table7=lambda text: re.sub(r':([A-Z]+)4"', r':\g<1>2"', text))
    book = read_book(path)
    assert columns(book, "customers", "name") == [("甲",), ("乙",), ("丙",)]
    assert columns(book, "products", "product") == [("A",), ("B",)]
    place = book.place("customers")
    assert place is not None
    assert place.last_row == 4


def test_hidden_and_filtered_rows_are_read_and_blank_rows_shift_nothing(path: Path) -> None:
    book_file(path, {"leads": [LEAD, {}, {**LEAD, "company": "乙"}, {}, {**LEAD, "company": "丙"}]})
    rewritten(path, sheet1=lambda text: text.replace('<row r="4"', '<row r="4" hidden="1"'))
    assert columns(read_book(path), "leads", "company", ROW) == [("甲", 2), ("乙", 4), ("丙", 6)]


def test_a_row_whose_typed_cells_are_blank_is_a_row_only_while_it_has_a_number(path: Path) -> None:
    rows: Rows = [
        {"lead_id": "L-SH-0001H", UID: "A"},
        {"score": 5, UID: "B"},
        {"idle_days": Formula("=1", 3)},
        LEAD,
    ]
    book = read_book(book_file(path, {"leads": rows}))
    assert columns(book, "leads", "lead_id", "company", ROW) == [("L-SH-0001H", None, 2), (None, "甲", 5)]


def test_a_formula_that_shows_nothing_makes_no_row(path: Path) -> None:
    book_file(path, {"customers": [{"name": "甲"}, {"name": Formula('=IF(1,"","")')}]})
    rewritten(path, sheet3=lambda text: text.replace('<c r="A3">', '<c r="A3" t="str">'))
    assert columns(read_book(path), "customers", "name") == [("甲",)]


def test_rows_right_below_a_table_end_where_the_next_table_begins(path: Path) -> None:
    book_file(path, {"customers": [{"name": name} for name in ("甲", "乙", "丙")]})
    own = f"""<table xmlns="{MAIN}" id="99" displayName="mine" name="mine" ref="A4:A4" headerRowCount="0">
    <tableColumns count="1"><tableColumn id="1" name="x"/></tableColumns></table>"""
    relation = f'<Relationship Id="r99" Type="{OFFICE}/table" Target="../tables/mine.xml"/></Relationships>'
    rewritten(path, table3=lambda text: re.sub(r":([A-Z]+)4\"", r':\g<1>2"', text))
    rewritten(path, sheet3xmlrels=lambda text: text.replace("</Relationships>", relation))
    with_part(path, "xl/tables/mine.xml", own)
    assert columns(read_book(path), "customers", "name") == [("甲",), ("乙",)]


def test_tables_that_the_program_rewrites_have_no_findings_and_no_fresh_rows(path: Path) -> None:
    book = read_book(book_file(path, {"aging": [{"key": "甲", "amount": "约5"}]}))
    assert columns(book, "aging", "key", "amount") == [("甲", None)]
    assert book.findings == ()
    assert book.tables["aging"].fresh == frozenset()


def test_a_new_table_with_its_one_blank_row_has_no_rows(path: Path) -> None:
    book = read_book(book_file(path))
    assert book.rows("leads").height == 0
    assert book.rows("leads").schema == tables()["leads"].schema


# ---------------------------------------------------------------- identities


def test_rows_without_an_identity_get_one_and_are_fresh(path: Path) -> None:
    held = read_book(book_file(path, {"leads": [{**LEAD, UID: "KEPT"}, LEAD, LEAD]})).tables["leads"]
    assert held.rows[UID][0] == "KEPT"
    assert held.rows[UID].n_unique() == 3
    assert held.fresh == {*held.rows[UID].to_list()[1:]}


def test_a_copied_row_gets_an_identity_of_its_own_and_loses_the_number_it_brought(path: Path) -> None:
    original = {**LEAD, "lead_id": "L-SH-0001H", UID: "ONE"}
    book = read_book(
        book_file(path, {"leads": [original, {**original, "company": "乙"}, {**LEAD, UID: "TWO"}]})
    )
    rows = book.rows("leads")
    assert rows["lead_id"].to_list() == ["L-SH-0001H", None, None]
    assert rows[UID][0] == "ONE"
    assert rows[UID][2] == "TWO"
    assert book.tables["leads"].fresh == {rows[UID][1]}


def test_a_number_pasted_above_its_original_stays_with_the_row_that_has_the_identity(path: Path) -> None:
    number = {**LEAD, "lead_id": "L-SH-0001H"}
    book = read_book(book_file(path, {"leads": [number, {**number, UID: "ONE"}]}))
    assert book.rows("leads")["lead_id"].to_list() == [None, "L-SH-0001H"]


def test_a_typed_number_is_no_copy_even_where_it_stands_twice(path: Path) -> None:
    book = read_book(book_file(path, {"contracts": [{"contract_no": "HT-1"}, {"contract_no": "HT-1"}]}))
    assert columns(book, "contracts", "contract_no") == [("HT-1",), ("HT-1",)]


# ---------------------------------------------------------------- what cannot be read


def test_error_cells_uncalculated_formulas_and_unreadable_texts_are_reported_with_their_cells(
    path: Path,
) -> None:
    row = {
        **LEAD,
        UID: "ONE",
        "company": Formula("=VLOOKUP(1,A:B,2,0)", "#N/A"),
        "budget": "约12",
        "next_on": "下周",
        "timeline": "很快",
        "mobile": 13800138000,
        "source_id": Styled(3.1010000000000001e19, "0"),
    }
    book = read_book(book_file(path, {"leads": [row]}))
    assert told(book.findings) == [
        ("V-01", "company", "#N/A"),
        ("V-03", "budget", "约12"),
        ("V-04", "next_on", "下周"),
        ("V-05", "source_id", "31010000000000000000"),
        ("V-06", "timeline", "很快"),
        ("V-07", "mobile", "13800138000"),
    ]
    assert {finding.row_id for finding in book.findings} == {"ONE"}
    unread = {"company", "budget", "next_on", "timeline", "source_id"}
    assert book.unread == {("leads", "ONE", code) for code in unread}
    assert book.rows("leads").select(*sorted(unread)).row(0) == (None,) * 5
    assert book.rows("leads")["mobile"].to_list() == ["13800138000"]
    severities = {finding.code: finding.severity for finding in book.findings}
    assert severities["V-07"] == "warning"
    assert severities["V-03"] == "error"


def test_a_formula_counts_with_the_value_the_file_keeps_and_is_reported_without_one(path: Path) -> None:
    rows = [
        {**LEAD, "budget": Formula("=12000*1.13", 13559.999999999998)},
        {**LEAD, "budget": Formula("=A1&B1", "")},
    ]
    book_file(path, {"leads": rows})
    rewritten(path, sheet1=lambda text: text.replace('<c r="H3">', '<c r="H3" t="str">'))
    book = read_book(path)
    assert book.rows("leads")["budget"].to_list() == [Decimal("13560.00"), None]
    assert book.findings == ()
    rewritten(path, sheet1=lambda text: text.replace("<v>13559.999999999998</v>", ""))
    book = read_book(path)
    assert told(book.findings) == [("V-02", "budget", "=12000*1.13")]
    assert {column for _, _, column in book.unread} == {"budget"}


def test_a_formula_that_names_a_cell_no_more_is_an_error_with_and_without_its_value(path: Path) -> None:
    """openpyxl saves no values."""
    lead = {**LEAD, "next_on": Formula("=#REF!+90", "#REF!")}
    book_file(path, {"leads": [lead]})
    assert told(read_book(path).findings) == [("V-01", "next_on", "#REF!")]
    openpyxl.load_workbook(path).save(path)
    assert told(read_book(path).findings) == [("V-01", "next_on", "#REF!")]


def test_live_columns_are_never_read_back(path: Path) -> None:
    book = read_book(book_file(path, {"leads": [{**LEAD, "idle_days": Formula("=1/0", "#DIV/0!")}]}))
    assert book.rows("leads")["idle_days"].to_list() == [None]
    assert book.findings == ()


def test_a_header_that_stands_twice_is_reported_and_the_first_counts(path: Path) -> None:
    codes = ["lead_id", "company", "channel", "state", "Company"]
    book = read_book(book_file(path, {"leads": [{**LEAD, "Company": "乙"}]}, codes={"leads": codes}))
    assert columns(book, "leads", "company") == [("甲",)]
    assert ("V-08", "company", "公司") in told(book.findings)


def test_a_required_column_that_is_gone_is_reported(path: Path) -> None:
    codes = {"lines": ["line_id", "customer", "item", "disputed_amount", "dispute_reason"]}
    book = read_book(book_file(path, {"lines": [{"customer": "甲", "item": "预付"}]}, codes=codes))
    assert told(book.findings) == [("V-09", "amount", "应收金额")]


def test_words_of_the_firm_are_read_as_their_codes(path: Path) -> None:
    choices = [
        {"set": "lead_state", "code": "FOLLOWING", "zh": "在谈", "en": "In talks", "active": "是"},
        {"set": "lead_state", "code": "PARKED", "zh": "先放放", "en": "Parked", "active": "是"},
    ]
    states = ["在谈", "in talks", "先放放", "跟进中"]
    book = read_book(book_file(path, {"leads": [{**LEAD, "state": s} for s in states], "choices": choices}))
    assert book.rows("leads")["state"].to_list() == ["FOLLOWING", "FOLLOWING", "PARKED", "FOLLOWING"]
    assert book.findings == ()


def test_settings_keep_numbers_as_people_see_them(path: Path) -> None:
    rows: Rows = [
        {"what": "a", "value": 14, "key": "a"},
        {"what": "b", "value": Styled(46142, "yyyy-mm-dd"), "key": "b"},
    ]
    assert read_book(book_file(path, {"settings": rows})).rows("settings")["value"].to_list() == [
        "14",
        "2026-04-30",
    ]


def test_columns_of_the_firm_on_a_rule_sheet_are_read_as_texts_and_have_cells(path: Path) -> None:
    """Numbers, percent, days and lists come as a person sees them; an error is reported at its cell."""
    codes = {"grading": ["no", "budget", "渠道", "完整度", "grade", "采购时间", "渠道", "备用"]}
    given_ = [
        {"no": 1, "budget": 1000000, "渠道": "官网,展会", "完整度": Styled(0.8, "0%"), "grade": "A",
         "采购时间": "3个月内"},
        {"no": "G02", "budget": ">=20万", "渠道": Styled(46085, "yyyy-mm-dd"), "grade": "B",
         "采购时间": Formula("Sheet9!A1", "#REF!")},
    ]  # fmt: skip
    rows: dict[str, Rows] = {"leads": [LEAD], "grading": given_}  # type: ignore[dict-item]  # rows of cells
    book = read_book(book_file(path, rows, as_tables=False, codes=codes))
    assert columns(book, "grading", "no", "budget", "completeness") == [
        ("1", "1000000", "80%"),
        ("G02", ">=20万", None),
    ]
    held = book.tables["grading"]
    assert held.texts is not None
    assert held.texts.drop(UID).rows(named=True) == [
        {"渠道": "官网,展会", "采购时间": "3个月内", "备用": None},
        {"渠道": "2026-03-04", "采购时间": None, "备用": None},
    ]
    assert held.texts[UID].equals(book.rows("grading")[UID])
    twice = next(one for one in book.findings if one.code == "V-08")
    assert book.cell("grading", None, twice.column) == ("线索评级", "C1")
    assert book.cell("grading", held.texts[UID][1], "采购时间") == ("线索评级", "F3")
    assert book.unread_places("grading") == ["线索评级!F3"]
    assert book.tables["leads"].texts is None


def test_days_of_a_1904_workbook_are_the_days_people_see(path: Path) -> None:
    book_file(path, {"leads": [{**LEAD, "next_on": AS_OF, "note": AS_OF}]}, options={"date_1904": True})
    assert columns(read_book(path), "leads", "next_on", "note") == [(AS_OF, "2026-04-30")]


# ---------------------------------------------------------------- other programs


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("built") / "built.xlsx"
    rows = filled_rows(AS_OF)
    build_book(path, lang="zh", profile="full", site="SH", store_id="s", rows=rows, as_of=AS_OF)
    return path


def test_what_the_builder_wrote_is_what_the_reader_reads(built: Path) -> None:
    book = read_book(built)
    assert (book.lang, book.profile, book.findings, book.unread) == ("zh", "full", (), frozenset())
    for name, rows in filled_rows(AS_OF).items():
        kept = [c.code for c in tables()[name].columns if c.code in rows.columns and not c.live]
        assert book.rows(name).select(kept).equals(rows.select(kept)), name


def test_a_workbook_saved_by_openpyxl_reads_the_same(built: Path, path: Path) -> None:
    workbook = openpyxl.load_workbook(built)
    workbook.save(path)
    book = read_book(path)
    assert same_rows(book, read_book(built))
    assert book.findings == ()


@pytest.mark.needs_program("soffice")
def test_a_workbook_saved_by_libreoffice_reads_the_same(built: Path, tmp_path: Path) -> None:
    target, profile = tmp_path / "saved", f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", str(target), str(built)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  a fixed command
    book = read_book(target / built.name)
    assert same_rows(book, read_book(built))
    assert book.findings == ()


LETTERS = st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn"), max_codepoint=0xFFFD)
TEXTS = st.none() | st.text(LETTERS, min_size=1, max_size=12)
ROWS = st.fixed_dictionaries(
    {
        "company": st.text(LETTERS, min_size=1, max_size=12),
        "need": TEXTS,
        "mobile": TEXTS,
        "budget": st.none() | st.decimals(-(10**12), 10**12, places=2),
        "score": st.none() | st.integers(-(10**15) + 1, 10**15 - 1),
        "next_on": st.none() | st.dates(date(1900, 3, 1), date(9999, 12, 31)),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, max_size=6), constant_memory=st.booleans())
def test_what_was_written_is_what_is_read(
    tmp_path: Path, rows: list[dict[str, object]], *, constant_memory: bool
) -> None:
    cells = [{code: float(v) if isinstance(v, Decimal) else v for code, v in row.items()} for row in rows]
    options = {"constant_memory": constant_memory, "in_memory": False}
    path = book_file(
        tmp_path / "written.xlsx",
        {"leads": cells},  # type: ignore[dict-item]  # values of the strategy above
        as_tables=not constant_memory,
        options=options,
    )
    read = read_book(path)
    expected = [tuple(_composed(row[code]) for code in ROW_CODES) for row in rows]
    assert columns(read, "leads", *ROW_CODES) == expected
    assert read.findings == ()


ROW_CODES = ("company", "need", "mobile", "budget", "score", "next_on")


def _composed(value: object) -> object:
    return (
        pl.Series([value]).str.normalize("NFC").str.strip_chars()[0] or None
        if isinstance(value, str)
        else value
    )


# ---------------------------------------------------------------- wrong input


def bytes_of(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def ods(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return path


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
WRONG: dict[str, tuple[str, Callable[[Path], object]]] = {
    "empty": ("file_empty", lambda p: p.write_bytes(b"")),
    "old xls": ("file_is_xls", lambda p: p.write_bytes(OLE + "Workbook".encode("utf-16-le"))),
    "password": ("file_encrypted", lambda p: p.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le"))),
    "csv": ("file_is_text", lambda p: p.write_bytes("公司,金额\n甲,1".encode("gbk"))),
    "html": ("file_is_html", lambda p: p.write_bytes(b"\n <html><table><tr><td>1</td></tr></table></html>")),
    "picture": ("file_is_unknown", lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")),
    "truncated": ("file_cut_short", lambda p: p.write_bytes(book_file(p).read_bytes()[:5000])),
    "ods": ("file_is_ods", ods),
    "other zip": ("file_is_other", lambda p: zipfile.ZipFile(p, "w").writestr("a.txt", "a")),
    "folder": ("file_is_folder", lambda p: p.mkdir()),
    "missing": ("file_missing", lambda p: p),
}


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_is_no_workbook_is_told_apart(path: Path, case: str) -> None:
    key, make = WRONG[case]
    make(path)
    with pytest.raises(LtcError) as caught:
        read_book(path)
    assert caught.value.key == key
    assert caught.value.values["file"] == "book.xlsx"


def test_a_workbook_of_somebody_else_is_not_ours(path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["公司", "金额"])  # type: ignore[union-attr]  # a new workbook has a sheet
    workbook.save(path)
    with pytest.raises(NotAWorkbook, match="not_our_book"):
        read_book(path)


def test_a_starter_sheet_that_is_missing_is_named(path: Path) -> None:
    book_file(path, lang="en")
    workbook = openpyxl.load_workbook(path)
    del workbook["Receipts"]
    workbook.save(path)
    with pytest.raises(WorldError) as caught:
        read_book(path)
    assert (caught.value.key, caught.value.values["sheets"]) == ("missing_sheet", ["Receipts"])


def test_a_key_column_that_is_missing_is_named(path: Path) -> None:
    book_file(path, codes={"contracts": ["customer", "name", "state", "gross"]})
    with pytest.raises(WorldError) as caught:
        read_book(path)
    assert caught.value.key == "missing_column"
    assert (caught.value.values["sheet"], caught.value.values["columns"]) == ("合同", ["合同号"])


@pytest.mark.needs_data("xlsx_corpus")
@pytest.mark.needs_data("excel_workbooks")
def test_no_real_file_yields_anything_but_a_book_or_a_sentence(data_dir: Path) -> None:
    for path in (*(data_dir / "xlsx_corpus").iterdir(), *(data_dir / "excel_workbooks").iterdir()):
        try:
            read_book(path)
        except LtcError as error:
            assert error.values["file"] == path.name  # noqa: PT017  either outcome is right

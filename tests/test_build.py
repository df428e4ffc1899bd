"""A new workbook: its sheets, tables, names, help, print set-up, and that reading it gives the rows back."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from filled import filled_rows
from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation

from ltc_xl import rollout
from ltc_xl.model.enums import LANGS, Lang, words
from ltc_xl.model.errors import UsageError
from ltc_xl.model.tables import UID, table, tables_of
from ltc_xl.shipped import shipped
from ltc_xl.workbook import build_book, read_book

AS_OF = date(2026, 11, 21)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEN = {
    "zh": "开始 今日 线索 商机 客户 合同 应收 收款 问题 看板 设置 人员 选项",
    "en": (
        "Start Today Leads Opportunities Customers Contracts Receivables Receipts Problems Dashboard "
        "Settings People Choices"
    ),
}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Lang, str], Path]:
    folder = tmp_path_factory.mktemp("made")
    books: dict[tuple[Lang, str], Path] = {}
    for lang in LANGS:
        for kind, rows in (("empty", {}), ("filled", filled_rows(AS_OF))):
            books[lang, kind] = folder / f"{kind}-{lang}.xlsx"
            plan = rollout.new(lang=lang, site="SH", store_id="QX", as_of=AS_OF, company="甲&乙", rows=rows)
            build_book(books[lang, kind], **plan)
    return books


@pytest.fixture(scope="session")
def opened(made: dict[tuple[Lang, str], Path]) -> dict[tuple[Lang, str], Workbook]:
    return {key: load_workbook(path) for key, path in made.items()}


def parts(book: Path, pattern: str) -> Iterator[tuple[str, etree._Element]]:
    with ZipFile(book) as package:
        for name in package.namelist():
            if re.fullmatch(pattern, name):
                yield name, etree.fromstring(package.read(name))


def test_equal_arguments_give_equal_bytes(made: dict[tuple[Lang, str], Path], tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    rows = filled_rows(AS_OF)
    build_book(
        again, **rollout.new(lang="zh", site="SH", store_id="QX", as_of=AS_OF, company="甲&乙", rows=rows)
    )
    assert again.read_bytes() == made["zh", "filled"].read_bytes()


@pytest.mark.parametrize(("file", "lang"), rollout.TEMPLATES.items())
def test_the_shipped_template_is_what_the_model_builds_today(file: str, lang: Lang, tmp_path: Path) -> None:
    fresh = tmp_path / file
    build_book(fresh, **rollout.template_plan(lang))
    assert fresh.read_bytes() == (shipped("workbooks") / file).read_bytes(), "run: ltc-xl rollout build"


@pytest.mark.parametrize("lang", LANGS)
def test_a_new_workbook_shows_the_ten_sheets_then_settings_people_choices(
    opened: dict[tuple[Lang, str], Workbook], lang: Lang
) -> None:
    sheets = opened[lang, "empty"].worksheets
    assert " ".join(s.title for s in sheets if s.sheet_state == "visible") == TEN[lang]
    assert [s.title for s in sheets if s.sheet_state == "veryHidden"] == ["_ltc", "_lists"]
    assert len(sheets) == len(tables_of("starter")) + 3


def test_a_prepared_table_with_rows_is_shown_before_the_rule_sheets(
    opened: dict[tuple[Lang, str], Workbook],
) -> None:
    shown = [s.title for s in opened["zh", "filled"].worksheets if s.sheet_state == "visible"]
    assert shown[9:12] == ["看板", "联系人", "产品"]
    assert shown[-3:] == ["设置", "人员", "选项"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_table_has_the_headers_of_the_model_in_its_order_and_uid_last(
    opened: dict[tuple[Lang, str], Workbook], lang: Lang
) -> None:
    for model in tables_of("starter"):
        sheet = opened[lang, "empty"][model.sheet(lang)]
        headers = [column.label(lang) for column in model.columns_of("starter")]
        wanted = [*headers, UID] if model.tracked else headers
        assert [c.name for c in sheet.tables[model.excel].tableColumns] == wanted
        first, last = sheet.tables[model.excel].ref.split(":")
        assert [c.value for c in sheet[f"{first}:{last}"][0]] == wanted


def test_the_full_profile_has_every_table(tmp_path: Path) -> None:
    book = tmp_path / "full.xlsx"
    build_book(book, **rollout.new(lang="en", site="SH", store_id="", as_of=AS_OF, profile="full"))
    tables = {name for sheet in load_workbook(book).worksheets for name in sheet.tables}
    assert tables == {model.excel for model in tables_of("full")} | {"tblPicks"}


FORMULA_PARTS = r"xl/(workbook|tables/.*|worksheets/sheet\d+)\.xml"
FORMULA_TAGS = {MAIN + tag for tag in ("f", "calculatedColumnFormula", "formula", "formula1", "definedName")}


@pytest.mark.parametrize("lang", LANGS)
def test_formulas_use_the_long_form_of_structured_references_and_old_functions(
    made: dict[tuple[Lang, str], Path], lang: Lang
) -> None:
    """``t[[#This Row],x]`` and ``[@x]`` are no file syntax; Excel 2016 and WPS lack newer functions."""
    seen = 0
    for name, tree in parts(made[lang, "filled"], FORMULA_PARTS):
        for node in tree.iter(*FORMULA_TAGS):
            text = re.sub(r'"[^"]*"', '""', node.text or "")
            without_rows = re.sub(r"\w+\[\[#This Row\],\[(?:[^\[\]']|'.)+\]\]", "1", text)
            assert "#This Row" not in without_rows, (name, text)
            assert "@" not in without_rows, (name, text)
            assert "_xlfn" not in text, (name, text)
            assert not re.search(r"\b(XLOOKUP|LET|FILTER|UNIQUE|SORT|INDIRECT|OFFSET)\(", text), (name, text)
            seen += 1
    assert seen > 500


@pytest.mark.parametrize("lang", LANGS)
def test_every_name_is_valid_and_every_name_in_use_is_defined(
    made: dict[tuple[Lang, str], Path], opened: dict[tuple[Lang, str], Workbook], lang: Lang
) -> None:
    defined = set(opened[lang, "filled"].defined_names)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{2,254}", name) for name in defined)
    used = {
        found
        for _, tree in parts(made[lang, "filled"], FORMULA_PARTS)
        for node in tree.iter(*FORMULA_TAGS)
        for found in re.findall(r"\b(?:lst|ltc|pick)_\w+", node.text or "")
    }
    assert used - {"ltc_xl"} <= defined


@pytest.mark.parametrize("lang", LANGS)
def test_sheet_names_are_short_and_plain(opened: dict[tuple[Lang, str], Workbook], lang: Lang) -> None:
    names = opened[lang, "filled"].sheetnames
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
    assert len({name.casefold() for name in names}) == len(names)


def test_help_and_colours_cover_the_body_of_the_table(opened: dict[tuple[Lang, str], Workbook]) -> None:
    for model in tables_of("starter"):
        sheet = opened["zh", "filled"][model.sheet("zh")]
        first, last = (int(n) for n in re.findall(r"\d+", sheet.tables[model.excel].ref))
        ranges = [r for dv in sheet.data_validations.dataValidation for r in dv.sqref.ranges]
        ranges += [r for found in sheet.conditional_formatting for r in found.sqref.ranges]
        assert {(r.min_row, r.max_row) for r in ranges} <= {(first + 1, last)}


@pytest.mark.parametrize("lang", LANGS)
def test_the_words_of_a_list_stand_together_so_that_its_name_covers_them(
    opened: dict[tuple[Lang, str], Workbook], lang: Lang
) -> None:
    sheet = opened[lang, "empty"][table("choices").sheet(lang)]
    rows = list(sheet.iter_rows(min_row=4, max_col=4, values_only=True))
    column = 2 if lang == "zh" else 3
    sets = [row[0] for row in rows]
    for name in set(sets):
        start = sets.index(name)
        offered = [row[column] for row in rows[start : start + sets.count(name)]]
        assert offered == [word.label(lang) for word in words(str(name), "starter")]


def validation_of(book: Workbook, sheet: str, header: str) -> DataValidation:
    found = book[sheet]
    letters = get_column_letter([c.value for c in found[3]].index(header) + 1)
    validations: list[DataValidation] = found.data_validations.dataValidation
    return next(each for each in validations if str(each.sqref).startswith(f"{letters}4"))


def test_a_condition_of_a_required_column_is_told_in_words(opened: dict[tuple[Lang, str], Workbook]) -> None:
    reason = {"zh": ("线索", "原因"), "en": ("Leads", "Reason")}
    told = {lang: validation_of(opened[lang, "empty"], *reason[lang]).prompt for lang in LANGS}
    assert told["zh"] == "退回或无效时必填。状态为退回、无效时必填。"
    assert told["en"] == "Needed when returned or invalid. Required when Status is Returned, Invalid."


def test_an_unknown_word_of_a_list_stops_and_an_unknown_customer_only_warns(
    opened: dict[tuple[Lang, str], Workbook],
) -> None:
    stage = validation_of(opened["zh", "empty"], "商机", "阶段")
    customer = validation_of(opened["zh", "empty"], "商机", "客户")
    assert (stage.errorStyle, stage.formula1) == (None, "lst_opp_stage")  # stop is what no style means
    assert customer.errorStyle == "warning"
    assert str(customer.formula1).startswith('IF(OR($C4="",COUNTIF(lst_customers,$C4)>0')
    assert "「客户」表里还没有这个全称" in str(customer.error)


def test_a_cell_is_marked_by_its_row_identity_and_column(opened: dict[tuple[Lang, str], Workbook]) -> None:
    sheet = opened["zh", "filled"]["线索"]
    headers = [c.value for c in sheet[3]]
    rules = {
        (str(found.sqref), rule.formula[0]): rule.dxf.border.left.style
        for found in sheet.conditional_formatting
        for rule in found.rules
        if rule.formula and "ltc_marks" in rule.formula[0]
    }
    uid = get_column_letter(len(headers))
    mobile = get_column_letter(headers.index("手机") + 1)
    last = sheet.max_row
    assert rules[f"{mobile}4:{mobile}{last}", f'ISNUMBER(MATCH(${uid}4&"|mobile",ltc_marks,0))'] == "thin"
    assert rules[f"A4:A{last}", f'ISNUMBER(MATCH(${uid}4&"|",ltc_marks,0))'] == "thin"
    assert "ltc_marks" in opened["zh", "filled"].defined_names


def test_ids_stay_text_below_the_table_too(made: dict[tuple[Lang, str], Path]) -> None:
    sheet = load_workbook(made["zh", "empty"])["线索"]
    mobile = next(c.column_letter for c in sheet[3] if c.value == "手机")
    assert sheet[f"{mobile}4"].number_format == "@"
    assert sheet.column_dimensions[mobile].number_format == "@"


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_prints_across_a4_with_page_numbers_and_repeated_headers(
    made: dict[tuple[Lang, str], Path], opened: dict[tuple[Lang, str], Workbook], lang: Lang
) -> None:
    for name, tree in parts(made[lang, "filled"], r"xl/worksheets/sheet\d+\.xml"):
        page, footer = tree.find(f"{MAIN}pageSetup"), tree.findtext(f"{MAIN}headerFooter/{MAIN}oddFooter")
        assert page is not None, name
        assert (page.get("orientation"), page.get("paperSize")) == ("landscape", "9"), name
        assert page.get("fitToWidth", "1") in "12", name
        assert tree.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr[@fitToPage='1']") is not None, name
        assert footer is not None, name
        assert "&P" in footer, name
    for sheet in opened[lang, "filled"].worksheets:
        if sheet.tables and sheet.title != "_lists":
            assert sheet.print_title_rows == "$3:$3"
            assert sheet.freeze_panes is not None


def test_a_blank_row_waits_in_an_empty_table_and_is_no_row(made: dict[tuple[Lang, str], Path]) -> None:
    book = read_book(made["zh", "empty"])
    assert book.rows("leads").height == 0
    place = book.place("leads")
    assert place is not None
    assert (place.header_row, place.first_row, place.last_row) == (3, 4, 4)


@pytest.mark.parametrize("lang", LANGS)
def test_reading_a_new_workbook_gives_the_rows_that_were_written(
    made: dict[tuple[Lang, str], Path], lang: Lang
) -> None:
    book = read_book(made[lang, "filled"])
    assert book.lang == lang
    assert book.findings == ()
    for name, written in filled_rows(AS_OF).items():
        columns = [c for c in written.columns if c in {x.code for x in table(name).columns_of("starter")}]
        read = book.rows(name)
        assert read.select(columns).equals(written.select(columns)), name
        if table(name).tracked:
            assert not book.tables[name].fresh


def test_the_settings_hold_who_the_workbook_is_for(made: dict[tuple[Lang, str], Path]) -> None:
    book = read_book(made["en", "empty"])
    settings = dict(book.rows("settings").select("key", "value").iter_rows())
    assert (settings["company"], settings["site"], settings["language"]) == ("甲&乙", "SH", "en")
    meta = dict(book.rows("meta").select("key", "value").iter_rows())
    assert (meta["store_id"], meta["profile"], meta["template_version"]) == ("QX", "starter", "1")


def test_a_site_code_that_cannot_stand_in_a_number_is_refused() -> None:
    with pytest.raises(UsageError):
        rollout.new(lang="zh", site="S1", store_id="", as_of=AS_OF)

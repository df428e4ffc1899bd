"""What can be clicked leads to the right row: links between rows, and the numbers of 开始 and 看板."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from filled import filled_rows
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from recalculating import answers, profile_in

from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.links import link_of
from ltc_xl.model.tables import excel_formula, table, tables_of, with_live_columns
from ltc_xl.workbook import build_book
from ltc_xl.workbook.builder.layout import FIRST_ROW
from ltc_xl.workbook.builder.measures import KPIS, LISTED_TODAY, Frames, Measure, Share, frames_of

AS_OF = date.today()  # noqa: DTZ011  formulas with TODAY() are computed on the machine's own day


def rows() -> dict[str, pl.DataFrame]:
    """Return a lead, its deal, the contract, its lines, receipts; and a deal whose lead is gone."""
    no = ["HT-1", "HT-2"]
    return {
        "leads": pl.DataFrame({"lead_id": ["L-1", "L-2"], "state": ["NEW", "CONVERTED"]}),
        "opportunities": pl.DataFrame(
            {"opp_id": ["O-1", "O-2"], "lead": ["L-9", "L-2"], "contract_no": [None, "HT-2"]}
        ),
        "contracts": pl.DataFrame(
            {"contract_no": no, "opportunity": [None, "O-2"], "customer": ["甲", "乙"], "collected": [0, 500]}
        ).with_columns(gross=pl.lit(1000)),
        "lines": pl.DataFrame({"contract_no": ["HT-1", "HT-1", "HT-2"], "customer": ["甲", "甲", "乙"]}),
        "receipts": pl.DataFrame({"contract_no": ["HT-1", None], "customer": ["甲", "乙"], "amount": [1, 2]}),
    }


CLICKS = {
    ("opportunities", "lead_link", 0): "#'线索'!A1",
    ("opportunities", "lead_link", 1): "#'线索'!A5",
    ("opportunities", "contract_link", 1): "#'合同'!A5",
    ("opportunities", "lines_link", 1): "#'应收'!A6",
    ("leads", "opp_link", 1): "#'商机'!A5",
    ("contracts", "opp_link", 1): "#'商机'!A5",
    ("contracts", "lines_link", 0): "#'应收'!A4",
    ("contracts", "receipts_link", 1): "#'收款'!A5",
}
"""(table, column, row from 0) -> where a click leads; the last one by customer, for want of the contract."""


def address(name: str, code: str, row: int) -> str:
    """Return the formula of where a link leads, asked from outside its row."""
    text = excel_formula(table(name), table(name).by_code[code], "zh")
    jump = re.search(r"HYPERLINK\((.*),\"→\"\)", text)
    assert jump, text
    return re.sub(r"(\w+)\[\[#This Row\],(\[(?:[^\[\]']|'.)+\])\]", rf"INDEX(\1[\2],{row + 1})", jump[1])


def measure_of(figure: Measure | Share) -> Measure:
    return figure.part if isinstance(figure, Share) else figure


MEASURES = [*(measure_of(kpi.figure) for kpi in KPIS), LISTED_TODAY]


def first_row(measure: Measure, frames: Frames) -> int:
    """Return the sheet row of the first row that counts; 1 where none does."""
    kept = pl.all_horizontal(test.polars(frames).fill_null(value=False) for test in measure.tests)
    places = frames.rows[measure.table].select(kept.arg_true()).to_series()
    return FIRST_ROW + places[0] if places.len() else 1


def first_rows(given: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return where the numbers of 看板 and 今日's shall lead in a book of these rows."""
    names = [owner.name for owner in tables_of("starter")]
    complete = {name: _completed(name, given.get(name, table(name).empty())) for name in names}
    frames = frames_of(complete, AS_OF, "zh")
    return [f"#'{table(m.table).sheet('zh')}'!A{first_row(m, frames)}" for m in MEASURES]


@pytest.mark.needs_program("soffice")
def test_a_click_leads_to_the_row_that_names_the_same_or_the_first_that_counts(tmp_path: Path) -> None:
    books = {"linked": rows(), "filled": filled_rows(AS_OF), "empty": {}}
    paths = [tmp_path / f"{name}.xlsx" for name in books]
    for path, given in zip(paths, books.values(), strict=True):
        build_book(path, lang="zh", profile="starter", site="SH", store_id="", rows=given, as_of=AS_OF)
    numbers = [m.link("0", "zh").removeprefix("HYPERLINK(").removesuffix(",0)") for m in MEASURES]
    asked = dict(zip(paths, ([address(*click) for click in CLICKS], numbers, numbers), strict=True))
    (tmp_path / "profile").mkdir()
    linked, filled, empty = answers(asked, profile_in(tmp_path / "profile"), tmp_path)
    assert dict(zip(CLICKS, linked, strict=True)) == CLICKS
    assert filled == first_rows(books["filled"])
    assert empty == first_rows({})
    assert {str(each)[-3:] for each in empty} == {"!A1"}


def _completed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = table(name).schema
    return frame.select(
        (pl.col(code) if code in frame.columns else pl.lit(None)).cast(dtype).alias(code)
        for code, dtype in schema.items()
    )


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_the_look_sheets_is_clickable(lang: Lang, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    given = filled_rows(AS_OF)
    build_book(book, lang=lang, profile="starter", site="SH", store_id="", rows=given, as_of=AS_OF)
    formulas, shown = load_workbook(book), load_workbook(book, data_only=True)
    for sheet in (shown.worksheets[0], shown.worksheets[9]):
        numbers = [c.coordinate for r in sheet.iter_rows() for c in r if isinstance(c.value, int | float)]
        assert len(numbers) >= 5
        for cell in numbers:
            assert str(formulas[sheet.title][cell].value).startswith("=HYPERLINK(\"#'"), (sheet.title, cell)


def test_a_link_is_shown_by_its_own_row_alone() -> None:
    """
    The arrow needs no other table, so that it cannot go stale: the deal's lead is named, the contract's
    money is not nothing, the lead is converted.
    """
    leads = pl.DataFrame({"lead_id": ["a", "b"], "state": ["CONVERTED", "NEW"]})
    lead = with_live_columns(table("leads"), _completed("leads", leads), AS_OF)
    assert lead["opp_link"].to_list() == ["→", None]
    contracts = pl.DataFrame({"contract_no": ["a", "b", "c"], "collected": [0, None, 5]})
    contract = with_live_columns(table("contracts"), _completed("contracts", contracts), AS_OF)
    assert contract["receipts_link"].to_list() == [None, None, "→"]


def test_links_name_tables_and_columns_of_the_model() -> None:
    for owner in tables_of("full"):
        for column in owner.columns:
            for target in column.link.targets if column.link else ():
                assert target.column in table(target.table).by_code
                assert target.own in owner.by_code


@pytest.mark.parametrize("text", ["leads", "leads.lead_id", "where state is won"])
def test_a_link_that_says_nowhere_is_no_link(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        link_of(text)


def test_arrows_stand_in_narrow_columns_behind_what_they_belong_to(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    build_book(book, lang="zh", profile="starter", site="SH", store_id="", rows={}, as_of=AS_OF)
    sheet = load_workbook(book)["商机"]
    headers = [cell.value for cell in sheet[3]]
    places = [headers.index(header) for header in ("来源线索", "合同号", "→线索", "→合同", "→应收")]
    assert places == list(range(places[0], places[0] + 5))
    assert sheet.column_dimensions[get_column_letter(places[2] + 1)].width < 11

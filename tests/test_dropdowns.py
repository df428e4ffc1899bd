"""Dropdowns that depend on another cell offer what they should: LibreOffice is asked for their sources."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from filled import filled_rows
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from recalculating import answers, profile_in

from ltc_xl.model.tables import table, tables_of
from ltc_xl.workbook import build_book, look_edits, patch, read_book
from ltc_xl.workbook.builder.picks import MOST, depends_on_customer, picks
from ltc_xl.workbook.edits import PutRows

AS_OF = date(2026, 11, 21)
FIRST_ROW = 4
CUSTOMERS = ["苏州甲有限公司", "无锡乙有限公司", "苏州丙", "Alpha*", "苏州甲有限公司分公司"]


def rows() -> dict[str, pl.DataFrame]:
    """Return customers, their contracts out of order, and rows whose cells are asked for what they offer."""
    contracts = [("HT-3", 0), ("HT-1", 0), ("HT-2", 1), ("HT-9", 4)]
    return {
        "customers": pl.DataFrame({"name": CUSTOMERS}),
        "contracts": pl.DataFrame(
            {"contract_no": [no for no, _ in contracts], "customer": [CUSTOMERS[c] for _, c in contracts]}
        ),
        "contacts": pl.DataFrame({"customer": CUSTOMERS[:2], "name": ["王工", "李总"]}),
        "lines": pl.DataFrame({"customer": [*CUSTOMERS[:3], None], "item": ["PREPAY"] * 4}),
        "leads": pl.DataFrame({"company": list("abc"), "state": ["RETURNED", "INVALID", "NEW"]}),
        "opportunities": pl.DataFrame(
            {
                "name": list("abcd"),
                "customer": [CUSTOMERS[0], "苏州", CUSTOMERS[2], None],
                "stage": ["LOST", "VALIDATING", "WON", None],
            }
        ),
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dropdowns") / "built.xlsx"
    build_book(path, lang="zh", profile="starter", site="SH", store_id="", rows=rows(), as_of=AS_OF)
    return path


def source(book: Workbook, name: str, code: str, row: int) -> str:
    """Return the source of a cell's dropdown, its relative addresses as they are for the row."""
    sheet, owner = book[table(name).sheet("zh")], table(name)
    letters = get_column_letter([c.value for c in sheet[3]].index(owner.by_code[code].zh) + 1)
    validations = sheet.data_validations.dataValidation
    rule = next(each for each in validations if str(each.sqref).startswith(f"{letters}{FIRST_ROW}"))
    return re.sub(r"(\$[A-Z]+)4\b", rf"{sheet.title}!\g<1>${FIRST_ROW + row}", str(rule.formula1))


ASKED: dict[tuple[str, str, int], Sequence[str | None]] = {
    ("lines", "contract_no", 0): ["HT-1", "HT-3"],
    ("lines", "contract_no", 1): ["HT-2"],
    ("lines", "contract_no", 2): ["HT-3", "HT-1", "HT-2", "HT-9"],
    ("lines", "contract_no", 3): ["HT-3", "HT-1", "HT-2", "HT-9"],
    ("opportunities", "customer", 0): CUSTOMERS,
    ("opportunities", "customer", 1): ["苏州丙", "苏州甲有限公司", "苏州甲有限公司分公司"],
    ("opportunities", "customer", 3): CUSTOMERS,
    ("opportunities", "decision_maker", 0): ["王工"],
    ("opportunities", "decision_maker", 2): [None],
    ("opportunities", "lost_reason", 0): ["价格高", "选了竞争对手"],
    ("opportunities", "lost_reason", 2): [None],
    ("leads", "reason", 0): ["无预算无时间表", "联系不上"],
    ("leads", "reason", 1): ["空号", "同行询价"],
    ("leads", "reason", 2): [None],
    ("contracts", "terms", 0): ["10", "3-3-3-1"],
}
"""(table, column, row from 0) -> the first entries of the dropdown, all of those that depend on rows."""


@pytest.mark.needs_program("soffice")
def test_a_dropdown_offers_what_goes_with_its_row(built: Path, tmp_path: Path) -> None:
    (tmp_path / "profile").mkdir()
    formulas, opened = list[str](), load_workbook(built)
    for (name, code, row), offered in ASKED.items():
        text = source(opened, name, code, row)
        formulas.append(f"ROWS({text})")
        formulas += [f'INDEX({text},{place})&""' for place in range(1, len(offered) + 1)]
    (yielded,) = answers({built: formulas}, profile_in(tmp_path / "profile"), tmp_path)
    given = iter(yielded)
    found = {key: (next(given), [next(given) for _ in offered]) for key, offered in ASKED.items()}
    whole = {"lines", "opportunities"}
    for (name, code, row), (count, entries) in found.items():
        wanted = ASKED[name, code, row]
        assert entries == [*wanted], (name, code, row)
        if name in whole and code != "lost_reason":
            assert count == len(wanted), (name, code, row)


def test_a_reason_is_offered_and_not_asked_for_and_a_contract_is_asked_about(built: Path) -> None:
    opened = load_workbook(built)
    leads, lines = (opened[name].data_validations.dataValidation for name in ("线索", "应收"))
    reason = next(each for each in leads if "lst_return_reason" in str(each.formula1))
    contract = next(each for each in lines if '"contracts|"' in str(each.formula1))
    assert not reason.showErrorMessage
    assert (contract.showErrorMessage, contract.errorStyle) == (True, "warning")


@pytest.mark.parametrize("profile", ["starter", "full"])
def test_excel_takes_the_source_of_every_dropdown(profile: str, tmp_path: Path) -> None:
    """At most 255 characters, no list of another sheet by address, no function that Excel 2016 lacks."""
    path = tmp_path / "book.xlsx"
    build_book(path, lang="en", profile=profile, site="SH", store_id="", rows={}, as_of=AS_OF)
    book = load_workbook(path)
    sources = [
        str(rule.formula1)
        for sheet in book.worksheets
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    ]
    assert len(sources) > 40
    assert [text for text in sources if len(text) > 255 or "!" in text] == []
    named = {name for text in sources for name in re.findall(r"\b(?:lst|ltc|pick)_\w+", text)}
    assert named <= set(book.defined_names)
    functions = {name for text in sources for name in re.findall(r"([A-Z][A-Z.0-9]+)\(", text)}
    assert functions == {"IF", "OR", "ISNUMBER", "COUNTIF", "INDEX", "MATCH"}


def test_every_column_that_names_a_row_of_a_customer_depends_on_it() -> None:
    found = {
        (owner.name, column.code): depends
        for owner in tables_of("starter")
        for column in owner.columns
        if (depends := depends_on_customer(owner, column))
    }
    assert {place: ref.table for place, (ref, _) in found.items()} == {
        ("opportunities", "decision_maker"): "contacts",
        ("customers", "billing_contact"): "contacts",
        ("contracts", "frame_no"): "contracts",
        ("lines", "contract_no"): "contracts",
        ("receipts", "contract_no"): "contracts",
        ("invoices", "contract_no"): "contracts",
        ("invoices", "line"): "lines",
        ("invoices", "red_of"): "invoices",
    }


def test_sorted_lists_follow_the_rows_with_every_patch(built: Path, tmp_path: Path) -> None:
    book = read_book(built)
    fewer = book.with_rows("contracts", book.rows("contracts").head(1))
    (put,) = [edit for edit in look_edits(built, fewer, AS_OF) if isinstance(edit, PutRows)]
    after = tmp_path / "after.xlsx"
    patch(built, after, [put])
    sheet = load_workbook(after)["_lists"]
    contracts = [row for row in sheet.values if str(row[0]).startswith("contracts|")]
    assert [row[:2] for row in contracts] == [("contracts|苏州甲有限公司", "HT-3")]
    assert not [edit for edit in look_edits(after, fewer, AS_OF) if isinstance(edit, PutRows)]


def test_lists_that_stand_are_not_written_again(built: Path) -> None:
    edits = look_edits(built, read_book(built), AS_OF)
    assert edits
    assert not [edit for edit in edits if isinstance(edit, PutRows)]


def test_keys_stand_together_as_excel_compares_and_wildcards_and_long_lists_stay_out() -> None:
    given = {**{owner.name: owner.empty() for owner in tables_of("starter")}, **filled_rows(AS_OF)}
    names = pl.DataFrame({"name": ["b", "A", "a", "B ", "x*y", None]})
    found = picks({**given, "customers": names}, "starter")
    assert [item for key, item in found if key == "customers"] == ["A", "a", "b", "B "]
    many = pl.DataFrame({"name": [f"c{i}" for i in range(MOST + 1)]})
    found = picks({**given, "customers": many}, "starter")
    assert not [item for key, item in found if key == "customers"]
    keys = [key.lower() for key, _ in found]
    assert keys == sorted(keys)

"""Columns of a firm's own: added in Excel, declared in 字段, and from then on like any other column."""

import json
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from added_columns import columns_added, declared, own_typed
from conftest import typed_rows, written_book
from desk import DAY, cells, checked, deleting, ran, store_of, typing
from shell import SPEAKING, ltc

from ltc_xl import leads, rollout
from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.own_columns import is_own
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, Column
from ltc_xl.rules.merging import merges, unmerge
from ltc_xl.session import How, history, new_book, run, save_typed, undo
from ltc_xl.workbook import AppendRows
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.offers import Offers
from ltc_xl.workbook.read import read_book
from ltc_xl.workbook.tail import Tail

LEADS = """
| company | contact | mobile      | channel | budget | need | timeline | city |
| 恒远    | 张三    | 13800000001 | 官网    | 10000  | 柜   | M0_3     | 苏州 |
| 衡达    | 李四    | 13800000002 | 官网    | 10000  | 柜   | M0_3     | 苏州 |
| 恒成    | 王五    | 13800000003 | 展会    | 10000  | 柜   | M0_3     | 苏州 |
"""
DEALS = """
| name | customer | owner | stage      | amount    | expected_close | next_step |
| 柜一 | 恒远     | 王芳  | VALIDATING | 100000.00 | 2026-06-01     | 电话      |
| 柜二 | 恒远     | 王芳  | VALIDATING | 300000.00 | 2026-06-01     | 电话      |
"""
LEVEL, NAME = "x_微信等级", "微信等级"
TYPES: dict[str, tuple[object, object]] = {
    "文本": ("甲", "甲"),
    "号码": ("00123", "00123"),
    "金额": ("12万", Decimal("120000.00")),
    "数字": (1.5, Decimal("1.5000")),
    "整数": (7, 7),
    "百分比": ("30%", Decimal("0.30000000")),
    "日期": (date(2026, 4, 1), date(2026, 4, 1)),
    "是/否": ("是", True),
}
"""Type of a column -> what stands in its first cell, and what that is read as."""
HEADERS = {
    "customers": NAME,
    "opportunities": "WeChat level",
    "contracts": " 微信 等级",
    "lines": "ＷＥＣＨＡＴ ＬＥＶＥＬ",
}
"""Table -> how one column is called on its sheet."""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a firm's workbook and its store: leads, columns of its own, none declared."""
    folder = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LTC_XL_STATE", str(folder / "state"))
        path, rows = folder / "线索.xlsx", {name: typed_rows(name, text) for name, text in _ROWS.items()}
        new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows=rows))
        of_leads: dict[str, list[object]] = {
            NAME: ["甲", "乙"],
            **{f"自家{type_}": [cell] for type_, (cell, _) in TYPES.items()},
        }
        headers: dict[str, dict[str, list[object]]] = {n: {header: []} for n, header in HEADERS.items()}
        headers["opportunities"]["产品线"] = ["柜体", "软件"]
        columns_added(path, leads=of_leads, grading={NAME: [*[None] * 5, "甲"]}, **headers)
        checked(path)
    return folder


_ROWS = {"leads": LEADS, "opportunities": DEALS, "customers": "| name |\n| 恒远 |"}


@pytest.fixture
def firm(made_once: Path, own_state_dir: Path) -> Path:
    """Return the workbook, synced."""
    shutil.copytree(made_once, own_state_dir.parent, dirs_exist_ok=True)
    return own_state_dir.parent / "线索.xlsx"


def kept(path: Path) -> list[object]:
    """Return what the store holds of the column, in the order of the sheet; nothing while it is no column."""
    book, store = read_book(path), store_of(path)
    rows = book.rows("leads").select(UID).join(store.rows(book.table("leads")), on=UID, maintain_order="left")
    store.close()
    return rows[LEVEL].to_list() if LEVEL in rows.columns else []


def on_sheet(path: Path) -> list[object]:
    """Return what stands in the column on the sheet of leads, whether it is declared or not."""
    place = read_book(path).place("leads")
    assert place is not None
    number = place.number_of(NAME) or place.columns[LEVEL]
    sheet = openpyxl.load_workbook(path, read_only=True)[place.sheet]
    rows = sheet.iter_rows(place.first_row, place.first_row + 2, number, number, values_only=True)
    return [value for (value,) in rows]


def declare_level(path: Path) -> None:
    declared(path, {"表": "线索", "字段": NAME, "类型": "单选", "可选值": "甲、乙、丙"})


# ---------------------------------------------------------------- read


def test_without_a_declaration_an_own_column_is_nothing_to_the_program(firm: Path) -> None:
    book, before = read_book(firm), firm.read_bytes()
    place = book.place("leads")
    assert place is not None
    assert NAME in place.extra
    assert LEVEL not in book.rows("leads").columns
    assert checked(firm).commit is None
    assert firm.read_bytes() == before


def test_a_column_is_found_under_its_name_and_under_its_labels_on_the_sheet_it_is_declared_for(
    firm: Path,
) -> None:
    declared(
        firm,
        *({"表": text, "字段": NAME, "英文名": "WeChat level"} for text in ("客户", "商机", "合同", "应收")),
    )
    book = read_book(firm)
    for name, header in HEADERS.items():
        place = book.place(name)
        assert place is not None
        assert place.headers[LEVEL] == header
        assert header not in place.extra
        assert book.table(name).by_code[LEVEL].label("en") == "WeChat level"
    assert LEVEL not in book.table("leads").by_code


def test_cells_are_read_as_what_they_are_declared_to_be_and_kept_so(firm: Path) -> None:
    declared(firm, *({"表": "线索", "字段": f"自家{type_}", "类型": type_} for type_ in TYPES))
    book = read_book(firm)
    assert book.findings == ()
    checked(firm)
    store = store_of(firm)
    state = store.rows(book.table("leads"))
    store.close()
    for type_, (_, value) in TYPES.items():
        assert book.rows("leads")[f"x_自家{type_}"].to_list() == [value, None, None]
        assert state[f"x_自家{type_}"].drop_nulls().to_list() == [value]
    assert checked(firm).commit is None


def test_a_cell_that_does_not_fit_its_type_is_told_with_its_place_and_stays(firm: Path) -> None:
    declared(firm, {"表": "线索", "字段": NAME, "类型": "数字"})
    checked(firm)
    found = read_book(firm).rows("findings").filter(code="V-03")
    place = read_book(firm).place("leads")
    assert place is not None
    assert found["column"].to_list() == [NAME, NAME]
    assert found["mark"].str.ends_with(f"|{LEVEL}").all()
    assert on_sheet(firm) == ["甲", "乙", None]
    assert kept(firm) == [None, None, None]


def test_a_row_that_holds_nothing_but_an_own_cell_is_no_row(firm: Path) -> None:
    own_typed(firm, "leads", NAME, {3: "丙"})
    declare_level(firm)
    assert read_book(firm).rows("leads").height == 3


def test_a_declared_name_that_the_model_knows_makes_no_column(firm: Path) -> None:
    before = read_book(firm).table("leads")
    declared(firm, {"表": "线索", "字段": "手机", "必填": "是"}, {"表": "线索", "字段": "Mobile"})
    assert read_book(firm).table("leads") == before


def test_a_column_that_is_declared_and_not_there_is_blank(firm: Path) -> None:
    declared(firm, {"表": "线索", "字段": "不在表上"})
    assert read_book(firm).rows("leads")["x_不在表上"].null_count() == 3
    checked(firm)
    assert checked(firm).commit is None


# ---------------------------------------------------------------- kept, told, taken back


def test_what_stands_in_a_column_is_kept_once_it_is_declared(firm: Path) -> None:
    declare_level(firm)
    assert checked(firm).accepted == 3  # the declaration and two cells
    assert kept(firm) == ["甲", "乙", None]
    assert checked(firm).commit is None


def test_history_tells_of_its_cells_and_undo_takes_them_back(firm: Path) -> None:
    declare_level(firm)
    checked(firm)
    own_typed(firm, "leads", NAME, {0: "丙"})
    done = checked(firm)
    told = history(firm, str(done.typed_commit)).events
    assert [(e.what, e.column, e.old, e.new) for e in told] == [("set", LEVEL, "甲", "丙")]
    assert "微信等级 甲 → 丙" in ltc("history", firm, done.typed_commit, env=SPEAKING["zh"]).stdout
    undo(firm, str(done.typed_commit), DAY, How(papers=False))
    assert on_sheet(firm) == kept(firm) == ["甲", "乙", None]
    assert ran(firm).commit is None


def test_a_deleted_row_comes_back_with_its_own_cells(firm: Path) -> None:
    declare_level(firm)
    checked(firm)
    deleting(firm, "leads", read_book(firm).rows("leads").filter(company="恒远")[UID].item())
    gone = checked(firm)
    undo(firm, str(gone.typed_commit), DAY, How(papers=False))
    rows = read_book(firm).rows("leads").filter(company="恒远")
    assert rows[LEVEL].to_list() == ["甲"]
    assert checked(firm).commit is None


def test_taking_back_the_declaration_leaves_what_stands_in_the_column(firm: Path) -> None:
    declare_level(firm)
    done = checked(firm)
    undo(firm, str(done.typed_commit), DAY, How(papers=False))
    assert read_book(firm).rows("fields").is_empty()
    assert on_sheet(firm) == ["甲", "乙", None]
    assert ran(firm).commit is None


def test_a_column_whose_declaration_is_deleted_stays_and_is_known_when_it_is_declared_again(
    firm: Path,
) -> None:
    declare_level(firm)
    checked(firm)
    before = cells(firm)
    deleting(firm, "fields", read_book(firm).rows("fields")[UID].item())
    checked(firm)
    assert on_sheet(firm) == ["甲", "乙", None]
    assert LEVEL not in read_book(firm).rows("leads").columns
    declare_level(firm)
    assert checked(firm).accepted == 1  # the declaration alone: the cells were never forgotten
    assert cells(firm)["leads"] == before["leads"]


def test_another_type_makes_nothing_blank_and_the_first_type_again_finds_everything(firm: Path) -> None:
    declared(firm, {"表": "线索", "字段": NAME})
    checked(firm)
    row = read_book(firm).rows("fields")[UID].item()
    typing(firm, "fields", row, type="数字")
    assert checked(firm).accepted == 1
    assert on_sheet(firm) == ["甲", "乙", None]
    typing(firm, "fields", row, type="文本")
    assert checked(firm).accepted == 1
    assert kept(firm) == ["甲", "乙", None]


# ---------------------------------------------------------------- dropdowns


def offered(path: Path) -> dict[str, str]:
    """Return header -> what the columns of the firm offer on the sheet of leads, by openpyxl."""
    book = read_book(path)
    place = book.place("leads")
    assert place is not None
    heads = {
        column_letters(place.columns[code]): place.headers[code] for code in place.headers if is_own(code)
    }
    rules = openpyxl.load_workbook(path)["线索"].data_validations.dataValidation
    found = {}
    for rule in rules:
        first = str(rule.sqref).partition(":")[0].rstrip("0123456789")
        if first in heads:
            assert str(rule.sqref) == f"{first}{place.first_row}:{first}{place.last_row}"
            found[heads[first]] = rule.formula1
    return found


def test_a_declared_column_offers_its_choices_and_follows_what_is_declared(firm: Path) -> None:
    declared(
        firm,
        {"表": "线索", "字段": NAME, "可选值": "甲、乙"},
        {"表": "线索", "字段": "自家文本", "可选值": "grade"},
        {"表": "线索", "字段": "自家是/否", "类型": "是/否"},
    )
    checked(firm)
    grades = '"A,B,C,D"'
    assert offered(firm) == {NAME: '"甲,乙"', "自家文本": grades, "自家是/否": '"是,否"'}
    before = firm.read_bytes()
    assert checked(firm).commit is None
    assert firm.read_bytes() == before
    row = read_book(firm).rows("fields").filter(field=NAME)[UID].item()
    typing(firm, "fields", row, choices="甲；丙")
    checked(firm)
    assert offered(firm) == {NAME: '"甲,丙"', "自家文本": grades, "自家是/否": '"是,否"'}
    typing(firm, "fields", row, choices=None)
    checked(firm)
    assert NAME not in offered(firm)


def test_a_list_of_the_firms_own_is_not_touched() -> None:
    own = b'<dataValidation type="whole" sqref="C3:C9"><formula1>1</formula1></dataValidation>'
    tail = Tail(b'<dataValidations count="1">' + own + b"</dataValidations></worksheet>", b"")
    asked = Offers(Area(3, 1, 9, 5), {3: ("a",), 4: ("b",)}, "T", frozenset({"T"}), "Q")
    found = asked.put_into(tail)
    assert own in found.data
    assert found.data.count(b"<dataValidation ") == 2
    assert b'sqref="D3:D9"' in found.data
    assert b'count="2"' in found.data
    assert asked.put_into(found) == found
    gone = Offers(asked.body, {3: (), 4: ()}, "T", asked.titles, "Q").put_into(found)
    assert gone == tail


@pytest.mark.parametrize("words", [("a" * 256,), ("a,b",), ()])
def test_what_excel_cannot_list_is_not_offered(words: tuple[str, ...]) -> None:
    tail = Tail(b"<pageMargins/></worksheet>", b"")
    assert Offers(Area(3, 1, 9, 5), {3: words}, "T", frozenset({"T"}), "Q").put_into(tail) == tail


def test_a_merge_takes_own_cells_along_and_unmerging_gives_them_back() -> None:
    """
    leads
    | lead_id | company |
    | L-1     | 恒远    |
    | L-2     | 恒远    |
    """
    book = with_level(test_a_merge_takes_own_cells_along_and_unmerging_gives_them_back.__doc__, [None, "甲"])
    merged = applied(book, merges(book, "leads", [("u1x", "u0x")], DAY))
    assert merged.rows("leads")[LEVEL].to_list() == ["甲", "甲"]
    back = unmerge(merged, "L-2")
    assert back is not None
    assert applied(merged, back.changes).rows("leads")[LEVEL].to_list() == [None, "甲"]


def with_level(text: str | None, values: list[str | None]) -> Book:
    """Return the book of a text, its leads with the column 微信等级."""
    book = written_book(text or "")
    held = book.tables["leads"]
    owner = held.table.with_more((Column(LEVEL, NAME, "WeChat level", "text"),))
    rows = held.rows.with_columns(pl.Series(LEVEL, values, pl.String)).select(owner.schema.names())
    return replace(book, tables={**book.tables, "leads": replace(held, table=owner, rows=rows)})


# ---------------------------------------------------------------- checks, rules, reports


def test_what_a_declaration_asks_of_a_column_is_checked_cell_by_cell(firm: Path) -> None:
    declared(firm, {"表": "线索", "字段": NAME, "必填": "是", "可选值": "甲、丙"})
    checks = {"#": "1", "表": "线索", "条件(必须成立)": "微信等级<>甲 或 预算>=2万", "遇空值": "通过"}
    save_typed(firm, lambda _book: [AppendRows("cfgRowChecks", [checks])])
    found = {one["code"]: one["cell"] for one in answer("check", firm)["findings"] if one["column"] == LEVEL}
    place = read_book(firm).place("leads")
    assert place is not None
    letters, first = column_letters(place.columns[LEVEL]), place.first_row
    wanted = {"X-01": f"{letters}{first}", "V-21": f"{letters}{first + 1}", "K-01": f"{letters}{first + 2}"}
    assert found == wanted


def test_leads_are_graded_by_a_column_of_the_firms_own(firm: Path) -> None:
    declare_level(firm)

    def service(book: Book, rulebook: Rulebook) -> Outcome:
        return leads.grade(book, rulebook, DAY)

    run(firm, "leads grade", service, DAY, How(papers=False))
    rows = read_book(firm).rows("leads").select("company", "grade_why").rows()
    assert "微信等级 甲" in rows[0][1]
    assert "G06" in rows[0][1]
    assert "G06" not in rows[1][1]
    answers = answer("rules", "explain", firm, "恒远")["rows"][0]["answers"]
    passed = next(one for one in answers if one["rules"] == "grading")["passed"]
    assert [one["shown"] for one in passed if one["label"] == NAME] == ["甲"]


def test_the_funnel_is_told_by_an_own_column(firm: Path) -> None:
    declare_level(firm)
    told = answer("report", "funnel", firm, "--by", NAME)
    assert told["by"] == NAME
    assert {row["key"]: row["leads"] for row in told["rows"]} == {"": 1, "甲": 1, "乙": 1}
    refused = ltc("report", "funnel", firm, "--by", "微信等次", env=SPEAKING["zh"])
    assert refused.exit_code == 2
    assert NAME in refused.output


def test_the_pipeline_is_told_by_an_own_column_on_paper_too(firm: Path, tmp_path: Path) -> None:
    declared(firm, {"表": "商机", "字段": "产品线"})
    told = answer("report", "pipeline", firm, "--by", "产品线")
    assert [(row["own"], row["amount"]) for row in told["keys"]] == [
        ("软件", "300000.00"),
        ("柜体", "100000.00"),
    ]
    ltc("report", "pipeline", firm, "--by", "产品线", "--out", tmp_path / "p", env=SPEAKING["zh"])
    page = next((tmp_path / "p").glob("*.html")).read_text("utf-8")
    assert "按产品线" in page
    assert "产品线" in next((tmp_path / "p").glob("*.html")).name


FILE = """公司,电话,微信等级,自家金额
新元,13800000009,丙,3万
恒远,13800000001,乙,
"""
MAP = """form = "leads"
[columns]
company = "公司"
mobile = "电话"
{name} = "微信等级"
[constants]
channel = "官网"
"""


@pytest.mark.parametrize("name", [NAME, "WeChat level", LEVEL])
def test_an_import_fills_a_column_that_its_map_names(firm: Path, tmp_path: Path, name: str) -> None:
    declared(firm, {"表": "线索", "字段": NAME, "英文名": "WeChat level"})
    (tmp_path / "f.csv").write_text(FILE, "utf-8")
    (tmp_path / "m.toml").write_text(MAP.format(name=f'"{name}"'), "utf-8")
    told = answer("import", firm, tmp_path / "f.csv", "--map", tmp_path / "m.toml", "--apply")
    assert (told["new"], told["changed"]) == (1, 1)
    rows = read_book(firm).rows("leads").select("company", LEVEL)
    assert dict(rows.iter_rows()) == {"恒远": "乙", "衡达": "乙", "恒成": None, "新元": "丙"}


def test_an_import_by_headers_knows_the_columns_that_the_firm_added(firm: Path, tmp_path: Path) -> None:
    declared(firm, {"表": "线索", "字段": "自家金额", "类型": "金额"})
    (tmp_path / "f.csv").write_text(FILE, "utf-8")
    told = answer("import", firm, tmp_path / "f.csv", "--form", "leads")
    assert told["unmapped"] == [NAME]
    assert told["new"] == 1


def test_a_map_that_misspells_an_own_column_is_told_its_name(firm: Path, tmp_path: Path) -> None:
    declare_level(firm)
    (tmp_path / "f.csv").write_text(FILE, "utf-8")
    (tmp_path / "m.toml").write_text(MAP.format(name='"微信等记"'), "utf-8")
    refused = ltc("import", firm, tmp_path / "f.csv", "--map", tmp_path / "m.toml", env=SPEAKING["zh"])
    assert refused.exit_code == 2
    assert NAME in refused.output
    assert LEVEL not in refused.output


def answer(*args: object) -> Any:  # noqa: ANN401  what was printed
    result = ltc(*args, "--json", "--as-of", DAY, env=SPEAKING["zh"])
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)

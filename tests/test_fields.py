"""字段: what the firm asks of columns is checked in every cell, and never less than the model asks."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from conftest import typed_rows
from gallery import placed_book
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter
from plain_cells import DAY, TYPED, wrongs
from reading import book_file

from ltc_xl.check import check, check_rules
from ltc_xl.model.book import Book, BookTable, book_of
from ltc_xl.model.enums import words
from ltc_xl.model.own_columns import own_columns
from ltc_xl.model.tables import ROW, UID, Column, Table, table, tables
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.case import Case
from ltc_xl.rules.cell_checks import cell_checks
from ltc_xl.rules.cell_masks import mask_failures
from ltc_xl.rules.checks.cells import check_cells, listed_words
from ltc_xl.rules.fields import FieldRules, field_rules
from ltc_xl.rules.schema import schema_failures
from ltc_xl.workbook import read_book

LEADS = """
| company  | channel | state | mobile      | budget   | city | source_id |
| 太湖精工 | 官网    | NEW   | 13800138000 | 50000.00 | 苏州 | WX1       |
| 园区     | 官网    | NEW   | 13800138001 | 5000.00  | 苏州 | WX1       |
| 衡达     | 官网    | NEW   |             |          | 无锡 | wx3       |
"""


def asking(fields: str, **tables: str) -> Book:
    return placed_book({"leads": LEADS, **tables, "fields": fields})


def rules_of(book: Book) -> FieldRules:
    return field_rules(book, bind_rulebook(book))


def told(book: Book, *codes: str) -> list[tuple[str, str, str]]:
    """Return code, cell and what is found of the findings of a check."""
    return [
        (
            one.code,
            (book.cell(one.table, one.row_id, one.column) or ("", ""))[1],
            str(one.values.get("found")),
        )
        for one in check(book, bind_rulebook(book), DAY).findings
        if one.code in codes
    ]


def problems(book: Book) -> list[tuple[str, str, str]]:
    """Return code, cell and reason of what is wrong with the sheet."""
    return [
        (
            one.code,
            (book.cell(one.table, one.row_id, one.column) or ("", ""))[1],
            str(dict(one.values.get("why", {})).get("key", "")),  # type: ignore[call-overload]  # a mapping, if any
        )
        for one in rules_of(book).problems
    ]


def test_a_column_of_the_model_can_be_required() -> None:
    book = asking("| table | field | required |\n| LEADS | 手机 | YES |")
    assert told(book, "K-01") == [("K-01", "D4", "")]
    assert told(asking("| table | field | required |\n| LEADS | 手机 | NO |"), "K-01") == []


def test_bounds_are_narrowed() -> None:
    book = asking("| table | field | minimum | maximum |\n| LEADS | 预算 | 1万 | 4万 |")
    assert told(book, "V-11", "V-12") == [("V-11", "H3", "5000.00"), ("V-12", "H2", "50000.00")]


def test_a_bound_may_move_with_the_day() -> None:
    leads = (
        LEADS.replace("| source_id |", "| next_on |")
        .replace("WX1", "2026-04-29")
        .replace("wx3", "2026-05-01")
    )
    book = asking("| table | field | minimum |\n| LEADS | 下次跟进 | TODAY() |", leads=leads)
    assert told(book, "V-22") == [("V-22", "Q2", "2026-04-29"), ("V-22", "Q3", "2026-04-29")]


def test_choices_and_patterns_are_asked_of_texts() -> None:
    """Width and case of a choice make no difference; of a pattern they do."""
    book = asking(
        "| table | field | choices | pattern |\n| LEADS | 城市 | 苏州，上海 | |\n| LEADS | 来源编号 | | ^WX |"
    )
    assert told(book, "V-20", "V-21") == [("V-20", "AE4", "wx3"), ("V-21", "J4", "无锡")]
    assert told(asking("| table | field | choices |\n| LEADS | 来源编号 | ＷＸ3、Wx1 |"), "V-21") == []


def test_the_list_of_a_column_is_cut_to_some_of_its_words() -> None:
    leads = (
        LEADS.replace("| city |", "| timeline |")
        .replace("无锡", "SOON")
        .replace("| 苏州 | WX1       |\n| 园", "| M0_3 | WX1 |\n| 园")
        .replace("苏州", "M12")
    )
    book = asking("| table | field | choices |\n| LEADS | 采购时间 | 3个月内、3-6个月 |", leads=leads)
    assert told(book, "V-06", "V-21") == [("V-06", "I4", "SOON"), ("V-21", "I3", "M12")]


def test_choices_may_be_a_list_of_the_firm_by_its_name() -> None:
    added = "| set | code | zh | en |\n| 城区 | SZ | 苏州 | Suzhou |\n| 城区 | SH | 上海 | Shanghai |"
    book = asking("| table | field | choices |\n| LEADS | 城市 | 城区 |", choices=added)
    assert told(book, "V-21") == [("V-21", "J4", "无锡")]
    (finding,) = [one for one in check(book, bind_rulebook(book), DAY).findings if one.code == "V-21"]
    assert finding.values["listed"] == ["苏州", "上海"]


def test_shares_are_told_in_percent() -> None:
    lines = "| terms | seq | item | share | trigger |\n| 3-7 | 1 | PREPAY | 1.3 | SIGN |"
    book = placed_book({"terms": lines})
    (finding,) = [one for one in check(book, bind_rulebook(book), DAY).findings if one.code == "V-12"]
    assert (finding.values["found"], finding.values["most"]) == ("130%", "100%")


def test_a_unique_column_holds_nothing_twice_and_blanks_do_not_count() -> None:
    book = asking("| table | field | is_unique |\n| LEADS | 来源编号 | YES |\n| LEADS | 手机 | YES |")
    assert told(book, "K-05") == [("K-05", "AE2", "WX1"), ("K-05", "AE3", "WX1")]


def test_many_rows_of_one_value_are_told_in_time() -> None:
    """A column of two values among 30,000 rows, wanted unique by mistake."""
    rows = pl.DataFrame(
        {"company": [f"客户{n}" for n in range(30_000)], "channel": "官网", "state": "NEW", "city": "苏州"}
    )
    fields = typed_rows("fields", "| table | field | is_unique |\n| LEADS | 城市 | YES |")
    numbered = rows.with_row_index("_row", 2)
    book = book_of(leads=numbered, fields=fields)
    found = [one for one in check(book, bind_rulebook(book), DAY).findings if one.code == "K-05"]
    assert len(found) == 30_000
    assert found[0].values["rows"] == [3, 4, 5, 6, 7]


def test_a_column_refers_to_the_names_of_another_sheet() -> None:
    book = asking(
        "| table | field | refers_to |\n| LEADS | 公司 | CUSTOMERS |",
        customers="| name | kind |\n| 太湖精工 | LARGE |\n| 衡达公司 | LARGE |",
    )
    assert told(book, "K-06", "K-07") == [("K-06", "B4", "衡达"), ("K-07", "B3", "园区")]


def test_the_hint_and_the_row_that_asks_stand_in_the_finding() -> None:
    book = asking("| table | field | required | hint_zh |\n| LEADS | 手机 | YES | 11 位 |")
    (finding,) = check_cells(Case(book, bind_rulebook(book), DAY))
    assert finding.values["asked"] == {"row": 2, "hint": {"zh": "11 位"}}


@pytest.mark.parametrize(
    ("row", "code", "cell", "reason"),
    [
        ("| LEADS | 手机 | | | | ([0-9] | | | |", "R-61", "I2", "no_pattern"),
        ("| LEADS | 手机 | | | | (?=a) | | | |", "R-61", "I2", "no_pattern"),
        ("| LEADS | 预算 | | | | ^1 | | | |", "R-61", "I2", "no_pattern_here"),
        ("| LEADS | 预算 | | | 1、2 | | | | |", "R-61", "H2", "no_choices"),
        ("| LEADS | 城市 | | | ，、 | | | | |", "R-61", "H2", "empty_choices"),
        ("| LEADS | 采购时间 | | | 明年 | | | | |", "R-61", "H2", "no_word"),
        ("| LEADS | 预算 | | | | | 很多 | | |", "R-61", "J2", "not_number"),
        ("| LEADS | 预算 | | | | | 1;2 | | |", "R-61", "J2", "one_value"),
        ("| LEADS | 城市 | | | | | 1 | | |", "R-61", "J2", "no_order"),
        ("| LEADS | 下次跟进 | | | | | | 100 | |", "R-61", "K2", "not_date"),
        ("| LEADS | 预算 | | | | | 5万 | 1万 | |", "R-61", "K2", "least_above_most"),
        ("| LEADS | 预算 | | | | | | | CUSTOMERS |", "R-61", "L2", "no_reference_here"),
        ("| LEADS | 城市 | | | | | | | NURTURE_TRACKS |", "R-61", "L2", "no_key"),
        ("| LEADS | 城市 | | | | | | | CONTACTS |", "R-61", "L2", "no_such_sheet"),
        ("| LEADS | 录入日期 | YES | | | | | | |", "R-61", "B2", "not_typed"),
        ("| MEMBERS | 星级 | YES | | | | | | |", "R-61", "B2", "no_own"),
        ("| MEMBERS | 团队1 | YES | | | | | | |", "R-61", "B2", "no_own_near"),
        ("| BILLS | 票号 | YES | | | | | | |", "R-61", "B2", "no_such_sheet"),
        ("| LEADS | 渠道 | NO | | | | | | |", "R-64", "F2", "looser_required"),
        ("| LEADS | 公司 | NO | | | | | | |", "R-64", "F2", "looser_required"),
        ("| MEMBERS | 姓名 | | NO | | | | | |", "R-64", "G2", "looser_unique"),
        ("| LEADS | 预算 | | | | | -1 | | |", "R-64", "J2", "looser_least"),
        ("| LEADS | 微信等级 | | | | | | | |", "R-63", "B2", "not_on_sheet"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_with_its_reason(
    row: str, code: str, cell: str, reason: str
) -> None:
    head = "| table | field | required | is_unique | choices | pattern | minimum | maximum | refers_to |\n"
    book = asking(head + row, members="| member |\n| 王强 |")
    assert problems(book) == [(code, cell, reason)]
    assert [
        one.code for one in check_rules(book, bind_rulebook(book), DAY).findings if one.table == "fields"
    ] == [code]


def test_what_is_wrong_with_a_bound_is_told_by_its_place_in_the_cell() -> None:
    (problem,) = rules_of(asking("| table | field | minimum |\n| LEADS | 预算 | 12abc |")).problems
    why = dict(problem.values["why"])  # type: ignore[call-overload]  # a mapping
    assert (why["found"], why["position"]) == ("12abc", 1)


def test_one_wrong_cell_leaves_the_rest_of_its_row_and_the_other_rows_in_use() -> None:
    book = asking(
        """
| table | field    | required | pattern |
| LEADS | 手机     | YES      | ([      |
| LEADS | 来源编号 |          | ^WX     |
| LEADS | Mobile   |          | x       |
"""
    )
    assert problems(book) == [("R-61", "I2", "no_pattern"), ("R-62", "B4", "")]
    assert [one[:2] for one in told(book, "K-01", "V-20")] == [("V-20", "AE4"), ("K-01", "D4")]


def test_a_short_name_is_told_the_whole_header() -> None:
    book = placed_book(
        {
            "opportunities": "| name | amount |\n| 柜 | 1.00 |",
            "fields": "| table | field |\n| OPPORTUNITIES | 金额 |",
        }
    )
    (problem,) = rules_of(book).problems
    assert problem.code == "R-63"
    assert dict(problem.values["why"])["near"] == "金额(含税)"  # type: ignore[call-overload]  # a mapping


def test_the_sheets_on_offer_are_those_whose_rows_people_type() -> None:
    lists = {column.ref.table for one in tables().values() for column in one.columns if column.ref}
    offered = {
        one.name: (one.zh, one.en, one.profile == "full")
        for one in tables().values()
        if not one.by_program and (one.group == "work" or (one.name in lists and one.name != "taxes"))
    }
    assert offered == {
        word.code.lower(): (word.zh, word.en, word.profile == "full") for word in words("field_table")
    }


def test_columns_of_the_firm_are_checked_like_those_of_the_model(tmp_path: Path) -> None:
    path = book_file(
        tmp_path / "a.xlsx",
        {
            "leads": [
                {
                    "company": "甲",
                    "channel": "官网",
                    "state": "新建",
                    "微信等级": "A",
                    "会员号": "001",
                    "折扣": 0.2,
                },
                {
                    "company": "乙",
                    "channel": "官网",
                    "state": "新建",
                    "微信等级": "E",
                    "会员号": "001",
                    "折扣": 0.6,
                },
                {
                    "company": "丙",
                    "channel": "官网",
                    "state": "新建",
                    "微信等级": None,
                    "会员号": "7x",
                    "折扣": "不少",
                },
            ],
            "fields": [
                {
                    "table": "线索",
                    "field": "微信等级",
                    "type": "单选",
                    "required": "是",
                    "choices": "A、B、C",
                },
                {"table": "线索", "field": "会员号", "type": "号码", "is_unique": "是", "pattern": r"^\d+$"},
                {"table": "线索", "field": "折扣", "type": "百分比", "maximum": "50%"},
            ],
        },
    )
    book = read_book(path)
    found = told(book, "K-01", "K-05", "V-03", "V-12", "V-20", "V-21")
    headers = {number: header for header, number in _headers(book).items()}
    assert [(code, headers[cell[:-1]], cell[-1]) for code, cell, _ in found] == [
        ("V-03", "折扣", "4"),
        ("V-12", "折扣", "3"),
        ("V-20", "会员号", "4"),
        ("V-21", "微信等级", "3"),
        ("K-01", "微信等级", "4"),
        ("K-05", "会员号", "2"),
        ("K-05", "会员号", "3"),
    ]


def _headers(book: Book) -> dict[str, str]:
    names = ("微信等级", "会员号", "折扣")
    cells = {name: book.cell("leads", None, f"x_{name}") for name in names}
    return {name: cell[1].rstrip("0123456789") for name, cell in cells.items() if cell}


@dataclass(frozen=True)
class Ask:
    """Something that a cell of 字段 asks for: as typed, and in plain Python."""

    text: str
    holds: Callable[[object], bool]


def choice(*listed: str) -> Ask:
    return Ask("、".join(listed), lambda value: str(value).casefold() in [one.casefold() for one in listed])


def least(text: str, value: object) -> Ask:
    return Ask(text, lambda found: found >= value)  # type: ignore[operator]  # of one kind


def most(text: str, value: object) -> Ask:
    return Ask(text, lambda found: found <= value)  # type: ignore[operator]  # of one kind


def pattern(text: str) -> Ask:
    return Ask(text, lambda value: re.search(text, str(value)) is not None)


ASKS: Mapping[str, Mapping[str, tuple[Ask, ...]]] = {
    "text": {
        "choices": (choice("太湖精工", "x"), choice("LI.NA@taihu")),
        "pattern": (pattern("^li"), pattern("工$")),
    },
    "id": {"choices": (choice("123", "X"),), "pattern": (pattern(r"^\d{11}$"), pattern("-"))},
    "money": {
        "minimum": (least("1万", 10_000), least("0.01", Decimal("0.01"))),
        "maximum": (most("500000", 500_000), most("99.99万", Decimal(999_900))),
    },
    "number": {"minimum": (least("1.5", Decimal("1.5")), least("2", 2)), "maximum": (most("1", 1),)},
    "rate": {
        "minimum": (least("10%", Decimal("0.1")),),
        "maximum": (most("100%", 1), most("0.5", Decimal("0.5"))),
    },
    "int": {"minimum": (least("1", 1),), "maximum": (most("30", 30), most("29", 29))},
    "date": {
        "minimum": (least("2026-04-30", DAY), least("TODAY()+1", date(2026, 5, 1))),
        "maximum": (most("TODAY()", DAY), most("2026/4/29", date(2026, 4, 29))),
    },
}
CODES = {"choices": "V-21", "pattern": "V-20", "minimum": "V-11", "maximum": "V-12"}
DAY_CODES = {"minimum": "V-22", "maximum": "V-23"}
OWN = {"甲": "TEXT", "乙": "CODE", "丙": "MONEY", "丁": "NUMBER", "戊": "RATE", "己": "INTEGER", "庚": "DATE"}


@dataclass(frozen=True)
class Asked:
    """The row of 字段 about one column."""

    column: Column
    required: bool
    cells: Mapping[str, Ask]


@dataclass(frozen=True)
class Drawn:
    """Rows of a table with columns of the firm's own, and what 字段 asks of some columns."""

    book: Book
    model: Table
    asked: list[Asked]

    @property
    def rows(self) -> pl.DataFrame:
        return self.book.rows(self.model.name)

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:  # noqa: FBT001  hypothesis calls it so
        """Print what makes the case: the sheet, and the cells of the columns that it is about."""
        cells = self.rows.select(one.column.code for one in self.asked).to_dicts()
        printer.text(f"{self.model.name} {self.book.rows('fields').to_dicts()} {cells}")


@st.composite
def asked_rows(draw: st.DrawFn) -> Drawn:
    name = draw(st.sampled_from(("leads", "opportunities", "contracts")))
    declared = [{"table": name.upper(), "field": named, "type": type_} for named, type_ in OWN.items()]
    model = table(name).with_more(own_columns(pl.DataFrame(declared, schema=table("fields").schema))[name])
    typed = [column for column in model.columns if column.typed and column.type in ASKS]
    asked = [draw(asks(column)) for column in draw(st.lists(st.sampled_from(typed), unique=True, max_size=6))]
    filled = [one.column for one in asked] + draw(st.lists(st.sampled_from(model.columns), max_size=6))
    cells = draw(cells_of(dict.fromkeys(filled)))
    count = max(map(len, cells.values()), default=1)
    frame = pl.DataFrame(
        {code: cells.get(code, [None] * count) for code in model.by_code}, schema=_types(model)
    )
    whole = frame.with_columns(
        pl.format("u{}", pl.int_range(pl.len())).alias(UID), pl.lit(None, pl.UInt32).alias(ROW)
    )
    sheet = pl.DataFrame([as_typed(one, name) for one in asked], schema=table("fields").schema)
    book = book_of(fields=sheet.with_columns(_uid=pl.format("f{}", pl.int_range(pl.len()))))
    return Drawn(replace(book, tables={**book.tables, name: BookTable(model, whole)}), model, asked)


def _types(model: Table) -> dict[str, pl.DataType]:
    return {code: model.schema[code] for code in model.by_code}


@st.composite
def asks(draw: st.DrawFn, column: Column) -> Asked:
    cells = {kind: draw(st.none() | st.sampled_from(known)) for kind, known in ASKS[column.type].items()}
    if column.type in {"rate", "number", "date"}:  # bounds of these may cross
        cells |= {"maximum": None} if cells["minimum"] else {}
    return Asked(column, draw(st.booleans()), {kind: one for kind, one in cells.items() if one})


def cells_of(columns: Iterable[Column]) -> st.SearchStrategy[dict[str, list[object]]]:
    def of_column(column: Column) -> tuple[object, ...]:
        listed = tuple(word.code for word in words(column.enum)) if column.enum else ()
        return (None, *listed, "SOMETHING") if column.enum else (None, *TYPED.get(column.type, ()))

    known = {column.code: st.sampled_from(of_column(column)) for column in columns}
    return st.integers(1, 4).flatmap(
        lambda count: st.fixed_dictionaries(
            {code: st.lists(cells, min_size=count, max_size=count) for code, cells in known.items()}
        )
    )


def as_typed(asked: Asked, name: str) -> dict[str, str]:
    required = {"required": "YES"} if asked.required else {}
    return {"table": name.upper(), "field": asked.column.zh, **required} | {
        kind: one.text for kind, one in asked.cells.items()
    }


def plainly_wrong(
    model: Table, asked: Asked | None, column: Column, row: Mapping[str, object]
) -> Iterator[str]:
    """Yield what is wrong with a cell: by the model, and by the firm's row where that asks for more."""
    found, value = set(wrongs(model, column, row)), row[column.code]
    if asked is None:
        yield from found
    elif value is None:
        yield from {"K-01"} if asked.required else found
    else:
        codes = CODES | DAY_CODES if column.type == "date" else CODES
        yield from found - {codes[kind] for kind in asked.cells}
        yield from (codes[kind] for kind, one in asked.cells.items() if not one.holds(value))


@given(asked_rows())
@settings(max_examples=60, deadline=None)
def test_schema_masks_and_plain_python_agree_on_what_the_firm_asks(drawn: Drawn) -> None:
    """Own columns of seven kinds, every check that a cell may fail, on tables of the model."""
    book, model = drawn.book, drawn.model
    rules, rows = rules_of(book), drawn.rows
    assert rules.problems == ()
    lists = listed_words(Case(book, bind_rulebook(book), DAY))
    checks = cell_checks(model, model.by_code, DAY, lists, rules.of(model.name))
    by_masks = mask_failures(checks, rows).sort("check", "row")
    assert schema_failures(checks, rows).sort("check", "row").equals(by_masks)
    by_code = {one.column.code: one for one in drawn.asked}
    assert {(row, checks[n].column.code, checks[n].code) for n, row in by_masks.iter_rows()} == {
        (number, column.code, code)
        for number, row in enumerate(rows.iter_rows(named=True))
        for column in model.columns
        if not column.live
        for code in plainly_wrong(model, by_code.get(column.code), column, row)
    }


@given(asked_rows())
@settings(max_examples=15, deadline=None)
def test_the_strict_check_says_of_cells_what_the_everyday_check_says(drawn: Drawn) -> None:
    book = drawn.book
    case = Case(book, bind_rulebook(book), DAY)
    key = repr
    assert sorted(check_cells(case), key=key) == sorted(check_cells(replace(case, thorough=True)), key=key)

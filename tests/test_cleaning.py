"""leads clean: rules as rows; what is put right is kept as typed, what is not is said in the row."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import typed_rows, written_book
from shell import CHINESE, ltc

from ltc_xl import leads, rollout
from ltc_xl.messages import words_of
from ltc_xl.model.book import Book
from ltc_xl.model.change import applied
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.outcome import Outcome
from ltc_xl.rules import bind_rulebook
from ltc_xl.session import new_book
from ltc_xl.workbook.read import read_book

DAY = date(2026, 4, 30)
LEADS = """
    leads
    | lead_id | company             | contact | mobile            | email     | need | city | state     |
    | L-1     | 苏州恒远 科技(集团) | 陈 敏   | +86 138-1234-5678 | CHEN@A.cn | 配电 |      | NEW       |
    | L-2     | 测试公司            | 张三    | 1381234           |           |      | 上海 | NEW       |
    | L-3     | Acme  Ltd           | Bob Lee |                   |           | 能耗 |      | FOLLOWING |
    | L-4     | 旧厂                |         | 138 0000 0000     |           |      |      | INVALID   |
    """


def cleaned(book: Book) -> Outcome:
    return leads.clean(book, bind_rulebook(book), DAY)


def lead(book: Book, number: str) -> Mapping[str, Any]:
    return book.rows("leads").row(by_predicate=pl.col("lead_id") == number, named=True)


def after(book: Book) -> Book:
    return applied(book, cleaned(book).changes)


def test_texts_are_put_right_and_what_stood_there_is_kept() -> None:
    row = lead(after(written_book(LEADS)), "L-1")
    assert (row["company"], row["contact"]) == ("苏州恒远科技（集团）", "陈敏")
    assert (row["mobile"], row["email"], row["city"]) == ("13812345678", "chen@a.cn", "苏州")
    assert (
        row["originals"]
        == "公司：苏州恒远 科技(集团)；联系人：陈 敏；手机：+86 138-1234-5678；邮箱：CHEN@A.cn"
    )


def test_what_a_person_must_mend_is_said_in_the_row_with_the_rule() -> None:
    book = after(written_book(LEADS))
    note = lead(book, "L-2")["clean_note"]
    assert note.startswith("C05 核对手机号")
    assert [part.split()[0] for part in note.split("；") if part.startswith("C0")] == ["C05", "C06", "C07"]
    assert lead(book, "L-3")["clean_note"].startswith("C04")


def test_a_new_lead_without_fault_is_cleaned_and_no_other() -> None:
    book = after(written_book(LEADS))
    assert book.rows("leads")["state"].to_list() == ["CLEAN", "NEW", "FOLLOWING", "INVALID"]
    assert lead(book, "L-4")["mobile"] == "138 0000 0000"


def test_a_second_run_finds_nothing_to_do() -> None:
    book = after(written_book(LEADS))
    assert not cleaned(book).changes


def test_a_mended_lead_loses_its_note_and_keeps_what_was_typed() -> None:
    book = after(written_book(LEADS))
    rows = book.rows("leads")
    mended = book.with_rows(
        "leads",
        rows.with_columns(email=pl.when(lead_id="L-3").then(pl.lit("bob@acme.com")).otherwise("email")),
    )
    row = lead(after(mended), "L-3")
    assert (row["clean_note"], row["originals"]) == (None, "公司：Acme  Ltd")


def test_a_cell_nobody_could_read_is_neither_blank_nor_filled() -> None:
    table = (
        "| lead_id | company | mobile | need | city | state |\n| L-1 | 苏州甲厂 | 13812345678 |  |  | NEW |"
    )
    book = written_book(f"leads\n{table}")
    unread = frozenset({("leads", "u0x", "city"), ("leads", "u0x", "need")})
    row = lead(after(Book(**{**vars(book), "unread": unread})), "L-1")
    assert (row["city"], row["clean_note"]) == (None, None)


RULES = """
    cleaning
    | no  | field     | kind      | value     | cure     |
    | C01 | {field}   | {kind}    | {value}   |          |
    leads
    | lead_id | company | need | industry | state |
    | L-1     | 甲厂    | 配电 |          | NEW   |
    """


@pytest.mark.parametrize(
    ("field", "kind", "value", "note"),
    [
        ("行业", "REQUIRED", "", "C01 行业没填"),
        ("Industry", "FILL", "需求", None),
        ("need", "PATTERN", "^能", "C01 需求写法不对"),
        ("需求；公司", "BLACKLIST", "配电,乙", "C01 需求、公司里有不该有的字：配电、乙"),
    ],
)
def test_rules_name_fields_by_header_or_code(field: str, kind: str, value: str, note: str | None) -> None:
    book = after(written_book(RULES.format(field=field, kind=kind, value=value)))
    assert lead(book, "L-1")["clean_note"] == note
    assert lead(book, "L-1")["industry"] == ("配电" if kind == "FILL" else None)


def test_a_blank_is_filled_with_a_constant_where_no_field_is_called_so() -> None:
    book = after(written_book(RULES.format(field="行业", kind="FILL", value="制造业")))
    assert lead(book, "L-1")["industry"] == "制造业"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("field", "kind", "value", "code"),
    [
        ("行 业业", "REQUIRED", "", "R-02"),
        ("xyzw", "REQUIRED", "", "R-02"),
        ("预算", "PATTERN", "^1", "R-02"),
        ("需求", "PATTERN", "(1", "R-02"),
        ("需求", "PATTERN", "(?=1)", "R-02"),
        ("需求", "BLACKLIST", "", "K-01"),
    ],
)
def test_a_rule_that_cannot_be_read_changes_nothing_and_says_why(
    field: str, kind: str, value: str, code: str, lang: Lang
) -> None:
    outcome = cleaned(written_book(RULES.format(field=field, kind=kind, value=value), lang))
    assert (outcome.exit_status, bool(outcome.changes)) == (1, False)
    (problem,) = outcome.findings
    assert problem.code == code
    assert words_of(problem, lang).cure


def test_the_command_cleans_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "客户A.xlsx"
    rows = typed_rows("leads", "\n".join(LEADS.splitlines()[2:])).with_columns(
        lead_id=pl.lit(None, pl.String), channel=pl.lit("官网")
    )
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows={"leads": rows}))
    told = ltc("leads", "clean", path, "--as-of", DAY, "--dry-run", env=CHINESE)
    assert told.exit_code == 0, told.output
    assert "138-1234-5678 → 13812345678" in told.output
    document = json.loads(ltc("leads", "clean", path, "--as-of", DAY, "--json").stdout)
    assert (document["leads"], document["clean"]) == (3, 1)
    book = read_book(path)
    assert book.rows("leads")["mobile"].to_list()[0] == "13812345678"
    again = json.loads(ltc("leads", "clean", path, "--as-of", DAY, "--json").stdout)
    assert again["changed"] == []

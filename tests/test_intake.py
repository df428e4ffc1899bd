"""Import: what foreign rows become in the book."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import typed_rows
from foreign import raw_of
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.collect import aging
from ltc_xl.imports.map_file import map_of
from ltc_xl.imports.raw import RawTable
from ltc_xl.imports.rejects import write_rejects
from ltc_xl.imports.sources import read_sources
from ltc_xl.intake import intake, preview
from ltc_xl.messages import sentence_of
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.change import applied
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.derived import derived

MAPS = Path(__file__).parents[1] / "docs/examples/maps"
DAY = date(2026, 3, 31)
LEADS = {"company": "公司", "mobile": "手机", "channel": "渠道", "budget": "预算"}
ITEMS = {"customer": "客户", "amount": "金额", "due_date": "到期", "invoice_no": "发票"}


def imported(
    book: Book,
    form: str,
    columns: Mapping[str, str],
    *texts: str,
    as_of: date = DAY,
    lookups: Mapping[str, RawTable] | None = None,
    **sections: object,
) -> Outcome:
    """Return what files, written as tables, mean by a map."""
    files = {f"{n}.csv": raw_of(text, f"{n}.csv") for n, text in enumerate(texts)}
    form_map = map_of({"form": form, "columns": columns, **sections})
    return intake(book, Rulebook(), as_of, form_map, files, lookups)


def numbered(book: Book) -> Book:
    """Return the book with a number for every row that has none, as the store gives at commit."""
    for name in ("leads", "opportunities", "customers", "lines", "receipts", "allocations"):
        number = table(name).numbered or ""
        rows = book.rows(name).with_columns(pl.coalesce(number, UID).alias(number))
        book = book.with_rows(name, rows)
    return book


def after(book: Book, outcome: Outcome) -> Book:
    return numbered(applied(book, outcome.changes))


def counts(outcome: Outcome) -> tuple[Any, ...]:
    return tuple(outcome.data[name] for name in ("new", "changed", "unchanged", "rejected"))


def told(outcome: Outcome) -> list[tuple[Any, ...]]:
    entries: Any = outcome.data["unmatched"]
    return [(e["column"], e["value"], e["rows"], e["proposal"]) for e in entries]


def rows(book: Book, name: str, *columns: str) -> list[tuple[object, ...]]:
    return book.rows(name).select(columns).rows()


# ---------------------------------------------------------------- new, changed, unchanged


FIRST = """
    | 公司 | 手机        | 渠道 | 预算 |
    | 恒远 | 13812345678 | 官网 | 12万 |
    | 衡达 |             | 展会 |      |
    """


def test_rows_become_rows_with_the_defaults_of_the_model_and_the_day() -> None:
    book = after(book_of(), imported(book_of(), "leads", LEADS, FIRST))
    assert rows(book, "leads", "company", "mobile", "channel", "budget", "state", "created_on") == [
        ("恒远", "13812345678", "官网", Decimal("120000.00"), "NEW", DAY),
        ("衡达", None, "展会", None, "NEW", DAY),
    ]


def test_the_same_file_again_changes_nothing_on_any_day() -> None:
    book = after(book_of(), imported(book_of(), "leads", LEADS, FIRST))
    again = imported(book, "leads", LEADS, FIRST, as_of=date(2026, 5, 1))
    assert counts(again) == (0, 0, 2, 0)
    assert not again.changes


def test_a_changed_row_is_shown_cell_by_cell_and_a_blank_clears_nothing() -> None:
    book = after(book_of(), imported(book_of(), "leads", LEADS, FIRST))
    again = imported(
        book,
        "leads",
        LEADS,
        """
        | 公司   | 手机          | 渠道 | 预算 |
        | 新华   |               | 官网 |      |
        | 恒 远  | 138-1234-5678 |      | 15万 |
        """,
    )
    assert counts(again) == (1, 1, 0, 0)
    assert again.data["diff"] == [
        {"file": "0.csv", "row": 3, "key": "138-1234-5678", "table": "leads", "column": c, "old": o, "new": n}
        for c, o, n in (
            ("company", "恒远", "恒 远"),
            ("mobile", "13812345678", "138-1234-5678"),
            ("budget", "120000.00", "150000.00"),
        )
    ]
    assert rows(after(book, again), "leads", "channel", "budget")[0] == ("官网", Decimal("150000.00"))


def test_constants_and_defaults_fill_new_rows_but_never_write_over_a_person() -> None:
    columns = {"company": "公司"}
    text = """
        | 公司 |
        | 恒远 |
        """
    book = after(book_of(), imported(book_of(), "leads", columns, text, constants={"channel": "官网"}))
    assert rows(book, "leads", "channel", "state") == [("官网", "NEW")]
    edited = book.with_rows(
        "leads", book.rows("leads").with_columns(channel=pl.lit("展会"), state=pl.lit("FOLLOWING"))
    )
    assert not imported(edited, "leads", columns, text, constants={"channel": "官网"}).changes


def test_a_lead_of_the_same_mobile_at_another_company_is_another_lead() -> None:
    held = typed_rows(
        "leads",
        """
        | company | mobile      | channel |
        | 恒远    | 13812345678 | 官网    |
        """,
    )
    text = """
        | 公司 | 手机        | 渠道 | 预算 |
        | 衡达 | 13812345678 | 官网 |      |
        """
    assert counts(imported(book_of(leads=held), "leads", LEADS, text)) == (1, 0, 0, 0)


def test_a_row_with_a_source_id_takes_the_row_somebody_typed_but_not_one_of_another_id() -> None:
    held = typed_rows(
        "leads",
        """
        | company | mobile      | source_id |
        | 恒远    | 13812345678 |           |
        | 衡达    | 13912345678 | S-7       |
        """,
    )
    outcome = imported(
        book_of(leads=held),
        "leads",
        {"source_id": "ID", "company": "公司", "mobile": "手机"},
        """
        | ID  | 公司 | 手机        |
        | S-1 | 恒远 | 13812345678 |
        | S-2 | 衡达 | 13912345678 |
        """,
    )
    assert counts(outcome) == (1, 1, 0, 0)
    assert [(s.column, s.cells["new"].to_list()) for s in outcome.changes.sets] == [("source_id", ["S-1"])]


def test_several_files_are_one_import() -> None:
    one = """
        | 公司 | 手机 | 渠道 | 预算 |
        | 恒远 |      | 官网 |      |
        """
    outcome = imported(book_of(), "leads", LEADS, one, one.replace("恒远", "衡达"))
    assert counts(outcome) == (2, 0, 0, 0)


def test_the_batch_is_named_by_files_map_and_day() -> None:
    batches = [
        imported(book_of(), "leads", LEADS, FIRST).data["batch"],
        imported(book_of(), "leads", LEADS, FIRST).data["batch"],
        imported(book_of(), "leads", LEADS, FIRST, blank={"any": ["-"]}).data["batch"],
        imported(book_of(), "leads", LEADS, FIRST, as_of=date(2026, 4, 1)).data["batch"],
        imported(book_of(), "leads", LEADS, FIRST + "    | 新华 | | | |").data["batch"],
    ]
    assert batches[0] == batches[1]
    assert len(set(batches)) == 4


def test_columns_nobody_mapped_are_told_and_kept() -> None:
    outcome = imported(
        book_of(),
        "leads",
        {"company": "公司"},
        """
        | 公司 | 规模 | 备注 "x" |
        | 恒远 | 50人 | 说"好"   |
        | 衡达 |      |          |
        """,
    )
    assert outcome.data["unmapped"] == ["规模", '备注 "x"']
    kept = outcome.changes.extra["leads"]
    assert [json.loads(text) for text in kept["extra"]] == [{"规模": "50人", '备注 "x"': '说"好"'}]
    assert kept[UID].to_list() == outcome.changes.inserts["leads"][UID].to_list()[:1]


# ---------------------------------------------------------------- maps


def test_blanks_values_units_and_decimal_commas_are_as_the_map_says() -> None:
    outcome = imported(
        book_of(),
        "opportunities",
        {"source_id": "ID", "stage": "阶段", "amount": "金额", "customer": "客户"},
        """
        | ID | 阶段 | 金额    | 客户   |
        | 1  | Won  | 1.234,5 | -      |
        | 2  | 谈判 | 12      | Select |
        """,
        formats={"unit": 10000, "decimal": ","},
        blank={"any": ["-"], "customer": ["SELECT"]},
        values={"stage": {"won": "WON"}},
    )
    book = after(book_of(), outcome)
    assert rows(book, "opportunities", "stage", "amount", "customer", "name") == [
        ("WON", Decimal("12345000.00"), None, "1"),
        ("NEGOTIATING", Decimal("120000.00"), None, "2"),
    ]


def test_words_of_the_book_itself_are_known() -> None:
    choices = typed_rows(
        "choices",
        """
        | set       | code | zh   | en  |
        | opp_stage | WON  | 拿下 | Got |
        """,
    )
    outcome = imported(
        book_of(choices=choices),
        "opportunities",
        {"source_id": "ID", "stage": "阶段"},
        """
        | ID | 阶段 |
        | 1  | 拿下 |
        """,
    )
    assert outcome.changes.inserts["opportunities"]["stage"].to_list() == ["WON"]


def test_a_constant_that_cannot_be_read_is_a_mistake_of_the_map() -> None:
    with pytest.raises(UsageError) as caught:
        imported(book_of(), "leads", {"company": "公司"}, FIRST, constants={"budget": "much"})
    assert "budget" in sentence_of(caught.value, "en")


PRICES = """
    | product | price |
    | GTX Pro | 4821  |
    | MG      | 55    |
    """


def test_a_looked_up_value_is_found_under_another_spelling_and_the_rest_is_told() -> None:
    outcome = imported(
        book_of(),
        "opportunities",
        {"source_id": "ID", "stage": "s", "product": "p"},
        """
        | ID | s   | p       |
        | 1  | Won | GTXPro  |
        | 2  | Won | GTX Pro |
        | 3  | Won | GTX Prro |
        | 4  | Won | Bolt    |
        """,
        lookups={"list_price": raw_of(PRICES, "prices.csv")},
        lookup={"list_price": {"file": "prices.csv", "key": "product", "value": "price"}},
    )
    assert told(outcome) == [
        ("product", "GTXPro", 1, "GTX Pro"),
        ("product", "GTX Prro", 1, "GTX Pro"),
        ("product", "Bolt", 1, None),
    ]
    book = after(book_of(), outcome)
    assert rows(book, "opportunities", "product", "list_price") == [
        ("GTX Pro", Decimal("4821.00")),
        ("GTX Pro", Decimal("4821.00")),
        ("GTX Prro", None),
        ("Bolt", None),
    ]
    assert rows(book, "products", "product", "list_price") == [
        ("GTX Pro", Decimal("4821.00")),
        ("Bolt", None),
    ]
    assert [json.loads(text) for text in outcome.changes.extra["opportunities"]["extra"]] == [{"p": "GTXPro"}]


# ---------------------------------------------------------------- names


def test_names_take_the_spelling_of_the_book_and_new_ones_join_its_tables() -> None:
    held = book_of(
        customers=typed_rows("customers", "| name |\n| 恒远（苏州） |\n| Dontechi |"),
        members=typed_rows("members", "| member |\n| 王芳 |"),
    )
    outcome = imported(
        held,
        "opportunities",
        {"source_id": "ID", "stage": "s", "customer": "c", "owner": "o"},
        """
        | ID | s   | c           | o    |
        | 1  | Won | 恒远(苏州)  | 王芳 |
        | 2  | Won | Dontechii   | 李雷 |
        | 3  | Won | Acme Corp   | 李雷 |
        | 4  | Won | ACME-corp   |      |
        """,
    )
    assert told(outcome) == [
        ("customer", "恒远(苏州)", 1, "恒远（苏州）"),
        ("customer", "Dontechii", 1, "Dontechi"),
        ("customer", "ACME-corp", 1, "Acme Corp"),
    ]
    book = after(held, outcome)
    assert book.rows("opportunities")["customer"].to_list() == [
        "恒远（苏州）",
        "Dontechii",
        "Acme Corp",
        "Acme Corp",
    ]
    assert book.rows("customers")["name"].to_list() == ["恒远（苏州）", "Dontechi", "Acme Corp"]
    assert book.rows("members")["member"].to_list() == ["王芳", "李雷"]
    assert outcome.data["also"] == {"customers": 1, "members": 1}


def test_codes_that_differ_in_a_digit_are_never_proposed_for_each_other() -> None:
    held = book_of(customers=typed_rows("customers", "| name |\n| 2820-XGXSB |"))
    text = """
        | 客户       | 金额 | 到期       | 发票 |
        | 2821-XGXSB | 1    | 2026-01-01 | 1    |
        """
    outcome = imported(held, "receivables", ITEMS, text)
    assert told(outcome) == []
    assert outcome.data["also"] == {"customers": 1}


def test_a_customer_keeps_its_name_when_the_file_spells_it_otherwise() -> None:
    held = book_of(customers=typed_rows("customers", "| name | city |\n| Acme Corp | |"))
    outcome = imported(
        held,
        "customers",
        {"name": "n", "city": "c"},
        """
        | n         | c    |
        | ACME corp | Ulm  |
        """,
    )
    assert counts(outcome) == (0, 1, 0, 0)
    assert rows(after(held, outcome), "customers", "name", "city") == [("Acme Corp", "Ulm")]


def test_a_customer_known_by_its_tax_number_keeps_the_name_that_others_refer_to() -> None:
    held = book_of(
        customers=typed_rows("customers", "| name | uscc |\n| 恒远科技 | 91110000600037341L |"),
    )
    outcome = imported(
        held,
        "customers",
        {"name": "n", "uscc": "u", "city": "c"},
        """
        | n            | u                  | c    |
        | 苏州新恒远   | 91110000600037341L | 苏州 |
        """,
    )
    assert told(outcome) == [("name", "苏州新恒远", 1, "恒远科技")]
    assert rows(after(held, outcome), "customers", "name", "city") == [("恒远科技", "苏州")]


def test_an_opportunity_is_tied_to_its_lead_by_the_number_it_had_where_it_came_from() -> None:
    leads = typed_rows("leads", "| lead_id | source_id |\n| L-SH-0001H | q1 |")
    outcome = imported(
        book_of(leads=leads),
        "opportunities",
        {"source_id": "ID", "lead_source_id": "q"},
        """
        | ID | q  |
        | 1  | q1 |
        | 2  | q2 |
        """,
        constants={"stage": "WON"},
    )
    book = after(book_of(), outcome)
    assert rows(book, "opportunities", "lead", "lead_source_id") == [("L-SH-0001H", "q1"), (None, "q2")]


def test_ranges_turned_into_days_are_told_in_mapped_and_in_other_columns() -> None:
    outcome = imported(
        book_of(),
        "leads",
        {"company": "公司", "need": "需求"},
        """
        | 公司 | 需求    | 库存   |
        | 恒远 | 5月20日 | 20.máj |
        | 衡达 | 50 台   | 50-200 |
        """,
    )
    assert told(outcome) == [("need", "5月20日", 1, "5-20"), ("库存", "20.máj", 1, "5-20")]


def test_what_cannot_be_read_stays_blank_is_told_and_kept() -> None:
    text = """
        | 公司 | 手机 | 渠道 | 预算 |
        | 恒远 |      | 官网 | 约12 |
        """
    outcome = imported(book_of(), "leads", LEADS, text)
    assert told(outcome) == [("budget", "约12", 1, None)]
    assert outcome.changes.inserts["leads"]["budget"].to_list() == [None]
    assert outcome.changes.extra["leads"]["extra"].to_list() == ['{"预算":"约12"}']


# ---------------------------------------------------------------- rejected


BAD = """
    | 客户 | 金额  | 到期       | 发票 |
    | 恒远 | 100   | 2026-01-01 | A1   |
    |      | 100   | 2026-01-01 | A2   |
    | 衡达 | 约12  | 2026-13-01 |      |
    | 合计 | 300   |            |      |
    """


def test_rows_that_lack_what_they_need_are_turned_away_with_every_reason() -> None:
    outcome = imported(book_of(), "receivables", ITEMS, BAD)
    assert counts(outcome) == (1, 0, 0, 2)
    assert outcome.exit_status == 1
    assert outcome.data["skipped"] == 1
    rejects: Any = outcome.data["rejects"]
    found = [(e["row"], [(r["why"], r["header"], r["value"]) for r in e["reasons"]]) for e in rejects]
    assert found == [
        (3, [("missing", "客户", None)]),
        (
            4,
            [("unreadable", "金额", "约12"), ("unreadable", "到期", "2026-13-01"), ("missing", "发票", None)],
        ),
    ]


def test_a_total_is_no_row_but_a_company_may_be_called_total() -> None:
    outcome = imported(
        book_of(),
        "customers",
        {"name": "n", "city": "c"},
        """
        | n      | c     |
        | Total  | Paris |
        | 合计： | 1     |
        """,
    )
    assert (counts(outcome), outcome.data["skipped"]) == ((1, 0, 0, 0), 1)
    assert outcome.changes.inserts["customers"]["name"].to_list() == ["Total"]


def test_a_key_that_may_stand_once_stands_once() -> None:
    outcome = imported(
        book_of(),
        "products",
        {"product": "p", "list_price": "x"},
        """
        | p | x |
        | A | 1 |
        | A | 2 |
        """,
    )
    assert counts(outcome) == (1, 0, 0, 1)
    assert outcome.changes.inserts["products"]["list_price"].to_list() == [Decimal("1.00")]


def test_rejected_rows_are_mended_in_their_file_and_imported_by_the_same_map(tmp_path: Path) -> None:
    plan = tmp_path / "m.toml"
    plan.write_text(
        'form = "receivables"\n[columns]\n' + "".join(f'{c} = "{h}"\n' for c, h in ITEMS.items()), "utf-8"
    )
    source = tmp_path / "a.csv"
    source.write_text("客户,金额,到期,发票\n恒远,100,2026-01-01,A1\n,200,2026-01-01,A2\n", "utf-8")
    sources = read_sources([source], plan)
    first = intake(book_of(), Rulebook(), DAY, sources.form_map, sources.files, sources.lookups)
    rejects: Any = first.data["rejects"]
    write_rejects(tmp_path / "a.rejected.xlsx", sources.files[str(source)], rejects, "zh")
    mended = tmp_path / "mended.xlsx"
    _fill(tmp_path / "a.rejected.xlsx", mended, "A2", "衡达")
    again = read_sources([mended], plan)
    book = after(book_of(), first)
    second = intake(book, Rulebook(), DAY, again.form_map, again.files, again.lookups)
    assert counts(second) == (1, 0, 0, 0)
    assert second.data["unmapped"] == []
    assert rows(after(book, second), "lines", "customer", "amount") == [
        ("恒远", Decimal("100.00")),
        ("衡达", Decimal("200.00")),
    ]


def _fill(source: Path, target: Path, cell: str, value: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(source)
    book.worksheets[0][cell] = value
    book.save(target)


# ---------------------------------------------------------------- receivables


LEDGER = {
    "customer": "客户", "contract_no": "合同", "invoice_no": "发票", "invoice_date": "开票",
    "base_date": "发货", "terms": "账期", "due_date": "到期", "amount": "金额", "settled_on": "回款日",
    "settled_amount": "回款", "disputed": "争议", "item": "款项",
}  # fmt: skip


def test_an_item_becomes_line_invoice_receipt_and_allocation() -> None:
    outcome = imported(
        book_of(),
        "receivables",
        LEDGER,
        """
    | 客户 | 合同 | 发票 | 开票     | 发货     | 账期   | 到期     | 金额 | 回款日   | 回款 | 争议 | 款项 |
    | 恒远 | C1   | A1   | 20260110 |      |    | 20260215 | 100  | 20260220 | 130  | 否   | 进度 |
    | 恒远 | C1   | A2   | 20260110 | 20260105 | 30天   |      | 200  | 20260220 | 50   | 是   | 验收 |
    | 衡达 | C2   |      |      | 20260105 | 月结60 |      | 300  |      | 0    | 1.5  |      |
        """,
        constants={"currency": "USD"},
    )
    assert counts(outcome) == (3, 0, 0, 0)
    book = after(book_of(), outcome)
    day = date.fromisoformat
    assert rows(book, "lines", "item", "triggered_on", "days", "due_override", "trigger") == [
        ("PROGRESS", day("2026-01-10"), 36, day("2026-02-15"), "INVOICE"),
        ("ACCEPTANCE", day("2026-01-05"), 30, None, "INVOICE"),
        ("OTHER", day("2026-01-31"), 60, None, "INVOICE_EOM"),
    ]
    assert rows(book, "lines", "disputed_amount", "dispute_reason", "currency") == [
        (None, None, "USD"),
        (Decimal("200.00"), "争议", "USD"),
        (Decimal("1.50"), "争议", "USD"),
    ]
    numbers = book.rows("lines")["line_id"].to_list()
    assert rows(book, "invoices", "invoice_no", "issued_on", "gross", "line", "customer") == [
        ("A1", day("2026-01-10"), Decimal("100.00"), numbers[0], "恒远"),
        ("A2", day("2026-01-10"), Decimal("200.00"), numbers[1], "恒远"),
    ]
    paid = book.rows("receipts")["receipt_id"].to_list()
    assert rows(book, "receipts", "on", "amount", "payer", "currency") == [
        (day("2026-02-20"), Decimal("130.00"), "恒远", "USD"),
        (day("2026-02-20"), Decimal("50.00"), "恒远", "USD"),
    ]
    assert rows(book, "allocations", "receipt", "line", "amount", "effective_on", "by") == [
        (paid[0], numbers[0], Decimal("100.00"), day("2026-02-20"), "IMPORT"),
        (paid[1], numbers[1], Decimal("50.00"), day("2026-02-20"), "IMPORT"),
    ]


OPEN = """
    | 客户 | 金额 | 到期       | 发票 | 收款日     |
    | 恒远 | 100  | 2026-01-01 | A1   |            |
    | 恒远 | 250  | 2026-01-01 | A1   |            |
    | 衡达 | -40  | 2026-01-01 | A3   |            |
    """


def test_an_item_that_is_settled_later_is_a_change_and_its_line_stays() -> None:
    columns = {**ITEMS, "settled_on": "收款日"}
    book = after(book_of(), imported(book_of(), "receivables", columns, OPEN))
    paid = OPEN.replace("A1   |            |\n    | 恒远 | 250", "A1   | 2026-03-01 |\n    | 恒远 | 250")
    outcome = imported(book, "receivables", columns, paid, as_of=date(2026, 4, 1))
    assert counts(outcome) == (0, 1, 2, 0)
    assert set(outcome.changes.inserts) == {"receipts", "allocations"}
    later = after(book, outcome)
    assert later.rows("allocations")["line"].to_list() == later.rows("lines")["line_id"].to_list()[:1]
    assert not imported(later, "receivables", columns, paid).changes


def test_a_negative_item_is_an_advance_without_a_line() -> None:
    book = after(book_of(), imported(book_of(), "receivables", ITEMS, OPEN))
    assert rows(book, "receipts", "customer", "amount", "on") == [
        ("衡达", Decimal("40.00"), date(2026, 1, 1))
    ]
    assert book.rows("lines")["amount"].to_list() == [Decimal("100.00"), Decimal("250.00")]


def test_two_items_of_one_invoice_are_one_invoice_over_both() -> None:
    columns = {**ITEMS, "invoice_date": "开票"}
    text = OPEN.replace("收款日     ", "开票       ").replace("|            |", "| 2025-12-01 |")
    book = after(book_of(), imported(book_of(), "receivables", columns, text))
    assert rows(book, "invoices", "invoice_no", "gross", "line") == [("A1", Decimal("350.00"), None)]


def test_an_open_item_of_unknown_start_is_in_the_ledger_on_the_day_it_was_imported() -> None:
    text = """
        | 客户 | 金额 | 到期       | 发票 |
        | 恒远 | 100  | 2026-06-30 | A1   |
        | 恒远 | 50   | 2026-03-01 | A2   |
        """
    book = after(book_of(), imported(book_of(), "receivables", ITEMS, text))
    total: Any = aging(derived(book, Rulebook(), DAY), Rulebook(), DAY).data["total"]
    assert (total["current"], total["1-30"]) == ("100.00", "50.00")
    assert not imported(book, "receivables", ITEMS, text, as_of=date(2026, 5, 1)).changes


def test_a_new_invoice_of_a_contract_does_not_take_the_line_of_another() -> None:
    columns = {**ITEMS, "contract_no": "合同"}
    text = """
        | 客户 | 金额 | 到期       | 发票 | 合同 |
        | 恒远 | 100  | 2026-01-01 | A1   | C1   |
        """
    book = after(book_of(), imported(book_of(), "receivables", columns, text))
    assert counts(imported(book, "receivables", columns, text.replace("A1", "A2"))) == (1, 0, 0, 0)


def test_money_that_came_needs_its_day() -> None:
    columns = {**ITEMS, "settled_amount": "已收"}
    outcome = imported(
        book_of(),
        "receivables",
        {**columns, "settled_on": "收款日"},
        """
        | 客户 | 金额 | 到期       | 发票 | 已收 | 收款日 |
        | 恒远 | 100  | 2026-01-01 | A1   | 40   |        |
        """,
    )
    rejects: Any = outcome.data["rejects"]
    assert [r["header"] for r in rejects[0]["reasons"]] == ["收款日"]


def test_the_ledger_a_clerk_has_kept_for_years_is_read_by_its_map(tmp_path: Path) -> None:
    head = "购货单位,合同编号,发票号码,开票日期,发货日期,账期,款项性质,应收金额(万元),回款日期,已回款(万元)"
    old = tmp_path / "台账.csv"
    old.write_text(
        "应收台账\n制表：2026-03-31\n"
        f"{head},有无争议,业务员,备注\n"
        "恒远,HT-1,25312000000012345678,2026.1.10,2026.1.5,月结30,进度款,12.5,/,-,无,王芳,\n"
        "恒远,HT-1,-,-,2026/2/1,60天,质保金,0.6,-,-,有,王芳,待审计\n"
        "合计,,,,,,,13.1,,,,,\n",
        "gb18030",
    )
    sources = read_sources([old], MAPS / "cn_ledger.toml")
    outcome = intake(book_of(), Rulebook(), DAY, sources.form_map, sources.files, sources.lookups)
    assert counts(outcome) == (2, 0, 0, 0)
    assert (outcome.data["skipped"], outcome.data["unmatched"]) == (1, [])
    book = after(book_of(), outcome)
    assert rows(book, "lines", "item", "amount", "triggered_on", "days", "disputed_amount", "note") == [
        ("PROGRESS", Decimal("125000.00"), date(2026, 1, 31), 30, None, None),
        ("RETENTION", Decimal("6000.00"), date(2026, 2, 1), 60, Decimal("6000.00"), "待审计"),
    ]
    assert rows(book, "invoices", "invoice_no", "gross") == [("25312000000012345678", Decimal("125000.00"))]
    assert rows(book, "customers", "name", "owner") == [("恒远", "王芳")]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["恒远", "衡达"]),
            st.integers(-50_000, 50_000).map(lambda cents: Decimal(cents) / 100),
            st.dates(date(2025, 1, 1), date(2026, 12, 31)),
            st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_was_imported_ties_out_and_changes_nothing_again(
    items: list[tuple[str, Decimal, date, date | None]],
) -> None:
    head = "| 客户 | 金额 | 到期 | 发票 | 收款日 |\n"
    body = [f"| {c} | {a} | {due} | {n} | {paid or ''} |" for n, (c, a, due, paid) in enumerate(items)]
    text = head + "\n".join(body)
    columns = {**ITEMS, "settled_on": "收款日"}
    book = after(book_of(), imported(book_of(), "receivables", columns, text))
    assert not imported(book, "receivables", columns, text).changes
    ledger = derived(book, Rulebook(), DAY)
    assert aging(ledger, Rulebook(), DAY).data["tie_out"] == "0.00"


# ---------------------------------------------------------------- in words


@pytest.mark.parametrize("lang", LANGS)
def test_a_preview_says_everything_in_words(lang: Lang) -> None:
    columns = {**ITEMS, "note": "备注"}
    text = BAD.replace("发票 |", "发票 | 备注 |").replace("A1   |", "A1   | 5月20日 |")
    text = text.replace("A2   |", "A2   | |").replace("|      |\n", "|      | |\n")
    book = after(book_of(), imported(book_of(), "receivables", columns, text))
    outcome = imported(book, "receivables", columns, text.replace("| 100   |", "| 1000  |"))
    words = preview({**outcome.data, "rejects_file": "a.rejected.xlsx"}, lang)
    assert any("5-20" in line for line in words)
    assert any("1000.00" in line for line in words)
    assert any("约12" in line for line in words)
    assert words[-1].count("a.rejected.xlsx") == 1


def test_a_long_preview_says_how_much_more_there_is() -> None:
    body = "".join(f"| 恒{n} | 约1 | 2026-01-01 | A{n} |\n" for n in range(30))
    outcome = imported(book_of(), "receivables", ITEMS, "| 客户 | 金额 | 到期 | 发票 |\n" + body)
    assert "10" in preview(outcome.data, "en")[-1]

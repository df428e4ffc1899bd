"""The model is sound: tables.toml and enums.toml say one thing, once, in two languages."""

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model import money
from ltc_xl.model.book import book_of
from ltc_xl.model.calendar import add_months, next_workday
from ltc_xl.model.change import Changes, differences
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import LANGS, Lang, by_word, enums, folded
from ltc_xl.model.ids import business_number, counters, has_check_letter, is_business_number, mint_uids
from ltc_xl.model.tables import DTYPES, Table, excel_formula, table, tables, with_live_columns

ALL = list(tables().values())
STARTER_SHEETS = ["线索", "商机", "客户", "合同", "应收", "收款"]


def named(model: Table) -> str:
    return model.name


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_has_a_name_of_its_own_that_excel_takes(lang: Lang) -> None:
    sheets = Counter(folded(t.sheet(lang)) for t in ALL)

    assert [name for name, times in sheets.items() if times > 1] == []
    assert [t.name for t in ALL if len(t.sheet(lang)) > 31 or set(t.sheet(lang)) & set("[]:*?/\\")] == []


def test_every_excel_table_has_a_name_of_its_own() -> None:
    names = Counter(t.excel.casefold() for t in ALL)

    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("model", ALL, ids=named)
def test_a_header_names_one_column_in_either_language(model: Table) -> None:
    owners: dict[str, set[str]] = {}
    for column in model.columns:
        for lang in LANGS:
            owners.setdefault(folded(column.label(lang)), set()).add(column.code)

    assert {header: codes for header, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize("model", ALL, ids=named)
def test_every_column_names_only_things_that_exist(model: Table) -> None:
    for column in model.columns:
        assert column.type in DTYPES
        assert column.by in {"person", "program", "formula"}
        assert (column.by == "formula") == (column.formula is not None) == (column.twin is not None)
        assert column.enum is None or column.enum in enums()
        assert (column.type == "enum") == (column.enum is not None)
        assert column.ref is None or column.ref.column in table(column.ref.table).by_code
        assert column.ref is None or table(column.ref.table).key == column.ref.column
        if column.required_when:
            assert set(column.required_when.columns) <= set(model.by_code)
            assert column.required_when.test in {"in", "filled", "blank"}
            watched = model.by_code[column.required_when.columns[0]]
            codes = {word.code for word in enums()[watched.enum]} if watched.enum else set()
            assert set(column.required_when.codes) <= codes
    assert model.key is None or model.key in model.by_code
    assert model.label is None or model.label in model.by_code


def test_each_table_that_the_store_numbers_has_a_letter_of_its_own() -> None:
    letters = Counter(t.number for t in ALL if t.number)

    assert max(letters.values()) == 1


def test_the_work_sheets_stand_in_the_order_a_small_firm_sees() -> None:
    starter = {t.zh for t in ALL if t.profile == "starter" and t.group == "work"}

    assert starter == set(STARTER_SHEETS)


@pytest.mark.parametrize("name", enums())
@pytest.mark.parametrize("lang", LANGS)
def test_a_word_means_one_code_in_its_list(name: str, lang: Lang) -> None:
    for word in enums()[name]:
        assert by_word(name)[folded(word.label(lang))] == word.code


@pytest.mark.parametrize("model", ALL, ids=named)
@pytest.mark.parametrize("lang", LANGS)
def test_live_formulas_name_headers_and_have_a_twin_of_the_right_type(model: Table, lang: Lang) -> None:
    rows = pl.DataFrame([{}], schema=model.schema)

    assert with_live_columns(model, rows, date(2026, 11, 20)).schema == model.schema
    for column in model.columns:
        if column.live:
            formula = excel_formula(model, column, lang)
            assert "{" not in formula
            assert formula.startswith("=")


@pytest.mark.parametrize("model", [t for t in ALL if t.group == "rule"], ids=named)
@pytest.mark.parametrize("lang", LANGS)
def test_default_rows_fill_what_is_required(model: Table, lang: Lang) -> None:
    rows = default_rows(model.name, lang)
    required = [c.code for c in model.columns if c.required]

    assert rows.select(pl.col(required).is_null().sum()).row(0) == (0,) * len(required)


def test_the_balance_of_a_line_is_what_excel_would_show() -> None:
    model = table("lines")
    row = {"amount": Decimal("100.00"), "received": Decimal("30.00"), "due_on": date(2025, 12, 1)}
    rows = pl.DataFrame([row], schema={code: model.schema[code] for code in row})

    line = with_live_columns(model, book_of(lines=rows).rows("lines"), date(2026, 1, 1))

    assert line.select("balance", "days_overdue").row(0) == (Decimal("70.00"), 31)


amounts = st.decimals(-10_000_000, 10_000_000, places=2)
rates = st.decimals(0, 2, places=6)


@given(st.lists(st.tuples(amounts, rates), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_product_is_rounded_half_away_from_zero_like_on_paper(pairs: list[tuple[Decimal, Decimal]]) -> None:
    frame = pl.DataFrame(
        {"amount": [a for a, _ in pairs], "rate": [r for _, r in pairs]},
        schema={"amount": money.MONEY, "rate": money.RATE},
    )

    products = frame.select(money.product(pl.col("amount"), pl.col("rate"))).to_series().to_list()

    assert products == [(a * r).quantize(money.CENT, ROUND_HALF_UP) for a, r in pairs]


@given(st.decimals(0, 99_999_999, places=2), st.lists(st.integers(1, 9), min_size=1, max_size=7))
def test_a_split_adds_up_to_the_cent(amount: Decimal, weights: list[int]) -> None:
    shares = [Decimal(w) / sum(weights) for w in weights]

    assert sum(money.split(amount, shares)) == amount


def test_five_cents_times_a_half_is_three_cents_and_not_two() -> None:
    frame = pl.DataFrame({"a": [Decimal("0.05")], "r": [Decimal("0.50")]})

    assert frame.select(money.product(pl.col("a"), pl.col("r"))).item() == Decimal("0.03")


@given(st.integers(0, 999_998), st.sampled_from(["SH", "BJX", "SZ"]), st.sampled_from(["L", "RC"]))
def test_the_fill_handle_never_makes_a_valid_neighbour(counter: int, site: str, letter: str) -> None:
    number, following = (business_number(letter, site, c) for c in (counter, counter + 1))

    assert is_business_number(number)
    assert not is_business_number(following[:-1] + number[-1])


def test_counters_go_on_from_the_highest_number_of_their_own_kind() -> None:
    numbers = [business_number("L", "SH", 7), business_number("O", "SH", 90), business_number("L", "BJ", 50)]

    assert counters([*numbers, "", "L-SH-"], "L", "SH") == 7


def test_row_identities_are_letters_and_differ() -> None:
    uids = mint_uids(5000)

    assert len(set(uids)) == 5000
    assert all(uid.isalpha() and len(uid) == 12 for uid in uids)


def test_months_clamp_to_their_end_and_rolling_finds_the_next_workday() -> None:
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert next_workday(date(2026, 10, 1), {date(2026, 10, 1), date(2026, 10, 2)}, set()) == date(2026, 10, 5)
    assert next_workday(date(2026, 10, 3), set(), {date(2026, 10, 3)}) == date(2026, 10, 3)


def test_differences_are_cells_and_undo_swaps_them() -> None:
    before = pl.DataFrame({"_uid": ["a", "b"], "city": ["苏州", None], "need": ["x", "y"]})
    after = pl.DataFrame({"_uid": ["b", "a"], "city": ["无锡", "苏州"], "need": ["y", "x"]})

    changes = differences("leads", before, after, ["city", "need"])

    assert [(s.column, s.cells.rows()) for s in changes.sets] == [("city", [("b", None, "无锡")])]
    assert changes.sets[0].reversed().cells.rows() == [("b", "无锡", None)]
    assert not Changes()
    assert changes


@given(st.sampled_from(["L", "RC"]), st.sampled_from(["SH", "SUZ1"]), st.integers(1, 200_000))
@settings(max_examples=50, deadline=None)
def test_a_column_of_numbers_is_judged_as_each_number_is(letter: str, site: str, counter: int) -> None:
    right = business_number(letter, site, counter)
    numbers = [right[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    judged = pl.DataFrame({"number": numbers}).select(has_check_letter(pl.col("number"))).to_series()
    assert judged.to_list() == [is_business_number(number) for number in numbers]

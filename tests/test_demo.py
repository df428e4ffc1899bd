"""The demo firm: its figures on any day, no finding without faults, exactly the planted ones with them."""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from stdnum.cn import uscc

from ltc_xl.check import check
from ltc_xl.demo import DEMO_DAY, firm, planted, run_demo, shipped_demo
from ltc_xl.demo.faults import ORPHANED_LEADS
from ltc_xl.demo.job import DemoResult, Planting
from ltc_xl.demo.leads import grade
from ltc_xl.demo.settling import kept_open
from ltc_xl.demo.telling import frame, words
from ltc_xl.messages import topic
from ltc_xl.model.book import book_of
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.ids import is_business_number
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session import How
from ltc_xl.shipped import shipped
from ltc_xl.workbook import read_book

DAYS = (DEMO_DAY, date(2026, 10, 3), date(2027, 1, 1), date(2027, 2, 28), date(2027, 7, 31))
"""A Friday, a Saturday in a week of holidays, a New Year, a Sunday, a month's end."""


@cache
def told(as_of: date = DEMO_DAY, lang: Lang = "zh") -> Mapping[str, pl.DataFrame]:
    return firm(as_of, lang)


def checked(rows: Mapping[str, pl.DataFrame], as_of: date, lang: Lang) -> Outcome:
    book = book_of("demo.xlsx", lang, **rows)
    return check(book, bind_rulebook(book), as_of, level="strict")


def open_in_cny(as_of: date) -> pl.DataFrame:
    """Return the triggered lines in CNY with what is open of each."""
    lines = told(as_of)["lines"].with_columns(open=pl.col("amount") - pl.col("received") - pl.col("adjusted"))
    return lines.filter(pl.col("currency") == "CNY", pl.col("triggered_on").is_not_null())


def share(part: object, whole: object) -> float:
    return float(Decimal(str(part)) / Decimal(str(whole)))


def shape(value: object) -> dict[str, object]:
    """Return the keys of a file of words, with the lengths of its lists."""
    assert isinstance(value, Mapping)
    return {
        key: shape(one) if isinstance(one, Mapping) else len(one) * isinstance(one, list)
        for key, one in value.items()
    }


# ---------------------------------------------------------------- the firm


def test_the_firm_has_as_many_rows_as_the_story_says() -> None:
    rows = {name: held.height for name, held in told().items()}
    assert rows["leads"] == 300
    assert rows["opportunities"] == 80
    assert rows["contracts"] == 40
    assert rows["lines"] == 150
    assert rows["customers"] == 60
    assert rows["adjustments"] == 3
    here = told()["members"].filter(pl.col("left_on").is_null())
    assert here.height == 38
    assert here["capacity_30d"].count() == 10


@pytest.mark.parametrize("as_of", DAYS)
def test_22_percent_are_overdue_and_one_customer_owes_31_percent_on_any_day(as_of: date) -> None:
    lines = open_in_cny(as_of)
    whole = lines["open"].sum()
    overdue = lines.filter(pl.col("due_on") < as_of)["open"].sum()
    by_customer = lines.group_by("customer").agg(pl.col("open").sum()).sort("open", descending=True)
    assert share(overdue, whole) == pytest.approx(0.22, abs=0.002)
    assert share(by_customer["open"][0], whole) == pytest.approx(0.31, abs=0.002)
    assert by_customer["customer"][0] == words("zh")["customers"]["park"][0]


def test_deals_run_from_38_thousand_to_2_6_million_around_210_thousand() -> None:
    amounts = told()["opportunities"].filter(pl.col("currency") == "CNY")["amount"].drop_nulls().sort()
    assert (amounts[0], amounts[-1]) == (Decimal("38000.00"), Decimal("2600000.00"))
    assert amounts[len(amounts) // 2] == amounts[len(amounts) // 2 - 1] == Decimal("210000.00")


def test_instalments_add_up_to_the_contract_to_the_cent() -> None:
    sums = told()["lines"].group_by("contract_no").agg(pl.col("amount").sum())
    one_off = told()["contracts"].filter(pl.col("kind") != "FRAME").join(sums, on="contract_no")
    assert one_off.height == 36
    assert one_off.filter(pl.col("amount") != pl.col("gross")).is_empty()
    thirds = told()["contracts"].filter(pl.col("gross") == Decimal("386666.67"))["contract_no"][0]
    parts = told()["lines"].filter(contract_no=thirds)["amount"].to_list()
    assert parts == [Decimal(p) for p in ("116000.00", "154666.67", "96666.67", "19333.33")]


def test_every_number_is_one_the_program_could_have_given() -> None:
    for name, rows in told().items():
        column = table(name).numbered
        if column:
            assert rows[column].n_unique() == rows.height
            assert all(is_business_number(number) for number in rows[column]), name


def test_credit_codes_are_valid_and_belong_to_no_real_firm() -> None:
    codes = told()["customers"]["uscc"].drop_nulls().to_list()
    assert len(codes) == 59
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    for code in codes:
        assert uscc.is_valid(code)
        own = 11 - sum(w * int(d) for w, d in zip(weights, code[8:16], strict=True)) % 11
        assert {10: "X", 11: "0"}.get(own, str(own)) != code[16]


def test_money_that_came_in_is_allocated_but_for_one_advance() -> None:
    unapplied = told()["receipts"].filter(pl.col("allocated") != pl.col("amount"))
    assert unapplied["amount"].to_list() == [Decimal(50_000)]


def test_equal_days_tell_the_same_firm() -> None:
    again = firm(DEMO_DAY, "zh")
    assert all(rows.equals(again[name], null_equal=True) for name, rows in told().items())
    assert not told(DAYS[1])["leads"].equals(again["leads"])


def test_both_languages_tell_the_same_firm() -> None:
    zh, en = told(lang="zh"), told(lang="en")
    plain = [pl.Date, pl.Decimal, pl.Int64]
    for name, rows in zh.items():
        kept = [c for c, t in rows.schema.items() if t.base_type() in plain or c in {UID, "state", "mobile"}]
        assert rows.select(kept).equals(en[name].select(kept), null_equal=True), name


def test_words_of_both_languages_have_the_same_keys_and_lengths() -> None:
    assert shape(words("zh")) == shape(words("en"))
    assert shape(topic("demo", "zh")) == shape(topic("demo", "en"))


def test_names_of_companies_are_told_apart_in_both_languages() -> None:
    for lang in LANGS:
        names = words(lang)["company_names"]
        brands = [first + second for first in names["first"] for second in names["second"]]
        assert len(set(brands)) == len(brands) == 400


def test_a_row_with_a_column_the_table_lacks_is_our_mistake() -> None:
    with pytest.raises(KeyError, match="colour"):
        frame("leads", [{"company": "A", "colour": "red"}])


@pytest.mark.parametrize(
    ("target", "kept"),
    [("0", [0, 0]), ("60000", [60_000, 0]), ("85500", [60_000, 25_000]), ("1E6", [60_000, 40_000])],
)
def test_the_youngest_lines_stay_open_and_the_last_keeps_a_round_thousand(
    target: str, kept: list[int]
) -> None:
    lines = [
        {"line_id": "old", "amount": Decimal(40_000), "due_on": date(2026, 1, 1)},
        {"line_id": "young", "amount": Decimal(60_000), "due_on": date(2026, 2, 1)},
    ]
    held = kept_open(lines, Decimal(target))
    assert [held["young"], held["old"]] == kept


def test_a_lead_is_graded_by_budget_and_date() -> None:
    assert grade(Decimal(499_999), "M0_3") == "B"
    assert grade(Decimal(99_999), "M3_6") == "C"
    assert grade(None, "M12") == "D"


# ---------------------------------------------------------------- what a check finds


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("as_of", DAYS)
def test_without_faults_a_check_finds_nothing_and_changes_nothing(as_of: date, lang: Lang) -> None:
    outcome = checked(told(as_of, lang), as_of, lang)
    assert outcome.findings == ()
    assert outcome.changes.sets == ()


@pytest.mark.parametrize("as_of", DAYS[1:])
def test_planted_rows_are_found_on_any_day(as_of: date) -> None:
    typed = {"V-01", "V-02", "V-03", "V-04", "V-05", "V-06"}
    aims = {(p.code, p.table, p.row_id, p.column) for p in planted(as_of, "zh") if p.code not in typed}
    found = checked(firm(as_of, "zh", faults=True), as_of, "zh").findings
    assert {(f.code, f.table, f.row_id, f.column) for f in found} == aims


def test_each_fault_has_a_row_of_its_own_but_for_the_story_of_one_person() -> None:
    faults = planted(DEMO_DAY, "zh")
    assert len({(p.table, p.row_id) for p in faults}) == len(faults)
    assert sum(p.story == "salesperson_gone" for p in faults) == ORPHANED_LEADS
    texts = topic("demo", "zh")["planted"]
    assert isinstance(texts, Mapping)
    assert {p.story for p in faults} == set(texts)


# ---------------------------------------------------------------- the demo as a whole


def test_the_demo_finds_exactly_what_it_planted_and_prints_its_papers(tmp_path: Path) -> None:
    result = run_demo(tmp_path / "ltc-demo", "zh", DEMO_DAY)
    assert (result.exit_status, result.extra) == (0, ())
    assert result.planted == result.found == len(planted(DEMO_DAY, "zh"))
    assert all(path.exists() for path in result.files())
    assert result.book.name == "线索到回款.xlsx"
    assert {path.suffix for path in result.papers} == {".html", ".xlsx"}
    assert "收款" in " ".join(row[3] for row in result.table())
    book = read_book(result.book)
    standing = check(book, bind_rulebook(book), DEMO_DAY)
    places = {(f.code, book.cell(f.table, f.row_id, f.column)) for f in standing.findings}
    assert places == {(p.code, book.cell(p.table, p.row_id, p.column)) for p in planted(DEMO_DAY, "zh")}
    assert not standing.changes
    assert book.rows("findings").height == result.planted


def test_the_english_demo_finds_the_same_and_leaves_a_standing_workbook_alone(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "lead-to-cash.xlsx"
    mine.write_text("mine")
    result = run_demo(tmp_path, "en", DEMO_DAY, How(papers=False))
    assert result.exit_status == 0
    assert result.planted == len(planted(DEMO_DAY, "en"))
    assert result.book.name == "lead-to-cash (2).xlsx"
    assert mine.read_text() == "mine"
    assert result.papers == ()


def test_a_fault_that_is_missed_and_one_too_many_are_told(tmp_path: Path) -> None:
    missed = Planting("paid_twice", "P-09", ("收款!B89",), 0)
    result = DemoResult("zh", DEMO_DAY, tmp_path, (), {}, (missed,), (("K-07", "线索!K9"),))
    assert result.exit_status == 1
    assert result.verdict() == "埋下 1 处，找到 0 处；漏了 1 处，多报 1 处。"
    assert [row[-1] for row in result.table()] == ["0/1", ""]


def test_the_shipped_demo_workbook_is_what_the_firm_makes_faulty_and_checked(tmp_path: Path) -> None:
    made = tmp_path / "ltc_demo.xlsx"
    shipped_demo(made)
    committed = shipped("workbooks") / "ltc_demo.xlsx"
    assert hashlib.sha256(made.read_bytes()).digest() == hashlib.sha256(committed.read_bytes()).digest()
    assert committed.stat().st_size < 310_000
    found = read_book(committed).rows("findings")
    assert sorted(found["code"]) == sorted(p.code for p in planted(DEMO_DAY, "zh"))

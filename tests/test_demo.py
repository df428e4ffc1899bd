"""The demo firm: its figures on any day, no finding without faults, exactly the planted ones with them."""

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from stdnum.cn import uscc

from ltc_xl.check import check
from ltc_xl.cli.show import cell_width
from ltc_xl.demo import DEMO_DAY, firm, planted, run_demo, shipped_demo
from ltc_xl.demo.faults import ORPHANED_LEADS
from ltc_xl.demo.job import DemoResult, Planting
from ltc_xl.demo.month import Scene, days_of
from ltc_xl.demo.settling import kept_open
from ltc_xl.demo.telling import frame, is_at_work, words
from ltc_xl.messages import topic
from ltc_xl.model.book import Book, book_of
from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.model.ids import is_business_number
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import ROW, UID, table
from ltc_xl.rules.derived import open_amount
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


@dataclass(frozen=True)
class Ran:
    """A demo that was run, and the workbook it left."""

    result: DemoResult
    book: Book

    def seen(self, name: str) -> Mapping[str, Any]:
        """Return what came of a scene."""
        return next(scene.seen for scene in self.result.month if scene.name == name)

    def leads(self) -> pl.DataFrame:
        """Return the leads without what hangs on chance."""
        return self.book.rows("leads").drop(UID, ROW)


def ran(folder: Path, lang: Lang, how: How | None = None) -> Ran:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        result = run_demo(folder / "ltc-demo", lang, DEMO_DAY, how)
    return Ran(result, read_book(result.book))


@pytest.fixture(scope="module")
def zh(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the demo in Chinese with everything it prints."""
    return ran(tmp_path_factory.mktemp("zh"), "zh")


@pytest.fixture(scope="module")
def en(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the demo in English, beside a workbook of its name; nothing is printed."""
    folder = tmp_path_factory.mktemp("en")
    (folder / "ltc-demo").mkdir()
    (folder / "ltc-demo" / "lead-to-cash.xlsx").write_text("mine")
    return ran(folder, "en", How(papers=False))


WIDTH = 120
"""So many columns of a console a line of the story takes at most."""

SCENES = (
    "moving_in",
    "two_lists",
    "merged",
    "fair",
    "handed_over",
    "four_moves",
    "filled_in",
    "wrong_list",
    "broken_rule",
    "pool",
    "letters",
    "converted",
    "paid",
    "today",
    "reports",
    "history",
    "backups",
    "trail",
)


@pytest.mark.parametrize("lang", LANGS)
def test_the_demo_finds_exactly_what_it_planted_and_its_month_goes_by_the_script(
    lang: Lang, request: pytest.FixtureRequest
) -> None:
    result = request.getfixturevalue(lang).result
    assert [scene.name for scene in result.month] == list(SCENES)
    assert [scene.surprises(lang) for scene in result.month] == [[]] * len(SCENES)
    assert (result.exit_status, result.extra, result.month_off()) == (0, (), None)
    assert result.planted == result.found == len(planted(days_of(DEMO_DAY).opening, lang))
    days = [scene.day for scene in result.month]
    assert days == sorted(days)
    assert (days[0], days[-1]) == (DEMO_DAY - timedelta(weeks=4), DEMO_DAY)


@pytest.mark.parametrize("lang", LANGS)
def test_each_scene_is_told_in_a_few_lines_and_names_the_commands(
    lang: Lang, request: pytest.FixtureRequest
) -> None:
    result = request.getfixturevalue(lang).result
    for scene in result.month:
        lines = scene.told(lang)
        most = 6 if scene.name in {"history", "pool"} else 5
        assert 1 <= len(lines) <= most, scene.name
        assert max(map(cell_width, lines)) <= WIDTH, scene.name
        assert all(command.startswith("ltc-xl ") for command in scene.commands)
    told = result.data()["month"]
    assert all(entry["ok"] and entry["commands"] and entry["expected"] == entry["seen"] for entry in told)


@pytest.mark.parametrize("lang", LANGS)
def test_the_month_shows_each_feature_with_the_figures_of_the_story(
    lang: Lang, request: pytest.FixtureRequest
) -> None:
    demo: Ran = request.getfixturevalue(lang)
    assert demo.seen("moving_in")["assigned"] == 19
    assert dict(demo.seen("fair")) == {
        "graded": 9,
        "assigned": 7,
        "to_their_customer_owner": 1,
        "unassigned": 1,
        "nurtured": 1,
    }
    assert demo.seen("two_lists") == {"fair": [6, 1, 1], "search": [3, 1, 0]}
    assert demo.seen("merged") == {"proposed": True, "merged": 1, "touches": 2}
    assert demo.seen("pool") == {"returned": True, "recycled": "unaccepted", "kept": 0}
    assert demo.seen("converted") == {"converted": True, "unmet": [], "taken_over": 2}
    assert demo.seen("handed_over")["assigned"] == ORPHANED_LEADS
    assert dict(demo.seen("four_moves")) == {
        "legal": "NEGOTIATING",
        "jump": ["T-01"],
        "unmet": ["T-02"],
        "missing": ["T-03"],
        "refused": 3,
        "stands": ["VALIDATING", "VALIDATING"],
    }
    assert demo.seen("filled_in") == {"stage": "APPROVED", "still_refused": 0}
    assert demo.seen("wrong_list") == {"new": 6, "left_of_them": 0, "leads": 0}
    sheet = table("grading").sheet(lang)
    assert demo.seen("broken_rule")["named"] == [f"{sheet}!B4"]
    assert demo.seen("broken_rule")["older_in_force"] == ["grading"]
    assert demo.seen("broken_rule")["assigned_by_new_rule"] == ["A05"]
    assert demo.seen("letters")["refused"] == "receipts_not_confirmed"
    assert demo.seen("letters")["contract"] == "CLOSED"
    assert len(demo.seen("paid")["had_a_letter"]) == 2
    assert demo.seen("paid")["have_one_now"] == []
    assert [what for what, _ in demo.seen("history")["story"]] == ["new", "refused", "set", "set", "set"]
    assert demo.seen("backups")["backups"] == 10


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_of_the_last_day_holds_the_planted_faults_and_one_move_that_waits(
    lang: Lang, request: pytest.FixtureRequest
) -> None:
    """The leads of who left have new owners; the jump to signing waits for somebody."""
    demo: Ran = request.getfixturevalue(lang)
    faults = planted(days_of(DEMO_DAY).opening, lang)
    left = [fault.code for fault in faults if fault.story != "salesperson_gone"]
    assert sorted(demo.book.rows("findings")["code"]) == sorted([*left, "T-01"])
    assert sum(demo.result.standing.values()) == len(left) + 1
    standing = check(demo.book, bind_rulebook(demo.book), DEMO_DAY)
    assert sorted(finding.code for finding in standing.findings) == sorted(left)
    assert not demo.book.rows("today").is_empty()


def test_the_firm_of_the_last_day_is_one_to_believe(zh: Ran) -> None:
    """About a quarter is overdue; nearly everybody who is followed was called within two weeks."""
    lines = zh.book.rows("lines").with_columns(open=open_amount()).filter(pl.col("due_on").is_not_null())
    home = lines.filter(pl.col("currency").fill_null("CNY") == "CNY", pl.col("open") > 0)
    late = home.filter(pl.col("due_on") < DEMO_DAY)["open"].sum()
    assert 0.15 <= share(late, home["open"].sum()) <= 0.35
    followed = zh.book.rows("leads").filter(pl.col("state") == "FOLLOWING")
    fresh = followed.filter(pl.col("touched_on") >= DEMO_DAY - timedelta(days=14))
    assert fresh.height >= 0.9 * followed.height


def test_the_demo_prints_letters_and_reports_once(zh: Ran) -> None:
    assert all(path.exists() for path in zh.result.files())
    assert zh.result.book.name == "线索到回款.xlsx"
    names = [path.name for path in zh.result.papers]
    assert len(names) == len(set(names))
    for name in ("management", "pipeline", "aging", "metrics", "funnel"):
        assert any(found.startswith(f"{name}-{DEMO_DAY}") and found.endswith(".html") for found in names)
    assert {path.suffix for path in zh.result.papers} == {".csv", ".html", ".pdf", ".xlsx"}
    assert "收款" in " ".join(row[3] for row in zh.result.table())


def test_a_workbook_that_stands_there_is_left_alone(en: Ran) -> None:
    assert en.result.book.name == "lead-to-cash (2).xlsx"
    assert en.result.book.with_name("lead-to-cash.xlsx").read_text() == "mine"
    assert {path.suffix for path in en.result.papers} == {".csv", ".xlsx"}


def test_a_second_demo_of_the_same_day_tells_the_same_story(zh: Ran, tmp_path: Path) -> None:
    again = ran(tmp_path, "zh", How(papers=False))
    told = [dict(scene.seen) for scene in again.result.month if scene.name != "reports"]
    assert told == [dict(scene.seen) for scene in zh.result.month if scene.name != "reports"]
    assert again.leads().equals(zh.leads(), null_equal=True)
    for name in ("activities", "receipts", "allocations", "lines", "opportunities"):
        number = table(name).numbered
        mine, theirs = (ran_.book.rows(name).drop(UID, ROW).sort(number) for ran_ in (again, zh))
        assert mine.equals(theirs, null_equal=True), name


def test_a_scene_that_goes_otherwise_is_told_and_fails(tmp_path: Path) -> None:
    scene = Scene("filled_in", DEMO_DAY, 8, (), {"stage": "APPROVED"}, {"stage": "VALIDATING"}, {"deal": "A"})
    result = DemoResult("zh", DEMO_DAY, tmp_path, (), {}, (), (), (scene,))
    assert result.exit_status == 1
    assert scene.surprises("zh") == ["  与剧本不符：stage，应为 APPROVED，实为 VALIDATING"]
    assert result.month_off() == "这一个月有 1 幕没有按剧本走，见上。"


@pytest.mark.parametrize("as_of", [*DAYS, date(2025, 10, 28), date(2026, 3, 16)])
def test_the_days_of_a_month_are_workdays_in_their_order(as_of: date) -> None:
    """Among them weeks of holidays, in which nobody types."""
    days = astuple(days_of(as_of))
    assert list(days) == sorted(set(days))
    assert all(is_at_work(day) for day in days[1:-1])
    assert days[-1] - days[0] == timedelta(weeks=4)


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
    assert committed.stat().st_size <= 400 * 1024
    found = read_book(committed).rows("findings")
    assert sorted(found["code"]) == sorted(p.code for p in planted(DEMO_DAY, "zh"))

"""The rulebook: what the rule sheets say, typed, with the shipped rows where they say nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from conftest import typed_rows

from ltc_xl.model.book import book_of
from ltc_xl.model.enums import words
from ltc_xl.model.rulebook import CheckRule
from ltc_xl.model.tables import table, tables
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.rulebook import setting_number


def test_a_book_without_rule_sheets_has_the_shipped_rules() -> None:
    rules = bind_rulebook(book_of())
    assert rules.bucket_edges == (0, 30, 60, 90, 180, 365)
    assert rules.settings["site"] == "SH"
    assert rules.currency == "CNY"
    assert rules.checks["L-01"] == CheckRule("warning", "strict")
    assert rules.win_rates["WON"] == 1
    assert set(rules.win_rates) == {word.code for word in words("opp_stage") if word.win is not None}
    assert set(rules.tables) == {name for name, model in tables().items() if model.group == "rule"}
    assert all(rows.schema == table(name).schema for name, rows in rules.tables.items())


def test_bucket_edges_are_sorted_and_blanks_repeats_and_negatives_do_not_count() -> None:
    rows = typed_rows("buckets", "| to_days |\n| 90 |\n| 30 |\n| |\n| 30 |\n| -7 |")
    assert bind_rulebook(book_of(buckets=rows)).bucket_edges == (30, 90)


def test_typed_settings_stand_before_the_shipped_ones_and_blank_ones_do_not() -> None:
    rows = typed_rows(
        "settings", "| key | value |\n| site | BJ |\n| small_amount | |\n| idle_warning_days | 两周 |"
    )
    rules = bind_rulebook(book_of(settings=rows))
    assert rules.settings["site"] == "BJ"
    assert setting_number(rules, "small_amount") == 1000
    assert setting_number(rules, "idle_warning_days") == 14


@pytest.mark.parametrize(("typed", "code"), [("人民币", "CNY"), (" usd ", "USD"), ("乱写", "CNY")])
def test_the_base_currency_is_a_code_however_it_is_written(typed: str, code: str) -> None:
    rows = typed_rows("settings", f"| key | value |\n| base_currency | {typed} |")
    assert bind_rulebook(book_of(settings=rows)).currency == code


@pytest.mark.parametrize(
    ("typed", "site"), [("BJ", "BJ"), (" bj ", "BJ"), ("ＢＪ", "BJ"), ("北京", "SH"), ("B", "SH")]
)
def test_the_site_is_letters_that_numbers_can_hold(typed: str, site: str) -> None:
    rows = typed_rows("settings", f"| key | value |\n| site | {typed} |")
    assert bind_rulebook(book_of(settings=rows)).settings["site"] == site


def test_a_sheet_that_a_full_book_lacks_is_the_one_of_the_full_profile() -> None:
    starter, full = (bind_rulebook(replace(book_of(), profile=name)) for name in ("starter", "full"))
    assert full.rows("transitions").height > starter.rows("transitions").height


def test_a_check_the_sheet_leaves_out_keeps_its_shipped_rule() -> None:
    """
    The sheet may name a code of a later version, too: it is kept.
    """
    rows = typed_rows(
        "checks",
        """
        | code | severity | level  | active |
        | L-04 | INFO     | STRICT | NO     |
        | X-99 | WARNING  |        |        |
        """,
    )
    checks = bind_rulebook(book_of(checks=rows)).checks
    assert checks["L-04"] == CheckRule("info", "strict", active=False)
    assert checks["X-99"] == CheckRule("warning", "basic", active=True)
    assert checks["K-01"] == CheckRule("error", "basic", active=True)


def test_win_rates_of_the_stages_sheet_go_by_code_or_word() -> None:
    rows = typed_rows(
        "stages",
        """
        | object      | stage     | probability |
        | OPPORTUNITY | 谈判      | 0.7         |
        | OPPORTUNITY | APPROVED  | 0.25        |
        | LEAD        | NEW       | 0.9         |
        | OPPORTUNITY | To be signed | 0.9      |
        """,
    )
    rates = bind_rulebook(book_of(stages=rows)).win_rates
    assert (rates["NEGOTIATING"], rates["APPROVED"], rates["SIGNING"]) == (
        Decimal("0.7"),
        Decimal("0.25"),
        Decimal("0.9"),
    )
    assert "NEW" not in rates


def test_the_calendar_gives_holidays_and_make_up_days() -> None:
    rows = typed_rows(
        "calendar", "| day | workday |\n| 2026-05-01 | NO |\n| 2026-05-09 | YES |\n| 2026-05-02 | |"
    )
    rules = bind_rulebook(book_of(calendar=rows))
    assert rules.holidays == {date(2026, 5, 1)}
    assert rules.make_up_days == {date(2026, 5, 9)}

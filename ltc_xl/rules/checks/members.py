"""People and settings: the rule sheets that every rule leans on."""

import polars as pl

from ltc_xl.model.enums import LANGS, Lang, by_word, folded, words
from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.ids import is_site
from ltc_xl.model.tables import UID
from ltc_xl.rules.case import Case
from ltc_xl.rules.rulebook import day_in, default_settings, number_in

DAY_SETTINGS = ("receipts_complete_to", "closing_day")
LIST_SETTINGS = {"base_currency": "currency", "seller_class": "customer_kind"}
"""Settings that must be a word of a list."""
SITE_EXAMPLES = ("SH", "BJ", "WUXI")


def check_settings_can_be_read(case: Case) -> list[Finding]:
    """Report settings that must be a number (M-01) or a day (M-02) and are not."""
    numbers = [key for key, value in default_settings().items() if number_in(value) is not None]
    typed = case.rows("settings").drop_nulls(["key", "value"]).filter(pl.col("value").str.strip_chars() != "")
    told = typed.with_columns(found="value")
    return [
        finding
        for code, keys, read in (("M-01", numbers, number_in), ("M-02", DAY_SETTINGS, day_in))
        for finding in findings(
            code,
            "settings",
            told.filter(
                pl.Series(
                    [k in keys and read(v) is None for k, v in typed.select("key", "value").iter_rows()],
                    dtype=pl.Boolean,
                )
            ),
            "value",
            ["what", "found"],
        )
    ]


def check_settings_are_one_of_their_choices(case: Case) -> list[Finding]:
    """Report settings that are none of their choices: site code, language, currency, size class (M-06)."""
    typed = case.rows("settings").drop_nulls(["key", "value"]).filter(pl.col("value").str.strip_chars() != "")
    return [
        Finding("M-06", "settings", uid, "value", {"what": what or key, "found": value, "choices": choices})
        for uid, key, what, value in typed.select(UID, "key", "what", "value").iter_rows()
        if (choices := _choices_missed(key, value, case.book.lang))
    ]


def _choices_missed(key: str, value: str, lang: Lang) -> list[str]:
    """Return what may stand in a setting when its value is none of it; nothing when all is well."""
    if key == "site":
        return [] if is_site(value) else list(SITE_EXAMPLES)
    if key == "language":
        return [] if folded(value) in LANGS else list(LANGS)
    if key not in LIST_SETTINGS or folded(value) in by_word(LIST_SETTINGS[key]):
        return []
    return [word.label(lang) for word in words(LIST_SETTINGS[key])]


def check_leave_ends_after_it_starts(case: Case) -> list[Finding]:
    """Report people whose leave ends before it starts (M-03)."""
    wrong = case.rows("members").filter(pl.col("leave_to") < pl.col("leave_from"))
    return findings("M-03", "members", wrong, "leave_to", ["member", "leave_from", "leave_to"])


def check_terms_add_up(case: Case) -> list[Finding]:
    """Report payment terms whose instalments are not 100 % together (M-04)."""
    terms = case.rows("terms").drop_nulls("terms").with_columns(total=pl.col("share").sum().over("terms"))
    wrong = terms.filter(pl.col("total") != 1).unique("terms", keep="first", maintain_order=True)
    percent = (pl.col("total") * 100).cast(pl.Decimal(18, 2)).alias("total")
    return findings("M-04", "terms", wrong.with_columns(percent), "share", ["terms", "total"])


def check_owners_can_be_looked_up(case: Case) -> list[Finding]:
    """Report that people own leads while the people sheet is empty (M-05)."""
    if case.rows("members").height or "members" not in case.book.tables:
        return []
    owners = case.rows("leads")["owner"].drop_nulls().n_unique()
    return [Finding("M-05", "members", values={"count": owners})] if owners else []


CHECKS = (
    check_settings_can_be_read,
    check_settings_are_one_of_their_choices,
    check_leave_ends_after_it_starts,
    check_terms_add_up,
    check_owners_can_be_looked_up,
)

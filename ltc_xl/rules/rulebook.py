"""The rulebook: the rule sheets of a workbook, parsed and typed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import Lang, by_word, folded, words
from ltc_xl.model.finding import SEVERITIES, Severity
from ltc_xl.model.ids import is_site
from ltc_xl.model.rulebook import CheckRule, Rulebook
from ltc_xl.model.tables import ROW, UID, table, tables


def bind_rulebook(book: Book) -> Rulebook:
    """Return what the rule sheets of a book say; a sheet or row it lacks is the shipped default."""
    sheets = {name: _rows(book, name) for name, model in tables().items() if model.group == "rule"}
    days = sheets["calendar"].drop_nulls(["day", "workday"])
    return Rulebook(
        settings=_settings(sheets["settings"], book.lang),
        bucket_edges=_bucket_edges(sheets["buckets"]),
        checks=_checks(default_rows("checks", book.lang)) | _checks(sheets["checks"]),
        win_rates=_win_rates(sheets["stages"]),
        holidays=frozenset(days.filter(pl.col("workday") == "NO")["day"]),
        make_up_days=frozenset(days.filter(pl.col("workday") == "YES")["day"]),
        tables=sheets,
    )


def _rows(book: Book, name: str) -> pl.DataFrame:
    held = book.tables.get(name)
    if held is not None and (held.place is not None or held.rows.height):
        return held.rows
    numbered = default_rows(name, book.lang, book.profile).with_columns(
        pl.format("default-{}", pl.int_range(pl.len())).alias(UID), pl.lit(None, pl.UInt32).alias(ROW)
    )
    return numbered.select(table(name).schema.names())


def default_settings(lang: Lang = "zh") -> dict[str, str]:
    """Return key -> value of the shipped settings."""
    rows = default_rows("settings", lang)
    return dict(rows.select("key", pl.col("value").fill_null("")).iter_rows())


def _settings(rows: pl.DataFrame, lang: Lang) -> dict[str, str]:
    typed = rows.drop_nulls(["key", "value"]).filter(pl.col("value").str.strip_chars() != "")
    settings = default_settings(lang) | dict(typed.select("key", "value").iter_rows())
    return settings | {
        "base_currency": _currency(settings["base_currency"], lang),
        "site": _site(settings["site"], lang),
    }


def _currency(text: str, lang: Lang) -> str:
    """Return the code of a currency as people write it (人民币, rmb); the shipped one for any other word."""
    return by_word("currency").get(folded(text)) or default_settings(lang)["base_currency"]


def _site(text: str, lang: Lang) -> str:
    """Return the letters of business numbers; the shipped ones for what cannot be part of a number."""
    site = folded(text).upper()
    return site if is_site(site) else default_settings(lang)["site"]


def _bucket_edges(rows: pl.DataFrame) -> tuple[int, ...]:
    typed = rows.filter(pl.col("to_days") >= 0)["to_days"]
    chosen = typed if typed.len() else default_rows("buckets")["to_days"]
    return tuple(chosen.unique().sort().to_list())


def _checks(rows: pl.DataFrame) -> dict[str, CheckRule]:
    named = rows.drop_nulls("code").select("code", "severity", "level", "active")
    return {code: _check_rule(*entry) for code, *entry in named.iter_rows()}


def _check_rule(severity: str | None, level: str | None, active: str | None) -> CheckRule:
    return CheckRule(_severity(severity), (level or "BASIC").lower(), active != "NO")


def _severity(code: str | None) -> Severity:
    return next((s for s in SEVERITIES if s.upper() == code), "error")


def _win_rates(rows: pl.DataFrame) -> Mapping[str, Decimal]:
    usual = {word.code: word.win for word in words("opp_stage") if word.win is not None}
    typed = rows.filter(pl.col("object") == "OPPORTUNITY").drop_nulls(["stage", "probability"])
    stages = by_word("opp_stage")
    named = {
        stages.get(folded(stage), stage): rate.normalize()
        for stage, rate in typed.select("stage", "probability").iter_rows()
    }
    return usual | named


def number_in(text: str) -> Decimal | None:
    """Return the number a setting holds, or None.

    >>> number_in(" 1,000 "), number_in("a week")
    (Decimal('1000'), None)
    """
    try:
        number = Decimal(folded(text).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day_in(text: str) -> date | None:
    """Return the day a setting holds in ISO form, or None.

    >>> day_in("2026-01-31"), day_in("end of January")
    (datetime.date(2026, 1, 31), None)
    """
    try:
        return date.fromisoformat(folded(text).replace("/", "-"))
    except ValueError:
        return None


def setting_number(rulebook: Rulebook, key: str) -> Decimal:
    """Return a setting as a number; the shipped one where what is typed is none (M-01 reports it)."""
    typed = number_in(rulebook.settings.get(key, ""))
    usual = number_in(default_settings()[key])
    if usual is None:
        raise KeyError(key)
    return usual if typed is None else typed

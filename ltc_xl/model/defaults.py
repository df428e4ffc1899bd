"""Rows the rule tables of a new workbook start with, from ``defaults.toml`` and ``enums.toml``."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from ltc_xl.model.enums import Lang, Word, enums, words
from ltc_xl.model.tables import table, tables_of

Row = dict[str, object]

_STAGE_LISTS = {"LEAD": "lead_state", "OPPORTUNITY": "opp_stage", "CONTRACT": "contract_state"}


@cache
def _defaults() -> dict[str, Any]:
    text = files("ltc_xl.model").joinpath("defaults.toml").read_text("utf-8")
    return tomllib.loads(text)


def _listed(name: str, lang: Lang, profile: str) -> list[Row]:
    """Return the rows of a profile; those that speak of the full profile's stages are in no other."""
    return [
        {code: value[lang] if isinstance(value, dict) else value for code, value in entry.items()}
        for entry in _defaults().get(name, [])
        if profile == "full" or entry.get("profile") != "full"
    ]


def lists_of(profile: str) -> tuple[str, ...]:
    """Return the lists of words that the tables of a profile use or offer, in the order of ``enums.toml``."""
    columns = [column for owner in tables_of(profile) for column in owner.columns_of(profile)]
    used = {column.enum for column in columns}
    offered = {name for column in columns if column.suggest for _, name in column.suggest.lists}
    return tuple(name for name in enums() if name in used | offered)


def _choices(profile: str) -> Iterator[Row]:
    for name in lists_of(profile):
        for word in words(name, profile):
            yield {"set": name, "code": word.code, "zh": word.zh, "en": word.en, "active": "YES"}


def _yes(test: bool) -> str:  # noqa: FBT001  the answer in the words of the list yes_no
    return "YES" if test else "NO"


def _stage(kind: str, word: Word, lang: Lang, *, first: bool) -> Row:
    return {
        "object": kind,
        "stage": word.label(lang),
        "start": _yes(first),
        "final": _yes(word.kind != "open"),
        "probability": word.win,
        "max_days": _defaults()["stage_days"].get(kind, {}).get(word.code),
    }


def _stages(lang: Lang, profile: str) -> Iterator[Row]:
    for kind, name in _STAGE_LISTS.items():
        for place, word in enumerate(words(name, profile)):
            yield _stage(kind, word, lang, first=place == 0)


_GENERATED: Mapping[str, Callable[[Lang, str], Iterator[Row]]] = {
    "choices": lambda _lang, profile: _choices(profile),
    "stages": _stages,
}


def default_rows(name: str, lang: Lang = "zh", profile: str = "starter") -> pl.DataFrame:
    """Return the rows a new workbook's rule table starts with, typed as the table; without ``_uid``s.

    The lists of 选项 (choices) and the stages are those of the enums that the profile offers.
    """
    make = _GENERATED.get(name)
    rows = list(make(lang, profile)) if make else _listed(name, lang, profile)
    return pl.DataFrame(
        {
            column.code: pl.Series(column.code, [row.get(column.code) for row in rows], strict=False).cast(
                column.dtype
            )
            for column in table(name).columns
        }
    )


def settings_rows(lang: Lang, **values: str) -> pl.DataFrame:
    """Return the default settings with the given ones filled in, e.g. ``company="..."``, ``site="SH"``."""
    typed = pl.col("key").replace_strict(values, default=None, return_dtype=pl.String)
    return default_rows("settings", lang).with_columns(value=pl.coalesce(typed, "value"))

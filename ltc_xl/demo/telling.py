"""One telling of the demo firm: for a day, in a language, with dice that always fall the same way."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import polars as pl

from ltc_xl.model.calendar import is_workday, next_workday
from ltc_xl.model.defaults import default_rows
from ltc_xl.model.enums import Lang
from ltc_xl.model.ids import business_number, stable_uids
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import ROW, UID, table

Row = dict[str, Any]
"""A row being told: column code -> value, before it becomes part of a typed frame."""


@cache
def facts() -> Mapping[str, Any]:
    """Return what is true of the firm in any language."""
    return tomllib.loads(files("ltc_xl.demo").joinpath("facts.toml").read_text("utf-8"))


@cache
def words(lang: Lang) -> Mapping[str, Any]:
    """Return how the firm is told in a language."""
    return tomllib.loads(files("ltc_xl.demo").joinpath("words", f"{lang}.toml").read_text("utf-8"))


@cache
def work_calendar() -> Rulebook:
    """Return the shipped work calendar, which the firm keeps."""
    days = default_rows("calendar")
    off, on = (frozenset(days.filter(workday=answer)["day"]) for answer in ("NO", "YES"))
    return Rulebook(holidays=off, make_up_days=on)


def is_at_work(day: date) -> bool:
    """Return whether the firm works on a day."""
    return is_workday(day, work_calendar().holidays, work_calendar().make_up_days)


def at_work(day: date) -> date:
    """Return the day itself when the firm works, else the next day it does."""
    return next_workday(day, work_calendar().holidays, work_calendar().make_up_days)


@dataclass(frozen=True)
class Telling:
    """The day, the words and the dice.

    Both languages throw the dice equally often, so that the same firm comes out: lists of words are
    equally long, and nothing is sorted by a name.
    """

    as_of: date
    lang: Lang
    dice: Random = field(default_factory=lambda: Random(facts()["firm"]["seed"]))  # noqa: S311  a story, no secret

    @property
    def words(self) -> Mapping[str, Any]:
        """Return the words of the language."""
        return words(self.lang)

    @property
    def site(self) -> str:
        """Return the site code of the firm's numbers."""
        return str(facts()["firm"]["site"])

    def word(self, group: str, key: str) -> str:
        """Return one word, e.g. ``word("teams", "sales")``; '' where the story has none."""
        return str(self.words[group].get(key, ""))

    def pick(self, group: str, key: str = "list") -> str:
        """Return one of a list of words."""
        return str(self.dice.choice(self.words[group][key]))

    def chance(self, share: float) -> bool:
        """Return true for a share of the throws."""
        return self.dice.random() < share

    def day(self, ago: float) -> date:
        """Return the workday that many days back, or the one before it; negative days look ahead."""
        if ago < 0:
            return at_work(self.as_of - timedelta(days=int(ago)))
        day = self.as_of - timedelta(days=int(ago))
        while not is_at_work(day):
            day -= timedelta(days=1)
        return day

    def ahead(self, days: int) -> date:
        """Return the workday that many days ahead, or the next one: never a day that has passed."""
        return at_work(self.as_of + timedelta(days=days))

    def day_between(self, first: int, last: int) -> date:
        """Return a workday between two distances back."""
        return self.day(self.dice.randint(first, last))

    def after(self, day: date, days: int) -> date:
        """Return the workday some days after a day, never later than the day of the telling."""
        return min(at_work(day + timedelta(days=days)), self.as_of)

    def numbered(self, name: str, rows: Sequence[Row]) -> None:
        """Give rows their business numbers, in the order they stand in."""
        model = table(name)
        for count, row in enumerate(rows, start=1):
            row[str(model.numbered)] = business_number(str(model.number), self.site, count)


_ASIDES: Mapping[str, tuple[str, ...]] = {"lines": ("contract", "paid_on")}


def without_asides(name: str, row: Row) -> Row:
    """Return a row without what only the story needs."""
    return {code: value for code, value in row.items() if code not in _ASIDES.get(name, ())}


def frame(name: str, rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows as the typed frame of their table, with ``_uid``s that are always the same.

    Raises:
        KeyError: a row names a column the table lacks: our mistake.
    """
    schema = table(name).schema
    if strange := {code for row in rows for code in row} - set(schema):
        raise KeyError(f"{name}: {sorted(strange)}")
    told = pl.DataFrame(
        {code: [row.get(code) for row in rows] for code in schema}, schema=schema, strict=False
    )
    uids = stable_uids("demo", name, len(rows))
    return told.with_columns(
        pl.Series(UID, uids, dtype=pl.String), pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW)
    )

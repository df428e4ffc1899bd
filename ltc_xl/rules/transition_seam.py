"""Rows of 阶段流转, read plainly; gives way to ``rules/rulesets.py``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import by_word, folded
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.actor import named_apart

_TABLES = {"LEAD": "leads", "OPPORTUNITY": "opportunities", "CONTRACT": "contracts"}
_LISTS = {"leads": "lead_state", "opportunities": "opp_stage", "contracts": "contract_state"}


@dataclass(frozen=True)
class Verdict:
    holds: bool | None
    blank: tuple[str, ...] = ()


class Guard:
    text: str
    codes: tuple[str, ...]

    def expr(self, as_of: date) -> pl.Expr:
        raise NotImplementedError

    def verdict(self, row: Mapping[str, object], as_of: date) -> Verdict:
        raise NotImplementedError


@dataclass(frozen=True)
class Transition:
    no: str
    object: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    condition: Guard | None
    needs: tuple[str, ...]
    roles: tuple[str, ...]
    message: str | None


@dataclass(frozen=True)
class RuleSet:
    rows: tuple[Transition, ...]
    sound: bool = True


def transition_rules(book: Book, rulebook: Rulebook) -> RuleSet:
    return RuleSet(tuple(_row(row) for row in rulebook.rows("transitions").iter_rows(named=True)))


def _row(row: Mapping[str, str]) -> Transition:
    name = _TABLES[row["object"]]
    words = by_word(_LISTS[name])
    labels = {folded(c.label(lang)): c.code for c in table(name).columns for lang in ("zh", "en")}
    return Transition(
        row["no"],
        row["object"],
        tuple(words[folded(w)] for w in named_apart(row["from"])),
        tuple(words[folded(w)] for w in named_apart(row["to"])),
        None,
        tuple(labels[folded(w)] for w in named_apart(row["needs"])),
        named_apart(row["role"]),
        row["message"],
    )

"""规则目录: how the firm wants each rule table used: hit policy, days, switch, and what no rule fits."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import polars as pl

from ltc_xl.model.enums import LANGS, folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, Table, table, tables
from ltc_xl.rules.decisions import Hit

if TYPE_CHECKING:
    from ltc_xl.rules.rule_sheets import RuleSheet

INDEX = "rule_index"
ONE_COUNTS = (Hit.FIRST, Hit.UNIQUE, Hit.ANY)
"""The policies of a table in which one rule gives the answer."""

_WORDS = {
    Hit.FIRST: ("首条", "first"), Hit.UNIQUE: ("唯一", "unique"), Hit.ANY: ("任一", "any"),
    Hit.COLLECT: ("全部", "collect"), Hit.SUM: ("累加", "sum"),
}  # fmt: skip


class NoMatch(StrEnum):
    """What becomes of a row that no rule fits: it keeps what it has, is left blank, or is an error."""

    KEEP = "keep"
    BLANK = "blank"
    ERROR = "error"


NO_MATCH: Mapping[str, NoMatch] = {
    **dict.fromkeys(("", "-", "保持", "不变", "保留", "keep"), NoMatch.KEEP),
    **dict.fromkeys(("留空", "清空", "blank", "leave blank"), NoMatch.BLANK),
    **dict.fromkeys(("报错", "错误", "error"), NoMatch.ERROR),
}
STATUS: Mapping[str, bool] = {
    **dict.fromkeys(("", "-", "启用", "在用", "active", "on"), True),
    **dict.fromkeys(("停用", "关闭", "inactive", "off"), False),
}
"""Word -> whether the table is switched on."""


def hit_of(
    sheet: "RuleSheet",
    rulebook: Rulebook,
    allowed: tuple[Hit, ...] = ONE_COUNTS,
    as_of: date | None = None,
) -> Hit:
    """Return the hit policy of a rule table, the first allowed one where the index does not speak of it.

    A word that names none of the allowed ones is noted as a problem of the rule table (R-14).
    """
    for row in _on(index_rows(sheet.name, rulebook), as_of):
        said = folded(row["hit"] or "")
        if not said:
            continue
        found = next((hit for hit in allowed if said in _known(hit)), None)
        if found:
            return found
        told = {"found": row["hit"], "known": [f"{hit} {_WORDS[hit][0]}" for hit in allowed]}
        sheet.problems.append(Finding("R-14", INDEX, row[UID], "hit", {**told, "owner": sheet.name}))
    return allowed[0]


def no_match_of(name: str, rulebook: Rulebook, as_of: date) -> NoMatch:
    """Return what becomes of a row that no rule of a table fits."""
    said = (folded(row["no_match"] or "") for row in _on(index_rows(name, rulebook), as_of))
    return next((NO_MATCH[word] for word in said if word in NO_MATCH), NoMatch.KEEP)


def rest_of(name: str, rulebook: Rulebook, as_of: date) -> Finding | None:
    """Return why a rule table does not count on a day: switched off (R-47), or no day of its own (R-48)."""
    rows = _speaking_of(name, rulebook.rows(INDEX)).rows(named=True)
    on = [row for row in rows if is_on(row)]
    if not rows or any(_is_valid(row, as_of) for row in on):
        return None
    if not on:
        return _rests("R-47", rows[0], "status", name)
    coming = [row for row in on if row["valid_from"] and row["valid_from"] > as_of]
    if coming:
        first = min(coming, key=lambda row: row["valid_from"])
        return _rests("R-48", first, "valid_from", name)
    return _rests("R-48", max(on, key=lambda row: row["valid_to"] or date.min), "valid_to", name)


def _rests(code: str, row: Mapping[str, Any], column: str, name: str) -> Finding:
    told = {"rules": name, "who": row["owner"] or "", "first": row["valid_from"], "last": row["valid_to"]}
    return Finding(code, INDEX, row[UID], column, told, "warning")


def is_on(row: Mapping[str, Any]) -> bool:
    """Return whether a row of the index does not switch its table off."""
    return STATUS.get(folded(row["status"] or ""), True)


def index_rows(name: str, rulebook: Rulebook) -> pl.DataFrame:
    """Return the rows of 规则目录 that speak of a rule table; of an older version, those of then."""
    if name in rulebook.kept:
        return rulebook.kept[name].held.index
    return _speaking_of(name, rulebook.rows(INDEX))


def table_meant(said: str) -> Table | None:
    """Return the rule table that a cell names: by its sheet, in either language, or its table in Excel."""
    rules = (model for model in tables().values() if model.group == "rule")
    return next((model for model in rules if folded(said) in _names(model.name)), None)


def _speaking_of(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    mine = [folded(said or "") in _names(name) for said in rows["rule_table"]]
    return rows.filter(pl.Series(mine, dtype=pl.Boolean))


def _on(rows: pl.DataFrame, as_of: date | None) -> list[dict[str, Any]]:
    """Return the rows that count on a day, else all: then the table rests, and it does not matter."""
    every = rows.rows(named=True)
    return [row for row in every if as_of and is_on(row) and _is_valid(row, as_of)] or every


def _is_valid(row: Mapping[str, Any], as_of: date) -> bool:
    return (row["valid_from"] or date.min) <= as_of <= (row["valid_to"] or date.max)


def _known(hit: Hit) -> set[str]:
    """Return how people write a policy: ``F``, 首条, ``F 首条``, ``first``."""
    letter = folded(hit)
    return {letter, *_WORDS[hit], *(folded(f"{letter} {word}") for word in _WORDS[hit])}


def _names(name: str) -> set[str]:
    model = table(name)
    return {folded(one) for one in (name, model.excel, *map(model.sheet, LANGS))}

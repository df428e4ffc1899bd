"""规则目录: what the firm says of each rule table, its hit policy first of all."""

import polars as pl

from ltc_xl.model.enums import LANGS, folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.decisions import Hit
from ltc_xl.rules.rule_sheets import RuleSheet

INDEX = "rule_index"
ACTIVE = frozenset({"启用", "active", "on"})
ONE_COUNTS = (Hit.FIRST, Hit.UNIQUE, Hit.ANY)
"""The policies of a table in which one rule gives the answer."""

_WORDS = {
    Hit.FIRST: ("首条", "first"), Hit.UNIQUE: ("唯一", "unique"), Hit.ANY: ("任一", "any"),
    Hit.COLLECT: ("全部", "collect"), Hit.SUM: ("累加", "sum"),
}  # fmt: skip


def hit_of(sheet: RuleSheet, rulebook: Rulebook, allowed: tuple[Hit, ...] = ONE_COUNTS) -> Hit:
    """Return the hit policy of a rule table, the first allowed one where the index does not speak of it.

    A word that names none of the allowed ones is noted as a problem of the rule table (R-14).
    """
    for row in index_rows(sheet.name, rulebook).iter_rows(named=True):
        said = folded(row["hit"] or "")
        if not said:
            continue
        found = next((hit for hit in allowed if said in _known(hit)), None)
        if found:
            return found
        told = {"found": row["hit"], "known": [f"{hit} {_WORDS[hit][0]}" for hit in allowed]}
        sheet.problems.append(Finding("R-14", INDEX, row[UID], "hit", {**told, "owner": sheet.name}))
    return allowed[0]


def index_rows(name: str, rulebook: Rulebook) -> pl.DataFrame:
    """Return the rows of 规则目录 that speak of a rule table; of an older version, those of then."""
    if name in rulebook.kept:
        return rulebook.kept[name].held.index
    rows = rulebook.rows(INDEX)
    mine = [_speaks_of(said or "", name) for said in rows["rule_table"]]
    return rows.filter(pl.Series(mine, dtype=pl.Boolean))


def _known(hit: Hit) -> set[str]:
    """Return how people write a policy: ``F``, 首条, ``F 首条``, ``first``."""
    letter = folded(hit)
    return {letter, *_WORDS[hit], *(folded(f"{letter} {word}") for word in _WORDS[hit])}


def _speaks_of(said: str, name: str) -> bool:
    model = table(name)
    return folded(said) in {folded(one) for one in (name, model.excel, *map(model.sheet, LANGS))}

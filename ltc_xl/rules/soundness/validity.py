"""The days of rules: none is left without a rule between two of them; what 规则目录 says can be read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from ltc_xl.model.enums import folded
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, tables
from ltc_xl.rules.rule_index import INDEX, NO_MATCH, STATUS, is_on, table_meant

Row = Mapping[str, Any]
_A_DAY = timedelta(days=1)


def validity_findings(rulebook: Rulebook) -> Iterator[Finding]:
    """Yield what is wrong with the days of rules, and with the words of 规则目录.

    R-42: days between two versions of a table, or two rows of one rule, on which none counts.
    R-43: no such table, status or answer; a last day before the first.
    """
    index = rulebook.rows(INDEX).rows(named=True)
    yield from _words(index)
    speaking = [(table_meant(row["rule_table"] or ""), row) for row in index if is_on(row)]
    for model in dict.fromkeys(model for model, _ in speaking if model):
        yield from _holes(INDEX, model.name, [row for one, row in speaking if one is model])
    for name, code in _dated():
        rows = rulebook.rows(name).drop_nulls(code)
        for (called,), same in rows.partition_by(code, as_dict=True, maintain_order=True).items():
            yield from _holes(name, str(called), same.rows(named=True))


def _dated() -> Iterator[tuple[str, str]]:
    """Yield the tables whose rows have days, and the column that says which rows are of one rule."""
    for name, model in tables().items():
        if model.group == "rule" and name != INDEX and {"valid_from", "valid_to"} <= model.by_code.keys():
            yield name, "what" if "what" in model.by_code else model.columns[0].code


def _holes(name: str, called: str, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield the days between two rows on which neither counts."""
    known = [row for row in rows if (row["valid_from"] or date.min) <= (row["valid_to"] or date.max)]
    ordered = sorted(known, key=lambda row: row["valid_from"] or date.min)
    covered = ordered[0]["valid_to"] if ordered else None
    for _, row in pairwise(ordered):
        first = row["valid_from"]
        if covered is not None and first is not None and first > covered + _A_DAY:
            told = {"rules": called, "first": covered + _A_DAY, "last": first - _A_DAY}
            yield Finding("R-42", name, row[UID], "valid_from", told, "warning")
        if covered is not None:
            covered = max(covered, row["valid_to"]) if row["valid_to"] else None


def _words(index: Sequence[Row]) -> Iterator[Finding]:
    for row in index:
        for column, key, is_known in (
            ("rule_table", "index_table", not row["rule_table"] or table_meant(row["rule_table"])),
            ("status", "index_status", folded(row["status"] or "") in STATUS),
            ("no_match", "index_no_match", folded(row["no_match"] or "") in NO_MATCH),
        ):
            if not is_known:
                yield Finding("R-43", INDEX, row[UID], column, {"found": row[column], "why": {"key": key}})
        first, last = row["valid_from"], row["valid_to"]
        if first and last and last < first:
            why = {"key": "index_reversed", "first": first}
            yield Finding("R-43", INDEX, row[UID], "valid_to", {"found": last, "why": why})

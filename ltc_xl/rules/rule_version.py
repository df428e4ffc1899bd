"""The version of a rule sheet: a digest of what its rules say, however they are spelled."""

import hashlib
import json
from collections.abc import Sequence

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import ROW, UID, table
from ltc_xl.rules.decisions import Hit
from ltc_xl.rules.guards.marks import folded_marks, name_key
from ltc_xl.rules.rule_index import NO_MATCH, NoMatch, hit_of, index_rows
from ltc_xl.rules.rule_sheets import Row, rule_sheet

_SAYS_NOTHING = frozenset({"", "-"})
_SHOWN = 12


def rule_version(name: str, book: Book, rulebook: Rulebook) -> str:
    """Return the sha256 of the rules of a sheet, as they stand in their order.

    Width, case, outer blanks, marks of one meaning, remarks and the order of columns make no difference; what
    规则目录 says of the sheet does. While an older version stays in force it is that one's.
    """
    if name in rulebook.kept:
        return rulebook.kept[name].held.version
    sheet = rule_sheet(name, book, rulebook)
    rows = [_said(name, row) for row in sheet.rows]
    index = _said_of(index_rows(name, rulebook).rows(named=True))
    whole = [name, hit_of(sheet, rulebook, tuple(Hit)), rows, *([index] if index else [])]
    told = json.dumps(whole, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def short_version(version: str) -> str:
    """Return a version as people compare it.

    >>> short_version("0123456789abcdef")
    '0123456789ab'
    """
    return version[:_SHOWN]


def _said(name: str, row: Row) -> dict[str, str]:
    """Return the cells of a row that say something, folded; remarks decide nothing."""
    columns = table(name).by_code
    remarks = {code for code, column in columns.items() if column.type == "text"}
    cells = {
        code if code in columns else name_key(code): folded_marks(str(cell)).text.strip().casefold()
        for code, cell in row.items()
        if cell is not None and code not in {UID, ROW} and code not in remarks
    }
    return {code: text for code, text in cells.items() if text not in _SAYS_NOTHING}


def _said_of(index: Sequence[Row]) -> list[str]:
    """Return what 规则目录 says of rows that no rule fits, and of policies by day, if it is not the usual."""
    if len(index) > 1:
        return [str([row[code] for code in ("hit", "no_match", "valid_from", "valid_to")]) for row in index]
    said = (NO_MATCH.get(folded(row["no_match"] or ""), NoMatch.KEEP) for row in index)
    return [one.value for one in said if one is not NoMatch.KEEP]

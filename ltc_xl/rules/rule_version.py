"""The version of a rule sheet: a digest of what its rules say, however they are spelled."""

import hashlib
import json

from ltc_xl.model.book import Book
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.decisions import Hit
from ltc_xl.rules.guards.marks import folded_marks, name_key
from ltc_xl.rules.rule_index import hit_of
from ltc_xl.rules.rule_sheets import Row, rule_sheet

_SAYS_NOTHING = frozenset({"", "-"})
_SHOWN = 12


def rule_version(name: str, book: Book, rulebook: Rulebook) -> str:
    """Return the sha256 of the rules of a sheet, as they stand in their order.

    Width, case, outer blanks, marks of one meaning, remarks and the order of columns make no difference; the
    hit policy of 规则目录 does.
    """
    sheet = rule_sheet(name, book, rulebook)
    rows = [_said(name, row) for row in sheet.rows]
    told = json.dumps([name, hit_of(sheet, rulebook, tuple(Hit)), rows], ensure_ascii=False, sort_keys=True)
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
        code if code in columns else name_key(code): folded_marks(text).text.strip().casefold()
        for code, text in row.items()
        if isinstance(text, str) and code != UID and code not in remarks
    }
    return {code: text for code, text in cells.items() if text not in _SAYS_NOTHING}

"""What is found: by the reader and by every check, at the severity of its rule, in the order it is shown."""

from collections.abc import Iterable
from datetime import date

from ltc_xl.model.book import Book
from ltc_xl.model.finding import SEVERITIES, Finding
from ltc_xl.model.rulebook import CheckRule, Rulebook
from ltc_xl.model.tables import tables
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks import CHECKS
from ltc_xl.rules.checks.declared import RATED_BY_ROW


def all_findings(book: Book, rulebook: Rulebook, as_of: date, *, thorough: bool = False) -> list[Finding]:
    """Return what the reader and every check found; a cell nobody could read is reported by the reader alone.

    Args:
        book: with its computed columns filled.
        rulebook: settings and lists the checks lean on.
        as_of: the day of the check.
        thorough: whether cells are held to the declared schema rather than to the masks made of it.
    """
    case = Case(book, rulebook, as_of, thorough)
    found = [finding for check_rule in CHECKS for finding in check_rule(case)]
    return [*book.findings, *(finding for finding in found if not _cells(finding) & book.unread)]


def _cells(finding: Finding) -> set[tuple[str, str, str]]:
    """Return the cells a finding judges: its own, and those it takes for blank."""
    beside = finding.values.get("when")
    columns = [finding.column or "", *(beside if isinstance(beside, list) else [])]
    return {(finding.table, finding.row_id or "", column) for column in columns}


def judged(found: Iterable[Finding], rulebook: Rulebook, level: str) -> list[Finding]:
    """Return the findings whose check is switched on at a level, each with the severity of its rule.

    A condition of 行校验 has the severity of its own row.
    """
    rated = [(one, rulebook.checks.get(one.code) or CheckRule(one.severity)) for one in found]
    return [
        finding if finding.code in RATED_BY_ROW else finding.as_severity(rule.severity)
        for finding, rule in rated
        if rule.active and (level == "strict" or rule.level == "basic")
    ]


def ordered(book: Book, found: Iterable[Finding]) -> list[Finding]:
    """Return the findings by severity, code, table, row and column, as they stand on the sheets."""
    places = {name: place for place, name in enumerate(tables())}
    rows = {name: held.row_of for name, held in book.tables.items()}

    def key(finding: Finding) -> tuple[int, str, int, int, int]:
        row = rows.get(finding.table, {}).get(finding.row_id or "") or 0
        columns = list(book.table(finding.table).by_code)
        column = columns.index(finding.column) if finding.column in columns else -1
        severity = SEVERITIES.index(finding.severity)
        return severity, _code_key(finding.code), places[finding.table], row, column

    return sorted(found, key=key)


def _code_key(code: str) -> str:
    """Return a code so that RC-2 sorts before RC-10, families in their order of work."""
    family, _, number = code.partition("-")
    order = ("V", "K", "X", "M", "R", "T", "L", "O", "C", "RC", "P", "I")
    place = order.index(family) if family in order else len(order)
    return f"{place:02d}{family}{number:0>4}"

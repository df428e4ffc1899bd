"""Rule sheets: every cell can be read, every header is a field, every role and group is somebody's."""

from collections.abc import Callable

from ltc_xl.model.book import Book
from ltc_xl.model.finding import Finding
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.case import Case
from ltc_xl.rules.rulesets import RuleSet, assignment_rules, grading_rules, transition_rules


def _check(bound: Callable[[Book, Rulebook], RuleSet]) -> Callable[[Case], list[Finding]]:
    """Return the check of one rule sheet; cells that the reader or ``check_cells`` reports are theirs."""

    def check_rule_sheet_can_be_used(case: Case) -> list[Finding]:
        return [found for found in bound(case.book, case.rulebook).problems if found.code.startswith("R-")]

    return check_rule_sheet_can_be_used


CHECKS = tuple(map(_check, (grading_rules, assignment_rules, transition_rules)))

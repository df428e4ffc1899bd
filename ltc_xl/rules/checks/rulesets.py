"""Rule sheets: every cell can be read, every header is a field, every role is somebody's, no row is lost."""

from ltc_xl.model.finding import Finding
from ltc_xl.rules.case import Case
from ltc_xl.rules.rule_set import RuleSet
from ltc_xl.rules.rulesets import assignment_rules, grading_rules, transition_rules
from ltc_xl.rules.scoring import scoring_rules
from ltc_xl.rules.soundness.tables import NO_RULE_FITS, table_findings


def check_leads_can_be_graded(case: Case) -> list[Finding]:
    """Report what is wrong with 线索评级."""
    return _told(grading_rules(case.book, case.rulebook.as_typed, case.as_of), case)


def check_leads_can_be_scored(case: Case) -> list[Finding]:
    """Report what is wrong with 线索打分."""
    return _told(scoring_rules(case.book, case.rulebook.as_typed, case.as_of), case)


def check_leads_can_be_assigned(case: Case) -> list[Finding]:
    """Report what is wrong with 线索分配.

    A firm may sell in some places only: leads that no rule takes are listed by the assignment, row by row.
    """
    found = _told(assignment_rules(case.book, case.rulebook.as_typed, case.as_of), case)
    return [one for one in found if one.code != NO_RULE_FITS]


def check_stages_can_move(case: Case) -> list[Finding]:
    """Report what is wrong with 阶段流转."""
    return _told(transition_rules(case.book, case.rulebook.as_typed), case)


def _told(rules: RuleSet, case: Case) -> list[Finding]:
    """Return the problems of a sheet; cells that the reader or ``check_cells`` reports are theirs."""
    found = [one for one in rules.problems if one.code.startswith("R-") and one != rules.rest]
    stands = case.book.rows(rules.name).height
    return [*found, *(table_findings(rules, case.as_of) if stands else ())]


CHECKS = (
    check_leads_can_be_graded,
    check_leads_can_be_scored,
    check_leads_can_be_assigned,
    check_stages_can_move,
)

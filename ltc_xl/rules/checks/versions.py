"""Versions of the rules: what stands on a rule sheet is in force, or people are told what is instead."""

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.rules.case import Case
from ltc_xl.rules.grading import grading
from ltc_xl.rules.in_force import SETS
from ltc_xl.rules.rule_index import NoMatch, no_match_of, rest_of
from ltc_xl.rules.rulesets import GRADING
from ltc_xl.rules.soundness.validity import validity_findings


def check_what_stands_on_rule_sheets_is_in_force(case: Case) -> list[Finding]:
    """Report sheets of which an older version stays in force: for their own errors, or another sheet's.

    R-45: it has errors itself; R-46: it goes back together with a sheet that has.
    """
    return [
        Finding(
            "R-46" if kept.beside else "R-45",
            name,
            values={"since": kept.held.since, "count": len(kept.problems), "beside": kept.beside or ""},
            severity="warning",
        )
        for name, kept in case.rulebook.kept.items()
    ]


def check_rule_sheets_count_on_the_day(case: Case) -> list[Finding]:
    """Report rule tables that 规则目录 switches off (R-47), or that have no day (R-48)."""
    found = (rest_of(name, case.rulebook, case.as_of) for name in SETS)
    return [rest for rest in found if rest]


def check_days_of_rules_leave_no_hole(case: Case) -> list[Finding]:
    """Report days without a rule between two of them, and words of 规则目录 that say nothing (R-42, R-43)."""
    return list(validity_findings(case.rulebook.as_typed))


def check_every_open_lead_finds_a_rule(case: Case) -> list[Finding]:
    """Report open leads that no rule of 线索评级 fits, where 规则目录 calls that an error (R-49)."""
    if no_match_of(GRADING, case.rulebook, case.as_of) is not NoMatch.ERROR:
        return []
    leads = grading(case.book, case.rulebook, case.as_of).leads
    return findings("R-49", "leads", leads.filter(pl.col("doubt") == "no_fit"), "grade")


CHECKS = (
    check_what_stands_on_rule_sheets_is_in_force,
    check_rule_sheets_count_on_the_day,
    check_days_of_rules_leave_no_hole,
    check_every_open_lead_finds_a_rule,
)

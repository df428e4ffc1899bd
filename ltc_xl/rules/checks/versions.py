"""Versions of the rules: what stands on a rule sheet is in force, or people are told what is instead."""

from ltc_xl.model.finding import Finding
from ltc_xl.rules.case import Case


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


CHECKS = (check_what_stands_on_rule_sheets_is_in_force,)

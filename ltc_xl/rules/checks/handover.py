"""Hand-over of leads: accepted in time, and ready when they go to sales; work hours that can be read."""

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.tables import UID
from ltc_xl.rules.case import Case
from ltc_xl.rules.daily_steps import SETTING, STEPS, unknown_steps
from ltc_xl.rules.grading import grading
from ltc_xl.rules.handover import MINUTES, waiting_for_acceptance
from ltc_xl.rules.rule_index import rest_of
from ltc_xl.rules.transfer import CRITERIA, leads_as_asked, transfer_criteria
from ltc_xl.rules.worktime import spans_in


def check_leads_are_accepted_in_time(case: Case) -> list[Finding]:
    """Report leads that nobody accepted within the work hours agreed (L-20)."""
    waiting = waiting_for_acceptance(case.book, case.rulebook, case.as_of)
    late = waiting.filter("is_late").with_columns(hours=pl.col("waited_minutes") // MINUTES, due="accept_by")
    return findings("L-20", "leads", late, "state", ["owner", "hours", "due"])


def check_leads_with_sales_meet_the_criteria(case: Case) -> list[Finding]:
    """Report leads that sales was given and has not taken up, though criteria are not met (L-21)."""
    criteria = transfer_criteria(case.book, case.rulebook, case.as_of)
    if not criteria.rows:
        return []
    leads = leads_as_asked(case.book, grading(case.book, case.rulebook, case.as_of))
    missed = criteria.unmet(leads.filter(pl.col("state") == "ASSIGNED"))
    owners = dict(leads.select(UID, "owner").iter_rows())
    return [
        Finding(
            "L-21", "leads", uid, "owner", {"owner": owners[uid], "criteria": [one.name for one in missing]}
        )
        for uid, missing in missed.items()
        if owners[uid]
    ]


def check_the_criteria_can_be_read(case: Case) -> list[Finding]:
    """Report what is wrong with 移交标准."""
    rest = rest_of(CRITERIA, case.rulebook, case.as_of)
    found = transfer_criteria(case.book, case.rulebook.as_typed, case.as_of).problems
    return [one for one in found if one.code.startswith("R-") and one != rest]


def check_work_hours_can_be_read(case: Case) -> list[Finding]:
    """Report work hours that are none (M-07)."""
    usual = case.rows("settings").filter(pl.col("key") == "work_hours").with_columns(found="value")
    own = case.rows("calendar").with_columns(found="hours")
    return [
        Finding("M-07", name, uid, column, {"found": text})
        for name, column, rows in (("settings", "value", usual), ("calendar", "hours", own))
        for uid, text in rows.select(UID, "found").drop_nulls().iter_rows()
        if text.strip() and spans_in(text) is None
    ]


def check_the_daily_steps_are_known(case: Case) -> list[Finding]:
    """Report words of the daily run that name no step (M-08)."""
    rows = case.rows("settings").filter(pl.col("key") == SETTING).select(UID, "value").drop_nulls()
    known = [names[case.book.lang == "en"] for names in STEPS.values()]
    return [
        Finding("M-08", "settings", uid, "value", {"found": word, "known": known})
        for uid, text in rows.iter_rows()
        for word in unknown_steps(text)
    ]


CHECKS = (
    check_work_hours_can_be_read,
    check_the_daily_steps_are_known,
    check_the_criteria_can_be_read,
    check_leads_are_accepted_in_time,
    check_leads_with_sales_meet_the_criteria,
)

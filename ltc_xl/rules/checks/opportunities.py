"""Opportunities: an amount one can believe, dates still ahead, the review that the stage asks for."""

from datetime import date

import polars as pl

from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.finding import Finding, findings
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks.leads import left_members, overdue, wordless

PAST_ATI = (
    "APPROVED",
    "PREBID",
    "PROPOSAL",
    "BIDDING",
    "ATB_REVIEW",
    "SUBMITTED",
    "NEGOTIATING",
    "ATC_REVIEW",
    "SIGNING",
)
BEFORE_BID = ("VALIDATING", "ATI_REVIEW", "APPROVED", "PREBID", "BIDDING", "ATB_REVIEW")


def open_opportunities(case: Case) -> pl.DataFrame:
    """Return the opportunities that may still be won, those on hold included."""
    return case.rows("opportunities").filter(pl.col("stage").is_in(codes_of_kind("opp_stage", "open")))


def check_amounts_are_in_full_units(case: Case) -> list[Finding]:
    """Report amounts so small that ten thousands were meant (O-01)."""
    home = case.rows("opportunities").filter(case.currency() == case.rulebook.currency)
    small = home.filter((pl.col("amount") > 0) & (pl.col("amount") < case.number("small_amount")))
    return findings(
        "O-01",
        "opportunities",
        small.with_columns(meant=pl.col("amount") * 10_000),
        "amount",
        ["amount", "meant"],
    )


def check_expected_signing_lies_ahead(case: Case) -> list[Finding]:
    """Report open opportunities whose expected signing has passed (O-02)."""
    late = open_opportunities(case).filter(
        (pl.col("stage") != "HOLD") & (pl.col("expected_close") < case.as_of)
    )
    return findings("O-02", "opportunities", late, "expected_close", ["expected_close", "stage"])


def check_bids_are_handed_in_by_their_day(case: Case) -> list[Finding]:
    """Report bids whose closing day has passed in a stage before the bid (O-03)."""
    late = case.rows("opportunities").filter(
        (pl.col("route") == "BID") & (pl.col("bid_due") < case.as_of) & pl.col("stage").is_in(BEFORE_BID)
    )
    return findings("O-03", "opportunities", late, "bid_due", ["bid_due", "stage"])


def check_work_is_approved(case: Case) -> list[Finding]:
    """Report opportunities past approval without its result (O-04)."""
    bare = case.rows("opportunities").filter(pl.col("stage").is_in(PAST_ATI) & pl.col("ati_result").is_null())
    return findings("O-04", "opportunities", bare, "ati_result", ["stage"])


def check_refused_work_stops(case: Case) -> list[Finding]:
    """Report opportunities that go on although their approval was refused (O-05)."""
    refused = case.rows("opportunities").filter(
        pl.col("stage").is_in(PAST_ATI) & pl.col("ati_result").is_in(["NO_GO", "RECYCLE"])
    )
    return findings("O-05", "opportunities", refused, "stage", ["stage", "ati_result"])


def check_won_means_signed(case: Case) -> list[Finding]:
    """Report won opportunities without a contract, in a firm that keeps contracts (O-06)."""
    contracts = case.rows("contracts")
    if contracts.is_empty():
        return []
    named = contracts["opportunity"].drop_nulls().unique()
    bare = case.rows("opportunities").filter(
        (pl.col("stage") == "WON")
        & pl.col("contract_no").is_null()
        & ~pl.col("opp_id").is_in(named.implode()).fill_null(value=False)
    )
    return findings("O-06", "opportunities", bare, "stage", ["amount"])


def check_closed_opportunities_have_their_day(case: Case) -> list[Finding]:
    """Report closed opportunities without closing day, or closed before they were created (O-07)."""
    closed = codes_of_kind("opp_stage", "won", "lost", "off")
    wrong = case.rows("opportunities").filter(
        pl.col("stage").is_in(closed)
        & (pl.col("closed_on").is_null() | (pl.col("closed_on") < pl.col("created_on")))
    )
    return findings("O-07", "opportunities", wrong, "closed_on", ["stage", "created_on", "closed_on"])


def check_work_is_not_sold_below_cost(case: Case) -> list[Finding]:
    """Report opportunities whose estimated cost is above the amount (O-08)."""
    stages = codes_of_kind("opp_stage", "open", "won")
    loss = case.rows("opportunities").filter(
        pl.col("stage").is_in(stages) & (pl.col("amount") > 0) & (pl.col("cost_est") > pl.col("amount"))
    )
    told = loss.with_columns(loss=pl.col("cost_est") - pl.col("amount"))
    return findings("O-08", "opportunities", told, "cost_est", ["amount", "cost_est", "loss"])


def check_opportunities_have_a_next_step(case: Case) -> list[Finding]:
    """Report open opportunities that nobody plans anything for, once the days of grace are past (O-09)."""
    idle = _unplanned(case).filter((pl.col("stage") != "HOLD") & (pl.col("created_on") < _grace(case)))
    return findings("O-09", "opportunities", idle, "next_on", ["stage"])


def check_new_opportunities_get_a_next_step(case: Case) -> list[Finding]:
    """Report open opportunities that nobody plans anything for, within the days of grace (O-14)."""
    fresh = _unplanned(case).filter((pl.col("stage") != "HOLD") & (pl.col("created_on") >= _grace(case)))
    return findings("O-14", "opportunities", fresh, "next_on", ["stage"])


def check_what_is_on_hold_comes_up_again(case: Case) -> list[Finding]:
    """Report opportunities on hold without a day to look at them again (O-13)."""
    forgotten = _unplanned(case).filter(pl.col("stage") == "HOLD")
    return findings("O-13", "opportunities", forgotten, "next_on")


def check_next_steps_of_opportunities_are_taken(case: Case) -> list[Finding]:
    """Report open opportunities whose next date has passed (O-11), and those without a step for it (O-12)."""
    late = overdue(open_opportunities(case), case)
    bare = wordless(open_opportunities(case))
    return [
        *findings("O-11", "opportunities", late, "next_on", ["next_on", "days"]),
        *findings("O-12", "opportunities", bare, "next_step", ["next_on"]),
    ]


def _unplanned(case: Case) -> pl.DataFrame:
    return open_opportunities(case).filter(pl.col("next_on").is_null())


def _grace(case: Case) -> date:
    """Return the day since which rows are too new to be asked for a next step."""
    return case.before(int(case.number("import_grace_days")))


def check_owners_of_opportunities_are_still_here(case: Case) -> list[Finding]:
    """Report open opportunities of people who have left the firm (O-10)."""
    orphaned = open_opportunities(case).join(left_members(case), on="owner", maintain_order="left")
    return findings("O-10", "opportunities", orphaned, "owner", ["owner", "left_on"])


CHECKS = (
    check_amounts_are_in_full_units,
    check_expected_signing_lies_ahead,
    check_bids_are_handed_in_by_their_day,
    check_work_is_approved,
    check_refused_work_stops,
    check_won_means_signed,
    check_closed_opportunities_have_their_day,
    check_work_is_not_sold_below_cost,
    check_opportunities_have_a_next_step,
    check_new_opportunities_get_a_next_step,
    check_what_is_on_hold_comes_up_again,
    check_next_steps_of_opportunities_are_taken,
    check_owners_of_opportunities_are_still_here,
)

"""Receivable lines: triggered when the contract says so, due, never paid or billed beyond their amount."""

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks.contracts import NOT_BINDING, in_future
from ltc_xl.rules.derived import open_amount

EVENTS = {"SIGN": "signed_on", "DELIVERY": "delivered_on", "ACCEPTANCE": "accepted_on"}
"""Trigger of a line -> the day of its contract that meets it."""


def check_no_line_is_overpaid(case: Case) -> list[Finding]:
    """Report lines that are open for less than nothing (RC-01)."""
    over = case.rows("lines").filter((pl.col("amount") > 0) & (open_amount() < 0))
    told = over.with_columns(paid=pl.col("received") + pl.col("adjusted"), excess=-open_amount())
    return findings("RC-01", "lines", told, "received", ["amount", "paid", "excess"])


def check_no_line_is_overbilled(case: Case) -> list[Finding]:
    """Report lines invoiced for more than their amount (RC-02)."""
    over = case.rows("lines").filter((pl.col("amount") > 0) & (pl.col("invoiced") > pl.col("amount")))
    told = over.with_columns(excess=pl.col("invoiced") - pl.col("amount"))
    return findings("RC-02", "lines", told, "invoiced", ["amount", "invoiced", "excess"])


def check_triggered_lines_fall_due(case: Case) -> list[Finding]:
    """Report triggered lines that have no due date, for want of days (RC-03)."""
    undated = case.rows("lines").filter(pl.col("triggered_on").is_not_null() & pl.col("due_on").is_null())
    return findings("RC-03", "lines", undated, "days", ["triggered_on"])


def check_lines_have_the_currency_of_their_contract(case: Case) -> list[Finding]:
    """Report lines in another currency than their contract (RC-04)."""
    lines = case.with_named(case.rows("lines"), "contract_no", "contracts", "currency", "customer")
    known = lines.filter(pl.col("contracts.customer").is_not_null()).with_columns(
        found=case.currency(), contract_currency=case.currency("contracts.currency")
    )
    mixed = known.filter(pl.col("found") != pl.col("contract_currency"))
    return findings("RC-04", "lines", mixed, "currency", ["found", "contract_no", "contract_currency"])


def check_disputes_stay_within_the_balance(case: Case) -> list[Finding]:
    """Report open lines with more in dispute than is open (RC-05)."""
    told = case.rows("lines").with_columns(open_total=open_amount())
    over = told.filter((pl.col("open_total") > 0) & (pl.col("disputed_amount") > pl.col("open_total")))
    return findings("RC-05", "lines", over, "disputed_amount", ["disputed_amount", "open_total"])


def check_promises_are_kept(case: Case) -> list[Finding]:
    """Report lines still open after the day the customer promised to pay (RC-06)."""
    broken = case.rows("lines").filter((pl.col("promised_on") < case.as_of) & (open_amount() > 0))
    told = broken.with_columns(open_total=open_amount())
    return findings("RC-06", "lines", told, "promised_on", ["promised_on", "open_total"])


def check_lines_have_an_amount(case: Case) -> list[Finding]:
    """Report lines over nothing (RC-07)."""
    return findings("RC-07", "lines", case.rows("lines").filter(pl.col("amount") == 0), "amount")


def check_triggers_are_past(case: Case) -> list[Finding]:
    """Report trigger days that lie in the future (RC-08)."""
    return in_future(case, "RC-08", "lines", "triggered_on")


def _with_event(case: Case) -> pl.DataFrame:
    """Return the lines of contracts with ``event_on``, the day of the contract that triggers them."""
    days = [f"contracts.{day}" for day in EVENTS.values()]
    lines = case.with_named(
        case.rows("lines"), "contract_no", "contracts", *EVENTS.values(), "state", "warranty_months"
    ).drop_nulls("contracts.state")
    event = pl.coalesce(
        pl.when(pl.col("trigger") == trigger).then(pl.col(day))
        for trigger, day in zip(EVENTS, days, strict=True)
    )
    return lines.with_columns(event_on=event)


def check_triggers_have_happened(case: Case) -> list[Finding]:
    """Report triggered lines whose contract has no day of signing, delivery or acceptance (RC-09)."""
    early = _with_event(case).filter(
        pl.col("trigger").is_in(list(EVENTS))
        & pl.col("event_on").is_null()
        & (pl.col("triggered_on") <= case.as_of)
    )
    return findings("RC-09", "lines", early, "triggered_on", ["trigger", "triggered_on", "contract_no"])


def check_events_trigger_their_lines(case: Case) -> list[Finding]:
    """Report lines not triggered although the contract has met their condition (RC-10)."""
    missed = _with_event(case).filter(
        ~pl.col("contracts.state").is_in(NOT_BINDING)
        & pl.col("triggered_on").is_null()
        & (pl.col("event_on") <= case.as_of)
        & (pl.col("amount") > 0)
    )
    return findings(
        "RC-10", "lines", missed, "triggered_on", ["contract_no", "trigger", "event_on", "amount"]
    )


def check_retention_is_asked_for(case: Case) -> list[Finding]:
    """Report retention not triggered although the warranty has ended (RC-11)."""
    months = pl.format("{}mo", pl.col("contracts.warranty_months"))
    ended = (
        _with_event(case)
        .filter(~pl.col("contracts.state").is_in(NOT_BINDING) & pl.col("triggered_on").is_null())
        .filter((pl.col("trigger") == "WARRANTY_END") & (pl.col("amount") > 0))
        .drop_nulls(["contracts.accepted_on", "contracts.warranty_months"])
        .with_columns(ended_on=pl.col("contracts.accepted_on").dt.offset_by(months))
        .filter(pl.col("ended_on") <= case.as_of)
    )
    whole = (case.as_of.year * 12 + case.as_of.month) - (
        pl.col("ended_on").dt.year().cast(pl.Int64) * 12 + pl.col("ended_on").dt.month().cast(pl.Int64)
    )
    part = (pl.col("ended_on").dt.day() > case.as_of.day).cast(pl.Int64)
    told = ended.with_columns(months=whole - part)
    return findings("RC-11", "lines", told, "triggered_on", ["contract_no", "ended_on", "months", "amount"])


def check_lines_have_the_customer_of_their_contract(case: Case) -> list[Finding]:
    """Report lines of another customer than their contract's (RC-12)."""
    lines = case.with_named(case.rows("lines"), "contract_no", "contracts", "customer")
    foreign = lines.filter(pl.col("customer") != pl.col("contracts.customer"))
    told = foreign.with_columns(found="customer", contract_customer="contracts.customer")
    return findings("RC-12", "lines", told, "customer", ["found", "contract_no", "contract_customer"])


def check_lines_fall_due_after_their_trigger(case: Case) -> list[Finding]:
    """Report due dates typed by hand that lie before the trigger (RC-13)."""
    early = case.rows("lines").filter(pl.col("due_override") < pl.col("triggered_on"))
    return findings("RC-13", "lines", early, "due_override", ["due_override", "triggered_on"])


CHECKS = (
    check_no_line_is_overpaid,
    check_no_line_is_overbilled,
    check_triggered_lines_fall_due,
    check_lines_have_the_currency_of_their_contract,
    check_disputes_stay_within_the_balance,
    check_promises_are_kept,
    check_lines_have_an_amount,
    check_triggers_are_past,
    check_triggers_have_happened,
    check_events_trigger_their_lines,
    check_retention_is_asked_for,
    check_lines_have_the_customer_of_their_contract,
    check_lines_fall_due_after_their_trigger,
)

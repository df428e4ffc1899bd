"""Receipts and allocations: from whom, for what, once, and never more than came in."""

from datetime import timedelta

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.tables import UID
from ltc_xl.rules.aliases import aliases
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks.contracts import in_future
from ltc_xl.rules.derived import open_amount
from ltc_xl.rules.name_keys import is_person, name_key


def check_no_more_is_allocated_than_came_in(case: Case) -> list[Finding]:
    """Report receipts with more allocated than received (P-01)."""
    over = case.rows("receipts").filter((pl.col("amount") > 0) & (pl.col("allocated") > pl.col("amount")))
    told = over.with_columns(excess=pl.col("allocated") - pl.col("amount"))
    return findings("P-01", "receipts", told, "allocated", ["amount", "allocated", "excess"])


def check_receipts_are_allocated_in_time(case: Case) -> list[Finding]:
    """Report receipts with money unapplied for longer than the setting (P-02).

    An advance may wait: it names a contract that has nothing to pay yet.
    """
    days = int(case.number("unapplied_warning_days"))
    payable = case.rows("lines").filter((pl.col("triggered_on") <= case.as_of) & (open_amount() > 0))
    nothing_to_pay = ~pl.col("contract_no").is_in(payable["contract_no"].drop_nulls().unique().implode())
    waiting = case.rows("receipts").filter(
        (pl.col("on") < case.before(days))
        & (pl.col("unapplied") > 0)
        & ~nothing_to_pay.fill_null(value=False)
    )
    told = waiting.with_columns(limit=pl.lit(days))
    return findings("P-02", "receipts", told, "amount", ["on", "unapplied", "limit"])


def _foreign_payers(case: Case) -> pl.DataFrame:
    """Return the receipts whose payer is neither the customer's name nor one of its aliases."""
    receipts = case.with_named(case.rows("receipts"), "customer", "customers", "group_name")
    payer, customer = name_key(pl.col("payer")), name_key(pl.col("customer"))
    foreign = receipts.filter(payer != customer).with_columns(payer_key=payer)
    known = aliases(case.rows("customers")).with_columns(payer_key=name_key(pl.col("alias")))
    unknown = foreign.join(
        known,
        left_on=["customer", "payer_key"],
        right_on=["name", "payer_key"],
        how="anti",
        maintain_order="left",
    )
    group = name_key(pl.col("customers.group_name")) == pl.col("payer_key")
    return unknown.with_columns(group=group.fill_null(value=False), person=is_person(pl.col("payer")))


def check_payers_are_the_customer(case: Case) -> list[Finding]:
    """Report receipts paid by somebody else: another firm (P-03), the group (P-04), a person (P-05)."""
    foreign = _foreign_payers(case)
    code = pl.when("group").then(pl.lit("P-04")).when("person").then(pl.lit("P-05")).otherwise(pl.lit("P-03"))
    coded = foreign.with_columns(code=code)
    return [
        finding
        for one in ("P-03", "P-04", "P-05")
        for finding in findings(
            one, "receipts", coded.filter(code=one), "payer", ["payer", "customer", "amount"]
        )
    ]


def _allocations(case: Case) -> pl.DataFrame:
    """Return the allocations with what they name: columns of ``receipts.…`` and ``lines.…``."""
    paid = case.with_named(
        case.rows("allocations"), "receipt", "receipts", "on", "customer", "currency", "amount"
    )
    return case.with_named(paid, "line", "lines", "customer", "currency", "amount")


def check_allocations_follow_their_receipt(case: Case) -> list[Finding]:
    """Report allocations effective before the receipt came in (P-06)."""
    early = _allocations(case).filter(pl.col("effective_on") < pl.col("receipts.on"))
    told = early.with_columns(received_on="receipts.on")
    return findings("P-06", "allocations", told, "effective_on", ["effective_on", "receipt", "received_on"])


def check_allocations_stay_with_the_customer(case: Case) -> list[Finding]:
    """Report allocations of one customer's receipt to another's line (P-07)."""
    foreign = _allocations(case).filter(pl.col("receipts.customer") != pl.col("lines.customer"))
    told = foreign.with_columns(payer_customer="receipts.customer", line_customer="lines.customer")
    return findings(
        "P-07", "allocations", told, "line", ["receipt", "payer_customer", "line", "line_customer"]
    )


def check_allocations_stay_in_one_currency(case: Case) -> list[Finding]:
    """Report allocations of a receipt to a line in another currency (P-08)."""
    known = _allocations(case).filter(
        pl.col("receipts.amount").is_not_null() & pl.col("lines.amount").is_not_null()
    )
    told = known.with_columns(
        receipt_currency=case.currency("receipts.currency"), line_currency=case.currency("lines.currency")
    )
    mixed = told.filter(pl.col("receipt_currency") != pl.col("line_currency"))
    return findings(
        "P-08", "allocations", mixed, "line", ["receipt", "receipt_currency", "line", "line_currency"]
    )


def check_receipts_are_not_entered_twice(case: Case) -> list[Finding]:
    """Report receipts of the amount that the same customer paid a few days before (P-09).

    Two bank references or two contracts show that both are real.
    """
    days = int(case.number("double_receipt_days"))
    same = ["customer", "amount", "currency"]
    paid = case.rows("receipts").filter(pl.col("amount") > 0).drop_nulls(["customer", "on"])
    told = paid.sort("on", "receipt_id", UID).with_columns(before_on=pl.col("on").shift().over(same))
    twice = told.filter(
        (pl.col("on") - pl.col("before_on") <= timedelta(days=days))
        & ~_differs_from_before("bank_ref", same)
        & ~_differs_from_before("contract_no", same)
    )
    return findings("P-09", "receipts", twice, "amount", ["customer", "amount", "before_on", "on"])


def _differs_from_before(column: str, same: list[str]) -> pl.Expr:
    return (pl.col(column) != pl.col(column).shift().over(same)).fill_null(value=False)


def check_bills_are_cashed_at_maturity(case: Case) -> list[Finding]:
    """Report bills that are still held or presented after their maturity (P-10)."""
    late = case.rows("bills").filter(
        pl.col("status").is_in(["HELD", "PRESENTED"]) & (pl.col("due_on") < case.as_of)
    )
    return findings("P-10", "bills", late, "status", ["bill_no", "kind", "amount", "due_on", "status"])


def check_dishonoured_bills_reopen_their_lines(case: Case) -> list[Finding]:
    """Report dishonoured bills whose receipt still pays lines (P-11)."""
    bills = case.with_named(case.rows("bills"), "receipt", "receipts", "allocated")
    standing = bills.filter((pl.col("status") == "DISHONOURED") & (pl.col("receipts.allocated") > 0))
    told = standing.with_columns(allocated="receipts.allocated")
    return findings("P-11", "bills", told, "receipt", ["bill_no", "amount", "receipt", "allocated"])


def check_receipts_have_the_customer_of_their_contract(case: Case) -> list[Finding]:
    """Report receipts for another customer's contract (P-12)."""
    receipts = case.with_named(case.rows("receipts"), "contract_no", "contracts", "customer")
    foreign = receipts.filter(pl.col("customer") != pl.col("contracts.customer"))
    told = foreign.with_columns(found="customer", contract_customer="contracts.customer")
    return findings("P-12", "receipts", told, "contract_no", ["found", "contract_no", "contract_customer"])


def check_receipts_are_past(case: Case) -> list[Finding]:
    """Report receipts dated in the future (P-13)."""
    return in_future(case, "P-13", "receipts", "on")


def check_receipts_have_an_amount(case: Case) -> list[Finding]:
    """Report receipts of nothing (P-14)."""
    return findings("P-14", "receipts", case.rows("receipts").filter(pl.col("amount") == 0), "amount")


CHECKS = (
    check_no_more_is_allocated_than_came_in,
    check_receipts_are_allocated_in_time,
    check_payers_are_the_customer,
    check_allocations_follow_their_receipt,
    check_allocations_stay_with_the_customer,
    check_allocations_stay_in_one_currency,
    check_receipts_are_not_entered_twice,
    check_bills_are_cashed_at_maturity,
    check_dishonoured_bills_reopen_their_lines,
    check_receipts_have_the_customer_of_their_contract,
    check_receipts_are_past,
    check_receipts_have_an_amount,
)

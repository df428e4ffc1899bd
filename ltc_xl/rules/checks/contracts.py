"""Contracts: instalments add up to the amount, days follow one another, promises are written down."""

from datetime import date

import polars as pl

from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.money import total
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks.leads import left_members
from ltc_xl.rules.derived import open_amount
from ltc_xl.rules.untraced import untraced_contracts

NOT_BINDING = ("DRAFT", "VOID", "TERMINATED")
ACCEPTED = ("ACCEPTED", "COLLECTING", "CLOSED")
_BY_MONTH = r"(?i)月结|monthly"
_PROVISIONAL = r"(?i)暂定|暂估|provisional"
_ORDER_OF_DAYS = (
    ("signed_on", "delivered_on"),
    ("delivered_on", "accepted_on"),
    ("signed_on", "accepted_on"),
)


def binding_contracts(case: Case) -> pl.DataFrame:
    """Return the contracts that are signed and not ended by termination or voided."""
    return case.rows("contracts").filter(~pl.col("state").is_in(NOT_BINDING))


def has_fixed_amount() -> pl.Expr:
    """Return whether a contract's lines must add up to its amount: not frame, monthly or provisional ones."""
    texts = pl.concat_str("terms", "name", "note", separator=" ", ignore_nulls=True)
    frame = (pl.col("kind") == "FRAME").fill_null(value=False)
    monthly = pl.col("terms").str.contains(_BY_MONTH).fill_null(value=False)
    return ~frame & ~monthly & ~texts.str.contains(_PROVISIONAL)


def _with_lines_total(case: Case, contracts: pl.DataFrame) -> pl.DataFrame:
    lines = case.rows("lines").drop_nulls(["contract_no", "amount"])
    sums = lines.group_by("contract_no").agg(
        lines_total=total(pl.col("amount")), opening=(pl.col("item") == "OPENING").any()
    )
    return contracts.join(sums, on="contract_no", how="left", maintain_order="left")


def check_lines_add_up_to_the_contract(case: Case) -> list[Finding]:
    """Report contracts whose lines are not the gross amount to the cent (C-01)."""
    fixed = case.rows("contracts").filter(has_fixed_amount() & ~pl.col("state").is_in(["VOID", "TERMINATED"]))
    off = (
        _with_lines_total(case, fixed)
        .filter(~pl.col("opening").fill_null(value=False))
        .with_columns(difference=(pl.col("gross") - pl.col("lines_total")).abs())
        .filter(pl.col("difference") != 0)
    )
    return findings("C-01", "contracts", off, "gross", ["gross", "lines_total", "difference"])


def check_signed_contracts_have_lines(case: Case) -> list[Finding]:
    """Report signed contracts with an amount and no receivable line (C-02)."""
    signed = binding_contracts(case).filter(has_fixed_amount() & (pl.col("gross") > 0))
    bare = signed.join(
        case.rows("lines").drop_nulls("contract_no"), on="contract_no", how="anti", maintain_order="left"
    )
    return findings("C-02", "contracts", bare, "contract_no", ["contract_no", "gross", "terms"])


def check_days_follow_one_another(case: Case) -> list[Finding]:
    """Report contracts delivered before signing or accepted before delivery (C-03)."""
    found: list[Finding] = []
    for earlier, later in _ORDER_OF_DAYS:
        wrong = case.rows("contracts").filter(pl.col(later) < pl.col(earlier))
        if (earlier, later) == ("signed_on", "accepted_on"):
            wrong = wrong.filter(pl.col("delivered_on").is_null())
        told = wrong.with_columns(
            later=pl.lit(later), later_on=later, earlier=pl.lit(earlier), earlier_on=earlier
        )
        found += findings("C-03", "contracts", told, later, ["later", "later_on", "earlier", "earlier_on"])
    return found


def check_what_happened_is_past(case: Case) -> list[Finding]:
    """Report signing, delivery and acceptance days that lie in the future (C-04)."""
    return [
        finding
        for column in ("signed_on", "delivered_on", "accepted_on")
        for finding in in_future(case, "C-04", "contracts", column)
    ]


def in_future(case: Case, code: str, name: str, column: str) -> list[Finding]:
    """Return one finding per row whose day lies after the day of the check."""
    ahead = case.rows(name).filter(pl.col(column) > case.as_of).with_columns(found=column)
    return findings(code, name, ahead, column, ["found"])


def check_tax_rate_was_in_force(case: Case) -> list[Finding]:
    """Report contracts signed at a VAT rate that was not in force on the day (C-05)."""
    always = (pl.lit(date.min), pl.lit(date.max))
    in_force = pl.col("signed_on").is_between(
        pl.coalesce("valid_from", always[0]), pl.coalesce("valid_to", always[1])
    )
    rated = binding_contracts(case).join(
        case.rows("taxes").select("rate", "valid_from", "valid_to"),
        left_on="tax_rate",
        right_on="rate",
        maintain_order="left",
    )
    wrong = rated.filter(~in_force.any().over("_uid")).unique("_uid", maintain_order=True)
    return findings("C-05", "contracts", wrong, "tax_rate", ["tax_rate", "signed_on"])


def check_orders_belong_to_a_frame(case: Case) -> list[Finding]:
    """Report orders under a contract that is no frame, or neither their customer's nor its group's (C-06)."""
    orders = case.with_named(case.rows("contracts"), "frame_no", "contracts", "kind", "customer")
    orders = case.with_named(orders, "customer", "customers", "group_name")
    ours = pl.col("contracts.customer") == pl.col("customer")
    of_group = pl.col("contracts.customer") == pl.col("customers.group_name")
    wrong = orders.filter((pl.col("contracts.kind") != "FRAME") | ~(ours | of_group.fill_null(value=False)))
    told = wrong.with_columns(frame_customer=pl.col("contracts.customer"))
    return findings("C-06", "contracts", told, "frame_no", ["frame_no", "frame_customer"])


def check_accepted_contracts_have_their_day(case: Case) -> list[Finding]:
    """Report contracts whose status says accepted and whose acceptance day is blank (C-07)."""
    bare = case.rows("contracts").filter(
        pl.col("state").is_in(ACCEPTED) & pl.col("accepted_on").is_null() & (pl.col("kind") != "FRAME")
    )
    return findings("C-07", "contracts", bare, "accepted_on", ["state"])


def check_signed_means_won(case: Case) -> list[Finding]:
    """Report signed contracts whose opportunity is not won (C-08)."""
    sources = case.with_named(binding_contracts(case), "opportunity", "opportunities", "stage", "name")
    behind = sources.filter(pl.col("opportunities.stage") != "WON").with_columns(
        stage="opportunities.stage", opportunity_name="opportunities.name"
    )
    return findings("C-08", "contracts", behind, "opportunity", ["opportunity", "opportunity_name", "stage"])


def check_closed_contracts_are_paid(case: Case) -> list[Finding]:
    """Report closed contracts with money still open (C-09)."""
    lines = case.rows("lines").drop_nulls("contract_no")
    open_by_contract = lines.group_by("contract_no").agg(open_total=total(open_amount()))
    closed = case.rows("contracts").filter(pl.col("state") == "CLOSED")
    unpaid = closed.join(open_by_contract, on="contract_no", maintain_order="left").filter(
        pl.col("open_total") > 0
    )
    return findings("C-09", "contracts", unpaid, "state", ["open_total"])


def check_owners_of_contracts_are_still_here(case: Case) -> list[Finding]:
    """Report running contracts of people who have left the firm (C-10)."""
    running = case.rows("contracts").filter(pl.col("state").is_in(codes_of_kind("contract_state", "open")))
    orphaned = running.join(left_members(case), on="owner", maintain_order="left")
    return findings("C-10", "contracts", orphaned, "owner", ["owner", "left_on"])


def check_promises_are_in_the_contract(case: Case) -> list[Finding]:
    """Report handover items that were promised and are not written in the contract (C-11)."""
    oral = case.rows("handovers").filter(pl.col("in_contract") == "NO")
    return findings("C-11", "handovers", oral, "in_contract", ["contract_no", "item"])


def check_deposits_come_back(case: Case) -> list[Finding]:
    """Report deposits not returned by the day they were due back (C-12)."""
    late = case.rows("deposits").filter(
        (pl.col("due_back_on") < case.as_of)
        & (pl.col("returned_on").is_null() | (pl.col("returned_on") > case.as_of))
    )
    told = late.with_columns(days_late=(pl.lit(case.as_of) - pl.col("due_back_on")).dt.total_days())
    return findings(
        "C-12", "deposits", told, "returned_on", ["kind", "payee", "amount", "due_back_on", "days_late"]
    )


def check_contracts_come_from_leads(case: Case) -> list[Finding]:
    """Report contracts that no lead is known for, signed since the firm has kept leads (C-13)."""
    since = case.rows("leads")["created_on"].min()
    if not isinstance(since, date):
        return []
    lost = untraced_contracts(case.book).filter(
        ~pl.col("state").is_in(NOT_BINDING) & (pl.col("signed_on") >= since)
    )
    return findings("C-13", "contracts", lost, "opportunity", ["contract_no", "signed_on"])


CHECKS = (
    check_lines_add_up_to_the_contract,
    check_signed_contracts_have_lines,
    check_days_follow_one_another,
    check_what_happened_is_past,
    check_tax_rate_was_in_force,
    check_orders_belong_to_a_frame,
    check_accepted_contracts_have_their_day,
    check_signed_means_won,
    check_closed_contracts_are_paid,
    check_owners_of_contracts_are_still_here,
    check_promises_are_in_the_contract,
    check_deposits_come_back,
    check_contracts_come_from_leads,
)

"""Invoices: right tax, a right number, a credit note to take one back, never beyond the contract."""

import polars as pl

from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.money import RATE, net_of_tax, total
from ltc_xl.rules.billing import billed_invoices
from ltc_xl.rules.case import Case
from ltc_xl.rules.checks.contracts import has_fixed_amount, in_future

_NUMBER = r"^(\d{8}|\d{20})$"
_HOME = "CNY"


def rate_of(tax_rate: pl.Expr) -> pl.Expr:
    """Return a VAT rate as a number from 0 to 1; null for exempt, outside the tax, mixed."""
    percent = tax_rate.str.extract(r"^\s*(\d+(?:\.\d+)?)\s*%\s*$").cast(RATE, strict=False)
    return percent / pl.lit(100, RATE)


def check_tax_fits_gross_and_rate(case: Case) -> list[Finding]:
    """Report typed VAT that differs from gross and rate by more than the tolerance (I-01)."""
    computed = pl.col("gross") - net_of_tax(pl.col("gross"), rate_of(pl.col("tax_rate")))
    told = case.rows("invoices").with_columns(computed=computed)
    off = told.filter((pl.col("tax") - pl.col("computed")).abs() > case.number("tax_tolerance"))
    return findings("I-01", "invoices", off, "tax", ["tax", "gross", "tax_rate", "computed"])


def check_invoice_numbers_are_whole(case: Case) -> list[Finding]:
    """Report invoice numbers, in the home currency, that have neither 8 nor 20 digits (I-02)."""
    home = case.rows("invoices").filter(
        (case.currency() == _HOME) & ~pl.col("invoice_no").str.contains(_NUMBER)
    )
    told = home.with_columns(found="invoice_no", length=pl.col("invoice_no").str.len_chars())
    return findings("I-02", "invoices", told, "invoice_no", ["found", "length"])


def check_credit_notes_name_their_original(case: Case) -> list[Finding]:
    """Report negative invoices that name no original (I-03)."""
    bare = case.rows("invoices").filter((pl.col("gross") < 0) & pl.col("red_of").is_null())
    return findings("I-03", "invoices", bare, "red_of", ["invoice_no", "gross"])


def check_credit_notes_stay_within_their_original(case: Case) -> list[Finding]:
    """Report credit notes that take back more than the original, together with others (I-04)."""
    invoices = case.rows("invoices").filter(pl.col("red_of").is_not_null() & (pl.col("gross") < 0))
    taken = invoices.with_columns(taken=-pl.col("gross").sum().over("red_of"))
    known = case.with_named(taken, "red_of", "invoices", "gross").with_columns(original="invoices.gross")
    over = known.filter(pl.col("taken") > pl.col("original"))
    return findings("I-04", "invoices", over, "gross", ["red_of", "taken", "original"])


def check_credit_notes_are_negative(case: Case) -> list[Finding]:
    """Report invoices that name an original but are not negative (I-05)."""
    wrong = case.rows("invoices").filter(pl.col("red_of").is_not_null() & (pl.col("gross") >= 0))
    return findings("I-05", "invoices", wrong, "gross", ["red_of", "gross"])


def check_contracts_are_not_overbilled(case: Case) -> list[Finding]:
    """Report contracts invoiced beyond their amount (I-06)."""
    fixed = case.rows("contracts").filter(has_fixed_amount() & (pl.col("gross") > 0))
    over = fixed.filter(pl.col("invoiced") > pl.col("gross"))
    told = over.with_columns(excess=pl.col("invoiced") - pl.col("gross"))
    return findings("I-06", "contracts", told, "invoiced", ["invoiced", "gross", "excess"])


def standing_invoices(case: Case) -> pl.DataFrame:
    """Return the invoices that are no credit notes and not wholly taken back by them."""
    billed = billed_invoices(case.book)
    net = billed.group_by(pl.coalesce("red_of", "invoice_no").alias("invoice_no")).agg(
        net=total(pl.col("gross"))
    )
    return billed.filter(pl.col("red_of").is_null() & (pl.col("gross") > 0)).join(
        net.filter(pl.col("net") != 0), on="invoice_no", how="semi", maintain_order="left"
    )


def check_invoices_are_made_out_to_the_customer(case: Case) -> list[Finding]:
    """Report standing invoices made out to another customer than their line or contract has (I-07)."""
    lined = case.with_named(standing_invoices(case), "line", "lines", "customer")
    known = case.with_named(lined, "contract_no", "contracts", "customer")
    told = known.with_columns(found="customer", expected=pl.coalesce("lines.customer", "contracts.customer"))
    foreign = told.filter(pl.col("found") != pl.col("expected"))
    return findings("I-07", "invoices", foreign, "customer", ["found", "expected"])


def check_invoices_are_past(case: Case) -> list[Finding]:
    """Report invoices dated in the future (I-08)."""
    return in_future(case, "I-08", "invoices", "issued_on")


def check_invoices_have_the_rate_of_their_contract(case: Case) -> list[Finding]:
    """Report standing invoices at another VAT rate than their contract's single one (I-09)."""
    rated = case.with_named(standing_invoices(case), "contract_no", "contracts", "tax_rate")
    other = rated.filter(
        rate_of(pl.col("contracts.tax_rate")).is_not_null()
        & (pl.col("tax_rate") != pl.col("contracts.tax_rate"))
    )
    told = other.with_columns(found="tax_rate", contract_rate="contracts.tax_rate")
    return findings("I-09", "invoices", told, "tax_rate", ["found", "contract_no", "contract_rate"])


CHECKS = (
    check_tax_fits_gross_and_rate,
    check_invoice_numbers_are_whole,
    check_credit_notes_name_their_original,
    check_credit_notes_stay_within_their_original,
    check_credit_notes_are_negative,
    check_contracts_are_not_overbilled,
    check_invoices_are_made_out_to_the_customer,
    check_invoices_are_past,
    check_invoices_have_the_rate_of_their_contract,
)

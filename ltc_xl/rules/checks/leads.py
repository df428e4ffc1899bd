"""Leads: followed up by somebody who is there, and not twice in the book."""

import polars as pl

from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.tables import ROW, UID
from ltc_xl.rules.case import Case
from ltc_xl.rules.name_keys import company_key, phone_key

WITH_SALES = ("ASSIGNED", "FOLLOWING")


def open_leads(case: Case) -> pl.DataFrame:
    """Return the leads somebody may still work on."""
    return case.rows("leads").filter(pl.col("state").is_in(codes_of_kind("lead_state", "open")))


def check_leads_do_not_lie_idle(case: Case) -> list[Finding]:
    """Report open leads nobody touched for longer than the setting (L-01)."""
    limit = case.number("idle_warning_days")
    idle = open_leads(case).filter(pl.col("idle_days") > int(limit)).with_columns(limit=pl.lit(int(limit)))
    return findings("L-01", "leads", idle, "next_on", ["idle_days", "limit"])


def check_leads_have_a_next_step(case: Case) -> list[Finding]:
    """Report leads that sales took over but planned nothing for, once the days of grace are past (L-02)."""
    grace = case.before(int(case.number("import_grace_days")))
    idle = (
        case.rows("leads")
        .filter(pl.col("state").is_in(WITH_SALES) & (pl.col("created_on") < grace))
        .filter(pl.col("next_on").is_null())
    )
    return findings("L-02", "leads", idle, "next_on", ["owner"])


def left_members(case: Case) -> pl.DataFrame:
    """Return who has left, as ``owner`` and ``left_on``."""
    members = case.rows("members").filter(pl.col("left_on") <= case.as_of)
    return members.select(owner="member", left_on="left_on").unique("owner")


def check_owners_of_leads_are_still_here(case: Case) -> list[Finding]:
    """Report open leads of people who have left the firm (L-03)."""
    orphaned = open_leads(case).join(left_members(case), on="owner", maintain_order="left")
    return findings("L-03", "leads", orphaned, "owner", ["owner", "left_on"])


def check_budgets_are_in_full_units(case: Case) -> list[Finding]:
    """Report budgets so small that ten thousands were meant (L-04)."""
    small = case.rows("leads").filter(
        (pl.col("budget") > 0) & (pl.col("budget") < case.number("small_amount"))
    )
    return findings(
        "L-04", "leads", small.with_columns(meant=pl.col("budget") * 10_000), "budget", ["budget", "meant"]
    )


def _with_first(leads: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the leads that share their keys with an older one, and that one as ``first.…``."""
    aged = leads.drop_nulls(keys).sort(pl.col("created_on").fill_null(pl.date(9999, 1, 1)), "lead_id", UID)
    first = aged.unique(keys, keep="first", maintain_order=True).select(
        *keys,
        pl.col(UID).alias("first.uid"),
        pl.col(ROW).alias("first.row"),
        pl.col("company").alias("first.company"),
        pl.col("channel").alias("first.channel"),
        pl.col("company_key").alias("first.company_key"),
    )
    return aged.join(first, on=keys, maintain_order="left").filter(pl.col(UID) != pl.col("first.uid"))


def _keyed(case: Case) -> pl.DataFrame:
    return open_leads(case).with_columns(
        company_key=company_key(pl.col("company")), mobile_key=phone_key(pl.col("mobile"))
    )


def check_leads_are_not_entered_twice(case: Case) -> list[Finding]:
    """Report leads with the company and mobile of an older one (L-05)."""
    twice = _with_first(_keyed(case), ["company_key", "mobile_key"]).with_columns(first=pl.col("first.row"))
    return findings("L-05", "leads", twice, "company", ["first", "company", "mobile"])


def check_companies_do_not_come_by_two_channels(case: Case) -> list[Finding]:
    """Report leads of a company that an older lead of another channel has, under another mobile (L-06)."""
    leads = _keyed(case)
    twice = _with_first(leads, ["company_key", "mobile_key"])[UID]
    others = (
        _with_first(leads, ["company_key"])
        .filter((pl.col("channel") != pl.col("first.channel")) & ~pl.col(UID).is_in(twice.implode()))
        .with_columns(first=pl.col("first.row"), first_channel=pl.col("first.channel"))
    )
    return findings("L-06", "leads", others, "company", ["first", "company", "channel", "first_channel"])


def check_mobiles_belong_to_one_company(case: Case) -> list[Finding]:
    """Report leads with the mobile of an older lead of another company: an agent, or a slip (L-07)."""
    others = (
        _with_first(_keyed(case), ["mobile_key"])
        .filter(pl.col("company_key") != pl.col("first.company_key"))
        .with_columns(first=pl.col("first.row"), first_company=pl.col("first.company"))
    )
    return findings("L-07", "leads", others, "mobile", ["first", "first_company", "company", "mobile"])


def check_assigned_leads_have_an_owner(case: Case) -> list[Finding]:
    """Report leads that are with sales but with nobody (L-08)."""
    lost = case.rows("leads").filter(pl.col("state").is_in(WITH_SALES) & pl.col("owner").is_null())
    return findings("L-08", "leads", lost, "owner", ["state"])


def check_converted_leads_have_a_customer(case: Case) -> list[Finding]:
    """Report converted leads that name no customer and no opportunity comes from (L-09)."""
    sources = case.rows("opportunities")["lead"].drop_nulls().unique()
    bare = case.rows("leads").filter(
        (pl.col("state") == "CONVERTED")
        & pl.col("customer").is_null()
        & ~pl.col("lead_id").is_in(sources.implode()).fill_null(value=False)
    )
    return findings("L-09", "leads", bare, "state")


CHECKS = (
    check_leads_do_not_lie_idle,
    check_leads_have_a_next_step,
    check_owners_of_leads_are_still_here,
    check_budgets_are_in_full_units,
    check_leads_are_not_entered_twice,
    check_companies_do_not_come_by_two_channels,
    check_mobiles_belong_to_one_company,
    check_assigned_leads_have_an_owner,
    check_converted_leads_have_a_customer,
)

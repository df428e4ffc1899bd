"""Leads: followed up by somebody who is there, and not twice in the book."""

from datetime import date

import polars as pl

from ltc_xl.model.enums import codes_of_kind
from ltc_xl.model.finding import Finding, findings
from ltc_xl.model.tables import ROW, UID
from ltc_xl.rules.case import Case
from ltc_xl.rules.cell_checks import FIRST_DAY
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


def _taken() -> pl.Expr:
    """Return the day on which a lead came, or was given to its owner."""
    return pl.max_horizontal("created_on", pl.col("assigned_at").dt.date())


def _grace(case: Case) -> date:
    """Return the day since which rows are too new to be asked for a next step."""
    return case.before(int(case.number("import_grace_days")))


def check_leads_have_a_next_step(case: Case) -> list[Finding]:
    """Report leads that sales took over but planned nothing for, once the days of grace are past (L-02).

    They count from the day the lead came, or was given to its owner.
    """
    idle = (
        case.rows("leads")
        .filter(pl.col("state").is_in(WITH_SALES) & (_taken() < _grace(case)))
        .filter(pl.col("next_on").is_null())
    )
    return findings("L-02", "leads", idle, "next_on", ["owner"])


def check_new_leads_get_a_next_step(case: Case) -> list[Finding]:
    """Report leads that sales took over and planned nothing for, within the days of grace (L-13)."""
    fresh = case.rows("leads").filter(
        pl.col("state").is_in(WITH_SALES) & (_taken() >= _grace(case)) & pl.col("next_on").is_null()
    )
    return findings("L-13", "leads", fresh, "next_on", ["owner"])


def check_next_steps_of_leads_are_taken(case: Case) -> list[Finding]:
    """Report open leads whose next date has passed (L-11), and those that say no step for it (L-12)."""
    late = overdue(open_leads(case), case)
    bare = wordless(open_leads(case))
    return [
        *findings("L-11", "leads", late, "next_on", ["next_on", "days"]),
        *findings("L-12", "leads", bare, "next_step", ["next_on"]),
    ]


def overdue(rows: pl.DataFrame, case: Case) -> pl.DataFrame:
    """Return the rows whose next date has passed, and by how many ``days``; impossible ones are V-18's."""
    days = (pl.lit(case.as_of) - pl.col("next_on")).dt.total_days()
    passed = (pl.col("next_on") < case.as_of) & (pl.col("next_on") >= FIRST_DAY)
    return rows.filter(passed).with_columns(days=days)


def wordless(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with a next date that do not say what shall be done on it."""
    said = pl.col("next_step").fill_null("").str.strip_chars() != ""
    return rows.filter(pl.col("next_on").is_not_null() & ~said)


def check_leads_are_somebodys(case: Case) -> list[Finding]:
    """Report open leads without an owner whose channel has none either, past the days of grace (L-10).

    Until sales has a lead it is whose the channel is.
    """
    kept = case.rows("channels").drop_nulls("owner").select("channel").unique()
    nobodys = (
        open_leads(case)
        .filter(~pl.col("state").is_in(WITH_SALES), pl.col("owner").is_null(), _taken() < _grace(case))
        .join(kept, on="channel", how="anti", maintain_order="left")
    )
    return findings("L-10", "leads", nobodys, "owner", ["state", "channel"])


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


def _keyed(case: Case) -> pl.DataFrame:
    """Return the open leads, oldest first, with what two entries of one lead have in common."""
    keyed = open_leads(case).with_columns(
        company_key=company_key(pl.col("company")), mobile_key=phone_key(pl.col("mobile"))
    )
    shared = pl.col("company_key").is_duplicated() | pl.col("mobile_key").is_duplicated()
    return keyed.filter(shared).sort("created_on", "lead_id", UID, nulls_last=True)


def _with_first(leads: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return the leads that share their keys with an older one, and that one as ``first.…``."""
    known = leads.drop_nulls(keys)
    shown = {"uid": UID, "row": ROW, "company": "company", "channel": "channel", "company_key": "company_key"}
    first = known.unique(keys, keep="first", maintain_order=True).select(
        *keys, *(pl.col(column).alias(f"first.{name}") for name, column in shown.items())
    )
    later = known.join(first, on=keys, maintain_order="left").filter(pl.col(UID) != pl.col("first.uid"))
    return later.with_columns(first=pl.col("first.row"))


def check_leads_stand_once(case: Case) -> list[Finding]:
    """Report leads that an older one may be: same company and mobile (L-05), or one of the two (L-06, L-07).

    A company may come twice by one channel, with two people; a mobile with two companies may be an agent's.
    """
    leads = _keyed(case)
    twice = _with_first(leads, "company_key", "mobile_key")
    by_company = _with_first(leads, "company_key").filter(
        (pl.col("channel") != pl.col("first.channel")) & ~pl.col(UID).is_in(twice[UID].implode())
    )
    by_mobile = _with_first(leads, "mobile_key").filter(pl.col("company_key") != pl.col("first.company_key"))
    two_channels = by_company.with_columns(first_channel="first.channel")
    two_companies = by_mobile.with_columns(first_company="first.company")
    return [
        *findings("L-05", "leads", twice, "company", ["first", "company", "mobile"]),
        *findings("L-06", "leads", two_channels, "company", ["first", "company", "channel", "first_channel"]),
        *findings("L-07", "leads", two_companies, "mobile", ["first", "first_company", "company", "mobile"]),
    ]


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
    check_new_leads_get_a_next_step,
    check_next_steps_of_leads_are_taken,
    check_owners_of_leads_are_still_here,
    check_budgets_are_in_full_units,
    check_leads_stand_once,
    check_assigned_leads_have_an_owner,
    check_leads_are_somebodys,
    check_converted_leads_have_a_customer,
)

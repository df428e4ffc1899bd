"""The first days: the firm moves in, a list comes from the trade fair, leads find somebody to follow them."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.model.tables import UID
from ltc_xl.session import Result

COLUMNS = (
    "company",
    "contact",
    "mobile",
    "need",
    "budget",
    "timeline",
    "city",
    "region",
    "industry",
    "channel",
)
KNOWN, BAD = 1, 1
"""What the list holds beside new leads: one that came before, one that says too little."""

_FAIR_BUDGET = 200_000


def moving_in(office: Office, synced: Result, planted: int, found: int, extra: int) -> Scene:
    """Return the scene in which the old ledgers were taken over and looked through."""
    data: Any = synced.outcome.data
    waited = office.garden.frames["leads"].filter(pl.col("owner").is_null(), pl.col("grade").is_not_null())
    seen = {
        "planted": planted,
        "found": found,
        "extra": extra,
        "graded": data["grade"]["changed"],
        "assigned": len(data["assign"]["assigned"]),
    }
    expected = {"planted": planted, "found": planted, "extra": 0, "graded": 0, "assigned": waited.height}
    commands = [office.command("sync", office.path.name, "--as-of", office.days.opening)]
    return office.scene("moving_in", office.days.opening, commands, expected, seen)


def from_the_fair(office: Office) -> list[Scene]:
    """Return what became of the list from the fair, and of the leads of a colleague who left."""
    day = office.days.fair
    orphans = _orphans(office)
    office.types(lambda hand: _taken_from_who_left(hand, orphans))
    entries = _entries(office)
    file = office.lays("fair", "leads", COLUMNS, entries)
    brought: Any = office.imports(file, "leads", day).outcome.data
    synced = office.syncs(day)
    commands = (
        office.command("import", office.path.name, file.name, "--form", "leads", "--apply", "--as-of", day),
        office.command("sync", office.path.name, "--as-of", day),
    )
    return [
        _fair_scene(office, entries, brought, synced, commands),
        _handed_over(office, orphans, synced, commands[1]),
    ]


def _entries(office: Office) -> list[Mapping[str, object]]:
    """Return the list: what nobody knew, a known lead with more to say, a card without a name or number."""
    known = office.garden.frames["leads"].filter(
        pl.col("state") == "FOLLOWING",
        pl.all_horizontal(pl.col("company", "need").is_not_null()),
        pl.col("timeline").is_null() & (pl.col("budget") >= _FAIR_BUDGET),
        ~pl.col(UID).is_in(list(office.garden.touched)),
    )
    again = {code: known.row(0, named=True)[code] for code in ("company", "contact", "mobile")}
    customer, channel = office.garden.customer("tengyi"), office.garden.word("channels", "fair")
    told = [
        *({"company": customer, **entry} for entry in office.words("fair")["leads"]),
        {**again, "timeline": "M0_3"},
        {"need": office.words("fair")["card"]},
    ]
    return [{"channel": channel, **entry} for entry in told]


def _fair_scene(
    office: Office,
    entries: list[Mapping[str, object]],
    brought: Mapping[str, Any],
    synced: Result,
    commands: tuple[str, ...],
) -> Scene:
    data: Any = synced.outcome.data
    names = {entry.get("company") for entry in entries[: -KNOWN - BAD]}
    given = [one for one in data["assign"]["assigned"] if one["company"] in names]
    alone = [one for one in data["assign"]["unassigned"] if one["company"] in names]
    new = len(entries) - KNOWN - BAD
    seen = {
        **{name: brought[name] for name in ("new", "changed", "rejected")},
        "graded": data["grade"]["changed"],
        "assigned": len(given),
        "to_their_customer_owner": sum(one["rule"] == "customer" for one in given),
        "unassigned": len(alone),
    }
    expected = {
        "new": new,
        "changed": KNOWN,
        "rejected": BAD,
        "graded": new + KNOWN,
        "assigned": new - 1,
        "to_their_customer_owner": 1,
        "unassigned": 1,
    }
    told = {"why": alone[0]["reason"] if alone else "", "company": alone[0]["company"] if alone else ""}
    return office.scene("fair", office.days.fair, commands, expected, seen, **told)


# ---------------------------------------------------------------- who left


def _orphans(office: Office) -> list[str]:
    """Return the leads of the colleague who left."""
    return [fault.row_id for fault in office.garden.planted if fault.story == "salesperson_gone"]


def _taken_from_who_left(hand: Hand, orphans: list[str]) -> None:
    for uid in orphans:
        hand.writes("leads", uid, owner=None)


def _handed_over(office: Office, orphans: list[str], synced: Result, command: str) -> Scene:
    data: Any = synced.outcome.data
    given = [one for one in data["assign"]["assigned"] if one["uid"] in set(orphans)]
    seen = {"waiting": len(orphans), "assigned": len(given)}
    expected = {"waiting": len(orphans), "assigned": len(orphans)}
    owners = len({one["owner"] for one in given})
    gone = office.garden.frames["members"].filter(pl.col("left_on").is_not_null())["member"][0]
    return office.scene("handed_over", office.days.fair, [command], expected, seen, gone=gone, owners=owners)

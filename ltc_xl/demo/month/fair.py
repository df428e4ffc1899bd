"""The first days: the firm moves in, a list comes from the trade fair, leads find somebody to follow them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl

from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.pool import left_alone
from ltc_xl.demo.month.scene import Scene
from ltc_xl.leads import dedupe
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
    "tags",
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


def two_lists(office: Office) -> list[Scene]:
    """Return what became of the lists of two channels, and of the leads of a colleague who left."""
    day = office.days.fair
    orphans = _orphans(office)
    office.types(lambda hand: _taken_from_who_left(hand, orphans))
    entries, searched = _entries(office), _searched(office)
    files = [
        office.lays("fair", "leads", COLUMNS, entries),
        office.lays("search", "leads", (*COLUMNS, "email"), searched, encoding="gbk"),
    ]
    brought: list[Any] = [office.imports(file, "leads", day).outcome.data for file in files]
    matched: Any = office.serves("leads dedupe", lambda b, rules: dedupe(b, rules, day), day).outcome.data
    office.types(partial(_decides, company=searched[0]["company"]))
    synced = office.syncs(day)
    office.left_alone = left_alone(office, synced.book)
    book, sync = office.path.name, office.command("sync", office.path.name, "--as-of", day)
    brings = [
        office.command("import", book, file.name, "--form", "leads", "--apply", "--as-of", day)
        for file in files
    ]
    dedupes = office.command("leads", "dedupe", book, "--as-of", day)
    return [
        _lists_scene(office, entries, searched, brought, (*brings, dedupes)),
        _merged_scene(office, searched[0], matched, synced, (dedupes, sync)),
        _fair_scene(office, [*entries, *searched], synced, sync),
        _handed_over(office, orphans, synced, sync),
    ]


def _searched(office: Office) -> list[Mapping[str, object]]:
    """Return the list of the search engine: a lead of the fair, one known by its mobile, two new ones."""
    channel = office.garden.word("channels", "baidu_sem")
    return [{"channel": channel, **entry} for entry in office.words("search")["leads"]]


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


def _lists_scene(
    office: Office,
    entries: list[Mapping[str, object]],
    searched: list[Mapping[str, object]],
    brought: list[Any],
    commands: tuple[str, ...],
) -> Scene:
    names = ("new", "changed", "rejected")
    seen = {"fair": [brought[0][name] for name in names], "search": [brought[1][name] for name in names]}
    expected = {"fair": [len(entries) - KNOWN - BAD, KNOWN, BAD], "search": [len(searched) - KNOWN, KNOWN, 0]}
    told = {
        "fair_new": brought[0]["new"],
        "search_new": brought[1]["new"],
        "fair_file": office.words("files")["fair"],
        "search_file": office.words("files")["search"],
    }
    return office.scene("two_lists", office.days.fair, commands, expected, seen, **told)


def _merged_scene(
    office: Office,
    entry: Mapping[str, object],
    matched: Mapping[str, Any],
    synced: Result,
    commands: tuple[str, ...],
) -> Scene:
    """Return the scene in which somebody says that two leads are one, and both ways it came are kept."""
    mine = next((pair for pair in matched["pairs"] if entry["company"] in _names(pair)), None)
    merged = synced.outcome.data["dedupe"]["merged"]  # type: ignore[index]  # the answer of a step
    kept = synced.book.rows("leads").filter(company=entry["company"], state="DUPLICATE")
    touches = synced.book.rows("touches").filter(pl.col("lead").is_in(kept["merged_into"].implode()))
    seen = {"proposed": mine is not None, "merged": len(merged), "touches": touches["channel"].n_unique()}
    expected = {"proposed": True, "merged": 1, "touches": 2}
    reasons = mine["reasons"] if mine else []
    told = {"company": entry["company"], "why": ("；" if office.lang == "zh" else "; ").join(reasons)}
    return office.scene("merged", office.days.fair, commands, expected, seen, **told)


def _names(pair: Mapping[str, Any]) -> set[object]:
    return {pair["a_name"], pair["b_name"]}


def _decides(hand: Hand, *, company: object) -> None:
    """Decide about one pair, and leave the others for when somebody has called them."""
    for pair in hand.book.rows("duplicates").iter_rows(named=True):
        mine = company in _names(pair)
        hand.writes("duplicates", pair[UID], decision="MERGE" if mine else None)


def _fair_scene(office: Office, entries: list[Mapping[str, object]], synced: Result, command: str) -> Scene:
    data: Any = synced.outcome.data
    names = {entry.get("company") for entry in entries if "need" in entry}
    given = [one for one in data["assign"]["assigned"] if one["company"] in names]
    alone = [one for one in data["assign"]["unassigned"] if one["company"] in names]
    seen = {
        "graded": data["grade"]["changed"],
        "assigned": len(given),
        "to_their_customer_owner": sum(one["rule"] == "customer" for one in given),
        "unassigned": len(alone),
        "nurtured": sum(one["company"] in names for one in data["nurture"]["entered"]),
    }
    expected = {"graded": 9, "assigned": 7, "to_their_customer_owner": 1, "unassigned": 1, "nurtured": 1}
    told = {"why": alone[0]["reason"] if alone else "", "company": alone[0]["company"] if alone else ""}
    return office.scene("fair", office.days.fair, [command], expected, seen, **told)


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

"""One lead to its deal: converted in the last week, and on the last day told from its first touch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.pool import Row, taken_over
from ltc_xl.demo.month.scene import Scene
from ltc_xl.leads import convert
from ltc_xl.messages import say
from ltc_xl.model.enums import label
from ltc_xl.session import run
from ltc_xl.session.tracing import with_history
from ltc_xl.trace import trace


def merged_lead(office: Office) -> Row:
    """Return the lead that came by fair and by search, as it stands."""
    rows = office.book.rows("leads")
    twin = rows.filter(company=office.words("search")["leads"][0]["company"]).row(0, named=True)
    return rows.filter(lead_id=twin["merged_into"]).row(0, named=True)


def converted(office: Office) -> Scene:
    """Return the scene in which the merged lead becomes an opportunity; the two others have new owners."""
    day, lead = office.days.letters, merged_lead(office)
    number = str(lead["lead_id"])
    owners = taken_over(office, office.book)
    made: Any = office.serves(
        "leads convert", lambda b, rules: convert(b, rules, day, number), day
    ).outcome.data
    seen = {"converted": made["converted"], "unmet": made["unmet"], "taken_over": len(owners)}
    expected = {"converted": True, "unmet": [], "taken_over": 2}
    told = {
        "owner": lead["owner"],
        "company": lead["company"],
        "deal": made["opportunity"]["name"],
        "owners": list(dict.fromkeys(owners)),
    }
    command = office.command("leads", "convert", office.path.name, number, "--as-of", day)
    return office.scene("converted", day, [command], expected, seen, **told)


def trail(office: Office) -> Scene:
    """Return the scene in which ``trace`` tells where the deal came from."""
    day, lead = office.days.close, merged_lead(office)
    number = str(lead["lead_id"])
    answer: Any = run(
        office.path, "trace", lambda b, rules: trace(b, rules, day, number), day, office.looks()
    ).outcome.data
    rows = list(_nodes(with_history(office.book, answer["chains"], office.how)))
    touches = [row for row in rows if row["table"] == "touches"]
    twins = [row for row in rows if row["table"] == "leads" and row["id"] != number]
    deals = [row for row in rows if row["table"] == "opportunities"]
    seen = {"touches": len(touches), "merged": len(twins), "deals": len(deals), "tie_out": answer["tie_out"]}
    expected = {"touches": 2, "merged": 1, "deals": 1, "tie_out": answer["tie_out"] * 0}
    lines = _lines(office, lead, twins[0]["id"], deals[0])
    command = office.command("trace", office.path.name, number, "--as-of", day)
    told = {"lead": number, "company": lead["company"], "lines": "\n".join(lines)}
    return office.scene("trail", day, [command], expected, seen, **told)


def _nodes(trees: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in trees:
        yield node
        yield from _nodes(node["children"])


def _lines(office: Office, lead: Row, twin: str, deal: Mapping[str, Any]) -> list[str]:
    """Return the way of a lead, a line each for how it came, who got it and what it became."""
    lang = office.lang
    channels = office.book.rows("touches").filter(lead=lead["lead_id"])["channel"]
    row = office.book.rows("opportunities").filter(pl.col("opp_id") == deal["id"]).row(0, named=True)
    told = {
        "came": lead["created_on"],
        "channels": list(channels),
        "twin": twin,
        "given": lead["assigned_at"].date(),
        "owner": lead["owner"],
        "grade": lead["grade"],
        "why": lead["assign_why"],
        "deal": deal["id"],
        "name": row["name"],
        "on": row["created_on"],
        "stage": label("opp_stage", row["stage"], lang),
    }
    return say("demo.trail.lines", lang, **told).rstrip().splitlines()

"""Leads change hands: one comes back with a reason, one is taken back because nobody accepted it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.leads import give_back, recycle
from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID

Row = Mapping[str, Any]


def came_by_search(office: Office, book: Book, place: int) -> Row:
    """Return a lead of the search engine's list as it stands in a book."""
    company = office.words("search")["leads"][place]["company"]
    return book.rows("leads").filter(company=company).row(0, named=True)


def returned(office: Office, book: Book) -> Row:
    """Return the lead whose salesperson gives it back."""
    return came_by_search(office, book, -2)


def forgotten(office: Office, book: Book) -> Row:
    """Return the lead that its salesperson never looks at."""
    return came_by_search(office, book, -1)


def left_alone(office: Office, book: Book) -> frozenset[str]:
    """Return the leads that nobody works on for two weeks."""
    return frozenset({str(returned(office, book)[UID]), str(forgotten(office, book)[UID])})


def back_to_the_pool(office: Office) -> Scene:
    """Return the scene in which a lead is returned and another one recycled; both wait for somebody else."""
    day, lead, late = office.days.mistakes, returned(office, office.book), forgotten(office, office.book)
    number, reason = str(lead["lead_id"]), str(office.words("handling")["returned"])
    gave: Any = office.serves(
        "leads return", lambda b, rules: give_back(b, rules, day, number, reason=reason), day
    ).outcome.data
    taken: Any = office.serves("leads recycle", lambda b, rules: recycle(b, rules, day), day).outcome.data
    office.left_alone = frozenset()
    mine: Row = next((one for one in taken["recycled"] if one["uid"] == late[UID]), {})
    seen = {"returned": gave["returned"], "recycled": mine.get("why"), "kept": len(taken["kept"])}
    expected = {"returned": True, "recycled": "unaccepted", "kept": 0}
    book = office.path.name
    commands = [
        office.command("leads", "return", book, number, "--reason", reason, "--as-of", day),
        office.command("leads", "recycle", book, "--as-of", day),
    ]
    told = {
        "giver": lead["owner"],
        "given": lead["company"],
        "reason": reason,
        "until": date.fromisoformat(gave["cooldown_to"]),
        "late": late["company"],
        "why": mine.get("reason", ""),
        "others": sum(one["why"] == "returned" for one in taken["recycled"]),
    }
    return office.scene("pool", day, commands, expected, seen, **told)


def taken_over(office: Office, book: Book) -> list[str]:
    """Return who has the two leads now that did not have them before."""
    both = pl.DataFrame([returned(office, book), forgotten(office, book)], infer_schema_length=None)
    others = both.filter(pl.col("owner") != pl.col("returned_from"))
    return [str(owner) for owner in others["owner"]]

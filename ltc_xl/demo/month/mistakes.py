"""The day of the mistakes: a wrong list is taken back whole, a broken rule does no harm and is mended."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl

from ltc_xl.demo.month.fair import COLUMNS
from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.office import Office
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.month.stages import Cast
from ltc_xl.demo.month.week import Week
from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID
from ltc_xl.session import Result

_SLIP = ","
"""What the consultant leaves behind a bound."""


def wrong_list(office: Office) -> Scene:
    """Return the scene in which an old list is imported by mistake and taken back."""
    day = office.days.mistakes
    entries: list[Mapping[str, object]] = office.words("wrong_list")["leads"]
    file = office.lays("wrong", "leads", COLUMNS, entries)
    brought = office.imports(file, "leads", day)
    batch = str(brought.outcome.data["batch"])
    before = brought.book.rows("leads").height - len(entries)
    undone = office.undoes(batch, day)
    after = undone.book.rows("leads")
    seen = {
        "new": brought.outcome.data["new"],
        "left_of_them": after.filter(pl.col("company").is_in([one["company"] for one in entries])).height,
        "leads": after.height - before,
    }
    expected = {"new": len(entries), "left_of_them": 0, "leads": 0}
    commands = [
        office.command("import", office.path.name, file.name, "--form", "leads", "--apply", "--as-of", day),
        office.command("undo", office.path.name, batch, "--as-of", day),
    ]
    return office.scene("wrong_list", day, commands, expected, seen, file=file.name, batch=batch)


def broken_rule(office: Office, players: Cast) -> Scene:
    """Return the scene in which a cell of the grading rules is broken, then mended, and a rule is added."""
    day = office.days.mistakes
    week = Week(office, day, office.days.stages, players.going_on)

    def typing(hand: Hand) -> None:
        week.typed(hand)
        hand.writes("opportunities", players.bare[UID], stage="PROPOSAL", **office.note("proposal", day))
        _slips(hand)

    office.types(typing)
    broken = office.syncs(day)
    office.types(partial(_mends, office=office))
    mended = office.syncs(day)
    named = [f"{one['sheet']}!{one['cell']}" for one in _rules_found(broken)]
    seen = {
        "named": named,
        "older_in_force": sorted(broken.rulebook.kept),
        "broken_after": len(_rules_found(mended)),
        "assigned_by_new_rule": [one["rule"] for one in _data(mended)["assign"]["assigned"]],
    }
    cell = "!".join(broken.book.cell("grading", _first_rule_id(broken.book), "budget") or ())
    expected = {
        "named": [cell],
        "older_in_force": ["grading"],
        "broken_after": 0,
        "assigned_by_new_rule": [office.words("rule")["no"]],
    }
    commands = [office.command("sync", office.path.name, "--as-of", day)] * 2
    since = next((kept.held.since for kept in broken.rulebook.kept.values()), day)
    told = {"cell": cell, "since": since, "company": office.words("fair")["leads"][-1]["company"]}
    return office.scene("broken_rule", day, commands, expected, seen, **told)


def _data(result: Result) -> Mapping[str, Any]:
    return result.outcome.data


def _rules_found(result: Result) -> list[Mapping[str, Any]]:
    found = _data(result)["check"]["findings"]
    return [one for one in found if one["code"].startswith("R-") and one["severity"] == "error"]


def _first_rule_id(book: Book) -> str:
    return str(book.rows("grading")[UID][0])


def _slips(hand: Hand) -> None:
    """Leave something behind the first bound of the grading rules."""
    rules = hand.book.rows("grading")
    hand.writes("grading", rules[UID][0], budget=f"{rules['budget'][0]}{_SLIP}")


def _mends(hand: Hand, *, office: Office) -> None:
    """Take it away again, and write down who gets the leads from where nobody sold."""
    rules, rule = hand.book.rows("grading"), office.words("rule")
    hand.writes("grading", rules[UID][0], budget=str(rules["budget"][0]).removesuffix(_SLIP))
    last = hand.book.rows("assignment").row(-1, named=True)
    kept = {code: last[code] for code in ("industry", "method", "cap", "fallback")}
    hand.adds("assignment", **{**kept, **rule})

"""What history adds to a chain: when a lead, deal or contract entered, moved on, changed hands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ltc_xl.model.book import Book
from ltc_xl.rules.moves import STAGES
from ltc_xl.session.how import How
from ltc_xl.session.story import Event, story_of

MOST = 40
"""So many rows of a chain are looked up; a customer of hundreds is read one deal at a time."""

_HANDS = ("owner", "merged_into")
_TOLD = ("new", "set", "granted", "refused", "undone", "deleted")

Node = Mapping[str, Any]


def with_history(book: Book, chains: Sequence[Node], how: How) -> list[dict[str, Any]]:
    """Return the trees of ``trace`` with what the store knows of their leads, deals and contracts.

    A workbook without a store here has no history, and none is made.
    """
    rows = [node for node in _nodes(chains) if node["table"] in STAGES][:MOST]
    told = {
        node["uid"]: _decisive(node["table"], story_of(book, node["table"], node["uid"], how))
        for node in rows
    }
    return [_with(node, told) for node in chains]


def _nodes(trees: Sequence[Node]) -> Iterator[Node]:
    for node in trees:
        yield node
        yield from _nodes(node["children"])


def _with(node: Node, told: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    children = [_with(child, told) for child in node["children"]]
    return {**node, "history": told.get(node["uid"], []), "children": children}


def _decisive(name: str, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the events that moved a row: it came or went, its stage, its owner, what it was merged into."""
    columns = (STAGES[name], *_HANDS, None)
    return [_data(event) for event in events if event.what in _TOLD and event.column in columns]


def _data(event: Event) -> dict[str, Any]:
    """Return the machine form; ``on`` is the day it counts for."""
    return {
        "commit": event.seq,
        "on": event.as_of or event.at.date(),
        "actor": event.actor,
        "command": event.command,
        "by": "person" if event.by_person else "program",
        "event": event.what,
        "column": event.column,
        "old": event.old,
        "new": event.new,
    }

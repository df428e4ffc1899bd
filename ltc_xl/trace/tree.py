"""The rows of a chain as a tree: what came of what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

import polars as pl

from ltc_xl.model.address import place_text
from ltc_xl.model.book import Book
from ltc_xl.model.tables import UID, table
from ltc_xl.rules.chain import Uids
from ltc_xl.trace.shapes import OF_RECEIPT, SHAPES, Shape

Row = Mapping[str, object]


_POSTINGS = ("invoices", "allocations", "adjustments", "receipts")
"""What happened later than the day has not happened."""

_NOTHING = Decimal(0)


@dataclass
class Node:
    """One row, and what came of it."""

    table: str
    row: Row
    asked: bool
    children: list["Node"] = field(default_factory=list)


def trees(found: Mapping[str, pl.DataFrame], asked: Uids, as_of: date) -> list[Node]:
    """Return the rows of a chain on a day as trees; what nothing in the chain led to is a root."""
    nodes = {
        name: [_node(name, row, asked) for row in _told(found, name, asked, as_of)]
        for name in SHAPES
        if name in found
    }
    known = _Known(nodes)
    roots: list[Node] = []
    for name, shape in SHAPES.items():
        for node in nodes.get(name, ()):
            parent = known.parent(node, shape)
            (parent.children if parent else roots).append(node)
    for node in chain(*nodes.values()):
        node.children.sort(key=_place)
    return sorted(roots, key=_place)


def _node(name: str, row: Row, asked: Uids) -> Node:
    return Node(name, row, row[UID] in asked.get(name, ()))


def _told(found: Mapping[str, pl.DataFrame], name: str, asked: Uids, as_of: date) -> Iterator[Row]:
    """Yield the rows that have a node; cash that is all applied is told by its allocations."""
    rows = found[name]
    if name in _POSTINGS:
        rows = rows.filter((pl.col(SHAPES[name].day) <= as_of).fill_null(value=True))
    if name == "receipts":
        is_asked = pl.col(UID).is_in(asked.get("receipts", frozenset()))
        left = (pl.col("amount") != pl.col("allocated").fill_null(0)).fill_null(value=True)
        rows = rows.filter(left | is_asked)
    if name == "allocations":
        cash = found["receipts"].select(*OF_RECEIPT, receipt="receipt_id").unique("receipt", keep="first")
        rows = rows.join(cash, on="receipt", how="left", maintain_order="left")
    yield from rows.iter_rows(named=True)


class _Known:
    """The nodes of a chain, found by what a column of theirs holds; built once for each column."""

    def __init__(self, nodes: Mapping[str, Sequence[Node]]) -> None:
        self.nodes = nodes
        self._by: dict[tuple[str, str], dict[object, Node]] = {}

    def parent(self, node: Node, shape: Shape) -> Node | None:
        """Return what a row hangs below."""
        for target in shape.parents:
            value = node.row.get(target.own)
            found = self._of(target.table, target.column).get(value) if value is not None else None
            if found is not None and not self._is_below(found, node):
                return found
        return None

    def _of(self, name: str, column: str) -> Mapping[object, Node]:
        if (name, column) not in self._by:
            nodes = reversed(self.nodes.get(name, ()))
            self._by[name, column] = {node.row[column]: node for node in nodes}
        return self._by[name, column]

    def _is_below(self, found: Node, node: Node) -> bool:
        """Return whether a row that would be the parent hangs below the other already, or is it."""
        return found is node or any(self._is_below(found, child) for child in node.children)


def _place(node: Node) -> tuple[int, str, str]:
    day = node.row.get(SHAPES[node.table].day)
    number = node.row.get(table(node.table).key or "")
    return list(SHAPES).index(node.table), str(day or "9999"), str(number or node.row[UID])


def node_data(node: Node, book: Book, currency: str, as_of: date) -> dict[str, object]:
    """Return the machine form of a row with all that came of it; ``currency`` is the firm's own."""
    owner, row, shape = table(node.table), node.row, SHAPES[node.table]
    cell = book.cell(node.table, str(row[UID]), None)
    number = row.get(owner.numbered or owner.key or "") or row[UID]
    name = _plain(row.get(owner.label or ""))
    facts = {code: _plain(row[code]) for code in shape.facts if _says(row.get(code))}
    return {
        "table": node.table,
        "id": number,
        "uid": row[UID],
        "name": None if name == number or owner.label in shape.facts else name,
        "asked": node.asked,
        "on": _plain(row.get(shape.day)),
        "amount": row.get(shape.amount),
        "currency": row.get("currency") or currency,
        "owner": row.get(shape.owner),
        "state": _state(node, as_of),
        "facts": facts | _lateness(node, as_of),
        "balance": _left(row) if node.table == "lines" else None,
        "place": place_text(*cell) if cell else None,
        "children": [node_data(child, book, currency, as_of) for child in node.children],
    }


def _left(row: Row) -> Decimal:
    amount, received, adjusted = (row[code] or _NOTHING for code in ("amount", "received", "adjusted"))
    assert isinstance(amount, Decimal)  # noqa: S101  narrowing of a typed frame
    assert isinstance(received, Decimal)  # noqa: S101  likewise
    assert isinstance(adjusted, Decimal)  # noqa: S101  likewise
    return amount - received - adjusted


def _state(node: Node, as_of: date) -> object:
    """Return the state as the row has it; of a receivable it follows from days and amounts."""
    shape = SHAPES[node.table]
    if node.table != "lines":
        return node.row.get(shape.state)
    triggered, due = node.row["triggered_on"], node.row["due_on"]
    if _left(node.row) <= 0:
        return "PAID"
    if not isinstance(triggered, date) or triggered > as_of:
        return "WAITING"
    return "OVERDUE" if isinstance(due, date) and due < as_of else "OPEN"


def _lateness(node: Node, as_of: date) -> dict[str, object]:
    """Return by how many days a receivable is overdue; the column is a formula that speaks of today."""
    due = node.row.get("due_on")
    is_late = node.table == "lines" and _state(node, as_of) == "OVERDUE"
    return {"days_overdue": (as_of - due).days} if is_late and isinstance(due, date) else {}


def _says(value: object) -> bool:
    """Return whether a fact says something: a nought in a grey cell does not."""
    return value is not None and value != "" and not (isinstance(value, int | Decimal) and value == 0)


def _plain(value: object) -> object:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value

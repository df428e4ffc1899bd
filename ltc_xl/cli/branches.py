"""A chain as a tree on the terminal: days down the margin, what came of what beside them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.words import Lang

if TYPE_CHECKING:
    from ltc_xl.model.book import Book
    from ltc_xl.model.tables import Column

Node = Mapping[str, Any]

MARGIN = 12
"""Columns of the margin with the days."""
WIDTH = 108
"""Facts go on in a new line beyond so many columns."""
MOST_NOTES = 6
"""So many touches, and so many activities, of one row are shown: the last."""
_NOTES = ("touches", "activities")
_IN_LINE = (*_NOTES, "invoices", "allocations", "adjustments", "receipts")
"""Tables whose rows are told in one line."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What a tree is drawn with."""

    child: str = "├─ "
    last: str = "└─ "
    rail: str = "│  "
    dot: str = " · "
    here: str = "  ←"
    to: str = "→"


_PLAIN = Glyphs("|- ", "`- ", "|  ", ", ", "  <--", "->")


def glyphs() -> Glyphs:
    """Return the lines of a tree, plain ones for a console that cannot show the others."""
    drawn = Glyphs()
    try:
        "".join(astuple(drawn)).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return _PLAIN
    return drawn


def print_trees(trees: Sequence[Node], book: "Book", currency: str, lang: Lang) -> None:
    """Print the chains of a record, one tree after the other; ``currency`` is the firm's own."""
    teller = _Teller(book, currency, lang, glyphs())
    for place, tree in enumerate(trees):
        if place:
            show.say()
        for line in teller.lines(tree, "", ""):
            show.say(line)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Puts the rows of a book into words of a language."""

    book: "Book"
    currency: str
    lang: Lang
    glyphs: Glyphs

    def lines(self, node: Node, branch: str, below: str) -> Iterator[str]:
        """Yield a row and all below it; ``branch`` leads to the row, ``below`` to what hangs below it."""
        children, left_out = _shown(node["children"])
        yield _margin(node["on"]) + branch + self._head(node)
        on = below + (self.glyphs.rail if children else "   ")
        facts = () if node["table"] in _IN_LINE else self._facts(node, WIDTH - MARGIN - show.cell_width(on))
        for line in facts:
            yield " " * MARGIN + on + line
        for event in _moved(node):
            yield _margin(event["on"]) + on + self._event(node, event)
        if left_out:
            yield " " * MARGIN + on + self._word("left_out", count=left_out)
        for place, child in enumerate(children, start=1):
            is_last = place == len(children)
            arm = self.glyphs.last if is_last else self.glyphs.child
            rest = "   " if is_last else self.glyphs.rail
            yield from self.lines(child, below + arm, below + rest)

    def _head(self, node: Node) -> str:
        """Return the line of a row: which it is, its state, whose, how much."""
        from ltc_xl.model.tables import table

        who = f"{table(node['table']).sheet(self.lang)} {node['id']}"
        parts = [node["name"], self._state(node), node["owner"], self._money(node)]
        if node["table"] in _IN_LINE:
            facts = node["facts"].items()
            parts += [self._in_line(node["table"], code, value) for code, value in facts]
        line = "  ".join([who, self.glyphs.dot.join(part for part in parts if part)]).rstrip()
        if show.colourful():
            line = click.style(line, bold=True, fg="red" if node["state"] == "OVERDUE" else None)
        return line + (self.glyphs.here if node["asked"] else "")

    def _state(self, node: Node) -> str:
        if node["table"] == "lines":
            return self._word(f"line_states.{node['state']}")
        from ltc_xl.model.tables import table
        from ltc_xl.trace.shapes import SHAPES

        column = table(node["table"]).by_code.get(SHAPES[node["table"]].state)
        return self._value(column, node["state"]) if column and node["state"] else ""

    def _money(self, node: Node) -> str:
        if node["amount"] is None:
            return ""
        own = node["currency"] == self.currency
        amount = (
            f"{Decimal(node['amount']):,.2f}" if own else f"{node['currency']} {Decimal(node['amount']):,.2f}"
        )
        if node["balance"] in {None, node["amount"], 0}:
            return amount
        return self._word("open", amount=amount, balance=f"{Decimal(node['balance']):,.2f}")

    def _facts(self, node: Node, width: int) -> Iterator[str]:
        """Yield what else the row says, as many facts to a line as there is room for."""
        facts = (self._fact(node["table"], code, value) for code, value in node["facts"].items())
        line = ""
        for fact in facts:
            longer = f"{line}{self.glyphs.dot}{fact}" if line else fact
            if line and show.cell_width(longer) > width:
                yield line
                longer = fact
            line = longer
        if line:
            yield line

    def _fact(self, name: str, code: str, value: object) -> str:
        column = _column(name, code)
        return f"{column.label(self.lang)} {self._value(column, value)}"

    def _in_line(self, name: str, code: str, value: object) -> str:
        """Return a fact of a row told in one line: it needs no header, but for the number of another row."""
        return self._fact(name, code, value) if code == "red_of" else self._value(_column(name, code), value)

    def _value(self, column: "Column", value: object) -> str:
        from ltc_xl.messages import shown
        from ltc_xl.model.enums import label

        if column.enum:
            own = self.book.labels(column.enum) if self.lang == self.book.lang else {}
            return own.get(str(value)) or label(column.enum, str(value), self.lang)
        if isinstance(value, str):
            return value.replace("T", " ") if column.type == "datetime" else value
        return shown(value, self.lang)

    def _event(self, node: Node, event: Node) -> str:
        """Return what history says of a row: from what to what, by whom."""
        from ltc_xl.cli.told import words

        by = event["actor"] if event["by"] == "person" else words("program", self.lang)
        if event["column"] is None:
            return self._word(f"events.{event['event']}", by=by, commit=event["commit"])
        column = _column(node["table"], event["column"])
        old, new = (
            self._value(column, one) if one else words("blank", self.lang)
            for one in (event["old"], event["new"])
        )
        what = f"{column.label(self.lang)} {old} {self.glyphs.to} {new}"
        key = event["event"] if event["event"] in {"refused", "granted", "undone"} else "set"
        return self._word(f"events.{key}", what=what, by=by, commit=event["commit"])

    def _word(self, key: str, **values: object) -> str:
        from ltc_xl.messages import say

        return say(f"trace.{key}", self.lang, **values)


def _moved(node: Node) -> Sequence[Node]:
    """Return what history says of a row; that it came with the workbook is no news."""
    history: Sequence[Node] = node.get("history", ())
    return history if any(event["column"] for event in history) else ()


def _margin(day: object) -> str:
    text = f"{day:%Y-%m-%d}" if isinstance(day, date) else ""
    padded = f"{text:<{MARGIN}}"
    return click.style(padded, dim=True) if show.colourful() and text else padded


def _column(name: str, code: str) -> "Column":
    """Return a column of a table; an allocation tells of its receipt, too."""
    from ltc_xl.model.tables import table

    return table(name).by_code.get(code) or table("receipts").by_code[code]


def _shown(children: Sequence[Node]) -> tuple[Sequence[Node], int]:
    """Return the children that are shown and how many are not: of notes the last ones are."""
    notes = {name: [child for child in children if child["table"] == name] for name in _NOTES}
    hidden = {child["uid"] for told in notes.values() for child in told[:-MOST_NOTES]}
    return [child for child in children if child["uid"] not in hidden], len(hidden)

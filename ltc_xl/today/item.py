"""One thing to do, in words, and the day of one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from ltc_xl.messages import say
from ltc_xl.model.address import place_text
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.money import money_text
from ltc_xl.rules.agenda import NOBODY

_AHEAD = (
    "bid_due",
    "lead_accept",
    "condition_due",
    "dispute_due",
    "risk_due",
    "warranty_end",
    "contract_ends",
    "bill_due",
    "deposit_due",
    "action_due",
    "task_due",
)
"""Kinds that are told before their day."""

_SAID = ("lead_recycle",)
"""Kinds whose own sentence is told even where the row names its next step."""

_KEY_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do.

    Attributes:
        due_on, due_at: the day, and the moment where there is one.
        place: the cell it is about, None where the file has none.
        key: the same for the same thing on every day, whatever else of it changes.
    """

    due_on: date
    due_at: datetime | None
    kind: str
    id: str | None
    about: str | None
    what: str
    amount: Decimal | None
    currency: str
    place: str | None
    key: str

    def data(self) -> dict[str, object]:
        """Return the machine form."""
        return {
            "due_on": self.due_on.isoformat(),
            "due_at": self.due_at.isoformat(timespec="minutes") if self.due_at else None,
            "kind": self.kind,
            "id": self.id,
            "about": self.about,
            "what": self.what,
            "amount": None if self.amount is None else money_text(self.amount),
            "currency": self.currency,
            "place": self.place,
            "key": self.key,
        }


@dataclass(frozen=True, slots=True)
class Day:
    """The first lines of one person; ``member`` is '' for what nobody does."""

    member: str
    items: Sequence[Item]
    more: int = 0

    def data(self) -> dict[str, object]:
        """Return the machine form."""
        return {"member": self.member, "items": [item.data() for item in self.items], "more": self.more}


def item_of(book: Book, row: Mapping[str, object], as_of: date, currency: str) -> Item:
    """Return a line of the agenda in the book's words; ``currency`` is the firm's own."""
    cell = book.cell(str(row["table"]), str(row["row_id"]), str(row["column"]))
    due_on, due_at, amount = row["due_on"], row["due_at"], row["amount"]
    assert isinstance(due_on, date)  # noqa: S101  narrowing of a typed frame
    assert due_at is None or isinstance(due_at, datetime)  # noqa: S101  likewise
    assert amount is None or isinstance(amount, Decimal)  # noqa: S101  likewise
    return Item(
        due_on,
        due_at,
        str(row["kind"]),
        _text(row["id"]),
        _text(row["about"]),
        _what(row, as_of, currency, book.lang),
        amount,
        str(row["currency"]),
        place_text(*cell) if cell else None,
        _key(book, row),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _key(book: Book, row: Mapping[str, object]) -> str:
    """Return what names the thing: its kind and row; money to collect is a customer's, not a line's.

    A row that the file has no identity for yet gets a new one at each look: its number and label stand in.
    """
    held = book.tables.get(str(row["table"]))
    is_fresh = held is not None and row["row_id"] in held.fresh
    named = (row["id"], row["about"]) if is_fresh else (row["row_id"],)
    parts = (_firm(book), row["about"], row["currency"]) if row["kind"] == "collect" else named
    return sha256("\0".join(map(str, (row["kind"], *parts))).encode()).hexdigest()[:_KEY_DIGITS]


def _firm(book: Book) -> str:
    """Return the firm's store, which two firms with a customer of the same name do not share."""
    return str(dict(book.rows("meta").select("key", "value").iter_rows()).get("store_id"))


def _what(row: Mapping[str, object], as_of: date, currency: str, lang: Lang) -> str:
    """Return what is to be done, and what keeps it from being done."""
    words = _words(row, as_of, lang)
    if row["amount"] is not None and row["currency"] != currency:
        words = say("today.foreign", lang, what=words, currency=row["currency"])
    if row["member"] != NOBODY:
        return words
    return say("today.left" if row["owner"] else "today.no_owner", lang, owner=row["owner"], what=words)


def _words(row: Mapping[str, object], as_of: date, lang: Lang) -> str:
    """Return what the row itself calls its next step, else a plain sentence."""
    step = row["next_step"]
    if step and row["kind"] not in _SAID:
        return str(step)
    sentence = _sentence(row, as_of, lang)
    return say("today.with_step", lang, what=sentence, step=step) if step else sentence


def _sentence(row: Mapping[str, object], as_of: date, lang: Lang) -> str:
    due_on = row["due_on"]
    assert isinstance(due_on, date)  # noqa: S101  narrowing of a typed frame
    when = "soon" if _lies_ahead(row, as_of, due_on) else "what"
    days = abs((as_of - due_on).days)
    return say(
        f"today.{when}.{row['kind']}",
        lang,
        on=due_on,
        at=row["due_at"] or due_on,
        days=days,
        count=row["count"],
    )


def _lies_ahead(row: Mapping[str, object], as_of: date, due_on: date) -> bool:
    """Return whether there is time left; a lead goes back to the pool when no days are left of it."""
    left = row["count"]
    if row["kind"] == "lead_recycle":
        return isinstance(left, int) and left > 0
    return due_on >= as_of and row["kind"] in _AHEAD

"""Today: what each person has to do, oldest first, linked to its row; the body of the sheet 今日."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from ltc_xl.messages import say
from ltc_xl.model.address import place_text
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import Lang, folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.money import money_text
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import table
from ltc_xl.rules.agenda import NOBODY, agenda, members_here
from ltc_xl.rules.derived import derived

LIMIT = 15
"""So many lines has a person; the last says how many more there are."""


def today(book: Book, rulebook: Rulebook, as_of: date, member: str | None = None) -> Outcome:
    """Return what is overdue and due for each person, or for one; the sheet 今日 always holds everybody's.

    What the row itself calls its next step is to be done, else a plain sentence says what. Rows that nobody
    owns, or somebody who has left, stand at the end.

    Raises:
        UsageError: there is no such person; an empty list would look like a day off.
    """
    found = agenda(derived(book, rulebook, as_of), rulebook, as_of)
    days = [_day(book, rulebook, as_of, name, rows) for name, rows in _by_member(found)]
    asked = days if member is None else [_only(days, member, members_here(rulebook, as_of))]
    return Outcome(
        changes=_sheet(book, days, as_of),
        data={"as_of": as_of.isoformat(), "members": [day.data() for day in asked]},
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do; ``place`` is the cell it is about, None where the file has none."""

    due_on: date
    kind: str
    id: str | None
    about: str | None
    what: str
    amount: Decimal | None
    currency: str
    place: str | None

    def data(self) -> dict[str, object]:
        """Return the machine form."""
        return {
            "due_on": self.due_on.isoformat(),
            "kind": self.kind,
            "id": self.id,
            "about": self.about,
            "what": self.what,
            "amount": None if self.amount is None else money_text(self.amount),
            "currency": self.currency,
            "place": self.place,
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


def _by_member(found: pl.DataFrame) -> Sequence[tuple[str, pl.DataFrame]]:
    parts = found.partition_by("member", maintain_order=True)
    return [(str(rows["member"][0]), rows) for rows in parts]


def _only(days: Sequence[Day], member: str, known: Sequence[str]) -> Day:
    """Return one person's day; an empty one for somebody who has nothing to do."""
    found = next((day for day in days if folded(day.member) == folded(member)), None)
    if found:
        return found
    name = next((name for name in known if folded(name) == folded(member)), None)
    if name is None:
        raise UsageError("today_no_member", found=member, known=[*known])
    return Day(name, ())


def _day(book: Book, rulebook: Rulebook, as_of: date, member: str, rows: pl.DataFrame) -> Day:
    first = rows.head(LIMIT).iter_rows(named=True)
    items = [_item(book, rulebook, as_of, row) for row in first]
    return Day(member, items, rows.height - len(items))


def _item(book: Book, rulebook: Rulebook, as_of: date, row: Mapping[str, object]) -> Item:
    cell = book.cell(str(row["table"]), str(row["row_id"]), str(row["column"]))
    due_on, amount = row["due_on"], row["amount"]
    assert isinstance(due_on, date)  # noqa: S101  narrowing of a typed frame
    assert amount is None or isinstance(amount, Decimal)  # noqa: S101  likewise
    return Item(
        due_on,
        str(row["kind"]),
        _text(row["id"]),
        _text(row["about"]),
        _what(row, as_of, rulebook.currency, book.lang),
        amount,
        str(row["currency"]),
        place_text(*cell) if cell else None,
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _what(row: Mapping[str, object], as_of: date, currency: str, lang: Lang) -> str:
    """Return what is to be done, and what keeps it from being done."""
    words = str(row["next_step"] or _sentence(row, as_of, lang))
    if row["amount"] is not None and row["currency"] != currency:
        words = say("today.foreign", lang, what=words, currency=row["currency"])
    if row["member"] != NOBODY:
        return words
    return say("today.left" if row["owner"] else "today.no_owner", lang, owner=row["owner"], what=words)


def _sentence(row: Mapping[str, object], as_of: date, lang: Lang) -> str:
    due_on = row["due_on"]
    assert isinstance(due_on, date)  # noqa: S101  narrowing of a typed frame
    when = "soon" if due_on >= as_of and row["kind"] in _AHEAD else "what"
    days = abs((as_of - due_on).days)
    return say(f"today.{when}.{row['kind']}", lang, on=due_on, days=days, count=row["count"])


_AHEAD = ("bid_due", "warranty_end", "bill_due", "deposit_due")
"""Kinds that are told before their day."""


# ---------------------------------------------------------------- the sheet


def _sheet(book: Book, days: Sequence[Day], as_of: date) -> Changes:
    """Return the new body of the sheet 今日, as far as the file has its columns."""
    place = book.place("today")
    if book.digest and place is None:
        return Changes()
    columns = {column.code: column.dtype for column in table("today").columns if not column.live}
    rows = [row for day in days for row in _sheet_rows(day, as_of, book.lang)]
    body = pl.DataFrame(rows, schema=columns)
    lacking = [code for code in columns if place is not None and code not in place.columns]
    return Changes(puts={"today": body.with_columns(pl.lit(None, columns[c]).alias(c) for c in lacking)})


def _sheet_rows(day: Day, as_of: date, lang: Lang) -> list[dict[str, object]]:
    member = day.member or say("today.nobody", lang)
    rows: list[dict[str, object]] = [
        {
            "member": member,
            "due_on": item.due_on,
            "kind": say(f"today.kinds.{item.kind}", lang),
            "about": item.about,
            "next_step": item.what,
            "amount": item.amount,
            "object_id": item.id,
            "as_of": as_of,
            "place": item.place,
        }
        for item in day.items
    ]
    if day.more:
        more = say("today.more", lang, count=day.more)
        rows.append({**dict.fromkeys(rows[0]), "member": member, "next_step": more, "as_of": as_of})
    return rows

"""The service: what is overdue and due on a day, per person."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.enums import folded
from ltc_xl.model.errors import UsageError
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rules.agenda import agenda, members_here
from ltc_xl.rules.derived import derived
from ltc_xl.today.item import Day, item_of
from ltc_xl.today.sheet import sheet

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
        changes=sheet(book, days, as_of),
        data={"as_of": as_of.isoformat(), "members": [day.data() for day in asked]},
    )


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
    items = [item_of(book, row, as_of, rulebook.currency) for row in first]
    return Day(member, items, rows.height - len(items))

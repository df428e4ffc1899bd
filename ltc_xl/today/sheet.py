"""The body of the sheet 今日."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from ltc_xl.messages import say
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import table
from ltc_xl.today.item import Day


def sheet(book: Book, days: Sequence[Day], as_of: date) -> Changes:
    """Return the new body of the sheet 今日, as far as the file has its columns."""
    place = book.place("today")
    if book.digest and place is None:
        return Changes()
    columns = {column.code: column.dtype for column in table("today").columns if not column.live}
    rows = [row for day in days for row in _rows(day, as_of, book.lang)]
    body = pl.DataFrame(rows, schema=columns)
    lacking = [code for code in columns if place is not None and code not in place.columns]
    return Changes(puts={"today": body.with_columns(pl.lit(None, columns[c]).alias(c) for c in lacking)})


def _rows(day: Day, as_of: date, lang: Lang) -> list[dict[str, object]]:
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

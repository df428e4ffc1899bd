"""What is to be done, as a calendar file that people import into Outlook, WeCom or their telephone."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import WorldError

if TYPE_CHECKING:
    from ltc_xl.render.calendar import Entry


def write_calendar(path: Path, data: Mapping[str, Any], book: str, lang: Lang) -> int:
    """Write the answer of ``today`` as a calendar file; return how many entries it has.

    What stood in the file before and is no more to be done is in it as cancelled.

    Args:
        path: of the file; one that stands there is replaced if it is ours.
        data: the answer.
        book: name of the workbook.
        lang: of the words.

    Raises:
        WorldError: the file is somebody's own calendar, or cannot be written.
    """
    from ltc_xl.render.calendar import calendar

    as_of = date.fromisoformat(data["as_of"])
    days = data["members"]
    alone = days[0]["member"] if len(days) == 1 else ""
    named = say("today.calendar_of" if alone else "today.calendar", lang, book=Path(book).stem, member=alone)
    entries = [
        _entry(item, day["member"] if not alone else None, as_of, book, lang)
        for day in days
        for item in day["items"]
    ]
    text = calendar(entries, named, as_of, _before(path), say("today.gone", lang, what="{}"))
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(text.encode())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise WorldError("ics_unwritable", path=str(path), cause=error.strerror or str(error)) from error
    return len(entries)


def _before(path: Path) -> str:
    """Return the file that stands there, as far as it is ours; '' where there is none."""
    from ltc_xl.render.calendar import is_ours

    try:
        text = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
    except OSError as error:
        raise WorldError("ics_unwritable", path=str(path), cause=error.strerror or str(error)) from error
    if text.strip() and not is_ours(text):
        raise WorldError("ics_not_ours", path=str(path))
    return text


def _entry(item: Mapping[str, Any], member: str | None, as_of: date, book: str, lang: Lang) -> "Entry":
    """Return an entry; what is late stands on the day itself, where people see it.

    It says whose it is where the file is several people's.
    """
    from ltc_xl.render.calendar import Entry

    kind = say(f"today.kinds.{item['kind']}", lang)
    title = say("today.entry", lang, kind=kind, about=item["about"]) if item["about"] else kind
    if member is not None:
        title = say("today.whose", lang, member=member or say("today.nobody", lang), what=title)
    at = datetime.fromisoformat(item["due_at"]) if item["due_at"] else None
    due_on = date.fromisoformat(item["due_on"])
    return Entry(
        item["key"],
        title,
        "\n".join(_lines(item, book, lang)),
        kind,
        max(due_on, as_of),
        at if at and at.date() >= as_of else None,
    )


def _lines(item: Mapping[str, Any], book: str, lang: Lang) -> Iterator[str]:
    """Yield what the entry says: what to do, since when, how much, and where it stands."""
    yield item["what"]
    told = {"due_on": item["due_on"], "amount": item["amount"], "id": item["id"]}
    if item["amount"]:
        told["amount"] = f"{item['currency']} {Decimal(item['amount']):,.2f}"
    for name, value in told.items():
        if value:
            yield say("today.fact", lang, name=say(f"today.headers.{name}", lang), value=value)
    where = f"{book} › {item['place']}" if item["place"] else book
    yield say("today.fact", lang, name=say("today.headers.place", lang), value=where)

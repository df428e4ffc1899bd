"""Calendar files (RFC 5545): what is to be done as all-day entries, or at a moment where there is one.

Entries are events, not tasks: Outlook, WeCom, Apple and Google take events from a file, tasks hardly any of
them. They are all-day, free time, with an alarm. Moments are local without a zone, so that nine o'clock is
nine o'clock wherever the file is opened.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

PRODUCT = "-//ltc-xl//Today//EN"
LONGEST = 75
"""Octets of a line; longer ones are folded."""

KEPT_DAYS = 30
"""So long an entry that was withdrawn stays in the file, for whoever imports it late."""

_EPOCH = date(2020, 1, 1)
_CONTROLS = dict.fromkeys(range(ord(" ")))
_ESCAPES = _CONTROLS | str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\t": " "})
_FOLDED = re.compile(r"\r?\n[ \t]")
_ENDED = re.compile(r"\r?\n")
_EVENT = re.compile(r"BEGIN:VEVENT\r?\n(.*?)END:VEVENT", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a calendar.

    Attributes:
        key: the same for the same thing in every file; it becomes the UID, so that an import updates.
        title, text, category: what a person reads.
        on, at: the day it stands on, and the moment if it has one.
    """

    key: str
    title: str
    text: str
    category: str
    on: date
    at: datetime | None = None


def calendar(entries: Sequence[Entry], name: str, as_of: date, before: str = "", gone: str = "{}") -> str:
    """Return the text of a calendar file.

    Args:
        entries: what is to be done.
        name: of the calendar.
        as_of: the day; a later file overrides what an earlier one said of the same thing.
        before: the file that stood there; its entries that are no more come back as cancelled, for a month.
        gone: the title of those; ``{}`` is what it was.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for entry in entries for line in _event(entry, as_of)),
        *(
            line
            for event in withdrawn(before, name, entries, as_of)
            for line in _cancelled(event, as_of, gone)
        ),
        "END:VCALENDAR",
    ]
    return "".join(part for line in lines for part in _folded(line))


def is_ours(text: str) -> bool:
    """Return whether a calendar file was written by this program."""
    return f"PRODID:{PRODUCT}" in _lines(text)


def withdrawn(before: str, name: str, entries: Iterable[Entry], as_of: date) -> Iterator[Mapping[str, str]]:
    """Yield the events of an earlier file of the same name that are no more, until they are a month old."""
    if f"X-WR-CALNAME:{_escaped(name)}" not in _lines(before):
        return
    known = {_uid(entry.key) for entry in entries}
    oldest = f"{as_of - timedelta(days=KEPT_DAYS):%Y%m%d}"
    for event in _events(before):
        is_old = event.get("STATUS") == "CANCELLED" and event.get("DTSTAMP", "") < oldest
        if event.get("UID") not in known and not is_old:
            yield event


def _events(text: str) -> Iterator[Mapping[str, str]]:
    """Yield the events of a file of ours: property -> value as it stands, alarms left out."""
    for body in _EVENT.findall(text):
        lines = _lines(body.partition("BEGIN:VALARM")[0])
        yield dict(line.split(":", 1) for line in lines if ":" in line)


def _lines(text: str) -> list[str]:
    """Return the lines of a file as they were before they were folded."""
    return _ENDED.split(_FOLDED.sub("", text))


def _event(entry: Entry, as_of: date) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield from _stamped(_uid(entry.key), as_of, "CONFIRMED")
    if entry.at:
        yield f"DTSTART:{entry.at:%Y%m%dT%H%M%S}"
        yield "DURATION:PT15M"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(entry.title)}"
    yield f"DESCRIPTION:{_escaped(entry.text)}"
    yield f"CATEGORIES:{_escaped(entry.category)}"
    yield "TRANSP:TRANSPARENT"
    yield "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{'-PT30M' if entry.at else 'PT9H'}")
    yield f"DESCRIPTION:{_escaped(entry.title)}"
    yield from ("END:VALARM", "END:VEVENT")


def _stamped(uid: str, as_of: date, status: str) -> Iterator[str]:
    """Yield which entry it is and how new; programs that know the UID take the higher sequence."""
    yield f"UID:{uid}"
    yield f"DTSTAMP:{as_of:%Y%m%d}T000000Z"
    yield f"SEQUENCE:{(as_of - _EPOCH).days}"
    yield f"STATUS:{status}"


def _cancelled(event: Mapping[str, str], as_of: date, gone: str) -> Iterator[str]:
    """Yield an event as withdrawn; one that was before stays as it is."""
    yield "BEGIN:VEVENT"
    if event.get("STATUS") == "CANCELLED":
        yield from (f"{name}:{value}" for name, value in event.items())
    else:
        yield from _stamped(event["UID"], as_of, "CANCELLED")
        when = ("DTSTART", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE", "DURATION")
        yield from (f"{name}:{event[name]}" for name in when if name in event)
        yield f"SUMMARY:{_escaped(gone).replace('{}', event.get('SUMMARY', ''))}"
        yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _uid(key: str) -> str:
    return f"{key}@ltc-xl"


def _escaped(text: str) -> str:
    r"""Return a text as a property holds it.

    >>> print(_escaped("a,b;c\nd"))
    a\,b\;c\nd
    """
    return text.translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    r"""Yield a line in parts of at most 75 octets; no character is torn apart.

    >>> [len(part.encode()) for part in _folded("今" * 40)]
    [77, 48]
    """
    room, part = LONGEST, ""
    for char in line:
        size = len(char.encode())
        if size > room:
            yield part + "\r\n"
            room, part = LONGEST - 1, " "
        part, room = part + char, room - size
    yield part + "\r\n"

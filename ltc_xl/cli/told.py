"""History in words, for people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ltc_xl.cli import show
from ltc_xl.cli.words import Lang, text

if TYPE_CHECKING:
    from ltc_xl.model.book import Book
    from ltc_xl.session import BackupTold, CommitTold, Event, History

LONGEST = 40
"""So many commits, or cells of one commit, go to the console unless all are asked for."""

SHEETS = 4
"""So many sheets are named in the line of a commit."""


def words(key: str, lang: Lang, **values: object) -> str:
    """Return a text of the topic."""
    from ltc_xl.messages import say

    return say(f"history.{key}", lang, **values)


def sheet(name: str, lang: Lang) -> str:
    """Return the sheet of a table."""
    from ltc_xl.model.tables import table

    return table(name).sheet(lang)


def local(at: datetime) -> str:
    """Return a moment as the machine's clock shows it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def print_commits(commits: Sequence["CommitTold"], lang: Lang, *, everything: bool) -> None:
    """Print commits, one line each."""
    if not commits:
        show.say(words("none", lang))
        return
    shown = commits if everything else commits[-LONGEST:]
    if len(shown) < len(commits):
        show.say(words("earlier", lang, count=len(commits) - len(shown)))
    headers = [words(f"columns.{code}", lang) for code in ("commit", "at", "actor", "command", "what")]
    rows = [
        [str(c.commit.seq), local(c.at), c.commit.actor, _command(c, lang), _what(c, lang)] for c in shown
    ]
    show.print_listing(show.Listing(headers, rows, frozenset({0})))


def _command(told: "CommitTold", lang: Lang) -> str:
    """Return what was run, and the batch of an import."""
    named = _named_command(told.commit.command, lang)
    return f"{named} {told.commit.batch}" if told.commit.batch else named


def _named_command(command: str, lang: Lang) -> str:
    return words("typed", lang) if command == "edit" else command


def _what(told: "CommitTold", lang: Lang) -> str:
    """Return what a commit did, in one line."""
    commit, parts = told.commit, []
    changes = sorted(told.changes.items(), key=lambda item: -sum(item[1].values()))
    for name, counts in changes[:SHEETS]:
        parts.append(words("on_sheet", lang, sheet=sheet(name, lang), what=_parts(counts, lang)))
    if len(changes) > SHEETS:
        parts.append(words("more_sheets", lang, count=len(changes) - SHEETS))
    if told.refused:
        parts.append(words("refused_count", lang, count=told.refused))
    if commit.undoes:
        parts.append(words("undoes", lang, commits=commit.undoes.split(":")[0]))
    if commit.undone_by:
        parts.append(words("undone_by", lang, commit=commit.undone_by))
    if commit.reason:
        parts.append(words("reason", lang, reason=commit.reason))
    return words("and", lang).join(parts) or words("figures_only", lang)


def _parts(counts: Mapping[str, int], lang: Lang) -> str:
    named = (text(f"show.would.{kind}", lang, count=count) for kind, count in counts.items() if count)
    return ("，" if lang == "zh" else ", ").join(named)


def undone_words(data: Mapping[str, Mapping[str, int]], lang: Lang) -> str:
    """Return what an undo did, by sheet."""
    names = dict.fromkeys([*data["new"], *data["deleted"], *data["cells"]])
    by_sheet = {
        name: {kind: data[kind].get(name, 0) for kind in ("new", "deleted", "cells")} for name in names
    }
    told = (
        words("on_sheet", lang, sheet=sheet(name, lang), what=_parts(counts, lang))
        for name, counts in by_sheet.items()
    )
    return words("and", lang).join(told) or words("figures_only", lang)


def print_events(told: "History", events: Sequence["Event"], lang: Lang, *, everything: bool) -> None:
    """Print events under the commit they belong to; those of one commit name their row."""
    shown = events if everything else events[:LONGEST]
    last = 0
    for event in shown:
        if not told.commits and event.seq != last:
            named = _named_command(event.command, lang)
            show.say(
                words("head", lang, commit=event.seq, at=local(event.at), actor=event.actor, command=named)
            )
            last = event.seq
        row = f"{sheet(event.table, lang)} {event.row}  " if told.commits else ""
        for line in _lines(event, told.book, lang):
            show.say(f"  {row}{line}")
    if len(shown) < len(events):
        show.say(words("more", lang, count=len(events) - len(shown)))


def _lines(event: "Event", book: "Book", lang: Lang) -> Iterator[str]:
    """Yield an event in words."""
    from ltc_xl.messages import words_of
    from ltc_xl.model.finding import Finding
    from ltc_xl.model.own_columns import own_name

    column = book.table(event.table).by_code.get(event.column or "")
    label = column.label(lang) if column else own_name(event.column or "")
    old, new = (_shown(event.table, event.column, value, book, lang) for value in (event.old, event.new))
    who = words("program" if not event.by_person else "person", lang)
    if event.what in {"new", "deleted", "activity"}:
        yield words(f"events.{event.what}", lang, who=who, values=_listed(event, book, lang))
        return
    yield words(f"events.{event.what}", lang, who=who, column=label, old=old, new=new, actor=event.actor)
    if event.what == "refused" and event.code:
        finding = Finding(event.code, event.table, event.uid, event.column, event.values)
        yield "  " + words_of(finding, lang).found


def _listed(event: "Event", book: "Book", lang: Lang) -> str:
    """Return the filled cells of a row that came or went."""
    from ltc_xl.model.own_columns import is_own, own_name

    columns = book.table(event.table).by_code
    filled = (
        f"{columns[code].label(lang) if code in columns else own_name(code)}"
        f"={_shown(event.table, code, str(value), book, lang)}"
        for code, value in event.values.items()
        if code in columns or is_own(code)
    )
    return ("，" if lang == "zh" else ", ").join(filled)


def _shown(name: str, code: str | None, value: str | None, book: "Book", lang: Lang) -> str:
    """Return a value of history in the book's words."""
    column = book.table(name).by_code.get(code or "")
    if not value or column is None:
        return value or words("blank", lang)
    if column.enum or column.type == "flag":
        named = {"true": "YES", "false": "NO"}.get(value, value)
        return book.labels(column.enum or "yes_no").get(named, named)
    forms = {"money": _amount, "rate": _percent, "number": _number, "datetime": _moment}
    return forms.get(column.type, str)(value)


def _amount(value: str) -> str:
    return f"{Decimal(value):,.2f}"


def _percent(value: str) -> str:
    """Return a rate as people write it.

    >>> _percent("0.10000000"), _percent("0.125")
    ('10%', '12.5%')
    """
    return f"{(Decimal(value) * 100).normalize():f}%"


def _number(value: str) -> str:
    """Return a number without zeros that say nothing.

    >>> _number("1200.5000"), _number("30.0000")
    ('1,200.5', '30')
    """
    return f"{Decimal(value).normalize():,f}"


def _moment(value: str) -> str:
    return value.removesuffix(".000000").removesuffix(":00")


def print_backups(backups: Sequence["BackupTold"], lang: Lang) -> None:
    """Print the files that can be brought back."""
    if not backups:
        show.say(words("no_backups", lang))
        return
    headers = [words(f"columns.{code}", lang) for code in ("number", "at", "before", "size", "file")]
    rows = [
        [
            str(one.number),
            local(one.at),
            _named_command(one.command, lang) if one.command else "–",
            f"{one.size / 1024:,.0f} KB",
            one.name,
        ]
        for one in backups
    ]
    show.print_listing(show.Listing(headers, rows, frozenset({0, 3})))
    show.say(words("how_to_restore", lang))

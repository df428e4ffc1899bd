"""``ltc-xl history``, ``undo`` and ``restore``: who changed what, take it back, the files before."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.words import Lang, text

if TYPE_CHECKING:
    from ltc_xl.model.book import Book
    from ltc_xl.session import BackupTold, CommitTold, Event, History

LONGEST = 40
"""So many commits, or cells of one commit, go to the console unless all are asked for."""

Entry = Mapping[str, Any]


@click.command(cls=Command)
@book_argument()
@click.argument("target", required=False, metavar="[COMMIT|ID]")
@click.option("--all", "everything", is_flag=True)
@asking("json", "past")
def history(*, asked: Asked, book: Path, target: str | None, everything: bool) -> int:
    """Tell every commit, one commit, or the story of a row."""
    from ltc_xl import session

    with show.working(book.name):
        told = session.history(book, target, asked.how())
    lang = asked.lang or told.book.lang
    if asked.json:
        show.print_json("history", _document(told, target))
    elif target is None:
        _print_commits(told.commits, lang, everything=everything)
    elif told.commits:
        _print_commits(told.commits, lang, everything=True)
        _print_events(told, told.events, lang, everything=everything)
    else:
        for name, uid, row in told.rows:
            show.heading(f"{_sheet(name, lang)} · {row}")
            mine = [event for event in told.events if _about(event, name, uid)]
            _print_events(told, mine, lang, everything=True)
    return 0


@click.command(cls=Command)
@book_argument()
@click.argument("target", metavar="COMMIT|BATCH|ROW")
@asking("json", "dry_run", "past", "reason")
def undo(*, asked: Asked, book: Path, target: str) -> int:
    """Take back a commit, an import batch, or the last change of a row."""
    from ltc_xl import session

    with show.working(book.name):
        result = session.undo(book, target, asked.as_of, asked.how())
    lang = asked.lang or result.book.lang
    if asked.json:
        show.print_json("undo", show.as_document(asked, result))
    else:
        data: Any = result.outcome.data
        what = _counted({**data, "lang": lang}, lang)
        show.say(_text("undone", lang, commits=data["undone"], what=what))
        show.print_written(asked, result, lang)
    return 0


@click.command(cls=Command)
@book_argument()
@click.argument("backup", required=False, metavar="[BACKUP]")
@asking("json", "past", "yes", "reason")
def restore(*, asked: Asked, book: Path, backup: str | None) -> int:
    """List the last backups, or bring one back."""
    from ltc_xl import session

    lang = asked.lang or asked.face
    if backup is None:
        backups = session.backups(book, asked.how())
        if asked.json:
            show.print_json("restore", {"book": str(book), "backups": [_backup(one) for one in backups]})
        else:
            _print_backups(backups, lang)
        return 0
    chosen = session.backup_of(book, backup, asked.how())
    _confirm(asked, _text("confirm", lang, file=book.name, at=_local(chosen.at)), lang)
    with show.working(book.name):
        restored = session.restore(book, chosen, asked.as_of, asked.how())
    if asked.json:
        told = {"book": str(book), "restored": _backup(chosen), "commit": restored.commit}
        show.print_json("restore", {**told, "kept_as": restored.kept_as})
    else:
        show.say(_text("restored", lang, file=book.name, at=_local(chosen.at), commit=restored.commit))
        if restored.kept_as:
            show.say(_text("kept", lang, name=restored.kept_as))
    return 0


def _confirm(asked: Asked, question: str, lang: Lang) -> None:
    """Ask on a terminal; elsewhere a needed confirmation is a refusal."""
    from ltc_xl.model.errors import UsageError

    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("needs_yes")
    click.confirm(f"{question} {text('history.go_on', lang)}", abort=True, err=True)


def _text(key: str, lang: Lang, **values: object) -> str:
    from ltc_xl.messages import say

    return say(f"history.{key}", lang, **values)


def _sheet(name: str, lang: Lang) -> str:
    from ltc_xl.model.tables import table

    return table(name).sheet(lang)


def _local(at: datetime) -> str:
    """Return a moment as the machine's clock shows it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# ---------------------------------------------------------------- machine form


def _document(told: "History", target: str | None) -> Entry:
    """Return what ``history --json`` prints."""
    commits = [_commit(one) for one in told.commits]
    events = [_event(one) for one in told.events]
    if target is None:
        return {"book": told.book.name, "commits": commits}
    if commits:
        return {"book": told.book.name, "commit": commits[0], "events": events}
    rows = [
        {
            "table": name,
            "row_id": row,
            "uid": uid,
            "events": [_event(event) for event in told.events if _about(event, name, uid)],
        }
        for name, uid, row in told.rows
    ]
    return {"book": told.book.name, "rows": rows}


def _commit(told: "CommitTold") -> Entry:
    commit = told.commit
    return {
        "commit": commit.seq,
        "at": _iso(told.at),
        "as_of": commit.as_of,
        "actor": commit.actor,
        "command": commit.command,
        "batch": commit.batch,
        "reason": commit.reason,
        "undoes": commit.undoes,
        "undone_by": commit.undone_by,
        "changes": told.changes,
        "refused": told.refused,
    }


def _event(event: "Event") -> Entry:
    return {
        "commit": event.seq,
        "at": _iso(event.at),
        "as_of": event.as_of,
        "actor": event.actor,
        "command": event.command,
        "reason": event.reason,
        "event": event.what,
        "by": "person" if event.by_person else "program",
        "table": event.table,
        "row_id": event.row,
        "uid": event.uid,
        "column": event.column,
        "old": event.old,
        "new": event.new,
        "values": event.values,
        "code": event.code,
    }


def _backup(told: "BackupTold") -> Entry:
    return {
        "number": told.number,
        "file": told.name,
        "at": _iso(told.at),
        "size": told.size,
        "commit": told.seq,
        "before": told.command,
    }


# ---------------------------------------------------------------- for people


def _print_commits(commits: Sequence["CommitTold"], lang: Lang, *, everything: bool) -> None:
    if not commits:
        show.say(_text("none", lang))
        return
    shown = commits if everything else commits[-LONGEST:]
    if len(shown) < len(commits):
        show.say(_text("earlier", lang, count=len(commits) - len(shown)))
    headers = [_text(f"columns.{code}", lang) for code in ("commit", "at", "actor", "command", "what")]
    rows = [
        [str(c.commit.seq), _local(c.at), c.commit.actor, _command(c, lang), _what(c, lang)] for c in shown
    ]
    show.print_listing(show.Listing(headers, rows, frozenset({0})))


def _command(told: "CommitTold", lang: Lang) -> str:
    """Return what was run, and the batch of an import."""
    named = _named_command(told.commit.command, lang)
    return f"{named} {told.commit.batch}" if told.commit.batch else named


def _named_command(command: str, lang: Lang) -> str:
    return _text("typed", lang) if command == "edit" else command


def _what(told: "CommitTold", lang: Lang) -> str:
    """Return what a commit did, in one line."""
    commit, parts = told.commit, []
    changes = sorted(told.changes.items(), key=lambda item: -sum(item[1].values()))
    for name, counts in changes[:4]:
        parts.append(_text("on_sheet", lang, sheet=_sheet(name, lang), what=_parts(counts, lang)))
    if len(changes) > 4:  # noqa: PLR2004  so many sheets fit a line
        parts.append(_text("more_sheets", lang, count=len(changes) - 4))
    if told.refused:
        parts.append(_text("refused_count", lang, count=told.refused))
    if commit.undoes:
        parts.append(_text("undoes", lang, commits=commit.undoes.split(":")[0]))
    if commit.undone_by:
        parts.append(_text("undone_by", lang, commit=commit.undone_by))
    if commit.reason:
        parts.append(_text("reason", lang, reason=commit.reason))
    return _text("and", lang).join(parts) or _text("figures_only", lang)


def _parts(counts: Mapping[str, int], lang: Lang) -> str:
    named = (text(f"show.would.{kind}", lang, count=count) for kind, count in counts.items() if count)
    return ("，" if lang == "zh" else ", ").join(named)


def _counted(data: Entry, lang: Lang) -> str:
    """Return what an undo did, by sheet."""
    names = dict.fromkeys([*data["new"], *data["deleted"], *data["cells"]])
    by_sheet = {
        name: {kind: data[kind].get(name, 0) for kind in ("new", "deleted", "cells")} for name in names
    }
    told = (
        _text("on_sheet", lang, sheet=_sheet(name, lang), what=_parts(counts, lang))
        for name, counts in by_sheet.items()
    )
    return _text("and", lang).join(told) or _text("figures_only", lang)


def _about(event: "Event", name: str, uid: str) -> bool:
    return event.what == "activity" or (event.table, event.uid) == (name, uid)


def _print_events(told: "History", events: Sequence["Event"], lang: Lang, *, everything: bool) -> None:
    """Print events under the commit they belong to; those of one commit name their row."""
    shown = events if everything else events[:LONGEST]
    last = 0
    for event in shown:
        if not told.commits and event.seq != last:
            named = _named_command(event.command, lang)
            show.say(
                _text("head", lang, commit=event.seq, at=_local(event.at), actor=event.actor, command=named)
            )
            last = event.seq
        row = f"{_sheet(event.table, lang)} {event.row}  " if told.commits else ""
        for line in _lines(event, told.book, lang):
            show.say(f"  {row}{line}")
    if len(shown) < len(events):
        show.say(_text("more", lang, count=len(events) - len(shown)))


def _lines(event: "Event", book: "Book", lang: Lang) -> Iterator[str]:
    """Yield an event in words."""
    from ltc_xl.messages import words_of
    from ltc_xl.model.finding import Finding
    from ltc_xl.model.tables import table

    owner = table(event.table)
    column = owner.by_code.get(event.column or "")
    label = column.label(lang) if column else event.column or ""
    old, new = (_shown(event.table, event.column, value, book, lang) for value in (event.old, event.new))
    who = _text("program" if not event.by_person else "person", lang)
    if event.what in {"new", "deleted", "activity"}:
        yield _text(f"events.{event.what}", lang, who=who, values=_listed(event, book, lang))
        return
    yield _text(f"events.{event.what}", lang, who=who, column=label, old=old, new=new, actor=event.actor)
    if event.what == "refused" and event.code:
        finding = Finding(event.code, event.table, event.uid, event.column, event.values)
        yield "  " + words_of(finding, lang).found


def _listed(event: "Event", book: "Book", lang: Lang) -> str:
    """Return the filled cells of a row that came or went."""
    from ltc_xl.model.tables import table

    columns = table(event.table).by_code
    filled = (
        f"{columns[code].label(lang)}={_shown(event.table, code, str(value), book, lang)}"
        for code, value in event.values.items()
        if code in columns
    )
    return ("，" if lang == "zh" else ", ").join(filled)


def _shown(name: str, code: str | None, value: str | None, book: "Book", lang: Lang) -> str:
    """Return a value of history in the book's words."""
    from ltc_xl.model.tables import table

    column = table(name).by_code.get(code or "")
    if value is None or value == "" or column is None:
        return value or _text("blank", lang)
    if column.type == "flag":
        return book.labels("yes_no")["YES" if value == "true" else "NO"]
    if column.enum:
        return book.labels(column.enum).get(value, value)
    if column.type == "money":
        return f"{Decimal(value):,.2f}"
    return value.split(".")[0] if column.type == "datetime" else value


def _print_backups(backups: Sequence["BackupTold"], lang: Lang) -> None:
    if not backups:
        show.say(_text("no_backups", lang))
        return
    headers = [_text(f"columns.{code}", lang) for code in ("number", "at", "before", "size", "file")]
    rows = [
        [
            str(one.number),
            _local(one.at),
            _named_command(one.command, lang) if one.command else "–",
            f"{one.size / 1024:,.0f} KB",
            one.name,
        ]
        for one in backups
    ]
    show.print_listing(show.Listing(headers, rows, frozenset({0, 3})))
    show.say(_text("how_to_restore", lang))

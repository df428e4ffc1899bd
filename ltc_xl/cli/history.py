"""``ltc-xl history``, ``undo`` and ``restore``: who changed what, take it back, the files before."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ltc_xl.cli import show
from ltc_xl.cli.face import Command
from ltc_xl.cli.options import Asked, asking, book_argument
from ltc_xl.cli.told import local, print_backups, print_commits, print_events, sheet, undone_words, words
from ltc_xl.cli.words import Lang

if TYPE_CHECKING:
    from ltc_xl.session import BackupTold, CommitTold, Event, History

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
        print_commits(told.commits, lang, everything=everything)
    elif told.commits:
        print_commits(told.commits, lang, everything=True)
        print_events(told, told.events, lang, everything=everything)
    else:
        for row in told.rows:
            show.heading(f"{sheet(row.table, lang)} · {row.described}")
            print_events(told, row.events, lang, everything=True)
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
        what = undone_words(data, lang)
        show.say(words("undone", lang, commits=data["undone"], what=what))
        show.print_written(asked, result, lang)
    return 0


@click.command(cls=Command)
@book_argument()
@click.argument("backup", required=False, metavar="[BACKUP]")
@asking("json", "past", "yes", "reason")
def restore(*, asked: Asked, book: Path, backup: str | None) -> int:
    """List the last backups, or bring one back."""
    from ltc_xl import session

    backups = session.backups(book, asked.how())
    lang = asked.lang or (backups[0].lang if backups else asked.face)
    if backup is None:
        if asked.json:
            show.print_json("restore", {"book": str(book), "backups": [_backup(one) for one in backups]})
        else:
            print_backups(backups, lang)
        return 0
    chosen = session.chosen(book, backups, backup)
    _confirm(asked, words("confirm", lang, file=book.name, at=local(chosen.at)), lang)
    with show.working(book.name):
        restored = session.restore(book, chosen, asked.as_of, asked.how())
    if asked.json:
        told = {"book": str(book), "restored": _backup(chosen), "commit": restored.commit}
        show.print_json("restore", {**told, "kept_as": restored.kept_as})
    else:
        show.say(words("restored", lang, file=book.name, at=local(chosen.at), commit=restored.commit))
        if restored.kept_as:
            show.say(words("kept", lang, name=restored.kept_as))
    return 0


def _confirm(asked: Asked, question: str, lang: Lang) -> None:
    """Ask on a terminal; elsewhere a needed confirmation is a refusal."""
    from ltc_xl.model.errors import UsageError

    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("needs_yes")
    click.confirm(f"{question} {words('go_on', lang)}", abort=True, err=True)


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
        {"table": row.table, "row_id": row.row, "uid": row.uid, "events": [_event(one) for one in row.events]}
        for row in told.rows
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
        "rules": json.loads(commit.rules or "{}"),
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

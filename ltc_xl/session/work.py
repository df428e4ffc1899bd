"""The work of a run, in one transaction: what was typed, then what the command wants, then the new file."""

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, needed, net, size
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.tables import table
from ltc_xl.rules.in_force import InForce
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session.desk import Desk, told
from ltc_xl.session.how import Result
from ltc_xl.session.papers import drawn
from ltc_xl.session.ruling import Ruling, typed_in
from ltc_xl.store import Committed, Note, Writing
from ltc_xl.workbook import rearranged

EDIT = "edit"
"""The command of a commit that holds what people typed."""

_NOTHING = Committed(0, "", Changes())


def worked(desk: Desk) -> Result:
    """Commit what was typed, run the service on what counts, commit what it wants; make the new file.

    The new file is made inside the transaction, from the file that was read: only the swap is left.
    """
    ruling = typed_in(desk.book, desk.store, desk.identity, getpass.getuser(), desk.job.as_of).ruling()
    with desk.store.writing(desk.path.name, desk.identity.base_token) as writing:
        return _Work(desk, ruling, writing).result()


@dataclass(frozen=True)
class _Work:
    """One run's commits."""

    desk: Desk
    ruling: Ruling
    writing: Writing

    def result(self) -> Result:
        """Return what the run led to."""
        accepted = self._accepted
        edit = self._typing()
        book = in_force(self.ruling, edit.changes)
        service = self.desk.job.serving(self.writing, self.desk.identity)
        rulebook = self.ruling.rulebook_of(book)
        outcome = service(book, rulebook)
        papers = drawn(outcome, self.desk.job.how, book.lang)
        done = self._wanted(book, outcome)
        result = Result(
            book,
            outcome,
            commit=done.seq or edit.seq or None,
            refused=self.ruling.findings,
            accepted=accepted,
            received=self.desk.received,
            typed_commit=edit.seq or None,
            drawn=papers,
            rulebook=rulebook,
        )
        self._keep_rules(book, done.changes)
        if not result.commit:
            return result
        return self._shown(result, applied(book, done.changes), edit.changes + done.changes)

    @property
    def _shows(self) -> bool:
        return self.desk.job.how.shows_problems

    def _typing(self) -> Committed:
        """Commit what counts of what was typed, and what became of the wishes."""
        ruling = self.ruling
        opened = ruling.opened(shows_problems=self._shows)
        if ruling.is_empty and not opened:
            return _NOTHING
        note = replace(self._note(EDIT), rules=_told(ruling.rule_versions))
        edit = self.writing.commit(
            note, ruling.book, self._site, typed=ruling.accepted, given=ruling.follow_ups
        )
        for why, ids in ruling.closed.items():
            self.writing.close_wishes(ids, why)
        self.writing.open_wishes(opened)
        return edit

    def _wanted(self, book: Book, outcome: Outcome) -> Committed:
        """Commit what the command wants."""
        wanted, job, data = needed(book, outcome.changes), self.desk.job, outcome.data
        if not wanted and not data.get("undoes"):
            return _NOTHING
        note = replace(
            self._note(job.command),
            reason=job.how.reason,
            batch=_text(data, "batch"),
            undoes=_text(data, "undoes"),
            rules=_versions(data),
        )
        done = self.writing.commit(note, book, self._site, given=wanted)
        job.afterwards(self.writing, data)
        return done

    def _keep_rules(self, book: Book, done: Changes) -> None:
        """Keep the versions of the rules that came into force: as typed, or as the command changed them."""
        rules = self.ruling.rules
        if any(table(name).group == "rule" for name in _tables(done)):
            final = applied(book, done)
            known = self.writing.rule_versions()
            rules = InForce(final, bind_rulebook(final), self.desk.job.as_of, known)
        self.writing.keep_rules(rules.new)

    def _shown(self, result: Result, final: Book, made: Changes) -> Result:
        """Make the file that shows the commits, and return the result with what it took."""
        desk, kept = self.desk, Changes(self.ruling.kept(shows_problems=self._shows))
        touched = self.ruling.corrections + made
        changes = needed(desk.book, net(desk.book, applied(final, kept), touched))
        desk.identity = desk.identity.at(self.writing.token or "")
        desk.keeps = bool(kept)
        said = told(desk.job.command, datetime.now(UTC), result.accepted, self.writing.waiting)
        cells = desk.make(changes, said)
        return replace(result, book=rearranged(desk.book, changes), cells=cells, changes=changes)

    def _note(self, command: str) -> Note:
        known = self.desk.identity
        return Note(
            known.workbook_id,
            command,
            getpass.getuser(),
            known.template_version,
            as_of=self.desk.job.as_of,
        )

    @property
    def _accepted(self) -> int:
        """Return how much of what was typed counts; the rules that a new workbook came with nobody typed."""
        accepted = self.ruling.accepted
        if self.desk.identity.base_token:
            return size(accepted)
        rows = accepted.inserts.items()
        return size(
            replace(accepted, inserts={name: new for name, new in rows if table(name).group == "work"})
        )

    @property
    def _site(self) -> str:
        return self.ruling.rulebook.settings["site"]


def in_force(ruling: Ruling, numbered: Changes) -> Book:
    """Return the book as services see it: what counts, numbered, with what was refused as findings."""
    book = rearranged(ruling.book, numbered)
    return replace(book, findings=(*book.findings, *ruling.findings))


def _tables(changes: Changes) -> set[str]:
    """Return the tables whose rows change."""
    return {entry.table for entry in changes.sets} | changes.inserts.keys() | changes.deletes.keys()


def _versions(data: Mapping[str, Any]) -> str | None:
    """Return the versions of the rule sheets that an answer, or one of its steps, went by."""
    answers = (data, *(step for step in data.values() if isinstance(step, Mapping)))
    found = {name: version for one in answers for name, version in one.get("rule_versions", {}).items()}
    return _told(found)


def _told(versions: Mapping[str, str]) -> str | None:
    return json.dumps(versions, sort_keys=True) if versions else None


def _text(data: Mapping[str, Any], key: str) -> str | None:
    return str(data[key]) if data.get(key) else None

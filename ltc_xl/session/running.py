"""Runs: a service on a workbook, its commits, the file, the papers."""

import getpass
from datetime import date
from pathlib import Path
from time import sleep

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, needed, net, size
from ltc_xl.model.errors import BookHasChanged, LtcError, WorldError
from ltc_xl.rules.in_force import with_rests
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.session.desk import desk_of
from ltc_xl.session.how import How, Job, Result, Service
from ltc_xl.session.papers import printed
from ltc_xl.session.peeking import peeked
from ltc_xl.session.ruling import typed_in
from ltc_xl.session.work import in_force, worked
from ltc_xl.store import Identity, Store, locked, missed_changes
from ltc_xl.workbook import check_not_open, rearranged
from ltc_xl.workbook.read import read_book

ATTEMPTS = 5
"""So many times a run is tried while somebody goes on saving the workbook."""

PAUSE = 0.2
"""Seconds between them."""

_AGAIN = {"book_changed", "store_moved"}


def run(path: Path, command: str, service: Service, as_of: date, how: How | None = None) -> Result:
    """Run a service on a workbook; write what it wants into store and file, and its papers into a folder.

    What people typed since the last commit becomes a commit of its own before it.

    Raises:
        LtcError: the file or the store is not as it must be; nothing, or everything, was written.
    """
    return run_job(path, Job(command, lambda _store, _identity: service, as_of, how or How()))


def run_job(path: Path, job: Job) -> Result:
    """Run a command on a workbook."""
    if not job.how.write or job.how.dry_run:
        return printed(path, _asked(path, job), job.how)
    with locked(path):
        result = _finished(path, job)
    return printed(path, result, job.how)


def _finished(path: Path, job: Job) -> Result:
    """Return what a run led to, once the file shows it; try again while somebody goes on saving the workbook.

    What is committed is never done again: then only the file has to catch up.
    """
    done: Result | None = None
    attempt = 0
    while True:
        attempt += 1
        try:
            check_not_open(path)
            with desk_of(path, job) as desk:
                desk.bring_up_to_date()
                if done is None:
                    done = worked(desk)
                    if done.commit:
                        desk.show()
                return done
        except LtcError as error:
            if isinstance(error, BookHasChanged) and error.key in _AGAIN and attempt < ATTEMPTS:
                sleep(PAUSE)
                continue
            raise _final(path, error, done) from error


def _final(path: Path, error: LtcError, done: Result | None) -> LtcError:
    """Return the error a run ends with: what is safe, and the way out."""
    if done is not None and done.commit:
        return WorldError("file_behind", file=path.name, commit=done.commit, why=[error])
    if isinstance(error, BookHasChanged) and error.key in _AGAIN:
        return BookHasChanged("book_saved_again", file=path.name, times=ATTEMPTS, why=[error])
    return error


# ---------------------------------------------------------------- nothing written


def _asked(path: Path, job: Job) -> Result:
    """Return what the command would do, with nothing written."""
    book = read_book(path)
    with peeked(book, job.how) as (store, identity):
        if store and identity:
            return _rehearsed(book, store, identity, job)
        rulebook = with_rests(bind_rulebook(book), job.as_of)
        outcome = job.serving(None, None)(book, rulebook)
        return Result(book, outcome, changes=needed(book, outcome.changes), rulebook=rulebook)


def _rehearsed(book: Book, store: Store, identity: Identity, job: Job) -> Result:
    """Return what the command would do with what the store knows and what was typed since."""
    seq = store.seq_of(identity.base_token) or 0
    missed = needed(book, missed_changes(book, store, seq, identity.workbook_id))
    now = rearranged(book, missed)
    ruling = typed_in(now, store, identity, getpass.getuser(), job.as_of).ruling()
    in_place = in_force(ruling, ruling.follow_ups)
    rulebook = ruling.rulebook_of(in_place)
    outcome = job.serving(store, identity)(in_place, rulebook)
    wanted = needed(in_place, outcome.changes)
    kept = Changes(ruling.kept(shows_problems=job.how.shows_problems))
    touched = missed + ruling.corrections + ruling.follow_ups + wanted
    return Result(
        in_place,
        outcome,
        changes=needed(book, net(book, applied(applied(in_place, wanted), kept), touched)),
        refused=ruling.findings,
        accepted=size(ruling.accepted),
        received=size(missed),
        rulebook=rulebook,
    )

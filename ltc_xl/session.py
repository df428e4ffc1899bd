"""The one writer: opens a workbook, runs a service on it, commits, patches the file, prints the papers.

Store first, file second. New rows get their identity in the file before anything is committed, and the
file carries the token of the commit it shows; so whatever moment a run is stopped at, the next one finds
what is missing in the file and finishes it.
"""

import getpass
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from ltc_xl.imports.raw import RawTable
from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes, applied, needed
from ltc_xl.model.enums import Lang
from ltc_xl.model.errors import UsageError, WorldError
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rollout import TEMPLATES, Plan, template_plan
from ltc_xl.rules.entered import entered
from ltc_xl.rules.rulebook import bind_rulebook
from ltc_xl.store import (
    Identity,
    Note,
    Store,
    identity_of,
    locked,
    missed_changes,
    opened_store,
    state_dir,
    typed_changes,
)
from ltc_xl.workbook import (
    Edit,
    build_book,
    check_not_open,
    edits_of,
    fresh_uids,
    look_edits,
    patch,
    replace_book,
)
from ltc_xl.workbook.read import read_book
from ltc_xl.workbook.swap import digest_of

Service = Callable[[Book, Rulebook], Outcome]
Typing = Callable[[Book], Sequence[Edit]]


@dataclass(frozen=True, slots=True)
class How:
    """How a command runs.

    Attributes:
        write: whether the workbook may be written at all.
        dry_run: do everything but write.
        store: URL of the store, else the workbook's own.
        adopt: start a new store from this workbook when its own is away.
        lang: language of the papers, else the workbook's.
        out: folder of the papers, else ``reports`` beside the workbook; ``papers`` prints none if false.
        reason: kept in the history.
    """

    write: bool = True
    dry_run: bool = False
    store: str | None = None
    adopt: bool = False
    lang: Lang | None = None
    out: Path | None = None
    papers: bool = True
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a run led to: the service's outcome on the book as it stood, the commit, cells and papers."""

    book: Book
    outcome: Outcome
    commit: int | None = None
    cells: int = 0
    papers: tuple[Path, ...] = ()
    changes: Changes = field(default_factory=Changes)


def run(path: Path, command: str, service: Service, as_of: date, how: How | None = None) -> Result:
    """Run a service on a workbook; write what it wants into store and file, and its papers into a folder.

    Raises:
        LtcError: the file or the store is not as it must be; nothing, or everything, was written.
    """
    how = how or How()
    if not how.write or how.dry_run:
        return _printed(path, _asked(path, service), how)
    with locked(path):
        check_not_open(path)
        with _opened(path, how) as desk:
            desk.stamp(as_of)
            desk.catch_up(as_of)
            outcome = service(desk.book, bind_rulebook(desk.book))
            result = desk.commit(command, outcome, as_of, how)
    return _printed(path, result, how)


def _asked(path: Path, service: Service) -> Result:
    """Return what the service would do, with nothing written."""
    book = read_book(path)
    outcome = service(book, bind_rulebook(book))
    return Result(book, outcome, changes=needed(book, outcome.changes))


def _printed(path: Path, result: Result, how: How) -> Result:
    if not how.papers or how.dry_run or not result.outcome.papers:
        return result
    from ltc_xl.render import render_paper

    folder = how.out or path.parent / "reports"
    with _told_if_unwritable(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lang = how.lang or result.book.lang
        papers = [made for paper in result.outcome.papers for made in render_paper(paper, lang, folder)]
    return replace(result, papers=tuple(papers))


def run_import(  # noqa: PLR0913  a workbook, files, and one of two ways to say what they mean
    path: Path,
    files: Sequence[Path],
    *,
    map_file: Path | None,
    form: str | None,
    as_of: date,
    how: How,
) -> Result:
    """Bring foreign rows into a workbook; rows that are turned away go to a file beside theirs."""
    from ltc_xl.imports.sources import read_sources
    from ltc_xl.intake import intake

    sources = read_sources(files, map_file, form)

    def service(book: Book, rulebook: Rulebook) -> Outcome:
        return intake(book, rulebook, as_of, sources.form_map, sources.files, sources.lookups)

    result = run(path, "import", service, as_of, how)
    return _with_rejects(result, sources.files) if how.write and not how.dry_run else result


def _with_rejects(result: Result, files: Mapping[str, RawTable]) -> Result:
    """Write the rows that were turned away; the answer names the files, the first of them by itself."""
    from ltc_xl.imports.rejects import rejects_path, write_rejects

    data: Mapping[str, Any] = result.outcome.data
    written = []
    for name, raw in files.items():
        rejected = [entry for entry in data["rejects"] if entry["file"] == name]
        if rejected:
            written.append(rejects_path(Path(name)))
            with _told_if_unwritable(written[-1].parent):
                write_rejects(written[-1], raw, rejected, result.book.lang)
    named = {"rejects_file": str(written[0]) if written else None, "rejects_files": list(map(str, written))}
    return replace(result, outcome=replace(result.outcome, data={**data, **named}))


def new_book(path: Path, plan: Plan, typed: Typing | None = None) -> None:
    """Make a firm's workbook, with a store of its own; ``typed`` is what a person then types into it.

    Raises:
        UsageError: the name ends in something that Excel takes for another kind of file.
        WorldError: a file of that name is there, or its folder cannot be written.
    """
    if path.suffix.casefold() != ".xlsx":
        raise UsageError("book_ending", file=path.name, proposal=f"{path.stem}.xlsx")
    if path.exists():
        raise WorldError("book_exists", path=str(path))
    own = Plan(**{**plan, "store_id": plan["store_id"] or mint_uids(1)[0]})
    make_book(path, own, typed)


def make_book(path: Path, plan: Plan, typed: Typing | None = None, service: Service | None = None) -> None:
    """Write a workbook that nobody works in yet, as it is shipped: in place of an older one, of no commit.

    Args:
        path: where; the file appears there whole.
        plan: what it is made of.
        typed: what a person types into it.
        service: what the program then does in it.
    """
    with _told_if_unwritable(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = _beside(path)
        made.touch()
        build_book(made, **plan)
        if typed:
            _patch_in_place(made, typed(read_book(made)))
        if service:
            book = read_book(made)
            wanted, day = needed(book, service(book, bind_rulebook(book)).changes), plan["as_of"]
            looks = look_edits(made, applied(book, wanted), day)
            _patch_in_place(made, [*edits_of(book, wanted, day), *looks])
        made.replace(path)


def _patch_in_place(path: Path, edits: Sequence[Edit]) -> None:
    patched = _beside(path)
    patch(path, patched, edits)
    patched.replace(path)


def build_templates(folder: Path) -> tuple[Path, ...]:
    """Write the templates that are shipped; equal models give equal bytes."""
    for name, lang in TEMPLATES.items():
        make_book(folder / name, template_plan(lang))
    return tuple(folder / name for name in TEMPLATES)


def _beside(path: Path) -> Path:
    """Return where the new file of a workbook is made; a left-over one is simply written over."""
    return path.with_name(f".{path.name}.ltc-xl.tmp")


@contextmanager
def _told_if_unwritable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorldError("out_unwritable", path=str(folder), cause=error.strerror or str(error)) from error


@contextmanager
def _opened(path: Path, how: How) -> Iterator["_Desk"]:
    """Put a workbook and its store on the desk."""
    book = read_book(path)
    with opened_store(identity_of(book), how.store, adopt=how.adopt) as (store, identity):
        yield _Desk(path, book, identity, store)


@dataclass
class _Desk:
    """A workbook under the lock, with its store."""

    path: Path
    book: Book
    identity: Identity
    store: Store

    def stamp(self, as_of: date) -> None:
        """Make the ids of new rows, and of a new workbook, durable in the file before anything else."""
        minted = fresh_uids(self.book) + needed(self.book, self.identity.changes(self.book))
        edits = edits_of(self.book, minted, as_of)
        if edits:
            self._patched(edits)
            self._swap()

    def catch_up(self, as_of: date) -> None:
        """Bring the file up to the store's last commit: finish what a stopped command began."""
        seq, head = self.store.seq_of(self.identity.base_token) or 0, self.store.head
        if seq == head:
            return
        missed = missed_changes(self.book, self.store, seq, self.identity.workbook_id)
        self.identity = self.identity.at(self.store.token_of(head))
        self._patched(self._edits(missed, as_of))
        self._swap()
        self.book = read_book(self.path)

    def commit(self, command: str, outcome: Outcome, as_of: date, how: How) -> Result:
        """Commit what was typed and what the command wants, then show it in the file."""
        typed = self._typed()
        given = needed(self.book, outcome.changes + entered(typed, as_of))
        if not typed and not given:
            return Result(self.book, outcome)
        site = bind_rulebook(self.book).settings["site"]
        batch = outcome.data.get("batch")
        note = self._note(command, how, str(batch) if batch else None)
        with self.store.commit(note, self.book, typed, given, site) as done:
            self.identity = self.identity.at(done.token)
            cells = self._patched(self._edits(done.changes, as_of))
        left = self.book
        self._swap()
        self.store.leave(self.identity.workbook_id, done.seq, self.book.digest)
        return Result(left, outcome, done.seq, cells, changes=done.changes)

    def _typed(self) -> Changes:
        """Return what people did since the last commit; none when the file is as we left it."""
        if self.store.was_left(self.identity.workbook_id, self.book.digest):
            return Changes()
        return typed_changes(self.book, self.store)

    def _note(self, command: str, how: How, batch: str | None) -> Note:
        return Note(
            self.identity.workbook_id,
            command,
            getpass.getuser(),
            self.identity.base_token,
            self.identity.template_version,
            how.reason,
            batch,
        )

    def _edits(self, changes: Changes, as_of: date) -> list[Edit]:
        """Return the edits that show the changes, the commit they belong to, and the figures that follow."""
        shown = changes + self.identity.changes(self.book)
        return [*edits_of(self.book, shown, as_of), *look_edits(self.path, applied(self.book, shown), as_of)]

    def _patched(self, edits: list[Edit]) -> int:
        """Write the new file beside the old one; return how many cells differ."""
        try:
            return patch(self.path, _beside(self.path), edits).cells
        except OSError as error:
            folder = str(self.path.parent)
            raise WorldError("folder_unwritable", path=folder, cause=error.strerror or str(error)) from error

    def _swap(self) -> None:
        """Put the new file in the old one's place; the old one becomes the newest backup."""
        backups = state_dir() / "backups" / self.identity.workbook_id
        digest = digest_of(_beside(self.path))
        replace_book(self.path, _beside(self.path), self.book.digest, backups)
        self.book = replace(self.book, digest=digest)

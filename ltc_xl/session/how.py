"""How a command runs, what it runs, and what that led to."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from ltc_xl.model.book import Book
from ltc_xl.model.change import Changes
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import Table
from ltc_xl.store import Commit, Identity, WishTold, Writing
from ltc_xl.workbook import Edit

if TYPE_CHECKING:
    from ltc_xl.render import Drawn

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
        reason: kept in the history; ``force`` passes a guard that may be passed.
        shows_problems: the command writes the Problems sheet; stages that were refused go back to what
            stands, and wait there as wishes.
    """

    write: bool = True
    dry_run: bool = False
    store: str | None = None
    adopt: bool = False
    lang: Lang | None = None
    out: Path | None = None
    papers: bool = True
    reason: str | None = None
    force: bool = False
    shows_problems: bool = False


class Past(Protocol):
    """What a store knows of a workbook: all of it, or as part of the commits that are being made."""

    def rows(self, owner: Table | str) -> pl.DataFrame:
        """Return the state of a table."""

    def all_rows(self, owner: Table | str) -> pl.DataFrame:
        """Return the state of a table with the rows that were deleted."""

    def since(self, seq: int) -> pl.DataFrame:
        """Return the records of every later commit, oldest first."""

    def commits(self) -> list[Commit]:
        """Return all commits, oldest first."""

    def wishes(self) -> tuple[WishTold, ...]:
        """Return every wish there ever was, oldest first."""

    def bodies_replaced(self, workbook_id: str, seqs: Collection[int]) -> Mapping[str, pl.DataFrame]:
        """Return table -> the body that some commits replaced, where no other has written since."""


def _nothing(_writing: Writing, _data: Mapping[str, Any]) -> None:
    """Do nothing more."""


@dataclass(frozen=True, slots=True)
class Job:
    """One command on one workbook.

    Attributes:
        command: its name, for the history.
        serving: the service for a workbook with a past; both are None where no store knows the workbook.
        as_of, how: the day, and how it runs.
        afterwards: what else belongs to its commit; it is handed the answer's data.
    """

    command: str
    serving: Callable[[Past | None, Identity | None], Service]
    as_of: date
    how: How
    afterwards: Callable[[Writing, Mapping[str, Any]], None] = _nothing


@dataclass(frozen=True, slots=True)
class Result:
    """What a run led to.

    Attributes:
        book: as it stands in the file now.
        outcome: the service's.
        commit: the last commit, if there was something to commit.
        cells: cells written into the file.
        papers: files printed.
        changes: what the file was made to show, or would be.
        refused: stages that people typed and that do not count, or not yet.
        accepted: cells and rows that people had typed and that count now.
        received: cells and rows that the store had and the file had not.
        typed_commit: the commit of what people had typed, if they had.
        drawn: papers that are made and not printed yet.
        left_out: PDF files that could not be made for want of a font; the other forms of the papers could.
        rulebook: the rules it went by.
    """

    book: Book
    outcome: Outcome
    commit: int | None = None
    cells: int = 0
    papers: tuple[Path, ...] = ()
    changes: Changes = field(default_factory=Changes)
    refused: tuple[Finding, ...] = ()
    accepted: int = 0
    received: int = 0
    typed_commit: int | None = None
    drawn: "Drawn | None" = None
    left_out: tuple[str, ...] = ()
    rulebook: Rulebook = field(default_factory=Rulebook)

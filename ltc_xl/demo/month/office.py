"""The office where the month happens: one workbook, who types into it, and what is run on it."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from ltc_xl import session
from ltc_xl.demo.garden import Garden
from ltc_xl.demo.month.days import Days, days_of
from ltc_xl.demo.month.hand import Hand
from ltc_xl.demo.month.scene import Scene
from ltc_xl.demo.telling import at_work, facts, words
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.sync import sync
from ltc_xl.workbook.edits import Edit


@dataclass
class Office:
    """A workbook in a folder, and the month that passes over it.

    Attributes:
        path: the workbook.
        garden: the firm as it was planted.
        how: how commands run; papers are printed on the last day alone.
        papers: what was printed, and the lists that came in.
        standing: what the last sync found, by severity.
        book: as the last command left it.
        left_alone: leads that their owner does not work on.
    """

    path: Path
    garden: Garden
    as_of: date
    how: session.How
    papers: list[Path] = field(default_factory=list)
    standing: Mapping[str, int] = field(default_factory=dict)
    book: Book = field(default_factory=lambda: Book(""))
    left_alone: frozenset[str] = frozenset()

    @property
    def lang(self) -> Lang:
        """Return the language of the firm."""
        return self.garden.lang

    @property
    def days(self) -> Days:
        """Return the days on which something happens."""
        return days_of(self.as_of)

    @cached_property
    def faulty(self) -> frozenset[str]:
        """Return the rows whose faults stand to the end; those of who left are followed by others."""
        gone = (fault.row_id for fault in self.garden.planted if fault.story == "salesperson_gone")
        return frozenset(self.garden.touched.difference(gone))

    def words(self, group: str) -> Mapping[str, Any]:
        """Return words of the month."""
        found: Mapping[str, Any] = words(self.lang)["month"][group]
        return found

    def dice(self, day: date) -> Random:
        """Return the dice of a day: they always fall the same way, in both languages."""
        return Random(f"{facts()['firm']['seed']} {(day - self.days.opening).days}")  # noqa: S311  a story

    # ------------------------------------------------------------ what people and commands do

    def types(self, typing: Callable[[Hand], None]) -> None:
        """Let people type, and save."""

        def typed(book: Book) -> Sequence[Edit]:
            hand = Hand(book)
            typing(hand)
            return hand.edits

        session.save_typed(self.path, typed)

    def syncs(self, day: date, *, papers: bool = False) -> session.Result:
        """Run the daily sync."""
        result = self._left(sync(self.path, day, replace(self.how, papers=papers and self.how.papers)))
        data: Any = result.outcome.data
        self.standing = data["check"]["counts"]
        return result

    def imports(self, file: Path, form: str, day: date) -> session.Result:
        """Bring in a list."""
        how = replace(self.how, papers=False)
        done = session.run_import(self.path, [file], map_file=None, form=form, as_of=day, how=how)
        return self._left(done)

    def undoes(self, batch: str, day: date) -> session.Result:
        """Take an import back."""
        return self._left(session.undo(self.path, batch, day, replace(self.how, papers=False)))

    def serves(self, command: str, service: session.Service, day: date) -> session.Result:
        """Run a command that prints papers."""
        return self._left(session.run(self.path, command, service, day, self.how))

    def looks(self) -> session.How:
        """Return how something is looked up that changes nothing."""
        return replace(self.how, write=False, papers=False)

    def _left(self, result: session.Result) -> session.Result:
        self.papers += result.papers
        self.book = result.book
        return result

    def note(self, key: str, day: date) -> dict[str, object]:
        """Return what is typed on a deal of the story: what came of it, the next step, and when."""
        note, step = self.words("deals")[key]
        return {"note": note, "next_step": step, "next_on": at_work(day + timedelta(days=7))}

    def lays(
        self,
        name: str,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Mapping[str, object]],
        encoding: str = "utf-8-sig",
    ) -> Path:
        """Put a list beside the workbook, as it came by mail: headers and words of a sheet; return where.

        A workbook is what a scanner of business cards makes, a CSV in GBK what a Chinese web site exports.
        """
        path = free(self.path.with_name(str(self.words("files")[name])))
        hand = Hand(self.book)
        cells = [
            [hand.header(table, code) for code in columns],
            *([hand.word(table, code, row.get(code)) for code in columns] for row in rows),
        ]
        if path.suffix == ".xlsx":
            _as_workbook(path, cells)
        else:
            with path.open("w", encoding=encoding, newline="") as file:
                csv.writer(file).writerows(cells)
        self.papers.append(path)
        return path

    # ------------------------------------------------------------ what is told of it

    def command(self, *parts: object) -> str:
        """Return a command as a person types it."""
        return " ".join(["ltc-xl", *(_quoted(str(part)) for part in parts)])

    def scene(
        self,
        name: str,
        day: date,
        commands: Sequence[str],
        expected: Mapping[str, object],
        seen: Mapping[str, object],
        **values: object,
    ) -> Scene:
        """Return what happened as a scene."""
        number = (day - self.days.opening).days
        return Scene(name, day, number, tuple(commands), expected, seen, {**seen, **values})


def free(path: Path) -> Path:
    """Return the path, or the first with a number that is free."""
    names = (path.with_stem(f"{path.stem} ({count})") for count in range(2, 1000))
    return path if not path.exists() else next(name for name in names if not name.exists())


def _as_workbook(path: Path, cells: Sequence[Sequence[str]]) -> None:
    """Write a list as a workbook of one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.worksheets[0]
    for row in cells:
        sheet.append(list(row))
    book.save(path)


def _quoted(part: str) -> str:
    return f'"{part}"' if " " in part else part

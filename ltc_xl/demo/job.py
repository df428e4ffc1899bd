"""The demo: makes the firm, runs the job on it, and holds what was found to what was planted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ltc_xl import session
from ltc_xl.demo.book import new_firm_book
from ltc_xl.demo.faults import STORIES
from ltc_xl.demo.garden import Planted
from ltc_xl.demo.month import Office, Scene, days_of, free, month, moving_in
from ltc_xl.demo.telling import words
from ltc_xl.messages import say, title_of
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.finding import Finding

Place = tuple[str, str, str, str]
"""Code, table, row, column: where a fault was planted, and where a finding points."""


@dataclass(frozen=True, slots=True)
class Planting:
    """The faults of one story: what was planted under one code, and what of it was found."""

    story: str
    code: str
    cells: tuple[str, ...]
    found: int


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo made, planted and found.

    Attributes:
        lang: language of the demo.
        as_of: the day it is told for.
        book: the workbook.
        papers: what was printed beside it.
        rows: table -> how many rows the firm has.
        plantings: what was planted, by story.
        extra: what was found and not planted, as (code, cell).
        month: what happened in the four weeks until that day.
        standing: what the sheet Problems holds in the end, by severity.
    """

    lang: Lang
    as_of: date
    book: Path
    papers: tuple[Path, ...]
    rows: Mapping[str, int]
    plantings: tuple[Planting, ...]
    extra: tuple[tuple[str, str], ...]
    month: tuple[Scene, ...] = ()
    standing: Mapping[str, int] = field(default_factory=dict)

    @property
    def planted(self) -> int:
        """Return how many faults were planted."""
        return sum(len(planting.cells) for planting in self.plantings)

    @property
    def found(self) -> int:
        """Return how many of them were found."""
        return sum(planting.found for planting in self.plantings)

    @property
    def exit_status(self) -> int:
        """Return 0 when exactly what was planted was found, and the month went as its script has it."""
        return int(not self.is_exact or any(not scene.ok for scene in self.month))

    @property
    def is_exact(self) -> bool:
        """Return whether exactly what was planted was found."""
        return self.found == self.planted and not self.extra

    def headline(self) -> str:
        """Return who the firm is."""
        company = words(self.lang)["firm"]["company"]
        people = words(self.lang)["firm"]["members"][:-1]
        return say(
            "demo.lines.firm", self.lang, company=company, people=len(people), as_of=self.as_of, **self.rows
        )

    def verdict(self) -> str:
        """Return whether everything was found, and nothing else."""
        if self.is_exact:
            return say("demo.lines.exact", self.lang, planted=self.planted)
        missed = self.planted - self.found
        counts = {"planted": self.planted, "found": self.found, "missed": missed, "extra": len(self.extra)}
        return say("demo.lines.inexact", self.lang, **counts)

    def month_off(self) -> str | None:
        """Return how many scenes went otherwise than the script has it, if any did."""
        off = sum(not scene.ok for scene in self.month)
        return say("demo.lines.month_off", self.lang, count=off) if off else None

    def headers(self) -> list[str]:
        """Return the headers of the closing table."""
        return [say(f"demo.headers.{key}", self.lang) for key in ("story", "rule", "code", "place", "found")]

    def table(self) -> list[list[str]]:
        """Return the closing table: what was planted, where, and whether it was found."""
        return [*map(self._row, self.plantings), *(self._extra_row(code, cell) for code, cell in self.extra)]

    def _row(self, planting: Planting) -> list[str]:
        count = len(planting.cells)
        place = say("demo.found.places", self.lang, first=planting.cells[0], count=count)
        return [
            say(f"demo.planted.{planting.story}", self.lang),
            title_of(planting.code, self.lang),
            planting.code,
            place if count > 1 else planting.cells[0],
            say("demo.found.all", self.lang, found=planting.found, count=count),
        ]

    def _extra_row(self, code: str, cell: str) -> list[str]:
        return [say("demo.found.extra", self.lang), title_of(code, self.lang), code, cell, ""]

    def stories(self) -> list[str]:
        """Return what happened in the firm and is booked as it should be."""
        return [say(f"demo.stories.{story}", self.lang) for story in STORIES]

    def files(self) -> list[Path]:
        """Return what was made, the workbook first."""
        return [self.book, *self.papers]

    def first_files(self) -> list[Path]:
        """Return what to open first: the workbook and the director's page."""
        return [self.book, *(path for path in self.papers if path.match("management-*.html"))]

    def data(self) -> dict[str, object]:
        """Return the machine form."""
        return {
            "as_of": self.as_of.isoformat(),
            "rows": dict(self.rows),
            "planted": [
                {"story": p.story, "code": p.code, "cells": list(p.cells), "found": p.found}
                for p in self.plantings
            ],
            "extra": [{"code": code, "cell": cell} for code, cell in self.extra],
            "month": [scene.data(self.lang) for scene in self.month],
            "standing": dict(self.standing),
            "files": [str(path) for path in self.files()],
        }


def run_demo(folder: Path, lang: Lang, as_of: date, how: session.How | None = None) -> DemoResult:
    """Make the firm's workbook in a folder as of four weeks before a day, and live through those weeks.

    What the first sync finds is held to what was planted, each scene of the month to what its script
    expects. A workbook that stands there already is left alone; the new one gets another name.
    """
    how = how or session.How(out=folder / "reports")
    folder.mkdir(parents=True, exist_ok=True)
    path = free(folder / words(lang)["firm"]["book"])
    opening = days_of(as_of).opening
    office = Office(path, new_firm_book(path, lang, opening), as_of, how)
    first = office.syncs(opening)
    plantings, extra = compared(office.garden.planted, first.outcome.findings, first.book)
    found = sum(planting.found for planting in plantings)
    moved = moving_in(office, first, len(office.garden.planted), found, len(extra))
    scenes = (moved, *month(office))
    rows = {name: frame.height for name, frame in office.garden.frames.items()}
    papers = tuple(dict.fromkeys(office.papers))
    return DemoResult(lang, as_of, path, papers, rows, plantings, extra, scenes, office.standing)


def compared(
    planted: Sequence[Planted], findings: Iterable[Finding], book: Book
) -> tuple[tuple[Planting, ...], tuple[tuple[str, str], ...]]:
    """Return the plantings by story, and what was found beside them."""
    aims = {(p.code, p.table, p.row_id, p.column): p for p in planted}
    found = {_place(finding) for finding in findings}
    stories: dict[tuple[str, str], list[Place]] = {}
    for place, aim in aims.items():
        stories.setdefault((aim.story, aim.code), []).append(place)
    plantings = tuple(
        Planting(story, code, tuple(_cell(book, place) for place in places), len(found.intersection(places)))
        for (story, code), places in stories.items()
    )
    extra = tuple(sorted((place[0], _cell(book, place)) for place in found - set(aims)))
    return plantings, extra


def _place(finding: Finding) -> Place:
    return finding.code, finding.table, finding.row_id or "", finding.column or ""


def _cell(book: Book, place: Place) -> str:
    """Return the cell as a person finds it."""
    cell = book.cell(place[1], place[2], place[3])
    return "!".join(cell) if cell else place[1]

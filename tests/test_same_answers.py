"""The same answers, whoever saved, sorted, moved or renamed the workbook; a second check writes nothing."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from other_hands import (
    by_openpyxl,
    columns_moved,
    fifty_columns_beside,
    fifty_columns_inside,
    filtered,
    headers_in,
    lines_above_the_header,
    saved_by_libreoffice,
    saved_by_openpyxl,
    sorted_backwards,
)

from ltc_xl import collect, report, session
from ltc_xl.check import check
from ltc_xl.demo import DEMO_DAY
from ltc_xl.demo.book import new_firm_book
from ltc_xl.demo.firm import firm
from ltc_xl.demo.garden import Garden
from ltc_xl.model.book import Book
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.rollout import new
from ltc_xl.rules import bind_rulebook
from ltc_xl.workbook import read_book

Place = tuple[str, str, str | None, str | None]
NAME = "衡远.xlsx"

WAYS = {
    "saved by openpyxl, filtered": (saved_by_openpyxl, filtered),
    "headers in English, fifty columns beside": (headers_in("en"), fifty_columns_beside),
    "sorted, fifty columns inside": (sorted_backwards, fifty_columns_inside),
    "columns moved, below a title": (columns_moved, lines_above_the_header),
}
STANDS = list(WAYS)[:2]
"""Ways that leave every cell where it stands: then the Problems sheet says the same already."""
ALL_AT_ONCE = [change for changes in WAYS.values() for change in changes]


@dataclass(frozen=True)
class Answers:
    """What a workbook says: findings as places, and the figures of every report."""

    findings: frozenset[Place]
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """A checked workbook, the state it belongs to, and what it says."""

    folder: Path
    answers: Answers
    garden: Garden | None = None

    @property
    def book(self) -> Path:
        return self.folder / NAME


def checked(book: Path) -> session.Result:
    def service(read: Book, rules: Rulebook) -> Outcome:
        return check(read, rules, DEMO_DAY)

    return session.run(book, "check", service, DEMO_DAY, session.How(papers=False))


def answers(book: Path) -> Answers:
    """Return what a workbook says, read anew and asked every question."""
    read = read_book(book)
    rules = bind_rulebook(read)
    papers = {
        "aging": collect.aging(read, rules, DEMO_DAY),
        "aging by line": collect.aging(read, rules, DEMO_DAY, by="line"),
        "metrics": collect.metrics(read, rules, DEMO_DAY),
        "funnel": report.funnel(read, rules, DEMO_DAY),
        "funnel by owner": report.funnel(read, rules, DEMO_DAY, by="owner"),
    }
    return Answers(places(check(read, rules, DEMO_DAY)), {name: paper.data for name, paper in papers.items()})


def places(outcome: Outcome) -> frozenset[Place]:
    return frozenset((f.code, f.table, f.row_id, f.column) for f in outcome.findings)


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("soffice")


def desk_of(folder: Path, *, faults: bool) -> Desk:
    """Return the demo firm's workbook, checked, with its store beside it."""
    garden = None
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        if faults:
            garden = new_firm_book(folder / NAME, "zh", DEMO_DAY)
        else:
            rows = firm(DEMO_DAY, "zh")
            session.new_book(folder / NAME, new(lang="zh", site="SZ", store_id="", as_of=DEMO_DAY, rows=rows))
        checked(folder / NAME)
    return Desk(folder, answers(folder / NAME), garden)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk_of(tmp_path_factory.mktemp("faulty"), faults=True)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return desk_of(tmp_path_factory.mktemp("clean"), faults=False)


def taken(desk: Desk, folder: Path, state: Path) -> Path:
    """Return a copy of the workbook for one test, and of the state it belongs to."""
    shutil.copytree(desk.folder / "state", state, dirs_exist_ok=True)
    return Path(shutil.copy(desk.book, folder))


def settles(book: Path) -> session.Result:
    """Check a workbook twice; the second time must leave its bytes."""
    first = checked(book)
    before = book.read_bytes()
    assert checked(book).commit is None
    assert book.read_bytes() == before
    return first


def test_the_firm_says_something_and_exactly_what_was_planted(faulty: Desk, clean: Desk) -> None:
    assert faulty.garden
    planted = {(p.code, p.table, p.row_id, p.column) for p in faulty.garden.planted}
    assert faulty.answers.findings == planted
    assert clean.answers.findings == set()
    for desk in (faulty, clean):
        assert desk.answers.figures["aging"]["currencies"]
        assert desk.answers.figures["funnel"]["rows"]


@pytest.mark.parametrize("way", WAYS)
def test_whatever_was_done_to_the_workbook_the_answers_are_the_same(
    way: str, faulty: Desk, tmp_path: Path, own_state_dir: Path
) -> None:
    book = taken(faulty, tmp_path, own_state_dir)
    by_openpyxl(book, *WAYS[way])
    first = settles(book)
    assert places(first.outcome) == faulty.answers.findings
    assert answers(book) == faulty.answers
    assert (first.commit is None) == (way in STANDS)
    assert not {entry.table for entry in first.changes.sets}


def test_all_of_it_at_once_and_a_clean_workbook_stays_clean(
    clean: Desk, tmp_path: Path, own_state_dir: Path
) -> None:
    book = taken(clean, tmp_path, own_state_dir)
    by_openpyxl(book, *ALL_AT_ONCE)
    assert settles(book).commit is None
    assert answers(book) == clean.answers


# ---------------------------------------------------------------- LibreOffice


@pytest.fixture(scope="module")
def saved(
    faulty: Desk, clean: Desk, profile: Path, tmp_path_factory: pytest.TempPathFactory
) -> Sequence[Path]:
    """Return both workbooks as LibreOffice saves them: the faulty one, the clean one."""
    return [saved_by_libreoffice(d.book, profile, tmp_path_factory.mktemp("saved")) for d in (faulty, clean)]


@pytest.mark.needs_program("soffice")
def test_saved_by_libreoffice_a_clean_workbook_is_not_written(
    saved: Sequence[Path], clean: Desk, tmp_path: Path, own_state_dir: Path
) -> None:
    taken(clean, tmp_path, own_state_dir)
    book = Path(shutil.copy(saved[1], tmp_path))
    assert settles(book).commit is None
    assert answers(book) == clean.answers


@pytest.mark.needs_program("soffice")
def test_saved_by_libreoffice_the_answers_are_the_same_but_for_what_it_calculated(
    saved: Sequence[Path], faulty: Desk, tmp_path: Path, own_state_dir: Path
) -> None:
    """A formula nobody had calculated (V-02) has its value now: cured, and nothing else."""
    taken(faulty, tmp_path, own_state_dir)
    book = Path(shutil.copy(saved[0], tmp_path))
    settles(book)
    found = answers(book)
    assert {place[0] for place in faulty.answers.findings - found.findings} == {"V-02"}
    assert found.findings <= faulty.answers.findings
    assert found.figures == faulty.answers.figures

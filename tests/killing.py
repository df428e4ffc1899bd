"""Kills: a run is stopped at a moment of its own, and what is left behind is held to an undisturbed run."""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Literal, get_args

import openpyxl
import polars as pl
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from other_hands import saved_by_libreoffice

from ltc_xl import rollout, session
from ltc_xl.demo import DEMO_DAY, firm
from ltc_xl.demo.month.hand import Hand
from ltc_xl.model.book import Book
from ltc_xl.model.ids import mint_uids
from ltc_xl.model.tables import ROW, UID, table, tables
from ltc_xl.session import How
from ltc_xl.shipped import shipped
from ltc_xl.store import WHOLE_ROW, Store, followed, identity_of, kept_columns, recalled_texts
from ltc_xl.store.values import remembered
from ltc_xl.sync import sync
from ltc_xl.workbook.edits import Edit
from ltc_xl.workbook.read import read_book

When = Literal["before the stamp", "before the commit", "between commit and swap", "after the swap"]
Rows = Mapping[str, pl.DataFrame]

STATE = ".state"
"""The folder of a case in which store and backups lie; no user sees it."""

_PACE = 0.002
"""Seconds between two looks at a run that goes on."""

_SAID = ("done_by", "accepted", "waiting")
"""What the hidden sheet says of the last run that hangs on neither clock nor chance."""

_UID = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{12}\b")
_SCRIPT = """
import os, sys
from datetime import date
from pathlib import Path
from ltc_xl import render
from ltc_xl.session import How
from ltc_xl.sync import sync
print("ready", flush=True)
path, state, day, papers = sys.stdin.readline().rstrip("\\n").split("\\t")
os.environ["LTC_XL_STATE"] = state
sync(Path(path), date.fromisoformat(day), How(papers=papers == "True"))
"""


# ---------------------------------------------------------------- runs


@dataclass(frozen=True)
class Case:
    """A workbook with typing that waits, and its store, in a folder; every run gets a copy of it.

    Attributes:
        folder: with the workbook and ``STATE``.
        book: name of the workbook.
        day: of the run.
        tenant: id of its store.
        papers: whether it prints.
    """

    folder: Path
    book: str
    day: date
    tenant: str
    papers: bool = False

    def copied(self, folder: Path) -> "Case":
        """Return a copy in a folder of its own."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)

    @property
    def path(self) -> Path:
        """Return where the workbook is."""
        return self.folder / self.book

    @property
    def store(self) -> Path:
        """Return where its store is."""
        return self.folder / STATE / f"{self.tenant}.sqlite"


class Run:
    """A fresh process that has imported everything and waits for its case."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", _SCRIPT]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  our own script
        self._state: Path | None = None

    def start(self, case: Case) -> float:
        """Let it run; return the moment it began."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdout.readline()
        self._process.stdin.write(f"{case.path}\t{case.folder / STATE}\t{case.day}\t{case.papers}\n")
        self._process.stdin.flush()
        return time.perf_counter()

    def kill_at(self, moment: float) -> bool:
        """Send SIGKILL at a moment; return whether the run was still going on."""
        time.sleep(max(moment - time.perf_counter(), 0))
        self._process.kill()
        killed = self._process.wait() < 0
        self._close()
        return killed

    def watched(self, case: Case) -> tuple[float, float]:
        """Run to the end; return how long that took, and after how long the last new file was in place."""
        began = self.start(case)
        file, swap = case.path.stat().st_ino, 0.0
        while self._process.poll() is None:
            if case.path.stat().st_ino != file:
                file, swap = case.path.stat().st_ino, time.perf_counter() - began
            time.sleep(_PACE)
        assert self._process.returncode == 0
        self._close()
        return time.perf_counter() - began, swap

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def in_state_of(case: Case) -> Iterator[None]:
    """Keep stores and backups in the case's own folder, here and in processes started meanwhile."""
    before = os.environ.get("LTC_XL_STATE")
    os.environ["LTC_XL_STATE"] = str(case.folder / STATE)
    try:
        yield
    finally:
        if before is None:
            del os.environ["LTC_XL_STATE"]
        else:
            os.environ["LTC_XL_STATE"] = before


def rerun(case: Case) -> None:
    """Run the same command again, to its end."""
    with in_state_of(case):
        sync(case.path, case.day, How(papers=case.papers))


# ---------------------------------------------------------------- what is left behind


@dataclass(frozen=True)
class Left:
    """What a workbook and its store hold, told without anything that hangs on chance or the clock.

    Attributes:
        tables: every table of the workbook.
        state: every table of the store.
        wishes: what people want and did not get.
        commits: command, day and batch of each.
        said: what the hidden sheet says of the last run.
        parts: the parts of the file.
        names: what lies in the folder.
    """

    tables: Rows
    state: Rows
    wishes: Sequence[tuple[str, ...]]
    commits: Sequence[tuple[object, ...]]
    said: Mapping[str, str | None]
    parts: frozenset[str]
    names: tuple[str, ...]

    def differences(self, other: "Left") -> list[str]:
        """Return what differs, named."""
        names = ("wishes", "commits", "said", "parts", "names")
        found = [
            f"{n}: {getattr(self, n)} / {getattr(other, n)}"
            for n in names
            if getattr(self, n) != getattr(other, n)
        ]
        for what, mine, theirs in (("file", self.tables, other.tables), ("store", self.state, other.state)):
            found += [
                f"{what} {name}" for name in mine if not mine[name].equals(theirs[name], null_equal=True)
            ]
        return found


def left_of(case: Case) -> Left:
    """Return what a case holds now."""
    book = read_book(case.path)
    called = _called(book)
    with opened(case) as store:
        state = {owner.name: _told(store.rows(owner.name), called) for owner in followed(book)}
        wishes = sorted((_named(w.row_id, called), w.column, w.wanted, w.code) for w in store.open_wishes())
        commits = [
            (c.seq, c.command, c.as_of, c.batch, c.workbook_id == _workbook(book)) for c in store.commits()
        ]
    meta = dict(book.rows("meta").select("key", "value").iter_rows())
    with zipfile.ZipFile(case.path) as file:
        parts = frozenset(file.namelist())
    return Left(
        contents(book),
        {name: rows.sort(UID) for name, rows in state.items()},
        wishes,
        commits,
        {key: meta.get(key) for key in _SAID},
        parts,
        tuple(sorted(path.name for path in case.folder.rglob("*") if STATE not in path.parts)),
    )


def contents(book: Book) -> Rows:
    """Return the tables of a workbook in the order of their rows; ids are told by the place of their row."""
    called = _called(book)
    names = (name for name, held in book.tables.items() if held.place and name != "meta")
    return {name: _told(book.rows(name).sort(ROW), called).drop(ROW) for name in names}


def _called(book: Book) -> Mapping[str, str]:
    """Return ``_uid`` -> table and place."""
    tables = ((name, book.rows(name).sort(ROW)[UID]) for name in book.tables)
    return {uid: f"{name} {place}" for name, uids in tables for place, uid in enumerate(uids) if uid}


def _told(rows: pl.DataFrame, called: Mapping[str, str]) -> pl.DataFrame:
    """Return rows in whose texts every id is replaced."""
    texts = [column for column, dtype in rows.schema.items() if dtype == pl.String]
    return rows.with_columns(
        pl.Series(column, [text and _named(text, called) for text in rows[column]], pl.String)
        for column in texts
    )


def _named(text: str, called: Mapping[str, str]) -> str:
    return _UID.sub(lambda found: called.get(found[0], found[0]), text)


def _workbook(book: Book) -> str:
    return identity_of(book).workbook_id


@contextmanager
def opened(case: Case) -> Iterator[Store]:
    """Open the store of a case."""
    store = Store(case.store, case.tenant)
    try:
        yield store
    finally:
        store.close()


def broken_links(case: Case) -> list[str]:
    """Return where the history of a cell does not hang together, or does not end in what the store holds.

    The old value of each change is what the change before left; rows come whole, with their first values.
    """
    with opened(case) as store:
        records = store.since(0).filter(pl.col("entity").is_in(list(tables())))
        standing = {name: _as_texts(store.rows(name), name) for name in records["entity"].unique().sort()}
    found: list[str] = []
    held: dict[tuple[str, str, str], str | None] = {}
    for name, uid, column, old, new in records.select("entity", "row_id", "column", "old", "new").iter_rows():
        if column == WHOLE_ROW:
            first: Mapping[str, object] = recalled_texts(new or "{}")
            held.update({(name, uid, code): _text(first.get(code)) for code in standing[name].columns[1:]})
        elif column in standing[name].columns:
            before = held.get((name, uid, column))
            found += [f"{name} {uid} {column}: {before} / {old}"] if before != old else []
            held[name, uid, column] = new
    for name, rows in standing.items():
        for uid, *values in rows.iter_rows():
            for code, value in zip(rows.columns[1:], values, strict=True):
                last = held.get((name, uid, code))
                found += [f"{name} {uid} {code} ends in {last}, stands as {value}"] if last != value else []
    return found


def _as_texts(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return rows as history keeps them, ``_uid`` first."""
    codes = [column.code for column in kept_columns(table(name))]
    return rows.select(UID, *(remembered(pl.col(code), rows.schema[code]).alias(code) for code in codes))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# ---------------------------------------------------------------- kills


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: when it came, whether the run was still going on, and what was wrong afterwards."""

    at: float
    when: When
    killed: bool
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Before:
    """A case before any run: the bytes of its workbook, what they hold, the store's last commit."""

    data: bytes
    tables: Rows
    head: int


def before_runs(case: Case) -> Before:
    """Return how a case stands before any run."""
    book = read_book(case.path)
    assert identity_of(book).store_id == case.tenant
    with opened(case) as store:
        return Before(case.path.read_bytes(), contents(book), store.head)


def kills(case: Case, count: int, seed: str, folder: Path) -> list[Kill]:
    """Kill runs of a case at random moments of an undisturbed run, and hold what is left to it."""
    dice = Random(seed)  # noqa: S311  moments, no secret
    whole = case.copied(folder / "whole")
    run, spare = Run(), Run()
    length, swap = run.watched(whole)
    before, expected = before_runs(case), left_of(whole)
    assert len(expected.commits) > before.head
    made = []
    for number, moment in enumerate(_moments(dice, count, length, swap)):
        run, spare = spare, Run()
        made.append(_killed(case.copied(folder / str(number)), run, moment, before, expected))
        shutil.rmtree(folder / str(number))
    spare.kill_at(0)
    return made


def _moments(dice: Random, count: int, length: float, swap: float) -> list[float]:
    """Return two thirds of the moments spread over the whole run, one third just around the swap."""
    spread_out = count - count // 3
    whole = [(place + dice.random()) / spread_out * length for place in range(spread_out)]
    return [*whole, *(swap - dice.uniform(-0.02, 0.08) * length for _ in range(count // 3))]


def _killed(case: Case, run: Run, moment: float, before: Before, expected: Left) -> Kill:
    killed = run.kill_at(run.start(case) + moment)
    when, wrong = _left_by_kill(case, before, expected)
    rerun(case)
    wrong += left_of(case).differences(expected)
    wrong += [f"history: {link}" for link in broken_links(case)]
    return Kill(moment, when, killed, tuple(wrong))


def _left_by_kill(case: Case, before: Before, expected: Left) -> tuple[When, list[str]]:
    """Return how far the run had come, and what is wrong with a file that must be old or new, whole."""
    with opened(case) as store:
        committed = store.head > before.head
    if case.path.read_bytes() == before.data:
        return "between commit and swap" if committed else "before the stamp", []
    with zipfile.ZipFile(case.path) as file:
        if file.testzip():
            return "before the commit", ["the file is damaged"]
    book = read_book(case.path)
    now = contents(book)
    if not committed:
        return "before the commit", [] if _same(now, before.tables) else ["the file is not the old one"]
    with opened(case) as store:
        shows = store.seq_of(identity_of(book).base_token) == store.head
    wanted = expected.tables if shows else before.tables
    wrong = [] if _same(now, wanted) else ["the file is neither old nor new"]
    return "after the swap" if shows else "between commit and swap", wrong


def _same(first: Rows, second: Rows) -> bool:
    return all(first[name].equals(second[name], null_equal=True) for name in first)


def spread(made: Sequence[Kill]) -> Mapping[When, int]:
    """Return how many kills came when."""
    return {when: sum(kill.when == when for kill in made) for when in get_args(When)}


# ---------------------------------------------------------------- cases


def demo_case(folder: Path) -> Case:
    """Return the demo workbook as it is shipped, of no store yet, with more typed into it."""
    folder.mkdir()
    path = Path(shutil.copy(shipped("workbooks") / "ltc_demo.xlsx", folder))
    (folder / STATE).mkdir()
    session.save_typed(path, lambda book: [*_typed(book), *_named_store(book)])
    return _case(path)


def _named_store(book: Book) -> list[Edit]:
    """Name the store that the first run will make, so that every copy of the case makes the same."""
    hand = Hand(book)
    key = book.rows("meta").filter(pl.col("key") == "store_id")
    if key.is_empty():
        hand.adds("meta", key="store_id", value="demokills")
    else:
        hand.writes("meta", key[UID][0], value="demokills")
    return hand.edits


def _case(path: Path) -> Case:
    return Case(path.parent, path.name, DEMO_DAY, identity_of(read_book(path)).store_id)


def libreoffice_case(folder: Path) -> Case:
    """Return a firm's workbook with a sheet, a chart and comments of its own, saved by LibreOffice.

    It was synced once; stages, notes, an owner and new leads are typed into it since.
    """
    folder.mkdir()
    path = folder / "made.xlsx"
    frames = firm(DEMO_DAY, "zh")
    rows = {name: frames[name] for name in ("members", "assignment", "channels", "customers", "settings")}
    few = {"leads": frames["leads"].tail(60), "opportunities": frames["opportunities"].tail(20)}
    plan = rollout.new(lang="zh", site="SZ", store_id=mint_uids(1)[0], rows=rows | few, as_of=DEMO_DAY)
    session.new_book(path, plan)
    _with_own_sheet(path)
    saved = saved_by_libreoffice(path, folder / STATE / "profile", folder / STATE)
    shutil.rmtree(folder / STATE / "profile")
    path.unlink()
    saved = saved.replace(folder / "客户A.xlsx")
    case = _case(saved)
    rerun(case)
    session.save_typed(case.path, _typed)
    return case


def _with_own_sheet(path: Path) -> None:
    """Add a sheet with a chart, and comments, as people do."""
    book = openpyxl.load_workbook(path)
    own = book.create_sheet("我的分析")
    for row in (("月份", "线索"), ("10月", 12), ("11月", 19)):
        own.append(row)
    chart = BarChart()
    chart.add_data(Reference(own, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    own.add_chart(chart, "D2")
    own["A1"].comment = Comment("老板要看的", "我")
    leads = book[table("leads").zh]
    leads["B5"].comment = Comment("这家要盯紧", "我")
    book.save(path)


def _typed(book: Book) -> list[Edit]:
    """Type over cells of rows that stand there, two stages among them, and paste leads below."""
    hand = Hand(book)
    deals = book.rows("opportunities")
    moves = (("PROPOSAL", "NEGOTIATING"), ("VALIDATING", "SIGNING"))
    for stage, wanted in moves:
        deal = deals.filter(pl.col("stage") == stage).row(0, named=True)
        hand.writes("opportunities", deal[UID], stage=wanted, note=f"谈到{wanted}", next_on=DEMO_DAY)
    followed_up = book.rows("leads").filter(pl.col("state") == "FOLLOWING")
    for place, uid in enumerate(followed_up[UID].head(8)):
        hand.writes("leads", uid, note=f"打过电话 {place}", owner=None if place % 3 == 0 else "徐佳")
    for place in range(5):
        company, region = f"昆山新客户{place}有限公司", "苏皖"
        hand.adds("leads", company=company, channel="官网", need="能耗监测", state="NEW", region=region)
    return hand.edits

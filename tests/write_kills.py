"""Writes killed at random moments: the workbook is then the old file or the new one, byte for byte."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

from ltc_xl.workbook import AppendRows, CellEdit, Edit, patch

TURNS = 200
"""More writes than a program makes before it is killed."""

_WRITERS = """
import os, sys
from pathlib import Path
from write_kills import writes
from ltc_xl.workbook.patcher import patch
from ltc_xl.workbook.swap import digest_of, replace_book

book, backups = Path(sys.argv[1]), Path(sys.argv[2])
new = book.with_name(f".{book.name}.ltc-xl.tmp")

def write_for_ever():
    for edits in writes():
        patch(book, new, edits)
        replace_book(book, new, digest_of(book), backups)

patch(book, new, next(writes()))
new.unlink()
for _ in sys.stdin:
    child = os.fork()
    if not child:
        write_for_ever()
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""


@dataclass(frozen=True)
class Killed:
    """What kills have left behind.

    Attributes:
        damaged: kills after which the workbook was neither the old file nor the new one.
        moved: kills before which at least one write had been made.
        left: names of files beside the workbook that some kill has left.
    """

    damaged: int
    moved: int
    left: frozenset[str]


def writes() -> Iterator[list[Edit]]:
    """Yield the edits of one write after the other: another cell's text and a row more."""
    for turn in range(TURNS):
        yield [CellEdit("线索", "B4", f"第{turn}次"), AppendRows("tblLeads", [{"公司": f"新公司{turn}"}])]


def killed(book: Path, backups: Path, count: int, within: float, seed: int) -> Killed:
    """Kill a program that writes without end, again and again, each time within so many seconds."""
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    damaged = moved = 0
    left: set[str] = set()
    with _writers(book, backups) as writers:
        for _ in range(count):
            before = book.read_bytes()
            _kill_one(writers, chance.uniform(0, within))
            turns = _turns_between(before, book.read_bytes(), book.parent.parent)
            damaged += turns is None
            moved += bool(turns)
            left |= {path.name for path in book.parent.iterdir()} - {book.name}
    return Killed(damaged, moved, frozenset(left))


def _kill_one(writers: "Popen[str]", after: float) -> None:
    assert writers.stdin
    assert writers.stdout
    writers.stdin.write("next\n")
    writers.stdin.flush()
    child = int(writers.stdout.readline())
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    assert writers.stdout.readline() == "dead\n"


def _turns_between(before: bytes, after: bytes, folder: Path) -> int | None:
    """Return how many whole writes lead from one file to the other, None when none do."""
    one, other = folder / "one.xlsx", folder / "other.xlsx"
    one.write_bytes(before)
    for turns, edits in enumerate(writes()):
        if one.read_bytes() == after:
            return turns
        patch(one, other, edits)
        one, other = other, one
    return None


@contextmanager
def _writers(book: Path, backups: Path) -> Iterator["Popen[str]"]:
    """Start the program that forks a writer for each line it is sent."""
    command = [sys.executable, "-c", _WRITERS, str(book), str(backups)]
    paths = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=os.environ | paths) as writers:  # noqa: S603  a program of our own
        yield writers
        assert writers.stdin
        writers.stdin.close()

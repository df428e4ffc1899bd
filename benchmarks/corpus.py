"""Patch every real file and hold the outcome to what was there: by hand, by time, by other programs.

``python benchmarks/corpus.py [DATA]``. In every workbook one cell changes and one is new; every table gets
three rows and loses one. A comparison of its own, which shares nothing with the patcher, names whatever
differs besides; openpyxl, calamine and LibreOffice read every new file; then patched files are damaged on
purpose, and the comparison must catch that. A patch may take ten raw copies or 0.3 s, the larger of the two.
"""

import gc
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from compare import cell_differences
from damage import damages
from opened import box
from readers import LibreOffice, Seen, seen_by_calamine, seen_by_openpyxl
from real_files import (
    Outcome,
    cells_patched,
    raw_copy_seconds,
    read_by,
    real_files,
    row_deleted,
    rows_appended,
    tables_of,
    verdict,
)

DATA = Path(__file__).parents[2] / "shared" / "data"
COPIES, FLOOR = 10, 0.3
SHARE, TABLES_SHRUNK, CAUGHT = 0.94, 0.9, 0.95
PATIENCE = 90
DAMAGED = 60
Patched = Sequence[tuple[Outcome, Path]]


class TooLongError(BaseException):
    """A file took longer than anybody waits; no ``except Exception`` on the way may swallow it."""


@contextmanager
def patience() -> Iterator[None]:
    """Stop what takes longer than anybody waits."""

    def stop(*_: object) -> None:
        raise TooLongError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)


def watched(work: Callable[[], Outcome], file: Path) -> Outcome:
    """Return what becomes of a patch, or that it hangs."""
    try:
        with patience():
            return work()
    except TooLongError:
        return Outcome(file, "crashed", "hangs", ["hangs"])


def judged(name: str, outcomes: Sequence[Outcome]) -> int:
    """Print what became of the files; return how many went wrong."""
    counts = Counter(outcome.reason or outcome.status for outcome in outcomes)
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    patched = counts["patched"] / len(outcomes)
    print(f"{name:<22} {len(outcomes)}: {counts['patched']} patched ({patched:.1%}), {len(wrong)} wrong")
    print("  refused: " + ", ".join(f"{key} {n}" for key, n in counts.most_common() if key != "patched"))
    for outcome in wrong:
        print(f"  {outcome.file.name}: {'; '.join(outcome.wrong[:2])[:600]}")
    return len(wrong)


def cells(files: Sequence[Path], folder: Path) -> Patched:
    """Return what becomes of each file of which one cell changes and one is new, with the new file."""
    done = []
    for number, file in enumerate(files):
        new = folder / f"{number:04}{file.suffix}"
        outcome = watched(partial(cells_patched, file, new), file)
        if outcome.status == "patched":
            outcome.raw_seconds = min(raw_copy_seconds(file) for _ in range(2))
            if outcome.seconds > limit(outcome) / 3:
                gc.collect()
                outcome.seconds = min(outcome.seconds, cells_patched(file, new).seconds)
        done.append((outcome, new))
    return done


def limit(outcome: Outcome) -> float:
    """Return how long a patch may take."""
    return max(COPIES * outcome.raw_seconds, FLOOR)


def slow(done: Patched) -> int:
    """Print the slowest patches; return how many took too long."""
    order = sorted((o for o, _ in done if o.status == "patched"), key=lambda o: o.seconds / limit(o))
    for outcome in order[:-6:-1]:
        ratio = f"{outcome.seconds / outcome.raw_seconds:5.1f} raw copies"
        print(f"  {outcome.seconds:6.3f} s, {ratio}, limit {limit(outcome):.2f} s: {outcome.file.name}")
    return sum(outcome.seconds > limit(outcome) for outcome in order)


def tables(files: Sequence[Path], folder: Path) -> tuple[list[Outcome], list[Outcome]]:
    """Return what becomes of each table that grows, and of each that shrinks."""
    found = [(file, table) for file in files for table in tables_of(file)]

    def each(act: Callable[..., Outcome]) -> list[Outcome]:
        return [watched(partial(act, file, folder / f"t{file.suffix}", t), file) for file, t in found]

    return each(rows_appended), each(row_deleted)


def read(name: str, verdicts: Sequence[str]) -> int:
    """Print what a program made of the patched files; return how many it read otherwise than it must."""
    counts = Counter(verdicts)
    wrong = sorted(set(counts) - {"read", "not opened before", "too slow itself"})
    well = ", ".join(f"{key} {count}" for key, count in counts.items() if key not in wrong)
    print(f"{name:<22} {well}, {len(wrong)} wrong")
    for line in wrong:
        print(f"  {line[:600]}")
    return len(wrong)


def verdict_of(program: Callable[[Path], Seen], outcome: Outcome, new: Path) -> str:
    """Return what a program makes of a patched file, within anybody's patience."""
    try:
        with patience():
            return read_by(program, outcome, new)
    except TooLongError:
        return "too slow itself"


def libreoffice(done: Patched, folder: Path) -> list[str]:
    """Return what LibreOffice makes of the patched files."""
    office = LibreOffice(folder / "office")
    before = office.seen([outcome.file for outcome, _ in done])
    after = office.seen([new for _, new in done])
    return [verdict(o, old, new) for (o, _), old, new in zip(done, before, after, strict=True)]


def controls(done: Patched, folder: Path) -> int:
    """Damage patched files on purpose; print and return how many kinds of damage are caught too seldom."""
    dice = Random("controls")  # noqa: S311  which files, no secret
    caught: dict[str, list[bool]] = defaultdict(list)
    for outcome, new in dice.sample(list(done), min(DAMAGED, len(done))):
        bad = folder / f"bad{new.suffix}"
        sheet = next(iter(outcome.targets))[0]
        targets = {area[:2] for _, spot in outcome.targets if (area := box(spot))}
        for kind in damages(new, bad, sheet, targets, dice):
            caught[kind].append(bool(cell_differences(outcome.file, bad, outcome.targets)))
    print(f"damage on purpose      {len(caught)} kinds, {sum(map(len, caught.values()))} files")
    print("  caught: " + ", ".join(f"{kind} {sum(hits)}/{len(hits)}" for kind, hits in caught.items()))
    return sum(sum(hits) / len(hits) < CAUGHT for hits in caught.values())


def main(data: Path) -> int:
    files = real_files(data)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = cells(files, folder)
        bad = judged("one changed, one new", [outcome for outcome, _ in done]) + slow(done)
        patched = [(outcome, new) for outcome, new in done if outcome.status == "patched"]
        bad += len(patched) / len(files) < SHARE
        grown, shrunk = tables(files, folder)
        bad += judged("three rows appended", grown) + judged("one row deleted", shrunk)
        bad += sum(o.status == "patched" for o in shrunk) / len(shrunk) < TABLES_SHRUNK
        for program in (seen_by_calamine, seen_by_openpyxl):
            verdicts = [verdict_of(program, outcome, new) for outcome, new in patched]
            bad += read(program.__name__.removeprefix("seen_by_"), verdicts)
        bad += read("libreoffice", libreoffice(patched, folder))
        bad += controls(patched, folder)
    print(f"{'all well' if not bad else f'{bad} WRONG'}, {time.perf_counter() - began:.0f} s")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA))

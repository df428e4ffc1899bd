"""Kill two hundred writes at random moments; what each leaves behind is the old file or the new one.

``python benchmarks/kill_writes.py [COUNT] [SEED]``. A program writes into a workbook without end, one cell
changed and one row appended each time, in a table of two thousand rows; a kill falls anywhere in its patch,
its backup or its swap. The workbook must then be, byte for byte, what a whole number of writes makes of it.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from sample_books import leads_book
from write_kills import killed

COUNT = 200
ROWS = 2_000
WITHIN = 0.6


def main(count: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        desk = Path(name) / "desk"
        desk.mkdir()
        book, backups = leads_book(desk / "leads.xlsx", ROWS), Path(name) / "backups"
        began = time.perf_counter()
        seen = killed(book, backups, count, WITHIN, seed)
    taken = time.perf_counter() - began
    print(
        f"{count} kills, {seen.moved} after at least one whole write, {seen.damaged} damaged, {taken:.0f} s"
    )
    print(f"left beside the workbook: {', '.join(sorted(seen.left)) or 'nothing'}")
    return 1 if seen.damaged else 0


if __name__ == "__main__":
    count, seed = [*map(int, sys.argv[1:3]), *(COUNT, 1)[len(sys.argv) - 1 :]]
    sys.exit(main(count, seed))

"""Check 100,000 leads, whole process, nothing written, beside the bare read of the same file.

``python benchmarks/check.py [ROWS]``; each turn starts two fresh programs: one that reads and
checks the book, and one in which fastexcel reads the sheet of leads as strings.
"""

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from make import AS_OF, ROWS, make

from ltc_xl.check import check
from ltc_xl.model.tables import table
from ltc_xl.rules import bind_rulebook
from ltc_xl.workbook import read_book

TURNS = 5
_CHECK = """
from datetime import date
from pathlib import Path
from ltc_xl.workbook import read_book
from ltc_xl.rules import bind_rulebook
from ltc_xl.check import check
book = read_book(Path({path!r}))
check(book, bind_rulebook(book), date.fromisoformat({day!r}))
"""
_BARE_READ = """
import fastexcel
fastexcel.read_excel({path!r}).load_sheet({sheet!r}, header_row=2, dtypes="string").to_polars()
"""


def seconds(code: str) -> float:
    """Return how long a fresh Python takes for a program."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.xlsx"
        make(path, count)
        ours = _CHECK.format(path=str(path), day=AS_OF.isoformat())
        bare = _BARE_READ.format(path=str(path), sheet=table("leads").zh)
        peak = memory_of(ours)
        turns = [(seconds(ours), seconds(bare)) for _ in range(TURNS)]
        alone = in_process(path)
    checked, read = (statistics.median(column) for column in zip(*turns, strict=True))
    ratio = statistics.median(a / b for a, b in turns)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("polars", "pandera", "fastexcel"))
    print(f"check {count:,} leads, whole process: {checked:.2f} s, bare read {read:.2f} s, ratio {ratio:.2f}")
    print(f"the check alone, in process: {alone:.2f} s; peak memory {peak} MB")
    print(f"Python {platform.python_version()}, {libraries}")


def memory_of(code: str) -> int:
    """Return the peak memory of a program in MB."""
    subprocess.run([sys.executable, "-c", code], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def in_process(path: Path) -> float:
    """Return the median time of the check alone, the book being read."""
    book = read_book(path)
    times = []
    for _ in range(TURNS):
        start = time.perf_counter()
        check(book, bind_rulebook(book), AS_OF)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)

"""Read 100,000 leads into typed frames, beside the bare read: fastexcel, every column as string.

``python benchmarks/read.py [ROWS]``; both read the same file, turn by turn, in one process.
"""

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import fastexcel
import polars as pl
from make import ROWS, make

from ltc_xl.model.tables import table
from ltc_xl.workbook import read_book

TURNS = 5


def bare_read(path: Path) -> pl.DataFrame:
    """Return the sheet of leads as fastexcel reads it."""
    sheet = fastexcel.read_excel(path).load_sheet(table("leads").zh, header_row=2, dtypes="string")
    return sheet.to_polars()


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def memory_of_reading(path: Path) -> int:
    """Return the peak memory in MB of a fresh process that reads the book."""
    code = f"from pathlib import Path; from ltc_xl.workbook import read_book; read_book(Path({str(path)!r}))"
    subprocess.run([sys.executable, "-c", code], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.xlsx"
        make(path, count)
        peak = memory_of_reading(path)
        book = read_book(path)
        assert book.rows("leads").height == count  # noqa: S101  a benchmark of a wrong answer is worth nothing
        pairs = [(seconds(lambda: read_book(path)), seconds(lambda: bare_read(path))) for _ in range(TURNS)]
        columns = bare_read(path).width
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("polars", "fastexcel", "isal"))
    print(f"read {count:,} x {columns}: typed book {ours:.2f} s, bare read {bare:.2f} s, ratio {ratio:.2f}")
    print(f"peak memory of a process that reads {peak} MB; Python {platform.python_version()}, {libraries}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)

"""Writing back into a large workbook, against copying its zip and against openpyxl.

``python benchmarks/write.py [ROWS] [--openpyxl]``: one percent of the leads get another budget, a thousand
are appended; the table, its formats, validations and names grow. The limit is unpacking and repacking the
same file with isal level 1; openpyxl needs more than a minute at 100,000 rows, so it runs only when asked.
Each figure is a whole process, imports included.
"""

import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

RUNS = 3
LIMIT = 3.5
LIMIT_RSS = 400
NEW_ROWS = 1_000
TABLE = "tblLeads"


def patched(source: Path, target: Path) -> None:
    """Write with our patcher."""
    from ltc_xl.workbook.edits import AppendRows, CellEdit, Edit, Row
    from ltc_xl.workbook.package import Package
    from ltc_xl.workbook.patcher import patch

    table = next(t for t in Package.open(source).tables if t.name == TABLE)
    first, last = table.area.top + 1, table.area.bottom
    chosen = random.Random(1).sample(range(first, last + 1), (last - first) // 100)  # noqa: S311  rows, not secrets
    column = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[table.area.left - 1 + 7]
    rows: list[Row] = [{table.headers[1]: f"新公司{i}", table.headers[7]: i} for i in range(NEW_ROWS)]
    edits: list[Edit] = [CellEdit(table.sheet, f"{column}{row}", row * 1.5) for row in chosen]
    patch(source, target, [*edits, AppendRows(TABLE, rows)])


def repacked(source: Path, target: Path) -> None:
    """Unpack and pack every entry with isal level 1: no writer that rewrites parts can be faster."""
    from isal import isal_zlib

    with zipfile.ZipFile(source) as old, target.open("wb") as new:
        for entry in old.infolist():
            packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
            data = old.read(entry)
            isal_zlib.crc32(data)
            new.write(packer.compress(data) + packer.flush())


def openpyxled(source: Path, target: Path) -> None:
    """Load and save with openpyxl, the same cells written."""
    import openpyxl

    book = openpyxl.load_workbook(source)
    sheet = next(s for s in book.worksheets if TABLE in s.tables)
    for row in range(100, sheet.max_row, 100):
        sheet.cell(row, 8, row * 1.5)
    for i in range(NEW_ROWS):
        sheet.append([None, f"新公司{i}"])
    book.save(target)


WAYS = {way.__name__: way for way in (patched, repacked, openpyxled)}


def measured(way: str, source: Path, target: Path, runs: int) -> tuple[float, int]:
    """Return the median seconds and the largest memory in MB of a way, each time a process of its own."""
    command = [sys.executable, __file__, "--way", way, str(source), str(target)]
    times, sizes = [], []
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        times.append(time.perf_counter() - start)
        sizes.append(int(done.stdout))
    return statistics.median(times), max(sizes)


def main(rows: str, *, openpyxl: bool) -> None:
    """Print each figure, the ratio to the limit, and the verdict."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "book.xlsx", Path(folder) / "new.xlsx"
        subprocess.run([sys.executable, Path(__file__).with_name("make.py"), str(source), rows], check=True)
        raw, raw_rss = measured("repacked", source, target, RUNS)
        ours, rss = measured("patched", source, target, RUNS)
        verdict = "ok" if ours / raw <= LIMIT and rss <= LIMIT_RSS else "TOO SLOW OR TOO LARGE"
        print(f"{rows} rows, limits {LIMIT}x and {LIMIT_RSS} MB, file {source.stat().st_size / 1e6:.1f} MB")
        print(f"unpack and repack, isal-1  {raw:7.2f} s  {raw_rss:5} MB")
        print(f"patch                      {ours:7.2f} s  {rss:5} MB  {ours / raw:.2f}x  {verdict}")
        if openpyxl:
            theirs, size = measured("openpyxled", source, target, 1)
            print(
                f"openpyxl, load and save    {theirs:7.2f} s  {size:5} MB  we are {theirs / ours:.0f}x faster"
            )
    names = ("isal", "openpyxl", "polars")
    print(
        f"python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in names),
        f"median of {RUNS}",
    )


if __name__ == "__main__":
    if "--way" in sys.argv:
        WAYS[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    else:
        given = [word for word in sys.argv[1:] if word.isdigit()]
        main(given[0] if given else "100000", openpyxl="--openpyxl" in sys.argv)

"""Check 100,000 leads with the command, nothing written, beside the bare read of the same file.

``python benchmarks/check.py [ROWS] [--pandas]``; each turn starts two fresh programs: ``ltc-xl check`` and
one in which fastexcel reads the sheet of leads as strings. With ``--pandas`` once a third: pandas with
openpyxl and pandera in a virtual environment of its own, which is made for it and thrown away.
"""

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from make import AS_OF, ROWS, make

from ltc_xl.check import check
from ltc_xl.model.enums import words
from ltc_xl.model.tables import table
from ltc_xl.rules import bind_rulebook
from ltc_xl.workbook import read_book

TURNS = 5
LIMIT = 3.0
LIMIT_PANDAS = 15.0
LIMIT_MEMORY = 1_200
HEADER_ROW = 2
_BARE_READ = """
import fastexcel
fastexcel.read_excel({path!r}).load_sheet({sheet!r}, header_row={header}, dtypes="string").to_polars()
"""
_PANDAS = """
import pandas as pd, pandera.pandas as pa
frame = pd.read_excel({path!r}, sheet_name={sheet!r}, header={header}, engine="openpyxl", dtype=object)
text = lambda *checks, **more: pa.Column(object, *checks, nullable=True, **more)
columns = {{name: text() for name in frame.columns}}
columns |= {{
    {number!r}: text(unique=True),
    {company!r}: pa.Column(object, nullable=False),
    {mobile!r}: text(pa.Check.str_matches("^1[0-9]{{10}}$")),
    {email!r}: text(pa.Check.str_matches("^[^@]+@[^@]+$")),
    {state!r}: text(pa.Check.isin({states!r})),
    {budget!r}: pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True),
    {next_on!r}: pa.Column("datetime64[ns]", nullable=True, coerce=True),
}}
pa.DataFrameSchema(columns).validate(frame, lazy=True)
"""


Program = Sequence[str | Path]


def seconds(command: Program) -> float:
    """Return how long a fresh program takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def peak_memory(command: Program) -> int:
    """Return the peak memory of a program in MB; it must be the first that this process starts."""
    seconds(command)
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


def with_pandas(path: Path, folder: Path) -> tuple[float, str]:
    """Return how long pandas and pandera take for reading and a far smaller schema, and their versions."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    names = ("pandas", "openpyxl", "pandera[pandas]")
    subprocess.run([python, "-m", "pip", "install", "-q", *names], check=True, capture_output=True)
    codes = ("company", "mobile", "email", "state", "budget", "next_on")
    model = table("leads")
    labels = {code: model.by_code[code].zh for code in codes}
    states = [word.zh for word in words("lead_state", "full")]
    number = model.by_code[model.numbered or ""].zh
    code = _PANDAS.format(
        path=str(path), sheet=model.zh, header=HEADER_ROW, number=number, states=states, **labels
    )
    taken = seconds([python, "-c", code])
    show = (
        "from importlib.metadata import version as v\nprint(*(f'{n} {v(n)}' for n in ('pandas', 'pandera')))"
    )
    said = subprocess.run([python, "-c", show], check=True, capture_output=True, text=True).stdout
    return taken, said.strip()


def main(count: int, *, pandas: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "leads.xlsx"
        make(path, count)
        options = ["--no-write", "--json", "--as-of", AS_OF.isoformat()]
        ours: Program = [sys.executable, "-m", "ltc_xl", "check", path, *options]
        sheet = table("leads").zh
        bare: Program = [
            sys.executable,
            "-c",
            _BARE_READ.format(path=str(path), sheet=sheet, header=HEADER_ROW),
        ]
        peak = peak_memory(ours)
        turns = [(seconds(ours), seconds(bare)) for _ in range(TURNS)]
        alone = in_process(path)
        rival = with_pandas(path, folder) if pandas else None
        beside = statistics.median(seconds(ours) for _ in range(TURNS)) if rival else 0.0
    checked, read = (statistics.median(column) for column in zip(*turns, strict=True))
    ratio = statistics.median(a / b for a, b in turns)
    verdict = "ok" if ratio <= LIMIT and peak <= LIMIT_MEMORY else "TOO SLOW OR TOO LARGE"
    print(f"check {count:,} leads, whole process {checked:6.2f} s  peak {peak} MB, limit {LIMIT_MEMORY} MB")
    print(f"bare read, whole process          {read:6.2f} s  {ratio:.2f}x, limit {LIMIT}x  {verdict}")
    print(f"the check alone, in process       {alone:6.2f} s")
    if rival:
        faster = rival[0] / beside
        verdict = "ok" if faster >= LIMIT_PANDAS else "TOO SLOW"
        print(f"pandas + openpyxl + pandera       {rival[0]:6.2f} s  we are {faster:.0f}x faster, ", end="")
        print(f"limit {LIMIT_PANDAS:.0f}x  {verdict}  ({rival[1]})")
    libraries = "  ".join(f"{name} {version(name)}" for name in ("polars", "pandera", "fastexcel"))
    print(f"python {platform.python_version()}  {libraries}  median of {TURNS}")


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word.isdigit()]
    main(int(given[0]) if given else ROWS, pandas="--pandas" in sys.argv)

"""Sync a workbook of 20,000 leads with the command, beside the bare read of the same file.

``python benchmarks/sync.py [ROWS]``; each turn starts fresh programs on a fresh copy with a store of its own:
the first sync (every row is new to the store, nearly every lead is graded, a tenth assigned), a sync after
1 % of the leads were edited by hand and 100 pasted below, and one after which nothing has changed.
"""

import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import polars as pl
from make import AS_OF, leads, members

from ltc_xl import session
from ltc_xl.model.address import column_letters
from ltc_xl.model.book import Book
from ltc_xl.model.enums import label
from ltc_xl.model.tables import table
from ltc_xl.workbook import build_book
from ltc_xl.workbook.edits import AppendRows, CellEdit, Edit

ROWS = 20_000
TURNS = 3
LIMIT = 6.0
HEADER_ROW = 2
TEAMS = ("大客户组", "直销组", "直销组", "直销组", "市场组", "大客户组")
_BARE_READ = """
import fastexcel
fastexcel.read_excel({path!r}).load_sheet({sheet!r}, header_row={header}, dtypes="string").to_polars()
"""


def make(target: Path, count: int) -> None:
    """Write the workbook: nine leads in ten have an owner, none is graded yet."""
    blank = pl.lit(None, pl.String)
    rows = leads(count).with_columns(
        grade=blank,
        grade_why=blank,
        owner=pl.when(pl.int_range(pl.len()) % 10 > 0).then("owner"),
    )
    people = members().with_columns(team=pl.Series(TEAMS), capacity_30d=pl.lit(count))
    tables = {"leads": rows, "members": people}
    build_book(target, lang="zh", profile="starter", site="SH", store_id="", rows=tables, as_of=AS_OF)


def edited(path: Path, count: int) -> None:
    """Type a next step over 1 % of the leads and paste 100 below."""

    def typed(book: Book) -> list[Edit]:
        place = book.place("leads")
        assert place is not None  # noqa: S101  the book was built with it
        letters = column_letters(place.columns["next_step"])
        chance = random.Random(count)  # noqa: S311  made-up rows, no secret
        rows = sorted(chance.sample(range(place.first_row, place.last_row + 1), count // 100))
        cells = [CellEdit(place.sheet, f"{letters}{row}", f"寄方案 {row}") for row in rows]
        columns = {code: table("leads").by_code[code].zh for code in ("company", "channel", "state", "need")}
        new = label("lead_state", "NEW", "zh")
        pasted = [
            dict(zip(columns.values(), (f"昆山新客户{n:03d}有限公司", "官网", new, "能耗监测"), strict=True))
            for n in range(100)
        ]
        return [*cells, AppendRows(place.excel_table or "", pasted)]

    session.save_typed(path, typed)


def seconds(*command: str | Path) -> float:
    """Return how long a fresh program takes; findings (exit 1) are no failure."""
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit {done.returncode}")
    return time.perf_counter() - start


def turn(path: Path, count: int) -> tuple[float, float, float, float]:
    """Return the seconds of the first sync, the one after edits, the one without, and the bare read."""
    synced = (sys.executable, "-m", "ltc_xl", "sync", path, "--as-of", AS_OF.isoformat())
    first = seconds(*synced)
    edited(path, count)
    some = seconds(*synced)
    before = path.read_bytes()
    none = seconds(*synced)
    if path.read_bytes() != before:
        raise SystemExit("a sync without changes has written the file")
    code = _BARE_READ.format(path=str(path), sheet=table("leads").zh, header=HEADER_ROW)
    return first, some, none, seconds(sys.executable, "-c", code)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = Path(name) / "made.xlsx"
        make(made, count)
        turns = []
        for number in range(TURNS):
            folder = Path(name) / str(number)
            folder.mkdir()
            os.environ["LTC_XL_STATE"] = str(folder / "state")
            turns.append(turn(Path(shutil.copy(made, folder / "leads.xlsx")), count))
    bare = statistics.median(times[3] for times in turns)
    print(f"bare read of {count:,} leads, whole process   {bare:6.2f} s")
    for place, what in enumerate(("first sync, every row new", "sync after 1 % edits", "sync, nothing new")):
        taken = statistics.median(times[place] for times in turns)
        ratio = statistics.median(times[place] / times[3] for times in turns)
        verdict = "ok" if taken <= LIMIT else "TOO SLOW"
        print(f"{what:<40} {taken:6.2f} s  {ratio:.1f}x the bare read, limit {LIMIT:.0f} s  {verdict}")
    libraries = "  ".join(f"{name} {version(name)}" for name in ("polars", "sqlalchemy", "fastexcel"))
    print(f"python {platform.python_version()}  {libraries}  median of {TURNS}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)

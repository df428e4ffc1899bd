"""Writing back into a large workbook, against copying its zip, openpyxl and wolfxl.

``python benchmarks/write.py [ROWS] [--openpyxl] [--wolfxl PYTHON]``: one percent of the rows get another
amount, a thousand are appended, in a plain table of 25 columns with formats, dropdowns, a name and a chart,
which must all have grown, and in the template's leads. The limit is unpacking and repacking the same file
with isal level 1. openpyxl needs more than a minute at 100,000 rows, so it runs only when asked, and wolfxl
only where a Python is named that has it; both are driven through cells and grow nothing but the table.
Each figure is the processor time of a whole process, imports included, and its largest memory.
"""

import platform
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

RUNS = 5
LIMIT = 3.5
LIMIT_RSS = 400
NEW_ROWS = 1_000
PLAIN, TEMPLATE = "tblPlain", "tblLeads"


def plain(target: Path, count: int) -> None:
    """Build a table of 25 columns, as a user would, with what hangs on its rows."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(target), {"constant_memory": False}) as book:
        sheet = book.add_worksheet("Leads")
        chance = random.Random(count)  # noqa: S311  made-up rows, no secret
        headers = ["No", "Company", "Amount", "State", *(f"Text {n}" for n in range(5, 15))]
        headers += [f"Number {n}" for n in range(15, 26)]
        for row in range(1, count + 1):
            texts = [f"need {chance.randrange(1000)}" for _ in range(10)]
            numbers = [chance.randrange(1_000_000) / 100 for _ in range(11)]
            sheet.write_row(row, 0, [row, f"Company {row}", row * 1.5, "open", *texts, *numbers])
        columns = [{"header": header} for header in headers]
        sheet.add_table(0, 0, count, 24, {"name": PLAIN, "columns": columns})
        red = book.add_format({"font_color": "red"})
        sheet.conditional_format(1, 2, count, 2, {"type": "cell", "criteria": "<", "value": 0, "format": red})
        sheet.data_validation(1, 3, count, 3, {"validate": "list", "source": ["open", "won", "lost"]})
        book.define_name("Amounts", f"=Leads!$C$2:$C${count + 1}")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": ["Leads", 1, 2, count, 2]})
        book.add_worksheet("Chart").insert_chart("A1", chart)


def template(target: Path, count: int) -> None:
    """Build the template with that many leads."""
    from make import make

    make(target, count)


def not_grown(target: Path, last: int) -> set[str]:
    """Return what of the plain table does not end with its last row."""
    with zipfile.ZipFile(target) as package:
        texts = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}
    sheet, wanted = texts["xl/worksheets/sheet1.xml"], str(last)
    found = {
        "table": re.findall(r'<table [^>]*ref="A1:Y(\d+)"', texts["xl/tables/table1.xml"]),
        "format": re.findall(r'<conditionalFormatting sqref="C2:C(\d+)"', sheet),
        "dropdown": re.findall(r'sqref="D2:D(\d+)"', sheet),
        "name": re.findall(r"Leads!\$C\$2:\$C\$(\d+)", texts["xl/workbook.xml"]),
        "chart": re.findall(r"Leads!\$C\$2:\$C\$(\d+)", texts["xl/charts/chart1.xml"]),
    }
    return {what for what, ends in found.items() if ends != [wanted]}


def patched(source: Path, target: Path) -> None:
    """Write with our patcher."""
    from ltc_xl.workbook.edits import AppendRows, CellEdit, Edit, Row
    from ltc_xl.workbook.package import Package
    from ltc_xl.workbook.patcher import patch

    table = next(t for t in Package.open(source).tables if t.name in {PLAIN, TEMPLATE})
    amount = {PLAIN: 2, TEMPLATE: 7}[table.name]
    first, last = table.area.top + 1, table.area.bottom
    chosen = random.Random(1).sample(range(first, last + 1), (last - first) // 100)  # noqa: S311  rows, not secrets
    column = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[table.area.left - 1 + amount]
    rows: list[Row] = [{table.headers[1]: f"新公司{i}", table.headers[amount]: i} for i in range(NEW_ROWS)]
    edits: list[Edit] = [CellEdit(table.sheet, f"{column}{row}", row * 1.5) for row in chosen]
    patch(source, target, [*edits, AppendRows(table.name, rows)])


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

    _typed(openpyxl.load_workbook(source), target)


def wolfxled(source: Path, target: Path) -> None:
    """Load and save with wolfxl, the same cells written."""
    import wolfxl  # type: ignore[import-not-found]  # in a Python of its own

    _typed(wolfxl.load_workbook(str(source), modify=True), target)


def _typed(book: object, target: Path) -> None:
    """Write the cells one by one, through the interface that both libraries have."""
    sheet = next(s for s in book.worksheets if {PLAIN, TEMPLATE} & set(s.tables))  # type: ignore[attr-defined]  # either library
    column, last = (3 if PLAIN in sheet.tables else 8), sheet.max_row
    for row in range(100, last, 100):
        sheet.cell(row, column).value = row * 1.5
    for i in range(NEW_ROWS):
        sheet.cell(last + 1 + i, 2).value = f"新公司{i}"
        sheet.cell(last + 1 + i, column).value = i
    book.save(str(target))  # type: ignore[attr-defined]  # either library


WAYS = {way.__name__: way for way in (patched, repacked, openpyxled, wolfxled)}


def measured(way: str, source: Path, target: Path, runs: int, python: str) -> tuple[float, int]:
    """Return the median seconds and the largest memory in MB of a way, each time a process of its own."""
    command = [python, __file__, "--way", way, str(source), str(target)]
    done = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(runs)]
    said = [one.stdout.split() for one in done]
    return statistics.median(float(seconds) for seconds, _ in said), max(int(size) for _, size in said)


def compared(source: Path, target: Path, pythons: dict[str, str]) -> None:
    """Print the figures of one workbook, the ratios, and the verdict."""
    raw, raw_rss = measured("repacked", source, target, RUNS, sys.executable)
    ours, rss = measured("patched", source, target, RUNS, sys.executable)
    verdict = "ok" if ours / raw <= LIMIT and rss <= LIMIT_RSS else "TOO SLOW OR TOO LARGE"
    print(f"unpack and repack, isal-1  {raw:7.2f} s  {raw_rss:5} MB")
    print(f"patch                      {ours:7.2f} s  {rss:5} MB  {ours / raw:.2f}x  {verdict}")
    for way, python in pythons.items():
        theirs, size = measured(way, source, target.with_name(f"{way}.xlsx"), 1, python)
        print(f"{way:<26} {theirs:7.2f} s  {size:5} MB  we are {theirs / ours:.0f}x faster", flush=True)


def main(rows: int, pythons: dict[str, str]) -> None:
    """Build both workbooks and compare each way of writing into them."""
    with tempfile.TemporaryDirectory() as folder:
        for make in (plain, template):
            source, target = Path(folder) / f"{make.__name__}.xlsx", Path(folder) / "new.xlsx"
            subprocess.run([sys.executable, __file__, "--make", make.__name__, source, str(rows)], check=True)
            size = source.stat().st_size / 1e6
            print(f"{make.__name__}, {rows:,} rows, {size:.1f} MB; limits {LIMIT}x and {LIMIT_RSS} MB")
            compared(source, target, pythons)
            if make is plain and (left := not_grown(target, rows + 1 + NEW_ROWS)):
                raise SystemExit(f"not grown: {', '.join(sorted(left))}")
    names = ("isal", "openpyxl", "xlsxwriter")
    libraries = "  ".join(f"{name} {version(name)}" for name in names)
    print(f"python {platform.python_version()}  {libraries}  median of {RUNS}")


def asked(words: list[str]) -> dict[str, str]:
    """Return the rivals that were asked for, each with the Python that runs it."""
    rivals = {"openpyxled": sys.executable} if "--openpyxl" in words else {}
    return rivals | ({"wolfxled": words[words.index("--wolfxl") + 1]} if "--wolfxl" in words else {})


if __name__ == "__main__":
    if "--way" in sys.argv:
        WAYS[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(round(used.ru_utime + used.ru_stime, 3), used.ru_maxrss // 1024)
    elif "--make" in sys.argv:
        {"plain": plain, "template": template}[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4]))
    else:
        given = [int(word) for word in sys.argv[1:] if word.isdigit()]
        main(given[0] if given else 100_000, asked(sys.argv))

"""Pictures for ``how-to/write-rules``: the guide is followed in a new workbook, and its sheets are drawn.

``python docs/rule_pictures.py`` adds the row of the guide to Lead grading, breaks it, syncs, mends it and
runs the rule tests, zh and en. It draws what a reader sees into ``docs/pictures/LANG/rules-*.png`` and prints
what the commands answer. Needs what ``pictures.py`` needs.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pictures import DAY, OUT, book_as_pdf, keep, pages

from ltc_xl.model.enums import LANGS
from ltc_xl.model.tables import table

HEADER = 3
NEW_AT = 6
NAMES = {"zh": "客户A.xlsx", "en": "ClientA.xlsx"}
RULE = {
    "zh": ("G02a", "[50万..100万)", "-", "紧急", "-", "A", "90", "大客户", "大单，三个月内要"),
    "en": ("G02a", "[500k..1m)", "-", "Urgent", "-", "A", "90", "Key accounts", "Large, within three months"),
}
SLIP = {"zh": ">=10O万", "en": ">=5O0k"}
TESTS = {
    "zh": (("60万", "紧急", "A"), ("60万", "明确", "A")),
    "en": (("600k", "Urgent", "A"), ("600k", "Clear", "A")),
}
COMPLETENESS = "90%"


def dressed(cell: Any, like: Any) -> None:  # noqa: ANN401  openpyxl's types know no style that is copied
    """Give a cell the look of another, as Excel does."""
    cell._style = like._style  # noqa: SLF001  there is no other way to copy all of it


def typed_row(sheet: Worksheet, at: int, values: Sequence[str]) -> None:
    """Insert a row as Excel does: what stands below moves down, the table grows by one."""
    (excel,) = sheet.tables.values()
    first, last = excel.ref.split(":")
    width = len(sheet[HEADER])
    bottom = int("".join(filter(str.isdigit, last)))
    for row in range(bottom, at - 1, -1):
        for column in range(1, width + 1):
            sheet.cell(row + 1, column).value = sheet.cell(row, column).value
            dressed(sheet.cell(row + 1, column), sheet.cell(row, column))
    for column in range(1, width + 1):
        dressed(sheet.cell(at, column), sheet.cell(at - 1, column))
        sheet.cell(at, column).value = values[column - 1] if column <= len(values) else None
    excel.ref = f"{first}:{last.rstrip('0123456789')}{bottom + 1}"
    if excel.autoFilter:
        excel.autoFilter.ref = excel.ref


def typed_tests(sheet: Worksheet, lang: str, grading: str) -> None:
    """Add examples below those that are there."""
    headers = {cell.value: cell.column for cell in sheet[HEADER]}
    columns = {code: headers[column.label(lang)] for code, column in table("rule_tests").by_code.items()}  # type: ignore[arg-type]  # one of LANGS
    for place, (budget, need, expected) in enumerate(TESTS[lang], 1):
        row = {
            "no": f"N{place:02d}",
            "rule_table": grading,
            "budget": budget,
            "need_level": need,
            "completeness": COMPLETENESS,
            "expected": expected,
        }
        (excel,) = sheet.tables.values()
        at = int(excel.ref.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) + 1
        typed_row(
            sheet,
            at,
            [row.get(next((c for c in columns if columns[c] == n), ""), "") for n in headers.values()],
        )


def drawn(book: Path, name: str, out: Path) -> Path:
    """Draw the first page of one sheet."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        alone = load_workbook(book)
        sheet = table(name).sheet(out.name)  # type: ignore[arg-type]  # the folder is named after the language
        alone.active = alone.sheetnames.index(sheet)
        for other in alone.worksheets:
            other.sheet_state = "visible" if other.title == sheet else "hidden"
        copy = folder / book.name
        alone.save(copy)
        printed = pages(book_as_pdf(copy, folder), folder)
        picture = next(page for page, footer in printed if footer.startswith(sheet))
        return keep(picture, out / f"rules-{name}.png")


def asked(folder: Path, *command: str) -> None:
    """Run a command and print what it answers; a broken rule makes it fail, as it should."""
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "ltc_xl", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LTC_XL_STATE": str(folder / "state")},
    )
    print(f"$ ltc-xl {' '.join(command)}  ({done.returncode})\n{done.stdout}{done.stderr}")  # noqa: T201  a script


def followed(lang: str) -> None:
    """Follow the guide in a new workbook, and draw its three sheets."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path, day = folder / NAMES[lang], ("--as-of", DAY)
        grading, tests = (table(name).sheet(lang) for name in ("grading", "rule_tests"))  # type: ignore[arg-type]  # one of LANGS
        asked(folder, "new", path.name, "--profile", "starter", "--site", "SH", "--lang", lang)
        asked(folder, "rules", "show", path.name)
        asked(folder, "sync", path.name, *day)
        typed(path, lambda book: typed_row(book[grading], NEW_AT, RULE[lang]))
        asked(folder, "rules", "check", path.name, *day)
        typed(path, lambda book: book[grading].__setitem__(f"B{NEW_AT}", SLIP[lang]))
        asked(folder, "rules", "check", path.name, *day)
        asked(folder, "sync", path.name, *day)
        for name in ("grading", "findings"):
            print(drawn(path, name, OUT / lang))  # noqa: T201  a script
        typed(path, lambda book: book[grading].__setitem__(f"B{NEW_AT}", RULE[lang][1]))
        typed(path, lambda book: typed_tests(book[tests], lang, grading))
        asked(folder, "rules", "check", path.name, *day)
        asked(folder, "rules", "test", path.name, *day)
        asked(folder, "sync", path.name, *day)
        asked(folder, "rules", "history", path.name, *day)
        print(drawn(path, "rule_tests", OUT / lang))  # noqa: T201  a script


def typed(path: Path, typing: object) -> None:
    """Type into a workbook, and save it."""
    book = load_workbook(path)
    typing(book)  # type: ignore[operator]  # a function of a workbook
    book.save(path)


if __name__ == "__main__":
    for one in LANGS:
        followed(one)

"""LibreOffice as a second opinion: workbooks recalculated, formulas asked for in the cells of a copy.

LibreOffice trusts the cached values of a file that says it comes from Excel, unless its profile says
otherwise; ``profile_in`` makes one that does.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ltc_xl.workbook import CellEdit, patch
from ltc_xl.workbook.edits import Formula

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
SPARE = "设置"
Values = dict[tuple[str, str], object]


def profile_in(folder: Path) -> Path:
    """Make a profile of LibreOffice that computes every formula anew."""
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    return folder


def recalculated(books: list[Path], profile: Path, out: Path) -> list[Path]:
    """Return copies of the books as LibreOffice computes them."""
    options = ["--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "xlsx"]
    command = ["soffice", *options, "--outdir", str(out), *map(str, books)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  our own files, a fixed program
    return [out / book.name for book in books]


def formulas(book: Path) -> set[tuple[str, str]]:
    """Return the cells that have a formula."""

    def cells(sheet: Worksheet) -> Iterator[str]:
        return (cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f")

    return {(sheet.title, address) for sheet in load_workbook(book).worksheets for address in cells(sheet)}


def values(book: Path) -> Values:
    """Return what the cells show that show anything."""
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in load_workbook(book, data_only=True).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def answers(asked: Mapping[Path, Sequence[str]], profile: Path, folder: Path) -> list[list[object]]:
    """Return what some formulas yield in each book; they are asked in spare cells of a copy's 设置."""
    copies = [folder / f"asked-{book.name}" for book in asked]
    for (book, texts), copy in zip(asked.items(), copies, strict=True):
        patch(book, copy, [CellEdit(SPARE, f"Z{row}", Formula(text)) for row, text in enumerate(texts, 1)])
    results = recalculated(copies, profile, folder / "answered")
    sheets = [load_workbook(result, data_only=True)[SPARE] for result in results]
    return [
        [sheet[f"Z{row}"].value for row in range(1, len(texts) + 1)]
        for sheet, texts in zip(sheets, asked.values(), strict=True)
    ]

"""LibreOffice recalculates every formula of a new workbook; what we wrote beside it must be the same.

LibreOffice trusts the cached values of a file that says it comes from Excel, unless its profile says
otherwise; the negative control shows that here it does not.
"""

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from filled import filled_rows
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ltc_xl.model.enums import LANGS, Lang
from ltc_xl.workbook import build_book

pytestmark = pytest.mark.needs_program("soffice")

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""
ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
Values = dict[tuple[str, str], object]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("soffice")
    (folder / "user").mkdir()
    (folder / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    return folder


def recalculated(books: list[Path], profile: Path, out: Path) -> list[Path]:
    options = ["--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "xlsx"]
    command = ["soffice", *options, "--outdir", str(out), *map(str, books)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  our own files, a fixed program
    return [out / book.name for book in books]


def formulas(book: Path) -> set[tuple[str, str]]:
    def cells(sheet: Worksheet) -> Iterator[str]:
        return (cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f")

    return {(sheet.title, address) for sheet in load_workbook(book).worksheets for address in cells(sheet)}


def values(book: Path) -> Values:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in load_workbook(book, data_only=True).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == pytest.approx(theirs, abs=1e-6, rel=1e-12)
    return ours == theirs


def test_the_control_shows_that_libreoffice_recalculates(profile: Path, tmp_path: Path) -> None:
    control = tmp_path / "control.xlsx"
    with xlsxwriter.Workbook(str(control)) as book:
        sheet = book.add_worksheet()
        for row, formula in enumerate(("=1/0", "=NOSUCH(1)", "=1+1")):
            sheet.write_formula(row, 0, formula, None, 1)
    (result,) = recalculated([control], profile, tmp_path / "out")
    assert list(values(result).values()) == ["#DIV/0!", "#NAME?", 2]


@pytest.fixture(scope="module")
def books(
    tmp_path_factory: pytest.TempPathFactory, profile: Path
) -> dict[tuple[Lang, str], tuple[Path, Path]]:
    """Build the empty and the filled workbook in both languages as of today; recalculate them in one go."""
    today = date.today()  # noqa: DTZ011  formulas with TODAY() are recalculated on the machine's own day
    folder = tmp_path_factory.mktemp("books")
    made = {}
    for lang in LANGS:
        for kind, rows in (("empty", {}), ("filled", filled_rows(today))):
            made[lang, kind] = folder / f"{kind}-{lang}.xlsx"
            build_book(
                made[lang, kind],
                lang=lang,
                profile="starter",
                site="SH",
                store_id="",
                rows=rows,
                as_of=today,
            )
    results = recalculated(list(made.values()), profile, folder / "out")
    return dict(zip(made, zip(made.values(), results, strict=True), strict=True))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ["empty", "filled"])
def test_every_cached_value_is_the_recalculated_one_and_none_is_an_error(
    books: dict[tuple[Lang, str], tuple[Path, Path]], lang: Lang, kind: str
) -> None:
    book, result = books[lang, kind]
    ours, theirs, live = values(book), values(result), formulas(book)
    assert len(live) > 150
    errors = {cell: value for cell, value in theirs.items() if value in ERRORS}
    both = {cell: (ours.get(cell), theirs.get(cell)) for cell in live}
    assert not errors
    assert {cell: pair for cell, pair in both.items() if not same(*pair)} == {}

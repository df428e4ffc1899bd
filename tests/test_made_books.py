"""What users build in Excel and few test files have: written into, grown, shrunk, and nothing lost."""

import csv
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import fastexcel
import pytest
from made_books import SOUND, encrypted_book, signed_book
from made_books.base import DATA, DATA_PART, REPORT, REPORT_PART, TABLE
from made_books.charts import MODERN_PART
from made_books.controls import CONTROL_PART
from made_books.pivots import CACHE_PART
from made_books.rules import TREND_PART
from made_books.threads import THREAD_PART
from ooxml import faults, new_faults

from ltc_xl.messages import sentence_of
from ltc_xl.model.errors import CannotPatch, LtcError
from ltc_xl.workbook import AppendRows, CellEdit, ClearMarks, DeleteRows, Edit, MarkCells, patch
from ltc_xl.workbook.edits import Row

NEW: list[Row] = [
    {"编号": f"D-{k}", "下单日": date(2026, 1, k), "地区": "西", "金额": k * 100, "含税": k * 113}
    for k in (5, 6, 7)
]
APPEND, DELETE = AppendRows(TABLE, NEW), DeleteRows(TABLE, [4])
MARKS = MarkCells(TABLE, "编号", [("金额", "amount")], "报表!$J$1:$J$9", {"D3": "金额为负", "C3": "地区不明"})
BOOK_PART, TABLE_PART, CHART_PART = "xl/workbook.xml", "xl/tables/table1.xml", "xl/charts/chart1.xml"
Saying = dict[str, tuple[str, ...]]
Expected = dict[str, Saying]
TOUCHED_BY_ROWS = {BOOK_PART, DATA_PART, REPORT_PART, TABLE_PART}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what gives a made workbook by its name, made once."""
    folder = tmp_path_factory.mktemp("made")
    books = {name: make(folder / f"{name}.xlsx") for name, make in SOUND.items()}
    return books.__getitem__


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(before: Path, after: Path) -> set[str]:
    """Return the parts that differ, came or went."""
    old, new = parts_of(before), parts_of(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def patched(book: Path, folder: Path, *edits: Edit) -> Path:
    new = folder / "new.xlsx"
    patch(book, new, edits)
    return new


def numbers(path: Path) -> list[str]:
    """Return the first column of the orders, as another reader sees it."""
    sheet = fastexcel.read_excel(str(path)).load_sheet(DATA, dtypes="string")
    return [str(value) for value in sheet.to_polars().get_column("编号")]


@pytest.mark.parametrize("name", SOUND)
def test_the_made_workbook_itself_is_sound(made: Callable[[str], Path], name: str) -> None:
    assert not faults(made(name))


@pytest.mark.parametrize("name", SOUND)
def test_a_cell_changes_and_all_other_parts_stay_byte_for_byte(
    made: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    new = patched(made(name), tmp_path, CellEdit(DATA, "A3", "改名"), CellEdit(REPORT, "A20", 7))
    assert changed(made(name), new) <= {DATA_PART, REPORT_PART, BOOK_PART}
    assert numbers(new) == ["D-1", "改名", "D-3", "D-4"]


GROWN: Expected = {
    "chart": {CHART_PART: ("数据!$D$2:$D$8", "数据!$A$2:$A$8", '<c:ptCount val="7"/>')},
    "modern chart": {MODERN_PART: ("数据!$D$2:$D$8", "数据!$A$2:$A$8", 'ptCount="7"')},
    "pivot table": {CACHE_PART: ('ref="A1:E8"', 'refreshOnLoad="1"')},
    "pivot table by name": {CACHE_PART: ('name="tblOrders"', 'refreshOnLoad="1"')},
    "pivot slicer": {CACHE_PART: ('ref="A1:E8"', 'refreshOnLoad="1"')},
    "timeline": {CACHE_PART: ('ref="A1:E8"', 'refreshOnLoad="1"')},
    "sparklines": {
        REPORT_PART: ("<xm:f>数据!D2:D8</xm:f>",),
        TREND_PART: ("<xm:f>数据!D2:D8</xm:f>",),
        DATA_PART: ("<xm:f>数据!D2:E2</xm:f>",),
    },
    "data bars": {DATA_PART: ("<xm:sqref>D2:D8</xm:sqref>", '<conditionalFormatting sqref="D2:D8">')},
    "choices": {DATA_PART: ("<xm:sqref>C2:C8</xm:sqref>", "<xm:f>报表!$H$1:$H$3</xm:f>")},
    "dynamic arrays": {REPORT_PART: ('cm="1"', 'ref="C1:C3"')},
    "external links": {REPORT_PART: ("<f>[1]价目!A1*2</f>",)},
    "strict": {CHART_PART: ("数据!$D$2:$D$8",), TABLE_PART: ('ref="A1:E8"',)},
    "prefixes": {TABLE_PART: ('<x:autoFilter ref="A1:E8"/>',)},
}
"""Workbook -> part -> what stands in it once three rows came."""

SHRUNK: Expected = {
    "chart": {CHART_PART: ("数据!$D$2:$D$4", "数据!$A$2:$A$4", '<c:ptCount val="3"/>')},
    "modern chart": {MODERN_PART: ("数据!$D$2:$D$4", 'ptCount="3"')},
    "pivot table": {CACHE_PART: ('ref="A1:E4"', 'refreshOnLoad="1"')},
    "sparklines": {REPORT_PART: ("<xm:f>数据!D2:D4</xm:f>",), TREND_PART: ("<xm:f>数据!D2:D4</xm:f>",)},
    "data bars": {DATA_PART: ("<xm:sqref>D2:D4</xm:sqref>",)},
    "choices": {DATA_PART: ("<xm:sqref>C2:C4</xm:sqref>",)},
    "threads": {THREAD_PART: ('ref="C3"',)},
    "strict": {CHART_PART: ("数据!$D$2:$D$4",)},
    "prefixes": {TABLE_PART: ('<x:autoFilter ref="A1:E4"/>',)},
}
"""Likewise, once row 4 went."""


@pytest.mark.parametrize("name", SOUND)
def test_rows_come_and_what_speaks_of_them_grows(
    made: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    new = patched(made(name), tmp_path, APPEND)
    expected: Saying = GROWN.get(name, {})
    assert changed(made(name), new) <= TOUCHED_BY_ROWS | set(expected)
    assert not missing(new, {TABLE_PART: ('ref="A1:E8"',), **expected})
    assert numbers(new) == [f"D-{k}" for k in range(1, 8)]


@pytest.mark.parametrize("name", SOUND)
def test_a_row_goes_and_what_speaks_of_the_rows_shrinks(
    made: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    new = patched(made(name), tmp_path, DELETE)
    expected: Saying = SHRUNK.get(name, {})
    assert changed(made(name), new) <= TOUCHED_BY_ROWS | set(expected) | set(GROWN.get(name, {}))
    assert not missing(new, {TABLE_PART: ('ref="A1:E4"',), **expected})
    assert numbers(new) == ["D-1", "D-2", "D-4"]


@pytest.mark.parametrize("name", SOUND)
def test_marks_and_notes_come_and_go_beside_what_users_built(
    made: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    marked, cleared = tmp_path / "marked.xlsx", tmp_path / "cleared.xlsx"
    patch(made(name), marked, [MARKS])
    assert b"conditionalFormatting" in parts_of(marked)[DATA_PART]
    patch(marked, cleared, [ClearMarks(TABLE)])
    assert not new_faults(made(name), marked)
    assert not new_faults(made(name), cleared)
    assert not parts_of(made(name)).keys() - parts_of(cleared).keys()


def missing(path: Path, expected: Saying) -> list[str]:
    """Return what a part should say and does not."""
    parts = parts_of(path)
    return [text for part, texts in expected.items() for text in texts if text not in parts[part].decode()]


def test_a_thread_moves_up_with_its_row_and_so_does_its_note(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    new = patched(made("threads"), tmp_path, DeleteRows(TABLE, [2]))
    assert parts_of(new)[THREAD_PART].count(b'ref="C2"') == 2
    assert not new_faults(made("threads"), new)


@pytest.mark.parametrize("place", ["C2", "C3"])
def test_no_value_is_written_where_an_array_spills(
    made: Callable[[str], Path], tmp_path: Path, place: str
) -> None:
    with pytest.raises(CannotPatch, match="patch_array"):
        patched(made("dynamic arrays"), tmp_path, CellEdit(REPORT, place, 1))


def test_an_image_in_a_cell_outlives_everything_but_a_value_in_its_place(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    book = made("images in cells")
    kept = parts_of(patched(book, tmp_path, APPEND))[REPORT_PART]
    assert b'vm="1"' in kept
    replaced = patched(book, tmp_path, CellEdit(REPORT, "C3", "文字"))
    assert b"vm=" not in parts_of(replaced)[REPORT_PART]
    assert not faults(replaced)


def test_a_control_keeps_its_linked_cell(made: Callable[[str], Path], tmp_path: Path) -> None:
    new = patched(made("controls"), tmp_path, CellEdit(REPORT, "H2", value=False), APPEND)
    assert parts_of(new)[CONTROL_PART] == parts_of(made("controls"))[CONTROL_PART]
    assert not new_faults(made("controls"), new)


@pytest.mark.parametrize(("make", "key"), [(signed_book, "patch_signed"), (encrypted_book, "file_encrypted")])
@pytest.mark.parametrize("edit", [CellEdit(DATA, "A3", "改名"), APPEND, DELETE])
def test_signed_and_encrypted_workbooks_are_refused_with_a_sentence(
    tmp_path: Path, make: Callable[[Path], Path], key: str, edit: Edit
) -> None:
    book = make(tmp_path / "book.xlsx")
    with pytest.raises(LtcError) as raised:
        patched(book, tmp_path, edit)
    assert raised.value.key == key
    assert "book.xlsx" in sentence_of(raised.value, "zh")
    assert "book.xlsx" in sentence_of(raised.value, "en")
    assert not (tmp_path / "new.xlsx").exists()


@pytest.mark.needs_program("soffice")
def test_libreoffice_opens_each_patched_workbook_and_shows_the_new_rows(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    names = SOUND.keys() - {"odd case"}  # which LibreOffice does not open unpatched either
    for name in names:
        patch(made(name), tmp_path / f"{name}.xlsx", [APPEND, DELETE])
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1"]
    subprocess.run(  # noqa: S603  a fixed command on files of our own
        [*command, "--outdir", str(tmp_path), *map(str, sorted(tmp_path.glob("*.xlsx")))],
        check=True,
        capture_output=True,
        timeout=180,
    )
    for name in names:
        lines = list(csv.reader((tmp_path / f"{name}.csv").read_text("utf-8").splitlines()))
        assert [line[0] for line in lines[1:7]] == ["D-1", "D-2", "D-4", "D-5", "D-6", "D-7"], name

"""A hidden sheet that is first used is shown; the workbook part changes by that word alone."""

from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from sample_books import leads_book, packed_parts, rewritten, xml_of

from ltc_xl.model.errors import CannotPatch
from ltc_xl.workbook import CellEdit, Edit, ShowSheet, patch

BOOK = "xl/workbook.xml"
State = Literal["visible", "hidden", "veryHidden"]


def hidden_book(folder: Path, state: State = "hidden") -> Path:
    """Return a book of two sheets, of which 线索 is not seen."""
    path = leads_book(folder / "book.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("R&D")
    book.active = 1
    book["线索"].sheet_state = state
    book.save(path)
    return path


def patched(book: Path, *edits: Edit) -> Path:
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    return target


def test_a_hidden_sheet_is_seen_and_nothing_else_of_the_file_differs(tmp_path: Path) -> None:
    book = hidden_book(tmp_path)
    seen = patched(book, ShowSheet("线索"))
    assert openpyxl.load_workbook(seen)["线索"].sheet_state == "visible"
    before, after = xml_of(book, BOOK), xml_of(seen, BOOK)
    assert after.replace(' fullCalcOnLoad="1"', "") == before.replace(' state="hidden"', "").replace(
        ' fullCalcOnLoad="1"', ""
    )
    parts, now = packed_parts(book), packed_parts(seen)
    assert [name for name in parts if parts[name] != now[name]] == [BOOK]


@pytest.mark.parametrize("state", ["visible", "veryHidden"])
def test_a_sheet_that_is_seen_or_very_hidden_stays_as_it_is(tmp_path: Path, state: State) -> None:
    book = hidden_book(tmp_path, state)
    assert patched(book, ShowSheet("线索")).read_bytes() == book.read_bytes()


def test_the_sheet_is_told_by_its_name_whatever_stands_in_it(tmp_path: Path) -> None:
    book = hidden_book(tmp_path, "visible")

    def hide(xml: str) -> str:
        return xml.replace('name="R&amp;D"', "name='R&amp;D'").replace('state="visible"', "state='hidden'")

    book = rewritten(book, workbook=hide)
    states = {s.title: s.sheet_state for s in openpyxl.load_workbook(patched(book, ShowSheet("R&D")))}
    assert (states["线索"], states["R&D"]) == ("hidden", "visible")


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotPatch):
        patched(hidden_book(tmp_path), ShowSheet("跟进"))


def test_it_goes_with_other_edits(tmp_path: Path) -> None:
    seen = openpyxl.load_workbook(
        patched(hidden_book(tmp_path), CellEdit("线索", "B4", "新"), ShowSheet("线索"))
    )
    assert (seen["线索"]["B4"].value, seen["线索"].sheet_state) == ("新", "visible")

"""Sync on files of other hands: what is not ours is refused, what people added stays as it was."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from other_hands import TYPED_IN, by_openpyxl, fifty_columns_inside, pieces, saved_by_libreoffice
from shell import SPEAKING, ltc

from ltc_xl import session
from ltc_xl.demo import DEMO_DAY
from ltc_xl.demo.month.hand import Hand
from ltc_xl.model.book import Book
from ltc_xl.model.enums import Lang
from ltc_xl.model.tables import UID
from ltc_xl.workbook import read_book

STRANGERS = (
    "ms_Complex01.xlsx",
    "ms_RelationalPivotA2.xlsx",
    "oth_database.xlsm",
    "oth_tables.xlsx",
    "poi_simple-monthly-budget.xlsx",
)
SAYS: Mapping[Lang, tuple[str, str]] = {
    "zh": ("不是用 ltc-xl 模板建的", "ltc-xl import"),
    "en": ("was not made from the ltc-xl template", "ltc-xl import"),
}


@pytest.mark.needs_data("excel_workbooks")
@pytest.mark.parametrize("name", STRANGERS)
def test_a_workbook_of_somebody_elses_is_refused_in_a_sentence(
    name: str, data_dir: Path, tmp_path: Path, own_state_dir: Path
) -> None:
    book = Path(shutil.copy(data_dir / "excel_workbooks" / name, tmp_path))
    before = book.read_bytes()
    for lang, words in SAYS.items():
        result = ltc("sync", book, env=SPEAKING[lang])
        assert (result.exit_code, result.stdout) == (3, ""), result.output
        (sentence,) = result.stderr.strip().splitlines()
        assert all(word in sentence for word in (name, *words))
    assert book.read_bytes() == before
    assert not (tmp_path / "reports").exists()
    assert not list(own_state_dir.glob("*.sqlite"))


@pytest.mark.needs_program("soffice")
def test_what_people_added_stays_as_it_was(synced_firm: Callable[[Lang], Path], tmp_path: Path) -> None:
    """Fifty columns of the firm's own in every table and a sheet, saved by openpyxl, then by LibreOffice."""
    book = synced_firm("zh")
    by_openpyxl(book, fifty_columns_inside, _with_a_sheet)
    (tmp_path / "office").mkdir()
    shutil.move(saved_by_libreoffice(book, tmp_path / "profile", tmp_path / "office"), book)
    deal = read_book(book).rows("opportunities").filter(stage="PROPOSAL")[UID][0]

    def edits(held: Book) -> Any:  # noqa: ANN401  as the session takes them
        hand = Hand(held)
        hand.writes("opportunities", deal, stage="NEGOTIATING", next_step="签字")
        return hand.edits

    session.save_typed(book, edits)
    before = _own(book)
    assert len(before) > 50 * len(TYPED_IN)
    result = ltc("sync", book, "--as-of", DEMO_DAY)
    assert result.exit_code == 1, result.output
    assert _own(book) == before
    moved = read_book(book).rows("opportunities").filter(_uid=deal)
    assert moved["stage_since"].item() == DEMO_DAY
    again = book.read_bytes()
    ltc("sync", book, "--as-of", DEMO_DAY)
    assert book.read_bytes() == again


def _with_a_sheet(held: Any) -> None:  # noqa: ANN401  openpyxl's
    own = held.create_sheet("我的笔记")
    own["B2"], own["B3"] = "只给自己看", "=1+1"


def _own(book: Path) -> Mapping[str, list[object]]:
    """Return the firm's own columns and sheet, cell by cell."""
    held = openpyxl.load_workbook(book)
    found: dict[str, list[object]] = {
        "我的笔记": [cell.value for row in held["我的笔记"].iter_rows() for cell in row]
    }
    for piece in pieces(held, TYPED_IN):
        left, top, right, bottom = piece.area
        for column in range(left, right + 1):
            header = str(piece.sheet.cell(top, column).value)
            if header.startswith("自用"):
                cells: list[object] = [
                    piece.sheet.cell(row, column).value for row in range(top + 1, bottom + 1)
                ]
                found[f"{piece.model.name} {header}"] = cells
    return found

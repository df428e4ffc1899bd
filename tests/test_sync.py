"""The daily run on the demo firm: what people typed, what became of it, what can be taken back."""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ltc_xl import session
from ltc_xl.demo.book import new_firm_book
from ltc_xl.model.book import Book
from ltc_xl.model.enums import label
from ltc_xl.model.tables import UID
from ltc_xl.sync import sync
from ltc_xl.workbook import Edit, read_book
from ltc_xl.workbook.edits import CellEdit

DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the demo firm's workbook after its first sync, and its state directory."""
    folder = tmp_path_factory.mktemp("firm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LTC_XL_STATE", str(folder / "state"))
        new_firm_book(folder / "firm.xlsx", "zh", DAY)
        sync(folder / "firm.xlsx", DAY)
    return folder / "firm.xlsx", folder / "state"


@pytest.fixture
def firm(synced: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of it, with a copy of its store."""
    book = Path(shutil.copy(synced[0], tmp_path / "firm.xlsx"))
    shutil.copytree(synced[1], tmp_path / "own-state")
    monkeypatch.setenv("LTC_XL_STATE", str(tmp_path / "own-state"))
    return book


def deal(path: Path, *where: pl.Expr, skip: int = 0) -> Mapping[str, object]:
    return read_book(path).rows("opportunities").filter(*where).row(skip, named=True)


def typing(path: Path, *cells: tuple[str, str, str, object]) -> None:
    """Type values as a person does: table, row, column, what stands in the cell afterwards."""

    def edits(book: Book) -> list[Edit]:
        typed: list[Edit] = []
        for name, uid, column, value in cells:
            place = book.cell(name, uid, column)
            assert place is not None, (name, uid, column)
            typed.append(CellEdit(*place, value))  # type: ignore[arg-type]  # what a person types
        return typed

    session.save_typed(path, edits)


def stage(code: str) -> str:
    return label("opp_stage", code, "zh")


def shown(path: Path, uid: object, column: str) -> object:
    return read_book(path).rows("opportunities").filter(pl.col(UID) == uid)[column].item()


def told(result: session.Result, uid: object) -> list[str]:
    return sorted(f.code for f in result.outcome.findings if f.row_id == uid and f.code.startswith("T-"))


def test_one_save_with_every_kind_of_move_gives_each_its_outcome(firm: Path) -> None:
    open_stage = pl.col("stage")
    jump = deal(firm, open_stage == "VALIDATING")
    unmet = deal(firm, open_stage == "VALIDATING", skip=1)
    missing = deal(firm, open_stage == "APPROVED")
    legal = deal(firm, open_stage == "PROPOSAL")
    uids = [str(row[UID]) for row in (jump, unmet, missing, legal)]
    typing(
        firm,
        ("opportunities", uids[0], "stage", stage("WON")),
        ("opportunities", uids[0], "competitor", "同方"),
        ("opportunities", uids[1], "stage", stage("APPROVED")),
        ("opportunities", uids[1], "ati_result", label("gate_result", "NO_GO", "zh")),
        ("opportunities", uids[1], "ati_on", DAY),
        ("opportunities", uids[1], "ati_by", "林总"),
        ("opportunities", uids[2], "stage", stage("PROPOSAL")),
        ("opportunities", uids[2], "sr", None),
        ("opportunities", uids[3], "stage", stage("NEGOTIATING")),
        ("opportunities", uids[3], "note", "价格谈到九五折"),
    )
    result = sync(firm, DAY)
    assert [told(result, uid) for uid in uids] == [["T-01"], ["T-02"], ["T-03"], []]
    stages = [shown(firm, uid, "stage") for uid in uids]
    assert stages == ["VALIDATING", "VALIDATING", "APPROVED", "NEGOTIATING"]
    assert shown(firm, uids[0], "competitor") == "同方"
    assert shown(firm, uids[3], "stage_since") == DAY
    notes = read_book(firm).rows("activities").filter(pl.col("object_id") == legal["opp_id"])
    assert "价格谈到九五折" in notes["summary"].to_list()
    problems = read_book(firm).rows("findings").filter(pl.col("code").str.starts_with("T-"))
    assert problems.height == 3
    assert all(stage("WON") in text for text in problems.filter(pl.col("code") == "T-01")["found"])
    before = firm.read_bytes()
    again = sync(firm, DAY)
    assert (again.commit, firm.read_bytes()) == (None, before)
    typing(firm, ("opportunities", uids[2], "sr", "林涛"))
    granted = sync(firm, DAY)
    assert told(granted, uids[2]) == []
    assert shown(firm, uids[2], "stage") == "PROPOSAL"

"""Stages typed in Excel: what a run lets pass, what it puts back, what it remembers."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from desk import (
    DAY,
    cells,
    checked,
    deleting,
    forgetting,
    made,
    problems,
    ran,
    stages,
    state,
    store_of,
    typing,
    wishes,
)

from ltc_xl.session import history, save_typed
from ltc_xl.workbook import CellEdit, DeleteRows
from ltc_xl.workbook.read import read_book


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workbook and its state, all of it committed."""
    folder = tmp_path_factory.mktemp("committed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        made(folder / "客户A.xlsx")
    return folder


@pytest.fixture
def book(committed: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(committed, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def test_a_command_without_problems_leaves_an_illegal_stage_as_typed_and_the_store_as_it_was(
    book: Path,
) -> None:
    typing(book, "opportunities", "u0x", stage="赢单")
    before = book.read_bytes()
    result = ran(book)
    assert [(f.code, f.row_id, f.column) for f in result.refused] == [("T-01", "u0x", "stage")]
    assert result.commit is None
    assert book.read_bytes() == before
    assert stages(book) == [["WON", "VALIDATING"], ["VALIDATING", "VALIDATING"]]
    assert wishes(book) == []


def test_the_rest_of_the_row_is_accepted_and_the_typed_stage_waits_in_its_cell(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单", next_step="拜访")
    assert ran(book).accepted == 1
    assert stages(book) == [["WON", "VALIDATING"], ["VALIDATING", "VALIDATING"]]
    assert [f.code for f in ran(book).refused] == ["T-01"]


def test_check_puts_the_stage_back_and_keeps_the_wish(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单", next_step="拜访")
    checked(book)
    assert stages(book) == [["VALIDATING", "VALIDATING"]] * 2
    assert problems(book) == [("T-01", "u0x|stage")]
    assert wishes(book) == [("T-01", "WON", None)]
    before = book.read_bytes()
    assert [f.code for f in checked(book).refused] == ["T-01"]
    assert book.read_bytes() == before


def test_an_unmet_move_is_made_by_itself_once_all_is_there(book: Path) -> None:
    """Its author is who wished for it; the wish is told to the end."""
    typing(book, "opportunities", "u0x", stage="丢单")
    checked(book)
    assert problems(book) == [("T-03", "u0x|stage")]
    typing(book, "opportunities", "u0x", lost_reason="价格")
    result = checked(book)
    assert (result.accepted, result.refused) == (2, ())
    assert stages(book) == [["LOST", "VALIDATING"]] * 2
    assert problems(book) == []
    assert wishes(book) == [("T-03", "LOST", "granted")]
    closed = read_book(book).rows("opportunities").sort("name")["closed_on"].to_list()
    assert closed == [DAY, None]
    told = [event.what for event in history(book, "柜一").rows[0].events if event.column == "stage"]
    assert told == ["refused", "set", "granted"]


def test_a_granted_move_and_a_typed_one_count_in_the_same_run(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="丢单")
    checked(book)
    typing(book, "opportunities", "u0x", lost_reason="价格")
    typing(book, "opportunities", "u1x", stage="搁置")
    checked(book)
    assert stages(book) == [["LOST", "HOLD"]] * 2
    assert (problems(book), wishes(book)) == ([], [("T-03", "LOST", "granted")])


def test_another_stage_typed_takes_the_wish_over(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单")
    checked(book)
    typing(book, "opportunities", "u0x", stage="搁置")
    checked(book)
    assert stages(book) == [["HOLD", "VALIDATING"]] * 2
    assert (problems(book), wishes(book)) == ([], [("T-01", "WON", "overtaken")])


def test_its_line_deleted_from_the_problems_the_wish_is_given_up(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单")
    typing(book, "opportunities", "u1x", stage="赢单")
    checked(book)
    rows = read_book(book).rows("findings").filter(pl.col("mark") == "u0x|stage")
    save_typed(book, lambda _: [DeleteRows("tblFindings", [rows["_row"][0]])])
    checked(book)
    assert problems(book) == [("T-01", "u1x|stage")]
    assert sorted(map(str, wishes(book))) == ["('T-01', 'WON', 'withdrawn')", "('T-01', 'WON', None)"]


def test_a_row_that_is_gone_wishes_for_nothing(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单")
    checked(book)
    deleting(book, "opportunities", "u0x")
    checked(book)
    assert wishes(book) == [("T-01", "WON", "overtaken")]
    assert problems(book) == []


def test_a_broken_rule_of_no_sound_version_leaves_every_typed_stage_where_it_stands(book: Path) -> None:
    forgetting(book, "transitions")
    rows = read_book(book).rows("transitions")
    cell = read_book(book).cell("transitions", rows["_uid"][0], "condition")
    assert cell
    save_typed(book, lambda _: [CellEdit(*cell, "金额 >>")])
    typing(book, "opportunities", "u0x", stage="搁置")
    result = checked(book)
    assert "T-05" in {f.code for f in result.refused}
    assert stages(book) == [["HOLD", "VALIDATING"], ["VALIDATING", "VALIDATING"]]
    assert wishes(book) == []
    before = book.read_bytes()
    checked(book)
    assert book.read_bytes() == before


def test_a_note_becomes_an_activity_that_is_numbered_and_found(book: Path) -> None:
    typing(book, "opportunities", "u0x", note="今天打了电话")
    checked(book)
    number = read_book(book).rows("opportunities").sort("name")["opp_id"][0]
    noted = read_book(book).rows("activities")
    assert noted.select("object_id", "summary", "on").rows() == [(number, "今天打了电话", DAY)]
    assert noted["activity_id"].null_count() == 0
    events = history(book, "柜一").rows[0].events
    assert [event.values["summary"] for event in events if event.what == "activity"] == ["今天打了电话"]


def test_a_dry_run_tells_what_would_be_refused_and_writes_nothing(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单", next_step="拜访")
    before, held = book.read_bytes(), state(book)
    result = checked(book, dry_run=True)
    assert ([f.code for f in result.refused], result.accepted) == (["T-01"], 1)
    assert [(s.table, s.column) for s in result.changes.sets if s.column == "stage"] == [
        ("opportunities", "stage")
    ]
    assert (book.read_bytes(), state(book)) == (before, held)
    assert wishes(book) == []


def test_stopped_before_the_swap_the_next_run_shows_what_was_decided(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage goes back and the line stands on the Problems sheet; no second wish is made."""
    typing(book, "opportunities", "u0x", stage="赢单")
    undisturbed = book.parent / "undisturbed"
    shutil.copytree(book.parent, undisturbed)

    def stopped(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ltc_xl.session.desk.replace_book", stopped)
        with pytest.raises(KeyboardInterrupt):
            checked(book)
    assert stages(book) == [["WON", "VALIDATING"], ["VALIDATING", "VALIDATING"]]
    checked(book)
    rerun = (stages(book), problems(book), wishes(book), cells(book), state(book))
    with monkeypatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(undisturbed / "state"))
        other = undisturbed / book.name
        checked(other)
        checked(other)
        assert rerun == (stages(other), problems(other), wishes(other), cells(other), state(other))


def test_the_hidden_sheet_tells_of_the_last_run(book: Path) -> None:
    typing(book, "opportunities", "u0x", stage="赢单", next_step="拜访")
    checked(book)
    told = dict(read_book(book).rows("meta").select("key", "value").iter_rows())
    assert (told["done_by"], told["accepted"], told["waiting"]) == ("check", "1", "1")
    store = store_of(book)
    assert told["base_token"] == store.token_of(store.head)
    store.close()

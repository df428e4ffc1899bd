"""Restore: a workbook as one of its last backups was, whatever has become of the file."""

import re
import shutil
from pathlib import Path

import pytest
from desk import DAY, appending, cells, checked, made, ran, state, store_of, typing

from ltc_xl.model.errors import BookIsOpen, StoreAway, UsageError, WorldError
from ltc_xl.session import How, Restored, backups, chosen, restore, undo
from ltc_xl.store import state_dir
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.read import read_book


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workbook that was checked, changed by hand and checked again."""
    folder = tmp_path_factory.mktemp("committed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        book = made(folder / "客户A.xlsx")
        shutil.copy(book, folder / "first.xlsx")
        typing(book, "opportunities", "u0x", stage="赢单", next_step="拜访")
        appending(book, "tblOpps", 商机名称="柜三", 客户="恒远", 负责人="王芳")
        checked(book)
    return folder


@pytest.fixture
def book(committed: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(committed, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def restored(book: Path, which: str = "1") -> Restored:
    return restore(book, chosen(book, backups(book), which), DAY, How(reason="试试"))


def blank_formulas(package: Package, *parts: str) -> list[bytes]:
    """Return the formula cells of some sheets that show nothing until somebody calculates them."""
    cells = (cell for part in parts for cell in re.findall(rb"<c .*?</c>", package.read(part), re.DOTALL))
    return [cell for cell in cells if b"<f" in cell and b"<v>" not in cell]


def test_the_backups_say_what_came_after_them(book: Path) -> None:
    """The file before new rows got their ids gives way to the one that has them."""
    told = backups(book)
    assert [(one.number, one.command, one.seq) for one in told] == [(1, "check", 2), (2, "check", 0)]
    assert told[0].size == told[0].path.stat().st_size
    assert chosen(book, told, told[1].name) == told[1]
    with pytest.raises(UsageError):
        chosen(book, told, "3")


def test_a_backup_comes_back_as_it_was_and_what_was_typed_in_it_is_typed_again(book: Path) -> None:
    after = (state(book), cells(book))
    backup = backups(book)[0].path
    shown = cells(backup)
    done = restored(book)
    assert (done.commit, cells(book)) == (5, shown)
    assert state(book) == state(book.with_name("first.xlsx"))
    old, new = Package.open(backup), Package.open(book)
    differs = {e.filename for e in old.entries if old.read(e.filename) != new.read(e.filename)}
    technical = next(sheet.part for sheet in new.sheets if sheet.name == "_ltc")
    tables = {table.part for table in new.tables if table.sheet == "_ltc"}
    looks = {sheet.part for sheet in new.sheets if sheet.name in {"开始", "看板"}}  # figures follow the rows
    assert differs <= {technical, *tables, *looks, new.workbook_part}
    assert not blank_formulas(new, *looks)
    checked(book)
    assert (state(book), cells(book)) == after


def test_the_replaced_file_is_a_backup_and_the_restore_can_be_taken_back(book: Path) -> None:
    after, replaced = state(book), book.read_bytes()
    done = restored(book)
    assert done.kept_as == backups(book)[0].name
    assert backups(book)[0].path.read_bytes() == replaced
    undo(book, str(done.commit), DAY, How(papers=False))
    store = store_of(book)
    made_by = store.commits()[4:]
    checked(book)  # grey cells of a row that was typed again are computed again
    assert state(book) == after
    assert [(c.command, c.reason) for c in made_by] == [
        ("restore", "试试"),
        ("edit", None),
        ("undo", None),
    ]
    store.close()


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut short", b"no workbook"])
def test_a_damaged_or_lost_workbook_comes_back(book: Path, content: bytes | None) -> None:
    held = state(book)
    ran(book)
    book.unlink() if content is None else book.write_bytes(content)
    done = restored(book)
    assert (done.kept_as is None) == (content is None)
    checked(book)
    assert state(book) == held


def test_stopped_before_the_swap_nothing_is_lost(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:

        def stopped(*_args: object) -> None:
            raise KeyboardInterrupt

        patched.setattr("ltc_xl.session.restoring.replace_book", stopped)
        with pytest.raises(KeyboardInterrupt):
            restored(book)
    ran(book)
    assert state(book) == state(book.with_name("first.xlsx"))
    assert ran(book).commit is None


def test_an_open_workbook_is_left_alone(book: Path) -> None:
    book.with_name("~$客户A.xlsx").write_bytes(b"\x02Li")
    held, before = state(book), book.read_bytes()
    with pytest.raises(BookIsOpen):
        restored(book)
    assert (state(book), book.read_bytes()) == (held, before)


def test_without_a_backup_or_without_the_store_there_is_a_sentence(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorldError) as refused:
        backups(book.with_name("别的.xlsx"))
    assert refused.value.key == "restore_none"
    monkeypatch.setenv("LTC_XL_STATE", str(book.parent / "elsewhere"))
    with pytest.raises(StoreAway):
        backups(book)


def test_two_workbooks_of_one_name_are_told_apart_by_their_place(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "另一家" / book.name
    other.parent.mkdir()
    made(other)
    own = {folder.name for folder in (state_dir() / "backups").iterdir()}
    assert len(own) == 2
    number = read_book(other).rows("meta").filter(key="workbook_id")["value"][0]
    other.unlink()
    assert {one.path.parent.name for one in backups(other)} == {number}

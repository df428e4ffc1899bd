"""The swap: the workbook is the old file or the new one, whole, at any moment."""

import sys
from pathlib import Path

import pytest
from sample_books import leads_book
from write_kills import killed

from ltc_xl.messages import sentence_of
from ltc_xl.model.errors import BookHasChanged, BookIsOpen, LtcError, WorldError
from ltc_xl.workbook import CellEdit, check_not_open, patch, replace_book
from ltc_xl.workbook.swap import KEPT, digest_of


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook in a folder of its own."""
    (tmp_path / "desk").mkdir()
    return leads_book(tmp_path / "desk" / "客户.xlsx")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "state" / "backups"


def new_file(book: Path, text: str = "新") -> Path:
    """Return a patched copy beside the workbook, as the session makes it."""
    new = book.with_name(f".{book.name}.ltc-xl.tmp")
    patch(book, new, [CellEdit("线索", "B4", text)])
    return new


def refused(book: Path, new: Path, backups: Path, digest: str = "") -> LtcError:
    """Return what the swap raises; the old file is whole, the new one and every temporary gone."""
    before = book.read_bytes()
    with pytest.raises(LtcError) as raised:
        replace_book(book, new, digest or digest_of(book), backups)
    assert book.read_bytes() == before
    assert not [path for path in book.parent.iterdir() if path.name.endswith(".tmp")]
    assert not new.exists()
    for lang in ("zh", "en"):
        assert book.name in sentence_of(raised.value, lang) or new.name in sentence_of(raised.value, lang)
    return raised.value


def test_the_new_file_takes_the_place_and_the_mode_of_the_old_one(book: Path, backups: Path) -> None:
    book.chmod(0o640)
    old, new = book.read_bytes(), new_file(book)
    written = new.read_bytes()
    backup = replace_book(book, new, digest_of(book), backups)
    assert book.read_bytes() == written
    assert book.stat().st_mode & 0o777 == 0o640
    assert backup.read_bytes() == old
    assert [path.name for path in book.parent.iterdir()] == [book.name]


def test_a_new_file_from_another_folder_is_taken_too(book: Path, backups: Path, tmp_path: Path) -> None:
    elsewhere = new_file(book).rename(tmp_path / "elsewhere.xlsx")
    written = elsewhere.read_bytes()
    replace_book(book, elsewhere, digest_of(book), backups)
    assert book.read_bytes() == written
    assert not elsewhere.exists()


def test_a_link_to_the_workbook_goes_on_pointing_at_it(book: Path, backups: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(book)
    new = new_file(book)
    written = new.read_bytes()
    replace_book(link, new, digest_of(book), backups)
    assert link.is_symlink()
    assert book.read_bytes() == written


def test_the_last_ten_backups_are_kept(book: Path, backups: Path) -> None:
    kept = []
    for turn in range(KEPT + 2):
        kept.append(book.read_bytes())
        replace_book(book, new_file(book, f"第{turn}次"), digest_of(book), backups)
    found = sorted(backups.iterdir())
    assert [path.read_bytes() for path in found] == kept[-KEPT:]


def test_a_workbook_saved_in_the_meantime_is_left_alone(book: Path, backups: Path) -> None:
    read, new = digest_of(book), new_file(book)
    leads_book(book, rows=9)
    assert isinstance(refused(book, new, backups, read), BookHasChanged)
    assert not list(backups.iterdir())


def test_a_new_file_that_does_not_read_back_is_not_taken(book: Path, backups: Path) -> None:
    new = new_file(book)
    data = bytearray(new.read_bytes())
    data[len(data) // 3] ^= 0xFF
    new.write_bytes(data)
    assert refused(book, new, backups).key == "swap_unreadable"


def test_a_read_only_workbook_is_left_alone(book: Path, backups: Path) -> None:
    new = new_file(book)
    book.chmod(0o444)
    assert refused(book, new, backups).key == "swap_read_only"


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_leaves_the_workbook_alone(book: Path, backups: Path, tmp_path: Path) -> None:
    new = new_file(book).rename(tmp_path / "elsewhere.xlsx")
    book.with_name(f".{book.name}.ltc-xl.tmp").symlink_to("/dev/full")
    assert refused(book, new, backups).key == "swap_disk_full"


def test_backups_that_cannot_be_written_stop_the_swap(book: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    assert isinstance(refused(book, new_file(book), tmp_path / "state" / "backups"), WorldError)


# open elsewhere


@pytest.mark.parametrize(
    ("lock", "content", "user"),
    [
        (
            "~$客户.xlsx",
            b"\x04????".ljust(55) + b"\x02\0" + "王芳".encode("utf-16-le").ljust(108, b" "),
            "王芳",
        ),
        (".~lock.客户.xlsx#", "王芳,wf,pc-7,21.11.2026 10:15,file:///home/wf;".encode(), "王芳"),
        (".~lock.客户.xlsx#", b",wf,pc-7,21.11.2026 10:15,file:///home/wf;", "wf"),
    ],
)
def test_the_sentence_names_who_holds_the_workbook_and_the_stale_file(
    book: Path, lock: str, content: bytes, user: str
) -> None:
    book.with_name(lock).write_bytes(content)
    with pytest.raises(BookIsOpen) as raised:
        check_not_open(book)
    for lang in ("zh", "en"):
        sentence = sentence_of(raised.value, lang)
        assert user in sentence
        assert lock in sentence


@pytest.mark.parametrize("lock", ["~$客户.xlsx", ".~lock.客户.xlsx#"])
def test_an_owner_file_that_names_nobody_still_stops_the_swap(book: Path, backups: Path, lock: str) -> None:
    new = new_file(book)
    book.with_name(lock).write_bytes(b"")
    assert refused(book, new, backups).key == "book_open_somewhere"


def test_the_owner_file_of_another_workbook_is_no_obstacle(book: Path, backups: Path) -> None:
    book.with_name("~$别的.xlsx").write_bytes(b"")
    replace_book(book, new_file(book), digest_of(book), backups)


# killed


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_ten_kills_at_random_moments_leave_the_old_file_or_the_new_one_whole(
    book: Path, backups: Path
) -> None:
    seen = killed(book, backups, count=10, within=0.1, seed=50)
    assert seen.damaged == 0
    assert seen.moved
    assert seen.left <= {f".{book.name}.ltc-xl.tmp"}
    replace_book(book, new_file(book), digest_of(book), backups)
    assert [path.name for path in book.parent.iterdir()] == [book.name]

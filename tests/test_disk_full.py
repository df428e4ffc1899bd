"""A disk that fills up at any moment of a write: a sentence, and the old file whole."""

import json
import shutil
import subprocess
import sys

import pytest
from sample_books import leads_book

SIZE = 1 << 20

_WRITES = """
import json, os, shutil, sys
from pathlib import Path
from ltc_xl.messages import sentence_of
from ltc_xl.model.errors import LtcError
from ltc_xl.workbook import CellEdit, patch, replace_book
from ltc_xl.workbook.swap import digest_of

made, disk, rooms = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
told = []
for room in rooms:
    desk, filler = disk / "desk", disk / "filler"
    desk.mkdir()
    book = Path(shutil.copy(made, desk))
    before, new = book.read_bytes(), book.with_name(f".{book.name}.ltc-xl.tmp")
    free = os.statvfs(disk)
    filler.write_bytes(bytes(max(free.f_bavail * free.f_bsize - int(room * len(before)), 0)))
    try:
        patch(book, new, [CellEdit("线索", "B4", "新")])
        replace_book(book, new, digest_of(book), disk / "backups")
        said = ""
    except LtcError as error:
        said = f"{error.key}: {sentence_of(error, 'zh')}"
    left = sorted(path.name for path in disk.rglob("*") if path.is_file() and path != filler)
    told.append({"said": said, "same": book.read_bytes() == before, "left": left})
    filler.unlink()
    for folder in (desk, disk / "backups"):
        shutil.rmtree(folder, ignore_errors=True)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[float, dict[str, object]]:
    """Return room on the disk, in sizes of the workbook -> what a write there said and left."""
    folder = tmp_path_factory.mktemp("disk")
    made, disk = leads_book(folder / "客户.xlsx", rows=2_000), folder / "small"
    disk.mkdir()
    rooms = [0, 0.5, 1.5, 3]
    mount = f'mount -t tmpfs -o size={SIZE} tmpfs "$1" && shift && exec "$@"'
    program = [sys.executable, "-c", _WRITES, str(made), str(disk), json.dumps(rooms)]
    unshare = shutil.which("unshare")
    command = [unshare or "", "-rm", "sh", "-c", mount, "sh", str(disk), *program]
    if unshare is None or subprocess.run([*command[: -len(program)], "true"], capture_output=True).returncode:  # noqa: PLW1510, S603
        pytest.skip("needs a Linux on which anybody may mount a small disk of their own (unshare -rm)")
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  a program of our own
    return dict(zip(rooms, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("room", [0, 0.5, 1.5])
def test_no_room_for_the_new_file_or_the_backup_leaves_the_old_file_alone(
    told: dict[float, dict[str, object]], room: float
) -> None:
    """The new file wants about one more size of the workbook, its backup another."""
    assert str(told[room]["said"]).startswith("swap_disk_full: ")
    assert "客户.xlsx" in str(told[room]["said"])
    assert told[room]["same"] is True
    assert told[room]["left"] == ["客户.xlsx"]


def test_with_room_for_both_the_workbook_is_written(told: dict[float, dict[str, object]]) -> None:
    assert told[3]["said"] == ""
    assert told[3]["same"] is False
    assert len(list(told[3]["left"])) == 2  # type: ignore[call-overload]  # JSON

"""Wrong input: every command answers with one sentence, cause and cure, and leaves the file as it is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from conftest import typed_rows
from shell import CHINESE, SPEAKING, ltc, process

from ltc_xl import rollout, session
from ltc_xl.model.enums import Lang

ROWS = {"leads": "| company |\n| 恒远 |", "channels": "| channel |\n| 官网 |"}
WRITES = {
    "check": ("check", "{book}"),
    "import": ("import", "{book}", "{rows}", "--form", "leads", "--apply"),
    "aging": ("collect", "aging", "{book}"),
    "sync": ("sync", "{book}"),
}
COMMANDS = {
    **WRITES,
    "today": ("today", "{book}"),
    "grade": ("leads", "grade", "{book}"),
    "assign": ("leads", "assign", "{book}"),
    "letters": ("collect", "letters", "{book}"),
    "pipeline": ("report", "pipeline", "{book}"),
    "management": ("report", "management", "{book}"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "客户A.xlsx"
    rows = {name: typed_rows(name, text) for name, text in ROWS.items()}
    plan = rollout.new(lang="zh", site="SH", store_id="", as_of=date(2026, 4, 30), rows=rows)
    session.new_book(path, plan)
    return path


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    """Return a workbook in a folder of its own, with a file of foreign rows beside it."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "新.csv").write_text("公司,渠道\n新客户,官网\n", "utf-8")
    return Path(shutil.copy(made, tmp_path / "desk"))


def line_of(command: str, book: Path) -> list[str]:
    """Return a command line for a workbook."""
    return [word.format(book=book, rows=book.with_name("新.csv")) for word in COMMANDS[command]]


# ---------------------------------------------------------------- what can be wrong with a file

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def old_xls(path: Path) -> None:
    path.write_bytes(OLD_OFFICE + "Workbook".encode("utf-16-le") * 64)


def csv_by_another_name(path: Path) -> None:
    path.write_text("公司,手机\n恒远,13812345678\n", encoding="utf-8")


def locked_with_a_password(path: Path) -> None:
    path.write_bytes(OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000])


def cut_in_the_middle(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def open_in_excel(path: Path) -> None:
    path.with_name(f"~${path.name}").write_bytes(b"\x05Li Na" + bytes(160))


def open_in_libreoffice(path: Path) -> None:
    path.with_name(f".~lock.{path.name}#").write_text("Li Na,lina,pc-7,01.04.2026 09:00,file:///home/lina;")


def without_a_sheet(path: Path) -> None:
    held = openpyxl.load_workbook(path)
    del held["线索"]
    held.save(path)


def without_a_key_column(path: Path) -> None:
    held = openpyxl.load_workbook(path)
    sheet = held["合同"]
    header = next(cell for row in sheet.iter_rows(max_row=5) for cell in row if cell.value == "合同号")
    header.value = "别的名字"
    for table in sheet.tables.values():
        for column in table.tableColumns:
            column.name = header.value if column.name == "合同号" else column.name
    held.save(path)


def without_technical_sheet(path: Path) -> None:
    held = openpyxl.load_workbook(path)
    del held["_ltc"]
    held.save(path)


Words = dict[Lang, tuple[str, str]]
"""Cause and cure, as the sentence names them."""

WRONG: dict[Callable[[Path], None], Words] = {
    empty: {"zh": ("空文件", "重新获取"), "en": ("is empty", "Fetch it again")},
    old_xls: {"zh": (".xls", "另存为 .xlsx"), "en": (".xls", "save it as .xlsx")},
    csv_by_another_name: {"zh": ("文本", "ltc-xl import"), "en": ("plain text", "ltc-xl import")},
    locked_with_a_password: {"zh": ("密码", "清除密码"), "en": ("password", "clear the password")},
    cut_short: {"zh": ("不完整", "备份"), "en": ("incomplete", "restore a backup")},
    cut_in_the_middle: {"zh": ("不完整", "备份"), "en": ("incomplete", "restore a backup")},
    open_in_excel: {"zh": ("Li Na", "关闭"), "en": ("Li Na", "close it")},
    open_in_libreoffice: {"zh": ("Li Na", "关闭"), "en": ("Li Na", "close it")},
    without_a_sheet: {"zh": ("线索", "恢复"), "en": ("线索", "Restore")},
    without_a_key_column: {"zh": ("合同号", "恢复"), "en": ("合同号", "back")},
    without_technical_sheet: {"zh": ("_ltc", "ltc-xl new"), "en": ("_ltc", "ltc-xl new")},
}


@pytest.mark.parametrize("spoil", WRONG, ids=lambda spoil: spoil.__name__)
def test_a_wrong_input_gets_a_sentence_and_stays_as_it_is(
    spoil: Callable[[Path], None], book: Path, own_state_dir: Path
) -> None:
    spoil(book)
    before = book.read_bytes()
    beside = sorted(book.parent.iterdir())
    for command in COMMANDS:
        for lang, words in WRONG[spoil].items():
            result = ltc(*line_of(command, book), env=SPEAKING[lang])
            assert isinstance(result.exception, SystemExit), result.output
            assert (result.exit_code, result.stdout) == (3, ""), (command, lang)
            (sentence,) = result.stderr.strip().splitlines()
            assert all(word in sentence for word in (book.name, *words)), sentence
            assert sentence.endswith("。" if lang == "zh" else ".")
    assert book.read_bytes() == before
    assert sorted(book.parent.iterdir()) == beside
    assert not list(own_state_dir.glob("*.sqlite"))


@pytest.mark.parametrize("spoil", [empty, without_a_sheet], ids=lambda spoil: spoil.__name__)
def test_a_program_of_its_own_shows_no_trace(spoil: Callable[[Path], None], book: Path) -> None:
    spoil(book)
    done = process("check", book, "--json")
    assert done.returncode == 3
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("lang", SPEAKING)
def test_a_missing_file_is_told_and_nothing_is_made(lang: Lang, tmp_path: Path) -> None:
    for command in COMMANDS:
        result = ltc(*line_of(command, tmp_path / "没有.xlsx"), env=SPEAKING[lang])
        assert result.exit_code == 3
        assert "Traceback" not in result.output
    assert [path for path in tmp_path.iterdir() if path.suffix] == []


@pytest.mark.parametrize("folder", ["", "."])
def test_a_folder_is_no_workbook(folder: str) -> None:
    for args in (("check", folder), ("new", folder), ("collect", "aging", folder)):
        result = ltc(*args, env=CHINESE)
        assert isinstance(result.exception, SystemExit), result.output
        assert (result.exit_code, result.stdout) == (3, "")
        assert "文件夹" in result.stderr


# ---------------------------------------------------------------- a folder that may not be written


def without_overriding() -> list[str]:
    """Return what makes a program obey the rights of a folder; root must give up its own right first."""
    if os.name == "nt":
        pytest.skip("folders are not made read-only this way on Windows")
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root cannot be held to a folder's rights without setpriv")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


@pytest.mark.parametrize("command", WRITES)
@pytest.mark.parametrize("lang", SPEAKING)
def test_a_read_only_folder_is_told_and_the_store_does_not_run_ahead(
    command: str, lang: Lang, book: Path
) -> None:
    before, folder = book.read_bytes(), book.parent
    folder.chmod(0o555)
    args = [*without_overriding(), sys.executable, "-m", "ltc_xl", *line_of(command, book)]
    done = subprocess.run(args, capture_output=True, check=False, env={**os.environ, **SPEAKING[lang]})  # noqa: S603  our own program
    folder.chmod(0o755)
    sentence = done.stderr.decode().strip()
    assert done.returncode == 3, sentence
    assert folder.name in sentence
    assert ("请" in sentence) == (lang == "zh")
    assert len(sentence.splitlines()) == 1
    assert book.read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {book.name, "新.csv"}
    assert ltc("check", book, "--json").exit_code in {0, 1}

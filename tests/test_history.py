"""History, undo and restore on the command line: what a person reads and what a program reads."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from desk import DAY, checked, made, state, typing
from shell import ltc

from ltc_xl.session import history


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workbook whose deal was noted on, refused a stage, and then put on hold."""
    folder = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LTC_XL_STATE", str(folder / "state"))
        book = made(folder / "客户A.xlsx")
        typing(book, "opportunities", "u0x", stage="赢单", note="今天打了电话", amount=250000.5)
        checked(book)
        typing(book, "opportunities", "u0x", stage="搁置")
        checked(book)
    return folder


@pytest.fixture
def book(told: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(told, tmp_path, dirs_exist_ok=True)
    return tmp_path / "客户A.xlsx"


def document(*args: object) -> Any:  # noqa: ANN401  what was printed
    result = ltc(*args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_list_has_a_line_for_every_commit(book: Path) -> None:
    lines = ltc("history", book, "--lang", "zh").stdout.splitlines()
    assert lines[0].split() == ["提交", "时间", "谁", "命令", "改了什么"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3", "4", "5", "6"]
    assert "手工录入" in lines[3]
    assert lines[3].endswith("商机：修改 2 格；跟进：新增 1 行；拒绝 1 处改阶段")
    commits = document("history", book)["commits"]
    assert [(one["commit"], one["command"], one["refused"]) for one in commits[2:]] == [
        (3, "edit", 1),
        (4, "check", 0),
        (5, "edit", 0),
        (6, "check", 0),
    ]
    assert commits[2]["as_of"] == DAY.isoformat()
    assert commits[2]["changes"]["activities"] == {"new": 1, "deleted": 0, "cells": 0}


def test_a_row_tells_its_story_oldest_first_with_what_was_refused_and_noted(book: Path) -> None:
    told = ltc("history", book, "柜一").stdout
    lines = [line.strip() for line in told.splitlines()]
    assert "商机 · O-SH-0001B 柜一" in lines
    steps = [
        "手工：金额(含税) （空） → 250,000.50",
        "想把阶段由 验证 改为 赢单，没有通过：",
        "手工：阶段 验证 → 搁置",
        "把阶段改为 赢单 的要求已过时",
        "程序：赢率 10% → 5%",
    ]
    assert [lines.index(step) for step in steps] == sorted(lines.index(step) for step in steps)
    assert any(line.startswith("跟进：") and "内容=今天打了电话" in line for line in lines)
    row = document("history", book, "O-SH-0001B")["rows"][0]
    events = [(one["event"], one["column"], one["old"], one["new"], one["by"]) for one in row["events"]]
    assert ("refused", "stage", "VALIDATING", "WON", "person") in events
    assert ("set", "stage", "VALIDATING", "HOLD", "person") in events
    assert ("set", "closed_on", None, None, "program") not in events
    assert (row["table"], row["row_id"]) == ("opportunities", "O-SH-0001B")


@pytest.mark.parametrize(
    ("name", "table"),
    [("恒远", "customers"), ("k-sh-0001k", "customers"), ("柜二", "opportunities"), ("u1x", "")],
)
def test_a_row_is_found_by_number_key_name_or_identity(book: Path, name: str, table: str) -> None:
    rows = history(book, name).rows
    assert {row.table for row in rows} >= ({table} if table else {"customers", "opportunities"})


def test_a_commit_tells_its_cells(book: Path) -> None:
    told = ltc("history", book, "5").stdout
    assert "商机 O-SH-0001B  手工：阶段 验证 → 搁置" in told
    assert "250,000.50" not in told
    data = document("history", book, "5")
    assert (data["commit"]["commit"], {one["commit"] for one in data["events"]}) == (5, {5})


def test_english_words_for_an_english_reader(book: Path) -> None:
    told = ltc("history", book, "柜一", "--lang", "en").stdout
    assert "Wanted Stage from 验证 to 赢单; refused:" in told


def test_undo_prints_what_came_back_and_stops_at_a_conflict_with_its_own_status(book: Path) -> None:
    refused = ltc("undo", book, "1")
    assert refused.exit_code == 4
    assert "提交 5 改过它" in refused.output or "commit 5 changed it" in refused.output
    before = book.read_bytes()
    told = ltc("undo", book, "5", "--dry-run")
    assert (told.exit_code, book.read_bytes()) == (0, before)
    data = document("undo", book, "5", "--reason", "客户又来了", "--as-of", DAY)
    assert (data["undone"], data["commit"], data["row"]) == ([5], 7, None)
    last = document("history", book)["commits"][-1]
    assert (last["command"], last["reason"], last["undoes"]) == ("undo", "客户又来了", "5")
    assert document("history", book)["commits"][4]["undone_by"] == 7


def test_restore_lists_asks_and_brings_back(book: Path) -> None:
    held = state(book)
    listed = ltc("restore", book).stdout.splitlines()
    assert listed[0].split() == ["序号", "时间", "之后运行的命令", "大小", "文件"]
    before = book.read_bytes()
    refused = ltc("restore", book, "1")
    assert refused.exit_code == 2
    assert "--yes" in refused.output
    assert (book.read_bytes(), state(book)) == (before, held)
    data = document("restore", book, "1", "--yes")
    assert (data["commit"], data["restored"]["before"]) == (7, "check")
    assert document("restore", book)["backups"][0]["file"] == data["kept_as"]
    assert state(book) != held


@pytest.mark.parametrize(
    "args", [("history",), ("history", "柜一"), ("undo", "3"), ("restore",), ("restore", "1", "--yes")]
)
def test_without_the_store_there_is_a_sentence_with_two_ways_on(
    book: Path, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LTC_XL_STATE", str(book.parent / "elsewhere"))
    before = book.read_bytes()
    result = ltc(args[0], book, *args[1:])
    assert result.exit_code == 3
    assert "--store" in result.output
    assert "--adopt" in result.output
    assert book.read_bytes() == before
    assert not (book.parent / "elsewhere").exists()


@pytest.mark.parametrize("args", [("history", "没有的"), ("undo", "没有的"), ("restore", "99", "--yes")])
def test_what_is_not_there_is_a_wrong_usage(book: Path, args: tuple[str, ...]) -> None:
    result = ltc(args[0], book, *args[1:])
    assert result.exit_code == 2
    assert args[1] in result.output


def test_a_new_workbook_has_no_history_and_looking_makes_none(tmp_path: Path, own_state_dir: Path) -> None:
    from ltc_xl import rollout
    from ltc_xl.session import new_book

    path = tmp_path / "新.xlsx"
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=DAY, rows={}))
    before = path.read_bytes()
    assert ltc("history", path).stdout.strip() == "还没有任何提交。"
    assert ltc("undo", path, "1").exit_code == 2
    assert (path.read_bytes(), own_state_dir.exists()) == (before, False)

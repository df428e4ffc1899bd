"""The versions of rule sheets as a list: since when, by whom, which rules differ, and what was taken back."""

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from desk import appending
from shell import ltc
from test_rules_in_force import FIRST, SECOND, THIRD, made, typed, writes

from ltc_xl import session


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook of three versions of 线索评级, the third of which was taken back."""
    path = made(tmp_path / "a.xlsx")
    typed(path, FIRST)
    writes(path, "grading", "G02", grade="D")
    appending(path, "cfgGrade", **{"#": "G03", "→等级": "C", "→分数": "20", "→分配队列": "直销"})
    typed(path, SECOND)
    writes(path, "grading", "G01", budget=">200万")
    session.undo(path, typed(path, THIRD), THIRD)
    return path


def test_each_version_comes_with_its_day_its_author_and_the_rules_that_differ(book: Path) -> None:
    told: Any = json.loads(ltc("rules", "history", book, "--json").stdout)["versions"]
    mine = [one for one in told if one["rule_set"] == "grading"]
    assert [(one["since"], one["rules"], one["undone_by"]) for one in mine] == [
        ("2026-05-02", 2, None),
        ("2026-05-03", 3, None),
        ("2026-05-04", 3, mine[-1]["commit"] + 1),
    ]
    assert [one["differs"] for one in mine] == [
        None,
        {"new": ["G03"], "gone": [], "changed": ["G02"]},
        {"new": [], "gone": [], "changed": ["G01"]},
    ]
    assert {one["actor"] for one in told} == {getpass.getuser()}
    shown = ltc("rules", "history", book, "--lang", "zh").stdout
    assert "新增 G03；改动 G02" in shown
    assert f"改动 G01（已由提交 {mine[-1]['undone_by']} 撤回）" in shown
    assert "Lead grading" in ltc("rules", "history", book, "--lang", "en").stdout


def test_a_workbook_that_was_never_synced_has_no_versions(tmp_path: Path) -> None:
    shown = ltc("rules", "history", made(tmp_path / "a.xlsx"), "--lang", "zh")
    assert shown.stdout.splitlines() == ["还没有存下规则的版本；同步一次就有了。"]

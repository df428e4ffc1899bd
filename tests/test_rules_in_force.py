"""Versions of rule sheets: while one has an error its last sound one is in force, and every run says so."""

import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import typed_rows, written_book
from desk import checked, typing
from shell import ltc

from ltc_xl import rollout, session
from ltc_xl.model.outcome import Outcome
from ltc_xl.model.rulebook import Rulebook
from ltc_xl.model.tables import UID
from ltc_xl.rules import bind_rulebook
from ltc_xl.rules.in_force import SETS, InForce
from ltc_xl.rules.rule_version import rule_version
from ltc_xl.rules.rulesets import assignment_rules, grading_rules
from ltc_xl.session import How, new_book
from ltc_xl.sync import sync
from ltc_xl.workbook.read import read_book

FIRST, SECOND, THIRD = date(2026, 5, 2), date(2026, 5, 3), date(2026, 5, 4)

GRADING = """
| no  | budget  | need_level | grade | score | queue  |
| G01 | >=100万 | -          | A     | 95    | 大客户 |
| G02 | -       | -          | C     | 40    | 直销   |
"""
ASSIGNMENT = """
| no  | queue  | team |
| A01 | 大客户 | 一组 |
| A02 | 直销   | 二组 |
"""
LEADS = """
| company | contact | mobile      | need | budget     | state | channel | created_on |
| 甲厂    | 王一    | 13900000001 | 配电 | 2000000.00 | NEW   | 官网    | 2026-05-01 |
| 乙厂    | 李二    | 13900000002 | 配电 | 100000.00  | NEW   | 官网    | 2026-05-01 |
"""
PEOPLE = """
| member | team |
| 张三   | 一组 |
| 李四   | 二组 |
"""


def made(path: Path) -> Path:
    """Return a workbook with rules, leads and people that was never synced."""
    rows = {
        "leads": typed_rows("leads", LEADS),
        "grading": typed_rows("grading", GRADING),
        "assignment": typed_rows("assignment", ASSIGNMENT),
        "members": typed_rows("members", PEOPLE),
    }
    new_book(path, rollout.new(lang="zh", site="SH", store_id="", as_of=FIRST, rows=rows))
    return path


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a workbook that was synced once on the first day, and of its state."""
    folder = tmp_path_factory.mktemp("firm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LTC_XL_STATE", str(folder / "state"))
        sync(made(folder / "a.xlsx"), FIRST, How(papers=False))
    return folder


@pytest.fixture
def book(firm: Path, tmp_path: Path, own_state_dir: Path) -> Path:
    """Return a copy of the workbook with its state; its rules were sound on the first day."""
    shutil.copytree(firm, tmp_path, dirs_exist_ok=True)
    assert own_state_dir == tmp_path / "state"
    return tmp_path / "a.xlsx"


def grades(path: Path) -> list[str | None]:
    return read_book(path).rows("leads")["grade"].to_list()


def ungraded(path: Path) -> None:
    """Clear the grades, so that the next run has something to do."""
    for uid in read_book(path).rows("leads")[UID]:
        typing(path, "leads", uid, grade=None, score=None)


def writes(path: Path, name: str, no: str, **cells: str | None) -> None:
    """Type into the row of a rule."""
    rows = read_book(path).rows(name)
    typing(path, name, rows.filter(pl.col("no") == no)[UID][0], **cells)


def first_condition(path: Path) -> str:
    """Return the first condition of the grading rules."""
    return str(read_book(path).rows("grading")["budget"][0])


def versions(path: Path) -> dict[str, list[tuple[str, date]]]:
    """Return rule table -> version and day of all that the store keeps, oldest first."""
    with sqlite3.connect(next((path.parent / "state").glob("*.sqlite"))) as db:
        rows = db.execute("SELECT rule_set, version, since FROM rule_version ORDER BY seq").fetchall()
    db.close()
    told: dict[str, list[tuple[str, date]]] = {}
    for name, version, since in rows:
        told.setdefault(name, []).append((version, date.fromisoformat(since)))
    return told


def days(path: Path, name: str = "grading") -> list[date]:
    return [day for _, day in versions(path)[name]]


def synced(path: Path, day: date) -> dict[str, tuple[str, date]]:
    """Sync, and return which sheets go by an older version: its digest and its day."""
    result = sync(path, day, How(papers=False))
    return {name: (one.held.version, one.held.since) for name, one in result.rulebook.kept.items()}


def typed(path: Path, day: date) -> str:
    """Return the number of the commit of what was typed."""
    result = session.run(path, "other", lambda _book, _rules: Outcome(), day, How(papers=False))
    return str(result.typed_commit)


def breaks(path: Path) -> None:
    """Break a rule of grades, lower the grade of another, and clear all grades."""
    writes(path, "grading", "G01", budget=">>=100万")
    writes(path, "grading", "G02", grade="D")
    ungraded(path)


# ---------------------------------------------------------------- on a workbook with its store


def test_every_sound_version_is_kept_once_with_the_day_it_came_into_force(book: Path) -> None:
    first = versions(book)
    assert {name: days(book, name) for name in first} == {name: [FIRST] for name in SETS}
    writes(book, "grading", "G01", reason="预算足")
    typed(book, SECOND)
    assert versions(book) == first
    writes(book, "grading", "G02", grade="D")
    typed(book, THIRD)
    assert days(book) == [FIRST, THIRD]
    assert versions(book) == {**first, "grading": versions(book)["grading"]}


def test_a_broken_sheet_goes_by_its_last_sound_version_until_it_is_mended(book: Path) -> None:
    ((first, _),) = versions(book)["grading"]
    breaks(book)
    assert synced(book, SECOND) == {"grading": (first, FIRST)}
    assert grades(book) == ["A", "C"]
    assert days(book) == [FIRST]
    writes(book, "grading", "G01", budget=">=100万")
    assert synced(book, THIRD) == {}
    assert grades(book) == ["A", "D"]
    assert days(book) == [FIRST, THIRD]


def test_every_run_says_in_one_sentence_which_version_is_in_force(book: Path) -> None:
    breaks(book)
    zh = "线索评级!B4 有误，改好之前“线索评级”仍按 2026 年 5 月 2 日的版本执行。"
    en = "线索评级!B4 has an error; until it is mended, “Lead grading” goes by its version of 2 May 2026."
    for command in (("sync",), ("check",), ("rules", "check"), ("today",)):
        assert ltc(*command, book, "--as-of", SECOND).stdout.splitlines().count(zh) == 1
    assert en in ltc("leads", "assign", book, "--as-of", SECOND, "--lang", "en").stdout.splitlines()
    shown = read_book(book).rows("findings").filter(code="R-45")
    assert shown["found"].to_list() == ["“线索评级”有 1 处错误，仍按 2026 年 5 月 2 日的版本执行。"]


def test_programs_read_which_version_is_in_force_and_history_keeps_it(book: Path) -> None:
    ((first, _),) = versions(book)["grading"]
    breaks(book)
    run: Any = json.loads(ltc("leads", "grade", book, "--as-of", SECOND, "--json").stdout)
    assert run["rules_in_force"] == [
        {
            "rule_set": "grading",
            "since": "2026-05-02",
            "hash": first,
            "commit": 1,
            "problems": 1,
            "beside": None,
        }
    ]
    told = json.loads(ltc("rules", "explain", book, "甲厂", "--as-of", SECOND, "--json").stdout)
    assert told["rules_in_force"] == run["rules_in_force"]
    answer = next(one for one in told["rows"][0]["answers"] if one["rules"] == "grading")
    assert (answer["version"], answer["rule"]["no"], answer["why_not"]) == (first, "G01", None)
    last = next(one for one in told["rows"][0]["history"] if one["rules"] == "grading")
    assert (last["commit"], last["version"]) == (run["commit"], first)


def test_rules_check_looks_at_what_stands_on_the_sheet(book: Path) -> None:
    breaks(book)
    told = json.loads(ltc("rules", "check", book, "--json").stdout)
    assert {one["table"]: one["active"] for one in told["sets"]}["grading"] is False
    assert [one["cell"] for one in told["findings"] if one["code"] == "R-02"] == ["B4"]
    assert told["rules_in_force"][0]["rule_set"] == "grading"


def test_two_broken_sheets_keep_a_version_each(book: Path) -> None:
    breaks(book)
    writes(book, "assignment", "A01", team=None)
    for uid in read_book(book).rows("leads")[UID]:
        typing(book, "leads", uid, owner=None, assigned_at=None)
    assert set(synced(book, SECOND)) == {"assignment", "grading"}
    assert read_book(book).rows("leads").select("grade", "owner").rows() == [("A", "张三"), ("C", "李四")]


def test_a_stage_is_judged_by_the_last_sound_version_of_transitions(book: Path) -> None:
    """The move to invalid asks for a reason; the broken row is another."""
    step = read_book(book).rows("transitions").filter(pl.col("condition").is_not_null())["no"][0]
    writes(book, "transitions", step, condition="预算>>高")
    typing(book, "leads", read_book(book).rows("leads")[UID][0], state="无效")
    told = checked(book, dry_run=True)
    assert set(told.rulebook.kept) == {"transitions"}
    assert {one.code for one in told.refused} == {"T-03"}


def test_a_sheet_that_never_was_sound_changes_no_row(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx")
    writes(path, "grading", "G01", budget=">>=100万")
    assert synced(path, FIRST) == {}
    assert grades(path) == [None, None]
    assert "grading" not in versions(path)
    writes(path, "grading", "G01", budget=">=100万")
    assert synced(path, SECOND) == {}
    assert grades(path) == ["A", "C"]
    assert days(path) == [SECOND]


def test_without_its_store_nothing_is_invented(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks(book)
    monkeypatch.setenv("LTC_XL_STATE", str(book.parent / "elsewhere"))
    told = json.loads(ltc("leads", "grade", book, "--dry-run", "--json").stdout)
    assert (told["graded"], "rules_in_force" in told) == ([], False)


def test_what_is_taken_back_is_in_force_no_more(book: Path) -> None:
    """The commit of what was typed brought it, not the one that went by it."""
    writes(book, "grading", "G02", grade="D")
    done = sync(book, SECOND, How(papers=False))
    assert days(book) == [FIRST, SECOND]
    assert done.commit != done.typed_commit
    session.undo(book, str(done.typed_commit), THIRD)
    breaks(book)
    assert synced(book, THIRD)["grading"][1] == FIRST
    assert grades(book) == ["A", "C"]


def test_an_undone_undo_brings_the_version_back(book: Path) -> None:
    writes(book, "grading", "G02", grade="D")
    undone = session.undo(book, typed(book, SECOND), THIRD).commit
    session.undo(book, str(undone), THIRD)
    writes(book, "grading", "G01", budget=">>=100万")
    assert synced(book, THIRD)["grading"][1] == SECOND


def test_a_restored_workbook_goes_by_the_version_of_its_commit(book: Path) -> None:
    """The backup shows a sheet that was broken while the first version was in force."""
    ((first, _),) = versions(book)["grading"]
    breaks(book)
    typed(book, SECOND)
    writes(book, "grading", "G01", budget=">=200万")
    typed(book, THIRD)
    assert days(book) == [FIRST, THIRD]
    backup = next(one for one in session.backups(book) if first_condition(one.path) == ">>=100万")
    session.restore(book, backup, THIRD)
    assert synced(book, THIRD) == {"grading": (first, FIRST)}
    assert grades(book) == ["A", "C"]


def test_a_store_that_kept_no_versions_yet_keeps_them_at_its_next_run(book: Path) -> None:
    """Of the version before: a run that has nothing to commit keeps them, too."""
    with sqlite3.connect(next((book.parent / "state").glob("*.sqlite"))) as db:
        db.execute("DROP TABLE rule_version")
        db.execute("UPDATE alembic_version SET version_num = '0003'")
    db.close()
    assert sync(book, FIRST, How(papers=False)).commit is None
    assert {name: days(book, name) for name in versions(book)} == {name: [FIRST] for name in SETS}
    breaks(book)
    assert synced(book, SECOND)["grading"][1] == FIRST
    assert grades(book) == ["A", "C"]


# ---------------------------------------------------------------- which version, of a book alone


def rulebook_of(before: str, now: str) -> Rulebook:
    """Return the rules in force for a book that said something else, and sound, before."""
    was, book = written_book(before), written_book(now)
    known = InForce(was, bind_rulebook(was), FIRST, {}).new
    return InForce(book, bind_rulebook(book), SECOND, known).rulebook


RULES = f"grading{GRADING}assignment{ASSIGNMENT}members{PEOPLE}"
CHOICES = """choices
| set   | code | zh | en |
| grade | S    | S  | S  |
"""
BROKEN = RULES.replace(">=100万", ">=10O万")


def test_a_change_beside_a_broken_sheet_comes_into_force() -> None:
    """The queues are the same, so the new group of 线索分配 does no harm."""
    kept = rulebook_of(RULES, BROKEN.replace("| A01 | 大客户 | 一组", "| A01 | 大客户 | 二组")).kept
    assert {name: one.beside for name, one in kept.items()} == {"grading": None}


@pytest.mark.parametrize(
    ("now", "in_force"),
    [
        (BROKEN.replace("大客户", "重点"), {"grading": None, "assignment": "grading"}),
        (
            RULES.replace("大客户", "重点").replace("| 一组 |\n| A02", "|      |\n| A02"),
            {"assignment": None, "grading": "assignment"},
        ),
    ],
)
def test_sheets_whose_queues_were_renamed_together_go_back_together(
    now: str, in_force: dict[str, str | None]
) -> None:
    """A queue that one sheet gives and the other does not know yet, or no more, would strand its leads."""
    kept = rulebook_of(RULES, now).kept
    assert {name: one.beside for name, one in kept.items()} == in_force


def test_an_older_version_that_names_what_is_gone_is_not_used() -> None:
    """The firm has taken the grade S off its list: no version gives it any more, and the sheet rests."""
    rules = RULES.replace("| A     |", "| S     |")
    book, was = written_book(rules.replace(">=100万", ">=10O万")), written_book(rules + CHOICES)
    known = InForce(was, bind_rulebook(was), FIRST, {}).new
    assert "grading" in known
    rulebook = InForce(book, bind_rulebook(book), SECOND, known).rulebook
    assert rulebook.kept == {}
    assert not grading_rules(book, rulebook, SECOND).sound


def test_the_rules_that_services_see_are_those_in_force() -> None:
    book = written_book(BROKEN.replace("| C ", "| D "))
    rulebook = rulebook_of(RULES, BROKEN.replace("| C ", "| D "))
    rules = grading_rules(book, rulebook, SECOND)
    assert (rules.sound, rules.has_errors) == (True, True)
    assert [rule.outputs["grade"] for rule in rules.table.rules] == ["A", "C"]
    assert [problem.code for problem in rules.problems] == ["R-02"]
    assert rulebook.rows("grading")["grade"].to_list() == ["A", "C"]
    assert rulebook.as_typed.rows("grading")["grade"].to_list() == ["A", "D"]
    assert not grading_rules(book, rulebook.as_typed, SECOND).sound
    assert assignment_rules(book, rulebook, SECOND).kept is None
    was = written_book(RULES)
    assert rule_version("grading", book, rulebook) == rule_version("grading", was, bind_rulebook(was))

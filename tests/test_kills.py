"""A sync killed at any moment: the file is old or new, whole, and the same command finishes the work."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from killing import (
    Case,
    Kill,
    broken_links,
    demo_case,
    kills,
    left_of,
    libreoffice_case,
    rerun,
    spread,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")

DASHBOARD_CHARTS = 4
"""What the template draws; a chart and two sheets with comments are the firm's own."""


@pytest.fixture(scope="module")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Return a workbook saved by LibreOffice with typing that waits."""
    return libreoffice_case(tmp_path_factory.mktemp("libreoffice") / "case")


def report(made: list[Kill]) -> str:
    """Return when the kills came, and what was wrong after each."""
    wrong = [f"{kill.at:.3f} s, {kill.when}: {'; '.join(kill.wrong)}" for kill in made if kill.wrong]
    return "\n".join([str(dict(spread(made))), *wrong])


@pytest.mark.needs_program("soffice")
def test_killed_syncs_of_a_workbook_saved_by_libreoffice_are_finished_by_the_next(
    libreoffice: Case, tmp_path: Path
) -> None:
    made = kills(libreoffice, 10, "libreoffice", tmp_path)
    assert not any(kill.wrong for kill in made), report(made)
    assert sum(kill.killed for kill in made) >= len(made) // 2, report(made)


def test_killed_first_syncs_of_the_demo_workbook_are_finished_by_the_next(tmp_path: Path) -> None:
    made = kills(demo_case(tmp_path / "case"), 2, "demo", tmp_path)
    assert not any(kill.wrong for kill in made), report(made)


# ---------------------------------------------------------------- what the harness sees


@pytest.mark.needs_program("soffice")
def test_the_run_that_is_killed_takes_in_typing_refuses_a_stage_and_assigns(
    libreoffice: Case, tmp_path: Path
) -> None:
    """Or the kills would fall into a run that does nothing."""
    case = libreoffice.copied(tmp_path / "case")
    before = left_of(case)
    rerun(case)
    after = left_of(case)
    assert [command for _, command, *_ in after.commits[len(before.commits) :]] == ["edit", "sync"]
    assert [(column, wanted, code) for _, column, wanted, code in after.wishes] == [
        ("stage", "SIGNING", "T-01")
    ]
    new = after.tables["leads"].tail(5)
    assert new["lead_id"].null_count() == new["owner"].null_count() == 0
    charts, comments = (
        {part for part in before.parts if part.startswith(kind)}
        for kind in ("xl/charts/chart", "xl/comments")
    )
    assert charts | comments <= after.parts
    assert len(charts) == DASHBOARD_CHARTS + 1
    assert len(comments) > 1
    assert broken_links(case) == []


SPOILED = {
    "a value that no change left": "UPDATE state_leads SET city = '错' WHERE lead_id > 'L'",
    "a change of what never stood there": "UPDATE change SET old = '错' WHERE \"column\" = 'note'",
}


@pytest.mark.needs_program("soffice")
@pytest.mark.parametrize("statement", SPOILED.values(), ids=SPOILED)
def test_a_history_that_does_not_hang_together_is_seen(
    libreoffice: Case, tmp_path: Path, statement: str
) -> None:
    case = libreoffice.copied(tmp_path / "case")
    rerun(case)
    with closing(sqlite3.connect(case.store)) as connection, connection:
        assert connection.execute(statement).rowcount > 0
    assert broken_links(case)

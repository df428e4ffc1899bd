"""The patcher on files that nobody here made: patched cleanly, or refused with a reason."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from compare import cell_differences
from damage import damages
from opened import Opened, box
from readers import LibreOffice, seen_by_calamine, seen_by_openpyxl
from real_files import (
    Outcome,
    cells_patched,
    read_by,
    real_files,
    row_deleted,
    rows_appended,
    tables_of,
    verdict,
)

pytestmark = pytest.mark.needs_data("xlsx_corpus")
LARGE = 150_000
"""Files beyond this are patched in the soak only."""


@pytest.fixture(scope="module")
def outcomes(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Sequence[tuple[Outcome, Path]]:
    """Return what became of each real file of which one cell changed and one is new, and the new file."""
    folder = tmp_path_factory.mktemp("patched")
    files = [file for file in real_files(data_dir) if file.stat().st_size < LARGE]
    places = [(file, folder / f"{i:04}{file.suffix}") for i, file in enumerate(files)]
    return [(cells_patched(file, new), new) for file, new in places]


@pytest.fixture(scope="module")
def batch(outcomes: Sequence[tuple[Outcome, Path]]) -> Sequence[tuple[Outcome, Path]]:
    """Return forty of the patched files."""
    done = [(outcome, new) for outcome, new in outcomes if outcome.status == "patched"]
    return done[:: len(done) // 40][:40]


def test_every_real_file_is_patched_in_the_targets_alone_or_refused_with_a_reason(
    outcomes: Sequence[tuple[Outcome, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = Counter(outcome.reason or outcome.status for outcome, _ in outcomes)
    with capsys.disabled():
        print(f"\n{dict(reasons)}")  # noqa: T201  the figures are the point
    assert not [(o.file.name, o.wrong) for o, _ in outcomes if o.wrong]
    assert reasons["patched"] / len(outcomes) >= 0.93


def test_tables_of_real_files_grow_and_shrink_with_all_that_follows_them_or_are_refused(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small = (file for file in real_files(data_dir) if file.stat().st_size < LARGE)
    found = [(file, table) for file in small for table in tables_of(file)][::2]
    done = Counter[str]()
    for file, table in found:
        for act in (rows_appended, row_deleted):
            outcome = act(file, tmp_path / f"new{file.suffix}", table)
            assert not outcome.wrong, (file.name, table.name, outcome.wrong[:3])
            done[f"{act.__name__} {outcome.reason or outcome.status}"] += 1
    with capsys.disabled():
        print(f"\n{dict(done)}")  # noqa: T201  likewise
    assert done["row_deleted patched"] / len(found) >= 0.9
    assert done["rows_appended patched"] / len(found) >= 0.6


def test_openpyxl_and_calamine_read_the_new_values_and_all_the_old_ones(
    batch: Sequence[tuple[Outcome, Path]],
) -> None:
    for program in (seen_by_calamine, seen_by_openpyxl):
        verdicts = Counter(read_by(program, outcome, new) for outcome, new in batch)
        assert verdicts["read"] >= 35
        assert set(verdicts) <= {"read", "not opened before"}, verdicts


@pytest.mark.needs_program("soffice")
def test_libreoffice_opens_what_it_opened_before_and_shows_the_new_values(
    batch: Sequence[tuple[Outcome, Path]], tmp_path: Path
) -> None:
    office = LibreOffice(tmp_path / "office")
    before = office.seen([outcome.file for outcome, _ in batch])
    after = office.seen([new for _, new in batch])
    seen = zip(batch, before, after, strict=True)
    verdicts = Counter(verdict(outcome, old, new) for (outcome, _), old, new in seen)
    assert verdicts["read"] >= 35
    assert set(verdicts) <= {"read", "not opened before"}, verdicts


def test_damage_on_purpose_is_caught_in_real_files(
    batch: Sequence[tuple[Outcome, Path]], tmp_path: Path
) -> None:
    dice = Random("damage")  # noqa: S311  what to spoil, no secret
    for outcome, new in batch[::8]:
        bad = tmp_path / f"bad{new.suffix}"
        sheet = next(iter(outcome.targets))[0]
        targets = {area[:2] for _, spot in outcome.targets if (area := box(spot))}
        caught = {
            kind: cell_differences(outcome.file, bad, outcome.targets)
            for kind in damages(new, bad, sheet, targets, dice)
        }
        assert len(caught) >= 10
        assert all(caught.values()), (outcome.file.name, caught)
        assert Opened(new).bad_entries() == []

"""The judge of packages: sound files pass, real ones mostly, each kind of damage is named."""

from pathlib import Path

import pytest
from ooxml import faults
from sample_books import leads_book

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return leads_book(tmp_path / "book.xlsx")


def test_a_sound_workbook_has_no_fault(book: Path) -> None:
    assert not faults(book)


@pytest.mark.parametrize("file", sorted((PROJECT / "workbooks").glob("*.xlsx")), ids=lambda p: p.name)
def test_the_shipped_workbooks_have_no_fault(file: Path) -> None:
    assert not faults(file)

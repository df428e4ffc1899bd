"""What we write, judged by the schemas that the Open XML SDK was made from, where they are installed."""

from pathlib import Path
from typing import Any

import pytest
from made_books import SOUND
from made_books.base import DATA, TABLE
from sample_books import rewritten

from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, patch
from ltc_xl.workbook.edits import Row

PROJECT = Path(__file__).parents[1]
NEW: list[Row] = [{"编号": "D-5", "地区": "西", "金额": 500, "含税": 565}]
NOT_READ = {"strict", "odd case", "macros"}
"""Forms that this judge does not know, or whose name must not end in .xlsx."""


@pytest.fixture(scope="module")
def judge() -> Any:  # noqa: ANN401  a package without types
    """Return the validator, or skip: the package is no dependency."""
    audit: Any = pytest.importorskip("openxml_audit", reason="openxml-audit (MIT) is not installed")
    return audit.OpenXmlValidator()


def errors(judge: Any, path: Path) -> list[str]:  # noqa: ANN401  likewise
    return [str(error) for error in judge.validate(str(path)).errors]


@pytest.mark.parametrize("name", ["ltc_template.xlsx", "ltc_template.en.xlsx"])
def test_the_shipped_workbooks_keep_the_published_schemas(judge: Any, name: str) -> None:  # noqa: ANN401  likewise
    assert not errors(judge, PROJECT / "workbooks" / name)


@pytest.mark.parametrize("name", sorted(SOUND.keys() - NOT_READ))
def test_patched_workbooks_keep_the_published_schemas(judge: Any, tmp_path: Path, name: str) -> None:  # noqa: ANN401  likewise
    book = SOUND[name](tmp_path / "book.xlsx")
    patch(
        book,
        tmp_path / "new.xlsx",
        [CellEdit(DATA, "A3", " 改名\n"), AppendRows(TABLE, NEW), DeleteRows(TABLE, [5])],
    )
    assert not errors(judge, tmp_path / "new.xlsx")


def test_a_misplaced_element_breaks_the_published_schemas(judge: Any, tmp_path: Path) -> None:  # noqa: ANN401  likewise
    book = SOUND["plain"](tmp_path / "book.xlsx")
    rewritten(book, sheet1=lambda xml: xml.replace("<sheetData>", "<mergeCells/><sheetData>"))
    assert errors(judge, book)

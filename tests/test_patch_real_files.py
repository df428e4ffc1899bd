"""The patcher on files that nobody here made: patched cleanly, or refused with a reason."""

import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it ships no types
from sample_books import packed_parts, sheet_without

from ltc_xl.model.errors import LtcError
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, patch
from ltc_xl.workbook.area import area_of
from ltc_xl.workbook.container import part_key
from ltc_xl.workbook.edits import Row, Value
from ltc_xl.workbook.package import Package, TablePart

TARGETS: dict[str, Value] = {"AZ1": "补丁 <&>", "A900001": 12345.5}
LARGE = 400_000
"""Sheets beyond this are compared part by part only: the independent parser is slow."""


@pytest.mark.needs_data("xlsx_corpus")
def test_real_files_are_patched_cleanly_or_refused_with_a_reason(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted([*data_dir.glob("xlsx_corpus/*.xls*"), *data_dir.glob("excel_workbooks/*.xl*")])
    clean = [file for file in files if _is_patched_cleanly(file, tmp_path / "new.xlsx")]
    with capsys.disabled():
        print(f"\n{len(clean)} of {len(files)} real files patched")  # noqa: T201  the figure is the point
    assert len(clean) / len(files) >= 0.94


def _is_patched_cleanly(file: Path, new: Path) -> bool:
    """Return False for a refusal; a patch that changed anything else fails here."""
    try:
        package = Package.open(file)
        sheet = next((s for s in package.sheets if s.kind == "worksheet"), None)
        if sheet is None:
            return False
        patch(file, new, [CellEdit(sheet.name, address, value) for address, value in TARGETS.items()])
    except LtcError:
        return False
    before, after = packed_parts(file), packed_parts(new)
    assert list(after) == list(before), file.name
    named = {part_key(sheet.part), part_key(package.workbook_part)}
    assert {part_key(part) for part in before if before[part] != after[part]} <= named, file.name
    part = next(part for part in before if part_key(part) == part_key(sheet.part))
    old, patched = (_part(path, part) for path in (file, new))
    if len(old) <= LARGE:
        targets = set(TARGETS)
        assert sheet_without(old, targets) == sheet_without(patched, targets), file.name
    return True


@pytest.mark.needs_data("xlsx_corpus")
def test_tables_of_real_files_grow_and_shrink_or_are_refused_with_a_reason(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted([*data_dir.glob("xlsx_corpus/*.xls*"), *data_dir.glob("excel_workbooks/*.xl*")])
    done: Counter[tuple[str, str]] = Counter()
    for file in files:
        for table in _tables(file):
            first = table.area.top + table.header_rows
            rows: list[Row] = [{table.headers[0]: f"新{i}"} for i in range(3)]
            for edit in (AppendRows(table.name, rows), DeleteRows(table.name, [first])):
                done[type(edit).__name__, _edited(file, tmp_path / "new.xlsx", table, edit)] += 1
    with capsys.disabled():
        print(f"\n{dict(done)}")  # noqa: T201  the figures are the point
    assert done["AppendRows", "patched"] > done["AppendRows", "refused"]
    assert done["DeleteRows", "patched"]


def _tables(file: Path) -> Sequence[TablePart]:
    try:
        return Package.open(file).tables
    except LtcError:
        return ()


def _edited(file: Path, new: Path, table: TablePart, edit: Edit) -> str:
    """Return what became of an edit of a table; only its sheet, itself and what names its rows may differ."""
    try:
        report = patch(file, new, [edit])
    except LtcError:
        return "refused"
    before, after = packed_parts(file), packed_parts(new)
    gone = {part_key(part) for part in set(before) - set(after)}
    assert gone == {part_key(part) for part in report.dropped}, file.name
    changed = {part_key(part) for part in after if before[part] != after[part]}
    assert changed <= {part_key(part) for part in report.parts}, file.name
    root = fromstring(_part(new, next(part for part in after if part_key(part) == part_key(table.part))))
    area = area_of(root.get("ref", ""))
    assert area
    assert area.bottom == table.area.bottom + report.rows_added - report.rows_deleted, file.name
    return "patched"


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)

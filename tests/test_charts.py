"""Charts: a series by address goes along with its table, and so do the points that it keeps."""

import re
import subprocess
import tempfile
import warnings
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from growing_books import BOARD, NEW, SHEET, deals_book, points, with_levels, with_newer_chart
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_books import packed_parts, rewritten, xml_of

from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, PutRows, patch
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.charts import grown_chart
from ltc_xl.workbook.edits import Row
from ltc_xl.workbook.movement import Movement
from ltc_xl.workbook.reshape import Reshape

COLUMN, SCATTER, NEWER = "xl/charts/chart1.xml", "xl/charts/chart2.xml", "xl/charts/chartEx1.xml"
SECOND: Row = {**NEW, "公司": "戊", "金额": 55, "翻倍": 110}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook whose table tblDeals has the data rows 4 to 6, drawn on another sheet."""
    return deals_book(tmp_path / "book.xlsx")


def patched(book: Path, *edits: Edit) -> Path:
    """Return the file that the edits make."""
    target = book.with_name("new.xlsx")
    patch(book, target, edits)
    return target


def formulas(path: Path, part: str = COLUMN) -> list[str]:
    """Return what the series of a chart refer to, without the names of the sheets."""
    return [text.rpartition("!")[2] for text in re.findall(r"<\w+:f>([^<]*)<", xml_of(path, part))]


def kept(path: Path, part: str = COLUMN) -> list[list[str]]:
    """Return the points that a chart keeps, without those of its title and of another sheet."""
    return [values for values in points(xml_of(path, part))[1:] if values]


def table_area(path: Path) -> Area:
    """Return the area of the table."""
    found = re.search(r' ref="([^"]*)"', xml_of(path, "xl/tables/table1.xml"))
    area = area_of(found[1]) if found else None
    assert area
    return area


def kept_anew(path: Path, last: int) -> list[list[str]]:
    """Return what a chart over companies and amounts has to keep: the cells as openpyxl reads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(path, data_only=True)[SHEET]
    found = []
    for letter in "BC":
        cells = [sheet[f"{letter}{row}"].value for row in range(4, last + 1)]
        texts = ["" if value is None else escape(str(value)) for value in cells]
        found.append(texts[: max((i for i, text in enumerate(texts, 1) if text), default=0)])
    return found


def test_a_series_over_a_column_of_the_table_grows_with_it(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW, SECOND]))
    assert formulas(new) == ["$C$3", "$B$4:$B$8", "$C$4:$C$8", "$Y$1:$Y$3", "$Z$1:$Z$3"]
    assert formulas(new, SCATTER)[:3] == ["$C$3", "$E$4:$E$8", "$C$4:$C$8"]


def test_the_points_of_new_rows_are_kept_behind_those_that_stand(book: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [NEW, SECOND]))
    assert kept(new) == [["甲", "乙", "丙", "丁", "戊"], ["10", "20", "30", "40", "55"]]
    assert kept(new, SCATTER) == [["20", "40", "60", "80", "110"], ["10", "20", "30", "40", "55"]]
    assert 'ptCount val="5"' in xml_of(new, COLUMN)


def test_the_format_of_the_numbers_is_kept(book: Path) -> None:
    money = "<c:formatCode>#,##0.00</c:formatCode>"
    rewritten(book, chart1=lambda xml: xml.replace("<c:formatCode>General</c:formatCode>", money))
    assert money in xml_of(patched(book, AppendRows("tblDeals", [NEW])), COLUMN)


def test_a_day_is_kept_as_the_number_that_the_file_holds(book: Path) -> None:
    rewritten(book, chart2=lambda xml: xml.replace("$E$4:$E$6", "$D$4:$D$6"))
    new = patched(book, AppendRows("tblDeals", [{**NEW, "日期": date(2026, 4, 1)}]))
    assert kept(new, SCATTER)[0][-1] == "46113"


def test_a_blank_cell_and_a_text_among_numbers_leave_a_gap(book: Path) -> None:
    rows: list[Row] = [{**NEW, "金额": None}, {**NEW, "金额": "待定"}, SECOND]
    new = patched(book, AppendRows("tblDeals", rows))
    assert kept(new)[1] == ["10", "20", "30", "", "", "55"]
    assert 'ptCount val="6"' in xml_of(new, COLUMN)


def test_categories_of_two_levels_grow_level_by_level(book: Path) -> None:
    new = patched(with_levels(book), AppendRows("tblDeals", [NEW]))
    held = re.findall(r"<c:lvl>(.*?)</c:lvl>", xml_of(new, COLUMN))
    assert [re.findall(r"<c:v>([^<]*)", level) for level in held] == [
        ["甲", "乙", "丙", "丁"],
        ["华东", "华北", "华南"],
    ]
    assert 'idx="3"><c:v>华南' in held[1]
    assert formulas(new)[1] == "$A$4:$B$7"


def test_a_chart_of_the_newer_kinds_grows_through_its_hidden_name(book: Path) -> None:
    new = patched(with_newer_chart(book), AppendRows("tblDeals", [NEW]))
    assert formulas(new, NEWER) == ["_xlchart.v1.0", "$C$4:$C$7"]
    assert points(xml_of(new, NEWER)) == [["甲", "乙", "丙", "丁"], ["10", "20", "30", "40"]]
    assert 'ptCount="4" formatCode="0.00"' in xml_of(new, NEWER)
    assert "$B$4:$B$7</definedName>" in xml_of(new, "xl/workbook.xml")


def test_deleted_rows_take_their_points_along(book: Path) -> None:
    new = patched(with_levels(book), DeleteRows("tblDeals", [5]))
    assert kept(new, SCATTER) == [["20", "60"], ["10", "30"]]
    assert formulas(new)[1:3] == ["$A$4:$B$5", "$C$4:$C$5"]
    assert re.findall(r"<c:lvl>.*?</c:lvl>", xml_of(new, COLUMN)) == [
        '<c:lvl><c:pt idx="0"><c:v>甲</c:v></c:pt><c:pt idx="1"><c:v>丙</c:v></c:pt></c:lvl>',
        '<c:lvl><c:pt idx="0"><c:v>华东</c:v></c:pt><c:pt idx="1"><c:v>华北</c:v></c:pt></c:lvl>',
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_put_body_is_what_the_chart_keeps(book: Path, count: int) -> None:
    rows: list[Row] = [{"公司": f"新{k}", "金额": k, "翻倍": 2 * k} for k in range(count)]
    new = patched(book, PutRows("tblDeals", rows))
    assert kept(new) == [[f"新{k}" for k in range(count)], [str(k) for k in range(count)]]
    assert kept(new, SCATTER)[0] == [str(2 * k) for k in range(count)]


def test_a_chart_over_a_table_of_one_row_grows_from_one_cell(tmp_path: Path) -> None:
    book = deals_book(tmp_path / "one.xlsx", rows=1)
    rewritten(book, chart1=lambda xml: xml.replace("$C$4:$C$4", "$C$4"))
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert formulas(new)[:3] == ["$C$3", "$B$4:$B$5", "$C$4:$C$5"]
    assert kept(new) == [["甲", "丁"], ["10", "40"]]


def test_a_series_along_the_only_row_of_a_table_stays_one_row(tmp_path: Path) -> None:
    book = deals_book(tmp_path / "one.xlsx", rows=1)
    rewritten(book, chart1=lambda xml: xml.replace("$C$4:$C$4", "$C$4:$E$4").replace("$C$3", "$B$4"))
    new = patched(book, AppendRows("tblDeals", [NEW]))
    assert formulas(new)[:3] == ["$B$4", "$B$4:$B$5", "$C$4:$E$4"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$C$4:$C$6", "$C$4:$C$7"),
        ("$C$5:$C$6", "$C$5:$C$7"),
        ("$C$4:$C$5", "$C$4:$C$5"),
        ("$C$6", "$C$6"),
        ("$C$6:$E$6", "$C$6:$E$6"),
        ("$C$3", "$C$3"),
        ("$H$4:$H$6", "$H$4:$H$6"),
    ],
)
def test_only_a_series_that_ends_with_the_table_grows(book: Path, before: str, after: str) -> None:
    rewritten(book, chart1=lambda xml: xml.replace("$C$4:$C$6", before))
    assert formulas(patched(book, AppendRows("tblDeals", [NEW])))[2] == after


def test_a_cache_that_left_out_hidden_rows_is_read_anew_from_the_cells(book: Path) -> None:
    def without_second(xml: str) -> str:
        xml = xml.replace('<c:pt idx="1"><c:v>乙</c:v></c:pt><c:pt idx="2">', '<c:pt idx="1">')
        return xml.replace('<c:strCache><c:ptCount val="3"/>', '<c:strCache><c:ptCount val="2"/>')

    rewritten(book, chart1=without_second)
    assert kept(patched(book, AppendRows("tblDeals", [NEW])))[0] == ["甲", "乙", "丙", "丁"]


def test_a_chart_stays_byte_for_byte_while_the_table_keeps_its_rows(book: Path) -> None:
    before = packed_parts(book)
    after = packed_parts(patched(book, CellEdit(SHEET, "C5", 21), CellEdit(BOARD, "A3", "甲")))
    assert {part for part in before if "chart" in part and before[part] != after[part]} == set()


def test_a_chart_without_points_still_grows() -> None:
    grown = Reshape(Area(3, 1, 6, 3), last=8)
    xml = b"<c:val><c:numRef><c:f>(S!$C$4:$C$5,S!$C$6:$C$6)</c:f></c:numRef></c:val>"
    after = grown_chart(xml, {"S": Movement(grown.moved, grown.pointed)})
    assert after == xml
    whole = xml.replace(b"(S!$C$4:$C$5,S!$C$6:$C$6)", b"S!$C$4:$C$6")
    assert b"S!$C$4:$C$8<" in grown_chart(whole, {"S": Movement(grown.moved, grown.pointed)})


def test_a_series_whose_rows_all_went_says_so() -> None:
    gone = Movement(lambda _: None, lambda _: None, rows_went=True)
    xml = b"<c:val><c:numRef><c:f>S!$C$4:$C$5</c:f></c:numRef></c:val>"
    assert b"<c:f>#REF!</c:f>" in grown_chart(xml, {"s": gone})


ROWS = st.lists(
    st.fixed_dictionaries(
        {"公司": st.sampled_from(["戊", "A & B", "<己>"])},
        optional={"金额": st.integers(-9, 999), "翻倍": st.integers(0, 9)},
    ),
    max_size=4,
)


@settings(max_examples=15, deadline=None)
@given(
    rows=st.integers(1, 5),
    totals=st.booleans(),
    gone=st.sets(st.integers(0, 4)),
    put=st.none() | ROWS,
    new=ROWS,
)
def test_a_chart_keeps_what_the_column_holds_whatever_comes_and_goes(
    *, rows: int, totals: bool, gone: set[int], put: list[Row] | None, new: list[Row]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = deals_book(Path(folder) / "book.xlsx", rows, totals=totals)
        edits: list[Edit] = [AppendRows("tblDeals", new)] if new else []
        if put is not None:
            edits.append(PutRows("tblDeals", put))
        elif any(row < rows for row in gone):
            edits.append(DeleteRows("tblDeals", [4 + row for row in sorted(gone) if row < rows]))
        after = patched(book, *edits)
        area = table_area(after)
        last = area.bottom - totals
        assert formulas(after)[1:3] == [f"$B$4:$B${last}", f"$C$4:$C${last}"]
        shown = kept_anew(after, last)
        assert points(xml_of(after, COLUMN))[1:3] == shown


@pytest.mark.needs_program("soffice")
def test_libreoffice_draws_the_new_rows(book: Path, tmp_path: Path) -> None:
    new = patched(book, AppendRows("tblDeals", [{**NEW, "公司": "新公司丁"}, SECOND]))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(new)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603  a fixed command on a file of our own
    command = ["pdftotext", "-layout", str(tmp_path / "new.pdf"), "-"]
    text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()  # noqa: S603  likewise
    board = text[text.index("\f") :]
    assert "新公司丁" in board
    assert "戊" in board

"""The cells of a sheet, taken apart the fast way and by an XML parser: always the same cells."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltc_xl.model.errors import LtcError
from ltc_xl.workbook import events
from ltc_xl.workbook import grid as way
from ltc_xl.workbook.grid import grid
from ltc_xl.workbook.lines import Unusual
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.strings import shared_strings
from ltc_xl.workbook.xmltext import tidy

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = pl.Series(["甲", None, "乙"])


@pytest.fixture(autouse=True)
def both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the fast way for small sheets too."""
    monkeypatch.setattr(way, "_SMALL", 0)


def sheet(rows: str, head: str = "") -> bytes:
    return f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def cells(xml: bytes) -> list[tuple[object, ...]]:
    return grid(xml, STRINGS).sort("row", "column").rows()


def texts(xml: bytes) -> list[object]:
    return grid(xml, STRINGS).sort("row", "column")["text"].to_list()


def test_kind_style_formula_and_text_of_a_cell_are_kept_apart() -> None:
    rows = """<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" s="3"><v>1.10000000000000001</v></c>
    <c r="AA2" t="b"><v>1</v></c></row><row r="5"><c r="A5" t="e"><v>#REF!</v></c>
    <c r="B5" s="4" t="str"><f>A1&amp;"x"</f><v>a&lt;b</v></c><c r="C5"><f t="shared" si="0"/><v>7</v></c>
    <c r="D5"><f>NOW()</f></c><c r="E5" t="d"><v>2026-03-01</v></c><c r="F5" s="1"/>
    <c r="G5" t="s"><v>1</v></c></row>"""
    assert cells(sheet(rows)) == [
        (2, 1, "s", None, None, "乙"),
        (2, 2, "n", 3, None, "1.10000000000000001"),
        (2, 27, "b", None, None, "1"),
        (5, 1, "e", None, None, "#REF!"),
        (5, 2, "s", 4, 'A1&"x"', "a<b"),
        (5, 3, "n", None, "", "7"),
        (5, 4, "n", None, "NOW()", None),
        (5, 5, "d", None, None, "2026-03-01"),
    ]


def test_inline_texts_are_read_plain_and_with_runs_without_readings() -> None:
    rows = """<row r="1"><c r="A1" t="inlineStr"><is><t>R&amp;D</t></is></c>
    <c r="B1" t="inlineStr"><is><r><rPr><b/></rPr><t xml:space="preserve">东 </t></r><r><t>京</t></r>
    <rPh sb="0" eb="1"><t>とう</t></rPh></is></c></row>"""
    assert texts(sheet(rows)) == ["R&D", "东 京"]


def test_escapes_line_ends_and_composed_letters_come_out_as_people_see_them() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_\nb</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>_x005F_x0041_</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t xml:space="preserve"> e\u0301&#x4f60;&#10;x </t></is></c></row>'
    )
    assert texts(sheet(rows)) == ["a\nb", "_x0041_", "é你\nx"]


PREFIXED = """<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>
<x:row r="1"><x:c r="B1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"""
UNUSUAL = {
    "prefix": PREFIXED.encode(),
    "comment": sheet('<row r="1"><!-- <c r="A1"><v>9</v></c> --><c r="B1"><v>1</v></c></row>'),
    "cdata": sheet('<row r="1"><c r="B1" t="str"><v><![CDATA[1]]></v></c></row>'),
    "no addresses": sheet("<row/><row><c/><c><v>1</v></c></row>"),
    "attribute order": sheet('<row r="1"><c t="n" r="B1"><v>1</v></c></row>'),
    "single quotes": sheet("<row r='1'><c r='B1'><v>1</v></c></row>"),
    "line breaks": sheet('<row r="1">\r\n<c\nr="B1"\n>\n<v>1</v>\n</c>\n</row>'),
    "utf-16": sheet('<row r="1"><c r="B1"><v>1</v></c></row>', '<?xml version="1.0" encoding="utf-16"?>')
    .decode()
    .encode("utf-16"),
    "attributes of values": sheet(
        '<row r="1"><c r="B1"><f ca="1">A1</f><v xml:space="preserve">1</v></c></row>'
    ),
}


@pytest.mark.parametrize("case", UNUSUAL)
def test_unusual_bytes_mean_the_same_cells(case: str) -> None:
    assert texts(UNUSUAL[case]) == ["1"]
    assert grid(UNUSUAL[case], STRINGS)["column"].to_list() == [2]


def test_only_wanted_columns_and_rows_are_returned() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="BA{n}"><v>{n}</v></c></row>' for n in range(1, 6)
    )
    found = grid(sheet(rows), STRINGS, columns={53}, last_row=3)
    assert found.sort("row")["text"].to_list() == ["1", "2", "3"]


def test_a_cell_in_the_last_corner_of_the_grid_costs_nothing() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert [(row, column) for row, column, *_ in cells(sheet(rows))] == [(1, 1), (1_048_576, 16_384)]


def test_many_blocks_are_one_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "_FIRST_BLOCK", 100)
    monkeypatch.setattr(way, "_BLOCK", 130)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(1, 99)
    )
    found = grid(sheet(rows), STRINGS).filter(pl.col("column") == 1)
    assert sorted(found["row"].to_list()) == list(range(1, 99))
    assert found["text"].to_list() == [str(row) for row in found["row"]]


@pytest.mark.parametrize("rows", ["", '<row r="1"/>', '<row r="1"><c r="A1" s="1"/></row>'])
def test_an_empty_sheet_has_no_cells(rows: str) -> None:
    assert cells(sheet(rows)) == []


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="s"><v>3</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        '<row r="1"><c r="ABCD1"><v>1</v></c></row>',
    ],
)
def test_what_cannot_be_meant_is_an_error(rows: str) -> None:
    with pytest.raises(ValueError, match=r"string|ABCD1"):
        cells(sheet(rows))


def test_shared_strings_are_read_plain_rich_and_blank() -> None:
    xml = f"""<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="{MAIN}"><si><t>甲&amp;乙</t></si>
    <si><t/></si>
    <si><r><t>a</t></r><r><rPr><sz val="9"/></rPr><t xml:space="preserve"> b</t></r></si><si/></sst>"""
    assert shared_strings(xml.encode()).to_list() == ["甲&乙", None, "a b", None]
    plain = f'<sst xmlns="{MAIN}"><si><t>a\nb</t></si><si><t xml:space="preserve"> c </t></si></sst>'
    assert shared_strings(plain.encode()).to_list() == ["a\nb", "c"]


PIECES = st.sampled_from(
    ["a", "甲", "&amp;", "&#10;", "\n", "_x000A_", " ", "é", "e\u0301", "'", '"', "&lt;v>"]
)
TEXT = st.lists(PIECES, max_size=5).map("".join)
BODY = st.one_of(
    TEXT.map(lambda t: f' t="inlineStr"><is><t>{t}</t></is></c>'),
    TEXT.map(lambda t: f' t="str"><f>{t}</f><v>{t}</v></c>'),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda n: f' s="2"><v>{n!r}</v></c>'),
    st.sampled_from(
        ["/>", "></c>", "><v/></c>", "><v></v></c>", "><f>1</f><v></v></c>", ' t="s"><v>2</v></c>']
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), BODY), max_size=8, unique_by=lambda cell: cell[0]))
def test_both_ways_see_the_same_cells(row: list[tuple[int, str]]) -> None:
    body = "".join(f'<c r="{way_letters(number)}7"{text}' for number, text in sorted(row))
    xml = sheet(f'<row r="7" spans="1:40">{body}</row>')
    assert sorted_rows(way._fast(xml, None, 99)) == sorted_rows(way._slow(xml, None))  # noqa: SLF001  the two ways


def way_letters(number: int) -> str:
    return chr(64 + number) if number <= 26 else f"A{chr(64 + number - 26)}"


def sorted_rows(raw: pl.DataFrame) -> list[tuple[object, ...]]:
    return way._resolved(raw, STRINGS).sort("column").rows()  # noqa: SLF001  what both ways share


@pytest.mark.needs_data("xlsx_corpus")
def test_both_ways_see_the_same_cells_in_real_files(data_dir: Path) -> None:
    fast = sum(_same_both_ways(path) for path in sorted((data_dir / "xlsx_corpus").iterdir()))
    assert fast > 300


def _same_both_ways(path: Path) -> int:
    """Return how many sheets took the fast way; each must hold what the parser finds."""
    try:
        package = Package.open(path)
        sheets = [package.read(s.part) for s in package.sheets if s.kind == "worksheet"]
        part = package.part_of_kind("sharedStrings")
        xml = package.read(part) if part else b"<sst/>"
    except LtcError:
        return 0
    strings = tidy(pl.Series(list(events.strings(xml)), dtype=pl.String))
    assert shared_strings(xml).equals(strings)
    return sum(_same_cells(sheet, strings) for sheet in sheets if len(sheet) < 1 << 18)


def _same_cells(xml: bytes, strings: pl.Series) -> bool:
    try:
        fast = way._fast(xml, None, 1 << 20)  # noqa: SLF001  the fast way, no other
        slow = way._slow(xml, None)  # noqa: SLF001  the slow way
    except (Unusual, ValueError):
        return False
    one, other = (way._resolved(raw, strings).sort("row", "column") for raw in (fast, slow))  # noqa: SLF001
    assert one.equals(other)
    return True

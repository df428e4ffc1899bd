"""What a package holds, however its maker wrote it; and what is refused before anything is unpacked."""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from reading import book_file
from sample_books import rewritten, with_part

from ltc_xl.model.errors import LtcError, NotAWorkbook
from ltc_xl.workbook.area import Area
from ltc_xl.workbook.package import Package, Relation

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def relation(kind: str, target: str, office: str = OFFICE) -> str:
    ending = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
    return f'<Relationships xmlns="{RELATIONS}">{ending}'


def workbook(main: str = MAIN, office: str = OFFICE) -> str:
    sheet = '<sheets><sheet name="A" sheetId="1" state="veryHidden" r:id="r1"/></sheets>'
    return f'<workbook xmlns="{main}" xmlns:r="{office}"><workbookPr date1904="1"/>{sheet}</workbook>'


def parts(main: str = MAIN, office: str = OFFICE) -> dict[str, str]:
    return {
        "_rels/.rels": relation("officeDocument", "xl/workbook.xml", office),
        "xl/workbook.xml": workbook(main, office),
        "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml", office),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"/>',
    }


def packed(path: Path, content: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in content.items():
            package.writestr(name, text)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(LtcError) as caught:
        Package.open(path)
    return caught.value.key


@pytest.mark.parametrize("strict", [False, True])
def test_sheets_and_the_day_system_are_read_in_the_strict_form_too(path: Path, strict: bool) -> None:  # noqa: FBT001  parametrised
    content = parts(STRICT_MAIN, STRICT) if strict else parts()
    package = Package.open(packed(path, content))
    assert [(s.name, s.part, s.kind, s.state) for s in package.sheets] == [
        ("A", "xl/worksheets/sheet1.xml", "worksheet", "veryHidden")
    ]
    assert package.date1904


@pytest.mark.parametrize("target", ["/xl/workbook.xml", "xl\\workbook.xml", "./xl/../xl/workbook.xml"])
def test_absolute_and_oddly_written_targets_are_found(path: Path, target: str) -> None:
    content = {**parts(), "_rels/.rels": relation("officeDocument", target)}
    assert len(Package.open(packed(path, content)).sheets) == 1


def test_part_names_in_other_case_or_with_backslashes_are_found(path: Path) -> None:
    content = {name.replace("xl/", "XL/"): text for name, text in parts().items()}
    content["\\XL\\Worksheets\\Sheet1.XML"] = content.pop("XL/worksheets/sheet1.xml")
    assert len(Package.open(packed(path, content)).sheets) == 1


def test_relations_to_the_outside_are_no_parts(path: Path) -> None:
    content = parts()
    outside = f'<Relationship Id="r9" Type="{OFFICE}/hyperlink" Target="http://x" TargetMode="External"/>'
    rels = content["xl/_rels/workbook.xml.rels"]
    content["xl/_rels/workbook.xml.rels"] = rels.replace("</Rel", f"{outside}</Rel")
    held = Package.open(packed(path, content)).relations("xl/workbook.xml")
    assert held == (Relation("r1", "worksheet", "xl/worksheets/sheet1.xml"),)


def test_tables_are_listed_with_their_place_headers_and_totals(path: Path) -> None:
    book_file(path, {"leads": [{"company": "甲"}, {"company": "乙"}]}, header_row=3)
    change = {"table1": lambda text: text.replace("<table ", '<table totalsRowCount="1" ')}
    table = Package.open(rewritten(path, **change)).tables[0]
    assert (table.name, table.sheet, table.header_rows, table.totals_rows) == ("tblLeads", "线索", 1, 1)
    assert table.area == Area(3, 1, 5, len(table.headers))
    assert table.headers[:2] == ("编号", "公司")


def test_raw_bytes_and_unpacked_bytes_of_a_part_belong_together(path: Path) -> None:
    package = Package.open(book_file(path))
    entry = package.entry("/XL/workbook.xml")
    assert len(package.packed(entry)) == entry.compress_size
    assert len(package.read("xl/workbook.xml")) == entry.file_size
    with zipfile.ZipFile(path) as judge:
        assert package.read("xl/workbook.xml") == judge.read("xl/workbook.xml")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_part_whose_bytes_changed_on_the_disk_is_damage(path: Path, method: int) -> None:
    packed(path, parts())
    with zipfile.ZipFile(path, "a", method) as package:
        package.writestr("xl/media/a.txt", "abcdefgh" * 20)
    entry = Package.open(path).entry("xl/media/a.txt")
    spoiled = bytearray(path.read_bytes())
    spoiled[entry.header_offset + 30 + len(entry.filename) + 3] ^= 0x55
    path.write_bytes(spoiled)
    with pytest.raises(NotAWorkbook, match="file_damaged"):
        Package.open(path).read("xl/media/a.txt")


def test_a_size_that_lies_is_damage_and_is_never_unpacked_in_full(path: Path) -> None:
    packed(path, {**parts(), "xl/media/a.txt": "a" * 100_000})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/media/a.txt") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    path.write_bytes(data)
    with pytest.raises(NotAWorkbook, match="file_damaged"):
        Package.open(path).read("xl/media/a.txt")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path: Path) -> None:
    assert refusal(packed(path, {**parts(), "xl/media/a.txt": "0" * (11 << 20)})) == "file_too_big"


def test_a_part_that_stands_twice_is_damage(path: Path) -> None:
    assert refusal(packed(path, {**parts(), "XL/workbook.xml": workbook()})) == "file_damaged"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_document_type_is_refused(path: Path, part: str) -> None:
    content = parts()
    content[part] = f'<!DOCTYPE a [<!ENTITY e "x">]>{content[part]}'
    with pytest.raises(NotAWorkbook, match="file_damaged"):
        Package.open(packed(path, content)).sheets  # noqa: B018  reading them refuses


def test_a_binary_workbook_is_named_as_such(path: Path) -> None:
    content = {"_rels/.rels": relation("officeDocument", "xl/workbook.bin"), "xl/workbook.bin": "x"}
    assert refusal(packed(path, content)) == "file_is_xlsb"


def test_a_document_of_another_program_is_no_workbook(path: Path) -> None:
    content = {
        "_rels/.rels": relation("officeDocument", "word/document.xml"),
        "word/document.xml": "<document/>",
    }
    assert refusal(packed(path, content)) == "file_is_other"


def test_entries_locked_with_a_password_are_refused(path: Path) -> None:
    packed(path, parts())
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal(path) == "file_encrypted"


def test_what_else_stands_in_the_package_does_not_matter(path: Path) -> None:
    with_part(packed(path, parts()), "customXml/item1.xml", "no xml at all <")
    assert len(Package.open(path).sheets) == 1

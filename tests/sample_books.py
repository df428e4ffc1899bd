"""Workbooks for tests of the patcher, and how to look at them without the patcher's own eyes."""

import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import xlsxwriter
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # it ships no types

HEADERS = ("编号", "公司", "金额", "日期", "翻倍", "备注")
ROWS = 4
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def leads_book(path: Path, rows: int = ROWS) -> Path:
    """Make a workbook with a table tblLeads in A3:F(3+rows), and everything that must grow with it.

    Row k of the body holds N-k, 公司k, k * 10, a day, the live formula, 备注k.
    """
    book = xlsxwriter.Workbook(path)
    sheet, board = book.add_worksheet("线索"), book.add_worksheet("看板")
    last = 3 + rows
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@"})
    red = book.add_format({"bg_color": "#FFC7CE"})
    sheet.write(0, 0, "线索表")
    columns: list[dict[str, object]] = [{"header": h} for h in HEADERS]
    columns[4]["formula"] = "=tblLeads[[#This Row],[金额]]*2"
    sheet.add_table(2, 0, last - 1, 5, {"name": "tblLeads", "columns": columns})
    for k in range(1, rows + 1):
        r = 2 + k
        sheet.write_string(r, 0, f"N-{k}", text)
        sheet.write_string(r, 1, f"公司{k}")
        sheet.write_number(r, 2, k * 10)
        sheet.write_datetime(r, 3, date(2026, 1, k % 28 + 1), day)
        sheet.write_formula(r, 4, "=tblLeads[[#This Row],[金额]]*2", None, k * 20)
        sheet.write_string(r, 5, f"备注{k}")
    sheet.data_validation(f"B4:B{last}", {"validate": "length", "criteria": "<", "value": 50})
    sheet.conditional_format(f"C4:C{last}", {"type": "cell", "criteria": ">", "value": 25, "format": red})
    sheet.conditional_format("H1:H2", {"type": "cell", "criteria": ">", "value": 1, "format": red})
    sheet.ignore_errors({"number_stored_as_text": f"A4:A{last}"})
    sheet.print_area(f"A1:F{last}")
    book.define_name("companies", f"='线索'!$B$4:$B${last}")
    book.define_name("first_company", "='线索'!$B$4")
    board.write_formula("A1", "=SUM(tblLeads[金额])", None, sum(range(10, rows * 10 + 1, 10)))
    board.write("A2", "别动我")
    board.write_comment("A2", "有批注")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='线索'!$C$4:$C${last}"})
    board.insert_chart("C3", chart)
    book.close()
    return path


def rewritten(path: Path, **parts: Callable[[str], str]) -> Path:
    """Rewrite XML parts of a workbook by the end of their names (dots and slashes left out)."""
    with zipfile.ZipFile(path) as old:
        entries = [(info, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info, data in entries:
            stem = re.sub(r"\W", "", info.filename.rpartition("/")[2].removesuffix(".xml"))
            change = parts.get(stem)
            new.writestr(info, change(data.decode()).encode() if change else data)
    return path


def with_part(path: Path, name: str, content: str) -> Path:
    """Add a part to a workbook."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return path


def packed_parts(path: Path) -> Mapping[str, bytes]:
    """Return part -> its bytes as packed in the file, in the order of the file."""
    data = path.read_bytes()
    found = {}
    with zipfile.ZipFile(path) as package:
        for info in package.infolist():
            name, extra = struct.unpack_from("<2H", data, info.header_offset + 26)
            start = info.header_offset + 30 + name + extra
            found[info.filename] = data[start : start + info.compress_size]
    return found


def xml_of(path: Path, part: str) -> str:
    """Return the text of a part."""
    with zipfile.ZipFile(path) as package:
        return package.read(part).decode()


def sheet_without(xml: bytes, targets: set[str]) -> bytes:
    """Return a worksheet's XML, parsed and written anew, without the target cells, spans and dimension.

    A parser of its own: a cell that does not say its address is counted.
    """
    root: ET.Element = fromstring(xml)
    space = root.tag.partition("}")[0] + "}"
    for child in root.findall(f"{space}dimension"):
        root.remove(child)
    body = root.find(f"{space}sheetData")
    assert body is not None
    number = 0
    for row in list(body):
        number = int(row.get("r", number + 1))
        row.attrib.pop("spans", None)
        _drop_cells(row, number, targets)
        if not len(row) and any(re.sub(r"\D", "", t) == str(number) for t in targets):
            body.remove(row)
    if not len(body):
        body.text = None
    return ET.tostring(root)


def _drop_cells(row: ET.Element, number: int, targets: set[str]) -> None:
    column = 0
    for cell in list(row):
        address = cell.get("r")
        column = _number(re.sub(r"\d", "", address)) if address else column + 1
        if f"{_letters(column)}{number}" in targets:
            row.remove(cell)
    if not len(row):
        row.text = None


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

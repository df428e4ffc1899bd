"""A workbook in which much speaks of one table: charts, sparklines, totals, rules and names elsewhere."""

import re
from datetime import date
from pathlib import Path

import xlsxwriter
from sample_books import rewritten, with_part
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ltc_xl.workbook.edits import Row

HEADERS = ("区域", "公司", "金额", "日期", "翻倍", "走势")
SHEET = "线索 2026"
BOARD = "看板"
NEW: Row = {"区域": "华南", "公司": "丁", "金额": 40, "日期": date(2026, 4, 1), "翻倍": 80}
_LIVE = "=tblDeals[[#This Row],[金额]]*2"
_ROWS = (("华东", "甲", 10, 1), ("华东", "乙", 20, 2), ("华北", "丙", 30, 3))


def deals_book(path: Path, rows: int = 3, *, totals: bool = False) -> Path:
    """Make a workbook whose table tblDeals stands in A3:F(3+rows), a totals row below if wanted.

    Row k of the body has the area, the company, k * 10, the first of month k, the live formula, and
    a sparkline of the two sums. The sheet 看板 draws it and lists its companies.
    """
    book = xlsxwriter.Workbook(path)
    sheet, board = book.add_worksheet(SHEET), book.add_worksheet(BOARD)
    last = 3 + rows
    _table(book, sheet, rows, totals=totals)
    for kind, subtype in (("column", None), ("scatter", "straight")):
        _chart(book, board, kind, subtype, last)
    board.data_validation("A1", {"validate": "list", "source": f"='{SHEET}'!$B$4:$B${last}"})
    board.conditional_format(
        "A2:A9",
        {"type": "formula", "criteria": f"=COUNTIF('{SHEET}'!$B$4:$B${last},A2)>0", "format": None},
    )
    board.add_sparkline("B1", {"range": f"'{SHEET}'!$C$4:$C${last}"})
    places = [f"F{row}" for row in range(4, last + 1)]
    spans = [f"'{SHEET}'!C{row}:E{row}" for row in range(4, last + 1)]
    sheet.add_sparkline("F4", {"location": places, "range": spans})
    sheet.data_validation(f"B4:B{last}", {"validate": "custom", "value": f"=COUNTIF($B$4:$B${last},$B4)=1"})
    sheet.conditional_format(f"C4:C{last}", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format(
        f"B4:B{last}", {"type": "formula", "criteria": f"=COUNTIF($B$4:$B${last},$B4)>1", "format": None}
    )
    sheet.print_area(f"A1:F{last + totals}")
    book.define_name("companies", f"='{SHEET}'!$B$4:$B${last}")
    book.define_name("first_company", f"='{SHEET}'!$B$4")
    book.close()
    return path


def _table(book: Workbook, sheet: Worksheet, rows: int, *, totals: bool) -> None:
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    columns: list[dict[str, object]] = [{"header": header} for header in HEADERS]
    columns[4]["formula"] = _LIVE
    if totals:
        columns[0]["total_string"] = "合计"
        columns[2]["total_function"], columns[2]["total_value"] = "sum", sum(range(10, rows * 10 + 1, 10))
    options = {"name": "tblDeals", "columns": columns, "total_row": totals}
    sheet.write(0, 0, "成交")
    sheet.add_table(2, 0, 2 + rows + totals, 5, options)
    for k in range(1, rows + 1):
        area, company, amount, month = _ROWS[(k - 1) % 3]
        sheet.write_row(2 + k, 0, [area, company, amount])
        sheet.write_datetime(2 + k, 3, date(2026, month, 1), day)
        sheet.write_formula(2 + k, 4, _LIVE, None, amount * 2)


def _chart(book: Workbook, board: Worksheet, kind: str, subtype: str | None, last: int) -> None:
    chart = book.add_chart({"type": kind, "subtype": subtype} if subtype else {"type": kind})
    first = "$B" if kind == "column" else "$E"
    chart.add_series(
        {
            "name": f"='{SHEET}'!$C$3",
            "categories": f"='{SHEET}'!{first}$4:{first}${last}",
            "values": f"='{SHEET}'!$C$4:$C${last}",
        }
    )
    chart.add_series({"categories": f"='{BOARD}'!$Y$1:$Y$3", "values": f"='{BOARD}'!$Z$1:$Z$3"})
    board.insert_chart("D2" if kind == "column" else "D20", chart, {"description": kind})


def with_levels(path: Path) -> Path:
    """Return the workbook with the area and the company of its first chart as categories of two levels."""

    def level(*texts: str) -> str:
        held = (f'<c:pt idx="{i}"><c:v>{text}</c:v></c:pt>' for i, text in enumerate(texts) if text)
        return f"<c:lvl>{''.join(held)}</c:lvl>"

    levels = level("甲", "乙", "丙") + level("华东", "", "华北")
    categories = (
        f"<c:cat><c:multiLvlStrRef><c:f>'{SHEET}'!$A$4:$B$6</c:f><c:multiLvlStrCache>"
        f'<c:ptCount val="3"/>{levels}</c:multiLvlStrCache></c:multiLvlStrRef></c:cat>'
    )
    return rewritten(path, chart1=lambda xml: re.sub("<c:cat>.*?</c:cat>", categories, xml, count=1))


def with_newer_chart(path: Path, spoken: str = "'线索 2026'!$C$4:$C$6") -> Path:
    """Return the workbook with a chart of a kind that Excel 2016 brought; it speaks through a hidden name."""
    xml = (
        '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/chartex"><cx:chartData>'
        '<cx:data id="0"><cx:strDim type="cat"><cx:f>_xlchart.v1.0</cx:f><cx:lvl ptCount="3">'
        '<cx:pt idx="0">甲</cx:pt><cx:pt idx="1">乙</cx:pt><cx:pt idx="2">丙</cx:pt></cx:lvl></cx:strDim>'
        f'<cx:numDim type="val"><cx:f>{spoken}</cx:f><cx:lvl ptCount="3" formatCode="0.00">'
        '<cx:pt idx="0">10</cx:pt><cx:pt idx="1">20</cx:pt><cx:pt idx="2">30</cx:pt></cx:lvl></cx:numDim>'
        "</cx:data></cx:chartData><cx:chart/></cx:chartSpace>"
    )
    name = '<definedName name="_xlchart.v1.0" hidden="1">\'线索 2026\'!$B$4:$B$6</definedName>'
    kind = "application/vnd.ms-office.chartex+xml"
    with_part(path, "xl/charts/chartEx1.xml", xml)
    return rewritten(
        path,
        workbook=lambda text: text.replace("<definedNames>", "<definedNames>" + name),
        Content_Types=lambda text: text.replace(
            "</Types>", f'<Override PartName="/xl/charts/chartEx1.xml" ContentType="{kind}"/></Types>'
        ),
    )


def with_pivot_cache(path: Path, source: str) -> Path:
    """Return the workbook with a pivot cache made from a source, e.g. ``name="tblDeals"``."""
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><pivotCacheDefinition '
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" recordCount="3">'
        f'<cacheSource type="worksheet"><worksheetSource {source}/></cacheSource><cacheFields count="0"/>'
        "</pivotCacheDefinition>"
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml"
    with_part(path, "xl/pivotCache/pivotCacheDefinition1.xml", xml)
    override = f'<Override PartName="/xl/pivotCache/pivotCacheDefinition1.xml" ContentType="{kind}"/></Types>'
    return rewritten(path, Content_Types=lambda text: text.replace("</Types>", override))


def points(xml: str) -> list[list[str]]:
    """Return the values of each list of points in a chart, in the order of their numbers, '' for a gap."""
    found = []
    for counted in re.findall(
        r"<(?:c:\w+Cache|c:lvl|cx:lvl)\b.*?</(?:c:\w+Cache|c:lvl|cx:lvl)>", xml, re.DOTALL
    ):
        held = re.findall(r'<\w+:pt idx="(\d+)"[^>]*>(?:<c:v>)?([^<]*)', counted)
        at = {int(number): text for number, text in held}
        found.append([at.get(number, "") for number in range(max(at, default=-1) + 1)])
    return found

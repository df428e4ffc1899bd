"""The workbook that all others dress up: a table of orders, and a sheet of the user's own."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

HEADERS = ("编号", "下单日", "地区", "金额", "含税")
REGIONS = ("北", "南", "北", "东")
TAXED = "=tblOrders[[#This Row],[金额]]*1.13"
DATA, REPORT = "数据", "报表"
TABLE = "tblOrders"
DATA_PART, REPORT_PART = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"

Dress = Callable[[xlsxwriter.Workbook, Worksheet, Worksheet], None]


def orders_book(path: Path, dress: Dress | None = None) -> Path:
    """Make a workbook: sheet 数据 with tblOrders in A1:E5, sheet 报表 with a sum in A1.

    Row k of the body, from 1, holds D-k, the kth of January 2026, a region, k * 100, and k * 113.
    """
    with xlsxwriter.Workbook(path) as book:
        data, report = book.add_worksheet(DATA), book.add_worksheet(REPORT)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        columns: list[dict[str, object]] = [{"header": header} for header in HEADERS]
        columns[4]["formula"] = TAXED
        data.add_table(0, 0, 4, 4, {"name": TABLE, "columns": columns})
        for k, region in enumerate(REGIONS, 1):
            data.write_string(k, 0, f"D-{k}")
            data.write_datetime(k, 1, date(2026, 1, k), day)
            data.write_string(k, 2, region)
            data.write_number(k, 3, k * 100)
            data.write_formula(k, 4, TAXED, None, k * 113)
        report.write_formula("A1", "=SUM(tblOrders[金额])", None, 1000)
        if dress:
            dress(book, data, report)
    return path

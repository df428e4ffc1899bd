"""Sparklines, data bars and choices: what Excel 2010 and later keep in extensions of a sheet."""

from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from made_books.added import X14, XM, dressed, with_extension
from made_books.base import DATA_PART, orders_book

TREND_PART = "xl/worksheets/sheet3.xml"


def sparkline_book(path: Path) -> Path:
    """Make the orders with a sparkline of their amounts in 报表!C1, and on a sheet that has nothing else."""

    def dress(book: xlsxwriter.Workbook, data: Worksheet, report: Worksheet) -> None:
        report.add_sparkline("C1", {"range": "数据!D2:D5", "markers": True})
        book.add_worksheet("走势").add_sparkline("A1", {"range": "数据!D2:D5"})
        data.add_sparkline("G2", {"range": "数据!D2:E2", "type": "column"})

    return orders_book(path, dress)


def bar_book(path: Path) -> Path:
    """Make the orders with data bars as Excel 2010 draws them."""

    def dress(_: xlsxwriter.Workbook, data: Worksheet, __: Worksheet) -> None:
        data.conditional_format("D2:D5", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})

    return orders_book(path, dress)


def choice_book(path: Path) -> Path:
    """Make the orders with a list of regions that stands on another sheet, the young way."""

    def dress(_: xlsxwriter.Workbook, __: Worksheet, report: Worksheet) -> None:
        report.write_column("H1", ["北", "南", "东"])

    extension = (
        f'<ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" xmlns:x14="{X14}"><x14:dataValidations'
        f' count="1" xmlns:xm="{XM}"><x14:dataValidation type="list" allowBlank="1" showErrorMessage="1">'
        "<x14:formula1>"
        "<xm:f>报表!$H$1:$H$3</xm:f></x14:formula1><xm:sqref>C2:C5</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext>"
    )
    return dressed(orders_book(path, dress), changes={DATA_PART: lambda xml: with_extension(xml, extension)})

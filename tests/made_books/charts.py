"""Charts of the orders: one of the old kind, one of the kind that came with Excel 2016."""

from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from made_books.added import DRAWING, MICROSOFT, OFFICE, Link, Part, dressed
from made_books.base import REPORT_PART, orders_book
from made_books.slicers import drawing_part, with_drawing

MODERN_PART = "xl/charts/chartEx1.xml"


def chart_book(path: Path) -> Path:
    """Make the orders with a chart of amounts by number on 报表."""

    def dress(book: xlsxwriter.Workbook, _: Worksheet, report: Worksheet) -> None:
        chart = book.add_chart({"type": "column"})
        series = {"categories": "=数据!$A$2:$A$5", "values": "=数据!$D$2:$D$5", "name": "=数据!$D$1"}
        chart.add_series(series)
        report.insert_chart("D10", chart)

    return orders_book(path, dress)


def modern_chart_book(path: Path) -> Path:
    """Make the orders with a waterfall of their amounts on 报表."""
    space = f"{MICROSOFT}/drawing/2014/chartex"
    points = "".join(f'<cx:pt idx="{k}">D-{k + 1}</cx:pt>' for k in range(4))
    amounts = "".join(f'<cx:pt idx="{k}">{(k + 1) * 100}</cx:pt>' for k in range(4))
    chart = (
        f'<cx:chartSpace xmlns:a="{DRAWING}" xmlns:r="{OFFICE}" xmlns:cx="{space}"><cx:chartData>'
        '<cx:data id="0">'
        f'<cx:strDim type="cat"><cx:f>数据!$A$2:$A$5</cx:f><cx:lvl ptCount="4">{points}</cx:lvl></cx:strDim>'
        f'<cx:numDim type="val"><cx:f>数据!$D$2:$D$5</cx:f><cx:lvl ptCount="4" formatCode="General">{amounts}'
        "</cx:lvl></cx:numDim></cx:data></cx:chartData><cx:chart><cx:plotArea><cx:plotAreaRegion>"
        '<cx:series layoutId="waterfall" uniqueId="{00000000-0001-4000-8000-000000000000}">'
        '<cx:dataId val="0"/>'
        '<cx:layoutPr><cx:subtotals/></cx:layoutPr></cx:series></cx:plotAreaRegion><cx:axis id="0">'
        '<cx:catScaling gapWidth="0.5"/><cx:tickLabels/></cx:axis><cx:axis id="1"><cx:valScaling/>'
        "<cx:tickLabels/></cx:axis></cx:plotArea></cx:chart></cx:chartSpace>"
    )
    graphic = (
        f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{space}"><cx:chart xmlns:cx="{space}"'
        f' xmlns:r="{OFFICE}" r:id="rId1"/></a:graphicData></a:graphic>'
    )
    needs = f'Requires="cx1" xmlns:cx1="{MICROSOFT}/drawing/2015/9/8/chartex"'
    drawing = drawing_part("图表 1", graphic, needs)
    return dressed(
        orders_book(path),
        [drawing, Part(MODERN_PART, "application/vnd.ms-office.chartex+xml", chart)],
        [
            Link(REPORT_PART, "rIdDrawing", f"{OFFICE}/drawing", drawing.name),
            Link(drawing.name, "rId1", f"{MICROSOFT}/2014/relationships/chartEx", MODERN_PART),
        ],
        {REPORT_PART: with_drawing},
    )

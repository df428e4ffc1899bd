"""What other programs and departments leave in a workbook: custom XML, links, macros, queries."""

from pathlib import Path

from made_books.added import BOOK_PART, MAIN, OFFICE, Link, Part, after_first, before, dressed
from made_books.base import DATA_PART, REPORT_PART, orders_book

_KIND = "application/vnd.openxmlformats-officedocument"


def custom_xml_book(path: Path) -> Path:
    """Make the orders with a document of the firm's own, as document systems add it."""
    space = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    properties = f'<ds:datastoreItem ds:itemID="{{6B1F7A5E-0000-4000-8000-00000000C0DE}}" xmlns:ds="{space}">'
    return dressed(
        orders_book(path),
        [
            Part("customXml/item1.xml", "", '<合同 xmlns="urn:firm"><密级>内部</密级></合同>'),
            Part(
                "customXml/itemProps1.xml",
                f"{_KIND}.customXmlProperties+xml",
                f"{properties}<ds:schemaRefs/></ds:datastoreItem>",
            ),
        ],
        [
            Link(BOOK_PART, "rIdCustom", f"{OFFICE}/customXml", "customXml/item1.xml"),
            Link("customXml/item1.xml", "rId1", f"{OFFICE}/customXmlProps", "customXml/itemProps1.xml"),
        ],
    )


def external_link_book(path: Path) -> Path:
    """Make the orders with a price from another workbook in 报表!C1."""
    part = "xl/externalLinks/externalLink1.xml"
    link = (
        f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"><sheetNames>'
        '<sheetName val="价目"/></sheetNames><sheetDataSet><sheetData sheetId="0"><row r="1">'
        '<cell r="A1"><v>9.5</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>'
    )
    cell = '<c r="C1"><f>[1]价目!A1*2</f><v>19</v></c></row>'
    return dressed(
        orders_book(path),
        [Part(part, f"{_KIND}.spreadsheetml.externalLink+xml", link)],
        [
            Link(BOOK_PART, "rIdOther", f"{OFFICE}/externalLink", part),
            Link(part, "rId1", f"{OFFICE}/externalLinkPath", "%E4%BB%B7%E7%9B%AE.xlsx", external=True),
        ],
        {
            BOOK_PART: after_first(
                "</sheets>", '<externalReferences><externalReference r:id="rIdOther"/></externalReferences>'
            ),
            REPORT_PART: lambda xml: xml.replace("</row>", cell, 1).replace("A1", "A1:C1", 1),
        },
    )


def macro_book(path: Path) -> Path:
    """Make the orders as a workbook with macros; what the project holds does not matter to us."""
    sheet, enabled = (
        f"{_KIND}.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return dressed(
        orders_book(path),
        [Part("xl/vbaProject.bin", "", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8)],
        [
            Link(
                BOOK_PART,
                "rIdMacros",
                "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
                "xl/vbaProject.bin",
            )
        ],
        {
            "[Content_Types].xml": lambda xml: xml.replace(sheet, enabled),
            DATA_PART: after_first(r"<worksheet[^>]*>", '<sheetPr codeName="Sheet1"/>'),
        },
        {"bin": "application/vnd.ms-office.vbaProject"},
    )


def query_book(path: Path) -> Path:
    """Make the orders with a second table, 报表!A3:B5, that a query fills from a text file."""
    table = (
        f'<table xmlns="{MAIN}" id="9" name="tblFed" displayName="tblFed" ref="A3:B5" tableType="queryTable"'
        ' totalsRowShown="0"><autoFilter ref="A3:B5"/><tableColumns count="2"><tableColumn id="1"'
        ' uniqueName="1" name="键" queryTableFieldId="1"/><tableColumn id="2" uniqueName="2" name="值"'
        ' queryTableFieldId="2"/></tableColumns><tableStyleInfo name="TableStyleLight1"/></table>'
    )
    query = (
        f'<queryTable xmlns="{MAIN}" name="外部" connectionId="1" autoFormatId="16"><queryTableRefresh'
        ' nextId="3"><queryTableFields count="2"><queryTableField id="1" name="键" tableColumnId="1"/>'
        '<queryTableField id="2" name="值" tableColumnId="2"/></queryTableFields></queryTableRefresh>'
        "</queryTable>"
    )
    connections = (
        f'<connections xmlns="{MAIN}"><connection id="1" name="外部" type="6" refreshedVersion="6"><textPr'
        ' codePage="65001" sourceFile="feed.csv" comma="1"/></connection></connections>'
    )
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>{a}</t></is></c><c r="B{r}" t="inlineStr"><is>'
        f"<t>{b}</t></is></c></row>"
        for r, a, b in ((3, "键", "值"), (4, "k1", "v1"), (5, "k2", "v2"))
    )
    return dressed(
        orders_book(path),
        [
            Part("xl/tables/table9.xml", f"{_KIND}.spreadsheetml.table+xml", table),
            Part("xl/queryTables/queryTable1.xml", f"{_KIND}.spreadsheetml.queryTable+xml", query),
            Part("xl/connections.xml", f"{_KIND}.spreadsheetml.connections+xml", connections),
        ],
        [
            Link(REPORT_PART, "rIdTable", f"{OFFICE}/table", "xl/tables/table9.xml"),
            Link("xl/tables/table9.xml", "rId1", f"{OFFICE}/queryTable", "xl/queryTables/queryTable1.xml"),
            Link(BOOK_PART, "rIdSources", f"{OFFICE}/connections", "xl/connections.xml"),
        ],
        {
            REPORT_PART: lambda xml: before(
                "</worksheet>", '<tableParts count="1"><tablePart r:id="rIdTable"/></tableParts>'
            )(before("</sheetData>", rows)(xml))
        },
    )

"""A slicer of the table, as Excel 2013 and later save it."""

from pathlib import Path

from made_books.added import (
    BOOK_PART,
    DRAWING,
    MAIN,
    MC,
    MICROSOFT,
    OFFICE,
    SHEET_DRAWING,
    X14,
    X15,
    Link,
    Part,
    before,
    dressed,
    with_extension,
)
from made_books.base import DATA_PART, orders_book

CACHE = "Slicer_地区"


def slicer_book(path: Path) -> Path:
    """Make the orders with a slicer of their regions beside them."""
    definition = (
        f'<slicerCacheDefinition xmlns="{X14}" xmlns:mc="{MC}" mc:Ignorable="x" xmlns:x="{MAIN}"'
        f' name="{CACHE}" sourceName="地区"><extLst><x:ext uri="{{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}}"'
        f' xmlns:x15="{X15}"><x15:tableSlicerCache tableId="1" column="3"/></x:ext></extLst>'
        "</slicerCacheDefinition>"
    )
    cache_list = (
        f'<ext uri="{{46BE6895-7355-4a93-B00E-2C351335B9C9}}" xmlns:x15="{X15}"><x15:slicerCaches'
        f' xmlns:x14="{X14}"><x14:slicerCache r:id="rIdCache"/></x15:slicerCaches></ext>'
    )
    on_sheet = (
        f'<ext uri="{{3A4CF648-6AED-40f4-86FF-DC5316D8AED3}}" xmlns:x15="{X15}"><x14:slicerList'
        f' xmlns:x14="{X14}"><x14:slicer r:id="rIdSlicer"/></x14:slicerList></ext>'
    )
    return dressed(
        orders_book(path),
        [
            *slicer_parts(),
            Part("xl/slicerCaches/slicerCache1.xml", "application/vnd.ms-excel.slicerCache+xml", definition),
        ],
        slicer_links(DATA_PART),
        {
            BOOK_PART: lambda xml: with_extension(with_slicer_name(xml), cache_list),
            DATA_PART: lambda xml: with_extension(with_drawing(xml), on_sheet),
        },
    )


def slicer_parts() -> list[Part]:
    """Return the slicer and the drawing it shows itself in."""
    slicer = (
        f'<slicers xmlns="{X14}" xmlns:mc="{MC}" mc:Ignorable="x" xmlns:x="{MAIN}"><slicer name="地区"'
        f' cache="{CACHE}" caption="地区" rowHeight="241300"/></slicers>'
    )
    graphic = (
        f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{MICROSOFT}/drawing/2010/slicer">'
        f'<sle:slicer xmlns:sle="{MICROSOFT}/drawing/2010/slicer" name="地区"/></a:graphicData></a:graphic>'
    )
    return [
        Part("xl/slicers/slicer1.xml", "application/vnd.ms-excel.slicer+xml", slicer),
        drawing_part("地区", graphic, f'Requires="a14" xmlns:a14="{MICROSOFT}/drawing/2010/main"'),
    ]


def drawing_part(name: str, graphic: str, requires: str) -> Part:
    """Return a drawing that shows something younger programs know; older ones show a box."""
    frame = (
        f'<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="2" name="{name}"/>'
        '<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="0" cy="0"/></xdr:xfrm>{graphic}</xdr:graphicFrame>'
    )
    box = (
        '<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="0" name=""/><xdr:cNvSpPr/></xdr:nvSpPr>'
        '<xdr:spPr><a:xfrm><a:off x="4000000" y="200000"/><a:ext cx="1800000" cy="2500000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:sp>'
    )
    corner = "<xdr:{0}><xdr:col>{1}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{2}</xdr:row>"
    corner += "<xdr:rowOff>0</xdr:rowOff></xdr:{0}>"
    content = (
        f'<xdr:wsDr xmlns:xdr="{SHEET_DRAWING}" xmlns:a="{DRAWING}"><xdr:twoCellAnchor editAs="oneCell">'
        f"{corner.format('from', 7, 1)}{corner.format('to', 10, 12)}"
        f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice {requires}>{frame}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
    )
    return Part(
        "xl/drawings/drawing1.xml", "application/vnd.openxmlformats-officedocument.drawing+xml", content
    )


def slicer_links(sheet: str) -> list[Link]:
    """Return the relations of a slicer on a sheet, of its drawing and its cache."""
    return [
        Link(sheet, "rIdDrawing", f"{OFFICE}/drawing", "xl/drawings/drawing1.xml"),
        Link(sheet, "rIdSlicer", f"{MICROSOFT}/2007/relationships/slicer", "xl/slicers/slicer1.xml"),
        Link(
            BOOK_PART,
            "rIdCache",
            f"{MICROSOFT}/2007/relationships/slicerCache",
            "xl/slicerCaches/slicerCache1.xml",
        ),
    ]


def with_slicer_name(xml: str) -> str:
    """Return the workbook with the name that Excel keeps for a slicer."""
    name = f'<definedName name="{CACHE}">#N/A</definedName>'
    if "</definedNames>" in xml:
        return before("</definedNames>", name)(xml)
    return before("<calcPr", f"<definedNames>{name}</definedNames>")(xml)


def with_drawing(xml: str) -> str:
    """Return the sheet with its drawing, which stands before the list of tables."""
    drawing = '<drawing r:id="rIdDrawing"/>'
    return before("<tableParts" if "<tableParts" in xml else "</worksheet>", drawing)(xml)

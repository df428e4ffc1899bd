"""Pivot tables of the orders, with a slicer, with a timeline."""

from pathlib import Path

from made_books.added import (
    BOOK_PART,
    DRAWING,
    MAIN,
    MC,
    MICROSOFT,
    OFFICE,
    X14,
    X15,
    Link,
    Part,
    before,
    dressed,
    with_extension,
)
from made_books.base import DATA, HEADERS, REGIONS, REPORT_PART, TABLE, orders_book
from made_books.slicers import (
    CACHE,
    drawing_part,
    slicer_links,
    slicer_parts,
    with_drawing,
    with_slicer_name,
)

CACHE_PART = "xl/pivotCache/pivotCacheDefinition1.xml"
PIVOT_PART = "xl/pivotTables/pivotTable1.xml"
_RECORDS = "xl/pivotCache/pivotCacheRecords1.xml"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivot"
BY_ADDRESS = f'<worksheetSource ref="A1:E5" sheet="{DATA}"/>'
BY_NAME = f'<worksheetSource name="{TABLE}"/>'
_SEEN = tuple(dict.fromkeys(REGIONS))
_EXTENSION = '<ext uri="{{{0}}}" xmlns:x14="{1}" xmlns:x15="{2}">{3}</ext>'


def pivot_book(path: Path, source: str = BY_ADDRESS) -> Path:
    """Make the orders with a pivot table on 报表!D3:E7: amounts by region."""
    caches = '<pivotCaches><pivotCache cacheId="7" r:id="rIdPivotCache"/></pivotCaches>'
    return dressed(
        orders_book(path),
        [
            Part(CACHE_PART, f"{_KIND}CacheDefinition+xml", _cache(source)),
            Part(_RECORDS, f"{_KIND}CacheRecords+xml", _records()),
            Part(PIVOT_PART, f"{_KIND}Table+xml", _pivot()),
        ],
        [
            Link(BOOK_PART, "rIdPivotCache", f"{OFFICE}/pivotCacheDefinition", CACHE_PART),
            Link(CACHE_PART, "rId1", f"{OFFICE}/pivotCacheRecords", _RECORDS),
            Link(REPORT_PART, "rIdPivot", f"{OFFICE}/pivotTable", PIVOT_PART),
            Link(PIVOT_PART, "rId1", f"{OFFICE}/pivotCacheDefinition", CACHE_PART),
        ],
        {BOOK_PART: before("</workbook>", caches)},
    )


def named_pivot_book(path: Path) -> Path:
    """Make the same with a cache that names the table."""
    return pivot_book(path, BY_NAME)


def pivot_slicer_book(path: Path) -> Path:
    """Make the pivot table with a slicer beside it."""
    items = "".join(f'<i x="{i}" s="1"/>' for i in range(len(_SEEN)))
    definition = (
        f'<slicerCacheDefinition xmlns="{X14}" xmlns:mc="{MC}" mc:Ignorable="x" xmlns:x="{MAIN}"'
        f' name="{CACHE}" sourceName="地区"><pivotTables><pivotTable tabId="2" name="透视表1"/></pivotTables>'
        f'<data><tabular pivotCacheId="7"><items count="{len(_SEEN)}">{items}</items></tabular></data>'
        "</slicerCacheDefinition>"
    )
    caches = '<x14:slicerCaches><x14:slicerCache r:id="rIdCache"/></x14:slicerCaches>'
    slicers = '<x14:slicerList><x14:slicer r:id="rIdSlicer"/></x14:slicerList>'
    in_book = _EXTENSION.format("BBE1A952-AA13-448e-AADC-164F8A28A991", X14, X15, caches)
    on_sheet = _EXTENSION.format("A8765BA9-456A-4dab-B4F3-ACF838C121DE", X14, X15, slicers)
    return dressed(
        pivot_book(path),
        [
            *slicer_parts(),
            Part("xl/slicerCaches/slicerCache1.xml", "application/vnd.ms-excel.slicerCache+xml", definition),
        ],
        slicer_links(REPORT_PART),
        {
            BOOK_PART: lambda xml: with_extension(with_slicer_name(xml), in_book),
            REPORT_PART: lambda xml: with_extension(with_drawing(xml), on_sheet),
        },
    )


def timeline_book(path: Path) -> Path:
    """Make the pivot table with a timeline of the days."""
    name = "NativeTimeline_下单日"
    definition = (
        f'<timelineCacheDefinition xmlns="{X15}" name="{name}" sourceName="下单日"><pivotTables>'
        '<pivotTable tabId="2" name="透视表1"/></pivotTables><state minimalRefreshVersion="6"'
        ' lastRefreshVersion="6" pivotCacheId="7" filterType="unknown"><bounds'
        ' startDate="2026-01-01T00:00:00" endDate="2027-01-01T00:00:00"/></state></timelineCacheDefinition>'
    )
    timeline = (
        f'<timelines xmlns="{X15}"><timeline name="下单日" cache="{name}" caption="下单日" level="2"'
        ' selectionLevel="2" scrollPosition="2026-01-01T00:00:00"/></timelines>'
    )
    shown = f"{MICROSOFT}/drawing/2012/timeslicer"
    graphic = (
        f'<a:graphic xmlns:a="{DRAWING}"><a:graphicData uri="{shown}"><tsle:timeslicer xmlns:tsle="{shown}"'
        ' name="下单日"/></a:graphicData></a:graphic>'
    )
    caches = '<x15:timelineCacheRefs><x15:timelineCacheRef r:id="rIdCache"/></x15:timelineCacheRefs>'
    lines = '<x15:timelineRefs><x15:timelineRef r:id="rIdTimeline"/></x15:timelineRefs>'
    in_book = _EXTENSION.format("D0CA8CA8-9F24-4464-BF8E-62219DCF47F9", X14, X15, caches)
    on_sheet = _EXTENSION.format("7E03D99C-DC04-49d9-9315-930204A7B6E9", X14, X15, lines)
    kinds = f"{MICROSOFT}/2011/relationships"
    return dressed(
        pivot_book(path),
        [
            Part("xl/timelines/timeline1.xml", "application/vnd.ms-excel.timeline+xml", timeline),
            Part(
                "xl/timelineCaches/timelineCache1.xml",
                "application/vnd.ms-excel.timelineCache+xml",
                definition,
            ),
            drawing_part("下单日", graphic, f'Requires="tsle" xmlns:tsle="{shown}"'),
        ],
        [
            Link(REPORT_PART, "rIdDrawing", f"{OFFICE}/drawing", "xl/drawings/drawing1.xml"),
            Link(REPORT_PART, "rIdTimeline", f"{kinds}/timeline", "xl/timelines/timeline1.xml"),
            Link(BOOK_PART, "rIdCache", f"{kinds}/timelineCache", "xl/timelineCaches/timelineCache1.xml"),
        ],
        {
            BOOK_PART: lambda xml: with_extension(xml, in_book),
            REPORT_PART: lambda xml: with_extension(with_drawing(xml), on_sheet),
        },
    )


def _cache(source: str) -> str:
    texts = "".join(f'<s v="D-{k}"/>' for k in range(1, 5))
    regions = "".join(f'<s v="{region}"/>' for region in _SEEN)
    days = 'containsSemiMixedTypes="0" containsNonDate="0" containsDate="1" containsString="0"'
    days += ' minDate="2026-01-01T00:00:00" maxDate="2026-01-05T00:00:00"'
    numbers = 'containsSemiMixedTypes="0" containsString="0" containsNumber="1" containsInteger="1"'
    shared = (
        f'<sharedItems count="4">{texts}</sharedItems>',
        f"<sharedItems {days}/>",
        f'<sharedItems count="{len(_SEEN)}">{regions}</sharedItems>',
        f'<sharedItems {numbers} minValue="100" maxValue="400"/>',
        f'<sharedItems {numbers} minValue="113" maxValue="452"/>',
    )
    formats = (0, 14, 0, 0, 0)
    fields = "".join(
        f'<cacheField name="{header}" numFmtId="{number}">{items}</cacheField>'
        for header, number, items in zip(HEADERS, formats, shared, strict=True)
    )
    return (
        f'<pivotCacheDefinition xmlns="{MAIN}" xmlns:r="{OFFICE}" r:id="rId1" refreshedBy="王芳"'
        ' refreshedDate="46030" createdVersion="6" refreshedVersion="6" minRefreshableVersion="3"'
        f' recordCount="4"><cacheSource type="worksheet">{source}</cacheSource>'
        f'<cacheFields count="{len(HEADERS)}">{fields}</cacheFields></pivotCacheDefinition>'
    )


def _records() -> str:
    rows = "".join(
        f'<r><x v="{k - 1}"/><d v="2026-01-0{k}T00:00:00"/><x v="{_SEEN.index(region)}"/>'
        f'<n v="{k * 100}"/><n v="{k * 113}"/></r>'
        for k, region in enumerate(REGIONS, 1)
    )
    return f'<pivotCacheRecords xmlns="{MAIN}" count="4">{rows}</pivotCacheRecords>'


def _pivot() -> str:
    items = "".join(f'<item x="{i}"/>' for i in range(len(_SEEN)))
    rows = "".join(f'<i><x v="{i}"/></i>' if i else "<i><x/></i>" for i in range(len(_SEEN)))
    region = f'<pivotField axis="axisRow" showAll="0"><items count="{len(_SEEN) + 1}">{items}'
    region += '<item t="default"/></items></pivotField>'
    plain = '<pivotField showAll="0"/>'
    amount = '<pivotField dataField="1" showAll="0"/>'
    day = '<pivotField numFmtId="14" showAll="0"/>'
    return (
        f'<pivotTableDefinition xmlns="{MAIN}" name="透视表1" cacheId="7" applyNumberFormats="0"'
        ' applyBorderFormats="0" applyFontFormats="0" applyPatternFormats="0" applyAlignmentFormats="0"'
        ' applyWidthHeightFormats="1" dataCaption="值" updatedVersion="6" minRefreshableVersion="3"'
        ' useAutoFormatting="1" itemPrintTitles="1" createdVersion="6" indent="0" outline="1" outlineData="1"'
        ' multipleFieldFilters="0"><location ref="D3:E7" firstHeaderRow="1" firstDataRow="1"'
        f' firstDataCol="1"/><pivotFields count="5">{plain}{day}{region}{amount}{plain}</pivotFields>'
        f'<rowFields count="1"><field x="2"/></rowFields><rowItems count="{len(_SEEN) + 1}">{rows}'
        '<i t="grand"><x/></i></rowItems><colItems count="1"><i/></colItems><dataFields count="1">'
        '<dataField name="求和项:金额" fld="3" baseField="0" baseItem="0"/></dataFields>'
        '<pivotTableStyleInfo name="PivotStyleLight16" showRowHeaders="1" showColHeaders="1"'
        ' showRowStripes="0" showColStripes="0" showLastColumn="1"/></pivotTableDefinition>'
    )

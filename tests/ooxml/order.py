"""The order in which the schema wants the children of an element."""

from collections.abc import Iterator

from ooxml.xml import SPACES, Element, local, space

_TEXT = """
worksheet: sheetPr dimension sheetViews sheetFormatPr cols* sheetData sheetCalcPr sheetProtection
  protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr
  conditionalFormatting* dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks
  colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF
  drawingHF picture oleObjects controls webPublishItems tableParts extLst
chartsheet: sheetPr sheetViews sheetProtection customSheetViews pageMargins pageSetup headerFooter drawing
  legacyDrawing legacyDrawingHF drawingHF picture webPublishItems extLst
workbook: fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups
  externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes
  webPublishing fileRecoveryPr* webPublishObjects extLst
styleSheet: numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst
xf: alignment protection extLst
dxf: font numFmt fill alignment border protection extLst
table: autoFilter sortState tableColumns tableStyleInfo extLst
tableColumn: calculatedColumnFormula totalsRowFormula xmlColumnPr extLst
row: c* extLst
c: f v is extLst
conditionalFormatting: cfRule* extLst
cfRule: formula* colorScale dataBar iconSet extLst
dataValidation: formula1 formula2
autoFilter: filterColumn* sortState extLst
sheetView: pane selection* pivotSelection* extLst
comments: authors commentList extLst
comment: text commentPr
pivotTableDefinition: location pivotFields rowFields rowItems colFields colItems pageFields dataFields formats
  conditionalFormats chartFormats pivotHierarchies pivotTableStyleInfo filters rowHierarchiesUsage
  colHierarchiesUsage extLst
pivotCacheDefinition: cacheSource cacheFields cacheHierarchies kpis tupleCache calculatedItems
  calculatedMembers dimensions measureGroups maps extLst
"""


def _read(text: str) -> dict[str, dict[str, tuple[int, bool]]]:
    """Return parent -> child -> its rank and whether it may repeat."""
    lines = text.strip().replace("\n  ", " ").splitlines()
    named = (line.partition(": ") for line in lines)
    return {
        parent: {name.rstrip("*"): (rank, name.endswith("*")) for rank, name in enumerate(names.split())}
        for parent, _, names in named
    }


ORDERS = _read(_TEXT)


def order_faults(root: Element, *, skip: str = "") -> Iterator[str]:
    """Yield what stands in the wrong place or twice, anywhere in a part.

    ``skip`` names an element whose inside is not looked at (the cells of a sheet have a quicker judge).
    """
    todo = [root]
    while todo:
        element = todo.pop()
        if space(element) in SPACES and (ranks := ORDERS.get(local(element))):
            yield from _misplaced(element, ranks)
        todo += [child for child in element if len(child) and local(child) not in {"extLst", skip}]


def _misplaced(element: Element, ranks: dict[str, tuple[int, bool]]) -> Iterator[str]:
    last = -1
    for child in element:
        if space(child) not in SPACES:
            continue  # AlternateContent and extensions stand anywhere
        name = local(child)
        rank, repeats = ranks.get(name, (-1, False))
        if rank < 0:
            yield f"<{name}> does not belong into <{local(element)}>"
        elif rank < last:
            yield f"<{name}> stands too late in <{local(element)}>"
        elif rank == last and not repeats:
            yield f"<{name}> stands twice in <{local(element)}>"
        last = max(last, rank)

"""The parts that no edit names but that speak of a table's cells: they go along with it."""

from collections.abc import Collection

from ltc_xl.workbook.charts import charts_following
from ltc_xl.workbook.grow import grow_tail
from ltc_xl.workbook.movement import Movements
from ltc_xl.workbook.package import Package
from ltc_xl.workbook.pivots import pivots_following
from ltc_xl.workbook.shapes import shapes_following
from ltc_xl.workbook.splices import Splices

_RULES = (b"conditionalFormatting", b"dataValidation", b"sparkline", b"controlPr")


def parts_following(package: Package, movements: Movements) -> dict[str, bytes]:
    """Return part -> its bytes afterwards, for charts, pivot tables and shapes that speak of moved ranges."""
    charts = charts_following(package, movements)
    return charts | pivots_following(package, movements) | shapes_following(package, movements)


def sheets_following(package: Package, movements: Movements, *, but: Collection[str]) -> dict[str, bytes]:
    """Return part -> its bytes afterwards, for the sheets whose formats and the like speak of moved ranges.

    Args:
        package: the workbook.
        movements: what happens to which sheet.
        but: names of sheets that somebody else sees to.
    """
    changed = {}
    for sheet in package.sheets:
        if sheet.name not in but and sheet.kind == "worksheet":
            splices = Splices(package.read(sheet.part))
            start = splices.data.rfind(b"sheetData")
            if any(splices.data.find(word, start) >= 0 for word in _RULES):
                grow_tail(splices, start, sheet.name, movements)
            if splices:
                changed[sheet.part] = splices.result()
    return changed

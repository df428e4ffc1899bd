"""Papers as workbooks: an overview with native charts, and an Excel table on a sheet for each long grid."""

from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang
from ltc_xl.model.paper import Report
from ltc_xl.render.overview import Overview
from ltc_xl.render.sheets import Desk, write_table
from ltc_xl.render.styles import Styles

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def workbook(report: Report, _: str, lang: Lang) -> bytes:
    """Return a report as a workbook; equal reports give equal bytes."""
    buffer = BytesIO()
    book = Workbook(buffer, _OPTIONS)
    title = say(f"reports.titles.{report.name}", lang)
    made = datetime.combine(report.as_of, time())
    book.set_properties({"title": title, "company": report.firm, "author": "ltc-xl", "created": made})
    _write(Desk(book, Styles(book), report, lang))
    book.close()
    return buffer.getvalue()


def _write(desk: Desk) -> None:
    overview = Overview(desk, desk.add_sheet("overview"))
    kept = [
        grid for grid in desk.report.grids.values() if grid.where == "sheet" and (grid.rows or grid.total)
    ]
    overview.write({grid.name: write_table(desk, grid) for grid in kept})

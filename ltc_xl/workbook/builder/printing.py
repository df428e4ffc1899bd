"""Print set-up: every sheet prints on A4 across, fitted to the width, with its name and page numbers."""

from xlsxwriter.worksheet import Worksheet

from ltc_xl.messages import say
from ltc_xl.model.enums import Lang

A4 = 9


def set_up_page(sheet: Worksheet, lang: Lang, *, pages_across: int = 1, pages_tall: int = 0) -> None:
    """Set paper, margins, scale and footer; ``pages_tall`` 0 is as many as needed."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(pages_across, pages_tall)
    sheet.print_across()
    sheet.center_horizontally()
    pages = say("sheets.footer", lang, page="&P", pages="&N")
    sheet.set_footer(f"&L&8&A&C&8&F&R&8{pages}", {"margin": 0.3})

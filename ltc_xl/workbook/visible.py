"""Hidden sheets that are first used: their tab is shown, nothing else of the workbook part changes."""

import re

from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, plain, without_attribute

_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet(?=\s)[^>]*>")


def show_sheet(splices: Splices, name: str) -> None:
    """Cut the workbook part so that the tab of a sheet is seen; one that is very hidden stays so."""
    for tag in _SHEET.finditer(splices.data):
        if plain(attribute(tag[0], b"name") or b"") == name and attribute(tag[0], b"state") == b"hidden":
            splices.replace(tag.start(), tag.end(), without_attribute(tag[0], b"state"))

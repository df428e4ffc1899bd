"""Papers as a reader sees them: the texts of a page, the numbers of a workbook."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl


class _Texts(HTMLParser):
    """Collects what a reader sees, drawings left out."""

    def __init__(self, *, drawings: bool = False) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = 0
        self.skipped = {"style"} if drawings else {"style", "svg"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in self.skipped
        del attrs

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in self.skipped

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.hidden:
            self.texts.append(data.strip())


def texts_of(page: str, *, drawings: bool = False) -> list[str]:
    parser = _Texts(drawings=drawings)
    parser.feed(page)
    return parser.texts


def numbers_in(book: Path) -> Iterator[tuple[str, str, Any]]:
    """Yield sheet, address and cached value of every number of a workbook."""
    for sheet in openpyxl.load_workbook(book, data_only=True).worksheets:
        for row in sheet.iter_rows():
            yield from ((sheet.title, c.coordinate, c.value) for c in row if isinstance(c.value, int | float))

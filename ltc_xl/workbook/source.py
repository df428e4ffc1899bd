"""A package as the reader looks at it: cells of sheets, each part unpacked and parsed when it is needed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from xml.etree.ElementTree import ParseError

import polars as pl
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types

from ltc_xl.model.errors import NotAWorkbook
from ltc_xl.workbook.area import MAX_ROW
from ltc_xl.workbook.grid import grid
from ltc_xl.workbook.package import Package, Sheet
from ltc_xl.workbook.strings import shared_strings
from ltc_xl.workbook.styles import Styles, styles_of

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """The cells of a package."""

    package: Package

    @cached_property
    def strings(self) -> pl.Series:
        """Return the shared strings."""
        part = self.package.part_of_kind("sharedStrings")
        if part is None:
            return pl.Series([], dtype=pl.String)
        return self._parsed(part, lambda: shared_strings(self.package.read(part)))

    @cached_property
    def styles(self) -> Styles:
        """Return what the number formats mean."""
        part = self.package.part_of_kind("styles")
        return Styles() if part is None else self._parsed(part, lambda: styles_of(self.package.xml(part)))

    def cells(
        self, sheet: Sheet, columns: Collection[int] | None = None, last_row: int = MAX_ROW
    ) -> pl.DataFrame:
        """Return the cells of a sheet; see ``grid``."""
        return self._parsed(
            sheet.part, lambda: grid(self.package.read(sheet.part), self.strings, columns, last_row)
        )

    def _parsed(self, part: str, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise NotAWorkbook("file_damaged", file=self.package.name, part=part) from error

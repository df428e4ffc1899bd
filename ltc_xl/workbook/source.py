"""A package as the reader looks at it: cells of sheets, each part unpacked and parsed when it is needed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TypeVar
from xml.etree.ElementTree import ParseError

import polars as pl
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no types

from ltc_xl.model.errors import NotAWorkbook
from ltc_xl.workbook.grid import grid, is_small
from ltc_xl.workbook.package import Package, Sheet
from ltc_xl.workbook.strings import shared_strings
from ltc_xl.workbook.styles import Styles, styles_of
from ltc_xl.workbook.tail import Tail

T = TypeVar("T")

LARGE = 500_000
"""Bytes of a packed sheet of which nothing is remembered."""


@dataclass(frozen=True)
class Source:
    """The cells of a package."""

    package: Package
    _unpacked: dict[str, bytes] = field(default_factory=dict)
    _parsed_whole: dict[str, pl.DataFrame] = field(default_factory=dict)

    def stamp(self, sheet: Sheet) -> tuple[bytes, ...] | None:
        """Return what a sheet's cells are made of: digests of its part and of texts and formats.

        None for a large sheet, of which nothing is remembered.
        """
        own = self._digest(sheet.part)
        return None if own is None else (own, *self._shared_digests)

    @cached_property
    def _shared_digests(self) -> tuple[bytes, ...]:
        parts = (self.package.part_of_kind(kind) for kind in ("sharedStrings", "styles"))
        packed = (self.package.packed(self.package.entry(part)) if part else b"" for part in parts)
        return tuple(sha256(data).digest() for data in packed)

    def _digest(self, part: str) -> bytes | None:
        packed = self.package.packed(self.package.entry(part))
        return None if len(packed) > LARGE else sha256(packed).digest()

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

    def head(self, sheet: Sheet, last_row: int) -> pl.DataFrame:
        """Return the cells of a sheet's first rows; its bytes are kept until its body is read."""
        if sheet.part not in self._unpacked:
            self._unpacked[sheet.part] = self.package.read(sheet.part)
        xml = self._unpacked[sheet.part]
        if is_small(xml):
            return self._whole(sheet, xml).filter(pl.col("row") <= last_row)
        return self._parsed(sheet.part, lambda: grid(xml, self.strings, last_row=last_row))

    def body(self, sheet: Sheet, columns: Collection[int]) -> pl.DataFrame:
        """Return the cells of some columns of a sheet."""
        xml = self._unpacked.pop(sheet.part, None) or self.package.read(sheet.part)
        if is_small(xml):
            return self._whole(sheet, xml).filter(pl.col("column").is_in(list(columns)))
        return self._parsed(sheet.part, lambda: grid(xml, self.strings, columns))

    def tail(self, sheet: Sheet) -> Tail | None:
        """Return what stands behind a sheet's cells; None where that cannot be told."""
        return Tail.of(self._unpacked.get(sheet.part) or self.package.read(sheet.part))

    def _whole(self, sheet: Sheet, xml: bytes) -> pl.DataFrame:
        """Return all cells of a small sheet, parsed once: its head and its body are asked for in turn."""
        if sheet.part not in self._parsed_whole:
            self._parsed_whole[sheet.part] = self._parsed(sheet.part, lambda: grid(xml, self.strings))
        return self._parsed_whole[sheet.part]

    def _parsed(self, part: str, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise NotAWorkbook("file_damaged", file=self.package.name, part=part) from error

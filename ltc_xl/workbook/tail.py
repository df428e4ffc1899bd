"""The tail of a worksheet: what stands behind its cells, and where each kind of element belongs there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BODY = re.compile(rb"<(/?)((?:[\w.-]+:)?)sheetData(?=[\s/>])[^>]*>")
_TAG = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?P<end>/?)(?P<name>[\w.:-]+)(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?P<bare>/?)>",
    re.DOTALL,
)
_ORDER = (
    b"sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate"
    b" customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions"
    b" pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors"
    b" smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems"
    b" tableParts extLst"
).split()
_RANK = {name: rank for rank, name in enumerate(_ORDER)}
_OTHER = _RANK[b"oleObjects"]
"""What Excel wraps for newer versions in an element of its own are controls and embedded objects."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The bytes behind a worksheet's cells.

    Attributes:
        data: from the end of ``<sheetData>`` on.
        prefix: that of the sheet's elements, with the colon.
    """

    data: bytes
    prefix: bytes

    @classmethod
    def of(cls, sheet: bytes) -> "Tail | None":
        """Return the tail of a worksheet's bytes, or of their end; None where they have no such place.

        >>> Tail.of(b"<worksheet><sheetData/><pageMargins/></worksheet>")
        Tail(data=b'<pageMargins/></worksheet>', prefix=b'')
        """
        end = len(sheet)
        while (found := sheet.rfind(b"sheetData", 0, end)) >= 0:
            tag = _BODY.match(sheet, sheet.rfind(b"<", 0, found))
            if tag and (tag[1] or tag[0].endswith(b"/>")):
                return cls(sheet[tag.end() :], tag[2])
            end = found
        return None

    def children(self) -> Iterator[tuple[bytes, int, int]]:
        """Yield name, start and end of every element that stands there by itself."""
        depth, start, name = 0, 0, b""
        for tag in _TAG.finditer(self.data):
            if tag["name"] is None:
                continue
            if tag["end"]:
                depth -= 1
            elif depth == 0:
                start, name = tag.start(), tag["name"].removeprefix(self.prefix)
            if depth < 0:
                return
            depth += not (tag["end"] or tag["bare"])
            if depth == 0:
                yield name, start, tag.end()

    def element(self, name: bytes) -> bytes | None:
        """Return the first element of a name as it stands, or None."""
        return next((self.data[start:end] for found, start, end in self.children() if found == name), None)

    def with_element(self, name: bytes, xml: bytes) -> "Tail":
        """Return the tail with an element put where Excel wants those of its name, behind the last such."""
        later = (start for found, start, _ in self.children() if _RANK.get(found, _OTHER) > _RANK[name])
        at = next(later, self.data.rfind(b"</"))
        return Tail(self.data[:at] + xml + self.data[at:], self.prefix)

    def without_element(self, name: bytes) -> "Tail":
        """Return the tail without the first element of a name."""
        places = (place for found, *place in self.children() if found == name)
        start, end = next(places, (0, 0))
        return Tail(self.data[:start] + self.data[end:], self.prefix)

"""The formulas of a worksheet's cells: rewritten when cells move, shared ones told apart where they must."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ltc_xl.model.address import column_letters
from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.references import GONE, copied_formula, moved_formula
from ltc_xl.workbook.reshape import Mover
from ltc_xl.workbook.scan import SheetScan
from ltc_xl.workbook.splices import Splices
from ltc_xl.workbook.tags import attribute, plain, with_attribute, xml_text

_CELL = re.compile(rb"<(?:[\w.-]+:)?c\s(?:[^>]*?\s)?r=[\"'](\$?[A-Za-z]{1,3}\$?\d{1,7})[\"']")
_ANOTHER = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>[^<]*!")
_SEVERAL = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>(?:[^<:]*:)+[^<:]*!")


@dataclass(frozen=True, slots=True)
class FormulaAt:
    """A formula of a cell: where the cell is, where ``<f>`` stands, its start tag and its text.

    ``text`` is empty where the formula stands with another cell of its group.
    """

    cell: Area
    start: int
    end: int
    tag: bytes
    text: str

    @property
    def area(self) -> Area | None:
        """Return the cells for which an array or a group stands."""
        return area_of((attribute(self.tag, b"ref") or b"").decode("ascii", "replace"))


def moved_formulas(splices: Splices, scan: SheetScan, movers: Mapping[str, Mover]) -> None:
    """Cut the formulas of a sheet to follow the cells they name.

    A group of cells that share one formula stays as it is while none of them moves or reads differently.

    Raises:
        CannotPatch: an array or a data table would be torn.
    """
    if scan.name in movers or _ANOTHER.search(scan.data, scan.lo, scan.hi):
        _Formulas(splices, scan, movers).follow()


def may_speak_of(sheet: bytes, names: Iterable[str]) -> bool:
    """Return whether a worksheet may name one of other sheets; several at once need not name each.

    >>> may_speak_of(b"<f>'r&amp;d'!A1</f>", ["R&D"]), may_speak_of(b"<f>rd!A1</f>", ["R&D"])
    (True, False)
    """
    lowered = sheet.lower()
    named = any(_has_case(name) or xml_text(name.replace("'", "''")).lower() in lowered for name in names)
    return named or _SEVERAL.search(sheet) is not None


def _has_case(name: str) -> bool:
    """Return whether letters beyond ASCII might be written small and large."""
    return any(letter.lower() != letter.upper() for letter in name if not letter.isascii())


class _Formulas:
    """The formulas of one sheet, as cells move."""

    def __init__(self, splices: Splices, scan: SheetScan, movers: Mapping[str, Mover]) -> None:
        self._splices, self._scan = splices, scan
        self._is_home = scan.name in movers
        self._own: Mover = movers.get(scan.name, _still)
        self._moved = cache(lambda text: moved_formula(text, scan.name, movers))
        self._moved_text = cache(self._of_bytes)
        name = scan.prefix + rb"f"
        self._element = re.compile(rb"<" + name + rb"(?=[\s/>])([^>]*?)(?:/>|>([^<]*)</" + name + rb"\s*>)")

    def follow(self) -> None:
        groups: dict[bytes, list[re.Match[bytes]]] = defaultdict(list)
        for match in self._element.finditer(self._scan.data, self._scan.lo, self._scan.hi):
            kind = attribute(match[1], b"t") if match[1] else None
            group = attribute(match[1], b"si") if kind == b"shared" else None
            if group is not None:
                groups[group].append(match)
            elif self._is_home and kind in {b"array", b"dataTable"}:
                self._array(self._formula(match))
            elif match[2]:
                self._splices.replace(*match.span(2), self._moved_text(match[2]))
        for members in groups.values():
            if self._is_home or any(b"!" in (member[2] or b"") for member in members):
                self._group([self._formula(member) for member in members])

    def _of_bytes(self, text: bytes) -> bytes:
        said = plain(text)
        new = self._moved(said)
        return text if new == said else xml_text(new)

    def _formula(self, match: re.Match[bytes]) -> FormulaAt:
        data = self._scan.data
        cell = _CELL.match(data, data.rfind(b"<" + self._scan.prefix + b"c", self._scan.lo, match.start()))
        area = area_of(cell[1].decode()) if cell else None
        if area is None:
            raise self._scan.refusal("patch_odd_sheet")
        tag = data[match.start() : data.index(b">", match.start()) + 1]
        return FormulaAt(area, *match.span(), tag, plain(match[2] or b""))

    def _group(self, members: Collection[FormulaAt]) -> None:
        texts = self._texts(members)
        stands = all(self._own(member.cell) == member.cell for member in members)
        if stands and all(self._moved(text) == text for text in texts):
            return
        for member, text in zip(members, texts, strict=True):
            self._replace(member, _alone(member.tag), text, written_out=True)

    def _texts(self, members: Collection[FormulaAt]) -> list[str]:
        """Return the formula of every cell of a group as it reads there."""
        master = next((member for member in members if member.text), None)
        if master is None:
            raise self._refusal("patch_shared_formula", next(iter(members)))
        texts = []
        for member in members:
            down, right = member.cell.top - master.cell.top, member.cell.left - master.cell.left
            text = member.text or copied_formula(master.text, down, right)
            if text.count(GONE) > master.text.count(GONE):
                raise self._refusal("patch_shared_formula", member)
            texts.append(text)
        return texts

    def _array(self, formula: FormulaAt) -> None:
        area = formula.area or formula.cell
        after = self._own(area)
        inputs = (attribute(formula.tag, name) or b"" for name in (b"r1", b"r2"))
        cells = [cell for text in inputs if (cell := area_of(text.decode("ascii", "replace")))]
        torn = after is not None and after.bottom - after.top != area.bottom - area.top
        lost = after is None and area != formula.cell
        if torn or lost or any(self._own(cell) != cell for cell in cells):
            raise self._refusal("patch_array", formula)
        tag = formula.tag
        if after is not None and after != area:
            tag = with_attribute(tag, b"ref", after.text.encode())
        self._replace(formula, tag, formula.text)

    def _replace(self, formula: FormulaAt, tag: bytes, text: str, *, written_out: bool = False) -> None:
        new = self._moved(text)
        if new == formula.text and tag == formula.tag and not written_out:
            return
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        xml = tag + xml_text(new) + b"</" + self._scan.prefix + b"f>" if new else formula.tag
        self._splices.replace(formula.start, formula.end, xml)

    def _refusal(self, key: str, formula: FormulaAt) -> Exception:
        cell = formula.cell
        return self._scan.refusal(key, f"{column_letters(cell.left)}{cell.top}")


def _alone(tag: bytes) -> bytes:
    """Return the start tag of a formula that no longer shares its text."""
    return re.sub(rb"\s(?:t|si|ref)\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", tag)


def _still(area: Area) -> Area:
    return area

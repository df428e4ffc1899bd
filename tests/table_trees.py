"""What stands outside the cells of a package whose table had its rows changed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from opened import Element, local, unescaped
from table_change import Change, lists_agree, texts_agree

LISTS = {"ref", "sqref"}
"""Attributes that name areas of the sheet on which they stand."""
FORMULAS = {
    "f",
    "formula",
    "formula1",
    "formula2",
    "definedName",
    "calculatedColumnFormula",
    "totalsRowFormula",
}
CACHES = {"strCache", "numCache", "multiLvlStrCache", "lvl", "numDim", "strDim"}
COUNTED = {"mergeCell", "hyperlink", "dataValidation", "conditionalFormatting", "ignoredError", "sparkline"}
COUNTED |= {"protectedRange", "comment", "threadedComment", "shape", "cfRule"}
CONTAINERS = {"mergeCells", "hyperlinks", "dataValidations", "ignoredErrors", "sparklines", "sparklineGroup"}
CONTAINERS |= {"conditionalFormattings", "ext", "extLst", "sparklineGroups"}
VIEWS = {"topLeftCell", "activeCell"}


@dataclass
class TableTrees:
    """What stands outside the cells: every name of an area may have moved, nothing else."""

    part: str
    home: str
    change: Change

    def found(self, old: Element, new: Element) -> Iterator[str]:
        if old.tag != new.tag:
            yield f"{self.part}: {local(old)} became {local(new)}"
            return
        here = replace(self, home=self._home(old))
        yield from here._attributes(old, new)  # noqa: SLF001  its own kind
        if not here._texts_agree(local(old), old.text or "", new.text or ""):  # noqa: SLF001  likewise
            yield f"{self.part} {local(old)}: {old.text!r} became {new.text!r}"
        yield from self._children(old, new)

    def _home(self, element: Element) -> str:
        return self.home or (element.get("sheet") or "" if local(element) == "worksheetSource" else "")

    def _attributes(self, old: Element, new: Element) -> Iterator[str]:
        for name in sorted({*map(str, old.attrib), *map(str, new.attrib)}):
            was, now = old.get(name), new.get(name)
            if was != now and not self._attribute_agrees(local(old), name, was, now):
                yield f"{self.part} {local(old)}/@{name}: {was!r} became {now!r}"

    def _attribute_agrees(self, element: str, name: str, was: str | None, now: str | None) -> bool:
        if name in {"fullCalcOnLoad", "refreshOnLoad"}:
            return now == "1"
        if element == "dimension" or name in VIEWS:
            return True
        if name in {"count", "ptCount", "uniqueCount"}:
            return True
        if name not in LISTS or was is None or now is None or self.home != self.change.sheet:
            return False
        return lists_agree(was, now, self.change)

    def _texts_agree(self, element: str, was: str, now: str) -> bool:
        if was == now:
            return True
        if element == "sqref":
            return self.home == self.change.sheet and lists_agree(was, now, self.change)
        if element in FORMULAS:
            return texts_agree(was, now, self.home, self.change) or self._says_area(was, now)
        return element in {"Row", "Anchor", "row"}

    def _says_area(self, was: str, now: str) -> bool:
        """Return whether a formula that is nothing but white space and a text agrees."""
        return texts_agree(unescaped(was).strip(), unescaped(now).strip(), self.home, self.change)

    def _children(self, old: Element, new: Element) -> Iterator[str]:
        if local(old) in CACHES:
            return
        rest = [child for child in new if local(child)]
        for child in (child for child in old if local(child)):
            same = next((i for i, other in enumerate(rest[:1]) if other.tag == child.tag), None)
            if same is not None and not (self._may_go(child) and any(self.found(child, rest[0]))):
                yield from self.found(child, rest.pop(0))
            elif not self._may_go(child):
                yield f"{self.part}: {local(child)} of {local(old)} is gone"
        for child in rest:
            if local(child) != "calcPr":
                yield f"{self.part}: {local(child)} in {local(old)} is new"

    def _may_go(self, element: Element) -> bool:
        """Return whether an element may vanish: it belonged to a row that went, or holds only such."""
        if not self.change.shrinks:
            return False
        name = local(element)
        return name in COUNTED | CONTAINERS

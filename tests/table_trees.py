"""What stands outside the cells of a package whose table had its rows changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from opened import Element, box, local, unescaped
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
        yield from self._cache(old, new)

    def _cache(self, old: Element, new: Element) -> Iterator[str]:
        """Yield where a chart's range grew and the copy of its values did not, or grew otherwise."""
        was, now = old.findtext("{*}f"), new.findtext("{*}f")
        count = new.find("{*}*/{*}ptCount")
        area = box((now or "").rpartition("!")[2])
        if local(old) not in {"numRef", "strRef"} or was == now or count is None or area is None:
            return
        cells = (area[2] - area[0] + 1) * (area[3] - area[1] + 1)
        if int(count.get("val") or 0) != cells:
            yield f"{self.part}: {now} has {cells} cells, its copy {count.get('val')}"

    def _home(self, element: Element) -> str:
        return self.home or (element.get("sheet") or "" if local(element) == "worksheetSource" else "")

    def _attributes(self, old: Element, new: Element) -> Iterator[str]:
        for name in sorted({*map(str, old.attrib), *map(str, new.attrib)}):
            was, now = old.get(name), new.get(name)
            if (was != now or name in LISTS) and not self._attribute_agrees(local(old), name, was, now):
                yield f"{self.part} {local(old)}/@{name}: {was!r} became {now!r}"

    def _attribute_agrees(self, element: str, name: str, was: str | None, now: str | None) -> bool:
        if name in {"fullCalcOnLoad", "refreshOnLoad"}:
            return now == "1"
        if element in {"dimension", "selection"} or name in {"topLeftCell", "count"}:
            return True
        if name not in LISTS or was is None or now is None or self.home != self.change.sheet:
            return was == now
        return lists_agree(was, now, self.change)

    def _texts_agree(self, element: str, was: str, now: str) -> bool:
        if element == "sqref" and self.home == self.change.sheet:
            return lists_agree(was, now, self.change)
        if element == "calculatedColumnFormula" and was == now:
            return True  # it is told as it stands in the first data row, whichever that is
        if element in FORMULAS:
            return texts_agree(was, now, self.home, self.change) or self._says_area(was, now)
        return was == now or (self.change.shrinks and element in {"Row", "Anchor", "row"})

    def _says_area(self, was: str, now: str) -> bool:
        """Return whether a formula that is nothing but white space and a text agrees."""
        return texts_agree(unescaped(was).strip(), unescaped(now).strip(), self.home, self.change)

    def _children(self, old: Element, new: Element) -> Iterator[str]:
        if local(old) in CACHES:
            return
        left = [child for child in old if local(child)]
        rest = [child for child in new if local(child)]
        while left and rest:
            fewer = _count(rest, left[0].tag) < _count(left, left[0].tag)
            if (
                fewer
                and self._may_go(left[0])
                and (left[0].tag != rest[0].tag or any(self.found(left[0], rest[0])))
            ):
                left.pop(0)
            elif left[0].tag == rest[0].tag:
                yield from self.found(left.pop(0), rest.pop(0))
            else:
                break
        yield from (f"{self.part}: {local(c)} of {local(old)} is gone" for c in left if not self._may_go(c))
        yield from (f"{self.part}: {local(c)} in {local(old)} is new" for c in rest if local(c) != "calcPr")

    def _may_go(self, element: Element) -> bool:
        """Return whether an element may vanish: all the cells that it speaks of went."""
        if not self.change.shrinks or local(element) not in COUNTED | CONTAINERS:
            return False
        said = " ".join(e.get("ref") or e.get("sqref") or _own_area(e) for e in element.iter() if local(e))
        return lists_agree(said, "", self.change)


def _count(elements: Sequence[Element], tag: object) -> int:
    return sum(element.tag == tag for element in elements)


def _own_area(element: Element) -> str:
    return (element.text or "") if local(element) == "sqref" else ""

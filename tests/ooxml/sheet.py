"""A worksheet: rows and cells in order, indexes in range, values of their type, ranges that make sense."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ooxml.boxes import COLUMNS, ROWS, Box, box, column, overlaps
from ooxml.formulas import reading
from ooxml.order import order_faults
from ooxml.xml import XML_SPACE, Element, child, children, descendants, local, text, whole

LONGEST_TEXT = 32_767
LONGEST_LIST = 255
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_CODE_TEXT = """
#DIV/0! #N/A #NAME? #NULL! #NUM! #REF! #VALUE! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #BUSY!
#UNKNOWN! #EXTERNAL! #PYTHON!
"""
_CODES = frozenset(_CODE_TEXT.split())
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z?)?|\d\d:\d\d.*")

Found = Iterator[tuple[str, str]]


@dataclass
class SheetFacts:
    """What other parts need to know of a sheet."""

    wrong: list[tuple[str, str]] = field(default_factory=list)
    style: int = 0
    string: int = -1
    difference: int = -1
    formulas: set[str] = field(default_factory=set)
    sheets: set[str] = field(default_factory=set)
    merges: list[Box] = field(default_factory=list)
    heads: dict[int, dict[int, str | int]] = field(default_factory=dict)
    meta: bool = False


def sheet_facts(root: Element, heads: frozenset[int]) -> SheetFacts:
    """Return the facts of a sheet; the texts of the rows ``heads`` are kept (an index when shared)."""
    facts = SheetFacts(wrong=[("order", what) for what in order_faults(root, skip="sheetData")])
    data = child(root, "sheetData")
    if data is None:
        facts.wrong.append(("order", "no <sheetData>"))
    else:
        _Cells(facts, heads).read(data)
    facts.wrong += _range_faults(root, facts)
    facts.wrong += _column_faults(root, facts)
    return facts


class _Cells:
    def __init__(self, facts: SheetFacts, heads: frozenset[int]) -> None:
        self._facts, self._heads = facts, heads
        self._shared: set[str] = set()
        self._followers: list[tuple[str, str]] = []

    def read(self, data: Element) -> None:
        """Go through the rows."""
        last = 0
        for row in data.iterchildren("{*}row"):
            number = whole(row.get("r"), last + 1)
            if not last < number <= ROWS:
                self._say("row", f"row {row.get('r')} after row {last}")
            self._facts.style = max(self._facts.style, whole(row.get("s"), 0))
            self._row(row, number)
            last = number
        for place, group in self._followers:
            if group not in self._shared:
                self._say("shared-formula", f"{place} shares {group}, which nobody has")

    def _say(self, rule: str, what: str) -> None:
        self._facts.wrong.append((rule, what))

    def _row(self, row: Element, number: int) -> None:
        last = 0
        for cell in row.iterchildren("{*}c"):
            address = cell.get("r")
            match = _ADDRESS.fullmatch(address) if address else None
            at = column(match[1]) if match else last + 1
            if address and (match is None or int(match[2]) != number):
                self._say("cell", f"{address} stands in row {number}")
            if not last < at <= COLUMNS:
                self._say("cell", f"{address} after column {last} in row {number}")
            last = at
            self._cell(cell, address or f"column {at} of row {number}", number, at)

    def _cell(self, cell: Element, place: str, number: int, at: int) -> None:
        facts, inside = self._facts, list(cell)
        facts.style = max(facts.style, whole(cell.get("s"), 0))
        facts.meta |= cell.get("cm") is not None or cell.get("vm") is not None
        names = [local(e) for e in inside]
        if names not in (["v"], [], ["f", "v"], ["is"], ["f"]) and sorted(names, key=_rank) != names:
            self._say("order", f"{place}: {' '.join(names)}")
        parts = dict(zip(names, inside, strict=True))
        if (formula := parts.get("f")) is not None:
            facts.formulas.add(place)
            self._formula(formula, place)
        kind, value = cell.get("t", "n"), parts.get("v")
        if kind == "inlineStr":
            self._text("".join(text(e) for e in descendants(cell, "t")), place)
            self._spaces(cell, place)
        if value is not None and (wrong := self._value_fault(kind, text(value))):
            self._say("value", f"{place}: {wrong}")
        if number in self._heads:
            facts.heads.setdefault(number, {})[at] = self._head(kind, parts)

    @staticmethod
    def _head(kind: str, parts: dict[str, Element]) -> str | int:
        if kind == "s":
            return whole(text(parts.get("v")))
        if kind == "inlineStr" and "is" in parts:
            return "".join(text(e) for e in descendants(parts["is"], "t"))
        return text(parts.get("v"))

    def _value_fault(self, kind: str, value: str) -> str:
        if kind == "s":
            self._facts.string = max(self._facts.string, whole(value))
        elif kind == "str":
            self._text(value, "a formula's text")
        right = _RIGHT.get(kind)
        return "" if right is not None and right(value) else f"{value!r} of the kind {kind}"

    def _text(self, value: str, place: str) -> None:
        if 2 * len(value) > LONGEST_TEXT and _length(_ESCAPE.sub("_", value)) > LONGEST_TEXT:
            self._say("limit", f"{place}: a text of {len(value)} characters")

    def _spaces(self, cell: Element, place: str) -> None:
        for e in descendants(cell, "t"):
            value = text(e)
            if value != value.strip(" \t\r\n") and e.get(XML_SPACE) != "preserve":
                self._say("space", f"{place}: blanks at the ends of a text would be lost")

    def _formula(self, formula: Element, place: str) -> None:
        kind, content = formula.get("t", "normal"), text(formula)
        group = formula.get("si", "")
        if kind == "shared":
            if content or formula.get("ref"):
                self._shared.add(group)
            else:
                self._followers.append((place, group))
        if kind == "array" and box(formula.get("ref", "")) is None:
            self._say("formula", f"{place}: an array without its range")
        if kind == "normal" and not content.strip():
            self._say("formula", f"{place}: an empty formula")
        if content and kind != "dataTable":
            read = reading(content)
            self._facts.sheets.update(read.sheets)
            if read.wrong:
                self._say("formula", f"{place}: {read.wrong}")


def _length(value: str) -> int:
    """Return how many characters Excel counts: one outside the basic plane is two."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def _rank(name: str) -> int:
    return {"f": 0, "v": 1, "is": 2, "extLst": 3}.get(name, 4)


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value)) and "_" not in value
    except ValueError:
        return False


_RIGHT: dict[str, Callable[[str], bool]] = {
    "s": lambda value: whole(value) >= 0,
    "n": lambda value: not value or _is_number(value),
    "b": lambda value: value in {"0", "1", ""},
    "e": _CODES.__contains__,
    "str": lambda _: True,
    "d": lambda value: _DAY.fullmatch(value) is not None,
    "inlineStr": lambda value: not value,
}
"""Type of a cell -> whether its value is one."""


def _column_faults(root: Element, facts: SheetFacts) -> Found:
    last = 0
    for col in (col for cols in children(root, "cols") for col in children(cols, "col")):
        low, high = whole(col.get("min")), whole(col.get("max"))
        if not last < low <= high <= COLUMNS:
            yield "column", f"columns {low} to {high} after column {last}"
        last = max(last, high)
        facts.style = max(facts.style, whole(col.get("style"), 0))


def _range_faults(root: Element, facts: SheetFacts) -> Found:
    for name in ("dimension", "autoFilter", "mergeCell", "hyperlink", "sortState", "sortCondition"):
        for e in root.iter(f"{{{root.nsmap.get(root.prefix, '')}}}{name}"):
            if box(e.get("ref", "")) is None:
                yield "range", f"<{name}> of {e.get('ref')!r}"
    for name in ("conditionalFormatting", "dataValidation", "ignoredError", "protectedRange"):
        for e in root.iter(f"{{{root.nsmap.get(root.prefix, '')}}}{name}"):
            yield from _list_faults(name, e.get("sqref", ""))
    for e in descendants(root, "sqref"):
        yield from _list_faults("xm:sqref", text(e))
    yield from _merge_faults(root, facts)
    yield from _rule_faults(root, facts)
    yield from _choice_faults(root, facts)
    yield from _counts(root)


def _list_faults(name: str, areas: str) -> Found:
    if not areas.split():
        yield "range", f"<{name}> of nothing"
    yield from (("range", f"<{name}> of {area!r}") for area in areas.split() if box(area) is None)


def _merge_faults(root: Element, facts: SheetFacts) -> Found:
    held = child(root, "mergeCells")
    if held is None:
        return
    found = [box(e.get("ref", "")) for e in children(held, "mergeCell")]
    facts.merges += [b for b in found if b]
    if not found:
        yield "range", "<mergeCells> of nothing"
    if hit := overlaps(facts.merges):
        yield "merge", f"{hit[0]} and {hit[1]} share cells"


def _rule_faults(root: Element, facts: SheetFacts) -> Found:
    for rule in descendants(root, "cfRule"):
        facts.difference = max(facts.difference, whole(rule.get("dxfId")))
        if (
            (parent := rule.getparent()) is not None
            and local(parent) == "conditionalFormatting"
            and whole(rule.get("priority")) < 1
            and not rule.get("id")
        ):
            yield "format", f"a rule of the priority {rule.get('priority')}"
    for e in descendants(root, "formula", "formula1", "formula2", "f"):
        if local(e) == "f" and not (e.prefix == "xm" or len(e)):
            continue
        inner = text(e)
        wrong = reading(inner) if inner.strip() else None
        if wrong is not None:
            facts.sheets.update(wrong.sheets)
            if wrong.wrong:
                yield "formula", f"<{local(e)}> {wrong.wrong}"


def _choice_faults(root: Element, facts: SheetFacts) -> Found:
    del facts
    for e in descendants(root, "dataValidation"):
        first = text(child(e, "formula1"))
        if first.startswith('"') and len(first) > LONGEST_LIST + 2:
            yield "limit", f"a list of {len(first)} characters in a validation"
        for name, limit in (("promptTitle", 32), ("errorTitle", 32), ("prompt", 255), ("error", 255)):
            if len(_ESCAPE.sub("_", e.get(name, ""))) > limit:
                yield "limit", f"{name} of {len(e.get(name, ''))} characters in a validation"


def _counts(root: Element) -> Found:
    members = {
        "mergeCells": "mergeCell",
        "dataValidations": "dataValidation",
        "tableParts": "tablePart",
    }
    for name, member in members.items():
        held = child(root, name)
        if held is None:
            continue
        count = sum(1 for _ in children(held, member))
        if held.get("count") is not None and whole(held.get("count")) != count:
            yield "count", f"<{name}> counts {held.get('count')}, holds {count}"
        if not count and name == "dataValidations":
            yield "count", f"<{name}> of nothing"

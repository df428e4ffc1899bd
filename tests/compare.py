"""What differs between a workbook and its patched file, unasked; nothing of the patcher's is used."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from lxml import etree
from opened import Element, Opened, Place, address, box, cells_of, grid, local, parsed, rows_of, within

Cells = Mapping[tuple[str, str], object]
"""Sheet and address -> the value wanted there."""


def cell_differences(old: Path, new: Path, cells: Cells) -> list[str]:
    """Return what is wrong with a file in which some cells were to change; nothing else may differ."""
    return list(_found(Opened(old), Opened(new), cells))


def _found(before: Opened, after: Opened, cells: Cells) -> Iterator[str]:
    if bad := after.bad_entries():
        yield f"the checksum of {bad[0]} is wrong"
        return
    if after.names != before.names:
        yield f"entries differ: {sorted(set(before.names) ^ set(after.names))}"
        return
    targets = {before.sheets[sheet]: sheet for sheet, _ in cells}
    old, new = before.packed, after.packed
    for part in (part for part in old if old[part] != new[part]):
        if part == before.workbook_part:
            yield from workbook_differences(before.read(part), after.read(part))
        elif part in before.sheets.values():
            wanted = {place(a): value for (sheet, a), value in cells.items() if targets.get(part) == sheet}
            yield from sheet_differences(before, after, part, wanted)
        else:
            yield f"{part} differs"
    yield from (f"{part} was not written" for part in targets if old[part] == new[part])


def place(text: str) -> Place:
    """Return B7 -> (7, 2)."""
    found = box(text)
    assert found is not None
    return found[:2]


def workbook_differences(old: bytes, new: bytes) -> Iterator[str]:
    """Yield what differs in a workbook part besides the order to calculate anew."""
    yield from tree_differences("workbook", _uncalculated(parsed(old)), _uncalculated(parsed(new)))


def _uncalculated(root: Element) -> Element:
    for calc in root.findall("{*}calcPr"):
        calc.attrib.pop("fullCalcOnLoad", "")
        if not calc.attrib:
            _cut(calc)
    return root


def sheet_differences(
    before: Opened, after: Opened, part: str, wanted: Mapping[Place, object]
) -> Iterator[str]:
    """Yield what differs in a worksheet besides the cells wanted, which must have their value and old style.

    A formula may have lost the result that it showed; its text may not.
    """
    try:
        old, new = parsed(before.read(part)), parsed(after.read(part))
    except etree.XMLSyntaxError as error:
        yield f"{part} is no XML: {error}"
        return
    yield from _unordered(part, new)
    was, cells = grid(old), grid(new)
    for spot, value in wanted.items():
        shown = after.value(cells[spot]) if spot in cells else None
        yield from _wrong_value(f"{part} {address(spot)}", shown, value)
        if spot in cells:
            yield from _wrong_look(f"{part} {address(spot)}", _look(old, was, spot), cells[spot])
    yield from _small_dimension(part, new, wanted)
    _forget_results(was, cells, wanted)
    yield from tree_differences(part, _bare(old, wanted), _bare(new, wanted))


def _wrong_value(where: str, shown: object, value: object) -> Iterator[str]:
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    expected = float(value) if number else value  # type: ignore[arg-type]  # it is a number here
    if shown != expected or isinstance(shown, bool) != isinstance(value, bool):
        yield f"{where} shows {shown!r}, not {value!r}"


def _look(sheet: Element, cells: Mapping[Place, Element], spot: Place) -> str:
    """Return the style of a cell; one that is not there yet takes that of its row, else of its column."""
    if spot in cells:
        return cells[spot].get("s") or "0"
    for number, row in rows_of(sheet):
        if number == spot[0] and row.get("s") and row.get("customFormat") in {"1", "true"}:
            return row.get("s") or "0"
    columns = sheet.iterfind("{*}cols/{*}col")
    spans = ((int(c.get("min") or 0), int(c.get("max") or 0), c.get("style") or "0") for c in columns)
    return next((style for first, last, style in spans if first <= spot[1] <= last), "0")


def _wrong_look(where: str, style: str, new: Element) -> Iterator[str]:
    if (new.get("s") or "0") != style:
        yield f"{where} has style {new.get('s')}, not {style}"
    if new.get("cm") or new.get("vm"):
        yield f"{where} still names metadata of the old value"


def _unordered(part: str, sheet: Element) -> Iterator[str]:
    last = 0
    for number, row in rows_of(sheet):
        if number <= last:
            yield f"{part}: row {number} follows row {last}"
        last = number
        columns = [spot[1] for spot, _ in cells_of(number, row)]
        if columns != sorted(set(columns)):
            yield f"{part}: the cells of row {number} are out of order"


def _small_dimension(part: str, sheet: Element, wanted: Mapping[Place, object]) -> Iterator[str]:
    said = sheet.find("{*}dimension")
    area = box(said.get("ref") or "") if said is not None else None
    for spot, value in wanted.items():
        if area and value is not None and not within(spot, area):
            yield f"{part}: the dimension leaves out {address(spot)}"


def _forget_results(
    old: Mapping[Place, Element], new: Mapping[Place, Element], but: Iterable[Place] = ()
) -> None:
    """Take the result out of both where a formula that stayed lost it."""
    for spot, cell in new.items():
        was = old.get(spot)
        lost = cell.find("{*}f") is not None and not _results(cell)
        if lost and was is not None and _results(was) and spot not in but:
            for each in (cell, was):
                each.attrib.pop("t", "")
                each.attrib.pop("vm", "")
                for held in _results(each):
                    _cut(held)


def _results(cell: Element) -> list[Element]:
    return [child for child in cell if local(child) in {"v", "is"}]


def _bare(sheet: Element, wanted: Iterable[Place]) -> Element:
    """Return a worksheet without some cells, the rows made for them, spans and dimension."""
    spots = set(wanted)
    numbers = {row for row, _ in spots}
    for said in sheet.findall("{*}dimension"):
        _cut(said)
    for number, row in list(rows_of(sheet)):
        row.attrib.pop("spans", "")
        for spot, cell in list(cells_of(number, row)):
            if spot in spots:
                _cut(cell)
        if number in numbers and not len(row):
            _drop_made_row(row)
    data = sheet.find("{*}sheetData")
    if data is not None and not len(data):
        data.text = None
    return sheet


def _drop_made_row(row: Element) -> None:
    row.text = None
    if set(row.attrib) <= {"r"}:
        _cut(row)


def _cut(element: Element) -> None:
    """Take an element out; the white space behind it stays."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def tree_differences(part: str, old: Element, new: Element) -> Iterator[str]:
    """Yield where two trees first differ in their canonical form."""
    if _canonical(old) != _canonical(new):
        yield f"{part}: {_first_difference(old, new)}"


def _canonical(element: Element) -> bytes:
    return etree.tostring(element, method="c14n", with_comments=True)


def _first_difference(old: Element, new: Element) -> str:
    """Return the path of the deepest first element that differs, and how."""
    if old.tag != new.tag or old.attrib != new.attrib or (old.text or "") != (new.text or ""):
        return f"{_opening(old)} became {_opening(new)}"
    for was, now in zip(old, new, strict=False):
        if _canonical(was) != _canonical(now):
            return f"{local(old)}/{_first_difference(was, now)}"
    return f"{local(old)} has {len(new)} children, not {len(old)}"


def _opening(element: Element) -> str:
    return f"{local(element)} {dict(element.items())} {element.text!r}"

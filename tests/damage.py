"""Damage done on purpose to a patched file: a comparison that misses it is worth nothing."""

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from lxml import etree
from opened import Element, Opened, Place, address, box, grid, parsed, part_key, rows_of

Dice = Random
SheetDamage = Callable[[Element, set[Place], Random], bool]
"""What spoils a worksheet, targets apart where they are not meant; False where it has nothing to spoil."""


# ---------------------------------------------------------------- worksheets


def _cells(sheet: Element, targets: set[Place], *kinds: str) -> list[tuple[Place, Element]]:
    """Return the cells that no edit names and that hold all of some children."""
    return [
        (place, cell)
        for place, cell in grid(sheet).items()
        if place not in targets and all((cell.findtext(f"{{*}}{kind}") or "") for kind in kinds)
    ]


def another_number(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Another cell shows another number, or another one of the shared texts."""
    found = [c for _, c in _cells(sheet, targets, "v") if c.get("t") in {None, "n", "s"}]
    if not found:
        return False
    held = dice.choice(found).find("{*}v")
    assert held is not None
    held.text = "1" if held.text == "0" else "0"
    return True


def another_style(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Another cell looks otherwise."""
    found = [c for _, c in _cells(sheet, targets) if c.get("s")]
    if not found:
        return False
    cell = dice.choice(found)
    cell.set("s", str(int(cell.get("s") or "0") + 1))
    return True


def target_style(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A cell that was edited lost its look."""
    found = [c for p, c in grid(sheet).items() if p in targets and (c.get("s") or "0") != "0"]
    if not found:
        return False
    del dice.choice(found).attrib["s"]
    return True


def target_value(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A cell that was edited shows something else."""
    texts = [t for p, c in grid(sheet).items() if p in targets for t in c.iter("{*}v", "{*}t") if t.text]
    if not texts:
        return False
    chosen = dice.choice(texts)
    chosen.text = f"{chosen.text}1"
    return True


def target_kind(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A number that was written is a text."""
    del dice
    found = [c for p, c in grid(sheet).items() if p in targets and c.get("t") in {None, "n"}]
    for cell in found:
        cell.set("t", "str")
    return bool(found)


def lost_target(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """An edit was forgotten."""
    del dice
    found = [cell for place, cell in grid(sheet).items() if place in targets]
    for cell in found[:1]:
        _remove(cell)
    return bool(found)


def lost_cell(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Another cell is gone."""
    found = _cells(sheet, targets)
    if not found:
        return False
    _remove(dice.choice(found)[1])
    return True


def moved_cell(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Another cell stands one column further."""
    taken = grid(sheet).keys()
    free = [(p, c) for p, c in _cells(sheet, targets) if (p[0], p[1] + 1) not in taken]
    if not free:
        return False
    place, cell = dice.choice(free)
    cell.set("r", address((place[0], place[1] + 1)))
    return True


def another_formula(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Another formula says something else."""
    found = [c.find("{*}f") for _, c in _cells(sheet, targets, "f")]
    chosen = dice.choice(found) if found else None
    if chosen is None:
        return False
    chosen.text = f"{chosen.text}+1"
    return True


def formula_as_value(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Another formula became the value that it showed."""
    found = [c.find("{*}f") for _, c in _cells(sheet, targets, "v") if c.find("{*}f") is not None]
    chosen = dice.choice(found) if found else None
    if chosen is None:
        return False
    _remove(chosen)
    return True


def lost_height(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A row forgot how high it is, or that it is hidden."""
    del targets
    found = [row for _, row in rows_of(sheet) if set(row.attrib) - {"r", "spans"}]
    if not found:
        return False
    row = dice.choice(found)
    del row.attrib[min(set(map(str, row.attrib)) - {"r", "spans"})]
    return True


def lost_element(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """An element behind the cells is gone: margins, formats, validations, links."""
    del targets
    data = sheet.find("{*}sheetData")
    found = list(data.itersiblings()) if data is not None else []
    if not found:
        return False
    _remove(dice.choice(found))
    return True


def another_width(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A column is wider."""
    del targets
    found = list(sheet.iterfind("{*}cols/{*}col"))
    if not found:
        return False
    dice.choice(found).set("width", "77.125")
    return True


def another_range(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A merge, a format or a validation covers other cells."""
    del targets
    found = [
        e for e in sheet.iter() if isinstance(e.tag, str) and (box(e.get("ref") or e.get("sqref") or ""))
    ]
    found = [e for e in found if etree.QName(e).localname not in {"dimension", "f"}]
    if not found:
        return False
    element = dice.choice(found)
    element.set("ref" if element.get("ref") else "sqref", "XFD1048570:XFD1048575")
    return True


def rows_swapped(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """Two rows stand in the wrong order."""
    del targets, dice
    data = sheet.find("{*}sheetData")
    if data is None or len(data) < 2 or not data[0].get("r"):
        return False
    data.append(data[0])
    return True


def lost_root_attribute(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """The sheet forgot an attribute of its own, such as which namespaces may be ignored."""
    del targets, dice
    if not sheet.attrib:
        return False
    del sheet.attrib[next(iter(map(str, sheet.attrib)))]
    return True


def lost_text(sheet: Element, targets: set[Place], dice: Dice) -> bool:
    """A text that stands in another cell itself is gone."""
    found = [t for _, c in _cells(sheet, targets) for t in c.iterfind("{*}is/{*}t") if t.text]
    if not found:
        return False
    dice.choice(found).text = ""
    return True


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


SHEET_DAMAGES: Sequence[SheetDamage] = (
    another_number,
    another_style,
    target_style,
    target_value,
    target_kind,
    lost_target,
    lost_cell,
    moved_cell,
    another_formula,
    formula_as_value,
    lost_height,
    lost_element,
    another_width,
    another_range,
    rows_swapped,
    lost_root_attribute,
    lost_text,
)


# ---------------------------------------------------------------- packages


def another_byte(book: Path, out: Path, dice: Dice) -> bool:
    """A part that no edit names differs by one byte behind its last tag."""
    held = Opened(book)
    sheets = {*held.sheets.values(), held.workbook_part}
    found = [n for n in held.names if part_key(n) not in sheets and n.endswith((".xml", ".rels", ".vml"))]
    others = [n for n in found if not re.search("/(tables|charts|pivot)", n)]  # those may follow a table
    if not others:
        return False
    chosen = dice.choice(others)
    replaced(book, out, {chosen: held.read(chosen) + b"\n"})
    return True


def lost_part(book: Path, out: Path, dice: Dice) -> bool:
    """A part is gone."""
    held = Opened(book)
    sheets = {*held.sheets.values(), held.workbook_part}
    others = [name for name in held.names if part_key(name) not in sheets and not name.startswith("[")]
    if not others:
        return False
    replaced(book, out, {}, without=dice.choice(others))
    return True


def cut_sheet(book: Path, out: Path, dice: Dice) -> bool:
    """A sheet ends too early."""
    del dice
    held = Opened(book)
    part = next(iter(held.sheets.values()))
    replaced(book, out, {part: held.read(part)[:-3]})
    return True


def lost_name(book: Path, out: Path, dice: Dice) -> bool:
    """A defined name is gone."""
    held = Opened(book)
    root = parsed(held.read(held.workbook_part))
    names = list(root.iterfind("{*}definedNames/{*}definedName"))
    if not names:
        return False
    _remove(dice.choice(names))
    replaced(book, out, {held.workbook_part: etree.tostring(root)})
    return True


def other_sheet_name(book: Path, out: Path, dice: Dice) -> bool:
    """A sheet is hidden that was not."""
    held = Opened(book)
    root = parsed(held.read(held.workbook_part))
    sheet = dice.choice(list(root.iterfind("{*}sheets/{*}sheet")))
    sheet.set("state", "hidden" if sheet.get("state") != "hidden" else "visible")
    replaced(book, out, {held.workbook_part: etree.tostring(root)})
    return True


def flipped_bit(book: Path, out: Path, dice: Dice) -> bool:
    """One bit of the packed bytes is another."""
    held = Opened(book)
    entry = dice.choice([entry for entry in held.entries if entry.compress_size])
    data = bytearray(book.read_bytes())
    name, extra = (int.from_bytes(data[entry.header_offset + at :][:2], "little") for at in (26, 28))
    start = entry.header_offset + 30 + name + extra
    data[start + dice.randrange(entry.compress_size)] ^= 1 << dice.randrange(8)
    out.write_bytes(data)
    return True


PACKAGE_DAMAGES: Sequence[Callable[[Path, Path, Random], bool]] = (
    another_byte,
    lost_part,
    cut_sheet,
    lost_name,
    other_sheet_name,
    flipped_bit,
)


def damages(book: Path, out: Path, sheet: str, targets: set[Place], dice: Dice) -> Iterator[str]:
    """Yield the name of each damage, done to a copy of a patched file in ``out``, one at a time."""
    held = Opened(book)
    part = held.sheets[sheet]
    for spoil in SHEET_DAMAGES:
        root = parsed(held.read(part))
        if spoil(root, targets, dice):
            replaced(book, out, {part: etree.tostring(root)})
            yield spoil.__name__
    for harm in PACKAGE_DAMAGES:
        shutil.copyfile(book, out)
        if harm(book, out, dice):
            yield harm.__name__


def replaced(book: Path, out: Path, parts: Mapping[str, bytes], without: str = "") -> None:
    """Write a copy of a package, some parts replaced or one left out; the others stay packed as they are."""
    new = {part_key(name): data for name, data in parts.items()}
    held = Opened(book)
    data = book.read_bytes()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in held.entries:
            key = part_key(entry.filename)
            if entry.filename == without:
                continue
            if key in new:
                target.writestr(entry.filename, new[key])
            else:
                _copied(target, entry, data)


def _copied(target: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> None:
    """Append an entry as it is packed; zipfile itself can only pack anew."""
    name, extra = (int.from_bytes(data[entry.header_offset + at :][:2], "little") for at in (26, 28))
    start = entry.header_offset + 30 + name + extra
    file = target.fp
    assert file is not None
    entry.flag_bits &= ~0x8
    entry.header_offset = file.tell()
    file.write(entry.FileHeader())
    file.write(data[start : start + entry.compress_size])
    target.filelist.append(entry)
    target.NameToInfo[entry.filename] = entry
    target.start_dir = file.tell()


# ---------------------------------------------------------------- tables


def left_behind(old: Path, new: Path, out: Path) -> Iterator[str]:
    """Yield the name of each part that followed a table and is put back as it was, one at a time."""
    before, after = Opened(old), Opened(new)
    was, now = before.packed, after.packed
    for part in (part for part in now if was[part] != now[part]):
        if part != before.workbook_part:
            replaced(new, out, {part: before.read(part)})
            yield part

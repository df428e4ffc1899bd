"""What newer Excels add at the end of a sheet: their formats, validations and sparklines go along."""

import re
from dataclasses import replace

from ltc_xl.workbook.area import Area, area_of
from ltc_xl.workbook.movement import Movement, Movements
from ltc_xl.workbook.names import moved_text
from ltc_xl.workbook.ranges import PREFIX
from ltc_xl.workbook.references import copied_formula
from ltc_xl.workbook.rules import RULE, moved_rules
from ltc_xl.workbook.tags import attribute, plain, with_attribute, xml_text

_LIST = re.compile(rb"<(/?)" + PREFIX + rb"extLst(?=[\s/>])[^>]*?(/?)>")
_RULE = re.compile(rb"<(" + PREFIX + RULE + rb")(?=[\s>])[^>]*>.*?</\1\s*>", re.DOTALL)
_VALIDATIONS = re.compile(rb"(<(" + PREFIX + rb"dataValidations)(?=[\s>])[^>]*>)(.*?)(?=</\2\s*>)", re.DOTALL)
_VALIDATION = re.compile(rb"<" + PREFIX + rb"dataValidation(?=[\s>])")
_GROUP = re.compile(rb"<(" + PREFIX + rb")sparklineGroup(?=[\s>]).*?</\1sparklineGroup\s*>", re.DOTALL)
_SPARKLINES = re.compile(rb"<(" + PREFIX + rb")sparkline>.*?</\1sparkline\s*>", re.DOTALL)
_FORMULA = re.compile(rb"(<(" + PREFIX + rb")f(?:\s[^>]*)?>)([^<]*)(?=</\2f)")
_PLACE = re.compile(rb"(<(" + PREFIX + rb")sqref(?:\s[^>]*)?>)([^<]*)(?=</\2sqref)")
_EMPTY = re.compile(
    rb"<(" + PREFIX + rb"ext)(?=\s)[^>]*>\s*<(" + PREFIX + rb"(?:conditionalFormattings|dataValidations|"
    rb"sparklineGroups))(?:\s[^>]*)?>\s*</\2\s*>\s*</\1\s*>"
)
_EMPTY_LIST = re.compile(rb"<(" + PREFIX + rb"extLst)(?:\s[^>]*)?>\s*</\1\s*>")


def start_of_extensions(tail: bytes) -> int:
    """Return where a sheet's own extensions start; the end where it has none."""
    opened: list[int] = []
    start = len(tail)
    for tag in _LIST.finditer(tail):
        if tag[1] and opened:
            start = opened.pop()
        elif not tag[1] and not tag[2]:
            opened.append(tag.start())
    rest = tail[start:]
    at_the_end = re.search(rb"</" + PREFIX + rb"extLst\s*>\s*</" + PREFIX + rb"worksheet\s*>\s*\Z", rest)
    return start if at_the_end else len(tail)


def moved_extensions(xml: bytes, home: str, movements: Movements) -> bytes:
    """Return the list of a sheet's extensions as it is afterwards; b'' when nothing of it remains."""
    after = _RULE.sub(lambda rule: moved_rules(rule[0], home, movements), xml)
    after = _VALIDATIONS.sub(_counted, after)
    after = _GROUP.sub(lambda group: _moved_group(group[0], home, movements), after)
    return xml if after == xml else _EMPTY_LIST.sub(b"", _EMPTY.sub(b"", after))


def _counted(validations: re.Match[bytes]) -> bytes:
    tag, inside = validations[1], validations[3]
    count = b"%d" % len(_VALIDATION.findall(inside))
    said = attribute(tag, b"count")
    return validations[0] if said in {None, count} else with_attribute(tag, b"count", count) + inside


def _moved_group(group: bytes, home: str, movements: Movements) -> bytes:
    """Return a group of sparklines as it is afterwards; b'' when none is left."""
    start = group.find(b"sparklines>")
    axis = _FORMULA.sub(lambda match: _moved_formula(match, home, movements), group[:start])
    rest = _SPARKLINES.sub(lambda sparkline: _moved_sparkline(sparkline[0], home, movements), group[start:])
    return axis + rest if _SPARKLINES.search(rest) else b""


def _moved_sparkline(sparkline: bytes, home: str, movements: Movements) -> bytes:
    """Return a sparkline as it is afterwards, followed by those of new rows below it."""
    place = _PLACE.search(sparkline)
    area = area_of(place[3].decode("ascii", "replace")) if place else None
    movement = movements.get(home)
    after = movement.pointed(area) if movement and area else area
    if area and after is None:
        return b""
    moved = _FORMULA.sub(lambda match: _moved_formula(match, home, movements), sparkline)
    if movement is None or area is None or after is None:
        return moved
    copies = (_copy(sparkline, area, step) for step in _steps(area, movement))
    return b"".join((_placed(moved, after), *copies))


def _steps(place: Area, movement: Movement) -> range:
    """Return how many rows below a sparkline new rows stand, when it is one of a table's last row."""
    for reshape in movement.grown:
        table = reshape.body
        if place.top == table.bottom and table.left <= place.left <= table.right:
            return range(1, reshape.growth + 1)
    return range(0)


def _copy(sparkline: bytes, place: Area, step: int) -> bytes:
    """Return the sparkline of a row further down; b'' where it does not look along its own row."""
    formula = _FORMULA.search(sparkline)
    text = plain(formula[3]) if formula else ""
    new = copied_formula(text, step, 0)
    if formula is None or new in {text, ""} or "#REF!" in new:
        return b""
    copy = sparkline[: formula.start(3)] + xml_text(new) + sparkline[formula.end(3) :]
    return _placed(copy, replace(place, top=place.top + step, bottom=place.bottom + step))


def _placed(sparkline: bytes, area: Area) -> bytes:
    return _PLACE.sub(lambda place: place[1] + area.text.encode(), sparkline)


def _moved_formula(match: re.Match[bytes], home: str, movements: Movements) -> bytes:
    text = plain(match[3])
    new = moved_text(text, home, movements)
    return match[0] if new == text else match[1] + xml_text(new)

"""Slips people make in the cells of a decision table: what was meant, where that can be told."""

import re
from collections.abc import Callable, Iterator

from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Field
from ltc_xl.rules.guards.marks import folded_marks, name_key
from ltc_xl.rules.guards.written import ADDRESS, NUMERALS

Slip = Callable[[GuardError, str, Field], GuardError | None]

_NUMBER = (
    r"-?[¥$€]?\s*\d+(?:,\d{3})*(?!\d)(?:\.\d+)?"
    r"\s*(?:百万|千万|万|亿|千|[kmw](?![a-z]))?\s*(?:元|天|日|days?)?\s*%?"
)
_DAY = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}\s*日?"
_ORDER = r"(?:>=|<=|<>|=|>|<)"
_A_DAY = re.compile(_DAY)
_RANGES = {
    kind: re.compile(rf"([\[(]?)\s*({value})\s*(?:{between})\s*({value})\s*([\])]?)", re.IGNORECASE)
    for kind, value, between in (
        ("number", _NUMBER, r"-|~|至|到|\.\.+|[,;](?=.*[\])])"),
        ("date", _DAY, r"~|至|到|\.\.+|,|;"),
    )
}
_BOUND = re.compile(
    rf"(?:{_ORDER}|至少|最少|最多|at least|at most)?\s*({_NUMBER})\s*"
    r"(及以上|或以上|以上|起|及以下|或以下|以下|以内|之内|or more|or above|and above|or less|or below|\+)",
    re.IGNORECASE,
)
_UPPER = ("以下", "以内", "之内", "less", "below")
_LEADING = re.compile(rf"(至少|最少|at least|最多|at most)\s*({_NUMBER})", re.IGNORECASE)
_ABOUT = re.compile(
    rf"(?:约|大约|大概|近|about|around|~)\s*{_NUMBER}|{_NUMBER}\s*(?:左右|上下|多|or so)", re.IGNORECASE
)
_MISFITS = frozenset({"not_number", "not_share", "not_date", "no_plain_text"})
_NO_VALUE = frozenset({"无", "没有", "未填", "不详", "null", "none", "nil", "n/a", "na", "#n/a"})
_HALF = {
    kind: re.compile(rf"[\[(]\s*({value})?\s*\.\.+\s*({value})?\s*[\])]?", re.IGNORECASE)
    for kind, value in (("number", _NUMBER), ("date", _DAY))
}
_TWO = re.compile(rf"({_ORDER}\s*{_NUMBER})\s*[,;]?\s*({_ORDER}\s*{_NUMBER})", re.IGNORECASE)
_OR = re.compile(r"\s*或者?\s*|\s+or\s+", re.IGNORECASE)
_NAMED = re.compile(rf"=?\s*\[?([^<>=\[\]]+?)\]?\s*({_ORDER}.*)")
_OTHER_COLUMN = re.compile(rf"{_ORDER}\s*\[([^\]]+)\]")
_WORD_BREAK = re.compile(r"[/\\|+&和与及或 ]|\bor\b|\band\b", re.IGNORECASE)
_NOT = re.compile(r"(?:非|不是|not )\s*", re.IGNORECASE)
_TODAY = re.compile(r"TODAY|今天|今日", re.IGNORECASE)


def named_slip(error: GuardError, text: str, field: Field) -> GuardError:
    """Return the error that names a slip a cell holds, with what was meant; else the error as it is.

    Args:
        error: what the cell was refused for.
        text: as typed.
        field: of its column.
    """
    plain = folded_marks(text).text.strip()
    return next((found for slip in _SLIPS if (found := slip(error, plain, field))), error)


def value_slip(error: GuardError, text: str, field: Field) -> GuardError:
    """Return likewise the error of a cell that must hold values alone."""
    plain = folded_marks(text).text.strip()
    if field.kind == "number" and _A_DAY.fullmatch(plain):
        return GuardError("day_for_number", 1, found=plain, field=field.place)
    if field.kind in _RANGES and (error.key == "unexpected" or _RANGES[field.kind].fullmatch(plain)):
        return GuardError("only_value", 1)
    slips: tuple[Slip, ...] = (_joined_words, _of_numbers(_written_number))
    return next((found for slip in slips if (found := slip(error, plain, field))), error)


def _of_numbers(slips: Callable[[GuardError, str, Field], Iterator[GuardError]]) -> Slip:
    """Return a slip that only columns of numbers and days know."""

    def slip(error: GuardError, text: str, field: Field) -> GuardError | None:
        is_other = error.key in {"reversed", "empty_range", "no_such_day", "needs_percent", "no_percent"}
        return None if field.kind not in _RANGES or is_other else next(slips(error, text, field), None)

    return slip


def _written_range(_error: GuardError, text: str, field: Field) -> Iterator[GuardError]:
    if field.kind == "number" and _A_DAY.fullmatch(text):
        yield GuardError("day_for_number", 1, found=text, field=field.place)
    found = _RANGES[field.kind].fullmatch(text)
    if found:
        opener, low, high, closer = (part.strip() for part in found.groups())
        yield GuardError("range_meant", 1, near=f"{opener or '['}{low}..{high}{closer or ']'}")
    half = _HALF[field.kind].fullmatch(text)
    if half and (half[1] or half[2]):
        near = f">={half[1].strip()}" if half[1] else f"<={half[2].strip()}"
        yield GuardError("open_range_near", 1, near=near)


def _written_bound(_error: GuardError, text: str, field: Field) -> Iterator[GuardError]:
    if field.kind != "number":
        return
    behind, before = _BOUND.fullmatch(text), _LEADING.fullmatch(text)
    if behind:
        order = "<=" if behind[2].lower().endswith(_UPPER) else ">="
        yield GuardError("written_bound", 1, found=behind[0], near=order + behind[1].strip())
    elif before:
        order = "<=" if before[1].lower() in {"最多", "at most"} else ">="
        yield GuardError("written_bound", 1, found=before[0], near=order + before[2].strip())
    elif _ABOUT.fullmatch(text):
        yield GuardError("about", 1, found=text)


def _written_number(error: GuardError, text: str, field: Field) -> Iterator[GuardError]:
    found = str(error.values.get("found", ""))
    if field.kind == "number" and NUMERALS.fullmatch(found):
        yield GuardError("numerals", error.position, found=found)
    if re.sub(rf"^{_ORDER}\s*", "", text).lower() in _NO_VALUE:
        yield GuardError("said_blank", error.position, found=text)
    if error.key in {"not_number", "not_share"} and text.startswith('"'):
        yield GuardError("quoted_number", 1, found=found)


def _two_conditions(error: GuardError, text: str, field: Field) -> Iterator[GuardError]:
    two = _TWO.fullmatch(text)
    if two and field.kind == "number" and not two[1].startswith("<>"):
        yield GuardError("two_conditions", error.position, first=two[1], second=two[2])
    elif error.key == "unexpected" and _OR.search(text):
        yield GuardError("or_in_cell", error.position, near=_OR.sub(";", text))
    elif error.key == "unexpected" and _TODAY.search(text):
        yield GuardError("whole_days", error.position)


def _named_column(error: GuardError, text: str, field: Field) -> GuardError | None:
    """Return that a cell names a column: its own, another one, or a cell of the sheet."""
    if ADDRESS.search(text) and error.key in _MISFITS:
        return GuardError("cell_address", error.position, found=ADDRESS.findall(text)[0])
    named, other = _NAMED.fullmatch(text), _OTHER_COLUMN.fullmatch(text)
    if other:
        return GuardError("other_value", error.position, found=other[1])
    if named and name_key(named[1]) in {name_key(name) for name in (*field.labels, field.code)}:
        return GuardError("own_name", 1, found=named[1], near=named[2])
    if named and error.key in _MISFITS:
        return GuardError("other_column", 1, found=named[1])
    return None


def _joined_words(error: GuardError, _text: str, field: Field) -> GuardError | None:
    """Return that a cell holds several words of a list without commas, or the opposite of one."""
    words = field.words
    if words is None or error.key not in {"no_word", "no_word_near"}:
        return None
    found = str(error.values["found"])
    parts = [part for part in _WORD_BREAK.split(found) if part]
    if len(parts) > 1 and all(words.get(part) is not None for part in parts):
        return GuardError("joined_words", error.position, found=found, near=",".join(parts))
    rest = _NOT.sub("", found, count=1)
    if rest != found and words.get(rest) is not None:
        return GuardError("negated_text", error.position, found=found, rest=rest)
    return None


_SLIPS: tuple[Slip, ...] = (
    _named_column, _joined_words, _of_numbers(_written_range), _of_numbers(_written_bound),
    _of_numbers(_two_conditions), _of_numbers(_written_number),
)  # fmt: skip

"""Slips people make in conditions over several fields: what was meant, where that can be told."""

import re
from collections.abc import Iterator

from ltc_xl.rules.guards.errors import GuardError
from ltc_xl.rules.guards.fields import Fields
from ltc_xl.rules.guards.marks import folded_marks
from ltc_xl.rules.guards.scanner import OPERATORS
from ltc_xl.rules.guards.written import ADDRESS, NUMERALS

_CONTAINS = re.compile(r"不?(?:包含|包括|含有|含)|like|contains|includes|starts", re.IGNORECASE)
_BETWEEN = re.compile(r"介于|在.*之间|between", re.IGNORECASE)
_LINKS = frozenset({"and", "or"})
_LINK_WORDS = tuple(word for word, meaning in OPERATORS.items() if meaning in _LINKS)
_CLOSERS = {")": "(", "]": "["}
_FEWEST = 2


def named_slip(error: GuardError, text: str, fields: Fields) -> GuardError:
    """Return the error that names a slip a condition holds, with what was meant; else the error as it is.

    Args:
        error: what the condition was refused for.
        text: as typed.
        fields: what it may name.
    """
    found = str(error.values.get("found", ""))
    before = folded_marks(text[: error.position - 1]).text.strip()
    slips = {
        "unexpected": _unexpected(error, found, before),
        "ends_early": _unclosed(error, folded_marks(text).text),
        "no_field": _unknown(error, found, text, fields),
        "no_field_near": _unknown(error, found, text, fields),
        "not_number": _unknown(error, found, text, fields),
        "not_share": _unknown(error, found, text, fields),
    }
    return next(slips.get(error.key, iter(())), error)


def _unexpected(error: GuardError, found: str, before: str) -> Iterator[GuardError]:
    at = error.position
    word = next((known for known in OPERATORS if found.lower().startswith(known)), None)
    is_begin = not before or before.endswith(("(", ",", ";", *_LINK_WORDS))
    if _CONTAINS.match(found):
        yield GuardError("no_contains", at, found=found)
    elif _BETWEEN.match(found):
        yield GuardError("between", at, found=found)
    elif found[:1] == "^" or (found[:1] == "*" and before.endswith("*")):
        yield GuardError("no_power", at)
    elif found[:1] in _CLOSERS:
        yield from _closed(error, found, before)
    elif word and is_begin:
        linked = OPERATORS[word] in _LINKS
        yield GuardError("nothing_before" if linked else "no_left", at, found=word if linked else found)
    elif found[:1] in {"<", ">", "="} and is_begin:
        yield GuardError("no_left", at, found=found)
    elif found[:1] in {",", ";"}:
        yield GuardError("comma_join", at, found=found[:1])


def _closed(error: GuardError, found: str, before: str) -> Iterator[GuardError]:
    if before.endswith("("):
        yield GuardError("empty_brackets", error.position)
    elif before.endswith((",", ";")):
        yield GuardError("empty_part", error.position)
    else:
        yield GuardError("extra_bracket", error.position, found=found[:1])


def _unclosed(error: GuardError, text: str) -> Iterator[GuardError]:
    """Yield that a bracket stays open."""
    still: list[int] = []
    for place, char in enumerate(text):
        if char in "([":
            still.append(place)
        elif char in _CLOSERS and still:
            still.pop()
    if still:
        yield GuardError("open_bracket", error.position, found=text[still[-1] :].strip())


def _unknown(error: GuardError, found: str, text: str, fields: Fields) -> Iterator[GuardError]:
    address = ADDRESS.search(folded_marks(text).text)
    if address and found in address[0]:
        yield GuardError("cell_address", error.position, found=address[0])
    if NUMERALS.fullmatch(found):
        yield GuardError("numerals", error.position, found=found)
    if not error.key.startswith("no_field"):
        return
    labels = (known for known in fields.names.written.values() if found.startswith(known))
    longest = max(labels, key=len, default="")
    if len(longest) >= _FEWEST and not longest.isascii():
        yield GuardError("glued_label", error.position, found=found, near=longest)

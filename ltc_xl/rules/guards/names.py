"""Known names inside a text: the longest that stands at a place, and the nearest to one that is unknown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process

from ltc_xl.rules.guards.marks import name_key

T = TypeVar("T")
_NEAR = 50
_ENOUGH = 2


@dataclass(frozen=True)
class Names(Generic[T]):
    """Labels of fields, or words of a list, and what each stands for."""

    by_key: Mapping[str, T]
    written: Mapping[str, str]
    by_start: Mapping[str, tuple[str, ...]]

    def get(self, name: str) -> T | None:
        """Return what a name stands for."""
        return self.by_key.get(name_key(name))

    def at(self, text: str, start: int, may_end: Callable[[int], bool]) -> tuple[T, int] | None:
        """Return what the longest name at a place stands for, and where it ends.

        Args:
            text: in plain marks.
            start: the place; no blank.
            may_end: whether a name may end before a place.
        """
        for key in self.by_start.get(text[start : start + 1].lower(), ()):
            end = _end_of(key, text, start)
            if end is not None and may_end(end):
                return self.by_key[key], end
        return None

    @property
    def listed(self) -> list[str]:
        """Return one name for each thing: the first."""
        first = {thing: self.written[key] for key, thing in reversed(list(self.by_key.items()))}
        return [first[thing] for thing in dict.fromkeys(self.by_key.values())]

    def near(self, name: str) -> str | None:
        """Return the known name most like an unknown one, or None."""
        key = name_key(name)
        if len(key) < _ENOUGH and not any(known in key for known in self.by_key):
            return None
        best = process.extractOne(key, list(self.by_key), scorer=fuzz.ratio, score_cutoff=_NEAR)
        return self.written[best[0]] if best else None


def names_of(pairs: Iterable[tuple[str, T]]) -> Names[T]:
    """Return names from (name, what it stands for); of two that read the same the first counts."""
    by_key: dict[str, T] = {}
    written: dict[str, str] = {}
    for name, thing in pairs:
        key = name_key(name)
        if key and key not in by_key:
            by_key[key], written[key] = thing, name
    by_start: dict[str, list[str]] = {}
    for key in sorted(by_key, key=len, reverse=True):
        by_start.setdefault(key[0], []).append(key)
    return Names(by_key, written, {start: tuple(keys) for start, keys in by_start.items()})


def _end_of(key: str, text: str, start: int) -> int | None:
    """Return where a name that begins at a place ends; blanks inside do not matter."""
    place = start
    for char in key:
        while place > start and text[place : place + 1] == " ":
            place += 1
        if text[place : place + 1].lower() != char:
            return None
        place += 1
    return place

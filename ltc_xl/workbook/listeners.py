"""Who reads which columns, so that a change is told only to those whom it may concern."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

WIDE = 64
"""From so many columns on, a reader is asked at every change of its sheet."""

Item = TypeVar("Item")


class Listeners(Generic[Item]):
    """Readers by sheet and column."""

    def __init__(self) -> None:
        self._narrow: dict[tuple[str, int], list[Item]] = defaultdict(list)
        self._wide: dict[str, list[tuple[int, int, Item]]] = defaultdict(list)

    def add(self, item: Item, sheet: str, left: int, right: int) -> None:
        """Let somebody read some columns of a sheet."""
        if right - left >= WIDE:
            self._wide[sheet].append((left, right, item))
        else:
            for column in range(left, right + 1):
                self._narrow[sheet, column].append(item)

    def of(self, sheet: str, columns: Iterable[int]) -> list[Item]:
        """Return, once each, those who read some of these columns."""
        found: dict[int, Item] = {}
        for column in columns:
            found |= {id(item): item for item in self._narrow.get((sheet, column), ())}
            found |= {id(i): i for left, right, i in self._wide.get(sheet, ()) if left <= column <= right}
        return list(found.values())

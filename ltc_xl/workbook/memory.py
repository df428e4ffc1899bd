"""What was read before: a sheet whose bytes are the same is not read again.

A program that works on one workbook many times (a day's runs, a month's demo) finds most sheets as it left
them, byte for byte; what was read of them stands as it did.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """The last things that were made, by what they were made of."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._made: OrderedDict[Hashable, T] = OrderedDict()

    def remembered(self, key: Hashable | None, make: Callable[[], T], keep: Callable[[T], bool]) -> T:
        """Return what was made of this before, else make it; without a key nothing is remembered.

        >>> memory = Memory[str](2)
        >>> memory.remembered("a", lambda: "made", lambda _: True)
        'made'
        >>> memory.remembered("a", lambda: "made again", lambda _: True)
        'made'
        """
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        made = make()
        if key is not None and keep(made):
            self._made[key] = made
            if len(self._made) > self._size:
                self._made.popitem(last=False)
        return made

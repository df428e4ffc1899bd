"""Splices: a few cuts in many bytes, given out piece by piece so that nothing large is copied."""

from collections.abc import Iterator
from operator import itemgetter


class Splices:
    """Replacements of parts of ``data``; those at one place stand in the order they were made."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cuts: list[tuple[int, int, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self.cuts)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Let ``new`` stand for ``data[start:end]``."""
        if self.data[start:end] != new:
            self.cuts.append((start, end, new))

    def insert(self, at: int, new: bytes) -> None:
        """Let ``new`` stand before ``data[at]``."""
        self.replace(at, at, new)

    def pieces(self) -> Iterator[bytes | memoryview]:
        """Yield the result; two cuts of the same bytes are our mistake."""
        view, position = memoryview(self.data), 0
        for start, end, new in sorted(self.cuts, key=itemgetter(0, 1)):
            if start < position:
                raise AssertionError(f"two cuts at {start}")
            yield view[position:start]
            yield new
            position = end
        yield view[position:]

    def result(self) -> bytes:
        """Return the result in one piece."""
        return b"".join(self.pieces()) if self.cuts else self.data

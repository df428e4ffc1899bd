"""A package some of whose parts read differently already, before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ltc_xl.workbook.container import part_key
from ltc_xl.workbook.package import Package


@dataclass(frozen=True)
class Overlay(Package):
    """A package with new bytes for some parts.

    Attributes:
        changed: part -> its bytes now.
    """

    changed: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package, changed: Mapping[str, bytes]) -> "Overlay":
        """Return a package with some parts changed."""
        return cls(package.name, package.data, package.entries, {part_key(p): b for p, b in changed.items()})

    def read(self, part: str) -> bytes:
        """Return a part's bytes as they read now."""
        new = self.changed.get(part_key(part))
        return super().read(part) if new is None else new

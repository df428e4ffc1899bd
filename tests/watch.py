"""Every package that the patcher writes in a test is judged; what was sound must stay sound."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ooxml import Fault, new_faults

from ltc_xl.workbook import zipcopy
from ltc_xl.workbook.package import Package


class Watch:
    """Stands between the patcher and its writing of packages, and notes what is wrong with them."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.judged = 0
        self._write = zipcopy.write_package

    def write(
        self,
        package: Package,
        target: BinaryIO,
        changed: Mapping[str, Any],
        dropped: Collection[str] = (),
        *more: Any,  # noqa: ANN401  whatever else the writer takes
    ) -> None:
        """Write as ever, then judge; sheets too large to look into at every turn are left out."""
        self._write(package, target, changed, dropped, *more)
        target.flush()
        self.judged += 1
        self.found += new_faults(package.data, Path(target.name).read_bytes(), large=False)

    def told(self) -> list[Fault]:
        """Return what was found since the last time."""
        found, self.found = self.found, []
        return found

"""What other programs read out of a workbook: openpyxl, calamine, LibreOffice."""

import csv
import shutil
import subprocess
import sys
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
from opened import Place
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

Seen = Mapping[str, Mapping[Place, object]]
"""Sheet -> place -> what a program reads there; blank cells are left out."""

Places = Mapping[str, Container[Place]]

_BATCH, _PATIENCE = 20, 180
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,{formulas},false,false,-1"
"""Every sheet, numbers as they are kept."""
_STARTS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001  sheets know no zones


def seen_by_openpyxl(path: Path) -> Seen:
    """Return what openpyxl reads: formulas as text, not their results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    return {
        sheet.title: {
            (cell.row, cell.column): _told(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if not isinstance(cell, MergedCell) and cell.value is not None
        }
        for sheet in book.worksheets
        if isinstance(sheet, Worksheet)
    }


def _told(value: object) -> object:
    """Return a value that compares; array formulas and the like are told by what they hold."""
    return value if type(value).__module__ in {"builtins", "datetime"} else str(vars(value))


def seen_by_calamine(path: Path) -> Seen:
    """Return what calamine reads: values, the results of formulas among them."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(path))
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found[name] = _filled(rows)
    return found


def _filled(rows: Iterable[Sequence[object]]) -> dict[Place, object]:
    return {
        (number, column): value
        for number, row in enumerate(rows, 1)
        for column, value in enumerate(row, 1)
        if value not in ("", None)
    }


class LibreOffice:
    """LibreOffice without a window, with a profile of its own, turning workbooks into csv."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def seen(self, books: Sequence[Path], *, formulas: bool = False) -> list[Seen | None]:
        """Return what each workbook shows, or its formulas; None for one that does not open."""
        work = self._folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        copies = [Path(shutil.copy(book, work / f"{i:04}{book.suffix}")) for i, book in enumerate(books)]
        for start in range(0, len(copies), _BATCH):
            batch = copies[start : start + _BATCH]
            if not self._converted(batch, formulas=formulas):
                for book in batch:
                    self._converted([book], formulas=formulas)
        return [self._read(book) for book in copies]

    def _converted(self, books: Sequence[Path], *, formulas: bool) -> bool:
        """Convert workbooks; return whether the program came to its end."""
        kind = _CSV.format(formulas=str(formulas).lower())
        profile = f"-env:UserInstallation=file://{self._folder / 'profile'}"
        command = ["soffice", "--headless", "--norestore", profile, "--convert-to", kind]
        command += ["--outdir", str(self._folder / "work"), *map(str, books)]
        try:
            done = subprocess.run(command, check=False, capture_output=True, timeout=_PATIENCE)  # noqa: S603  our own files, a fixed program
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    @staticmethod
    def _read(book: Path) -> Seen | None:
        prefix = f"{book.stem}-"
        found = {
            path.stem.removeprefix(prefix): _filled(_rows(path))
            for path in book.parent.glob(f"{prefix}*.csv")
        }
        return found or None


def _rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def reading_differences(
    before: Seen, after: Seen, wanted: Mapping[str, Mapping[Place, object]], computed: Places
) -> list[str]:
    """Return what a program reads otherwise in the second file, besides the cells wanted.

    What formulas (``computed``) show may have changed with the cells, or waits to be computed anew.
    """
    found = []
    if list(before) != list(after) and set(before) != set(after):
        found.append(f"sheets {sorted(set(before) ^ set(after))}")
    for name in before.keys() & after.keys():
        was, now = before[name], after[name]
        for place in was.keys() | now.keys():
            if place in wanted.get(name, {}):
                if not _same(now.get(place), wanted[name][place]):
                    found.append(f"{name} {place} shows {now.get(place)!r}, not {wanted[name][place]!r}")
            elif place in computed.get(name, ()):
                continue
            elif was.get(place) != now.get(place) and was.get(place) == was.get(place):
                found.append(f"{name} {place}: {was.get(place)!r} became {now.get(place)!r}")
    return found


def _same(shown: object, wanted: object) -> bool:
    """Return whether a value is shown; a number may stand in a cell that shows days."""
    day = _day(shown) if isinstance(shown, str) else shown
    days = {(day - start) / timedelta(days=1) for start in _STARTS} if isinstance(day, datetime) else set()
    return shown == wanted or str(shown) == str(wanted) or wanted in days


def _day(text: str) -> datetime | None:
    """Return the moment that LibreOffice writes into a csv."""
    try:
        return datetime.strptime(text, "%m/%d/%Y %H:%M:%S")  # noqa: DTZ007  sheets know no zones
    except ValueError:
        return None

"""What becomes of real files that are patched, the edits chosen without the patcher's eyes."""

import io
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

from compare import cell_differences
from isal import isal_zlib
from lxml.etree import XMLSyntaxError
from opened import Element, Opened, OpenedTable, Place, address, box, boxes, grid, local, parsed, within
from readers import Seen, reading_differences
from table_compare import appended_differences, deleted_differences

from ltc_xl.model.errors import LtcError
from ltc_xl.workbook import AppendRows, CellEdit, DeleteRows, Edit, patch
from ltc_xl.workbook.edits import Row, Value

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
TEXT: Value = '补丁 <&>"测试'
NUMBER: Value = 12345.5
TEXTS = [f"新{number}" for number in range(3)]
UNREADABLE = (
    BadZipFile,
    OSError,
    XMLSyntaxError,
    LookupError,
    ValueError,
    StopIteration,
    NotImplementedError,
    zlib.error,
)
"""What zipfile and lxml say of a file that is broken, locked or no workbook."""

Status = Literal["patched", "refused", "crashed"]


def real_files(data: Path) -> list[Path]:
    """Return every workbook of the corpus and every template beside it."""
    return sorted([*data.glob("xlsx_corpus/*.xls*"), *data.glob("excel_workbooks/*.xl*")])


@dataclass
class Outcome:
    """What became of one patch of a file."""

    file: Path
    status: Status
    reason: str = ""
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0
    raw_seconds: float = 0
    targets: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    said: str = ""


def targets(book: Opened) -> dict[tuple[str, str], Value]:
    """Return a cell that has a value and one that is not there yet, with their new values."""
    name, part = next(iter(book.sheets.items()))
    sheet = parsed(book.read(part))
    cells = grid(sheet)
    taken = [*boxes(sheet, "{*}mergeCells/{*}mergeCell"), *boxes(sheet, ".//{*}f")]
    heads = (table.box for table in book.tables if table.sheet == name and table.header_rows)
    taken += [(top, left, top, right) for top, left, _, right in heads]
    chosen: dict[tuple[str, str], Value] = {}
    plain = (
        spot
        for spot, cell in cells.items()
        if _is_plain(cell) and spot not in book.formulas[name] and not any(within(spot, a) for a in taken)
    )
    if old := next(plain, None):
        chosen[name, address(old)] = TEXT
    if new := _new_place(cells, taken):
        chosen[name, address(new)] = NUMBER
    return chosen


def _is_plain(cell: Element) -> bool:
    kinds = {local(child) for child in cell}
    return kinds in ({"v"}, {"is"}) and not cell.get("vm") and not cell.get("cm")


def _new_place(cells: Mapping[Place, Element], taken: list[tuple[int, int, int, int]]) -> Place | None:
    last_row, last_column = (max((spot[i] for spot in cells), default=0) for i in (0, 1))
    below = ((last_row + 2, column) for column in range(3, 9))
    beside = ((row, last_column + 2) for row in range(1, 9))
    for spot in (*below, *beside):
        fits = spot[0] <= MAX_ROW and spot[1] <= MAX_COLUMN
        if fits and not any(within(spot, area) for area in taken):
            return spot
    return None


def cells_patched(file: Path, new: Path) -> Outcome:
    """Return what becomes of a file of which one cell changes and one is new."""
    try:
        wanted = targets(Opened(file))
    except UNREADABLE:
        wanted = {}
    edits = [CellEdit(sheet, spot, value) for (sheet, spot), value in wanted.items()]
    outcome = outcome_of(file, new, edits or [CellEdit("Sheet1", "A1", TEXT)])
    outcome.targets = wanted
    if outcome.status == "patched":
        outcome.wrong += cell_differences(file, new, wanted) if wanted else ["patched, yet nothing to patch"]
    return outcome


def tables_of(file: Path) -> Sequence[OpenedTable]:
    """Return the tables of a file; none where it does not open."""
    try:
        return Opened(file).tables
    except UNREADABLE:
        return ()


def rows_appended(file: Path, new: Path, table: OpenedTable) -> Outcome:
    """Return what becomes of a table that gets three rows."""
    rows: list[Row] = [{table.headers[0]: text} for text in TEXTS]
    outcome = outcome_of(file, new, [AppendRows(table.name, rows)])
    if outcome.status == "patched":
        outcome.wrong += appended_differences(file, new, table.name, TEXTS)
    return outcome


def row_deleted(file: Path, new: Path, table: OpenedTable) -> Outcome:
    """Return what becomes of a table that loses its first row."""
    first = table.box[0] + table.header_rows
    outcome = outcome_of(file, new, [DeleteRows(table.name, [first])])
    if outcome.status == "patched":
        outcome.wrong += deleted_differences(file, new, table.name, first)
    return outcome


def outcome_of(file: Path, new: Path, edits: Sequence[Edit]) -> Outcome:
    """Return what becomes of the edits, and how long it takes, in seconds of the processor."""
    new.unlink(missing_ok=True)
    before = file.read_bytes()
    began = time.process_time()
    try:
        patch(file, new, edits)
    except LtcError as error:
        seconds = time.process_time() - began
        wrong = ["a refused file was written"] if new.exists() else []
        wrong += ["the source was touched"] if file.read_bytes() != before else []
        key = getattr(error, "key", type(error).__name__)
        return Outcome(file, "refused", key, wrong, seconds, said=str(error))
    except Exception as error:  # noqa: BLE001  whatever comes is a crash to be counted
        return Outcome(file, "crashed", f"{type(error).__name__}: {error}", [f"crash: {error!r}"])
    seconds = time.process_time() - began
    wrong = ["the source was touched"] if file.read_bytes() != before else []
    return Outcome(file, "patched", "", wrong, seconds)


def raw_copy_seconds(file: Path) -> float:
    """Return the processor's seconds for unpacking and repacking a file with isal level 1."""
    began = time.process_time()
    target = io.BytesIO()
    with zipfile.ZipFile(file) as old:
        for entry in old.infolist():
            packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
            data = old.read(entry)
            isal_zlib.crc32(data)
            target.write(packer.compress(data) + packer.flush())
    return time.process_time() - began


# ---------------------------------------------------------------- other programs


class Everywhere:
    """Every cell of a sheet: a pivot table laid out anew may need more of them than before."""

    def __contains__(self, place: object) -> bool:
        return True


def read_by(program: Callable[[Path], Seen], outcome: Outcome, new: Path) -> str:
    """Return what a program makes of a patched file."""
    return verdict(outcome, _seen(program, outcome.file), _seen(program, new))


def _seen(program: Callable[[Path], Seen], file: Path) -> Seen | None:
    """Return what a program reads in a file, None where it cannot."""
    try:
        return program(file)
    except Exception:  # noqa: BLE001  whatever it says, it does not read this file
        return None


def verdict(outcome: Outcome, before: Seen | None, after: Seen | None) -> str:
    """Return ``read``, or what a program reads otherwise than it must."""
    sheet = next(iter(outcome.targets))[0]
    if before is None or sheet not in before:
        return "not opened before"
    if after is None:
        return f"{outcome.file.name} does not open any more"
    wanted = {sheet: {area[:2]: v for (_, spot), v in outcome.targets.items() if (area := box(spot))}}
    book = Opened(outcome.file)
    wrong = reading_differences(
        before, after, wanted, book.formulas | dict.fromkeys(book.pivoted, Everywhere())
    )
    return f"{outcome.file.name}: {'; '.join(wrong[:2])}" if wrong else "read"
